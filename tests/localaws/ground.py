"""What refusals are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Parameters = dict[str, Any]
APP: Parameters = {"name": "app", "image": "nginx", "memory": 64, "portMappings": [{"containerPort": 80}]}


def refused(call: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


class Ground:
    """What the refusals are about."""

    def __init__(self, lab: Any) -> None:
        self.lab = lab
        self.ecs, self.ec2 = lab.boto("ecs"), lab.boto("ec2")
        self.elb, self.asg, self.iam = lab.boto("elbv2"), lab.boto("autoscaling"), lab.boto("iam")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.8.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")[
                "Subnet"
            ]["SubnetId"]
            for n, zone in enumerate("ab")
        ]

    def group(self) -> str:
        return str(
            self.ec2.create_security_group(GroupName=self.lab.name(), Description="d", VpcId=self.vpc)["GroupId"]
        )

    def fleet(self, size: int = 0, *, protected: bool = True) -> tuple[str, str]:
        name = self.lab.name("fleet")
        data = {"ImageId": "ami-12c6146b", "InstanceType": "t3.micro"}
        template = self.ec2.create_launch_template(LaunchTemplateName=self.lab.name(), LaunchTemplateData=data)
        self.asg.create_auto_scaling_group(
            AutoScalingGroupName=name,
            MinSize=size,
            MaxSize=3,
            VPCZoneIdentifier=self.subnets[0],
            LaunchTemplate={"LaunchTemplateId": template["LaunchTemplate"]["LaunchTemplateId"]},
            NewInstancesProtectedFromScaleIn=protected,
        )
        found = self.asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]
        return name, found["AutoScalingGroupARN"]

    def provider(self) -> str:
        name = self.lab.name("cp")
        self.ecs.create_capacity_provider(name=name, autoScalingGroupProvider={"autoScalingGroupArn": self.fleet()[1]})
        return str(name)

    def cluster(self, *providers: str) -> str:
        name = self.lab.name("cluster")
        self.ecs.create_cluster(clusterName=name, capacityProviders=list(providers))
        return str(name)

    def task(self, *containers: Parameters, **more: Any) -> str:
        made = self.ecs.register_task_definition(
            family=self.lab.name("task"), containerDefinitions=list(containers) or [APP], **more
        )
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def service(self, cluster: str, **more: Any) -> str:
        return str(
            self.ecs.create_service(
                cluster=cluster,
                serviceName=self.lab.name("web"),
                taskDefinition=self.task(),
                desiredCount=1,
                **more,
            )["service"]["serviceArn"]
        )

    def balancer(self, **more: Any) -> str:
        made = self.elb.create_load_balancer(Name=self.lab.name("lb"), Subnets=self.subnets, **more)
        return str(made["LoadBalancers"][0]["LoadBalancerArn"])

    def targets(self, type_: str = "instance") -> str:
        made = self.elb.create_target_group(
            Name=self.lab.name("tg"), Protocol="HTTP", Port=80, VpcId=self.vpc, TargetType=type_
        )
        return str(made["TargetGroups"][0]["TargetGroupArn"])

    def listener(self, targets: str) -> str:
        made = self.elb.create_listener(
            LoadBalancerArn=self.balancer(),
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": targets}],
        )
        return str(made["Listeners"][0]["ListenerArn"])

"""What tests of the local AWS begin with: networks, clusters, load balancers and the rest, made through boto3."""

from __future__ import annotations

import base64
import json
from typing import Any

Properties = dict[str, Any]
CLUSTER = "aws:ecs/cluster:Cluster"
MADE_BY_HAND = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "ContentType": "text/plain"}}]
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
ALLOW = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": "*"}]}
)
ALLOW_MORE = ALLOW.replace("PutLogEvents", "CreateLogStream")


def containers(image: str = "nginx:1", **more: Any) -> str:
    return json.dumps(
        [
            {
                "name": "app",
                "image": image,
                "memory": 128,
                "essential": True,
                "portMappings": [{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}],
                "command": ["b", "a"],
                "environment": [{"name": "Z", "value": "1"}, {"name": "A", "value": "2"}],
                **more,
            }
        ]
    )


def vpc(lab: Any) -> str:
    return str(lab.boto("ec2").create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"])


def subnets(lab: Any, network: str | None = None, count: int = 2) -> list[str]:
    network = network or vpc(lab)
    return [
        lab.boto("ec2").create_subnet(
            VpcId=network, CidrBlock=f"10.7.{n}.0/24", AvailabilityZone=f"us-east-1{'abc'[n]}"
        )["Subnet"]["SubnetId"]
        for n in range(count)
    ]


def group(lab: Any, network: str | None = None) -> str:
    return str(
        lab.boto("ec2").create_security_group(GroupName=lab.name(), Description="d", VpcId=network or vpc(lab))[
            "GroupId"
        ]
    )


def template(lab: Any, joins: str = "") -> str:
    """A launch template whose instances join a cluster, where one is named."""
    told = f"#!/bin/sh\necho ECS_CLUSTER={joins} >> /etc/ecs/ecs.config\n" if joins else "#!/bin/sh\n"
    data = {
        "ImageId": "ami-1234abcd",
        "InstanceType": "t3.micro",
        "UserData": base64.b64encode(told.encode()).decode(),
    }
    return str(
        lab.boto("ec2").create_launch_template(LaunchTemplateName=lab.name(), LaunchTemplateData=data)[
            "LaunchTemplate"
        ]["LaunchTemplateId"]
    )


def cluster(lab: Any, *providers: str, name: str = "") -> str:
    name = name or lab.name("cluster")
    strategy = [{"capacityProvider": item, "weight": 1} for item in providers]
    lab.boto("ecs").create_cluster(
        clusterName=name, capacityProviders=list(providers), defaultCapacityProviderStrategy=strategy
    )
    return str(name)


def task(lab: Any, **more: Any) -> str:
    return str(
        lab.boto("ecs").register_task_definition(
            family=lab.name("task"), containerDefinitions=json.loads(containers()), **more
        )["taskDefinition"]["taskDefinitionArn"]
    )


def balancer(lab: Any) -> str:
    return str(
        lab.boto("elbv2").create_load_balancer(Name=lab.name("lb"), Subnets=subnets(lab))["LoadBalancers"][0][
            "LoadBalancerArn"
        ]
    )


def targets(lab: Any) -> str:
    return str(
        lab.boto("elbv2").create_target_group(Name=lab.name("tg"), Protocol="HTTP", Port=80, VpcId=vpc(lab))[
            "TargetGroups"
        ][0]["TargetGroupArn"]
    )


def bucket(lab: Any) -> str:
    name = lab.name("logs")
    lab.boto("s3").create_bucket(Bucket=name)
    return str(name)


def listener(lab: Any, *actions: Properties) -> str:
    return str(
        lab.boto("elbv2").create_listener(
            LoadBalancerArn=balancer(lab),
            Protocol="HTTP",
            Port=80,
            DefaultActions=list(actions) or MADE_BY_HAND,
        )["Listeners"][0]["ListenerArn"]
    )


def scaled(lab: Any) -> Properties:
    """A service of ECS, as Application Auto Scaling names it."""
    name, cluster_ = lab.name("service"), cluster(lab)
    lab.boto("ecs").create_service(
        cluster=cluster_, serviceName=name, taskDefinition=task(lab), desiredCount=1, launchType="EC2"
    )
    return {
        "serviceNamespace": "ecs",
        "scalableDimension": "ecs:service:DesiredCount",
        "resourceId": f"service/{cluster_}/{name}",
    }


def namespace(lab: Any) -> str:
    cloud_map = lab.boto("servicediscovery")
    made = cloud_map.create_private_dns_namespace(Name="dev.internal", Vpc=vpc(lab))["OperationId"]
    return str(cloud_map.get_operation(OperationId=made)["Operation"]["Targets"]["NAMESPACE"])


def registry(lab: Any) -> str:
    """A service of Cloud Map."""
    dns = {"NamespaceId": namespace(lab), "DnsRecords": [{"TTL": 15, "Type": "SRV"}]}
    return str(lab.boto("servicediscovery").create_service(Name="api", DnsConfig=dns)["Service"]["Arn"])


def served(lab: Any) -> str:
    """A target group that a load balancer sends to."""
    group_ = targets(lab)
    listener(lab, {"Type": "forward", "TargetGroupArn": group_})
    return group_

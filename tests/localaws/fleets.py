"""A cluster with an Auto Scaling group whose instances join it, through boto3 on the local AWS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ecs_model import agent
from ecs_model.agent import AgentSettings
from ecs_model.user_data_script import encode, script

Described = dict[str, Any]
IMAGE = "ami-1234abcd"
APP: Described = {"name": "app", "image": "nginx", "memory": 1000, "portMappings": [{"containerPort": 80}]}


class Fleet:
    """A cluster, and what the tests ask of it."""

    def __init__(
        self, lab: Any, settings: AgentSettings | None = None, variables: dict[str, str] | None = None
    ) -> None:
        self.lab = lab
        self.ecs, self.ec2, self.asg, self.elb = (lab.boto(name) for name in ("ecs", "ec2", "autoscaling", "elbv2"))
        self.cluster = lab.name("cluster")
        self.ecs.create_cluster(clusterName=self.cluster)
        self.vpc = self.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")[
                "Subnet"
            ]["SubnetId"]
            for n, zone in enumerate("ab")
        ]
        self.variables = agent.config(self.cluster, settings or AgentSettings()) | (variables or {})

    def group(self, size: int, most: int = 5, type_: str = "t3.medium") -> str:
        """An Auto Scaling group of instances that join the cluster."""
        name = self.lab.name("group")
        data = {
            "ImageId": IMAGE,
            "InstanceType": type_,
            "UserData": encode(script(self.variables)),
        }
        template = self.ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)["LaunchTemplate"]
        self.asg.create_auto_scaling_group(
            AutoScalingGroupName=name,
            MinSize=0,
            MaxSize=most,
            DesiredCapacity=size,
            LaunchTemplate={"LaunchTemplateId": template["LaunchTemplateId"], "Version": "1"},
            VPCZoneIdentifier=",".join(self.subnets),
            NewInstancesProtectedFromScaleIn=True,
        )
        return str(name)

    def provider(self, group: str, *, scales: bool = True, drains: bool = False, target: int = 100) -> str:
        """The group's capacity provider, the cluster's default."""
        name = self.lab.name("provider")
        self.ecs.create_capacity_provider(
            name=name,
            autoScalingGroupProvider={
                "autoScalingGroupArn": self.described_group(group)["AutoScalingGroupARN"],
                "managedScaling": {"status": "ENABLED" if scales else "DISABLED", "targetCapacity": target},
                "managedTerminationProtection": "ENABLED" if scales else "DISABLED",
                "managedDraining": "ENABLED" if drains else "DISABLED",
            },
        )
        self.ecs.put_cluster_capacity_providers(
            cluster=self.cluster,
            capacityProviders=[name],
            defaultCapacityProviderStrategy=[{"capacityProvider": name, "weight": 1}],
        )
        return str(name)

    def task(self, *containers: Described, **more: Any) -> str:
        """A task definition; `APP` unless given."""
        made = self.ecs.register_task_definition(
            family=self.lab.name("task"), containerDefinitions=list(containers) or [APP], **more
        )
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def service(self, desired: int, *containers: Described, **more: Any) -> str:
        """A service's name."""
        name = self.lab.name("web")
        given = {"taskDefinition": self.task(*containers), "desiredCount": desired, **more}
        self.ecs.create_service(cluster=self.cluster, serviceName=name, **given)
        return str(name)

    def update(self, name: str, **changes: Any) -> Described:
        """The service after an update."""
        return dict(self.ecs.update_service(cluster=self.cluster, service=name, **changes)["service"])

    def described(self, name: str) -> Described:
        """A service as ECS describes it."""
        return dict(self.ecs.describe_services(cluster=self.cluster, services=[name])["services"][0])

    def counts(self, name: str) -> tuple[int, int]:
        """How many tasks of a service run, and how many wait."""
        found = self.described(name)
        return found["runningCount"], found["pendingCount"]

    def events(self, name: str) -> list[str]:
        """A service's events, the newest first."""
        return [event["message"] for event in self.described(name)["events"]]

    def described_group(self, name: str) -> Described:
        """An Auto Scaling group."""
        return dict(self.asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0])

    def desired(self, group: str) -> int:
        """A group's desired capacity."""
        return int(self.described_group(group)["DesiredCapacity"])

    def reservation(self, provider: str) -> float:
        """The last CapacityProviderReservation of a capacity provider, in percent."""
        names = {"CapacityProviderName": provider, "ClusterName": self.cluster}
        now = datetime.now(UTC)
        found = self.lab.boto("cloudwatch").get_metric_data(
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            MetricDataQueries=[
                {
                    "Id": "reservation",
                    "MetricStat": {
                        "Metric": {
                            "Namespace": "AWS/ECS/ManagedScaling",
                            "MetricName": "CapacityProviderReservation",
                            "Dimensions": [{"Name": name, "Value": value} for name, value in names.items()],
                        },
                        "Period": 1,
                        "Stat": "Maximum",
                    },
                }
            ],
        )["MetricDataResults"][0]
        return float(max(zip(found["Timestamps"], found["Values"], strict=True))[1])

    def instances(self) -> list[Described]:
        """The container instances."""
        arns = self.ecs.list_container_instances(cluster=self.cluster)["containerInstanceArns"]
        if not arns:
            return []
        found = self.ecs.describe_container_instances(cluster=self.cluster, containerInstances=arns)
        return list(found["containerInstances"])

    def tasks(self, service: str | None = None, status: str = "RUNNING") -> list[Described]:
        """The tasks, or those of a service."""
        chosen = {"serviceName": service} if service else {}
        arns = self.ecs.list_tasks(cluster=self.cluster, desiredStatus=status, **chosen)["taskArns"]
        return list(self.ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"]) if arns else []

    def targets(self, type_: str = "instance") -> str:
        """A target group behind a load balancer."""
        group = self.elb.create_target_group(
            Name=self.lab.name("tg"), Protocol="HTTP", Port=80, VpcId=self.vpc, TargetType=type_
        )["TargetGroups"][0]["TargetGroupArn"]
        balancer = self.elb.create_load_balancer(Name=self.lab.name("lb"), Subnets=self.subnets)["LoadBalancers"][0]
        self.elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        return str(group)

    def healthy(self, group: str) -> set[tuple[str, int]]:
        """The targets of a group that are healthy: id and port."""
        found = self.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        assert {each["TargetHealth"]["State"] for each in found} <= {"healthy"}
        return {(each["Target"]["Id"], each["Target"]["Port"]) for each in found}

    def drain(self, instance: Described) -> None:
        """Set a container instance to DRAINING."""
        changed = self.ecs.update_container_instances_state(
            cluster=self.cluster, containerInstances=[instance["containerInstanceArn"]], status="DRAINING"
        )
        assert [each["status"] for each in changed["containerInstances"]] == ["DRAINING"]


def amount(instance: Described, name: str, kind: str = "remaining") -> Any:
    """A resource of a container instance: a number, or the ports."""
    found = next(each for each in instance[f"{kind}Resources"] if each["name"] == name)
    return found["stringSetValue"] if found["type"] == "STRINGSET" else found["integerValue"]


def host_ports(task: Described) -> list[int]:
    """The ports that a task's containers have on their instance."""
    return [each["hostPort"] for container in task["containers"] for each in container.get("networkBindings", [])]

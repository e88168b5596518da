"""What AWS refuses, seen by boto3 as by the provider: moto 5.2 lets it pass."""

from __future__ import annotations

import base64
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


def _served(targets: str) -> Parameters:
    return {"containerName": "app", "containerPort": 80, "targetGroupArn": targets}


@pytest.fixture(name="ground")
def _ground(lab: Any) -> Ground:
    return Ground(lab)


# Capacity providers and clusters


def test_a_capacity_provider_of_a_cluster_stays(ground: Ground) -> None:
    name = ground.provider()
    ground.cluster(name)
    code, message = refused(ground.ecs.delete_capacity_provider, capacityProvider=name)
    assert code == "ClientException"
    assert "associated with cluster" in message


def test_a_capacity_provider_that_a_service_uses_stays_in_its_cluster(ground: Ground) -> None:
    name = ground.provider()
    cluster = ground.cluster(name)
    service = ground.service(cluster, capacityProviderStrategy=[{"capacityProvider": name, "weight": 1}])
    empty: Parameters = {"cluster": cluster, "capacityProviders": [], "defaultCapacityProviderStrategy": []}
    assert refused(ground.ecs.put_cluster_capacity_providers, **empty)[0] == "ResourceInUseException"
    ground.ecs.delete_service(cluster=cluster, service=service, force=True)
    ground.ecs.put_cluster_capacity_providers(**empty)
    ground.ecs.delete_capacity_provider(capacityProvider=name)


@pytest.mark.parametrize("name", ["aws-x", "ECS1", "fargateish", "with space"])
def test_names_that_aws_reserves_are_no_capacity_providers(ground: Ground, name: str) -> None:
    provider = {"autoScalingGroupArn": ground.fleet()[1]}
    code, message = refused(ground.ecs.create_capacity_provider, name=name, autoScalingGroupProvider=provider)
    assert (code, "name is invalid" in message) == ("ClientException", True)


def test_a_group_has_one_capacity_provider_that_its_protection_suits(ground: Ground) -> None:
    arn = ground.fleet(protected=False)[1]
    create = ground.ecs.create_capacity_provider
    wanted = {"autoScalingGroupArn": arn, "managedTerminationProtection": "ENABLED"}
    code, message = refused(create, name=ground.lab.name("cp"), autoScalingGroupProvider=wanted)
    assert (code, "scale in enabled" in message) == ("InvalidParameterException", True)
    create(name=ground.lab.name("cp"), autoScalingGroupProvider={"autoScalingGroupArn": arn})
    second = refused(create, name=ground.lab.name("cp"), autoScalingGroupProvider={"autoScalingGroupArn": arn})
    assert "already being used" in second[1]
    missing = refused(create, name=ground.lab.name("cp"), autoScalingGroupProvider={"autoScalingGroupArn": "arn:x"})
    assert "does not exist" in missing[1]


@pytest.mark.parametrize(
    ("tags", "drift"),
    [([], ["tags"]), ([{"key": "AmazonECSManaged", "value": "true", "propagateAtLaunch": True}], [])],
)
def test_ecs_marks_the_group_of_a_capacity_provider(lab: Any, tags: list[Parameters], drift: list[str]) -> None:
    group = lab.made(
        "aws:autoscaling/group:Group",
        minSize=0,
        maxSize=1,
        availabilityZones=["us-east-1a"],
        launchTemplate={"id": lab.made("aws:ec2/launchTemplate:LaunchTemplate", imageId="ami-12c6146b").id},
        tags=tags,
    )
    lab.made(
        "aws:ecs/capacityProvider:CapacityProvider",
        autoScalingGroupProvider={"autoScalingGroupArn": group.state["arn"]},
    )
    _, state, inputs = lab.read(group)
    assert [(tag["key"], tag["propagateAtLaunch"]) for tag in state["tags"]] == [("AmazonECSManaged", True)]
    assert list(lab.diff(group, group.inputs, old=inputs).diffs) == drift


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        ([("a", 1, 0), ("FARGATE", 1, 0)], "mix of capacity providers"),
        ([("a", 0, 0), ("b", 0, 0)], "weight greater than zero"),
        ([("a", 1, 1), ("b", 1, 2)], "more than one capacity provider with a base"),
        ([("none", 1, 0)], "was not found"),
        ([("c", 1, 0)], "not associated"),
        ([("a", 1, 0), ("a", 2, 0)], "twice"),
    ],
)
def test_strategies_that_cannot_be(ground: Ground, strategy: list[tuple[str, int, int]], words: str) -> None:
    names = {key: ground.provider() for key in "abc"}
    items = [
        {"capacityProvider": names.get(name, name), "weight": weight, "base": base} for name, weight, base in strategy
    ]
    cluster = ground.cluster(names["a"], names["b"], "FARGATE")
    for call, parameters in (
        (
            ground.ecs.put_cluster_capacity_providers,
            {
                "cluster": cluster,
                "capacityProviders": [names["a"], names["b"], "FARGATE"],
                "defaultCapacityProviderStrategy": items,
            },
        ),
        (
            ground.ecs.create_service,
            {
                "cluster": cluster,
                "serviceName": "web",
                "taskDefinition": ground.task(),
                "capacityProviderStrategy": items,
            },
        ),
    ):
        code, message = refused(call, **parameters)
        assert code == "InvalidParameterException"
        assert words in message


def test_a_cluster_with_a_service_stays(ground: Ground) -> None:
    cluster = ground.cluster()
    service = ground.service(cluster)
    assert refused(ground.ecs.delete_cluster, cluster=cluster)[0] == "ClusterContainsServicesException"
    ground.ecs.delete_service(cluster=cluster, service=service, force=True)
    ground.ecs.delete_cluster(cluster=cluster)
    assert not [arn for arn in ground.ecs.list_clusters()["clusterArns"] if arn.endswith("/" + cluster)]


def test_a_cluster_with_instances_or_tasks_stays(ground: Ground) -> None:
    cluster = ground.cluster()
    instance = ground.ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=ground.subnets[0])[
        "Instances"
    ][0]["InstanceId"]
    document = f'{{"instanceId": "{instance}"}}'
    joined = ground.ecs.register_container_instance(cluster=cluster, instanceIdentityDocument=document)
    arn = joined["containerInstance"]["containerInstanceArn"]
    assert refused(ground.ecs.delete_cluster, cluster=cluster)[0] == "ClusterContainsContainerInstancesException"
    assert ground.ecs.run_task(cluster=cluster, taskDefinition=ground.task(), launchType="EC2")["tasks"]
    ground.ecs.deregister_container_instance(cluster=cluster, containerInstance=arn, force=True)
    assert refused(ground.ecs.delete_cluster, cluster=cluster)[0] == "ClusterContainsTasksException"


# Services


def test_a_service_of_a_name_exists_once(ground: Ground) -> None:
    cluster = ground.cluster()
    name = ground.service(cluster).rpartition("/")[2]
    again = refused(ground.ecs.create_service, cluster=cluster, serviceName=name, taskDefinition=ground.task())
    assert again == ("InvalidParameterException", "Creation of service was not idempotent.")


def test_a_launch_type_excludes_a_strategy(ground: Ground) -> None:
    name = ground.provider()
    cluster = ground.cluster(name)
    code, message = refused(
        ground.ecs.create_service,
        cluster=cluster,
        serviceName="web",
        taskDefinition=ground.task(),
        launchType="EC2",
        capacityProviderStrategy=[{"capacityProvider": name, "weight": 1}],
    )
    assert (code, "both a launch type" in message) == ("InvalidParameterException", True)


def test_a_service_without_either_takes_the_clusters_strategy(ground: Ground) -> None:
    name = ground.provider()
    cluster = ground.cluster(name)
    strategy = [{"capacityProvider": name, "weight": 2, "base": 0}]
    ground.ecs.put_cluster_capacity_providers(
        cluster=cluster, capacityProviders=[name], defaultCapacityProviderStrategy=strategy
    )
    service = ground.service(cluster)
    found = ground.ecs.describe_services(cluster=cluster, services=[service])["services"][0]
    assert found["capacityProviderStrategy"] == strategy
    assert "launchType" not in found


def test_a_strategy_changes_only_with_a_new_deployment(ground: Ground) -> None:
    one, two = ground.provider(), ground.provider()
    cluster = ground.cluster(one, two)
    service = ground.service(cluster, capacityProviderStrategy=[{"capacityProvider": one, "weight": 1}])
    other: Parameters = {
        "cluster": cluster,
        "service": service,
        "capacityProviderStrategy": [{"capacityProvider": two, "weight": 1}],
    }
    code, message = refused(ground.ecs.update_service, **other)
    assert (code, "forceNewDeployment" in message) == ("InvalidParameterException", True)
    ground.ecs.update_service(**other, forceNewDeployment=True)


@pytest.mark.parametrize(
    ("balancer", "words"),
    [
        ({"containerName": "none", "containerPort": 80}, "does not exist in the task definition"),
        ({"containerName": "app", "containerPort": 81}, "did not have a container port 81"),
        ({"containerName": "app", "containerPort": 80, "targetGroupArn": "arn:none"}, "does not exist"),
    ],
)
def test_a_services_load_balancer_must_suit_its_task(ground: Ground, balancer: Parameters, words: str) -> None:
    code, message = refused(
        ground.ecs.create_service,
        cluster=ground.cluster(),
        serviceName="web",
        taskDefinition=ground.task(),
        loadBalancers=[balancer],
    )
    assert (code, words in message) == ("InvalidParameterException", True)


def test_a_services_target_group_has_a_load_balancer_and_the_right_type(ground: Ground) -> None:
    alone, wrong = ground.targets(), ground.targets("ip")
    ground.listener(wrong)
    for arn, words in ((alone, "does not have an associated load balancer"), (wrong, "incompatible with")):
        code, message = refused(
            ground.ecs.create_service,
            cluster=ground.cluster(),
            serviceName="web",
            taskDefinition=ground.task(),
            loadBalancers=[{"containerName": "app", "containerPort": 80, "targetGroupArn": arn}],
        )
        assert (code, words in message) == ("InvalidParameterException", True)


def test_a_volume_left_to_the_launch_is_configured_by_the_service(ground: Ground) -> None:
    create, cluster = ground.ecs.create_service, ground.cluster()
    task = ground.task(volumes=[{"name": "data", "configuredAtLaunch": True}])
    ebs = {"roleArn": "arn:aws:iam::123456789012:role/infrastructure", "sizeInGiB": 10, "volumeType": "gp3"}
    given = [{"name": "data", "managedEBSVolume": ebs}]
    for named, volumes in ((task, []), (ground.task(), given)):
        code, message = refused(
            create, cluster=cluster, serviceName="a", taskDefinition=named, volumeConfigurations=volumes
        )
        assert (code, "do not match the volumes" in message) == ("InvalidParameterException", True)
    made = create(cluster=cluster, serviceName="a", taskDefinition=task, volumeConfigurations=given)["service"]
    assert made["deployments"][0]["volumeConfigurations"] == given
    ground.ecs.update_service(cluster=cluster, service="a", desiredCount=0)
    update = {"cluster": cluster, "service": "a", "taskDefinition": ground.task()}
    assert refused(ground.ecs.update_service, **update)[0] == "InvalidParameterException"
    without = ground.ecs.update_service(**update, volumeConfigurations=[])["service"]
    assert "volumeConfigurations" not in without["deployments"][0]


def test_awsvpc_tasks_need_a_network_and_others_have_none(ground: Ground) -> None:
    network = {"awsvpcConfiguration": {"subnets": ground.subnets, "securityGroups": [ground.group()]}}
    create, cluster = ground.ecs.create_service, ground.cluster()
    awsvpc = ground.task(networkMode="awsvpc")
    assert "must be provided" in refused(create, cluster=cluster, serviceName="a", taskDefinition=awsvpc)[1]
    assert (
        "not valid"
        in refused(
            create, cluster=cluster, serviceName="a", taskDefinition=ground.task(), networkConfiguration=network
        )[1]
    )
    made = create(cluster=cluster, serviceName="a", taskDefinition=awsvpc, networkConfiguration=network)
    assert made["service"]["networkConfiguration"]["awsvpcConfiguration"]["subnets"] == ground.subnets


@pytest.mark.parametrize(
    ("parameters", "chosen"),
    [
        ({}, "ENABLED"),
        ({"placementStrategy": [{"type": "spread", "field": "attribute:ecs.availability-zone"}]}, "ENABLED"),
        ({"placementStrategy": [{"type": "binpack", "field": "memory"}]}, "DISABLED"),
        ({"deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 0}}, "DISABLED"),
    ],
)
def test_zones_are_rebalanced_where_that_is_possible(ground: Ground, parameters: Parameters, chosen: str) -> None:
    cluster = ground.cluster()
    arn = ground.service(cluster, launchType="EC2", **parameters)
    (found,) = ground.ecs.describe_services(cluster=cluster, services=[arn])["services"]
    assert found["availabilityZoneRebalancing"] == chosen
    wanted = {"cluster": cluster, "service": arn, "availabilityZoneRebalancing": "ENABLED"}
    if chosen == "ENABLED":
        ground.ecs.update_service(**wanted)
        packed = {"placementStrategy": [{"type": "binpack", "field": "memory"}]}
        assert refused(ground.ecs.update_service, **wanted, **packed)[0] == "InvalidParameterException"
    else:
        assert refused(ground.ecs.update_service, **wanted)[0] == "InvalidParameterException"


def test_a_service_lives_on_with_a_task_definition_that_was_deregistered(ground: Ground) -> None:
    ecs, cluster, task = ground.ecs, ground.cluster(), ground.task()
    made = ecs.create_service(cluster=cluster, serviceName="web", taskDefinition=task, desiredCount=1)["service"]
    ecs.deregister_task_definition(taskDefinition=task)
    inactive = ("ClientException", "TaskDefinition is inactive")
    assert refused(ecs.create_service, cluster=cluster, serviceName="new", taskDefinition=task) == inactive
    assert refused(ecs.update_service, cluster=cluster, service="web", taskDefinition=task) == inactive
    scaled = ecs.update_service(cluster=cluster, service="web", desiredCount=3)["service"]
    assert (scaled["desiredCount"], scaled["taskDefinition"]) == (3, task)
    service = ground.lab.resource("aws:ecs/service:Service")
    service.id, service.state = made["serviceArn"], {"cluster": made["clusterArn"], "schedulingStrategy": "REPLICA"}
    ground.lab.delete(service)
    assert ecs.list_services(cluster=cluster)["serviceArns"] == []


# Task definitions

BARE = {"name": "app", "image": "nginx"}


@pytest.mark.parametrize(
    ("containers", "more", "words"),
    [
        ([BARE], {}, "At least one of 'memory' or 'memoryReservation'"),
        ([{**BARE, "memory": 64, "memoryReservation": 65}], {}, "must be greater than or equal to"),
        ([{**BARE, "memory": 4}], {}, "at least 6 MiB"),
        ([{**APP, "dependsOn": [{"containerName": "none", "condition": "START"}]}], {}, "depends on 'none'"),
        ([APP, APP], {}, "unique"),
        ([{**APP, "essential": False}], {}, "essential"),
        ([{**APP, "links": ["x"]}], {"networkMode": "awsvpc"}, "Links are not supported"),
        (
            [{**BARE, "memory": 64, "portMappings": [{"containerPort": 80, "hostPort": 81}]}],
            {"networkMode": "awsvpc"},
            "When networkMode=awsvpc",
        ),
        (
            [{**BARE, "memory": 64, "portMappings": [{"containerPort": 80, "hostPort": 81}]}],
            {"networkMode": "host"},
            "When networkMode=host",
        ),
        (
            [
                {
                    **BARE,
                    "memory": 64,
                    "portMappings": [{"containerPort": 80, "hostPort": 81}, {"containerPort": 90, "hostPort": 81}],
                }
            ],
            {},
            "more than once",
        ),
        ([{**BARE, "memory": 600}], {"memory": "512"}, "more than the task's"),
        ([], {}, "cannot be empty"),
        (
            [{**APP, "mountPoints": [{"sourceVolume": "b", "containerPath": "/b"}]}],
            {"volumes": [{"name": "a"}]},
            "Unknown volume 'b'",
        ),
        ([APP], {"volumes": [{"name": "a"}, {"name": "a"}]}, "must be unique"),
        (
            [APP],
            {"volumes": [{"name": "a", "host": {"sourcePath": "/a"}, "dockerVolumeConfiguration": {"scope": "task"}}]},
            "more than one configuration",
        ),
        ([{**APP, "ulimits": [{"name": "nofile", "softLimit": 2, "hardLimit": 1}]}], {}, "ulimit 'nofile'"),
        ([{**APP, "ulimits": [{"name": "nofile", "softLimit": -1, "hardLimit": 1}]}], {}, "ulimit 'nofile'"),
    ],
)
def test_container_definitions_that_cannot_be(
    ground: Ground, containers: list[Parameters], more: Parameters, words: str
) -> None:
    code, message = refused(ground.ecs.register_task_definition, family="x", containerDefinitions=containers, **more)
    assert (code, words in message) == ("ClientException", True)


def test_a_task_definition_tells_its_ports_in_full(ground: Ground) -> None:
    bridge = ground.ecs.describe_task_definition(taskDefinition=ground.task())["taskDefinition"]
    awsvpc = ground.ecs.describe_task_definition(taskDefinition=ground.task(networkMode="awsvpc"))["taskDefinition"]
    ports = [task["containerDefinitions"][0]["portMappings"][0] for task in (bridge, awsvpc)]
    assert [port["hostPort"] for port in ports] == [0, 80]
    assert [task["networkMode"] for task in (bridge, awsvpc)] == ["bridge", "awsvpc"]


# Load balancing


def test_a_protected_load_balancer_stays(ground: Ground) -> None:
    arn = ground.balancer()

    def protect(value: str) -> None:
        ground.elb.modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=[{"Key": "deletion_protection.enabled", "Value": value}]
        )

    protect("true")
    code, message = refused(ground.elb.delete_load_balancer, LoadBalancerArn=arn)
    assert (code, "deletion protection is enabled" in message) == ("OperationNotPermitted", True)
    protect("false")
    ground.elb.delete_load_balancer(LoadBalancerArn=arn)


def test_a_target_group_of_a_listener_stays(ground: Ground) -> None:
    arn = ground.targets()
    listener = ground.listener(arn)
    assert refused(ground.elb.delete_target_group, TargetGroupArn=arn)[0] == "ResourceInUse"
    ground.elb.delete_listener(ListenerArn=listener)
    ground.elb.delete_target_group(TargetGroupArn=arn)


def test_a_target_group_has_the_load_balancers_that_forward_to_it_now(ground: Ground) -> None:
    old, new, spare = ground.targets(), ground.targets(), ground.targets()
    listener = ground.listener(old)
    balancer = ground.elb.describe_listeners(ListenerArns=[listener])["Listeners"][0]["LoadBalancerArn"]
    cluster = ground.cluster()
    service = ground.service(cluster, loadBalancers=[_served(old)])

    def forward(arn: str) -> list[Parameters]:
        return [{"Type": "forward", "TargetGroupArn": arn}]

    def balancers() -> list[list[str]]:
        found = ground.elb.describe_target_groups(TargetGroupArns=[old, new, spare])["TargetGroups"]
        told = {item["TargetGroupArn"]: item["LoadBalancerArns"] for item in found}
        return [told[arn] for arn in (old, new, spare)]

    def serve(arn: str) -> Any:
        return ground.ecs.update_service(cluster=cluster, service=service, loadBalancers=[_served(arn)])

    rule = ground.elb.create_rule(
        ListenerArn=listener,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
        Actions=forward(spare),
    )["Rules"][0]["RuleArn"]
    assert balancers() == [[balancer], [], [balancer]]
    with pytest.raises(ClientError, match="does not have an associated load balancer"):
        serve(new)
    ground.elb.modify_rule(RuleArn=rule, Actions=forward(new))
    assert balancers() == [[balancer], [balancer], []]
    serve(new)
    ground.elb.modify_listener(ListenerArn=listener, DefaultActions=forward(spare))
    assert balancers() == [[], [balancer], [balancer]]
    serve(spare)
    with pytest.raises(ClientError, match="does not have an associated load balancer"):
        serve(old)
    ground.elb.delete_rule(RuleArn=rule)
    assert balancers() == [[], [], [balancer]]
    ground.elb.delete_load_balancer(LoadBalancerArn=balancer)
    assert balancers() == [[], [], []]


def test_a_rule_does_not_take_another_ones_priority(ground: Ground) -> None:
    listener = ground.listener(ground.targets())
    rules = [
        ground.elb.create_rule(
            ListenerArn=listener,
            Priority=priority,
            Conditions=[{"Field": "path-pattern", "Values": [f"/{priority}"]}],
            Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
        )["Rules"][0]["RuleArn"]
        for priority in (1, 2)
    ]
    taken = [{"RuleArn": rules[0], "Priority": 2}]
    assert refused(ground.elb.set_rule_priorities, RulePriorities=taken)[0] == "PriorityInUse"
    ground.elb.set_rule_priorities(RulePriorities=[{"RuleArn": rules[0], "Priority": 3}])
    found = ground.elb.describe_rules(RuleArns=rules)["Rules"]
    assert {item["RuleArn"]: item["Priority"] for item in found} == dict(zip(rules, ("3", "2"), strict=True))


# Networks


def test_a_security_group_of_another_groups_rule_stays(ground: Ground) -> None:
    used, user = ground.group(), ground.group()
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "UserIdGroupPairs": [{"GroupId": used}]}
    ground.ec2.authorize_security_group_ingress(GroupId=user, IpPermissions=[rule])
    assert refused(ground.ec2.delete_security_group, GroupId=used)[0] == "DependencyViolation"
    ground.ec2.revoke_security_group_ingress(GroupId=user, IpPermissions=[rule])
    ground.ec2.delete_security_group(GroupId=used)


def test_a_security_group_in_use_stays(ground: Ground) -> None:
    group = ground.group()
    balancer = ground.balancer(SecurityGroups=[group])
    assert refused(ground.ec2.delete_security_group, GroupId=group)[0] == "DependencyViolation"
    ground.elb.delete_load_balancer(LoadBalancerArn=balancer)
    instance = ground.ec2.run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        SubnetId=ground.subnets[0],
        SecurityGroupIds=[group],
    )["Instances"][0]["InstanceId"]
    assert refused(ground.ec2.delete_security_group, GroupId=group)[0] == "DependencyViolation"
    ground.ec2.terminate_instances(InstanceIds=[instance])
    endpoint = ground.ec2.create_vpc_endpoint(
        VpcId=ground.vpc,
        ServiceName="com.amazonaws.us-east-1.ecs",
        VpcEndpointType="Interface",
        SubnetIds=ground.subnets[:1],
        SecurityGroupIds=[group],
    )["VpcEndpoint"]["VpcEndpointId"]
    assert refused(ground.ec2.delete_security_group, GroupId=group)[0] == "DependencyViolation"
    ground.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    ground.ec2.delete_security_group(GroupId=group)


def test_the_default_security_group_stays(ground: Ground) -> None:
    found = ground.ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [ground.vpc]}])
    assert refused(ground.ec2.delete_security_group, GroupId=found["SecurityGroups"][0]["GroupId"])[0] == "CannotDelete"


def test_a_duplicate_rule_is_refused(ground: Ground) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "UserIdGroupPairs": [{"GroupId": ground.group()}]}
    group = ground.group()
    ground.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    again = refused(ground.ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[rule])
    assert again[0] == "InvalidPermission.Duplicate"


def test_a_network_goes_in_order(ground: Ground) -> None:
    ec2 = ground.ec2
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=ground.vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=ground.subnets[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
    assert refused(ec2.release_address, AllocationId=address)[0] == "InvalidIPAddress.InUse"
    assert refused(ec2.delete_subnet, SubnetId=ground.subnets[0])[0] == "DependencyViolation"
    assert refused(ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=ground.vpc)[0] == "DependencyViolation"
    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.release_address(AllocationId=address)
    balancer = ground.balancer()
    assert refused(ec2.delete_subnet, SubnetId=ground.subnets[1])[0] == "DependencyViolation"
    ground.elb.delete_load_balancer(LoadBalancerArn=balancer)
    group = ground.group()
    for subnet in ground.subnets:
        ec2.delete_subnet(SubnetId=subnet)
    assert refused(ec2.delete_vpc, VpcId=ground.vpc)[0] == "DependencyViolation"
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=ground.vpc)
    assert refused(ec2.delete_vpc, VpcId=ground.vpc)[0] == "DependencyViolation"
    ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=ground.vpc)


# Fleets and roles


def test_a_group_with_instances_goes_by_force_only(ground: Ground) -> None:
    name = ground.fleet(2)[0]
    assert refused(ground.asg.delete_auto_scaling_group, AutoScalingGroupName=name)[0] == "ResourceInUse"
    ground.asg.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)
    assert ground.asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"] == []


def test_an_instance_refresh_replaces_the_instances(ground: Ground) -> None:
    name = ground.fleet(2)[0]

    def instances() -> set[str]:
        found = ground.asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]
        assert found["NewInstancesProtectedFromScaleIn"] is True
        return {item["InstanceId"] for item in found["Instances"]}

    before = instances()
    ground.asg.start_instance_refresh(AutoScalingGroupName=name, Strategy="Rolling")
    assert len(instances()) == 2
    assert not instances() & before
    told = ground.asg.describe_instance_refreshes(AutoScalingGroupName=name)["InstanceRefreshes"]
    assert [item["Status"] for item in told] == ["Successful"]
    assert refused(ground.asg.start_instance_refresh, AutoScalingGroupName="none")[0] == "ValidationError"


def test_a_role_and_a_policy_in_use_stay(ground: Ground) -> None:
    role, document = ground.lab.name("role"), '{"Version": "2012-10-17", "Statement": []}'
    policy = ground.iam.create_policy(
        PolicyName=ground.lab.name(),
        PolicyDocument=document.replace("[]", '[{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]'),
    )["Policy"]["Arn"]
    ground.iam.create_role(RoleName=role, AssumeRolePolicyDocument=document)
    ground.iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    assert refused(ground.iam.delete_role, RoleName=role)[0] == "DeleteConflict"
    assert refused(ground.iam.delete_policy, PolicyArn=policy)[0] == "DeleteConflict"
    ground.iam.detach_role_policy(RoleName=role, PolicyArn=policy)
    profile = ground.lab.name("profile")
    ground.iam.create_instance_profile(InstanceProfileName=profile)
    ground.iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role)
    assert refused(ground.iam.delete_role, RoleName=role)[0] == "DeleteConflict"
    ground.iam.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=role)
    ground.iam.delete_role(RoleName=role)
    ground.iam.delete_policy(PolicyArn=policy)


def test_a_role_has_no_policies_that_there_are_not_nor_too_many(ground: Ground) -> None:
    gone, name = "arn:aws:iam::123456789012:policy/gone", ground.lab.name("role")
    bounded = {"RoleName": name, "AssumeRolePolicyDocument": "{}", "PermissionsBoundary": gone}
    assert refused(ground.iam.create_role, **bounded)[0] == "NoSuchEntity"
    ground.iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    code, said = refused(ground.iam.attach_role_policy, RoleName=name, PolicyArn=gone)
    assert (code, gone in said) == ("NoSuchEntity", True)
    code, said = refused(ground.iam.put_role_permissions_boundary, RoleName=name, PermissionsBoundary=gone)
    assert (code, gone in said) == ("NoSuchEntity", True)
    pages = ground.iam.get_paginator("list_policies").paginate(Scope="AWS", PathPrefix="/job-function/")
    managed = ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
    managed += [policy["Arn"] for page in pages for policy in page["Policies"]]
    assert len(managed) > 10
    for arn in managed[:10]:
        ground.iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    ground.iam.attach_role_policy(RoleName=name, PolicyArn=managed[0])
    code, said = refused(ground.iam.attach_role_policy, RoleName=name, PolicyArn=managed[10])
    assert (code, "PoliciesPerRole: 10" in said) == ("LimitExceeded", True)
    assert refused(ground.iam.delete_role, RoleName=name)[0] == "DeleteConflict"


def test_settings_of_a_group_are_kept_where_an_update_does_not_name_them(ground: Ground) -> None:
    name = ground.fleet()[0]
    ground.asg.update_auto_scaling_group(
        AutoScalingGroupName=name, MaxInstanceLifetime=86400 * 8, CapacityRebalance=True, DefaultInstanceWarmup=30
    )
    ground.asg.update_auto_scaling_group(AutoScalingGroupName=name, MaxSize=5)
    found = ground.asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]
    assert (found["MaxInstanceLifetime"], found["CapacityRebalance"]) == (86400 * 8, True)
    assert found["DefaultInstanceWarmup"] == 30


def test_a_group_launches_from_a_further_version_of_its_template(ground: Ground) -> None:
    data = {"ImageId": "ami-12c6146b", "InstanceType": "t3.medium", "UserData": base64.b64encode(b"one").decode()}
    template = ground.ec2.create_launch_template(LaunchTemplateName=ground.lab.name(), LaunchTemplateData=data)
    id_, fleet = template["LaunchTemplate"]["LaunchTemplateId"], ground.fleet()[0]
    for version, (type_, text) in enumerate([("t3.medium", b"one"), ("m5.large", b"two")], start=1):
        if version > 1:
            newer = {**data, "InstanceType": type_, "UserData": base64.b64encode(text).decode()}
            ground.ec2.create_launch_template_version(LaunchTemplateId=id_, LaunchTemplateData=newer)
        ground.asg.update_auto_scaling_group(
            AutoScalingGroupName=fleet,
            DesiredCapacity=version,
            LaunchTemplate={"LaunchTemplateId": id_, "Version": str(version)},
        )
    found = ground.asg.describe_auto_scaling_groups(AutoScalingGroupNames=[fleet])["AutoScalingGroups"][0]
    launched = [item["InstanceId"] for item in found["Instances"]]
    described = ground.ec2.describe_instances(InstanceIds=launched)["Reservations"]
    assert [item["Instances"][0]["InstanceType"] for item in described] == ["t3.medium", "m5.large"]
    kept = [
        ground.ec2.describe_instance_attribute(InstanceId=instance, Attribute="userData")["UserData"]["Value"]
        for instance in launched
    ]
    assert [base64.b64decode(text) for text in kept] == [b"one", b"two"]

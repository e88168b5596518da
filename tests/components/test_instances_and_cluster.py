"""Container instances, alone and with their cluster: what is registered, for whom, and in which order."""

import json
from dataclasses import replace
from typing import Any

import pulumi_aws as aws
import pytest

import components as ecs
from ecs_model.agent import AgentSettings
from ecs_model.capacity import CapacitySettings, PurchaseOption
from ecs_model.cluster import ClusterSettings, ContainerInsights
from ecs_model.images import AmiFamily
from ecs_model.sessions import ExecuteCommandSettings
from ecs_model.strategy import StrategyItem
from ecs_model.user_data import agent_variables
from tests.components.component_harness import Graph, Registered, deploy, refused

PLAIN = CapacitySettings(instance_types=["m7i.large"], max_size=4)
SPOT = CapacitySettings(
    instance_types=["m7i.large", "m6i.large"], max_size=4, purchase_option=PurchaseOption.SPOT,
    agent=AgentSettings(dynamic_host_port_range="40000-45000"),
)  # fmt: skip
STRATEGY = [StrategyItem("general", 1, 1), StrategyItem("spot", 3)]


def instances(preview: bool = False, settings: CapacitySettings = PLAIN, **more: Any) -> Graph:
    given: dict[str, Any] = {"cluster_name": "web", "vpc_id": "vpc-1", "subnet_ids": ["subnet-1"], "settings": settings}
    args = ecs.ContainerInstancesArgs(**(given | more))
    return deploy(lambda: ecs.ContainerInstances("fleet", args), preview=preview)


KEY = "arn:aws:kms:eu-central-1:123456789012:key/1a2b3c4d-1111-2222-3333-444455556666"


def cluster_args(**more: Any) -> ecs.ClusterArgs:
    given: dict[str, Any] = {
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-1", "subnet-2"],
        "capacity": {"general": PLAIN, "spot": SPOT},
        "settings": ClusterSettings(STRATEGY, ContainerInsights.ENABLED),
        "load_balancers": {"public": "sg-public", "private": "sg-private"},
    }
    return ecs.ClusterArgs(**(given | more))


def cluster(preview: bool = False, **more: Any) -> Graph:
    return deploy(lambda: ecs.Cluster("shop", cluster_args(**more)), preview=preview)


def keys(value: Any) -> set[str]:
    """Every key anywhere in a value."""
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys(inner)}
    return {key for inner in value for key in keys(inner)} if isinstance(value, list) else set()


@pytest.mark.parametrize(
    ("sessions", "told"),
    [
        (ExecuteCommandSettings(), {"logging": "DEFAULT"}),
        (ExecuteCommandSettings(kms_key=KEY), {"logging": "DEFAULT", "kmsKeyId": KEY}),
        (ExecuteCommandSettings(log_group="/ecs"),
         {"logging": "OVERRIDE", "logConfiguration": {"cloudWatchLogGroupName": "/ecs",
                                                      "cloudWatchEncryptionEnabled": False}}),
        (ExecuteCommandSettings(bucket="logs", prefix="a", encrypted_logs=True),
         {"logging": "OVERRIDE", "logConfiguration": {"s3BucketName": "logs", "s3KeyPrefix": "a",
                                                      "s3BucketEncryptionEnabled": True}}),
    ],
)  # fmt: skip
def test_sessions_of_ecs_exec_are_recorded(sessions: ExecuteCommandSettings, told: dict[str, Any]) -> None:
    chosen = ClusterSettings(STRATEGY, execute_command=sessions)
    assert cluster(settings=chosen).one("ecs.Cluster").inputs["configuration"] == {"executeCommandConfiguration": told}
    assert "configuration" not in cluster().one("ecs.Cluster").inputs


def test_sessions_that_cannot_be_recorded_are_refused() -> None:
    chosen = ClusterSettings(STRATEGY, execute_command=ExecuteCommandSettings(prefix="a"))
    (line,) = refused(lambda: ecs.Cluster("shop", cluster_args(settings=chosen)))
    assert line.startswith("Cluster shop: settings.executeCommand.prefix: ")


def test_the_graph_of_instances_that_join_alone() -> None:
    graph = instances()
    assert graph.kinds() == {
        "ContainerInstances": 1,
        "autoscaling.Group": 1,
        "ec2.LaunchTemplate": 1,
        "ec2.SecurityGroup": 1,
        "ecs.CapacityProvider": 1,
        "iam.InstanceProfile": 1,
        "iam.Role": 1,
        "iam.RolePolicyAttachment": 2,
        "vpc.SecurityGroupEgressRule": 1,
    }
    component = graph.one("ContainerInstances")
    assert component.type == "ecs-on-ec2:index:ContainerInstances"
    assert len(graph.children(component)) == len(graph.resources) - 1
    assert all(each.name.startswith("fleet") for each in graph.resources)
    assert component.outputs == {
        "capacityProviderName": "fleet-1a2b3c4",
        "securityGroupId": "SecurityGroup/fleet-instances",
        "autoScalingGroupName": "fleet-1a2b3c4",
    }


@pytest.mark.parametrize("preview", [False, True])
def test_user_data_is_known_at_preview(preview: bool) -> None:
    template = instances(preview).one("ec2.LaunchTemplate")
    assert agent_variables(template.inputs["userData"]) == {
        "ECS_CLUSTER": "web",
        "ECS_DYNAMIC_HOST_PORT_RANGE": "49153-65535",
        "ECS_AWSVPC_BLOCK_IMDS": "true",
        "ECS_IMAGE_PULL_BEHAVIOR": "default",
    }


def test_the_launch_template() -> None:
    graph = instances(public_addresses=True)
    inputs = graph.one("ec2.LaunchTemplate").inputs
    assert inputs["imageId"] == "ami-0123"
    assert inputs["metadataOptions"] == {"httpEndpoint": "enabled", "httpTokens": "required",
                                         "httpPutResponseHopLimit": 1}  # fmt: skip
    (interface,) = inputs["networkInterfaces"]
    assert interface["associatePublicIpAddress"] == "true"
    assert interface["securityGroups"] == ["SecurityGroup/fleet-instances"]
    (volume,) = inputs["blockDeviceMappings"]
    assert volume["ebs"] == {"volumeSize": 30, "volumeType": "gp3", "encrypted": "true", "deleteOnTermination": "true"}
    assert "vpcSecurityGroupIds" not in inputs
    assert "keyName" not in inputs
    assert instances().one("ec2.LaunchTemplate").inputs["networkInterfaces"][0]["associatePublicIpAddress"] == "false"


@pytest.mark.parametrize(
    ("settings", "parameter"),
    [
        (PLAIN, "amazon-linux-2023/recommended/image_id"),
        (CapacitySettings(["m7g.large"], 1), "amazon-linux-2023/arm64/recommended/image_id"),
        (CapacitySettings(["m7g.large"], 1, ami_family=AmiFamily.AL2), "amazon-linux-2/arm64/recommended/image_id"),
    ],
)
def test_the_image_follows_the_types(settings: CapacitySettings, parameter: str) -> None:
    asked = [args["name"] for name, args in instances(settings=settings).calls if "getParameter" in name]
    assert asked == [f"/aws/service/ecs/optimized-ami/{parameter}"]


def test_the_plain_group() -> None:
    graph = instances()
    group = graph.one("autoscaling.Group")
    assert group.inputs["launchTemplate"] == {"id": "LaunchTemplate/fleet", "version": "7"}
    assert group.inputs["protectFromScaleIn"] is True
    assert group.inputs["forceDelete"] is True
    assert group.inputs["capacityRebalance"] is False
    assert group.inputs["instanceRefresh"]["preferences"] == {"scaleInProtectedInstances": "Refresh"}
    assert {"key": "AmazonECSManaged", "value": "true", "propagateAtLaunch": True} in group.inputs["tags"]
    assert not keys(group.inputs) & {"desiredCapacity", "weightedCapacity", "mixedInstancesPolicy"}


def test_several_types_and_spot_make_a_mixed_group_without_weights() -> None:
    group = instances(settings=SPOT).one("autoscaling.Group")
    policy = group.inputs["mixedInstancesPolicy"]
    assert policy["instancesDistribution"]["onDemandPercentageAboveBaseCapacity"] == 0
    assert policy["launchTemplate"]["overrides"] == [{"instanceType": "m7i.large"}, {"instanceType": "m6i.large"}]
    assert policy["launchTemplate"]["launchTemplateSpecification"]["version"] == "7"
    assert group.inputs["capacityRebalance"] is True
    assert not keys(group.inputs) & {"desiredCapacity", "weightedCapacity"}
    assert "launchTemplate" not in group.inputs
    bought = instances(settings=CapacitySettings(["m7i.large", "m6i.large"], 4)).one("autoscaling.Group")
    distribution = bought.inputs["mixedInstancesPolicy"]["instancesDistribution"]
    assert distribution["onDemandPercentageAboveBaseCapacity"] == 100


def test_spot_instances_are_drained() -> None:
    variables = agent_variables(instances(settings=SPOT).one("ec2.LaunchTemplate").inputs["userData"])
    assert variables["ECS_ENABLE_SPOT_INSTANCE_DRAINING"] == "true"


def test_the_capacity_provider() -> None:
    provider = instances().one("ecs.CapacityProvider").inputs["autoScalingGroupProvider"]
    assert provider["managedTerminationProtection"] == "ENABLED"
    assert provider["managedDraining"] == "ENABLED"
    assert provider["managedScaling"] == {"status": "ENABLED", "targetCapacity": 100, "instanceWarmupPeriod": 300,
                                          "minimumScalingStepSize": 1, "maximumScalingStepSize": 10000}  # fmt: skip
    assert provider["autoScalingGroupArn"].endswith(":fleet")


def test_without_a_capacity_provider() -> None:
    graph = instances(capacity_provider=False, settings=replace(PLAIN, min_size=2))
    assert "ecs.CapacityProvider" not in graph.kinds()
    assert graph.one("autoscaling.Group").inputs["protectFromScaleIn"] is False
    outputs = graph.one("ContainerInstances").outputs
    assert outputs
    assert outputs["capacityProviderName"] == ""


def test_without_a_capacity_provider_somebody_must_say_how_many() -> None:
    args = ecs.ContainerInstancesArgs("web", "vpc-1", ["subnet-1"], PLAIN, capacity_provider=False)
    (problem,) = args.problems("fleet")
    assert problem.path == ("settings", "minSize")
    assert "starts no instance ever: give 1 or more" in problem.message


def test_udp_is_let_in_from_those_that_send_it() -> None:
    graph = instances(
        settings=SPOT, load_balancers={"public": "sg-1", "edge": "sg-2"}, udp_load_balancers={"edge": "sg-2"}
    )
    rules = [rule.inputs for rule in graph.all("vpc.SecurityGroupIngressRule")]
    assert {(rule["referencedSecurityGroupId"], rule["ipProtocol"]) for rule in rules} == {
        ("sg-1", "tcp"), ("sg-2", "tcp"), ("sg-2", "udp"),
    }  # fmt: skip
    assert len({(rule["fromPort"], rule["toPort"]) for rule in rules}) == 1


def test_nobody_gets_in_but_load_balancers_on_the_agent_s_ports() -> None:
    graph = instances(settings=SPOT, load_balancers={"public": "sg-1", "private": "sg-2"})
    rules = graph.all("vpc.SecurityGroupIngressRule")
    assert [(r.inputs["referencedSecurityGroupId"], r.inputs["fromPort"], r.inputs["toPort"]) for r in rules] == [
        ("sg-2", 40000, 45000),
        ("sg-1", 40000, 45000),
    ]
    assert all("cidrIpv4" not in rule.inputs and rule.inputs["ipProtocol"] == "tcp" for rule in rules)
    group = graph.one("ec2.SecurityGroup")
    assert not {"ingress", "egress"} & set(group.inputs)
    variables = agent_variables(graph.one("ec2.LaunchTemplate").inputs["userData"])
    assert variables["ECS_DYNAMIC_HOST_PORT_RANGE"] == "40000-45000"


def test_the_instance_role_may_what_the_agent_and_session_manager_need() -> None:
    graph = instances()
    attached = graph.all("iam.RolePolicyAttachment")
    assert [each.inputs["policyArn"] for each in attached] == [
        "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
        "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    ]
    trust = json.loads(graph.one("iam.Role").inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com"}
    # An instance that starts before its policies could not join.
    assert all(graph.waits_for(graph.one("autoscaling.Group"), each) for each in attached)


def test_an_unknown_type_and_an_old_image_warn() -> None:
    warned = instances(settings=CapacitySettings(["m7i.large", "m99x.large"], 1, ami_family=AmiFamily.AL2)).warnings
    assert len(warned) == 2
    assert "m99x.large is not in this version's table" in warned[0]
    assert "al2 has had no updates since 2026-06-30" in warned[1]
    assert instances().warnings == []


def test_the_graph_of_a_cluster() -> None:
    graph = cluster()
    assert graph.kinds() == {
        "Cluster": 1,
        "ContainerInstances": 2,
        "autoscaling.Group": 2,
        "ec2.LaunchTemplate": 2,
        "ec2.SecurityGroup": 2,
        "ecs.CapacityProvider": 2,
        "ecs.Cluster": 1,
        "ecs.ClusterCapacityProviders": 1,
        "iam.InstanceProfile": 2,
        "iam.Role": 2,
        "iam.RolePolicyAttachment": 4,
        "vpc.SecurityGroupEgressRule": 2,
        "vpc.SecurityGroupIngressRule": 4,
    }
    component = graph.one("Cluster")
    assert {each.name for each in graph.children(component)} == {"shop", "shop-general", "shop-spot"}
    assert component.outputs
    assert component.outputs["name"] == "shop-1a2b3c4"
    assert component.outputs["capacityProviderNames"] == {
        "general": "shop-general-1a2b3c4",
        "spot": "shop-spot-1a2b3c4",
    }
    assert set(component.outputs["securityGroupIds"]) == {"general", "spot"}
    settings = graph.one("ecs.Cluster").inputs["settings"]
    assert settings == [{"name": "containerInsights", "value": "enabled"}]
    # Providers on the cluster itself would make a cycle.
    assert not keys(graph.one("ecs.Cluster").inputs) & {"capacityProviders", "defaultCapacityProviderStrategies"}


@pytest.mark.parametrize("preview", [False, True])
def test_the_default_strategy_is_associated(preview: bool) -> None:
    association = cluster(preview).one("ecs.ClusterCapacityProviders").inputs
    assert association["clusterName"] == "shop-1a2b3c4"
    assert association["capacityProviders"] == ["shop-general-1a2b3c4", "shop-spot-1a2b3c4"]
    assert association["defaultCapacityProviderStrategies"] == [
        {"capacityProvider": "shop-general-1a2b3c4", "weight": 1, "base": 1},
        {"capacityProvider": "shop-spot-1a2b3c4", "weight": 3, "base": 0},
    ]


def test_the_instances_end_before_their_cluster() -> None:
    graph = cluster()
    made = graph.one("ecs.Cluster")
    for template in graph.all("ec2.LaunchTemplate"):
        assert made.urn in template.property_dependencies["userData"]
        assert agent_variables(template.inputs["userData"])["ECS_CLUSTER"] == "shop-1a2b3c4"
    assert all(graph.waits_for(group, made) for group in graph.all("autoscaling.Group"))


def test_fargate_stands_beside_the_instances() -> None:
    graph = cluster(settings=ClusterSettings([StrategyItem("FARGATE_SPOT", 1)], fargate=True))
    association = graph.one("ecs.ClusterCapacityProviders").inputs
    assert association["capacityProviders"][-2:] == ["FARGATE", "FARGATE_SPOT"]
    (item,) = association["defaultCapacityProviderStrategies"]
    assert item["capacityProvider"] == "FARGATE_SPOT"
    (line,) = refused(lambda: ecs.Cluster("shop", cluster_args(settings=ClusterSettings([StrategyItem("FARGATE", 1)]))))
    assert "'FARGATE' is not attached to this cluster: set cluster.fargate: true" in line


def test_instances_start_once_the_account_has_trunking() -> None:
    graph = cluster(settings=ClusterSettings(STRATEGY, awsvpc_trunking=True))
    setting = graph.one("ecs.AccountSettingDefault")
    assert setting.inputs == {"name": "awsvpcTrunking", "value": "enabled"}
    for template in graph.all("ec2.LaunchTemplate"):
        assert {setting.urn, graph.one("ecs.Cluster").urn} <= template.property_dependencies["userData"]
    assert "ecs.AccountSettingDefault" not in cluster().kinds()
    previewed = cluster(preview=True, settings=ClusterSettings(STRATEGY, awsvpc_trunking=True))
    assert agent_variables(previewed.all("ec2.LaunchTemplate")[0].inputs["userData"])["ECS_CLUSTER"] == "shop-1a2b3c4"


def test_the_arn_waits_for_the_association() -> None:
    def program() -> None:
        made = ecs.Cluster("shop", cluster_args())
        aws.ecs.Tag("other", resource_arn=made.arn, key="a", value="b")

    graph = deploy(program)
    other = graph.one("ecs.Tag")
    assert graph.one("ecs.ClusterCapacityProviders").urn in other.property_dependencies["resourceArn"]
    assert other.inputs["resourceArn"].endswith(":shop")


def names(resources: list[Registered]) -> list[str]:
    return [each.name for each in resources]


def test_one_ingress_rule_for_each_load_balancer_and_fleet() -> None:
    rules = cluster().all("vpc.SecurityGroupIngressRule")
    assert sorted(names(rules)) == [
        "shop-general-instances-from-private",
        "shop-general-instances-from-public",
        "shop-spot-instances-from-private",
        "shop-spot-instances-from-public",
    ]
    pairs = {(r.inputs["securityGroupId"], r.inputs["referencedSecurityGroupId"]) for r in rules}
    assert len(pairs) == 4


def test_a_cluster_lists_everything_that_is_wrong() -> None:
    lines = refused(
        lambda: ecs.Cluster(
            "shop",
            cluster_args(
                capacity={
                    "general": CapacitySettings(["m7i.large", "m7g.large"], 0),
                    "bad key": CapacitySettings(["m7i.large"], 1, target_capacity=0),
                },
                settings=ClusterSettings([StrategyItem("general", 0), StrategyItem("other", 0)]),
            ),
        )
    )
    assert all(line.startswith("Cluster shop: ") for line in lines)
    paths = [line.removeprefix("Cluster shop: ").split(": ")[0] for line in lines]
    assert paths == [
        "settings.defaultCapacityProviderStrategy[1].capacityProvider",
        "settings.defaultCapacityProviderStrategy",
        "capacity.general.instanceTypes",
        "capacity.general.maxSize",
        "capacity.bad key.targetCapacity",
        "capacity.bad key",
    ]


def test_a_cluster_without_a_strategy_cannot_be_built() -> None:
    (line,) = refused(lambda: ecs.Cluster("shop", cluster_args(settings=ClusterSettings())))
    assert "settings.defaultCapacityProviderStrategy: is empty" in line


@pytest.mark.parametrize("name", ["aws-web", "ecs", "Fargate-1", "under score!", "x" * 256])
def test_names_that_a_capacity_provider_cannot_have(name: str) -> None:
    args = ecs.ContainerInstancesArgs("web", "vpc-1", ["subnet-1"], PLAIN)
    (line,) = refused(lambda: ecs.ContainerInstances(name, args))
    assert line.startswith(f"ContainerInstances {name}: name: ")
    assert refused(lambda: ecs.Cluster(name, cluster_args()))


def test_plain_dictionaries_as_another_language_sends_them() -> None:
    args: Any = {
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-1"],
        "capacity": {"general": {"instance_types": ["m7i.large"], "max_size": 4.0, "purchase_option": "spot",
                                 "agent": {"reserved_ports": [8080.0], "image_pull_behavior": "once"}}},
        "settings": {"default_capacity_provider_strategy": [{"capacity_provider": "general", "weight": 2.0}]},
    }  # fmt: skip
    graph = deploy(lambda: ecs.Cluster("shop", args))
    group = graph.one("autoscaling.Group").inputs
    assert group["maxSize"] == 4
    variables = agent_variables(graph.one("ec2.LaunchTemplate").inputs["userData"])
    assert variables["ECS_RESERVED_PORTS"] == "[22, 2375, 2376, 8080, 51678, 51679]"
    assert variables["ECS_IMAGE_PULL_BEHAVIOR"] == "once"
    assert variables["ECS_ENABLE_SPOT_INSTANCE_DRAINING"] == "true"


@pytest.mark.parametrize("change", [{"colour": 1}, {"capacity": {"general": {"min": 1}}}])
def test_dictionaries_with_unknown_keys(change: dict[str, Any]) -> None:
    def program() -> None:
        args: Any = {"vpc_id": "v", "subnet_ids": [], "capacity": {}, "settings": {}} | change
        with pytest.raises(TypeError, match=r"colour|has no min: it takes .*instance_types"):
            ecs.Cluster("shop", args)

    assert deploy(program).resources == []

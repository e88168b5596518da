"""ECS Managed Instances: roles, group and capacity provider, in which order, and what tasks on them say."""

import asyncio
import json
from dataclasses import fields, replace
from typing import Any

import pulumi
import pytest

import components as ecs
from components.activation import ATTEMPTS, LONGEST_PAUSE, is_worth_another_try
from ecs_model.capacity import CapacitySettings
from ecs_model.capacity_options import PurchaseOption
from ecs_model.cluster import ClusterSettings
from ecs_model.instance_requirements import Bounds, Choice, InstanceRequirements, Manufacturer
from ecs_model.managed_instances import ManagedInstancesSettings, ManagedReservations, ReservationPreference
from ecs_model.network_modes import NetworkMode
from ecs_model.strategy import StrategyItem
from tests.components.component_harness import Graph, deploy, refused
from tests.components.test_program import run

SOME = InstanceRequirements(Bounds(2, 4), Bounds(4096))
OWN = ManagedInstancesSettings(instance_requirements=SOME)
ROLE = "arn:aws:iam::123456789012:role/theirs"
PROFILE = "arn:aws:iam::123456789012:instance-profile/theirs"
POLICY = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForManagedInstances"
DENIED = "InvalidParameterException: The specified capacity provider 'own' is not in an ACTIVE state. Specify"


def managed(settings: ManagedInstancesSettings = OWN, preview: bool = False) -> Graph:
    args = ecs.ManagedInstancesArgs("web", "vpc-1", ["subnet-1", "subnet-2"], settings)
    return deploy(lambda: ecs.ManagedInstances("fleet", args), preview=preview)


def cluster_args(**more: Any) -> ecs.ClusterArgs:
    given: dict[str, Any] = {
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-1"],
        "capacity": {"general": CapacitySettings(instance_types=["m7i.large"], max_size=4)},
        "managed_instances": {"own": OWN, "any": ManagedInstancesSettings()},
        "settings": ClusterSettings([StrategyItem("own", 1)]),
    }
    return ecs.ClusterArgs(**(given | more))


def test_what_is_registered() -> None:
    graph = managed()
    assert graph.kinds() == {
        "ManagedInstances": 1, "ec2.SecurityGroup": 1, "ecs.CapacityProvider": 1, "iam.InstanceProfile": 1,
        "iam.Role": 2, "iam.RolePolicyAttachment": 2, "vpc.SecurityGroupEgressRule": 1,
    }  # fmt: skip
    instance, infrastructure = graph.one("iam.Role", "fleet-instance"), graph.one("iam.Role", "fleet-infrastructure")
    assert instance.inputs["namePrefix"] == "ecsInstanceRole-fleet-"
    trusted = [
        json.loads(each.inputs["assumeRolePolicy"])["Statement"][0]["Principal"] for each in (instance, infrastructure)
    ]
    assert trusted == [{"Service": "ec2.amazonaws.com"}, {"Service": "ecs.amazonaws.com"}]
    attached = {each.name: each.inputs["policyArn"] for each in graph.all("iam.RolePolicyAttachment")}
    assert attached == {
        "fleet-infrastructure": POLICY,
        "fleet-instance": "arn:aws:iam::aws:policy/AmazonECSInstanceRolePolicyForManagedInstances",
    }
    provider = graph.one("ecs.CapacityProvider")
    assert (provider.inputs["cluster"], provider.inputs["tags"]) == ("web", {"Name": "fleet"})
    assert "autoScalingGroupProvider" not in provider.inputs
    # What it acts by ends after it.
    for other in [*graph.all("iam.RolePolicyAttachment"), graph.one("vpc.SecurityGroupEgressRule")]:
        assert graph.waits_for(provider, other)


def test_it_is_known_in_a_preview() -> None:
    assert managed(preview=True).kinds() == managed().kinds()


def test_existing_roles_take_the_place_of_ours() -> None:
    graph = managed(replace(OWN, infrastructure_role=ROLE, instance_profile=PROFILE))
    assert "iam.Role" not in graph.kinds()
    settings = graph.one("ecs.CapacityProvider").inputs["managedInstancesProvider"]
    assert settings["infrastructureRoleArn"] == ROLE
    assert settings["instanceLaunchTemplate"]["ec2InstanceProfileArn"] == PROFILE


CHANGES: dict[str, Any] = {
    "instance_requirements": None,
    "purchase_option": PurchaseOption.SPOT,
    "capacity_reservations": ManagedReservations(),
    "storage_size": 40,
    "use_local_storage": True,
    "detailed_monitoring": True,
    "propagate_tags": False,
    "scale_in_after": 0,
    "auto_repair": False,
    "extra_security_groups": ["sg-0123456789abcdef0"],
    "infrastructure_role": ROLE,
    "instance_profile": PROFILE,
}


def test_every_setting_is_changed_below() -> None:
    assert [field.name for field in fields(ManagedInstancesSettings)] == list(CHANGES)


@pytest.mark.parametrize("name", CHANGES)
def test_no_setting_does_nothing(name: str) -> None:
    plain, changed = (
        managed(each).one("ecs.CapacityProvider").inputs for each in (OWN, replace(OWN, **{name: CHANGES[name]}))
    )
    assert plain != changed


@pytest.mark.parametrize(
    "change",
    [
        {"vcpus": Bounds(2, 8)},
        {"memory": Bounds(4096, 65_536)},
        {"accelerators": Bounds(1)},
        {"cpu_manufacturers": [Manufacturer.AMD]},
        {"previous_generations": True},
        {"burstable": Choice.INCLUDED},
        {"bare_metal": Choice.INCLUDED},
        {"allowed_types": ["m7*"]},
        {"excluded_types": ["m7*"]},
        {"on_demand_price_limit": 30},
    ],
)
def test_no_requirement_does_nothing(change: dict[str, Any]) -> None:
    wanted = replace(SOME, **change)
    plain, changed = (
        managed(each).one("ecs.CapacityProvider").inputs["managedInstancesProvider"]["instanceLaunchTemplate"]
        for each in (OWN, replace(OWN, instance_requirements=wanted))
    )
    assert plain["instanceRequirements"] != changed["instanceRequirements"]


@pytest.mark.parametrize("preference", ReservationPreference)
def test_reservations_are_a_way_to_buy(preference: ReservationPreference) -> None:
    chosen = replace(OWN, capacity_reservations=ManagedReservations(preference))
    template = managed(chosen).one("ecs.CapacityProvider").inputs["managedInstancesProvider"]["instanceLaunchTemplate"]
    assert template["capacityOptionType"] == "RESERVED"
    assert template["capacityReservations"]["reservationPreference"] == f"RESERVATIONS_{preference.value.upper()}"


def test_the_cluster_attaches_them_and_services_wait_for_it() -> None:
    graph = deploy(lambda: ecs.Cluster("shop", cluster_args()))
    association = graph.one("ecs.ClusterCapacityProviders")
    names = {each.name: each for each in graph.all("ecs.CapacityProvider")}
    assert set(names) == {"shop-general", "shop-own", "shop-any"}
    assert association.inputs["capacityProviders"] == [f"shop-{key}-1a2b3c4" for key in ("general", "own", "any")]
    assert all(graph.waits_for(association, each) for each in names.values())
    assert graph.waits_for(names["shop-own"], graph.one("ecs.Cluster"))
    made = graph.one("Cluster").outputs or {}
    assert set(made["securityGroupIds"]) == set(made["capacityProviderNames"]) == {"general", "own", "any"}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (
            {"managed_instances": {"general": OWN}, "settings": ClusterSettings([StrategyItem("general", 1)])},
            "in capacity as well",
        ),
        (
            {"managed_instances": {"own": replace(OWN, storage_size=0)}},
            "managedInstances.own.storageSize: 0 is out of range",
        ),
        (
            {"settings": ClusterSettings([StrategyItem("own", 1), StrategyItem("general", 1)])},
            "mixes own of ECS Managed Instances with EC2 capacity",
        ),
    ],
)
def test_a_cluster_refuses(more: dict[str, Any], says: str) -> None:
    (line,) = refused(lambda: ecs.Cluster("shop", cluster_args(**more)))
    assert says in line


def test_a_name_that_aws_reserves_is_refused() -> None:
    args = ecs.ManagedInstancesArgs("web", "vpc-1", ["subnet-1"], OWN)
    (line,) = refused(lambda: ecs.ManagedInstances("ecs-own", args))
    assert "begins with 'ecs'" in line


def task(**more: Any) -> ecs.TaskDefinitionArgs:
    containers = {"app": ecs.ContainerArgs(image="nginx:1", memory=256)}
    given: dict[str, Any] = {"network_mode": NetworkMode.AWSVPC, "managed_instances": {"own": OWN}}
    return ecs.TaskDefinitionArgs(containers, **(given | more))


def test_the_task_definition_is_for_them() -> None:
    inputs = deploy(lambda: ecs.TaskDefinition("job", task())).one("ecs.TaskDefinition").inputs
    assert inputs["requiresCompatibilities"] == ["MANAGED_INSTANCES"]
    lines = refused(
        lambda: ecs.TaskDefinition("job", task(network_mode=NetworkMode.BRIDGE, fargate=True, cpu=256, memory=512))
    )
    assert [line.split(": ")[1] for line in lines] == ["networkMode", "networkMode", "managedInstances"]


def test_a_task_that_may_not_fit_is_a_warning() -> None:
    largest = replace(SOME, memory=Bounds(4096, 8192), allowed_types=["m7i.*"])
    instances = {"own": replace(OWN, instance_requirements=largest)}
    graph = deploy(lambda: ecs.TaskDefinition("job", task(memory=7900, managed_instances=instances)))
    assert ["may not fit m7i.large" in text for text in graph.warnings] == [True]


def test_ecs_alone_decides_where_tasks_go() -> None:
    args = ecs.ServiceArgs(
        "arn:aws:ecs:eu-central-1:123456789012:cluster/shop", "arn:task",
        [ecs.CapacityProviderStrategyItemArgs("shop-own", 1)],
        network_mode=NetworkMode.AWSVPC, vpc_id="vpc-1", subnet_ids=["subnet-1"], public_addresses=True,
        managed_instances=True,
    )  # fmt: skip
    inputs = deploy(lambda: ecs.Service("job", args)).one("ecs.Service").inputs
    assert "orderedPlacementStrategies" not in inputs
    assert "assignPublicIp" not in inputs["networkConfiguration"]


def hook(*errors: str) -> pulumi.ErrorHookArgs:
    return pulumi.ErrorHookArgs("urn", "id", "shop", "aws:ecs/clusterCapacityProviders", errors=list(errors))


@pytest.mark.parametrize(
    ("errors", "paused"),
    [
        ([DENIED], 1),
        ([DENIED] * 3, 4),
        ([DENIED] * 9, LONGEST_PAUSE),
        ([DENIED] * ATTEMPTS, None),
        (["AccessDeniedException", DENIED], None),
        ([], None),
    ],
)
def test_only_a_provider_that_is_not_active_is_worth_another_try(
    errors: list[str], paused: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    # Not `asyncio.run`, which would leave Pulumi's mocks of later tests without a loop.
    loop = asyncio.new_event_loop()
    assert loop.run_until_complete(is_worth_another_try(hook(*errors))) is (paused is not None)
    loop.close()
    assert slept == ([paused] if paused else [])


def test_a_whole_program_of_managed_instances_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "aws:1")
    app = {"image": "nginx:1", "memory": 256, "portMappings": [{"containerPort": 80}]}
    task = {"networkMode": "awsvpc", "containers": {"app": app}}
    job = {"networkMode": "awsvpc", "containers": {"job": {"image": "nginx:1", "memory": 64}}}
    changes = {
        "capacity": {},
        "managedInstances": {"own": {}},
        "cluster": {
            "defaultCapacityProviderStrategy": [{"capacityProvider": "own", "weight": 1}],
            "dashboard": True,
        },
        "services": {"web": task},
        "scheduledTasks": {"nightly": {"schedule": "rate(1 day)", **job}},
        "run": {"once": job},
        "alarms": {"topicArns": ["arn:aws:sns:eu-central-1:123456789012:ops"]},
    }
    graph = run("local", preview=False, change={f"ecs-on-ec2:{key}": value for key, value in changes.items()})
    assert "autoscaling.Group" not in graph.kinds()
    kinds = [each.inputs["requiresCompatibilities"] for each in graph.all("ecs.TaskDefinition")]
    assert kinds == [["MANAGED_INSTANCES"]] * 3
    target = graph.one("scheduler.Schedule").inputs["target"]["ecsParameters"]
    assert "placementStrategies" not in target
    assert target["capacityProviderStrategies"][0]["capacityProvider"] == "local-own-1a2b3c4"
    # It is a metric of managed scaling, which scales Auto Scaling groups.
    metrics = {each.inputs.get("metricName") for each in graph.all("cloudwatch.MetricAlarm")}
    assert metrics
    assert "CapacityProviderReservation" not in metrics
    assert "CapacityProviderReservation" not in graph.one("cloudwatch.Dashboard").inputs["dashboardBody"]
    assert graph.exports["capacityProviders"] == {"own": "local-own-1a2b3c4"}

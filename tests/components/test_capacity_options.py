"""What each choice of container instances makes of the launch template, the group and the capacity provider."""

from dataclasses import fields
from typing import Any

import pytest

import components as ecs
from ecs_model.agent import AgentSettings, ImageCleanup, ImagePullBehavior, LogLevel, RequestLimit
from ecs_model.capacity import CapacitySettings, PurchaseOption
from ecs_model.capacity_options import (
    CapacityReservation,
    InstanceRefresh,
    ProtectedInstances,
    ReservationUse,
    Tenancy,
    WarmPool,
    WarmPoolState,
)
from ecs_model.ebs import VolumeType
from ecs_model.images import AmiFamily, AmiPolicy, Architecture
from ecs_model.instance_requirements import Bounds, Choice, InstanceRequirements, Manufacturer
from ecs_model.instance_volumes import ExtraVolume, VolumeOptions
from ecs_model.user_data import agent_variables, plain_parts
from ecs_model.user_data_parts import UserDataParts
from tests.components.component_harness import Graph, deploy

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
GROUP = "arn:aws:resource-groups:eu-central-1:123456789012:group/reserved"
REQUIREMENTS = InstanceRequirements(Bounds(2, 4), Bounds(4096))
SPOT = {"purchase_option": PurchaseOption.SPOT}


def made(**chosen: Any) -> Graph:
    given: dict[str, Any] = {"instance_types": ["m7i.large"], "max_size": 4, "min_size": 1}
    args = ecs.ContainerInstancesArgs("web", "vpc-1", ["subnet-1"], CapacitySettings(**(given | chosen)))
    return deploy(lambda: ecs.ContainerInstances("fleet", args))


def template(**chosen: Any) -> dict[str, Any]:
    return made(**chosen).one("ec2.LaunchTemplate").inputs


def group(**chosen: Any) -> dict[str, Any]:
    return made(**chosen).one("autoscaling.Group").inputs


@pytest.mark.parametrize(
    ("chosen", "parameter"),
    [
        ({"ami_family": AmiFamily.BOTTLEROCKET}, "bottlerocket/aws-ecs-2/x86_64/latest"),
        (
            {"ami_family": AmiFamily.BOTTLEROCKET, "instance_types": ["g5g.xlarge"]},
            "bottlerocket/aws-ecs-2-nvidia/arm64/latest",
        ),
        (
            {"ami_family": AmiFamily.GPU, "instance_types": ["g5.xlarge"]},
            "ecs/optimized-ami/amazon-linux-2023/gpu/recommended",
        ),
        (
            {"ami_family": AmiFamily.NEURON, "instance_types": ["inf2.xlarge"]},
            "ecs/optimized-ami/amazon-linux-2023/neuron/recommended",
        ),
    ],
)
def test_the_image_is_chosen_at_deployment(chosen: dict[str, Any], parameter: str) -> None:
    graph = made(**chosen)
    asked = [args["name"] for name, args in graph.calls if "getParameter" in name]
    assert asked == [f"/aws/service/{parameter}/image_id"]
    assert graph.one("ec2.LaunchTemplate").inputs["imageId"] == "ami-0123"


def test_the_image_is_chosen_at_launch_or_pinned() -> None:
    late = made(ami_policy=AmiPolicy.LATEST_AT_LAUNCH, max_instance_lifetime=30)
    wanted = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    assert late.one("ec2.LaunchTemplate").inputs["imageId"] == wanted
    assert late.one("autoscaling.Group").inputs["maxInstanceLifetime"] == 30 * 86_400
    pinned = made(ami_id="ami-0123456789abcdef0")
    assert pinned.one("ec2.LaunchTemplate").inputs["imageId"] == "ami-0123456789abcdef0"
    for graph in (late, pinned):
        assert not [name for name, _ in graph.calls if "getParameter" in name]


def test_bottlerocket_has_settings_and_two_volumes() -> None:
    inputs = template(ami_family=AmiFamily.BOTTLEROCKET, root_volume_size=50, root_volume=VolumeOptions(kms_key=KEY))
    assert plain_parts(inputs["userData"])[0].startswith('[settings.ecs]\ncluster = "web"\n')
    assert agent_variables(inputs["userData"])["ECS_DYNAMIC_HOST_PORT_RANGE"] == "49153-65535"
    system, data = inputs["blockDeviceMappings"]
    usual = {"encrypted": "true", "deleteOnTermination": "true", "kmsKeyId": KEY, "volumeType": "gp3"}
    assert (system["deviceName"], system["ebs"]) == ("/dev/xvda", usual)
    assert (data["deviceName"], data["ebs"]) == ("/dev/xvdb", usual | {"volumeSize": 50})


def test_gpus_warm_pools_and_parts_reach_the_user_data() -> None:
    parts = UserDataParts(["#!/bin/sh\necho before\n"], ["#!/bin/sh\necho after\n"])
    inputs = template(
        instance_types=["g5.xlarge"], ami_family=AmiFamily.GPU, warm_pool=WarmPool(min_size=1), user_data=parts
    )
    variables = agent_variables(inputs["userData"])
    assert (variables["ECS_ENABLE_GPU_SUPPORT"], variables["ECS_WARM_POOLS_CHECK"]) == ("true", "true")
    written = plain_parts(inputs["userData"])[-3:]
    assert (written[0], written[2]) == (parts.before[0], parts.after[0])
    assert "ECS_CLUSTER=web" in written[1]


def test_types_by_their_attributes() -> None:
    wanted = InstanceRequirements(
        Bounds(2, 4), Bounds(4096), Bounds(1), [Manufacturer.INTEL, Manufacturer.AMD], True, Choice.INCLUDED,
        Choice.EXCLUDED, ["g*"], on_demand_price_limit=30, spot_price_limit=50,
    )  # fmt: skip
    chosen: dict[str, Any] = {"instance_types": [], "instance_requirements": wanted, "ami_family": AmiFamily.GPU}
    graph = made(**chosen, **SPOT)
    assert "instanceType" not in graph.one("ec2.LaunchTemplate").inputs
    policy = graph.one("autoscaling.Group").inputs["mixedInstancesPolicy"]
    assert policy["instancesDistribution"]["onDemandAllocationStrategy"] == "lowest-price"
    assert policy["launchTemplate"]["overrides"] == [
        {
            "instanceRequirements": {
                "vcpuCount": {"min": 2, "max": 4},
                "memoryMib": {"min": 4096},
                "acceleratorCount": {"min": 1},
                "acceleratorTypes": ["gpu"],
                "acceleratorManufacturers": ["nvidia"],
                "cpuManufacturers": ["amd", "intel"],
                "instanceGenerations": ["current", "previous"],
                "burstablePerformance": "included",
                "bareMetal": "excluded",
                "allowedInstanceTypes": ["g*"],
                "onDemandMaxPricePercentageOverLowestPrice": 30,
                "spotMaxPricePercentageOverLowestPrice": 50,
            }
        }
    ]
    plain = group(instance_types=[], instance_requirements=REQUIREMENTS)["mixedInstancesPolicy"]
    (override,) = plain["launchTemplate"]["overrides"]
    assert override["instanceRequirements"]["acceleratorCount"] == {"max": 0}
    assert not {"acceleratorTypes", "spotMaxPricePercentageOverLowestPrice"} & set(override["instanceRequirements"])


def test_some_on_demand_beside_spot() -> None:
    inputs = group(on_demand_base=1, on_demand_percentage=25, capacity_rebalance=False, **SPOT)
    assert inputs["mixedInstancesPolicy"]["instancesDistribution"] == {
        "onDemandBaseCapacity": 1,
        "onDemandPercentageAboveBaseCapacity": 25,
        "onDemandAllocationStrategy": "prioritized",
        "spotAllocationStrategy": "price-capacity-optimized",
    }
    assert inputs["capacityRebalance"] is False


def test_a_warm_pool_and_a_refresh() -> None:
    inputs = group(
        warm_pool=WarmPool(1, 3, WarmPoolState.RUNNING),
        instance_refresh=InstanceRefresh(ProtectedInstances.WAIT, 100, 150, auto_rollback=True),
    )
    assert inputs["warmPool"] == {
        "minSize": 1,
        "maxGroupPreparedCapacity": 3,
        "poolState": "Running",
        "instanceReusePolicy": {"reuseOnScaleIn": False},
    }
    assert inputs["instanceRefresh"]["preferences"] == {
        "scaleInProtectedInstances": "Wait",
        "minHealthyPercentage": 100,
        "maxHealthyPercentage": 150,
        "autoRollback": True,
    }
    assert inputs["launchTemplate"]["version"] == "7"
    assert not {"warmPool", "maxInstanceLifetime"} & set(group())


@pytest.mark.parametrize(
    ("reservation", "written"),
    [
        (CapacityReservation(), {"capacityReservationPreference": "open"}),
        (CapacityReservation(ReservationUse.NONE), {"capacityReservationPreference": "none"}),
        (CapacityReservation(ReservationUse.ONLY), {"capacityReservationPreference": "capacity-reservations-only"}),
        (
            CapacityReservation(id="cr-0123456789abcdef0"),
            {"capacityReservationTarget": {"capacityReservationId": "cr-0123456789abcdef0"}},
        ),
        (
            CapacityReservation(resource_group=GROUP),
            {"capacityReservationTarget": {"capacityReservationResourceGroupArn": GROUP}},
        ),
    ],
)
def test_capacity_reservations(reservation: CapacityReservation, written: dict[str, Any]) -> None:
    assert template(capacity_reservation=reservation)["capacityReservationSpecification"] == written


def test_tenancy_monitoring_groups_and_volumes() -> None:
    inputs = template(
        tenancy=Tenancy.DEDICATED,
        detailed_monitoring=True,
        extra_security_groups=["sg-0123456789abcdef0"],
        root_volume=VolumeOptions(iops=4000, throughput=500),
        extra_volumes={"/dev/xvdf": ExtraVolume(size=100, type=VolumeType.IO2, iops=500, kms_key=KEY)},
    )
    assert inputs["placement"] == {"tenancy": "dedicated"}
    assert inputs["monitoring"] == {"enabled": True}
    (interface,) = inputs["networkInterfaces"]
    assert interface["securityGroups"] == ["SecurityGroup/fleet-instances", "sg-0123456789abcdef0"]
    root, further = inputs["blockDeviceMappings"]
    assert (root["ebs"]["iops"], root["ebs"]["throughput"]) == (4000, 500)
    assert further["deviceName"] == "/dev/xvdf"
    assert further["ebs"] == {
        "volumeSize": 100, "volumeType": "io2", "iops": 500, "kmsKeyId": KEY, "encrypted": "true",
        "deleteOnTermination": "true",
    }  # fmt: skip
    assert not {"placement", "monitoring", "capacityReservationSpecification"} & set(template())


def test_without_managed_scaling() -> None:
    graph = made(managed_scaling=False, managed_termination_protection=False, managed_draining=False)
    provider = graph.one("ecs.CapacityProvider").inputs["autoScalingGroupProvider"]
    assert provider["managedScaling"]["status"] == "DISABLED"
    assert (provider["managedTerminationProtection"], provider["managedDraining"]) == ("DISABLED", "DISABLED")
    assert graph.one("autoscaling.Group").inputs["protectFromScaleIn"] is False


CHANGES: dict[str, dict[str, Any]] = {
    "instance_types": {"instance_types": ["m7a.large"]},
    "max_size": {"max_size": 5},
    "min_size": {"min_size": 2},
    "purchase_option": SPOT,
    "ami_family": {"ami_family": AmiFamily.BOTTLEROCKET},
    "root_volume_size": {"root_volume_size": 31},
    "target_capacity": {"target_capacity": 90},
    "instance_warmup": {"instance_warmup": 60},
    "minimum_scaling_step": {"minimum_scaling_step": 2},
    "maximum_scaling_step": {"maximum_scaling_step": 3},
    "managed_termination_protection": {"managed_termination_protection": False},
    "managed_draining": {"managed_draining": False},
    "instance_requirements": {"instance_types": [], "instance_requirements": REQUIREMENTS},
    "ami_policy": {"ami_policy": AmiPolicy.LATEST_AT_LAUNCH},
    "ami_id": {"ami_id": "ami-0123456789abcdef0"},
    "on_demand_base": SPOT | {"on_demand_base": 1},
    "on_demand_percentage": SPOT | {"on_demand_percentage": 1},
    "capacity_rebalance": SPOT | {"capacity_rebalance": False},
    "managed_scaling": {"managed_scaling": False, "managed_termination_protection": False},
    "max_instance_lifetime": {"max_instance_lifetime": 7},
    "instance_refresh": {"instance_refresh": InstanceRefresh(min_healthy=50)},
    "warm_pool": {"warm_pool": WarmPool()},
    "capacity_reservation": {"capacity_reservation": CapacityReservation()},
    "tenancy": {"tenancy": Tenancy.DEDICATED},
    "root_volume": {"root_volume": VolumeOptions(type=VolumeType.GP2)},
    "extra_volumes": {"extra_volumes": {"/dev/xvdf": ExtraVolume(size=1)}},
    "detailed_monitoring": {"detailed_monitoring": True},
    "extra_security_groups": {"extra_security_groups": ["sg-0123456789abcdef0"]},
    "user_data": {"user_data": UserDataParts(["#!/bin/sh\n"])},
    "architecture": {
        "instance_types": [], "instance_requirements": REQUIREMENTS, "architecture": Architecture.ARM64
    },
}  # fmt: skip
AGENT: dict[str, Any] = {
    "dynamic_host_port_range": "40000-45000",
    "reserved_memory": 100,
    "reserved_ports": [80],
    "image_pull_behavior": ImagePullBehavior.ONCE,
    "block_instance_metadata": False,
    "variables": {"ECS_POLL_METRICS": "true"},
    "reserved_udp_ports": [53],
    "image_cleanup": ImageCleanup(),
    "task_cleanup_wait": "1h",
    "stop_timeout": "1m",
    "start_timeout": "1m",
    "container_metadata_file": True,
    "task_metadata_limit": RequestLimit(),
    "log_drivers": ["gelf"],
    "allow_privileged": False,
    "attributes": {"tier": "web"},
    "log_level": LogLevel.DEBUG,
}


def said(graph: Graph) -> list[Any]:
    asked = [args for name, args in graph.calls if "getParameter" in name]
    return [{each.urn: each.inputs for each in graph.resources}, asked]


def test_every_setting_is_changed_below() -> None:
    assert set(CHANGES) | {"agent"} == {field.name for field in fields(CapacitySettings)}
    assert set(AGENT) == {field.name for field in fields(AgentSettings)}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_a_setting_alters_a_resource(name: str) -> None:
    chosen = CHANGES[name]
    assert name in chosen
    before = {key: value for key, value in chosen.items() if key != name}
    if name == "instance_requirements":
        del before["instance_types"]
    if name == "managed_scaling":
        before["managed_termination_protection"] = False
    assert said(made(**before)) != said(made(**chosen))


@pytest.mark.parametrize("name", AGENT)
def test_a_change_of_an_agent_s_setting_alters_the_user_data(name: str) -> None:
    changed = template(agent=AgentSettings(**{name: AGENT[name]}))
    assert changed["userData"] != template()["userData"]

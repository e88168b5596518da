"""How container instances are chosen, bought, kept and replaced: what goes together, and what does not."""

from collections.abc import Callable
from typing import Any

import pytest

from ecs_model.capacity import CapacitySettings, PurchaseOption, memory_verdicts
from ecs_model.capacity_options import (
    CapacityReservation,
    InstanceRefresh,
    ReservationUse,
    WarmPool,
)
from ecs_model.ebs import VolumeType
from ecs_model.images import AmiFamily, AmiPolicy, Architecture, ssm_parameter
from ecs_model.instance_requirements import Bounds, Choice, InstanceRequirements, Manufacturer
from ecs_model.instance_types import catalogue
from ecs_model.instance_volumes import ExtraVolume, VolumeOptions
from ecs_model.memory import Fit
from ecs_model.problem import dotted
from ecs_model.user_data import agent_variables, plain_parts
from ecs_model.user_data_parts import UserDataParts
from ecs_model.user_data_script import encode

X86, ARM = Architecture.X86_64, Architecture.ARM64
ROCKET, GPU, NEURON = AmiFamily.BOTTLEROCKET, AmiFamily.GPU, AmiFamily.NEURON
SPOT = {"purchase_option": PurchaseOption.SPOT}
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
GROUP = "arn:aws:resource-groups:eu-central-1:123456789012:group/reserved"
SMALL = InstanceRequirements(Bounds(2, 4), Bounds(4096, 16_384))


def capacity(**chosen: Any) -> CapacitySettings:
    given: dict[str, Any] = {"instance_types": ["m7i.large"], "max_size": 2}
    return CapacitySettings(**(given | chosen))


def needing(**chosen: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"vcpus": Bounds(2, 4), "memory": Bounds(4096, 16_384)}
    return {"instance_types": [], "instance_requirements": InstanceRequirements(**(given | chosen))}


@pytest.mark.parametrize(
    ("family", "kind", "gpus", "path"),
    [
        (GPU, X86, True, "ecs/optimized-ami/amazon-linux-2023/gpu/recommended"),
        (NEURON, X86, False, "ecs/optimized-ami/amazon-linux-2023/neuron/recommended"),
        (ROCKET, X86, False, "bottlerocket/aws-ecs-2/x86_64/latest"),
        (ROCKET, ARM, False, "bottlerocket/aws-ecs-2/arm64/latest"),
        (ROCKET, ARM, True, "bottlerocket/aws-ecs-2-nvidia/arm64/latest"),
    ],
)
def test_the_images_of_other_families(family: AmiFamily, kind: Architecture, gpus: bool, path: str) -> None:
    assert ssm_parameter(family, kind, gpus=gpus) == f"/aws/service/{path}/image_id"


@pytest.mark.parametrize(
    ("types", "family", "path"),
    [
        (["m7g.large"], ROCKET, "aws-ecs-2/arm64"),
        (["g5.xlarge", "g6.xlarge"], ROCKET, "aws-ecs-2-nvidia/x86_64"),
        (["g5.xlarge"], GPU, "amazon-linux-2023/gpu/"),
        (["inf2.xlarge", "trn1.2xlarge"], NEURON, "amazon-linux-2023/neuron/"),
    ],
)
def test_the_image_follows_the_types(types: list[str], family: AmiFamily, path: str) -> None:
    settings = capacity(instance_types=types, ami_family=family)
    assert list(settings.problems()) == []
    assert path in settings.image_parameter


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    (
        {"ami_family": GPU},
        "amiFamily",
        "gpu needs instance types with a GPU, such as g6.xlarge, and m7i",
    ),
    ({"instance_types": ["g5.xlarge", "m7i.large"], "ami_family": GPU}, "amiFamily", "and m7i.large has none"),
    ({"instance_types": ["g5g.xlarge"], "ami_family": GPU}, "amiFamily", "gpu has no AMI for arm64"),
    ({"ami_family": NEURON}, "amiFamily", "neuron needs instance types with an Inferentia or Trainium device"),
    ({"instance_types": ["inf2.xlarge"]}, "amiFamily", "al2023 has no drivers for the devices of inf2.xlarge"),
    (
        {"instance_types": ["g5.xlarge", "m7i.large"], "ami_family": ROCKET},
        "amiFamily",
        "one AMI for types with GPUs (g5.xlarge) and another for others: split it in two",
    ),
    ({"ami_id": "ami-1"}, "amiId", "'ami-1' is no AMI"),
    (
        {"ami_id": "ami-0123456789abcdef0", "ami_policy": AmiPolicy.LATEST_AT_LAUNCH},
        "amiId",
        "excludes amiPolicy latest-at-launch",
    ),
    (
        {"ami_policy": AmiPolicy.LATEST_AT_LAUNCH, "instance_refresh": InstanceRefresh(auto_rollback=True)},
        "instanceRefresh.autoRollback",
        "excludes amiPolicy latest-at-launch",
    ),
    ({"instance_requirements": SMALL}, "instanceRequirements", "excludes instanceTypes: keep one of them"),
    (needing(vcpus=Bounds(0)), "instanceRequirements.vcpus.min", "0 is too little: give 1 or more"),
    (needing(memory=Bounds(9, 8)), "instanceRequirements.memory.max", "8 is below min (9)"),
    (needing(accelerators=Bounds(0)), "instanceRequirements.accelerators.min", "0 is too little"),
    (needing() | {"ami_family": GPU}, "instanceRequirements.accelerators", "is needed with amiFamily gpu"),
    (needing(memory=Bounds(10**9)), "instanceRequirements", "are met by no x86_64 type"),
    (needing(allowed_types=["m7*"], excluded_types=["c*"]), "instanceRequirements.excludedTypes", "excludes allowed"),
    (needing(allowed_types=["m7_"]), "instanceRequirements.allowedTypes[0]", "'m7_' is no pattern of types"),
    (needing(spot_price_limit=-1), "instanceRequirements.spotPriceLimit", "-1 percent is negative"),
    ({"on_demand_base": 1}, "onDemandBase", "1 means nothing where all is On-Demand"),
    ({"on_demand_base": -1} | SPOT, "onDemandBase", "-1 is negative"),
    ({"on_demand_percentage": 50}, "onDemandPercentage", "50 means nothing where all is On-Demand"),
    ({"on_demand_percentage": 101} | SPOT, "onDemandPercentage", "give 0-100"),
    ({"warm_pool": WarmPool()} | SPOT, "warmPool", "excludes purchaseOption spot"),
    ({"warm_pool": WarmPool(min_size=3)}, "warmPool.minSize", "3 is above the 2 that may be prepared"),
    ({"warm_pool": WarmPool(min_size=2, max_prepared=1)}, "warmPool.minSize", "2 is above the 1"),
    ({"warm_pool": WarmPool(max_prepared=0)}, "warmPool.maxPrepared", "give 1 or more"),
    ({"warm_pool": WarmPool(min_size=-1)}, "warmPool.minSize", "-1 is negative"),
    ({"capacity_reservation": CapacityReservation()} | SPOT, "capacityReservation", "excludes purchaseOption spot"),
    (
        {"capacity_reservation": CapacityReservation(id="cr-0123456789abcdef0", resource_group=GROUP)},
        "capacityReservation.resourceGroup",
        "excludes id",
    ),
    (
        {"capacity_reservation": CapacityReservation(ReservationUse.ONLY, resource_group=GROUP)},
        "capacityReservation.use",
        "only excludes id and resourceGroup",
    ),
    ({"capacity_reservation": CapacityReservation(id="cr-x")}, "capacityReservation.id", "'cr-x' is no capacity"),
    (
        {"capacity_reservation": CapacityReservation(resource_group="x")},
        "capacityReservation.resourceGroup",
        "'x' is no resource group's ARN",
    ),
    ({"instance_refresh": InstanceRefresh(min_healthy=101)}, "instanceRefresh.minHealthy", "give 0-100"),
    ({"instance_refresh": InstanceRefresh(max_healthy=99)}, "instanceRefresh.maxHealthy", "give 100-200"),
    (
        {"instance_refresh": InstanceRefresh(min_healthy=50, max_healthy=160)},
        "instanceRefresh.maxHealthy",
        "160 is more than 100 above minHealthy (50)",
    ),
    ({"max_instance_lifetime": 0}, "maxInstanceLifetime", "give 1-365"),
    ({"managed_scaling": False, "min_size": 1}, "managedTerminationProtection", "works through managedScaling alone"),
    (
        {"managed_scaling": False, "managed_termination_protection": False},
        "minSize",
        "0 without managedScaling starts no instance ever",
    ),
    ({"root_volume": VolumeOptions(type=VolumeType.ST1)}, "rootVolume.type", "st1 cannot be a root volume"),
    ({"root_volume": VolumeOptions(type=VolumeType.IO2)}, "rootVolume.iops", "is needed for io2"),
    (
        {"root_volume": VolumeOptions(iops=15_001)},
        "rootVolume.iops",
        "15001 are too many for 30 GiB of gp3",
    ),
    ({"root_volume": VolumeOptions(throughput=800)}, "rootVolume.throughput", "800 MiB/s need 3200 iops"),
    ({"root_volume": VolumeOptions(type=VolumeType.GP2, throughput=200)}, "rootVolume.throughput", "for gp2"),
    ({"root_volume": VolumeOptions(kms_key="x")}, "rootVolume.kmsKey", "'x' is no key's ARN"),
    ({"extra_volumes": {"/dev/xvda": ExtraVolume(size=10)}}, "extraVolumes./dev/xvda", "is the root volume's device"),
    ({"extra_volumes": {"/data": ExtraVolume(size=10)}}, "extraVolumes./data", "'/data' is no device for a volume"),
    ({"extra_volumes": {"/dev/xvdf": ExtraVolume(size=0)}}, "extraVolumes./dev/xvdf.size", "give 1-16384"),
    (
        {"extra_volumes": {"/dev/xvdf": ExtraVolume(size=10)}, "ami_family": ROCKET},
        "extraVolumes",
        "is of no use with amiFamily bottlerocket",
    ),
    ({"extra_security_groups": ["web"]}, "extraSecurityGroups[0]", "'web' is no security group"),
    ({"extra_security_groups": ["sg-0123456789abcdef0"] * 2}, "extraSecurityGroups[1]", "named more than once"),
    (
        {"extra_security_groups": [f"sg-0123456789abcde{n:02x}" for n in range(16)]},
        "extraSecurityGroups",
        "names 16 groups, at most 15",
    ),
    ({"user_data": UserDataParts(["yum update -y"])}, "userData.before[0]", "begins with none of #!"),
    ({"user_data": UserDataParts(after=["#!/bin/sh\nDB_PASSWORD=hunter22\n"])}, "userData.after[0]", "holds a secret"),
    (
        {"user_data": UserDataParts(["#!/bin/sh\necho ECS_CLUSTER=x >> /etc/ecs/ecs.config\n"])},
        "userData.before[0]",
        "writes ECS_CLUSTER to /etc/ecs/ecs.config",
    ),
    (
        {"user_data": UserDataParts(["#!/bin/sh\ncp /tmp/x /etc/ecs/ecs.config\n"])},
        "userData.before[0]",
        "writes /etc/ecs/ecs.config, which this package does",
    ),
    ({"user_data": UserDataParts(["#!/bin/sh\n" + "#" * 16_384])}, "userData", "and EC2 takes 16384"),
]


@pytest.mark.parametrize(("chosen", "path", "says"), REFUSED, ids=[f"{path}: {says}" for _, path, says in REFUSED])
def test_what_cannot_work(chosen: dict[str, Any], path: str, says: str) -> None:
    found = [(dotted(problem.path), problem.message) for problem in capacity(**chosen).problems()]
    assert [place for place, _ in found] == [path]
    assert says in found[0][1]


@pytest.mark.parametrize(
    "chosen",
    [
        {"ami_id": "ami-0123456789abcdef0", "ami_family": ROCKET},
        {"ami_policy": AmiPolicy.LATEST_AT_LAUNCH, "max_instance_lifetime": 30},
        {"on_demand_base": 1, "on_demand_percentage": 20} | SPOT,
        {"warm_pool": WarmPool(min_size=2), "instance_types": ["m7i.large", "m7a.large"]},
        {"capacity_reservation": CapacityReservation(ReservationUse.ONLY)},
        {"capacity_reservation": CapacityReservation(resource_group=GROUP)},
        {"instance_refresh": InstanceRefresh(min_healthy=100, max_healthy=200, auto_rollback=True)},
        {"root_volume": VolumeOptions(iops=4_000, throughput=1_000, kms_key=KEY)},
        {"root_volume": VolumeOptions(type=VolumeType.IO2, iops=30_000)},
        {"extra_volumes": {"/dev/xvdf": ExtraVolume(size=500, type=VolumeType.ST1), "/dev/sdg": ExtraVolume(size=1)}},
        {"managed_scaling": False, "managed_termination_protection": False, "min_size": 1},
        needing(cpu_manufacturers=[Manufacturer.AMD], excluded_types=["c*"]) | SPOT,
        needing() | {"architecture": ARM, "ami_family": ROCKET},
    ],
)
def test_what_works(chosen: dict[str, Any]) -> None:
    assert list(capacity(**chosen).problems()) == []


def test_gpus_that_no_task_can_use_are_told() -> None:
    (told,) = capacity(instance_types=["g5.xlarge"]).warnings("2026-01-01")
    assert "al2023 has no drivers for the GPUs of g5.xlarge, which no task can use: set gpu" in told.message
    assert list(capacity(instance_types=["g5.xlarge"], ami_family=GPU).warnings("2026-01-01")) == []


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({}, lambda t: "burstable" not in t.traits and not t.gpus and not t.neuron_devices),
        ({"burstable": Choice.REQUIRED}, lambda t: "burstable" in t.traits),
        ({"bare_metal": Choice.EXCLUDED}, lambda t: "metal" not in t.traits),
        ({"cpu_manufacturers": [Manufacturer.AMD]}, lambda t: t.manufacturer == "amd"),
        ({"allowed_types": ["m7*", "c7a.large"]}, lambda t: t.name.startswith("m7") or t.name == "c7a.large"),
        ({"excluded_types": ["m*"]}, lambda t: not t.name.startswith("m")),
        ({"accelerators": Bounds(1)}, lambda t: t.gpus >= 1),
    ],
)
def test_types_by_what_they_have(wanted: dict[str, Any], holds: Callable[[Any], bool]) -> None:
    names = capacity(**needing(**wanted)).types
    assert names
    for type_ in (catalogue()[name] for name in names):
        assert holds(type_)
        assert "previous" not in type_.traits
        assert 2048 <= type_.cpu <= 4096
        assert 4096 <= type_.memory <= 16_384
        assert X86 in type_.architectures
    assert set(names) <= set(capacity(**needing(**wanted, previous_generations=True)).types)


def test_previous_generations_are_taken_where_wanted() -> None:
    assert "m4.large" not in capacity(**needing()).types
    assert "m4.large" in capacity(**needing(previous_generations=True)).types


def test_neuron_devices_are_accelerators_of_their_family() -> None:
    chosen = needing(vcpus=Bounds(4, 8), memory=Bounds(1, 65_536), accelerators=Bounds(1))
    assert "inf2.xlarge" in capacity(**chosen, ami_family=NEURON).types
    assert "inf2.xlarge" not in capacity(**chosen, ami_family=GPU).types


def test_a_fleet_by_attributes_is_judged_on_its_smallest_type() -> None:
    fleet = capacity(**needing(memory=Bounds(4096, 16_384)))
    ((verdict, told),) = memory_verdicts(8_000, {"general": fleet})
    assert verdict is Fit.NEVER
    assert "(4096 MiB installed), the smallest type of capacity general" in told
    assert list(memory_verdicts(3_000, {"general": fleet})) == []


def test_parts_of_user_data_stay_apart_and_in_order() -> None:
    parts = UserDataParts(["#!/bin/bash\necho 'first'\n", "#cloud-config\nruncmd: []\n"], ["#!/bin/sh\necho größer\n"])
    settings = capacity(user_data=parts)
    text = settings.user_data_text("web")
    first, second, ours, last = plain_parts(encode(text))[-4:]
    assert [first, second, last] == [*parts.before, *parts.after]
    assert ours == capacity().user_data_text("web")
    assert agent_variables(encode(text)) == agent_variables(encode(ours))
    names = [line.partition("filename=")[2] for line in text.splitlines() if "filename=" in line]
    assert names == sorted(names) == ['"000-before-0"', '"001-before-1"', '"002-ecs-config"', '"003-after-0"']
    kinds = [line for line in text.splitlines() if line.startswith("Content-Type: text/")]
    assert [kind.split("/")[1].split(";")[0] for kind in kinds] == [
        "x-shellscript", "cloud-config", "x-shellscript", "x-shellscript"
    ]  # fmt: skip
    assert settings.user_data_text("web") == text


def test_the_boundary_stands_in_no_part() -> None:
    text = capacity(user_data=UserDataParts(["#!/bin/sh\necho ==ecs-on-ec2==\n"])).user_data_text("web")
    assert plain_parts(text)[-2:] == ["#!/bin/sh\necho ==ecs-on-ec2==\n", capacity().user_data_text("web")]

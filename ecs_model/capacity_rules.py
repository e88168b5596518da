"""What AWS would refuse, or what could never run a task, in the settings of container instances."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ecs_model import bottlerocket, user_data_parts
from ecs_model.agent import config
from ecs_model.capacity_options import PurchaseOption
from ecs_model.image_rules import image_problems
from ecs_model.images import AmiFamily
from ecs_model.instance_types import architecture, catalogue, known, misspelt, similar, smallest
from ecs_model.instance_volumes import LEAST_ROOT, MOST_ROOT, extra_problems, root_problems
from ecs_model.memory import LEAST_MEMORY, surely_registered
from ecs_model.problem import Problem, out_of_range, under

if TYPE_CHECKING:
    from ecs_model.capacity import CapacitySettings

MOST_TYPES = 40
MOST_GROUPS = 15
"""Further security groups of one network interface: EC2 allows 16 where the quota is raised to that."""


def problems(settings: CapacitySettings) -> Iterator[Problem]:
    """Everything wrong with the instances of one capacity provider."""
    yield from _selection_problems(settings)
    yield from image_problems(settings)
    yield from _size_problems(settings)
    yield from _purchase_problems(settings)
    yield from _scaling_problems(settings)
    yield from _option_problems(settings)
    yield from _agent_problems(settings)


def _selection_problems(settings: CapacitySettings) -> Iterator[Problem]:
    wanted = settings.instance_requirements
    if wanted is None:
        yield from _type_problems(settings)
        return
    if settings.instance_types:
        yield Problem(("instanceRequirements",), "excludes instanceTypes: keep one of them")
        return
    found = list(wanted.problems())
    yield from under(found, "instanceRequirements")
    if not found and not settings.types:
        yield Problem(
            ("instanceRequirements",),
            f"are met by no {settings.image_architecture.value} type of this version's table: widen them, or state "
            "another architecture",
        )


def _type_problems(settings: CapacitySettings) -> Iterator[Problem]:
    names = settings.instance_types
    if not 1 <= len(names) <= MOST_TYPES:
        yield Problem(
            ("instanceTypes",), f"names {len(names)} types: give 1-{MOST_TYPES}, or instanceRequirements instead"
        )
        return
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        yield Problem(("instanceTypes",), f"names {', '.join(twice)} more than once: keep each once")
    for position, name in enumerate(names):
        yield from _name_problems(settings, position, name)
    kinds = {t.name: architecture([t.name]) for t in known(names)}
    if len(set(kinds.values())) > 1:
        listed = ", ".join(f"{name} is {kind.value}" for name, kind in kinds.items() if kind)
        yield Problem(("instanceTypes",), f"mixes architectures ({listed}), which one AMI cannot: split it in two")
    elif not kinds and settings.architecture is None:
        for position, name in enumerate(names):
            if "." not in name or misspelt(name):
                continue
            yield Problem(
                ("instanceTypes", position),
                f"{name} is not in this version's table{similar(name)}: correct it, or state the architecture "
                "of a type that is newer than the table",
            )


def _name_problems(settings: CapacitySettings, position: int, name: str) -> Iterator[Problem]:
    type_ = catalogue().get(name)
    if "." not in name or name.strip() != name:
        yield Problem(("instanceTypes", position), f"{name!r} is not an instance type, such as m7i.large")
    elif type_ is None and misspelt(name):
        yield Problem(
            ("instanceTypes", position),
            f"{name} is not in this version's table{similar(name)}: correct it, for its family has no such size",
        )
    elif type_ and settings.architecture and settings.architecture not in type_.architectures:
        offered = " and ".join(a.value for a in type_.architectures)
        yield Problem(
            ("instanceTypes", position),
            f"{name} is {offered}, not {settings.architecture.value} as architecture says: leave that out",
        )


def _size_problems(settings: CapacitySettings) -> Iterator[Problem]:
    if settings.min_size < 0:
        yield Problem(("minSize",), f"{settings.min_size} is negative: give 0 or more")
    if settings.max_size == 0:
        yield Problem(("maxSize",), "is missing or 0, and 0 instances could never run a task: give 1 or more")
    elif settings.max_size < 0:
        yield Problem(("maxSize",), f"{settings.max_size} instances could never run a task: give 1 or more")
    elif settings.max_size < settings.min_size:
        yield Problem(("maxSize",), f"{settings.max_size} is below minSize ({settings.min_size}): raise it")
    elif settings.warm_pool is not None:
        yield from under(settings.warm_pool.problems(settings.max_size), "warmPool")
    yield from out_of_range({"rootVolumeSize": (settings.root_volume_size, LEAST_ROOT, MOST_ROOT)})
    yield from under(root_problems(settings.root_volume_size, settings.root_volume), "rootVolume")
    yield from under(extra_problems(settings.extra_volumes, settings.ami_family), "extraVolumes")


def _purchase_problems(settings: CapacitySettings) -> Iterator[Problem]:
    spot = settings.purchase_option is PurchaseOption.SPOT
    yield from out_of_range({"onDemandPercentage": (settings.on_demand_percentage, 0, 100)})
    if settings.on_demand_base < 0:
        yield Problem(("onDemandBase",), f"{settings.on_demand_base} is negative: give 0 or more")
    for key, given in (
        ("onDemandBase", settings.on_demand_base),
        ("onDemandPercentage", settings.on_demand_percentage),
    ):
        if given > 0 and not spot:
            yield Problem((key,), f"{given} means nothing where all is On-Demand: leave it out, or buy Spot")
    if spot and settings.warm_pool is not None:
        yield Problem(
            ("warmPool",), "excludes purchaseOption spot, whose instances cannot wait in one: drop one of them"
        )
    if spot and settings.capacity_reservation is not None:
        yield Problem(("capacityReservation",), "excludes purchaseOption spot, which takes none: drop one of them")


def _scaling_problems(settings: CapacitySettings) -> Iterator[Problem]:
    yield from out_of_range(
        {
            "targetCapacity": (settings.target_capacity, 1, 100),
            "instanceWarmup": (settings.instance_warmup, 0, 10_000),
            "minimumScalingStep": (settings.minimum_scaling_step, 1, 10_000),
            "maximumScalingStep": (settings.maximum_scaling_step, 1, 10_000),
        }
    )
    if settings.minimum_scaling_step > settings.maximum_scaling_step:
        yield Problem(
            ("minimumScalingStep",),
            f"{settings.minimum_scaling_step} is above maximumScalingStep ({settings.maximum_scaling_step}): lower it",
        )
    if settings.managed_scaling:
        return
    if settings.managed_termination_protection:
        yield Problem(("managedTerminationProtection",), "works through managedScaling alone: set it to false as well")
    if settings.min_size < 1:
        yield Problem(
            ("minSize",), f"{settings.min_size} without managedScaling starts no instance ever: give 1 or more"
        )


def _option_problems(settings: CapacitySettings) -> Iterator[Problem]:
    if settings.capacity_reservation is not None:
        yield from under(settings.capacity_reservation.problems(), "capacityReservation")
    yield from under(settings.instance_refresh.problems(), "instanceRefresh")
    if settings.max_instance_lifetime is not None:
        yield from out_of_range({"maxInstanceLifetime": (settings.max_instance_lifetime, 1, 365)})
    yield from security_group_problems(settings.extra_security_groups)


def security_group_problems(groups: Sequence[str]) -> Iterator[Problem]:
    """What EC2 would refuse among further security groups of instances."""
    if len(groups) > MOST_GROUPS:
        yield Problem(("extraSecurityGroups",), f"names {len(groups)} groups, at most {MOST_GROUPS} are possible")
    for position, group in enumerate(groups):
        if not re.fullmatch(r"sg-[0-9a-f]{8,17}", group):
            yield Problem(
                ("extraSecurityGroups", position), f"{group!r} is no security group, such as sg-0123456789abcdef0"
            )
        elif group in groups[:position]:
            yield Problem(("extraSecurityGroups", position), f"{group} is named more than once: keep it once")


def reserves_everything(settings: CapacitySettings) -> bool:
    """Whether the agent keeps so much memory to itself that the smallest type surely has none for a task."""
    least, reserved = smallest(settings.types), settings.agent.reserved_memory
    return bool(least and reserved > 0 and surely_registered(least.memory, reserved) < LEAST_MEMORY)


def _agent_problems(settings: CapacitySettings) -> Iterator[Problem]:
    agent, found = settings.agent, list(settings.agent.problems())
    yield from under(found, "agent")
    least = smallest(settings.types)
    if least and reserves_everything(settings):
        sure = surely_registered(least.memory)
        yield Problem(
            ("agent", "reservedMemory"),
            f"{agent.reserved_memory} MiB leave tasks nothing for sure of {least.name} ({least.memory} MiB installed, "
            f"of which {sure} are sure to register): reserve far less than {sure}, or use larger instanceTypes",
        )
    if settings.ami_family is not AmiFamily.BOTTLEROCKET:
        parts = list(settings.user_data.problems())
        yield from under(parts, "userData")
        if not (found or parts):
            whole = user_data_parts.size_problems(settings.user_data, config("", agent, spot=True, warm_pool=True))
            yield from under(whole, "userData")
        return
    if not found:
        yield from under(bottlerocket.lacking(config("any", agent), agent.variables), "agent")
    lacks = "is something that Bottlerocket lacks"
    if settings.user_data:
        yield Problem(("userData",), f"{lacks}, which takes settings and no scripts: leave it out")
    if settings.warm_pool is not None:
        yield Problem(
            ("warmPool",), f"{lacks}, whose agent cannot be told to wait (ECS_WARM_POOLS_CHECK): leave it out"
        )

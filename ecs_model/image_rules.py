"""Whether an AMI and the instance types it is for go together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ecs_model.images import SUPPORTED_UNTIL, X86_64_ONLY, AmiFamily, AmiPolicy, Architecture
from ecs_model.instance_types import InstanceType, known
from ecs_model.problem import Problem

if TYPE_CHECKING:
    from ecs_model.capacity import CapacitySettings

_DEVICES = {
    AmiFamily.GPU: ("a GPU", "g6.xlarge"),
    AmiFamily.NEURON: ("an Inferentia or Trainium device", "inf2.xlarge"),
}
"""What a family is for, and a type that has it."""


def image_problems(settings: CapacitySettings) -> Iterator[Problem]:
    """What EC2 would not start, or what would start without its drivers."""
    family, wanted = settings.ami_family, settings.instance_requirements
    if family in X86_64_ONLY and settings.image_architecture is Architecture.ARM64:
        yield Problem(("amiFamily",), f"{family.value} has no AMI for arm64: use x86_64 instance types")
    elif wanted is None:
        yield from _device_problems(family, known(settings.instance_types))
    elif family in _DEVICES and wanted.accelerators is None:
        yield Problem(
            ("instanceRequirements", "accelerators"),
            f"is needed with amiFamily {family.value}: say how many",
        )
    if settings.ami_id is not None:
        yield from _pinned_problems(settings, settings.ami_id)
    if settings.ami_policy is AmiPolicy.LATEST_AT_LAUNCH and settings.instance_refresh.auto_rollback:
        yield Problem(
            ("instanceRefresh", "autoRollback"),
            "excludes amiPolicy latest-at-launch, under which EC2 does not know the AMI before: drop one of them",
        )


def image_warnings(settings: CapacitySettings, today_iso: str) -> Iterator[Problem]:
    """What works but should be known of the AMI; `today_iso` is the date as YYYY-MM-DD."""
    family = settings.ami_family
    end = SUPPORTED_UNTIL.get(family)
    if end is not None:
        tells = f"has had no updates since {end}" if today_iso > end.isoformat() else f"gets updates until {end} only"
        yield Problem(("amiFamily",), f"{family.value} {tells}: move to {AmiFamily.AL2023.value}")
    idle = [t.name for t in known(settings.types) if t.gpus]
    if idle and family in (AmiFamily.AL2023, AmiFamily.AL2):
        yield Problem(
            ("amiFamily",),
            f"{family.value} has no drivers for the GPUs of {', '.join(idle[:3])}, which no task can use: set gpu",
        )


def _device_problems(family: AmiFamily, types: list[InstanceType]) -> Iterator[Problem]:
    """All types have the devices that the image has drivers for."""
    if family in _DEVICES:
        device, example = _DEVICES[family]
        without = [t.name for t in types if not (t.gpus if family is AmiFamily.GPU else t.neuron_devices)]
        if without:
            yield Problem(
                ("amiFamily",),
                f"{family.value} needs instance types with {device}, such as {example}, and "
                f"{', '.join(without[:3])} has none: use such types, or amiFamily al2023",
            )
    elif family is AmiFamily.BOTTLEROCKET and len({bool(t.gpus) for t in types}) > 1:
        with_gpus = ", ".join([t.name for t in types if t.gpus][:3])
        yield Problem(
            ("amiFamily",),
            f"bottlerocket has one AMI for types with GPUs ({with_gpus}) and another for others: split it in two",
        )
    if family is not AmiFamily.NEURON and (unused := [t.name for t in types if t.neuron_devices]):
        yield Problem(
            ("amiFamily",), f"{family.value} has no drivers for the devices of {', '.join(unused[:3])}: set neuron"
        )


def _pinned_problems(settings: CapacitySettings, image: str) -> Iterator[Problem]:
    if settings.ami_policy is AmiPolicy.LATEST_AT_LAUNCH:
        yield Problem(("amiId",), f"{image} excludes amiPolicy latest-at-launch: keep one of them")
    if not re.fullmatch(r"ami-[0-9a-f]{8,17}", image):
        yield Problem(("amiId",), f"{image!r} is no AMI, such as ami-0123456789abcdef0")

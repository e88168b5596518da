"""Which instance types EC2 Auto Scaling starts for a group that describes them instead of naming them.

Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstanceRequirements.html. The smallest type comes
first, which stands for the cheapest: moto knows no prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecs_model.images import AmiFamily, Architecture
from ecs_model.instance_requirements import Bounds, Choice, InstanceRequirements, Manufacturer
from ecs_model.instance_types import known


def matching(wanted: Mapping[str, Any], architecture: Architecture) -> list[str]:
    """The types that meet some InstanceRequirements, the smallest first."""
    neuron = "inference" in wanted.get("AcceleratorTypes", [])
    family = AmiFamily.NEURON if neuron else AmiFamily.AL2023
    found = known(_requirements(wanted).matching(family, architecture))
    return [type_.name for type_ in sorted(found, key=lambda type_: (type_.memory, type_.cpu, type_.name))]


def _requirements(wanted: Mapping[str, Any]) -> InstanceRequirements:
    accelerators = _bounds(wanted.get("AcceleratorCount", {}))
    return InstanceRequirements(
        vcpus=_bounds(wanted["VCpuCount"]),
        memory=_bounds(wanted["MemoryMiB"]),
        accelerators=None if accelerators.max == 0 else accelerators,
        cpu_manufacturers=[Manufacturer(name) for name in wanted.get("CpuManufacturers", [])],
        previous_generations="previous" in wanted.get("InstanceGenerations", ["current", "previous"]),
        burstable=Choice(wanted.get("BurstablePerformance", "excluded")),
        bare_metal=Choice(wanted.get("BareMetal", "excluded")),
        allowed_types=list(wanted.get("AllowedInstanceTypes", [])),
        excluded_types=list(wanted.get("ExcludedInstanceTypes", [])),
    )


def _bounds(given: Mapping[str, Any]) -> Bounds:
    most = given.get("Max")
    return Bounds(int(given.get("Min") or 0), None if most is None else int(most))

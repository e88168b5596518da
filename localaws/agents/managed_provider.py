"""A capacity provider of ECS Managed Instances, and which EC2 instances it may start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ecs_model.images import AmiFamily, Architecture
from ecs_model.instance_requirements import Bounds, InstanceRequirements
from ecs_model.instance_types import InstanceType, known
from localaws.moto_fixes.managed_model import ManagedInstancesProvider
from localaws.requirements import matching

_GENERAL = InstanceRequirements(vcpus=Bounds(1), memory=Bounds(1024), allowed_types=["m*"])
"""What ECS chooses from where nothing is asked for: general-purpose types."""


@dataclass
class ManagedProvider:
    """A capacity provider of Managed Instances; a task that finds no instance of it waits for a new one."""

    name: str
    moto: ManagedInstancesProvider

    @property
    def machine_ids(self) -> list[str]:
        """Its EC2 instances, ended ones among them."""
        return self.moto.machine_ids

    def types(self, architecture: Architecture) -> list[InstanceType]:
        """What it may start, the smallest first."""
        wanted = self.moto.template.get("instanceRequirements")
        if wanted is None:
            found = known(_GENERAL.matching(AmiFamily.AL2023, architecture))
            return sorted(found, key=lambda type_: (type_.memory, type_.cpu, type_.name))
        return known(matching(_ec2(wanted), architecture))


def _ec2(wanted: Any) -> Any:
    """Instance requirements as EC2 Auto Scaling spells them."""
    if isinstance(wanted, dict):
        return {f"{name[0].upper()}{name[1:]}": _ec2(value) for name, value in wanted.items()}
    return wanted

"""Instance types by what they have instead of by name: attribute-based instance type selection.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/create-mixed-instances-group-attribute-based-instance-type-selection.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from ecs_model.images import AmiFamily, Architecture
from ecs_model.instance_types import InstanceType, catalogue
from ecs_model.problem import Problem, under

MOST_PATTERNS = 400


@dataclass(frozen=True)
class Bounds:
    """At least so much, and at most so much."""

    min: int
    """The least, in the unit of what is bounded."""
    max: int | None = None
    """The most, in the same unit; no limit where absent."""

    def problems(self, least: int) -> Iterator[Problem]:
        """What no type could meet; `least` is the smallest number that means something."""
        if self.min < least:
            yield Problem(("min",), f"{self.min} is too little: give {least} or more")
        if self.max is not None and self.max < self.min:
            yield Problem(("max",), f"{self.max} is below min ({self.min}): raise it, or leave it out")

    def holds(self, value: int) -> bool:
        """Whether a value lies within."""
        return self.min <= value and (self.max is None or value <= self.max)


class Manufacturer(StrEnum):
    """Makers of processors."""

    INTEL = "intel"
    AMD = "amd"
    AMAZON = "amazon-web-services"


class Choice(StrEnum):
    """Whether types with some trait are taken."""

    INCLUDED = "included"
    EXCLUDED = "excluded"
    REQUIRED = "required"


@dataclass(frozen=True)
class InstanceRequirements:
    """What instances need; EC2 takes any type that has it, new ones as they appear, cheapest or most available first.

    The architecture is the AMI's.
    """

    vcpus: Bounds
    """vCPUs."""
    memory: Bounds
    """MiB as installed."""
    accelerators: Bounds | None = None
    """GPUs, or with amiFamily neuron Inferentia and Trainium devices; types that have any are left out where absent."""
    cpu_manufacturers: list[Manufacturer] = field(default_factory=list)
    """intel, amd or amazon-web-services; any where empty."""
    previous_generations: bool = False
    """Take types of previous generations, too."""
    burstable: Choice = Choice.EXCLUDED
    """Types that earn CPU credits (T3 and its like): included, excluded or required."""
    bare_metal: Choice = Choice.EXCLUDED
    """Types without a hypervisor: included, excluded or required."""
    allowed_types: list[str] = field(default_factory=list)
    """Patterns such as `m7*`, of which a type has to meet one; any where empty."""
    excluded_types: list[str] = field(default_factory=list)
    """Patterns of types that are not taken; excludes `allowed_types`."""
    on_demand_price_limit: int | None = None
    """Percent above the cheapest type that an On-Demand instance may cost; 20 where absent (EC2)."""
    spot_price_limit: int | None = None
    """Percent above the cheapest type's On-Demand price that a Spot instance may cost; 100 where absent (EC2)."""

    def problems(self) -> Iterator[Problem]:
        """What EC2 would refuse."""
        yield from under(self.vcpus.problems(1), "vcpus")
        yield from under(self.memory.problems(1), "memory")
        if self.accelerators is not None:
            yield from under(self.accelerators.problems(1), "accelerators")
        if self.allowed_types and self.excluded_types:
            yield Problem(("excludedTypes",), "excludes allowedTypes: keep one of them")
        for key, patterns in (("allowedTypes", self.allowed_types), ("excludedTypes", self.excluded_types)):
            if len(patterns) > MOST_PATTERNS:
                yield Problem((key,), f"has {len(patterns)} patterns, at most {MOST_PATTERNS} are allowed")
            for position, pattern in enumerate(patterns):
                if not re.fullmatch(r"[a-zA-Z0-9.*-]{1,30}", pattern):
                    yield Problem((key, position), f"{pattern!r} is no pattern of types, such as m7* or c7g.large")
        limits = (("onDemandPriceLimit", self.on_demand_price_limit), ("spotPriceLimit", self.spot_price_limit))
        for key, limit in limits:
            if limit is not None and limit < 0:
                yield Problem((key,), f"{limit} percent is negative: give 0 or more")

    def matching(self, family: AmiFamily, architecture: Architecture) -> list[str]:
        """The types of this version's table that EC2 may start for an AMI; EC2 may know newer ones."""
        return [type_.name for type_ in catalogue().values() if self._meets(type_, family, architecture)]

    def _meets(self, type_: InstanceType, family: AmiFamily, architecture: Architecture) -> bool:
        burstable, metal = "burstable" in type_.traits, "metal" in type_.traits
        return (
            architecture in type_.architectures
            and self.vcpus.holds(type_.cpu // 1024)
            and self.memory.holds(type_.memory)
            and self._accelerated(type_, family)
            and (not self.cpu_manufacturers or type_.manufacturer in self.cpu_manufacturers)
            and (self.previous_generations or "previous" not in type_.traits)
            and (self.burstable is Choice.INCLUDED or burstable is (self.burstable is Choice.REQUIRED))
            and (self.bare_metal is Choice.INCLUDED or metal is (self.bare_metal is Choice.REQUIRED))
            and (not self.allowed_types or _any(self.allowed_types, type_.name))
            and not _any(self.excluded_types, type_.name)
        )

    def _accelerated(self, type_: InstanceType, family: AmiFamily) -> bool:
        if self.accelerators is None:
            return not (type_.gpus or type_.neuron_devices)
        return self.accelerators.holds(type_.neuron_devices if family is AmiFamily.NEURON else type_.gpus)


def _any(patterns: list[str], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)

"""The container instances behind one capacity provider, as a person chooses them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ecs_model.agent import AgentSettings
from ecs_model.containers import Container
from ecs_model.fitting import cpu_shortage, memory_shortage
from ecs_model.images import SUPPORTED_UNTIL, AmiFamily, Architecture
from ecs_model.instance_types import (
    architecture,
    catalogue,
    known,
    largest,
    misspelt,
    similar,
    slowest,
    smallest,
    unknown,
)
from ecs_model.memory import Fit
from ecs_model.ports import EPHEMERAL, PortRange
from ecs_model.problem import Problem, out_of_range, under

LEAST_VOLUME, MOST_VOLUME = 30, 16_384
MOST_TYPES = 40


class PurchaseOption(StrEnum):
    """How the instances are bought."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"
    """Cheaper, and reclaimed with two minutes' notice, in which the agent drains the instance."""


@dataclass(frozen=True)
class CapacitySettings:
    """EC2 instances of one kind that ECS scales between two sizes."""

    instance_types: list[str]
    """EC2 instance types of one architecture, most wanted first; several give Spot more pools to choose from."""
    max_size: int
    """The most instances ECS may start."""
    min_size: int = 0
    """The instances kept even when no task needs them."""
    purchase_option: PurchaseOption = PurchaseOption.ON_DEMAND
    """on-demand or spot."""
    ami_family: AmiFamily = AmiFamily.AL2023
    """The ECS-optimized AMI's family; the recommended image of the day of deployment is used."""
    architecture: Architecture | None = None
    """x86_64 or arm64; follows the instance types, and is needed only where they are too new to be known."""
    root_volume_size: int = LEAST_VOLUME
    """GiB of the encrypted gp3 root volume, which also holds the images and the containers' own layers."""
    target_capacity: int = 100
    """Percent of the instances that tasks should fill, 1-100; below 100 keeps instances spare for the next tasks."""
    instance_warmup: int = 300
    """Seconds before a new instance counts in CloudWatch's figures, 0-10000."""
    minimum_scaling_step: int = 1
    """The least instances to add at once, 1-10000."""
    maximum_scaling_step: int = 10_000
    """The most instances to add at once, 1-10000."""
    managed_termination_protection: bool = True
    """Keep instances that run tasks when the group scales in."""
    managed_draining: bool = True
    """Let tasks move away before an instance is terminated."""
    agent: AgentSettings = field(default_factory=AgentSettings)
    """The ECS agent's settings."""

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse or what could never run a task."""
        yield from self._type_problems()
        yield from self._size_problems()
        yield from under(self.agent.problems(), "agent")
        least = smallest(self.instance_types)
        if least and self.agent.reserved_memory >= least.memory:
            yield Problem(
                ("agent", "reservedMemory"),
                f"{self.agent.reserved_memory} MiB leave tasks nothing of {least.name} ({least.memory} MiB): lower it",
            )

    def warnings(self, today_iso: str) -> Iterator[Problem]:
        """What works but should be known; `today_iso` is the date as YYYY-MM-DD."""
        for name in unknown(self.instance_types):
            yield Problem(
                ("instanceTypes",),
                f"{name} is not in this version's table{similar(name)}, so its memory and architecture go unchecked",
            )
        end = SUPPORTED_UNTIL.get(self.ami_family)
        if end is not None and today_iso > end.isoformat():
            yield Problem(
                ("amiFamily",),
                f"{self.ami_family.value} has had no updates since {end}: move to {AmiFamily.AL2023.value}",
            )

    @property
    def image_architecture(self) -> Architecture:
        """The AMI's architecture: as stated, else as the instance types have it."""
        return self.architecture or architecture(self.instance_types) or Architecture.X86_64

    @property
    def mixed(self) -> bool:
        """Whether the Auto Scaling group chooses among types or buys Spot."""
        return len(self.instance_types) > 1 or self.purchase_option is PurchaseOption.SPOT

    def _type_problems(self) -> Iterator[Problem]:
        if not 1 <= len(self.instance_types) <= MOST_TYPES:
            yield Problem(("instanceTypes",), f"names {len(self.instance_types)} types: give 1-{MOST_TYPES}")
            return
        twice = sorted({name for name in self.instance_types if self.instance_types.count(name) > 1})
        if twice:
            yield Problem(("instanceTypes",), f"names {', '.join(twice)} more than once: keep each once")
        for position, name in enumerate(self.instance_types):
            yield from self._name_problems(position, name)
        kinds = {t.name: architecture([t.name]) for t in known(self.instance_types)}
        if len(set(kinds.values())) > 1:
            listed = ", ".join(f"{name} is {kind.value}" for name, kind in kinds.items() if kind)
            yield Problem(("instanceTypes",), f"mixes architectures ({listed}), which one AMI cannot: split it in two")
        elif not kinds and self.architecture is None:
            for position, name in enumerate(self.instance_types):
                if "." not in name or misspelt(name):
                    continue
                yield Problem(
                    ("instanceTypes", position),
                    f"{name} is not in this version's table{similar(name)}: correct it, or state the architecture "
                    "of a type that is newer than the table",
                )

    def _name_problems(self, position: int, name: str) -> Iterator[Problem]:
        type_ = catalogue().get(name)
        if "." not in name or name.strip() != name:
            yield Problem(("instanceTypes", position), f"{name!r} is not an instance type, such as m7i.large")
        elif type_ is None and misspelt(name):
            yield Problem(
                ("instanceTypes", position),
                f"{name} is not in this version's table{similar(name)}: correct it, for its family has no such size",
            )
        elif type_ and self.architecture and self.architecture not in type_.architectures:
            offered = " and ".join(a.value for a in type_.architectures)
            yield Problem(
                ("instanceTypes", position),
                f"{name} is {offered}, not {self.architecture.value} as architecture says: leave that out",
            )

    def _size_problems(self) -> Iterator[Problem]:
        if self.min_size < 0:
            yield Problem(("minSize",), f"{self.min_size} is negative: give 0 or more")
        if self.max_size < 1:
            yield Problem(("maxSize",), f"{self.max_size} instances could never run a task: give 1 or more")
        elif self.max_size < self.min_size:
            yield Problem(("maxSize",), f"{self.max_size} is below minSize ({self.min_size}): raise it")
        limits = {
            "rootVolumeSize": (self.root_volume_size, LEAST_VOLUME, MOST_VOLUME),
            "targetCapacity": (self.target_capacity, 1, 100),
            "instanceWarmup": (self.instance_warmup, 0, 10_000),
            "minimumScalingStep": (self.minimum_scaling_step, 1, 10_000),
            "maximumScalingStep": (self.maximum_scaling_step, 1, 10_000),
        }
        yield from out_of_range(limits)
        if self.minimum_scaling_step > self.maximum_scaling_step:
            yield Problem(
                ("minimumScalingStep",),
                f"{self.minimum_scaling_step} is above maximumScalingStep ({self.maximum_scaling_step}): lower it",
            )


def dynamic_ranges(capacity: Mapping[str, CapacitySettings]) -> list[PortRange]:
    """The ranges of dynamic host ports on any of these instances; the usual one where there are none to ask."""
    agents = (settings.agent for settings in capacity.values())
    return sorted({agent.ports for agent in agents if not any(agent.problems())}) or [EPHEMERAL]


def memory_verdicts(
    needed: int, capacity: Mapping[str, CapacitySettings], parts: str = ""
) -> Iterator[tuple[Fit, str]]:
    """For each capacity provider that may not or cannot hold a task of `needed` MiB: the verdict and a sentence.

    Judged on each provider's smallest type, since managed scaling does not scale out for a task that it cannot hold.
    `parts` says how the need adds up.
    """
    for name, settings in capacity.items():
        type_ = smallest(settings.instance_types)
        which = f"the smallest type of capacity {name}"
        shortage = memory_shortage(needed, type_, which, settings.agent.reserved_memory, parts) if type_ else None
        if shortage:
            yield shortage.verdict, str(shortage)


def idle_limits(
    containers: Mapping[str, Container], capacity: Mapping[str, CapacitySettings]
) -> Iterator[tuple[str, str]]:
    """Containers whose memory limit no instance could let them reach: the container and a sentence.

    Only beside a reservation, for without one the limit itself is what placement looks for.
    """
    for name, container in containers.items():
        for key, settings in capacity.items():
            type_ = largest(settings.instance_types)
            limit, reservation = container.memory, container.memory_reservation
            if type_ and limit and reservation and limit > type_.memory >= reservation:
                yield (
                    name,
                    f"{limit} MiB is a limit beyond all that {type_.name} has ({type_.memory} MiB installed), the "
                    f"largest type of capacity {key}: lower it, or use a larger instance type",
                )


def cpu_shortages(needed: int, capacity: Mapping[str, CapacitySettings]) -> Iterator[str]:
    """A sentence for each capacity provider that cannot hold a task of `needed` CPU units; all of them register."""
    for name, settings in capacity.items():
        type_ = slowest(settings.instance_types)
        shortage = cpu_shortage(needed, type_, f"the type with the fewest of capacity {name}") if type_ else None
        if shortage:
            yield str(shortage)

"""What is to be planned: copies of tasks, the instances that can be had, and the fleet that holds them.

A fleet is right where every copy is on an instance that placement would let it on, and where the copies of a service
that spreads lie in the zones as evenly as can be.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ecs_model.fleet import ContainerInstance
from ecs_model.task_needs import Task


@dataclass(frozen=True)
class Wanted:
    """Copies of one task. Raises ValueError where `copies` is negative, or the task asks about other tasks."""

    name: str
    """What it is called; a service that runs on two capacity providers is two of the same name."""
    task: Task
    copies: int
    spread: bool = True
    """Whether the numbers of copies in any two of its zones may differ by one at most; and where all of the same name
    can be in the same zones, those of their sums too."""

    def __post_init__(self) -> None:
        if self.copies < 0:
            raise ValueError(f"{self.name}: {self.copies} copies are negative: give 0 or more")
        if any(expression.of_tasks for expression in self.task.expressions):
            raise ValueError(f"{self.name}: a constraint that asks about other tasks cannot be planned: leave it out")


@dataclass(frozen=True)
class Offer:
    """An instance that can be had any number of times. Raises ValueError where it costs nothing."""

    instance: ContainerInstance
    """It as it starts: in its zone, with what it registers, and with the daemons that it will run."""
    cost: int
    """Of an hour, in whole units that are the same for all offers, such as millionths of a dollar."""

    def __post_init__(self) -> None:
        if self.cost < 1:
            raise ValueError(f"{self.instance.instance_type} costs {self.cost}: give whole units above 0")


@dataclass(frozen=True)
class PlannedInstance:
    """One instance of a planned fleet, and how many copies of what run on it."""

    offer: int
    """The position of its offer."""
    copies: tuple[tuple[int, int], ...]
    """The positions of what is wanted, and how many copies of it: above 0, in order."""


@dataclass(frozen=True)
class Plan:
    """A fleet, and what no fleet can undercut."""

    wanted: tuple[Wanted, ...]
    offers: tuple[Offer, ...]
    instances: tuple[PlannedInstance, ...]
    bound: int
    """No fleet that holds all copies costs less: proven."""
    worth: tuple[tuple[float, ...], ...]
    """What proves the bound, where that is not the whole search: the cost that a further copy of each of the wanted is
    worth, in each of `zones`. No offer holds copies, each no oftener than its
    zone may need it, of a greater worth than it costs."""
    zones: tuple[str, ...]
    first_fit: tuple[PlannedInstance, ...]
    """The fleet by first-fit decreasing."""
    misfits: tuple[int, ...] = ()
    """The positions of what fits no offer, and is in no fleet."""

    @cached_property
    def cost(self) -> int:
        """Of an hour."""
        return cost_of(self.offers, self.instances)

    @property
    def gap(self) -> float:
        """How much more it costs than is proven to be needed, as a share of that; 0 where it is the cheapest."""
        return self.cost / self.bound - 1 if self.bound else 0.0


def cost_of(offers: Sequence[Offer], instances: Iterable[PlannedInstance]) -> int:
    """The cost of some instances for an hour."""
    return sum(offers[each.offer].cost for each in instances)


def types_of(offers: Sequence[Offer], instances: Iterable[PlannedInstance]) -> Mapping[tuple[str, str, str], int]:
    """How many instances there are of each capacity provider (none: empty), instance type and zone."""
    found = (offers[each.offer].instance for each in instances)
    return Counter((each.capacity_provider or "", each.instance_type, each.zone) for each in found)

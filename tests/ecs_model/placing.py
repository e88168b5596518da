"""One task placed at a time, and what could take it: the placement as the tests speak of it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ecs_model.fleet import ContainerInstance, Fleet, PlacedTask
from ecs_model.placement import Placer, copies_on, refused
from ecs_model.placement_rules import SERVICE_DEFAULT, PlacementStrategy
from ecs_model.refusals import Refusal, fits
from ecs_model.task_needs import Task


@dataclass(frozen=True)
class Placed:
    """A task that was placed."""

    fleet: Fleet
    """The fleet with the task."""
    instance_id: str
    task: PlacedTask


@dataclass(frozen=True)
class Refused:
    """A task that no instance can take."""

    refusals: Mapping[str, list[Refusal]]
    """By instance id, why not; empty where the fleet has no instance."""


def candidates(task: Task, fleet: Fleet) -> list[ContainerInstance]:
    """The instances that can take `task` now, in the fleet's order."""
    return [instance for instance in fleet.instances.values() if fits(task, instance)]


def copies_that_fit(task: Task, fleet: Fleet) -> int:
    """How many more copies of `task` the fleet can take now: exact, for no copy is in the way on another instance."""
    return sum(copies_on(task, instance) for instance in fleet.instances.values())


def place(
    task: Task,
    fleet: Fleet,
    strategies: Sequence[PlacementStrategy] = SERVICE_DEFAULT,
    *,
    rng: random.Random | None = None,
    task_id: str | None = None,
) -> Placed | Refused:
    """One copy of `task` placed by `strategies`; `rng` decides for random (without one, always the same way)."""
    placer = Placer(fleet, rng)
    instance = placer.place(task, strategies, task_id=task_id)
    if instance is None:
        return Refused(refused(task, fleet))
    return Placed(placer.fleet, instance.id, instance.tasks[-1])

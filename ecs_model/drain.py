"""What draining a container instance does to its tasks, and what stands in its way.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ecs_model.fleet import ContainerInstance, Fleet, PlacedTask
from ecs_model.placement import Placer
from ecs_model.placement_rules import SERVICE_DEFAULT, PlacementStrategy
from ecs_model.scheduler import drained
from ecs_model.task_needs import SERVICE


@dataclass(frozen=True)
class DrainPlan:
    """The fate of each task of an instance that drains."""

    moved: Mapping[str, str]
    """The ids of tasks, and of the instances that their replacements fit on."""
    awaiting: tuple[PlacedTask, ...]
    """Tasks that fit on no other instance now, and on one that managed scaling may start."""
    stranded: tuple[PlacedTask, ...]
    """Tasks that fit nowhere: they would stay, and the instance would never be empty."""
    protected: tuple[PlacedTask, ...]
    """Tasks that their service protects from being stopped."""
    standalone: tuple[PlacedTask, ...]
    """Tasks of no service: nothing replaces them, and they stay until they stop by themselves."""
    daemons: tuple[PlacedTask, ...]
    """Daemons, which stop last and are not replaced."""


def drain_plan(
    fleet: Fleet,
    instance_id: str,
    strategies: Mapping[str, Sequence[PlacementStrategy]] | None = None,
    *,
    protected: Collection[str] = (),
    room: int = 0,
) -> DrainPlan:
    """What draining would do; `strategies` as for `scheduler.drained`.

    `protected` are ids of tasks; `room` is how many instances managed scaling may add to the instance's own capacity
    provider, which are taken to be like it. Raises KeyError where there is no such instance.
    """
    found = drained(fleet, instance_id, strategies)
    instance = fleet.instances[instance_id]
    awaiting, stranded = _on_new(found.waiting, instance, strategies or {}, room)
    return DrainPlan(
        found.moved,
        awaiting,
        stranded,
        tuple(placed for placed in instance.tasks if placed.id in protected and placed.task.group.startswith(SERVICE)),
        found.standalone,
        found.daemons,
    )


def _on_new(
    waiting: Sequence[PlacedTask],
    instance: ContainerInstance,
    strategies: Mapping[str, Sequence[PlacementStrategy]],
    room: int,
) -> tuple[tuple[PlacedTask, ...], tuple[PlacedTask, ...]]:
    """Those that fit on new instances, and those that do not.

    Managed scaling starts instances for tasks of its capacity provider alone.
    """
    placer = Placer(Fleet.of(instance.emptied(f"new-{number}") for number in range(min(room, len(waiting)))))
    awaiting: list[PlacedTask] = []
    stranded: list[PlacedTask] = []
    for placed in waiting:
        task = placed.task
        own = task.capacity_provider is not None and task.capacity_provider == instance.capacity_provider
        fits = own and placer.place(task, strategies.get(task.group, SERVICE_DEFAULT)) is not None
        (awaiting if fits else stranded).append(placed)
    return tuple(awaiting), tuple(stranded)

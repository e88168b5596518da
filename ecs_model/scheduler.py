"""ECS's service scheduler: keeps the wanted number of copies, one on every instance for daemons, and empties instances.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ecs_model.fleet import ContainerInstance, Fleet, PlacedTask, Status
from ecs_model.placement import Placer, refused
from ecs_model.placement_rules import SERVICE_DEFAULT, PlacementStrategy
from ecs_model.refusals import Reason, Refusal, refusals
from ecs_model.task_needs import SERVICE, Task

_NOT_FOR_IT = {
    Reason.STATUS,
    Reason.CAPACITY_PROVIDER,
    Reason.ZONE,
    Reason.ARCHITECTURE,
    Reason.ATTRIBUTE,
    Reason.EXPRESSION,
}
"""Where one of these refuses, an instance is no place for a daemon and counts in no desired number."""


@dataclass(frozen=True)
class Scheduled:
    """What the scheduler did for a service."""

    fleet: Fleet
    """The fleet afterwards."""
    placed: Mapping[str, str] = field(default_factory=dict)
    """The new tasks' ids, and the ids of their instances."""
    stopped: tuple[str, ...] = ()
    """The ids of the tasks that were too many."""
    waiting: int = 0
    """Copies that are wanted and found no instance."""
    refusals: Mapping[str, list[Refusal]] = field(default_factory=dict)
    """Where copies wait: by instance id, why it takes none."""


@dataclass(frozen=True)
class Drained:
    """What becomes of the tasks of an instance that drains."""

    fleet: Fleet
    """The fleet with the instance draining and what could move moved; what could not is still there."""
    moved: Mapping[str, str]
    """The ids of the replaced tasks, and the ids of the instances that their replacements are on."""
    waiting: tuple[PlacedTask, ...]
    """Service tasks that fit on no other instance."""
    standalone: tuple[PlacedTask, ...]
    """Tasks of no service, which nothing replaces: ECS waits until they stop by themselves."""
    daemons: tuple[PlacedTask, ...]
    """Daemons, which stop with the instance."""


def place_service(
    task: Task,
    fleet: Fleet,
    desired: int,
    strategies: Sequence[PlacementStrategy] = SERVICE_DEFAULT,
    *,
    rng: random.Random | None = None,
) -> Scheduled:
    """The fleet once the group of `task` has `desired` copies, or as many as fit; too many are stopped."""
    running = sum(1 for _ in fleet.tasks(task.group))
    if running > desired:
        return _scaled_in(task.group, fleet, running - desired)
    placer = Placer(fleet, rng)
    placed: dict[str, str] = {}
    while running + len(placed) < desired:
        instance = placer.place(task, strategies)
        if instance is None:
            break
        placed[instance.tasks[-1].id] = instance.id
    waiting = desired - running - len(placed)
    after = placer.fleet
    return Scheduled(after, placed, waiting=waiting, refusals=refused(task, after) if waiting else {})


def place_daemon(task: Task, fleet: Fleet) -> Scheduled:
    """The fleet once every instance that is a place for `task` and can take it has one."""
    placer = Placer(fleet)
    placed, refusing = {}, {}
    for id_, instance in fleet.instances.items():
        if task.group in instance.task_groups:
            continue
        found = placer.place_on(id_, task)
        if found is not None:
            placed[found.tasks[-1].id] = id_
        else:
            refusing[id_] = refusals(task, instance)
    waiting = sum(_NOT_FOR_IT.isdisjoint(each.reason for each in found) for found in refusing.values())
    return Scheduled(placer.fleet, placed, waiting=waiting, refusals=refusing)


def drained(
    fleet: Fleet,
    instance_id: str,
    strategies: Mapping[str, Sequence[PlacementStrategy]] | None = None,
    *,
    rng: random.Random | None = None,
) -> Drained:
    """What happens when an instance drains; `strategies` are those of services by task group, where not the default.

    Tasks are replaced in the order they are on the instance. Raises KeyError where there is no such instance.
    """
    draining = replace(fleet.instances[instance_id], status=Status.DRAINING)
    service = [placed for placed in draining.tasks if placed.task.group.startswith(SERVICE)]
    leaving = [placed for placed in service if not placed.task.daemon]
    for placed in leaving:
        draining = draining.without_task(placed.id)
    placer = Placer(fleet.having(draining), rng)
    moved, waiting = {}, []
    for placed in leaving:
        instance = placer.place(placed.task, (strategies or {}).get(placed.task.group, SERVICE_DEFAULT))
        if instance is not None:
            moved[placed.id] = instance.id
        else:
            waiting.append(placed)
    after = placer.fleet
    gone = fleet.instances[instance_id]
    for task_id in moved:
        gone = gone.without_task(task_id)
    return Drained(
        after.having(replace(gone, status=Status.DRAINING)),
        moved,
        tuple(waiting),
        tuple(placed for placed in gone.tasks if not placed.task.group.startswith(SERVICE)),
        tuple(placed for placed in service if placed.task.daemon),
    )


def _scaled_in(group: str, fleet: Fleet, count: int) -> Scheduled:
    """Stops the newest task of the instance with the most of them, in the zone with the most (CreateService)."""
    zones: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for instance, placed in fleet.tasks(group):
        zones[instance.zone][instance.id].append(placed.id)
    totals = {zone: sum(map(len, instances.values())) for zone, instances in zones.items()}
    changed: dict[str, ContainerInstance] = {}
    stopped: list[str] = []
    for _ in range(count):
        zone = max(totals, key=lambda name: totals[name])
        totals[zone] -= 1
        id_, ids = max(zones[zone].items(), key=lambda item: len(item[1]))
        stopped.append(ids.pop())
        changed[id_] = changed.get(id_, fleet.instances[id_]).without_task(stopped[-1])
    return Scheduled(fleet.having(*changed.values()), stopped=tuple(stopped))

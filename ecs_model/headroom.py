"""How much more a fleet can take: further copies of each service, now and once its worst instance drains.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ecs_model.fleet import ContainerInstance, Fleet
from ecs_model.placement import copies_on
from ecs_model.placement_rules import PlacementStrategy
from ecs_model.scheduler import drained
from ecs_model.task_needs import Resources, Task

MOST_DRAINS = 100
"""Instances that are drained in turn; of a larger fleet those with the most tasks, which are the hardest to move."""


@dataclass(frozen=True)
class Headroom:
    """The room that a fleet has for a service."""

    now: int
    """Further copies that fit."""
    after_drain: int | None
    """Further copies that fit once the worst instance has drained; None where no instance takes tasks."""
    worst: str | None
    """The id of that instance."""
    stranded: int
    """The most of its running tasks that would find no other instance, whichever one drains."""
    stranding: str | None
    """The id of the instance whose drain would leave them so; None where no drain would leave any."""


@dataclass(frozen=True)
class Summary:
    """Totals of some instances."""

    instances: int
    registered: Resources
    remaining: Resources
    """What is left on the instances that take tasks: active, with a connected agent."""
    unusable_memory: int
    """MiB of what is left that lie where not one more task of any service fits."""

    @property
    def fragmentation(self) -> float:
        """The share of the free memory that no service's task can use, 0-1."""
        return self.unusable_memory / self.remaining.memory if self.remaining.memory > 0 else 0.0


def copies_of(variants: Sequence[Task], instance: ContainerInstance) -> int:
    """Further copies on one instance of a service, written as one task for each of its capacity providers."""
    return max((copies_on(task, instance) for task in variants), default=0)


def takes_tasks(instance: ContainerInstance) -> bool:
    """Whether ECS places tasks on the instance at all."""
    return instance.status.value == "ACTIVE" and instance.agent_connected


def usable(instance: ContainerInstance, services: Iterable[Sequence[Task]]) -> bool:
    """Whether one more task of any of the services fits."""
    return any(copies_of(variants, instance) for variants in services)


def summary(instances: Iterable[ContainerInstance], services: Sequence[Sequence[Task]]) -> Summary:
    """The totals of `instances`; `services` are the tasks that may come, as for `copies_of`."""
    instances = list(instances)
    open_ = [instance for instance in instances if takes_tasks(instance)]
    lost = sum(instance.remaining.memory for instance in open_ if not usable(instance, services))
    return Summary(
        len(instances),
        sum((instance.registered for instance in instances), Resources()),
        sum((instance.remaining for instance in open_), Resources()),
        lost,
    )


def headrooms(
    services: Mapping[str, Sequence[Task]],
    fleet: Fleet,
    strategies: Mapping[str, Sequence[PlacementStrategy]] | None = None,
) -> dict[str, Headroom]:
    """The headroom of each service by its task group; `strategies` as for `drained`."""
    copies = {group: {i.id: copies_of(v, i) for i in fleet.instances.values()} for group, v in services.items()}
    totals = {group: sum(each.values()) for group, each in copies.items()}
    least: dict[str, tuple[int, str]] = {}
    stranded: dict[str, tuple[int, str | None]] = dict.fromkeys(services, (0, None))
    for id_ in _candidates(fleet):
        result = drained(fleet, id_, strategies)
        waiting = [placed.task.group for placed in result.waiting]
        changed = [id_, *set(result.moved.values())]
        for group, variants in services.items():
            after = totals[group]
            for each in changed:
                after += copies_of(variants, result.fleet.instances[each]) - copies[group][each]
            least[group] = min(least.get(group, (after, id_)), (after, id_), key=lambda pair: pair[0])
            if (count := waiting.count(group)) > stranded[group][0]:
                stranded[group] = (count, id_)
    return {group: _headroom(totals[group], least.get(group), *stranded[group]) for group in services}


def _candidates(fleet: Fleet) -> list[str]:
    open_ = [instance for instance in fleet.instances.values() if takes_tasks(instance)]
    if len(open_) > MOST_DRAINS:
        open_ = sorted(open_, key=lambda instance: -instance.running_tasks_count)[:MOST_DRAINS]
    return [instance.id for instance in open_]


def _headroom(now: int, least: tuple[int, str] | None, stranded: int, stranding: str | None) -> Headroom:
    after, worst = least or (None, None)
    return Headroom(now, after, worst, stranded, stranding)

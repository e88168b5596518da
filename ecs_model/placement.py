"""Where ECS places tasks: of the instances that can take one, the one that the strategies choose.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html

Each strategy narrows what the one before left; where several instances are left at the end, the first of the fleet is
taken, so that the same fleet and tasks give the same placement every time. Where the documentation is silent: a second
spread counts within the values of the first, and instances without the attribute count as one more value.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ecs_model.fleet import ContainerInstance, Fleet
from ecs_model.placement_rules import SERVICE_DEFAULT, PlacementStrategy
from ecs_model.ranking import Order, Path, Ranking, own, path
from ecs_model.refusals import Refusal, fits, refusals
from ecs_model.task_needs import Task


def refused(task: Task, fleet: Fleet) -> dict[str, list[Refusal]]:
    """For every instance by its id, why it cannot take `task`; an empty list where it can."""
    return {id_: refusals(task, instance) for id_, instance in fleet.instances.items()}


def copies_on(task: Task, instance: ContainerInstance) -> int:
    """How many more copies of `task` the instance can take now."""
    if any(expression.of_tasks for expression in task.expressions):
        copies = 0
        while fits(task, instance):
            copies += 1
            instance = instance.with_task(f"{task.group}/{copies}", task)
        return copies
    if not fits(task, instance):
        return 0
    if task.distinct_instance or task.host_ports:
        return 1
    needs, left = task.needs, instance.remaining
    amounts = [
        (needs.cpu, left.cpu),
        (needs.memory, left.memory),
        (needs.gpus, left.gpus),
        (needs.network_interfaces, left.network_interfaces),
    ]
    ports = Counter(task.dynamic_ports).items()
    amounts += [(needed, instance.free_dynamic_ports(protocol)) for protocol, needed in ports]
    return min(free // needed for needed, free in amounts if needed)


class Placer:
    """Places tasks one after the other on a fleet of its own.

    It keeps the instances ranked for each kind of task and judges only those that come first, so that a thousand
    instances and ten thousand tasks are a matter of seconds.
    """

    def __init__(self, fleet: Fleet, rng: random.Random | None = None) -> None:
        self._instances = list(fleet.instances.values())
        self._positions = {id_: position for position, id_ in enumerate(fleet.instances)}
        self._serial = fleet.serial
        self._rng = rng or random.Random(0)  # noqa: S311 - chooses instances, no secrets
        self._changed: list[int] = []
        self._rankings: dict[tuple[Task, Order], _Followed] = {}
        self._counts: dict[tuple[str, tuple[str, ...]], Counter[Path]] = {}

    @property
    def fleet(self) -> Fleet:
        """The fleet with everything placed so far."""
        return Fleet({instance.id: instance for instance in self._instances}, self._serial)

    def place(
        self,
        task: Task,
        strategies: Sequence[PlacementStrategy] = SERVICE_DEFAULT,
        *,
        task_id: str | None = None,
    ) -> ContainerInstance | None:
        """The instance, with one copy of `task` on it now; None where no instance can take it."""
        order = Order.of(task.group, tuple(strategies))
        counts = self._counted(task.group, order.attributes)
        ranking = self._current(task, order)
        while (position := ranking.first(counts, self._rng)) is not None:
            if fits(task, self._instances[position]):
                return self._put(task, position, task_id)
            # Until it changes.
            ranking.drop(position)
        return None

    def place_on(self, instance_id: str, task: Task) -> ContainerInstance | None:
        """That instance, with one copy of `task` on it now; None where it cannot take it."""
        position = self._positions[instance_id]
        return self._put(task, position, None) if fits(task, self._instances[position]) else None

    def _current(self, task: Task, order: Order) -> Ranking:
        followed = self._rankings.get((task, order))
        if followed is None:
            followed = self._rankings[task, order] = _Followed(Ranking(order))
            changed: Iterable[int] = range(len(self._instances))
        else:
            changed = set(self._changed[followed.seen :])
        followed.seen = len(self._changed)
        for position in changed:
            followed.ranking.put(position, self._instances[position])
        return followed.ranking

    def _put(self, task: Task, position: int, task_id: str | None) -> ContainerInstance:
        self._serial += 1
        name = task_id or f"{task.group}/{self._serial}"
        instance = self._instances[position] = self._instances[position].with_task(name, task)
        self._changed.append(position)
        for (group, attributes), counts in self._counts.items():
            if group == task.group:
                counts.update(_prefixes(instance, attributes))
        return instance

    def _counted(self, group: str, attributes: tuple[str, ...]) -> Counter[Path]:
        """How many tasks of the group run where the first of `attributes` have the same values, for each first few."""
        counts = self._counts.get((group, attributes))
        if counts is None:
            counts = self._counts[group, attributes] = Counter()
            for instance in self._instances:
                for _ in range(own(group, instance)):
                    counts.update(_prefixes(instance, attributes))
        return counts


@dataclass
class _Followed:
    """A ranking, and how many of the changes it has seen."""

    ranking: Ranking
    seen: int = 0


def _prefixes(instance: ContainerInstance, attributes: tuple[str, ...]) -> list[Path]:
    whole = path(instance, attributes)
    return [whole[: length + 1] for length in range(len(whole))]

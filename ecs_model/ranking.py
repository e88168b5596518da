"""Instances in the order of placement strategies, kept while they change one by one."""

import random
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from ecs_model.fleet import ContainerInstance
from ecs_model.placement_rules import PlacementStrategy, StrategyType, strategy_problems

Path = tuple[str | None, ...]
Key = int | str | None


@dataclass(frozen=True)
class Order:
    """A task group's strategies, made ready: each level narrows what the one before left, and random ends them."""

    group: str
    levels: tuple[PlacementStrategy, ...]
    random: bool

    @classmethod
    @cache
    def of(cls, group: str, strategies: tuple[PlacementStrategy, ...]) -> "Order":
        """The order of `strategies` for the tasks of a group. Raises ValueError for what ECS would not take."""
        for problem in strategy_problems(strategies):
            raise ValueError(f"placement strategy {problem}")
        types = [strategy.type for strategy in strategies]
        end = types.index(StrategyType.RANDOM) if StrategyType.RANDOM in types else len(types)
        return cls(group, strategies[:end], end < len(types))

    @cached_property
    def shared(self) -> tuple[str | None, ...]:
        """For each level the attribute it spreads over; None where an instance's rank is its own affair."""
        return tuple(level.attribute for level in self.levels)

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The attributes spread over, in order."""
        return tuple(name for name in self.shared if name is not None)

    @cached_property
    def keys(self) -> Callable[[ContainerInstance], tuple[Key, ...]]:
        """For each level what decides of an instance: its value of an attribute, or a number of its own."""
        readers = [_reader(self.group, level) for level in self.levels]
        return lambda instance: tuple([read(instance) for read in readers])


def _reader(group: str, level: PlacementStrategy) -> Callable[[ContainerInstance], Key]:
    name = level.attribute
    if name is not None:
        return lambda instance: instance.attributes.get(name)
    if level.type == StrategyType.SPREAD:
        return lambda instance: own(group, instance)
    if level.packs_cpu:
        return lambda instance: instance.remaining.cpu
    return lambda instance: instance.remaining.memory


def own(group: str, instance: ContainerInstance) -> int:
    """How many tasks of a group are on an instance."""
    if group not in instance.task_groups:
        return 0
    return sum(placed.task.group == group for placed in instance.tasks)


def path(instance: ContainerInstance, attributes: Sequence[str]) -> Path:
    """An instance's values of some attributes; those without one are counted together, under None."""
    return tuple(instance.attributes.get(name) for name in attributes)


class Ranking:
    """Instances by their keys, as a tree of one level a strategy; a leaf holds positions in the fleet, in order."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self._root: dict[Any, Any] = {}
        self._keys: dict[int, tuple[Key, ...]] = {}

    def put(self, position: int, instance: ContainerInstance) -> None:
        """Ranks an instance by what it is now."""
        keys = self.order.keys(instance)
        if self._keys.get(position) == keys:
            return
        self.drop(position)
        self._keys[position] = keys
        node = self._root
        for key in keys:
            node = node.setdefault(key, {})
        insort(node.setdefault(None, []), position)

    def drop(self, position: int) -> None:
        """Takes an instance out, if it is in."""
        keys = self._keys.pop(position, None)
        if keys is None:
            return
        nodes = [self._root]
        for key in keys:
            nodes.append(nodes[-1][key])
        leaf = nodes[-1][None]
        del leaf[bisect_left(leaf, position)]
        for node, key in zip(reversed(nodes), (None, *reversed(keys)), strict=True):
            if node[key]:
                break
            del node[key]

    def first(self, counts: Counter[Path], rng: random.Random) -> int | None:
        """The position of the instance that comes first; `counts` are the group's tasks by the attributes' values."""
        if not self._root:
            return None
        nodes: list[tuple[Path, dict[Any, Any]]] = [((), self._root)]
        for shared in self.order.shared:
            if shared is None:
                least = min([min(node) for _, node in nodes])
                nodes = [(path, node[least]) for path, node in nodes if least in node]
            else:
                children = [((*path, key), child) for path, node in nodes for key, child in node.items()]
                fewest = min([counts[path] for path, _ in children])
                nodes = [(path, child) for path, child in children if counts[path] == fewest]
        leaves: list[list[int]] = [node[None] for _, node in nodes]
        if self.order.random:
            return rng.choice([position for leaf in leaves for position in leaf])
        return min(leaf[0] for leaf in leaves)

"""Capacity provider strategies: which instances a task may run on, and in what proportion.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ecs_model.problem import Problem, of_these

MOST_PROVIDERS = 20
MOST_WEIGHT = 1_000
MOST_BASE = 100_000
FARGATE = frozenset({"FARGATE", "FARGATE_SPOT"})
MANAGED_TAG = "AmazonECSManaged"
"""The tag by which ECS finds a capacity provider's Auto Scaling group and its instances."""
RESERVED_PREFIXES = ("aws", "ecs", "fargate")


@dataclass(frozen=True)
class StrategyItem:
    """One capacity provider's share: the first `base` tasks, then `weight` parts of the rest."""

    capacity_provider: str
    """The capacity provider: its name, or its key in the settings' capacity."""
    weight: int = 0
    """Parts of the tasks beyond the base, 0-1000 (the API's default is 0)."""
    base: int = 0
    """Tasks that run here before weights count, 0-100000; at most one item of a strategy has one."""


def problems(
    items: Sequence[StrategyItem], attached: Collection[str] | None = None, managed: Collection[str] = ()
) -> Iterator[Problem]:
    """What ECS would refuse in a strategy; `attached` are the names it may use (None: not known).

    `managed` are those of ECS Managed Instances. A strategy is of one kind: Auto Scaling groups, Fargate, or these.
    """
    if not items:
        yield Problem((), "is empty: name at least one capacity provider with a weight above 0")
        return
    if len(items) > MOST_PROVIDERS:
        yield Problem((), f"has {len(items)} capacity providers, at most {MOST_PROVIDERS} are allowed: leave some out")
    for position, item in enumerate(items):
        yield from _item_problems(position, item, attached)
    yield from _joint_problems(items, managed)


def next_provider(items: Sequence[StrategyItem], running: Mapping[str, int]) -> str:
    """The capacity provider of a service's next task; `running` is how many of its tasks each provider has.

    The base comes first, then whoever is furthest behind its weight's share; the first of the strategy where that is
    several. Raises ValueError where every weight is 0.
    """
    for item in items:
        if running.get(item.capacity_provider, 0) < item.base:
            return item.capacity_provider
    weighted = [item for item in items if item.weight]
    return min(weighted, key=lambda item: _share(item, running)).capacity_provider


def shares(items: Sequence[StrategyItem], copies: int) -> dict[str, int]:
    """How many of so many tasks in a row each capacity provider gets. Raises as `next_provider`."""
    running = {item.capacity_provider: 0 for item in items}
    for _ in range(copies):
        running[next_provider(items, running)] += 1
    return running


def _share(item: StrategyItem, running: Mapping[str, int]) -> float:
    """The tasks beyond the base, with one more, for each part of the weight."""
    return (running.get(item.capacity_provider, 0) - item.base + 1) / item.weight


def _item_problems(position: int, item: StrategyItem, attached: Collection[str] | None) -> Iterator[Problem]:
    if not 0 <= item.weight <= MOST_WEIGHT:
        yield Problem((position, "weight"), f"{item.weight} is not a weight: give 0-{MOST_WEIGHT}")
    if not 0 <= item.base <= MOST_BASE:
        yield Problem((position, "base"), f"{item.base} is not a base: give 0-{MOST_BASE}")
    if attached is not None and item.capacity_provider in FARGATE.difference(attached):
        known = ", ".join(sorted(attached)) or "your own"
        yield Problem(
            (position, "capacityProvider"),
            f"{item.capacity_provider!r} is not attached to this cluster: set cluster.fargate: true, or name another "
            f"(there is: {known})",
        )
    elif attached is not None and item.capacity_provider not in attached:
        known = of_these(item.capacity_provider, attached, "name one of them or add it")
        yield Problem(
            (position, "capacityProvider"),
            f"{item.capacity_provider!r} is no capacity provider of this cluster{known}",
        )


def _joint_problems(items: Sequence[StrategyItem], managed: Collection[str]) -> Iterator[Problem]:
    names = [item.capacity_provider for item in items]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        yield Problem((), f"names {', '.join(twice)} more than once: keep one entry for each capacity provider")
    if not any(item.weight > 0 for item in items):
        yield Problem((), "gives every capacity provider the weight 0, so no task could be placed: set one above 0")
    based = [item.capacity_provider for item in items if item.base > 0]
    if len(based) > 1:
        yield Problem((), f"has a base on {' and '.join(based)}: only one capacity provider may have a base")
    fargate = sorted({name for name in names if name in FARGATE})
    own = sorted({name for name in names if name in managed})
    kinds = [", ".join(fargate), f"{', '.join(own)} of ECS Managed Instances" if own else ""]
    kinds.append("EC2 capacity" if set(names).difference(fargate, own) else "")
    if len(mixed := [kind for kind in kinds if kind]) > 1:
        yield Problem((), f"mixes {' with '.join(mixed)}: a strategy is of one kind")


def name_problem(name: str) -> str | None:
    """Why AWS refuses `name` for a capacity provider, or None.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html
    """
    for prefix in RESERVED_PREFIXES:
        if name.lower().startswith(prefix):
            return f"{name!r} begins with {prefix!r}, which AWS reserves: choose a name that does not begin so"
    if not name or len(name) > 255 or not all(c.isascii() and (c.isalnum() or c in "_-") for c in name):
        return f"{name!r} is not a name: use at most 255 letters, digits, hyphens and underscores"
    return None

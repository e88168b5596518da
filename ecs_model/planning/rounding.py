"""From fractions of instances to whole ones: a dive that fixes instances, and prices anew what is left."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from ecs_model.planning.columns import Pattern
from ecs_model.planning.relaxation import Relaxation, relax
from ecs_model.planning.shapes import NOT_OFFERED, Floats, Ints, Shapes, reduce

ROUNDS = 6
SURE = 0.8
"""From this fraction on several instances are rounded up at once."""


def in_zone(shapes: Shapes, zone: int, demand: Ints) -> tuple[Shapes, Ints]:
    """The problem of some copies in one zone, and which of the kinds it has."""
    offered = np.flatnonzero(shapes.cost[:, zone] != NOT_OFFERED)
    part = replace(
        shapes,
        zones=[shapes.zones[zone]],
        capacity=shapes.capacity[offered],
        most=np.minimum(shapes.most[offered], demand),
        cost=shapes.cost[offered][:, [zone]],
        offer=offered[:, None],
        copies=demand,
        least=demand[:, None],
        upper=demand[:, None],
        classes=[[0]],
    )
    reduce(part)
    return part, part.offer[:, 0]


def cheapest_kinds(shapes: Shapes, zone: int, patterns: Ints) -> Ints:
    """The cheapest kind in the zone for each pattern; -1 where none holds it."""
    cost = shapes.cost[:, zone]
    order = np.argsort(cost, kind="stable")
    found = np.full(len(patterns), -1)
    takes = patterns @ shapes.weights
    for kind in order[cost[order] != NOT_OFFERED]:
        open_ = found < 0
        fits = (takes <= shapes.capacity[kind]).all(axis=1) & (patterns <= shapes.most[kind]).all(axis=1)
        found[open_ & fits] = kind
    return found


def dive(
    shapes: Shapes, zone: int, demand: Ints, patterns: Sequence[Pattern], until: float, *, whole_only: bool = False
) -> tuple[list[Pattern], Ints]:
    """Instances of one zone for a demand, and what is left of it; nothing, unless `whole_only` stops at fractions."""
    found: list[Pattern] = []
    known = list(patterns)
    while demand.any():
        part, kinds = in_zone(shapes, zone, demand)
        start = _start(part, known, demand)
        late = time.monotonic() > until
        relaxed = relax(part, start, until, rounds=1 if late else ROUNDS, exact=False)
        known = [(int(kinds[kind]), pattern) for kind, pattern in relaxed.patterns]
        amounts = relaxed.amounts[:, 0]
        take = np.floor(amounts + 1e-6).astype(int)
        if not take.any():
            if whole_only:
                break
            rest = amounts - take
            take[rest >= min(SURE, rest.max())] = 1
        for at in np.argsort(-amounts, kind="stable"):
            for _ in range(take[at]):
                kind, pattern = known[at]
                pattern = np.minimum(pattern, demand)
                if not pattern.any():
                    break
                found.append((kind, pattern))
                demand = demand - pattern
    return found, demand


def _start(part: Shapes, known: Sequence[Pattern], demand: Ints) -> list[Pattern]:
    """What is known of patterns, cut to the demand, on the cheapest kinds; and each item alone."""
    alone = [np.where(np.arange(len(demand)) == item, part.most[:, item].max(), 0) for item in np.flatnonzero(demand)]
    cut = np.unique(np.array([np.minimum(pattern, demand) for _, pattern in known] + alone), axis=0)
    kinds = cheapest_kinds(part, 0, cut)
    return [(int(kind), pattern) for kind, pattern in zip(kinds, cut, strict=True) if kind >= 0 and pattern.any()]


def settled(shapes: Shapes, zone: int, instances: Iterable[Pattern]) -> list[Pattern]:
    """The instances on the cheapest kinds that hold their copies."""
    every = list(instances)
    if not every:
        return []
    kinds = cheapest_kinds(shapes, zone, np.array([pattern for _, pattern in every]))
    return [(int(kind), pattern) for kind, (_, pattern) in zip(kinds, every, strict=True)]


def demands(shapes: Shapes, relaxed: Relaxation | None) -> Ints:
    """Item by zone: whole copies, near the shares that the relaxation gives each zone; without one, even shares."""
    found = shapes.least.copy()
    load = np.zeros(len(shapes.zones))
    size = shapes.weights.sum(axis=1)
    together = {item: items for items in shapes.groups for item in items}
    for item in np.argsort(-size, kind="stable").tolist():
        wish = _wish(shapes, relaxed, item)
        if item not in together:
            found[item] = np.clip(np.floor(wish + 1e-6).astype(np.int64), found[item], shapes.upper[item])
        for _ in range(int(shapes.copies[item] - found[item].sum())):
            open_ = found[item] < shapes.upper[item]
            held = found[together.get(item, [])].sum(axis=0)
            # Of a group the sums come first: each item fills the zones that have the fewest.
            open_ &= held == np.where(open_, held, np.iinfo(np.int64).max).min()
            short = np.where(open_, np.round(wish - found[item], 6), -np.inf)
            best = np.flatnonzero(short == short.max())
            zone = best[np.argmin(load[best])]
            found[item, zone] += 1
            load[zone] += size[item]
    return found


def _wish(shapes: Shapes, relaxed: Relaxation | None, item: int) -> Floats:
    """Copies in each zone, in fractions."""
    wish = np.zeros(len(shapes.zones))
    if relaxed is None:
        open_ = shapes.upper[item] > 0
        wish[open_] = shapes.copies[item] / open_.sum()
        return wish
    for number, zones in enumerate(shapes.classes):
        wish[zones] = relaxed.shares[item, number] / len(zones)
    return wish

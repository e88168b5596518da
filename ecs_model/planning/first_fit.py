"""First-fit decreasing, for comparison and as a start: the largest tasks first, each where there first is room."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ecs_model.planning.columns import Pattern
from ecs_model.planning.shapes import NOT_OFFERED, Ints, Shapes


@dataclass
class _Bins:
    """Instances so far, in the order in which they were started."""

    kinds: Ints
    left: Ints
    patterns: Ints


def first_fit(shapes: Shapes, zone: int, demand: Ints) -> list[Pattern]:
    """The cheapest fleet by first-fit decreasing in one zone that starts instances of one kind.

    Where a task fits none of that kind, it starts the kind on which a copy of it costs least.
    """
    best: list[Pattern] = []
    best_cost: int | None = None
    price = shapes.cost[:, zone]
    total = demand @ shapes.weights
    offered = np.flatnonzero(price != NOT_OFFERED)
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.nan_to_num(total / shapes.capacity[offered], posinf=0).max(axis=1, initial=1) * price[offered]
    for at in np.argsort(needed, kind="stable"):
        kind = offered[at]
        everywhere = bool((shapes.most[kind][demand > 0] > 0).all())
        if best_cost is not None and everywhere and needed[at] >= best_cost:
            # It holds all tasks, and even without any waste would cost more.
            continue
        found = _of_one_kind(shapes, int(kind), zone, demand)
        cost = sum(int(price[each]) for each, _ in found)
        if best_cost is None or cost < best_cost:
            best, best_cost = found, cost
    return best


def _of_one_kind(shapes: Shapes, kind: int, zone: int, demand: Ints) -> list[Pattern]:
    items, dimensions = shapes.weights.shape
    bins = _Bins(np.zeros(0, np.int64), np.zeros((0, dimensions), np.int64), np.zeros((0, items), np.int64))
    share = (shapes.weights / np.maximum(1, shapes.capacity[kind])).max(axis=1)
    for item in np.argsort(-share, kind="stable"):
        left = int(demand[item]) - _into_open(shapes, bins, int(item), int(demand[item]))
        if left > 0:
            _start(shapes, bins, _kind_for(shapes, kind, zone, int(item)), int(item), left)
    return list(zip(bins.kinds.tolist(), bins.patterns, strict=True))


def _kind_for(shapes: Shapes, kind: int, zone: int, item: int) -> int:
    if shapes.most[kind, item]:
        return kind
    most = shapes.most[:, item]
    price = np.where((most > 0) & (shapes.cost[:, zone] != NOT_OFFERED), shapes.cost[:, zone], np.inf)
    return int((price / np.maximum(1, most)).argmin())


def _into_open(shapes: Shapes, bins: _Bins, item: int, copies: int) -> int:
    """Fills copies into the instances there are; how many."""
    takes = shapes.weights[item]
    needed = takes > 0
    room = shapes.most[bins.kinds, item]
    if needed.any() and len(room):
        room = np.minimum(room, (bins.left[:, needed] // takes[needed]).min(axis=1))
    before = np.cumsum(room) - room
    placed = np.clip(copies - before, 0, room)
    bins.patterns[:, item] += placed
    bins.left -= placed[:, None] * takes
    return int(placed.sum())


def _start(shapes: Shapes, bins: _Bins, kind: int, item: int, copies: int) -> None:
    """Starts instances of a kind with copies of one item."""
    parts = list(_portions(copies, int(shapes.most[kind, item])))
    patterns = np.zeros((len(parts), len(shapes.weights)), dtype=np.int64)
    patterns[:, item] = parts
    bins.kinds = np.concatenate([bins.kinds, np.full(len(parts), kind)])
    bins.patterns = np.concatenate([bins.patterns, patterns])
    bins.left = np.concatenate([bins.left, shapes.capacity[kind] - patterns @ shapes.weights])


def _portions(copies: int, most: int) -> Iterator[int]:
    while copies > 0:
        yield min(copies, most)
        copies -= most

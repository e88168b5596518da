"""The search for the worthiest pattern in whole copies, item by item, all that may be part of it side by side."""

from dataclasses import dataclass

import numpy as np

from ecs_model.planning.shapes import Floats, Ints, Shapes

WIDTH = 150
"""The most beginnings of patterns that are kept, the most promising ones; what is dropped counts in the bound."""


@dataclass(frozen=True)
class Found:
    """What a search found."""

    pattern: Ints | None
    """A pattern that is worth more than was asked for; None where none was found."""
    bound: float
    """No pattern is worth more; at least what was asked for."""


@dataclass
class _Level:
    """Beginnings of patterns: all copies of the items so far."""

    left: Ints
    bound: Floats
    """The most that each can come to: every dimension's rest is worth its price, every further gain is had."""
    parent: Ints
    copies: Ints


def search(shapes: Shapes, kind: int, prices: Floats, worth: Floats, most: Ints, target: float) -> Found:
    """The worthiest pattern of a kind above `target`; any `prices` of the dimensions are right, good ones are fast."""
    gains = worth - shapes.weights @ prices
    items = np.flatnonzero((most > 0) & (worth > 0))
    # What is nearly without gain or loss last: until then little is left to choose.
    items = items[np.argsort(-np.abs(gains[items]), kind="stable")]
    capacity = shapes.capacity[kind]
    top = float(prices @ capacity + np.maximum(0.0, gains[items]) @ most[items])
    dropped = target
    level = _Level(capacity[None, :], np.array([top]), np.zeros(1, np.int64), np.zeros(1, np.int64))
    levels = []
    for item in items:
        level = _next(level, shapes.weights[item], float(gains[item]), int(most[item]), target)
        if not len(level.bound):
            return Found(None, dropped)
        level = _distinct(level, capacity)
        if len(level.bound) > WIDTH:
            order = np.argpartition(-level.bound, WIDTH)
            dropped = max(dropped, float(level.bound[order[WIDTH:]].max()))
            level = _chosen(level, order[:WIDTH])
        levels.append(level)
    values = level.bound - level.left @ prices
    at = int(values.argmax())
    if values[at] <= target:
        return Found(None, dropped)
    pattern = np.zeros(len(worth), dtype=np.int64)
    best = float(values[at])
    for item, each in zip(items[::-1], levels[::-1], strict=True):
        pattern[item], at = each.copies[at], each.parent[at]
    return Found(pattern, max(dropped, best))


def every(
    shapes: Shapes, kind: int, prices: Floats, worth: Floats, most: Ints, target: float, limit: int
) -> Ints | None:
    """All patterns of a kind that are worth `target` at least and can take no further copy; None where too many are.

    Too many are more than `limit` beginnings at a time.
    """
    gains = worth - shapes.weights @ prices
    items = np.flatnonzero(most > 0)
    items = items[np.argsort(-np.abs(gains[items]), kind="stable")]
    capacity = shapes.capacity[kind]
    top = float(prices @ capacity + np.maximum(0.0, gains[items]) @ most[items])
    level = _Level(capacity[None, :], np.array([top]), np.zeros(1, np.int64), np.zeros(1, np.int64))
    patterns = np.zeros((1, len(worth)), dtype=np.int64)
    for item in items:
        level = _next(level, shapes.weights[item], float(gains[item]), int(most[item]), target)
        if len(level.bound) > limit:
            return None
        patterns = patterns[level.parent]
        patterns[:, item] = level.copies
    full = np.ones(len(patterns), dtype=bool)
    for item in items:
        full &= (patterns[:, item] >= most[item]) | (level.left < shapes.weights[item]).any(axis=1)
    return patterns[full & (patterns @ worth >= target)]


def _next(level: _Level, takes: Ints, gain: float, most: int, target: float) -> _Level:
    """Every beginning with any number of copies of one more item, as far as it may come to more than `target`."""
    parts = []
    needed = takes > 0
    room = np.full(len(level.bound), most)
    if needed.any():
        room = np.minimum(room, (level.left[:, needed] // takes[needed]).min(axis=1))
    for step in range(most + 1):
        # From the best number on: a gain is lost with every copy fewer, a loss grows with every copy more.
        copies = most - step if gain > 0 else step
        bound = level.bound - step * abs(gain)
        hopeful = bound > target
        if not hopeful.any():
            break
        rows = np.flatnonzero(hopeful & (room >= copies))
        parts.append((rows, np.full(len(rows), copies), bound[rows]))
    parent, copies_, bound = (np.concatenate(each) for each in zip(*parts, strict=True)) if parts else _NOTHING
    return _Level(level.left[parent] - copies_[:, None] * takes, bound, parent, copies_)


_NOTHING = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def _distinct(level: _Level, capacity: Ints) -> _Level:
    """Of beginnings that leave the same, the one that is worth most."""
    number = 1
    key = np.zeros(len(level.bound), dtype=np.int64)
    for dimension, size in enumerate(capacity.tolist()):
        if number * (size + 1) > np.iinfo(np.int64).max:
            return level
        key += level.left[:, dimension] * number
        number *= size + 1
    order = np.lexsort((-level.bound, key))
    first = np.ones(len(order), dtype=bool)
    first[1:] = key[order[1:]] != key[order[:-1]]
    return _chosen(level, order[first])


def _chosen(level: _Level, rows: Ints) -> _Level:
    return _Level(level.left[rows], level.bound[rows], level.parent[rows], level.copies[rows])

"""The pattern of the greatest worth that a kind of instance holds: a bounded knapsack of several dimensions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecs_model.planning import highs
from ecs_model.planning.search import search
from ecs_model.planning.shapes import Floats, Ints, Shapes
from ecs_model.planning.table import LARGE, SMALL, tabulated

MOST_SECONDS = 0.3
"""For one knapsack of the solver; then its bound so far counts."""


@dataclass(frozen=True)
class Best:
    """A good pattern, and a worth that no pattern of the kind exceeds."""

    pattern: Ints
    bound: float


class Pricer:
    """Answers for one problem; `most` may be lowered between two questions."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._weights = shapes.weights.astype(np.float64)
        self._takes = taken(shapes.weights)
        self._items, self._dimensions = self._weights.shape
        self._columns = np.arange(self._items, dtype=np.int32)
        self._free = np.full(self._dimensions, -highs.INFINITY)
        self._program = highs.program(threads=1)
        highs.add_rows(self._program, self._free, np.zeros(self._dimensions))
        highs.add_columns(self._program, np.zeros(self._items), self._weights)
        self.prices = np.zeros(shapes.capacity.shape)
        """Of the last question, a price of every dimension on each kind: with any prices `bounds` are true."""

    def bounds(self, worth: Floats, most: Ints) -> Floats:
        """For each kind a worth that no pattern of it exceeds, quickly: the dual of the knapsack in parts of copies."""
        reduced = np.maximum(0.0, worth - self.prices @ self._weights.T)
        limited: Floats = (self.prices * self._shapes.capacity).sum(axis=1) + (reduced * most).sum(axis=1)
        return limited

    def fractional(self, kind: int, worth: Floats, most: Ints) -> Best:
        """A pattern by rounding the best one in parts of copies, whose worth is the bound."""
        self._pose(kind, worth, most)
        highs.solved(self._program)
        parts = highs.values(self._program)
        self.prices[kind] = np.maximum(0.0, -highs.duals(self._program))
        bound = float(self.bounds_of(kind, worth, most))
        return Best(self._filled(kind, np.floor(parts + 1e-9).astype(np.int64), worth, most), bound)

    def rounded(self, kind: int, worth: Floats, most: Ints, target: float) -> Best:
        """As `fractional`; where that is not worth more than `target`, what a small table says."""
        found = self.fractional(kind, worth, most)
        if found.bound <= target or float(found.pattern @ worth) > target:
            return found
        exact = tabulated(self._shapes, kind, self.prices[kind], worth, most, target, SMALL)
        if exact is None:
            return found
        return Best(found.pattern if exact.pattern is None else exact.pattern, min(found.bound, exact.bound))

    def bounds_of(self, kind: int, worth: Floats, most: Ints) -> float:
        """`bounds` for one kind."""
        reduced = np.maximum(0.0, worth - self._weights @ self.prices[kind])
        return float(self.prices[kind] @ self._shapes.capacity[kind] + reduced @ most)

    def searched(self, kind: int, worth: Floats, most: Ints, target: float) -> Best:
        """The best pattern if it is worth more than `target`, and a bound, `target` at least.

        The bound is the pattern's own worth or `target` unless there were too many patterns to look at.
        """
        rounded = self.fractional(kind, worth, most)
        at_least = max(target, float(rounded.pattern @ worth))
        asked = (self._shapes, kind, self.prices[kind], worth, most, at_least)
        found = tabulated(*asked, LARGE) or search(*asked)
        return Best(rounded.pattern if found.pattern is None else found.pattern, min(rounded.bound, found.bound))

    def whole(self, kind: int, worth: Floats, most: Ints, target: float) -> Best:
        """As `searched`, but where there is no table by the solver's branch and bound: slower and closer."""
        searched = self.searched(kind, worth, most, target)
        if searched.bound <= target or float(searched.pattern @ worth) >= searched.bound * (1 - 1e-9):
            return searched
        capacity = self._shapes.capacity[kind].astype(np.float64)
        scale = 1 / target
        program = highs.program(threads=1, time_limit=MOST_SECONDS, mip_rel_gap=2e-4)
        highs.add_rows(program, self._free, capacity)
        highs.add_columns(program, -worth * scale, self._weights, upper=most.astype(np.float64), integer=True)
        highs.solved(program)
        bound = -float(program.getInfo().mip_dual_bound) / scale
        if not highs.has_solution(program) or not math.isfinite(bound):
            return searched
        pattern = np.round(highs.values(program)).astype(np.int64)
        return Best(self._filled(kind, pattern, worth, most), min(searched.bound, max(target, bound)))

    def _pose(self, kind: int, worth: Floats, most: Ints) -> None:
        program = self._program
        capacity = self._shapes.capacity[kind].astype(np.float64)
        program.changeColsCost(self._items, self._columns, -worth)
        program.changeColsBounds(self._items, self._columns, np.zeros(self._items), most.astype(np.float64))
        for row, amount in enumerate(capacity.tolist()):
            program.changeRowBounds(row, -highs.INFINITY, amount)

    def _filled(self, kind: int, pattern: Ints, worth: Floats, most: Ints) -> Ints:
        """The pattern with what still fits, the worthiest for the room first."""
        room = self._weights @ (self.prices[kind] + 1e-9) + 1e-12
        order = np.argsort(-worth / room, kind="stable")
        left = self._shapes.capacity[kind] - pattern @ self._shapes.weights
        return filled(self._takes, left, pattern, most, order[worth[order] > 0])


def filled(takes: Sequence[Sequence[tuple[int, int]]], left: Ints, pattern: Ints, most: Ints, order: Ints) -> Ints:
    """A pattern with as many further copies as fit into what is `left`, item by item in this order.

    `takes` says of each item in which dimensions how much a copy takes. Plain numbers, for few are faster than arrays.
    """
    found, free, limit = pattern.tolist(), left.tolist(), most.tolist()
    for item in order.tolist():
        more = limit[item] - found[item]
        for dimension, amount in takes[item]:
            more = min(more, free[dimension] // amount)
        if more > 0:
            found[item] += more
            for dimension, amount in takes[item]:
                free[dimension] -= more * amount
    return np.array(found, dtype=np.int64)


def taken(weights: Ints) -> list[list[tuple[int, int]]]:
    """Of each item the dimensions in which a copy takes anything, and how much."""
    return [[(at, amount) for at, amount in enumerate(row) if amount] for row in weights.tolist()]

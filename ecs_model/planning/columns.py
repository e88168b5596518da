"""Patterns that pay: those that are worth more than their kind costs, and how much more any could be worth.

Most are found quickly, by rounding and by small tables. Where these find none, the kinds that may be worth most are
looked at closely, one after the other, for only these stand between the bound and the cost.
"""

import time
from dataclasses import dataclass, field

import numpy as np

from ecs_model.planning.pricing import Best, Pricer
from ecs_model.planning.shapes import NOT_OFFERED, Floats, Ints, Shapes

Pattern = tuple[int, Ints]
"""A kind, and how many copies of each item."""
CLOSE = 1e-9
"""A share of the cost that is no difference."""
ENOUGH, FEW = 10, 4
"""New patterns in each class of zones after which a quick round ends, and a close one."""


@dataclass
class Pool:
    """Patterns, each once."""

    kinds: list[int] = field(default_factory=list)
    patterns: list[Ints] = field(default_factory=list)
    _known: set[tuple[int, bytes]] = field(default_factory=set)

    def has(self, kind: int, pattern: Ints) -> bool:
        """Whether the pattern is there."""
        return (kind, pattern.tobytes()) in self._known

    def add(self, kind: int, pattern: Ints) -> None:
        """Adds a pattern, unless it is there."""
        if not self.has(kind, pattern):
            self._known.add((kind, pattern.tobytes()))
            self.kinds.append(kind)
            self.patterns.append(pattern)


class Columns:
    """Looks for patterns that pay, and puts them into the pool."""

    def __init__(self, shapes: Shapes, pool: Pool) -> None:
        self._shapes, self._pool, self._pricer = shapes, pool, Pricer(shapes)

    def look(self, worth: Floats, until: float, *, closely: bool) -> float:
        """How much any pattern may be worth, as a multiple of its cost; by class and item `worth` is a copy's.

        `closely` looks on where the quick ways find nothing, until that moment of `time.monotonic`.
        """
        over = 0.0
        for number, zones in enumerate(self._shapes.classes):
            search = _Search(self._shapes, self._pricer, self._pool, zones, worth[number])
            search.quickly()
            if closely and not search.found:
                search.closely(until)
            over = max(over, float(search.ratios.max()))
            for pattern in search.found:
                self._pool.add(*pattern)
        return over


class _Search:
    """In one class of zones."""

    def __init__(self, shapes: Shapes, pricer: Pricer, pool: Pool, zones: list[int], worth: Floats) -> None:
        offered = shapes.cost[:, zones[0]] != NOT_OFFERED
        self._pricer, self._pool, self._worth = pricer, pool, worth
        self._cost = shapes.cost[:, zones[0]].astype(np.float64)
        self._most = np.minimum(shapes.most, shapes.upper[:, zones].max(axis=1))
        self.ratios = np.where(offered, pricer.bounds(worth, self._most) / self._cost, 0.0)
        """Of each kind the most that a pattern may be worth, as a multiple of the cost."""
        self.found: list[Pattern] = []

    def quickly(self) -> None:
        for kind in np.argsort(-self.ratios, kind="stable").tolist():
            if self.ratios[kind] <= 1 + CLOSE or len(self.found) >= ENOUGH:
                return
            cost = float(self._cost[kind]) * (1 + CLOSE)
            self._take(kind, self._pricer.rounded(kind, self._worth, self._most[kind], cost))

    def closely(self, until: float) -> None:
        ways = {kind: [self._pricer.whole, self._pricer.searched] for kind in range(len(self.ratios))}
        while ways and len(self.found) < FEW and time.monotonic() < until:
            kind = max(ways, key=self.ratios.__getitem__)
            if self.ratios[kind] <= 1 + CLOSE:
                return
            way = ways[kind].pop()
            if self._take(kind, way(kind, self._worth, self._most[kind], float(self._cost[kind]))) or not ways[kind]:
                del ways[kind]

    def _take(self, kind: int, best: Best) -> bool:
        """Whether it is a new pattern that pays."""
        self.ratios[kind] = min(self.ratios[kind], best.bound / self._cost[kind])
        pays = best.pattern @ self._worth > self._cost[kind] * (1 + CLOSE)
        if not pays or self._pool.has(kind, best.pattern):
            return False
        self.found.append((kind, best.pattern))
        return True

"""How little a fleet can cost: patterns of instances, generated where they pay, in fractions of instances.

Gilmore and Gomory's column generation: the linear program over the patterns known so far prices each copy; a knapsack
for each kind of instance looks for a pattern that is worth more than the kind costs. By how much the worthiest one is
bounds the cost of every fleet from below (Farley's bound).
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecs_model.planning import highs
from ecs_model.planning.columns import CLOSE, Columns, Pattern, Pool
from ecs_model.planning.shapes import NOT_OFFERED, Floats, Shapes

WAYS = ((0.5, False), (0.0, False), (0.5, True), (0.0, True))
"""One after the other, until a pattern is found: how much of the best worth so far is mixed into that of the program,
which keeps it from swinging; and whether is looked closely."""
NEAR = 0.003
"""A share of the cost that is not worth the time which whole instances need."""


@dataclass
class Relaxation:
    """The bound, what proves it, and the patterns that it is made of."""

    patterns: list[Pattern]
    amounts: Floats
    """Pattern by class of zones: how many instances, in fractions."""
    shares: Floats
    """Item by class: how many copies lie there."""
    worth: Floats
    """Class by item: of a further copy. No pattern is worth more than its kind costs."""
    bound: float
    """No fleet costs less."""
    cost: float
    """Of the amounts."""


class _Master:
    """The linear program: instances of known patterns, and copies in classes of zones."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._classes = len(shapes.classes)
        self._items = len(shapes.copies)
        self.unit = float(shapes.cost[shapes.cost != NOT_OFFERED].mean())
        """The program's unit of cost, for figures about 1."""
        self._program = highs.program(threads=1)
        self._places: list[tuple[int, int]] = []
        """Column after the shares: its pattern and its class."""
        rows = self._classes * self._items
        high = np.full(rows, highs.INFINITY)
        highs.add_rows(self._program, np.zeros(rows), high)
        copies = shapes.copies.astype(np.float64)
        highs.add_rows(self._program, copies, copies)
        self._add_shares()

    def _add_shares(self) -> None:
        items, shapes = self._items, self._shapes
        for number, zones in enumerate(shapes.classes):
            columns = np.zeros((items, (self._classes + 1) * items))
            columns[np.arange(items), number * items + np.arange(items)] = -1.0
            columns[np.arange(items), self._classes * items + np.arange(items)] = 1.0
            low, high = (bound[:, zones].sum(axis=1).astype(np.float64) for bound in (shapes.least, shapes.upper))
            highs.add_columns(self._program, np.zeros(items), columns, low, high)

    def add(self, pool: Pool, since: int) -> None:
        """The pool's patterns from `since` on, in every class where their kinds are offered."""
        for number, zones in enumerate(self._shapes.classes):
            price = self._shapes.cost[:, zones[0]]
            new = [at for at in range(since, len(pool.kinds)) if price[pool.kinds[at]] != NOT_OFFERED]
            columns = np.zeros((len(new), (self._classes + 1) * self._items))
            for row, at in enumerate(new):
                columns[row, number * self._items : (number + 1) * self._items] = pool.patterns[at]
            cost = np.array([price[pool.kinds[at]] for at in new], dtype=np.float64) / self.unit
            highs.add_columns(self._program, cost, columns)
            self._places += [(at, number) for at in new]

    def solve(self) -> tuple[float, Floats]:
        """The cost, and the worth of a copy by class and item."""
        if not highs.solved(self._program):
            raise RuntimeError("the linear program over the patterns has no solution")
        cost = float(self._program.getInfo().objective_function_value) * self.unit
        worth = np.maximum(0.0, highs.duals(self._program)[: self._classes * self._items]) * self.unit
        return cost, worth.reshape(self._classes, self._items)

    def solution(self, patterns: int) -> tuple[Floats, Floats]:
        """Of the last solution the amounts and the shares."""
        values = highs.values(self._program)
        shares = values[: self._classes * self._items].reshape(self._classes, self._items).T
        amounts = np.zeros((patterns, self._classes))
        for (at, number), amount in zip(self._places, values[self._classes * self._items :], strict=True):
            amounts[at, number] = max(0.0, amount)
        return amounts, shares


def relax(
    shapes: Shapes,
    start: Sequence[Pattern],
    until: float,
    *,
    hurry: float = math.inf,
    rounds: int | None = None,
    exact: bool = True,
) -> Relaxation:
    """The relaxation, as good as it becomes until that moment of `time.monotonic` and in so many rounds.

    From the moment `hurry` on it is good enough where the bound is `NEAR`. `start` are patterns, at least one with each
    item in each class. Without `exact` no pattern is looked for beyond those that rounding and small tables find.
    """
    pool, master = Pool(), _Master(shapes)
    columns = Columns(shapes, pool)
    for kind, pattern in start:
        pool.add(kind, pattern)
    best, best_worth = 0.0, np.zeros((len(shapes.classes), len(shapes.copies)))
    since, left = 0, rounds
    ways = WAYS if exact else [way for way in WAYS if not way[1]]
    while True:
        master.add(pool, since)
        since = len(pool.kinds)
        cost, worth = master.solve()
        left = None if left is None else left - 1
        if left == 0:
            break
        for smooth, closely in ways:
            asked = smooth * best_worth + (1 - smooth) * worth
            over = columns.look(asked, until, closely=closely)
            fair = asked / max(1.0, over)
            bound = lower_bound(shapes, fair)
            if bound > best:
                best, best_worth = bound, fair
            if len(pool.kinds) > since or (over <= 1 + CLOSE and smooth == 0) or time.monotonic() > until:
                break
        close = CLOSE if time.monotonic() < hurry else NEAR
        if len(pool.kinds) == since or best >= cost * (1 - close) or time.monotonic() > until:
            break
    amounts, shares = master.solution(since)
    known = [(kind, pattern) for kind, pattern in zip(pool.kinds[:since], pool.patterns[:since], strict=True)]
    return Relaxation(known, amounts, shares, best_worth, best, cost)


def lower_bound(shapes: Shapes, worth: Floats) -> float:
    """The least that all copies are worth, however they are shared among the classes."""
    low = np.stack([shapes.least[:, zones].sum(axis=1) for zones in shapes.classes])
    high = np.stack([shapes.upper[:, zones].sum(axis=1) for zones in shapes.classes])
    total = 0.0
    for item, copies in enumerate(shapes.copies):
        left = int(copies - low[:, item].sum())
        total += float(low[:, item] @ worth[:, item])
        for number in np.argsort(worth[:, item], kind="stable"):
            more = min(left, int(high[number, item] - low[number, item]))
            total += more * float(worth[number, item])
            left -= more
    return total

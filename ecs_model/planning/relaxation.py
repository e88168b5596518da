"""How little a fleet can cost: patterns of instances, generated where they pay, in fractions of instances.

Gilmore and Gomory's column generation: the linear program over the patterns known so far prices each copy; a knapsack
for each kind of instance looks for a pattern that is worth more than the kind costs. By how much the worthiest one is
bounds the cost of every fleet from below (Farley's bound).
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ecs_model.planning import highs
from ecs_model.planning.pricing import Best, Pricer
from ecs_model.planning.shapes import NOT_OFFERED, Floats, Ints, Shapes

Pattern = tuple[int, Ints]
"""A kind, and how many copies of each item."""
CLOSE = 1e-9
"""A share of the cost that is no difference."""
ROUNDED, SEARCHED, WHOLE = "rounded", "searched", "whole"
WAYS = ((0.5, ROUNDED), (0.0, ROUNDED), (0.0, SEARCHED), (0.0, WHOLE))
NEAR = 0.003
"""A share of the cost that is not worth the time which whole instances need."""
ENOUGH = 10
"""New patterns in each class of zones after which a round ends."""


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


@dataclass
class _Pool:
    kinds: list[int] = field(default_factory=list)
    patterns: list[Ints] = field(default_factory=list)
    known: set[tuple[int, bytes]] = field(default_factory=set)

    def add(self, kind: int, pattern: Ints) -> bool:
        key = (kind, pattern.tobytes())
        if key in self.known:
            return False
        self.known.add(key)
        self.kinds.append(kind)
        self.patterns.append(pattern)
        return True


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

    def add(self, pool: _Pool, since: int) -> None:
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
    pool, master, pricer = _Pool(), _Master(shapes), Pricer(shapes)
    for kind, pattern in start:
        pool.add(kind, pattern)
    best, best_worth = 0.0, np.zeros((len(shapes.classes), len(shapes.copies)))
    since, left = 0, rounds
    ways = WAYS if exact else WAYS[:2]
    while True:
        master.add(pool, since)
        since = len(pool.kinds)
        cost, worth = master.solve()
        left = None if left is None else left - 1
        if left == 0:
            break
        for smooth, way in ways:
            asked = smooth * best_worth + (1 - smooth) * worth
            over = _price(shapes, pricer, asked, pool, way, until)
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


def _price(shapes: Shapes, pricer: Pricer, worth: Floats, pool: _Pool, way: str, until: float) -> float:
    """Adds patterns that are worth more than they cost; the most that any may be worth, as a multiple of its cost."""
    over = 0.0
    for number, zones in enumerate(shapes.classes):
        cost = shapes.cost[:, zones[0]].astype(np.float64)
        most = np.minimum(shapes.most, shapes.upper[:, zones].max(axis=1))
        offered = shapes.cost[:, zones[0]] != NOT_OFFERED
        ratios = np.where(offered, pricer.bounds(worth[number], most) / cost, 0.0)
        found: list[Pattern] = []
        for kind in np.argsort(-ratios, kind="stable"):
            if ratios[kind] <= 1 + CLOSE or len(found) >= ENOUGH:
                break
            best = _best(
                pricer, way if time.monotonic() < until else ROUNDED, int(kind), worth[number], most[kind], cost[kind]
            )
            ratios[kind] = min(ratios[kind], best.bound / cost[kind])
            value = float(best.pattern @ worth[number]) / cost[kind]
            if value > 1 + CLOSE:
                found.append((int(kind), best.pattern))
        over = max(over, float(ratios.max()))
        for kind, pattern in found:
            pool.add(kind, pattern)
    return over


def _best(pricer: Pricer, way: str, kind: int, worth: Floats, most: Ints, cost: float) -> Best:
    if way == WHOLE:
        return pricer.whole(kind, worth, most, cost)
    if way == SEARCHED:
        return pricer.searched(kind, worth, most, cost)
    return pricer.rounded(kind, worth, most, cost * (1 + CLOSE))


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

"""The plan: the cheapest fleet that is found in the given time, and how much cheaper one could be at most."""

import math
import time
from collections.abc import Iterable, Sequence

import numpy as np

from ecs_model.planning.assembly import Assembled, Placed, assemble
from ecs_model.planning.columns import CLOSE, Pattern
from ecs_model.planning.first_fit import first_fit
from ecs_model.planning.fleet_need import Offer, Plan, PlannedInstance, Wanted
from ecs_model.planning.prices import PLAN_SECONDS
from ecs_model.planning.pricing import Pricer
from ecs_model.planning.relaxation import Relaxation, lower_bound, relax
from ecs_model.planning.rounding import demands, dive, settled
from ecs_model.planning.search import every
from ecs_model.planning.shapes import NOT_OFFERED, Floats, Shapes, shapes

MOST_PATTERNS = 20_000
"""Patterns that are looked at all together to prove a fleet the cheapest."""


def plan(wanted: Sequence[Wanted], offers: Sequence[Offer], seconds: float = PLAN_SECONDS) -> Plan:
    """The fleet for what is wanted, of what is offered.

    Small fleets are proven to be the cheapest; for large ones the bound says how far off they may be. Never worse than
    first-fit decreasing, however short the time.
    """
    until = time.monotonic() + seconds
    found, misfits = shapes(wanted, offers)
    return _Planner(found, wanted, offers, misfits, until, seconds).plan()


class _Planner:
    def __init__(
        self,
        found: Shapes,
        wanted: Sequence[Wanted],
        offers: Sequence[Offer],
        misfits: tuple[int, ...],
        until: float,
        seconds: float,
    ) -> None:
        self._shapes, self._wanted, self._offers, self._misfits = found, tuple(wanted), tuple(offers), misfits
        self._until, self._seconds = until, seconds
        offered = found.cost[found.cost != NOT_OFFERED]
        self._step = int(np.gcd.reduce(offered)) if len(offered) else 1

    def plan(self) -> Plan:
        if not len(self._shapes.items):
            return self._result([], [], 0, np.zeros((1, 0)))
        even = demands(self._shapes, None)
        first = [(zone, each) for zone in range(len(even[0])) for each in first_fit(self._shapes, zone, even[:, zone])]
        hurry, until = (self._until - part * self._seconds for part in (0.8, 0.4))
        relaxed = relax(self._shapes, self._start(first), until, hurry=hurry)
        bound = self._whole_bound(relaxed.bound)
        best = self._cheaper(first, self._settled(first))
        if self._cost(best) > bound:
            best = self._cheaper(best, self._dived(relaxed))
        if self._cost(best) > bound:
            best, bound = self._proven(relaxed, best, bound)
        return self._result(best, first, min(bound, self._cost(best)), relaxed.worth)

    def _whole_bound(self, bound: float) -> int:
        """A bound in whole steps; a little below, for the solver's figures are rounded."""
        return math.ceil(bound * (1 - 10 * CLOSE) / self._step) * self._step

    def _start(self, first: Iterable[Placed]) -> list[Pattern]:
        """The patterns of first-fit decreasing, and for every item the kinds that are cheapest for it in some zone."""
        found = [pattern for _, pattern in first]
        for item in range(len(self._shapes.items)):
            most = self._shapes.most[:, item]
            for zones in self._shapes.classes:
                cost = self._shapes.cost[:, zones[0]]
                open_ = (most > 0) & (cost != NOT_OFFERED)
                if open_.any():
                    kind = int(np.where(open_, cost / np.maximum(1, most), np.inf).argmin())
                    found.append((kind, np.where(np.arange(len(self._shapes.items)) == item, most[kind], 0)))
        return found

    def _dived(self, relaxed: Relaxation) -> list[Placed]:
        found: list[Placed] = []
        shared = demands(self._shapes, relaxed)
        for zones in self._shapes.classes:
            least = shared[:, zones].min(axis=1)
            common: list[Pattern] = []
            rest = least
            if len(zones) > 1:
                until = self._part(len(zones) + 1)
                common, rest = dive(self._shapes, zones[0], least, relaxed.patterns, until, whole_only=True)
            for number, zone in enumerate(zones):
                demand = shared[:, zone] - least + rest
                more, _ = dive(self._shapes, zone, demand, relaxed.patterns, self._part(len(zones) - number))
                found += [(zone, each) for each in settled(self._shapes, zone, common + more)]
        return found

    def _part(self, parts: int) -> float:
        """The moment at which the first of so many equal parts of the time that is left ends."""
        now = time.monotonic()
        return now + max(0.0, self._until - now) / parts

    def _proven(self, relaxed: Relaxation, best: list[Placed], bound: int) -> tuple[list[Placed], int]:
        """A better fleet, and a better bound, by looking at all patterns that a cheaper fleet can have."""
        best, _ = self._assembled(self._known(relaxed), best, self._part(3))
        before = self._cost(best)
        if before <= bound:
            return best, bound
        patterns = self._all_patterns(relaxed, before - relaxed.bound)
        if patterns is None:
            return best, bound
        best, least = self._assembled(patterns, best, self._until)
        # A cheaper fleet than the best before has these patterns alone.
        return best, max(bound, min(before, self._whole_bound(min(least, before))))

    def _assembled(self, patterns: list[Placed], best: list[Placed], until: float) -> tuple[list[Placed], float]:
        """The best fleet, perhaps of these patterns, and what none of them costs less than; 0 where time is out."""
        left = until - time.monotonic()
        if left <= 0 or len(patterns) > MOST_PATTERNS:
            return best, 0.0
        found = assemble(self._shapes, patterns, self._step, left)
        if found.instances is not None:
            best = self._cheaper(best, self._settled(self._trimmed(found)))
        return best, found.bound

    def _known(self, relaxed: Relaxation) -> list[Placed]:
        cost = self._shapes.cost
        zones = range(len(self._shapes.zones))
        return [(z, each) for each in relaxed.patterns for z in zones if cost[each[0], z] != NOT_OFFERED]

    def _all_patterns(self, relaxed: Relaxation, slack: float) -> list[Placed] | None:
        """All patterns, in every zone, that cost at most `slack` more than they are worth; None where too many are."""
        found: list[Placed] = []
        pricer = Pricer(self._shapes)
        # The worth may have been found of zones together.
        bound = lower_bound(self._shapes, relaxed.worth)
        slack = max(slack, slack + relaxed.bound - bound)
        for number, zones in enumerate(self._shapes.classes):
            worth = relaxed.worth[number]
            most = np.minimum(self._shapes.most, self._shapes.upper[:, zones].max(axis=1))
            for kind in np.flatnonzero(self._shapes.cost[:, zones[0]] != NOT_OFFERED):
                price = float(self._shapes.cost[kind, zones[0]])
                pricer.fractional(int(kind), worth, most[kind])
                target = (price - slack) * (1 - 10 * CLOSE) - 10 * CLOSE * price
                limit = MOST_PATTERNS - len(found)
                patterns = every(self._shapes, int(kind), pricer.prices[kind], worth, most[kind], target, limit)
                if patterns is None or time.monotonic() > self._until:
                    return None
                found += [(zone, (int(kind), pattern)) for zone in zones for pattern in patterns if pattern.any()]
                if len(found) > MOST_PATTERNS:
                    return None
        return found

    def _trimmed(self, found: Assembled) -> list[Placed]:
        """The instances without the copies that are too many in their zone."""
        over = -found.shares
        for zone, (_, pattern) in found.instances or ():
            over[:, zone] += pattern
        kept = []
        for zone, (kind, pattern) in found.instances or ():
            less = np.minimum(pattern, over[:, zone])
            over[:, zone] -= less
            kept.append((zone, (kind, pattern - less)))
        return [each for each in kept if each[1][1].any()]

    def _settled(self, instances: Iterable[Placed]) -> list[Placed]:
        every_ = list(instances)
        found = []
        for zone in range(len(self._shapes.zones)):
            own = [pattern for at, pattern in every_ if at == zone]
            found += [(zone, each) for each in settled(self._shapes, zone, own)]
        return found

    def _cost(self, instances: Iterable[Placed]) -> int:
        return sum(int(self._shapes.cost[kind, zone]) for zone, (kind, _) in instances)

    def _cheaper(self, one: list[Placed], other: list[Placed]) -> list[Placed]:
        return min(one, other, key=self._cost)

    def _result(self, best: list[Placed], first: list[Placed], bound: int, worth: Floats) -> Plan:
        by_zone = np.zeros((len(self._wanted), len(self._shapes.zones)))
        for number, zones in enumerate(self._shapes.classes):
            for zone in zones:
                by_zone[self._shapes.items, zone] = worth[number]
        return Plan(
            self._wanted,
            self._offers,
            tuple(self._instances(best)),
            bound,
            tuple(tuple(float(each) for each in row) for row in by_zone),
            tuple(self._shapes.zones),
            tuple(self._instances(first)),
            self._misfits,
        )

    def _instances(self, placed: Iterable[Placed]) -> Iterable[PlannedInstance]:
        for zone, (kind, pattern) in placed:
            copies = tuple((int(self._shapes.items[item]), int(pattern[item])) for item in np.flatnonzero(pattern))
            yield PlannedInstance(int(self._shapes.offer[kind, zone]), copies)

"""The cheapest fleet of given patterns, in whole instances: an integer program over instances and zones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecs_model.planning import highs
from ecs_model.planning.columns import Pattern
from ecs_model.planning.shapes import NOT_OFFERED, Ints, Shapes

Placed = tuple[int, Pattern]
"""A zone, and an instance there."""


@dataclass(frozen=True)
class Assembled:
    """The best fleet of the patterns."""

    instances: list[Placed] | None
    """None where none was found. Copies may be more than `shares` says."""
    shares: Ints
    """Item by zone: copies."""
    bound: float
    """No fleet of the patterns costs less; infinite where there is none."""


def assemble(shapes: Shapes, patterns: Sequence[Placed], step: int, seconds: float) -> Assembled:
    """The cheapest fleet of these patterns, each any number of times in its zone; `step` divides every cost."""
    items, zones = shapes.least.shape
    unit = float(shapes.cost[shapes.cost != NOT_OFFERED].mean())
    program = highs.program(threads=1, time_limit=seconds, mip_rel_gap=0.0, mip_abs_gap=0.9 * step / unit)
    rows, groups = zones * items, len(shapes.groups)
    highs.add_rows(program, np.zeros(rows), np.full(rows, highs.INFINITY))
    copies = shapes.copies.astype(np.float64)
    highs.add_rows(program, copies, copies)
    even = [
        shapes.copies[each].sum() / max(1, np.count_nonzero(shapes.upper[each].sum(axis=0))) for each in shapes.groups
    ]
    highs.add_rows(program, np.floor(np.tile(even, zones)), np.ceil(np.tile(even, zones)))
    for zone in range(zones):
        share = np.zeros((items, rows + items + zones * groups))
        share[np.arange(items), zone * items + np.arange(items)] = -1.0
        share[np.arange(items), rows + np.arange(items)] = 1.0
        for number, each in enumerate(shapes.groups):
            share[each, rows + items + zone * groups + number] = 1.0
        low, high = (part[:, zone].astype(np.float64) for part in (shapes.least, shapes.upper))
        highs.add_columns(program, np.zeros(items), share, low, high, integer=True)
    columns = np.zeros((len(patterns), rows + items + zones * groups))
    for row, (zone, (_, pattern)) in enumerate(patterns):
        columns[row, zone * items : (zone + 1) * items] = pattern
    cost = np.array([shapes.cost[kind, zone] for zone, (kind, _) in patterns], dtype=np.float64) / unit
    highs.add_columns(program, cost, columns, integer=True)
    best = highs.solved(program)
    if not highs.has_solution(program):
        return Assembled(None, shapes.least, float("inf") if highs.infeasible(program) else 0.0)
    values = np.round(highs.values(program)).astype(np.int64)
    amounts, shares = values[rows:], values[:rows].reshape(zones, items).T
    instances = [each for each, amount in zip(patterns, amounts, strict=True) for _ in range(amount)]
    found = sum(int(shapes.cost[kind, zone]) for zone, (kind, _) in instances)
    # With every cost a multiple of the step, what is closer than one step is equal.
    return Assembled(instances, shares, float(found) if best else float(program.getInfo().mip_dual_bound) * unit)

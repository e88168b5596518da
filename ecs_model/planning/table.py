"""The worthiest pattern by a table over all that can be left of an instance: exact, where sizes have a common measure.

People write 256 CPU units and 512 MiB; on such a grid a small instance has a few thousand states.
"""

import numpy as np

from ecs_model.planning.search import Found
from ecs_model.planning.shapes import Floats, Ints, Shapes

SMALL, LARGE = 1_000_000, 16_000_000
"""States times steps above which a table takes longer than other ways: some 2 ms and 30 ms."""


def tabulated(
    shapes: Shapes, kind: int, prices: Floats, worth: Floats, most: Ints, target: float, work: int
) -> Found | None:
    """As `search`, and always exact; None where the table would be more than `work`."""
    gains = worth - shapes.weights @ prices
    top = float(prices @ shapes.capacity[kind] + np.maximum(0.0, gains) @ most)
    slack = max(0.0, top - target)
    low, high = _limits(gains, worth, most, slack)
    left = shapes.capacity[kind] - low @ shapes.weights
    if (left < 0).any():
        # No pattern that is worth more lacks so few copies.
        return Found(None, target)
    free = np.flatnonzero(high > low)
    grid = shapes.weights[free]
    used = grid.any(axis=0)
    measure = np.gcd.reduce(grid[:, used], axis=0) if len(free) else np.ones(0, dtype=np.int64)
    grid, size = (
        grid[:, used] // measure,
        np.minimum(left[used] // measure, (high - low)[free] @ (grid[:, used] // measure)),
    )
    steps = [(at, copies) for at in range(len(free)) for copies in _portions(int((high - low)[free[at]]))]
    states = float(np.prod(size + 1.0))
    if states * len(steps) > work:
        return None
    pattern = low.copy()
    for at, copies in _best(grid, size, worth[free], steps):
        pattern[free[at]] += copies
    value = float(pattern @ worth)
    return Found(pattern, value) if value > target else Found(None, target)


def _limits(gains: Floats, worth: Floats, most: Ints, slack: float) -> tuple[Ints, Ints]:
    """How many copies of each item a pattern has at least and at most that comes within `slack` of the bound."""
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = np.where(gains == 0, np.inf, slack / np.abs(gains))
    steps = np.minimum(most, np.where(np.isfinite(deviation), deviation, most) + 1e-6).astype(np.int64)
    low = np.where(gains > 0, most - steps, 0)
    high = np.where((gains > 0) | (worth <= 0), most, steps)
    return low, np.where(worth > 0, high, low)


def _portions(copies: int) -> list[int]:
    """Numbers any of whose sums make up every number up to `copies`."""
    found, portion = [], 1
    while copies > 0:
        found.append(min(portion, copies))
        copies -= found[-1]
        portion *= 2
    return found


def _best(grid: Ints, size: Ints, worth: Floats, steps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The steps that make up the worthiest pattern within `size`."""
    # Rows of numbers side by side are fast where they are long.
    longest_last = np.argsort(size, kind="stable")
    grid, size = grid[:, longest_last], size[longest_last]
    table = np.zeros(tuple(size + 1))
    taken: list[np.ndarray | None] = []
    for at, copies in steps:
        takes = grid[at] * copies
        if (takes > size).any():
            taken.append(None)
            continue
        upper = table[tuple(slice(int(each), None) for each in takes)]
        lower = table[tuple(slice(0, int(whole - each) + 1) for each, whole in zip(takes, size, strict=True))]
        better = lower + worth[at] * copies
        gained = better > upper
        np.maximum(upper, better, out=upper)
        taken.append(gained)
    found, cell = [], size.copy()
    for (at, copies), gained in zip(reversed(steps), reversed(taken), strict=True):
        takes = grid[at] * copies
        if gained is not None and (cell >= takes).all() and gained[tuple(cell - takes)]:
            found.append((at, copies))
            cell = cell - takes
    return found

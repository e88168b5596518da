"""The planning problem in numbers: what instances hold, what copies take, and in which zones they may be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecs_model.fleet import ContainerInstance
from ecs_model.network_modes import Protocol
from ecs_model.placement import copies_on
from ecs_model.planning.fleet_need import Offer, Wanted
from ecs_model.refusals import MOST_RESERVED_PORTS
from ecs_model.task_needs import HostPort, Task

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NOT_OFFERED = np.iinfo(np.int64).max
"""The cost of a kind where it is not to be had."""


@dataclass
class Shapes:
    """Items (what is wanted) by kinds (offers that differ in their zone and cost alone) and zones.

    A kind holds a pattern, copies of each item, exactly where these take no more than its capacity in any dimension
    and no item has more copies than it could have alone.
    """

    zones: list[str]
    weights: Ints
    """Item by dimension: what a copy takes."""
    capacity: Ints
    """Kind by dimension: what an instance has."""
    most: Ints
    """Kind by item: the most copies of one item."""
    cost: Ints
    """Kind by zone."""
    offer: Ints
    """Kind by zone: the position of the offer; -1 where there is none."""
    copies: Ints
    """Item: how many are wanted."""
    least: Ints
    """Item by zone: the fewest copies there."""
    upper: Ints
    """Item by zone: the most copies there."""
    items: Ints
    """Item: the position of what is wanted, for what fits nowhere is no item."""
    groups: list[list[int]] = field(default_factory=list)
    """Items whose sums are spread as well: in any two zones they differ by one at most."""
    classes: list[list[int]] = field(default_factory=list)
    """The zones that nothing tells apart."""


def shapes(wanted: Sequence[Wanted], offers: Sequence[Offer]) -> tuple[Shapes, tuple[int, ...]]:
    """The problem, and the positions of what fits no offer."""
    zones = sorted({offer.instance.zone for offer in offers})
    dimensions = _dimensions([each.task for each in wanted])
    counts = _Counts(wanted)
    kinds: dict[Any, int] = {}
    capacity, most, places = [], [], []
    for position, offer in enumerate(offers):
        row = counts.on(offer.instance)
        has = tuple(amount(offer.instance) for amount, _ in dimensions)
        key = (offer.instance.instance_type, offer.instance.capacity_provider, has, row)
        if key not in kinds:
            kinds[key] = len(kinds)
            capacity.append(has)
            most.append(row)
        places.append((kinds[key], zones.index(offer.instance.zone), position))
    cost = np.full((len(kinds), len(zones)), NOT_OFFERED)
    at = np.full((len(kinds), len(zones)), -1)
    for kind, zone, position in places:
        if offers[position].cost < cost[kind, zone]:
            cost[kind, zone], at[kind, zone] = offers[position].cost, position
    fits = np.array(most, dtype=np.int64).reshape(len(kinds), len(wanted))
    there = np.einsum("kz,ki->iz", cost != NOT_OFFERED, fits) > 0
    copies = np.array([each.copies for each in wanted], dtype=np.int64)
    items = np.flatnonzero((copies > 0) & there.any(axis=1))
    misfits = tuple(int(each) for each in np.flatnonzero((copies > 0) & ~there.any(axis=1)))
    kept = [wanted[each] for each in items.tolist()]
    least, upper = _zone_bounds(copies[items], there[items], [each.spread for each in kept])
    found = Shapes(
        zones,
        np.array([[takes(each.task) for _, takes in dimensions] for each in kept], dtype=np.int64).reshape(
            len(items), len(dimensions)
        ),
        np.array(capacity, dtype=np.int64).reshape(len(kinds), len(dimensions)),
        np.minimum(fits[:, items], upper.max(axis=1, initial=0)),
        cost,
        at,
        copies[items],
        least,
        upper,
        items,
        _groups(kept, there[items]),
    )
    if len(items):
        reduce(found)
    return found, misfits


class _Counts:
    """How many copies of each of the wanted an instance holds, asked once of instances that differ by zone alone."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self._tasks = [each.task for each in wanted]
        self._known: dict[Any, dict[int, int]] = {}

    def on(self, instance: ContainerInstance) -> tuple[int, ...]:
        alike = (instance.instance_type, instance.capacity_provider, instance.remaining, instance.ports)
        known = self._known.setdefault(alike, {})
        return tuple(self._of(position, task, instance, known) for position, task in enumerate(self._tasks))

    def _of(self, position: int, task: Task, instance: ContainerInstance, known: dict[int, int]) -> int:
        if task.zones or task.expressions or task.attributes:
            return copies_on(task, instance)
        if position not in known:
            known[position] = copies_on(task, instance)
        return known[position]


def _dimensions(tasks: Sequence[Task]) -> list[tuple[Any, Any]]:
    """What limits how many tasks an instance holds: what it has of it, and what a task takes."""
    found: list[tuple[Any, Any]] = [
        (lambda i: i.remaining.cpu, lambda t: t.cpu),
        (lambda i: i.remaining.memory, lambda t: t.memory),
        (lambda i: i.remaining.gpus, lambda t: t.gpus),
        (lambda i: i.remaining.network_interfaces, lambda t: t.needs.network_interfaces),
        (lambda i: MOST_RESERVED_PORTS - i.reserved_ports, lambda t: len(t.host_ports)),
    ]
    found += [_dynamic(protocol) for protocol in Protocol]
    # A port that one task alone has is no matter: of that task an instance holds one copy at most.
    found += [_port(port) for port in sorted(_shared_ports(tasks))]
    return [(amount, takes) for amount, takes in found if any(takes(task) for task in tasks)]


def _dynamic(protocol: Protocol) -> tuple[Any, Any]:
    return (lambda i: i.free_dynamic_ports(protocol)), (lambda t: t.dynamic_ports.count(protocol))


def _port(port: HostPort) -> tuple[Any, Any]:
    return (lambda i: int(port not in i.ports)), (lambda t: int(port in t.host_ports))


def _shared_ports(tasks: Sequence[Task]) -> Iterator[HostPort]:
    every = [port for task in tasks for port in task.host_ports]
    return (port for port in set(every) if every.count(port) > 1)


def _zone_bounds(copies: Ints, there: Flags, spread: Sequence[bool]) -> tuple[Ints, Ints]:
    number = np.maximum(1, there.sum(axis=1))
    even = np.array(spread, dtype=bool)
    least = np.where(even, copies // number, 0)[:, None] * there
    upper = np.where(even, -(-copies // number), copies)[:, None] * there
    return least, upper


def _groups(kept: Sequence[Wanted], there: Flags) -> list[list[int]]:
    alike: dict[str, list[int]] = {}
    for item, each in enumerate(kept):
        if each.spread:
            alike.setdefault(each.name, []).append(item)
    several = (items for items in alike.values() if len(items) > 1)
    return [items for items in several if bool(np.all(there[items] == there[items[0]]))]


def reduce(found: Shapes) -> None:
    """Leaves out kinds that another one replaces at no more cost, and dimensions that limit nothing."""
    total = found.upper.max(axis=1, initial=0) @ found.weights
    found.capacity = np.minimum(found.capacity, total)
    # A single task may take more ports of one number than there are, where most says 0 already.
    keep = _undominated(found)
    for name in ("capacity", "most", "cost", "offer"):
        setattr(found, name, getattr(found, name)[keep])
    binding: Flags = np.any(found.most @ found.weights > found.capacity, axis=0)
    # One at least, for arrays without dimensions are nothing to calculate with.
    binding[:1] |= not binding.any()
    found.weights, found.capacity = found.weights[:, binding], found.capacity[:, binding]
    alike: dict[bytes, list[int]] = {}
    for zone in range(len(found.zones)):
        seen = b"".join(part[:, zone].tobytes() for part in (found.cost, found.least, found.upper))
        alike.setdefault(seen, []).append(zone)
    found.classes = list(alike.values())


def _undominated(found: Shapes) -> Flags:
    gain = np.concatenate([found.capacity, found.most, -found.cost], axis=1)
    keep: Flags = np.any(found.most > 0, axis=1)
    # The cheapest first: these replace most.
    for kind in np.argsort(found.cost.min(axis=1), kind="stable"):
        if keep[kind]:
            worse = np.all(gain <= gain[kind], axis=1)
            worse[kind] = False
            keep[worse] = False
    return keep

"""Whether the instances that capacity may have at most hold all tasks that are wanted there at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ecs_model.fitting import Demand
from ecs_model.instance_types import InstanceType, known


@dataclass(frozen=True)
class Wanted:
    """Copies of one task."""

    count: int
    demand: Demand
    own_interface: bool
    """Whether each has a network interface of its own (awsvpc)."""


@dataclass(frozen=True)
class Fleet:
    """Instances of some types, as many as there may be at most."""

    instances: int
    types: tuple[str, ...]


def lacking(wanted: Sequence[Wanted], fleets: Sequence[Fleet], trunking: bool = False) -> Iterator[str]:
    """What the fleets lack for the tasks even when every instance is of the type that has the most of it.

    Each is the end of a sentence: `want 5 …, and … are at most 4`. Nothing where a type is not known, or none is named.
    With `trunking` instances hold more awsvpc tasks than they have network interfaces.
    """
    if not fleets or any(len(known(fleet.types)) < max(1, len(fleet.types)) for fleet in fleets):
        return
    memory = sum(one.count * one.demand.memory for one in wanted)
    cpu = sum(one.count * one.demand.cpu for one in wanted)
    interfaces = sum(one.count for one in wanted if one.own_interface)
    yield from _short(memory, sum(_most(fleet, "memory") for fleet in fleets), "MiB")
    yield from _short(cpu, sum(_most(fleet, "cpu") for fleet in fleets), "CPU units")
    if not trunking:
        free = sum(_most(fleet, "network_interfaces") - fleet.instances for fleet in fleets)
        yield from _short(interfaces, free, "network interfaces of their own")


def _most(fleet: Fleet, what: str) -> int:
    def has(type_: InstanceType) -> int:
        amount = getattr(type_, what)
        assert isinstance(amount, int)
        return amount

    return fleet.instances * max(has(type_) for type_ in known(fleet.types))


def _short(wanted: int, most: int, unit: str) -> Iterator[str]:
    if wanted > most:
        yield f"want {wanted} {unit}, and there are at most {most}"

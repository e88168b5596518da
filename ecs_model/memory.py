"""How much memory a container instance registers, and whether a task fits, before anyone has seen it register."""

from enum import Enum

from ecs_model.instance_types import InstanceType, larger_siblings

OVERHEAD = 0.075
"""The share of the installed memory that firmware and kernel take at most.

Karpenter's assumption, which overestimates on no known type (kubernetes-sigs/karpenter#1542); the agent registers
MemTotal, so an m4.large of 8,192 MiB shows 7,985.
"""

LEAST_MEMORY = 6
"""MiB that a container or a task has at least."""


class Fit(Enum):
    """Whether a task fits an empty container instance."""

    SURELY = "fits"
    PERHAPS = "may not fit"
    NEVER = "cannot fit"


def placed_memory(memory: int | None, reservation: int | None) -> int:
    """MiB that placement counts for a container: the reservation where there is one, else the limit."""
    return reservation or memory or 0


def surely_registered(installed: int, reserved: int = 0) -> int:
    """MiB that an instance of `installed` MiB registers at least, with `reserved` MiB (`ECS_RESERVED_MEMORY`) kept."""
    return max(0, int(installed * (1 - OVERHEAD)) - reserved)


def fit(needed: int, instance_type: InstanceType, reserved: int = 0) -> Fit:
    """Whether a task that needs `needed` MiB fits an empty instance; `reserved` is `ECS_RESERVED_MEMORY` in MiB."""
    if needed <= surely_registered(instance_type.memory, reserved):
        return Fit.SURELY
    return Fit.PERHAPS if needed <= instance_type.memory - reserved else Fit.NEVER


def advice(needed: int, type_: InstanceType, reserved: int = 0) -> str:
    """What to do where a task may not or cannot fit: the memory that is sure, less that is kept, the next type that is.

    What is kept from tasks (`reserved`, MiB) is named where the task would fit without it.
    """
    sure = surely_registered(type_.memory, reserved)
    wanted = next((t.name for t in larger_siblings(type_) if fit(needed, t, reserved) is Fit.SURELY), None)
    ways = [f"keep it within {sure} MiB to be sure"] if sure >= LEAST_MEMORY else []
    if reserved and (room := surely_registered(type_.memory) - needed) >= 0:
        ways.append(f"reserve at most {room} MiB (agent.reservedMemory, ECS_RESERVED_MEMORY)")
    ways.append(f"use a larger instance type{f' ({wanted} is the next)' if wanted else ''}")
    *before, last = ways
    text = f"{', '.join(before)}, or {last}" if before else last
    return text[0].upper() + text[1:]

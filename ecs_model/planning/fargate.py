"""What tasks would take on Fargate, which has sizes of its own.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
"""

from collections.abc import Iterator, Sequence

from ecs_model.images import Architecture
from ecs_model.planning.fleet_need import Wanted
from ecs_model.planning.prices import Prices
from ecs_model.task_needs import Task

_MEMORY = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}
"""The sizes of memory in MiB by CPU units."""


def sizes() -> Iterator[tuple[int, int]]:
    """Every size of a Linux task on Fargate: CPU units and MiB."""
    for cpu, memories in _MEMORY.items():
        for memory in memories:
            yield cpu, memory


def hourly(task: Task, prices: Prices, architecture: Architecture) -> float | None:
    """The cheapest size that holds a task; None where none does, or where the price is not known."""
    price = prices.fargate.get((task.architecture or architecture).value)
    if price is None or task.gpus:
        return None
    holding = [(cpu, memory) for cpu, memory in sizes() if cpu >= task.cpu and memory >= task.memory]
    return min((cpu / 1024 * price.vcpu + memory / 1024 * price.gib for cpu, memory in holding), default=None)


def fleet_hourly(
    wanted: Sequence[Wanted], prices: Prices, architectures: Sequence[Architecture]
) -> tuple[float, list[str]]:
    """All copies on Fargate, and the names of what cannot be there or has no price."""
    total, without = 0.0, []
    for each, architecture in zip(wanted, architectures, strict=True):
        cost = hourly(each.task, prices, architecture)
        if cost is None:
            without.append(each.name)
        else:
            total += cost * each.copies
    return total, without

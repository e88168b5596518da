"""What a task as a whole may ask for: shared namespaces, an architecture, and the instances it is placed on.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from ecs_model.capacity import CapacitySettings
from ecs_model.containers import Container
from ecs_model.images import Architecture
from ecs_model.placement_rules import expression_problems
from ecs_model.problem import Problem, under


class PidMode(StrEnum):
    """Whose processes a task's containers see, other than their own."""

    HOST = "host"
    """All of the container instance."""
    TASK = "task"
    """Each other's."""


class IpcMode(StrEnum):
    """With whom a task's containers share memory segments, semaphores and message queues."""

    HOST = "host"
    """With the container instance, and all tasks of this mode on it."""
    TASK = "task"
    """With each other."""
    NONE = "none"
    """With nobody."""


def task_option_problems(
    containers: Mapping[str, Container], ipc_mode: IpcMode | None, placement_constraints: Sequence[str]
) -> Iterator[Problem]:
    """What ECS would refuse, or what would do nothing, in these options."""
    yield from under(expression_problems(placement_constraints), "placementConstraints")
    if ipc_mode is not None:
        for name, container in containers.items():
            yield from _ipc_problems(name, container, ipc_mode)


def _ipc_problems(name: str, container: Container, ipc_mode: IpcMode) -> Iterator[Problem]:
    for control in container.system_controls:
        if ipc_mode is IpcMode.HOST and not control.startswith("net."):
            yield Problem(
                ("containers", name, "systemControls", control),
                "cannot be set with ipcMode host, for it would be the instance's: leave one of the two out",
            )
    linux = container.linux_parameters
    if linux is not None and linux.shared_memory_size is not None and ipc_mode is not IpcMode.TASK:
        yield Problem(
            ("containers", name, "linuxParameters", "sharedMemorySize"),
            f"does nothing with ipcMode {ipc_mode.value}, which gives no /dev/shm of its own: leave one of the two out",
        )


def architecture_problems(wanted: Architecture | None, capacity: Mapping[str, CapacitySettings]) -> Iterator[Problem]:
    """Capacity of another architecture, on which the task would wait for ever."""
    for name, settings in capacity.items():
        found = settings.image_architecture
        if wanted is not None and found is not wanted:
            yield Problem(
                ("cpuArchitecture",),
                f"{wanted.value} is not that of capacity {name} ({found.value}): correct it, or use a "
                f"capacityProviderStrategy without {name}",
            )

"""Rules on the memory of one task definition."""

from collections.abc import Iterator

from ecs_model.memory import LEAST_MEMORY
from policies.rule import HIGH, MANDATORY, Finding, Options, Verdict, each, rule
from policies.views.container import ContainerDefinition
from policies.views.task_definition import TaskDefinition

_SOURCE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"


@rule(
    id="ecs-task-definition-memory",
    title="Every container has memory or memoryReservation, or its task has memory",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses a task definition on EC2 whose containers' memory is given nowhere: placement counts it.",
    fix="Set memory or memoryReservation (MiB) on the container, or memory on the task.",
    source=_SOURCE,
)
def memory_is_given(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """The memory of every container is given, by itself or by the task."""

    def given(container: ContainerDefinition) -> Iterator[Verdict]:
        if container.memory is None and container.memory_reservation is None:
            yield Finding(
                f"container {container.name} has neither memory nor memoryReservation, nor has the task memory"
            )

    if not task.elsewhere and not task.properties.given("memory"):
        yield from each(task.containers, given)


@rule(
    id="ecs-task-definition-memory-limits",
    title="Containers' memory is enough for Docker, at least its reservation and within the task's",
    severity=HIGH,
    level=MANDATORY,
    why="Docker does not start a container with less than 6 MiB, and ECS refuses a task definition with a "
    "memoryReservation above memory, a container whose memory is above the task's, or containers that together reserve "
    "more than the task has.",
    fix="Correct memory and memoryReservation of the container, or memory of the task.",
    source=_SOURCE,
)
def memory_limits(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """At least 6 MiB, memoryReservation at most memory, and within the task's both each container's memory and the sum
    of what they reserve."""
    if not task.elsewhere:
        yield from each(task.containers, _own_limits)
        yield from each(task.containers, lambda container: _within(task, container))
        yield from each([task], _total)


def _own_limits(container: ContainerDefinition) -> Iterator[Verdict]:
    memory, reservation = container.memory, container.memory_reservation
    for key, value in (("memory", memory), ("memoryReservation", reservation)):
        if value is not None and value < LEAST_MEMORY:
            yield Finding(f"container {container.name} has {key} {value} MiB, less than {LEAST_MEMORY}")
    if memory is not None and reservation is not None and memory < reservation:
        yield Finding(
            f"container {container.name} has memoryReservation {reservation} MiB, more than its memory {memory} MiB"
        )


def _within(task: TaskDefinition, container: ContainerDefinition) -> Iterator[Verdict]:
    memory = container.memory
    limit = task.memory if memory is not None else None
    if memory is not None and limit is not None and memory > limit:
        yield Finding(f"container {container.name} has memory {memory} MiB, more than the {limit} MiB of the task")


def _total(task: TaskDefinition) -> Iterator[Verdict]:
    limit = task.memory
    if limit is None:
        return
    needed = sum(container.placed_memory for container in task.containers)
    if needed > limit:
        yield Finding(f"its containers reserve {needed} MiB together, more than the {limit} MiB of the task")

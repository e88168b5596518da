"""Rules on whether the container instances of a service have what its tasks need."""

from collections.abc import Iterator
from functools import partial

from ecs_model.fitting import Demand, best_fit, shortages_of_largest, shortages_of_smallest
from ecs_model.instance_types import largest
from ecs_model.memory import Fit
from policies.placement import Room, placed
from policies.rule import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.service import Service
from policies.views.task_definition import TaskDefinition


@rule(
    id="ecs-task-definition-fits-instances",
    title="A service's tasks fit an instance type that they may be placed on",
    severity=HIGH,
    level=MANDATORY,
    why="A task that needs more memory or CPU than any container instance has is never placed: the service stays "
    "without tasks, and its deployment fails.",
    fix="Lower what the task reserves, or use larger instance types.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html",
)
def fits_instances(stack: Stack, options: Options) -> Iterator[Verdict]:
    """At least one instance type of a service's capacity providers, or of its cluster's instances where it has a launch
    type, may have the memory and has the CPU units that its task needs.

    Not judged where capacity lies outside the program, or a type is described instead of named, or newer than the
    table of types.
    """

    def holds(service: Service) -> Iterator[Verdict]:
        for task, places in placed(stack, service):
            if not _nowhere(task, places):
                continue
            type_ = largest([name for room in places for name in room.types])
            has = f"{type_.name} ({type_.memory} MiB installed, {type_.cpu} CPU units)" if type_ else "none"
            yield Finding(
                f"a task of {task.demand} cannot fit any instance type that {service} may use; the largest is {has}",
                task,
            )

    yield from each(stack.all(Service), holds)


@rule(
    id="ecs-task-definition-may-not-fit",
    title="A service's tasks surely fit the instances that are started for them",
    severity=MEDIUM,
    level=ADVISORY,
    why="An instance registers less memory than is installed, and managed scaling starts none for a task that the "
    "smallest instance type of a group cannot hold: the task waits as PROVISIONING.",
    fix="Lower what the task reserves, or use larger instance types.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-scaling-behavior.html",
)
def may_not_fit(stack: Stack, options: Options) -> Iterator[Verdict]:
    """What a task needs surely fits the smallest instance type of each capacity provider with managed scaling, and the
    largest of other instances. What fits no type at all is ecs-task-definition-fits-instances' to find."""

    def fits(service: Service) -> Iterator[Verdict]:
        for task, places in placed(stack, service):
            if not _nowhere(task, places):
                yield from each(_judged_apart(task, places), partial(_doubts, task))

    yield from each(stack.all(Service), fits)


def _nowhere(task: TaskDefinition, places: list[Room]) -> bool:
    """Whether a task fits none of its places for certain. Raises Unknown."""
    return all(_fit(task.demand, room) is Fit.NEVER for room in places)


def _fit(demand: Demand, room: Room) -> Fit | None:
    # Reserved memory makes nothing fit better, so that the user data need not be known for what is too large anyway.
    without = best_fit(demand, room.types)
    return without if without in (Fit.NEVER, None) else best_fit(demand, room.types, room.launches.reserved_memory)


def _judged_apart(task: TaskDefinition, places: list[Room]) -> list[Room]:
    """The places that have to hold the task each by itself: all capacity providers of a strategy get their share, while
    a launch type takes whichever instance has room."""
    if all(room.provider for room in places):
        return places
    return [] if any(_fit(task.demand, room) in (Fit.SURELY, None) for room in places) else places


def _doubts(task: TaskDefinition, room: Room) -> Iterator[Verdict]:
    reserved = room.launches.reserved_memory
    found = shortages_of_smallest(task.demand, room.types, str(room), reserved)
    if found and not (room.provider and room.provider.managed_scaling):
        found = shortages_of_largest(task.demand, room.types, str(room), reserved)
    yield from (Finding(shortage.what, task, f"{shortage.advice}.") for shortage in found)

"""What `why` is asked about: a service, or a task definition that RunTask would start by the cluster's strategy."""

from __future__ import annotations

from ecs_model.instance_source import short
from ecs_model.task_needs import Task
from operations import conversion
from operations.aws import Aws, NotReadError, Target
from operations.conversion import Answer
from operations.reading import Gathered, Reader, Say, gather, snapshot_of
from operations.snapshot import Service, Snapshot


class UnknownError(Exception):
    """Neither a service nor a task definition; a sentence says so."""


def read(aws: Aws, target: Target, name: str, say: Say = lambda _: None) -> tuple[Snapshot, Service]:
    """The cluster, and the service or else the task definition called `name`.

    With a colon it is a definition: FAMILY:REVISION, or an ARN; for FAMILY a service's key in the stack does as well.
    Raises UnknownError, and as `reading.read`.
    """
    reader = Reader(aws, target.cluster, say)
    told = gather(reader)
    snapshot = snapshot_of(reader, told, activities=True)
    service = snapshot.service(target.services.get(name, name))
    if service is not None and ":" not in name:
        return snapshot, service
    unread = [each.why for each in snapshot.missing if "Service" in each.action]
    if unread and ":" not in name:
        raise UnknownError(f"the services of {snapshot.cluster} were not read: {'; '.join(unread)}")
    asked = _by_key(target, snapshot, name)
    try:
        definition: Answer = aws.call("ecs", "DescribeTaskDefinition", taskDefinition=asked)["taskDefinition"]
    except NotReadError as error:
        known = ", ".join(each.name for each in snapshot.services) or "none"
        theirs = ", ".join(sorted({each.definition for each in snapshot.services})) or "none"
        raise UnknownError(
            f"there is no service {name!r} in {snapshot.cluster}: its services are {known}; "
            f"and no task definition {asked!r} (those of its services are {theirs}): {error}"
        ) from None
    return snapshot, _alone(told, definition)


def _by_key(target: Target, snapshot: Snapshot, name: str) -> str:
    """KEY:REVISION as FAMILY:REVISION, where KEY is a service's in the stack; anything else as it is."""
    key, _, revision = name.partition(":")
    service = snapshot.service(target.services[key]) if key in target.services else None
    return f"{service.definition.rpartition(':')[0]}:{revision}" if service and revision else name


def _alone(told: Gathered, definition: Answer) -> Service:
    """A task of no service as `why` looks at one: where RunTask puts it by default, and what waits already."""
    group = f"family:{definition['family']}"
    own = [task for task in told.tasks if task.get("group") == group]
    default = conversion.strategy(told.about.get("defaultCapacityProviderStrategy", []))
    tasks: tuple[Task, ...] = ()
    problem = ""
    try:
        tasks = conversion.tasks_alone(definition, group, default)
    except ValueError as error:
        problem = conversion.problem(error)
    waiting = tuple(short(task["taskArn"]) for task in own if conversion.waits(task))
    return Service(
        name="",
        definition=short(definition["taskDefinitionArn"]),
        desired=len(own),
        running=sum(task.get("lastStatus") == "RUNNING" for task in own),
        pending=len(waiting),
        tasks=tasks,
        problem=problem,
        waiting=waiting,
    )

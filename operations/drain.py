"""`drain`: whether the tasks of a container instance fit elsewhere, then DRAINING, then how it empties."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ecs_model.drain import DrainPlan, drain_plan
from ecs_model.fleet import ContainerInstance, Fleet, PlacedTask, Status
from ecs_model.instance_source import short
from ecs_model.task_needs import SERVICE
from operations.aws import Aws, AwsError, NotReadError
from operations.conversion import Answer
from operations.naming import NotOneError, the_one
from operations.reading import PAGE, Reader, Say, batches, gather, snapshot_of
from operations.report import Model, NotRead, Report, common
from operations.snapshot import Missing, Provider, Snapshot

Fate = Literal["moves", "waits", "stranded", "protected", "standalone", "daemon"]


class DrainedTask(Model):
    """A task of the instance, and what becomes of it."""

    id: str
    service: str
    """The service's name, else the task's group."""
    fate: Fate
    """moves: fits elsewhere. waits: for an instance that managed scaling starts. stranded: fits nowhere.

    protected: by its service. standalone: of no service. daemon: stops last.
    """
    to: str
    """Where it fits, at present: the EC2 instance; for one that waits the capacity provider; else empty."""
    protected_until: datetime | None


class DrainReport(Report):
    """What draining the instance does; `findings` are what speaks against it."""

    instance: str
    """The container instance's id."""
    ec2_instance_id: str
    status: str
    """Its status before anything was done."""
    tasks: list[DrainedTask]


@dataclass(frozen=True)
class Drain:
    """An instance that may be drained."""

    report: DrainReport
    instance: ContainerInstance
    unsure: bool
    """Whether something was not read, without which nobody can say that the tasks fit elsewhere."""


def prepare(aws: Aws, cluster: str, name: str, say: Say = lambda _: None) -> Drain:
    """What draining the instance called `name` would do. Raises NotOneError, and as `reading.read`."""
    reader = Reader(aws, cluster, say)
    snapshot = snapshot_of(reader, gather(reader))
    unread = [each.why for each in reader.missing if "ContainerInstances" in each.action]
    if unread:
        raise NotOneError(f"the container instances were not all read: {'; '.join(unread)}")
    instance = _named(snapshot.fleet, name)
    reader.progress("task protection")
    until = _protected(reader, [t.id for t in instance.tasks if t.task.group.startswith(SERVICE)])
    strategies = {service.group: service.strategies for service in snapshot.services}
    plan = drain_plan(snapshot.fleet, instance.id, strategies, protected=set(until), room=_room(snapshot, instance))
    missing = [NotRead(action=each.action, why=each.why) for each in reader.missing]
    report = DrainReport(
        **{**common(snapshot), "missing": missing, "calls": dict(aws.calls)},
        findings=list(_findings(plan)),
        instance=instance.id,
        ec2_instance_id=instance.ec2_instance_id,
        status=instance.status.value,
        tasks=[_row(placed, plan, snapshot.fleet, until) for placed in instance.tasks],
    )
    return Drain(report, instance, any(_decides(each) for each in reader.missing))


def _decides(missing: Missing) -> bool:
    """Whether what was not read decides where tasks fit; images and groups do not."""
    return missing.action.startswith("ecs:") or missing.action == "ec2:DescribeSubnets"


def _named(fleet: Fleet, name: str) -> ContainerInstance:
    for instance in fleet.instances.values():
        if instance.ec2_instance_id == name:
            return instance
    if name.startswith("i-"):
        raise NotOneError(f"no container instance of the cluster is {name!r}: see `capacity` for those there are")
    return fleet.instances[the_one(name, fleet.instances, "container instance")]


def _protected(reader: Reader, ids: Collection[str]) -> dict[str, datetime | None]:
    """When protection ends, by the id of each protected task."""
    found: dict[str, datetime | None] = {}
    for some in batches(sorted(ids), PAGE):
        answer = reader.call("ecs", "GetTaskProtection", cluster=reader.cluster, tasks=some)
        told: list[Answer] = answer.get("protectedTasks", [])
        found.update({short(t["taskArn"]): t.get("expirationDate") for t in told if t.get("protectionEnabled")})
    return found


def _room(snapshot: Snapshot, instance: ContainerInstance) -> int:
    """How many instances managed scaling may add to the instance's capacity provider."""
    own: list[Provider] = [each for each in snapshot.providers if each.name == instance.capacity_provider]
    return sum(max(0, each.group.largest - each.group.desired) for each in own if each.group and each.scaling)


def _findings(plan: DrainPlan) -> Iterator[str]:
    for placed in plan.stranded:
        yield f"task {placed.id} of {_owner(placed)} fits on no other instance: see `why`, or add one"
    for placed in plan.protected:
        yield (
            f"task {placed.id} of {_owner(placed)} is protected: wait until it is done, or take its protection off "
            "(`aws ecs update-task-protection --no-protection-enabled`)"
        )


def _owner(placed: PlacedTask) -> str:
    return placed.task.group.removeprefix(SERVICE)


def _row(placed: PlacedTask, plan: DrainPlan, fleet: Fleet, until: dict[str, datetime | None]) -> DrainedTask:
    fate: Fate = "moves"
    for name, tasks in _FATES.items():
        if placed in tasks(plan):
            fate = name
            break
    to = ""
    if fate == "moves":
        target = fleet.instances[plan.moved[placed.id]]
        to = target.ec2_instance_id or target.id
    elif fate == "waits":
        to = placed.task.capacity_provider or ""
    return DrainedTask(id=placed.id, service=_owner(placed), fate=fate, to=to, protected_until=until.get(placed.id))


_FATES: dict[Fate, Callable[[DrainPlan], Collection[PlacedTask]]] = {
    "protected": lambda plan: plan.protected,
    "stranded": lambda plan: plan.stranded,
    "waits": lambda plan: plan.awaiting,
    "standalone": lambda plan: plan.standalone,
    "daemon": lambda plan: plan.daemons,
}


def begin(aws: Aws, cluster: str, instance: str) -> None:
    """Set the instance to DRAINING. Raises NotReadError where ECS refuses."""
    operation = "UpdateContainerInstancesState"
    answer = aws.call("ecs", operation, cluster=cluster, containerInstances=[instance], status=Status.DRAINING.value)
    for failure in answer.get("failures", []):
        raise NotReadError(f"ecs:{operation}", f"ECS does not drain it: {failure.get('reason', 'it does not say why')}")


def remaining(aws: Aws, cluster: str, instance: str) -> list[str]:
    """The groups of the tasks that are still on the instance. Raises NotReadError."""
    groups: list[str] = []
    for page in aws.pages("ecs", "ListTasks", cluster=cluster, containerInstance=instance, maxResults=PAGE):
        if page.get("taskArns"):
            told = aws.call("ecs", "DescribeTasks", cluster=cluster, tasks=page["taskArns"])
            groups += [task.get("group", "") for task in told.get("tasks", []) if task.get("lastStatus") != "STOPPED"]
    return groups


def follow(aws: Aws, cluster: str, instance: str, every: float, tell: Say) -> None:
    """Return once no task is on the instance; tells whenever their number changes. An error of AWS is told, no end."""
    last = ""
    while True:
        try:
            groups = remaining(aws, cluster, instance)
        except (NotReadError, AwsError) as error:
            now = f"? {error}; trying again"
        else:
            if not groups:
                return
            alone = sum(not group.startswith(SERVICE) for group in groups)
            now = f"{len(groups)} tasks left" + (f", {alone} of them standalone" if alone else "")
        if now != last:
            tell(now)
        last = now
        time.sleep(every)

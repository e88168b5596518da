"""`why`: whether a service's next task fits, for every instance and requirement, and the nearest change that helps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ecs_model.fleet import ContainerInstance
from ecs_model.managed_waiting import obstacles
from ecs_model.placement import copies_on
from ecs_model.placement_fix import Change, Fix, Where, nearest_fixes
from ecs_model.refusals import Reason, Refusal, refusals
from ecs_model.task_needs import Task
from operations.report import Happening, Model, Needs, Report, common
from operations.snapshot import Service, Snapshot
from operations.why_providers import ProviderRow, provider_rows


class RefusalRow(Model):
    """A requirement that an instance does not meet."""

    requirement: str
    """Which one, such as memory, port or availability zone."""
    needed: int | str
    """What the task needs; empty where the requirement is no amount or value."""
    found: int | str | None
    """What the instance has, or has left; null where it has nothing of the kind."""
    short: int
    """By how much an amount is short; 0 where it is none."""
    sentence: str


class Verdict(Model):
    """A container instance, and whether the next task fits there."""

    id: str
    ec2_instance_id: str
    instance_type: str
    zone: str
    capacity_provider: str | None
    fits: bool
    copies: int
    """How many copies fit."""
    refusals: list[RefusalRow]
    """Everything that stands in the way; empty where it fits."""


class FixRow(Model):
    """The smallest change of one kind after which the task is placed."""

    where: str
    """On an existing instance, one more instance, or one of a larger type."""
    instance_type: str
    zone: str
    instance: str | None
    """The EC2 instance that takes the task then; null where it would be a new one."""
    changes: list[str]
    """What to change, a sentence each."""


class WhyReport(Report):
    """Why the next task of a service, or of a task definition, is placed, or is not."""

    service: str
    """Empty where a task definition was asked for; then tasks that no service has are counted."""
    task_definition: str
    desired: int
    running: int
    waiting_tasks: list[str]
    """The ids of tasks that have no instance yet (PROVISIONING)."""
    capacity_provider: str | None
    """Where the task that waits goes, else the next one; null where any instance will do."""
    needs: Needs | None
    fits: bool | None
    """Whether the next task is placed now; null where that is not known."""
    instances: list[Verdict]
    fixes: list[FixRow]
    """The nearest first; empty where the task fits."""
    providers: list[ProviderRow]
    events: list[Happening]
    """The service's last events, the newest first."""


def build(snapshot: Snapshot, service: Service) -> WhyReport:
    """The report on one of the snapshot's services."""
    task = service.tasks[0] if service.tasks else None
    verdicts = [_verdict(task, each) for each in _considered(snapshot, service)] if task else []
    fits = _fits(service, verdicts) if task else None
    known = not any("ContainerInstances" in each.action for each in snapshot.missing)
    return WhyReport(
        **common(snapshot),
        findings=list(_managed_findings(snapshot, service) or _findings(service, fits, verdicts)) if known else [],
        service=service.name,
        task_definition=service.definition,
        desired=service.desired,
        running=service.running,
        waiting_tasks=list(service.waiting),
        capacity_provider=task.capacity_provider if task else None,
        needs=Needs.of_task(task) if task else None,
        fits=fits if known else None,
        instances=verdicts,
        fixes=[_fix(each) for each in _possible(snapshot, task)] if task else [],
        providers=list(provider_rows(snapshot, service)),
        events=Happening.list_of(service.events),
    )


def _possible(snapshot: Snapshot, task: Task) -> Iterator[Fix]:
    """The nearest fixes; nobody but ECS adds a Managed Instance."""
    managed = {provider.name for provider in snapshot.managed}
    for fix in nearest_fixes(task, snapshot.fleet):
        if fix.where is Where.EXISTING or fix.instance.capacity_provider not in managed:
            yield fix


def _subject(service: Service) -> str:
    return f"service {service.name}" if service.name else f"task definition {service.definition}"


def _managed_findings(snapshot: Snapshot, service: Service) -> list[str]:
    """What keeps a Managed Instance from coming for the next task; nothing where it is not meant for one."""
    task = service.tasks[0] if service.tasks else None
    provider = next((each for each in snapshot.managed if task and each.name == task.capacity_provider), None)
    found = obstacles(task, provider, service.compatibilities) if task and provider else []
    return [f"{_subject(service)}: capacity provider {provider.name}: {each}" for each in found if provider]


def _findings(service: Service, fits: bool | None, verdicts: Sequence[Verdict]) -> Iterator[str]:
    subject = _subject(service)
    if service.problem:
        yield f"{subject}: {service.problem}"
    elif fits is False and not verdicts:
        yield f"{subject}: the cluster has no container instance to place its next task on"
    elif fits is False and service.daemon:
        refusing = sum(not verdict.fits for verdict in verdicts)
        yield f"{subject}: {refusing} container instances without its daemon cannot take one"
    elif fits is False:
        yield f"{subject}: none of {len(verdicts)} container instances can take its next task"


def _considered(snapshot: Snapshot, service: Service) -> list[ContainerInstance]:
    """All instances; for a daemon those that have none yet."""
    instances = snapshot.fleet.instances.values()
    return [each for each in instances if not (service.daemon and service.group in each.task_groups)]


def _fits(service: Service, verdicts: Sequence[Verdict]) -> bool:
    fitting = [verdict.fits for verdict in verdicts]
    return all(fitting) if service.daemon else any(fitting)


def _verdict(task: Task, instance: ContainerInstance) -> Verdict:
    found = refusals(task, instance)
    return Verdict(
        id=instance.id,
        ec2_instance_id=instance.ec2_instance_id,
        instance_type=instance.instance_type,
        zone=instance.zone,
        capacity_provider=instance.capacity_provider,
        fits=not found,
        copies=0 if found else copies_on(task, instance),
        refusals=[_refusal(each) for each in found],
    )


def _refusal(refusal: Refusal) -> RefusalRow:
    return RefusalRow(
        requirement=refusal.reason.value,
        needed=refusal.needed,
        found=refusal.found,
        short=refusal.short,
        sentence=str(refusal),
    )


def _fix(fix: Fix) -> FixRow:
    new = fix.where is not Where.EXISTING
    changes = [_CHANGES[each.refusal.reason](each) for each in fix.changes]
    if new:
        zone = f" in {fix.instance.zone}" if fix.instance.zone else ""
        provider = f" of capacity provider {fix.instance.capacity_provider}" if fix.instance.capacity_provider else ""
        changes.insert(0, f"add one {fix.instance.instance_type or 'instance'}{zone}{provider}")
    return FixRow(
        where=fix.where.value,
        instance_type=fix.instance.instance_type,
        zone=fix.instance.zone,
        instance=None if new else fix.instance.ec2_instance_id or fix.instance.id,
        changes=changes,
    )


def _less(what: str) -> Callable[[Change], str]:
    return lambda change: f"let the task need at most {change.after} {what} instead of {change.refusal.needed}"


_CHANGES: Mapping[Reason, Callable[[Change], str]] = {
    Reason.CPU: _less("CPU units"),
    Reason.MEMORY: _less("MiB of memory"),
    Reason.GPU: _less("GPUs"),
    Reason.PORT: lambda c: f"give the task a dynamic host port (hostPort 0) instead of {c.refusal.subject}",
    Reason.STATUS: lambda c: f"set the instance's status to {c.after}",
    Reason.AGENT: lambda c: "get the instance's agent connected again",
    Reason.CAPACITY_PROVIDER: lambda c: f"let the service's strategy name the capacity provider {c.after}",
    Reason.ZONE: lambda c: f"give the service a subnet in {c.after}",
    Reason.ARCHITECTURE: lambda c: f"build the image for {c.after}, and say so in the definition's runtimePlatform",
    Reason.ATTRIBUTE: lambda c: (
        f"give the instance the attribute {c.refusal.subject}" + (f" with the value {c.after}" if c.after else "")
    ),
    Reason.DISTINCT_INSTANCE: lambda c: "take the constraint distinctInstance away",
    Reason.EXPRESSION: lambda c: f"change the constraint {c.refusal.subject}",
}
"""What to do, for each requirement that a fix can change."""

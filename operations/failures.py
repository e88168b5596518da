"""`failures`: why a service's tasks stopped, and what became of its deployments.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from ecs_model.deployment import went_wrong
from ecs_model.instance_source import short
from ecs_model.stopped import ContainerEnd, StoppedGroup, StoppedTask, grouped
from operations.aws import Aws
from operations.conversion import Answer
from operations.reading import Reader, Say, read_service, read_tasks
from operations.report import Happening, Model, NotRead, Report
from operations.snapshot import DeploymentState, Service

ROLLBACKS = 20
"""Service deployments that ECS describes at a time; older ones are not asked for."""


class EndRow(Model):
    """How a container ended."""

    container: str
    exit_code: int | None
    """Null where it never ran."""
    reason: str
    """The agent's words; ids in it are `…`."""
    meaning: str
    """What the exit code means; empty where the reason says all."""
    tasks: int
    """In how many of the group's tasks."""


class StoppedRow(Model):
    """Tasks that stopped for the same reason, in the same way where they failed."""

    stop_code: str
    reason: str
    """ECS's words; ids in it are `…`."""
    failed: bool
    """Whether they stopped because something was wrong, and not because they should."""
    tasks: int
    first_at: datetime | None
    last_at: datetime | None
    task_definitions: list[str]
    examples: list[str]
    """The ids of the last tasks, at most three."""
    containers: list[EndRow]
    """Containers that ended with another exit code than 0, or with a reason."""


class DeploymentRow(Model):
    """A deployment that is under way or the service's last."""

    id: str
    status: str
    """PRIMARY, ACTIVE or INACTIVE."""
    task_definition: str
    desired: int
    running: int
    failed_tasks: int
    """Tasks that failed to start since the last one that did."""
    rollout: str
    """IN_PROGRESS, COMPLETED or FAILED; empty where ECS does not follow it."""
    reason: str


class ServiceDeploymentRow(Model):
    """A service deployment of the last ones that ECS kept, with its rollback."""

    id: str
    status: str
    """Such as SUCCESSFUL, STOPPED or ROLLBACK_SUCCESSFUL."""
    reason: str
    created_at: datetime | None
    rollback_reason: str
    """Empty where it was not rolled back."""


class FailuresReport(Report):
    """Why a service's tasks stopped. ECS keeps stopped tasks for about an hour."""

    service: str
    stopped: list[StoppedRow]
    """What failed first, then the most frequent."""
    deployments: list[DeploymentRow]
    service_deployments: list[ServiceDeploymentRow]
    """The newest first."""
    events: list[Happening]


def read(aws: Aws, cluster: str, name: str, say: Say = lambda _: None) -> FailuresReport | None:
    """The report on the service called `name`; None where the cluster has none. Raises as `reading.read`."""
    reader = Reader(aws, cluster, say)
    reader.progress("the service")
    service = read_service(reader, name)
    if service is None and not reader.missing:
        return None
    reader.progress("stopped tasks")
    stopped = [_stopped(each) for each in read_tasks(reader, serviceName=name, desiredStatus="STOPPED")]
    reader.progress("deployments")
    deployments = _service_deployments(reader, name)
    groups = grouped(stopped)
    return FailuresReport(
        cluster=short(cluster),
        region=aws.region,
        read_at=datetime.now(UTC),
        findings=list(_findings(name, groups, service, deployments)),
        missing=[NotRead(action=each.action, why=each.why) for each in reader.missing],
        calls=dict(aws.calls),
        service=name,
        stopped=[_row(group) for group in groups],
        deployments=[_deployment(each) for each in service.deployments] if service else [],
        service_deployments=deployments,
        events=Happening.list_of(service.events) if service else [],
    )


def _stopped(task: Answer) -> StoppedTask:
    return StoppedTask(
        id=short(task["taskArn"]),
        stop_code=task.get("stopCode", ""),
        reason=task.get("stoppedReason", ""),
        definition=short(task["taskDefinitionArn"]),
        stopped_at=task.get("stoppedAt") or task.get("stoppingAt"),
        containers=tuple(
            ContainerEnd(each["name"], each.get("exitCode"), each.get("reason", ""))
            for each in task.get("containers", [])
        ),
    )


def _service_deployments(reader: Reader, name: str) -> list[ServiceDeploymentRow]:
    answer = reader.call("ecs", "ListServiceDeployments", cluster=reader.cluster, service=name, maxResults=ROLLBACKS)
    arns = [each["serviceDeploymentArn"] for each in answer.get("serviceDeployments", [])]
    if not arns:
        return []
    described = reader.call("ecs", "DescribeServiceDeployments", serviceDeploymentArns=arns)
    rows = [_service_deployment(each) for each in described.get("serviceDeployments", [])]
    return sorted(rows, key=lambda row: row.created_at.timestamp() if row.created_at else 0.0, reverse=True)


def _service_deployment(answer: Answer) -> ServiceDeploymentRow:
    rollback: dict[str, Any] = answer.get("rollback", {})
    return ServiceDeploymentRow(
        id=short(answer["serviceDeploymentArn"]),
        status=answer.get("status", ""),
        reason=answer.get("statusReason", ""),
        created_at=answer.get("createdAt"),
        rollback_reason=rollback.get("reason", ""),
    )


def _findings(
    name: str, groups: Sequence[StoppedGroup], service: Service | None, deployments: Sequence[ServiceDeploymentRow]
) -> Iterator[str]:
    for group in groups:
        if group.failed:
            yield f"service {name}: {len(group.tasks)} stopped: {_why(group)}"
    for each in service.deployments if service else ():
        if each.rollout == "FAILED":
            yield f"service {name}: the deployment of {each.definition} failed: {each.reason}"
    # What came after a failed one has made it good.
    for row in deployments[:1]:
        if went_wrong(row.status):
            why = row.rollback_reason or row.reason
            yield f"service {name}: its last deployment is {row.status}" + (f": {why}" if why else "")


def _why(group: StoppedGroup) -> str:
    """In one sentence why the tasks of a group failed."""
    ends = [end for end, _ in group.ends]
    if any(end.out_of_memory for end in ends):
        return "out of memory"
    said = (end.reason or f"container {end.name} exited with {end.exit_code}" for end in ends[:1])
    return ": ".join([group.reason or group.stop_code, *(each for each in said if each != group.reason)])


def _row(group: StoppedGroup) -> StoppedRow:
    times = [task.stopped_at for task in group.tasks if task.stopped_at]
    return StoppedRow(
        stop_code=group.stop_code,
        reason=group.reason,
        failed=group.failed,
        tasks=len(group.tasks),
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        task_definitions=sorted({task.definition for task in group.tasks}),
        examples=[task.id for task in group.tasks[:3]],
        containers=[
            EndRow(container=end.name, exit_code=end.exit_code, reason=end.reason, meaning=end.meaning, tasks=count)
            for end, count in group.ends
        ],
    )


def _deployment(state: DeploymentState) -> DeploymentRow:
    return DeploymentRow(
        id=state.id,
        status=state.status,
        task_definition=state.definition,
        desired=state.desired,
        running=state.running,
        failed_tasks=state.failed,
        rollout=state.rollout,
        reason=state.reason,
    )

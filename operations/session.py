"""`session`: the command that gets onto a container instance or into a container, with what is missing said first."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Literal

from ecs_model.access import InstanceAccess, Obstacle, TaskAccess, instance_obstacles, task_obstacles
from ecs_model.iam_actions import EXECUTE_COMMAND_ACTIONS, SESSION_ACTIONS
from ecs_model.instance_source import short
from operations import doctor_reading, roles
from operations.aws import Aws, Target
from operations.conversion import Answer
from operations.naming import NotOneError, the_one
from operations.reading import PAGE, Reader, Say, read_cluster
from operations.report import Model, NotRead, Report

SHELL = "/bin/sh"
_TOOLS = {
    "aws": "Install the AWS CLI 2: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html.",
    "session-manager-plugin": "Install the plugin: https://docs.aws.amazon.com/systems-manager/latest/userguide/"
    "session-manager-working-with-install-plugin.html.",
}


class ObstacleRow(Model):
    """Something that is missing for the session."""

    what: str
    fix: str


class SessionReport(Report):
    """How to get onto an instance or into a container."""

    kind: Literal["instance", "task"]
    target: str
    """The EC2 instance, or the task's id."""
    container: str
    """The container that is entered; empty for an instance."""
    obstacles: list[ObstacleRow]
    command: list[str]
    """What to run, word by word."""


def read(aws: Aws, target: Target, name: str, container: str, shell: str, say: Say = lambda _: None) -> SessionReport:
    """How to get to what `name` stands for. Raises NotOneError, and as `reading.read`."""
    reader = Reader(aws, target.cluster, say)
    read_cluster(reader)
    if name.startswith("i-"):
        return _instance(reader, target, name)
    reader.progress("tasks and container instances")
    tasks = _arns(reader, "ListTasks", "taskArns")
    instances = _arns(reader, "ListContainerInstances", "containerInstanceArns")
    unread = "".join(f"; {each.why}" for each in reader.missing)
    try:
        id_ = the_one(name, [*tasks, *instances], "task or container instance")
    except NotOneError as error:
        raise NotOneError(f"{error}{unread}") from None
    if id_ in tasks:
        return _task(reader, target, tasks[id_], container, shell)
    described = list(reader.described("DescribeContainerInstances", "containerInstances", [instances[id_]], PAGE))
    if not described:
        raise NotOneError(f"container instance {id_} {_gone(reader)}")
    return _instance(reader, target, described[0]["ec2InstanceId"])


def _arns(reader: Reader, operation: str, key: str) -> dict[str, str]:
    """ARNs by id."""
    listed = reader.pages("ecs", operation, key, cluster=reader.cluster, maxResults=PAGE)
    return {short(arn): arn for arn in listed}


def _gone(reader: Reader) -> str:
    why = "; ".join(each.why for each in reader.missing)
    return f"was not read: {why}" if why else "is gone"


def _instance(reader: Reader, target: Target, id_: str) -> SessionReport:
    reader.progress("the instance")
    failed = len(reader.missing)
    about = doctor_reading.ec2_instances(reader, [id_]).get(id_)
    state = None if len(reader.missing) > failed else about["State"]["Name"] if about and "State" in about else ""
    pings = doctor_reading.pings(reader, [id_])
    ping = None if pings is None else pings.get(id_, "")
    role, missing = (None, None) if ping == "Online" or about is None else _instance_role(reader, about)
    obstacles = list(instance_obstacles(InstanceAccess(state, ping, role, missing)))
    command = ["aws", "ssm", "start-session", "--target", id_, *_where(reader, target)]
    return _report(reader, "instance", id_, "", obstacles, command)


def _instance_role(reader: Reader, about: Answer) -> tuple[str | None, tuple[str, ...] | None]:
    arn = about.get("IamInstanceProfile", {}).get("Arn")
    if not arn:
        return "", None
    profile = reader.call("iam", "GetInstanceProfile", InstanceProfileName=short(arn)).get("InstanceProfile")
    if profile is None:
        return None, None
    names = [each["RoleName"] for each in profile.get("Roles", [])]
    return (names[0], roles.lacking(reader, names[0], SESSION_ACTIONS)) if names else ("", None)


def _task(reader: Reader, target: Target, arn: str, container: str, shell: str) -> SessionReport:
    reader.progress("the task")
    id_ = short(arn)
    found = list(reader.described("DescribeTasks", "tasks", [arn], PAGE))
    if not found:
        raise NotOneError(f"task {id_} {_gone(reader)}")
    task = found[0]
    answer = reader.call("ecs", "DescribeTaskDefinition", taskDefinition=task["taskDefinitionArn"])
    definition = answer.get("taskDefinition")
    chosen = _container(task, definition, container)
    agents = {each["name"]: each.get("lastStatus", "") for each in chosen.get("managedAgents", [])}
    role = _task_role(task, definition)
    access = TaskAccess(
        status=task.get("lastStatus", ""),
        enabled=bool(task.get("enableExecuteCommand")),
        container=chosen["name"],
        container_status=chosen.get("lastStatus", ""),
        agent=agents.get("ExecuteCommandAgent", ""),
        read_only=_read_only(definition, chosen["name"]),
        role=role,
        missing_actions=roles.lacking(reader, role, EXECUTE_COMMAND_ACTIONS) if role else None,
    )
    command = ["aws", "ecs", "execute-command", "--cluster", target.cluster, "--task", id_]
    command += ["--container", chosen["name"], "--interactive", "--command", shell, *_where(reader, target)]
    return _report(reader, "task", id_, chosen["name"], list(task_obstacles(access)), command)


def _container(task: Answer, definition: Answer | None, name: str) -> Answer:
    """The named container, else the first essential one; a task that waits may not tell its containers yet."""
    written = definition.get("containerDefinitions", []) if definition else []
    told: dict[str, Answer] = {each["name"]: each for each in task.get("containers", [])}
    names = list(told) or [each["name"] for each in written]
    if name and name not in names:
        raise NotOneError(f"the task has no container {name!r}: its containers are {', '.join(names)}")
    essential = [each["name"] for each in written if each.get("essential", True) and each["name"] in names]
    wanted = name or next(iter([*essential, *names]), "")
    return told.get(wanted, {"name": wanted})


def _read_only(definition: Answer | None, name: str) -> bool | None:
    written = definition.get("containerDefinitions", []) if definition else []
    return next((bool(each.get("readonlyRootFilesystem")) for each in written if each["name"] == name), None)


def _task_role(task: Answer, definition: Answer | None) -> str | None:
    own = task.get("overrides", {}).get("taskRoleArn")
    if not own and definition is None:
        return None
    return short(own or (definition or {}).get("taskRoleArn", ""))


def _where(reader: Reader, target: Target) -> Iterator[str]:
    yield from ("--region", reader.aws.region)
    if target.profile:
        yield from ("--profile", target.profile)
    if target.endpoint_url:
        yield from ("--endpoint-url", target.endpoint_url)


def _report(
    reader: Reader,
    kind: Literal["instance", "task"],
    id_: str,
    container: str,
    found: Iterable[Obstacle],
    command: list[str],
) -> SessionReport:
    here = [Obstacle(f"{tool} is not installed on this machine", fix) for tool, fix in _TOOLS.items() if _lacks(tool)]
    obstacles = [*found, *here]
    return SessionReport(
        cluster=short(reader.cluster),
        region=reader.aws.region,
        read_at=datetime.now(UTC),
        findings=[f"{each.what}. {each.fix}" for each in obstacles],
        missing=[NotRead(action=each.action, why=each.why) for each in reader.missing],
        calls=dict(reader.aws.calls),
        kind=kind,
        target=id_,
        container=container,
        obstacles=[ObstacleRow(what=each.what, fix=each.fix) for each in obstacles],
        command=command,
    )


def _lacks(tool: str) -> bool:
    return shutil.which(tool) is None

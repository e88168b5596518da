"""What keeps a person from a shell on a container instance (Session Manager) or in a container (ECS Exec).

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ecs_model.policy_document import SESSION_POLICY

ONLINE = "Online"


class Obstacle(NamedTuple):
    """Something that is missing."""

    what: str
    """Without full stop."""
    fix: str
    """A whole sentence."""


@dataclass(frozen=True)
class InstanceAccess:
    """What matters of an EC2 instance; None where it was not read."""

    state: str | None
    """EC2's, such as running; empty where there is no such instance."""
    ping: str | None
    """Systems Manager's word on its agent; empty where it has never heard of it."""
    role: str | None = None
    """The name of its role; empty where it has none."""
    missing_actions: tuple[str, ...] | None = None
    """What its SSM agent needs and the role does not allow."""


@dataclass(frozen=True)
class TaskAccess:
    """What matters of a task and one of its containers; None where it was not read."""

    status: str
    enabled: bool
    """Whether ECS Exec is enabled on the task."""
    container: str
    container_status: str
    agent: str
    """The status of the container's ExecuteCommandAgent; empty where it has none."""
    read_only: bool | None = None
    """Whether the container's root file system is read-only."""
    role: str | None = None
    """The name of the task role; empty where it has none."""
    missing_actions: tuple[str, ...] | None = None
    """What ECS Exec needs and the role does not allow."""


def instance_obstacles(access: InstanceAccess) -> Iterator[Obstacle]:
    """What keeps Session Manager from an instance."""
    if access.state == "":
        yield Obstacle("there is no such EC2 instance in this region", "Give another id, --region or --profile.")
        return
    if access.state not in (None, "running"):
        yield Obstacle(f"the instance is {access.state}", "Only a running one is reached.")
    if access.role == "":
        yield Obstacle("the instance has no role", f"Give it an instance profile whose role has {SESSION_POLICY}.")
    if access.missing_actions:
        yield Obstacle(
            f"the instance's role {access.role} does not allow {', '.join(access.missing_actions)}",
            f"Attach {SESSION_POLICY} to it.",
        )
    if access.ping == "":
        yield Obstacle(
            "Systems Manager has never heard of the instance",
            "It needs the SSM agent, its role's permission, and a way there: NAT, or the endpoints ssm and "
            "ssmmessages.",
        )
    elif access.ping not in (None, ONLINE):
        yield Obstacle(f"the instance's SSM agent is {access.ping}", "Reboot the instance, or replace it.")


def task_obstacles(access: TaskAccess) -> Iterator[Obstacle]:
    """What keeps ECS Exec from a container."""
    if access.status != "RUNNING":
        yield Obstacle(f"the task is {access.status}", "Only a running one is entered.")
    elif access.container_status != "RUNNING":
        yield Obstacle(f"container {access.container} is {access.container_status}", "Choose another by --container.")
    if not access.enabled:
        yield Obstacle(
            "ECS Exec is not enabled on the task",
            "Set enableExecuteCommand on the service and deploy: only tasks that start afterwards have it.",
        )
    if access.role == "":
        yield Obstacle("the task has no task role", "Give its definition one that allows the ssmmessages actions.")
    if access.missing_actions:
        yield Obstacle(
            f"the task role {access.role} does not allow {', '.join(access.missing_actions)}",
            "Allow them on all resources (`enableExecuteCommand` of a service here does), and start new tasks.",
        )
    if access.read_only:
        yield Obstacle(
            f"the root file system of container {access.container} is read-only, and ECS Exec's agent writes to it",
            "Set readonlyRootFilesystem to false for containers that people enter.",
        )
    if access.enabled and access.status == "RUNNING" and access.agent != "RUNNING":
        said = f"is {access.agent}" if access.agent else "is not there"
        yield Obstacle(
            f"the agent of ECS Exec in container {access.container} {said}",
            "See the obstacles above; else start a new task, and see that it reaches Systems Manager.",
        )

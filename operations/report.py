"""What every command's `--json` begins with; each command's own report is a subclass, and `--json-schema` prints it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from ecs_model.task_needs import Resources, Task
from operations.snapshot import Event, Snapshot


class Model(BaseModel):
    """A part of a report; its fields' docstrings are the schema's descriptions."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class NotRead(Model):
    """Something that could not be read, so that the report lacks it."""

    action: str
    """The IAM action of the call, such as ecs:ListTasks."""
    why: str


class Amounts(Model):
    """Resources of a container instance, or what a task takes of one."""

    cpu: int
    """CPU units, 1,024 a vCPU."""
    memory: int
    """MiB."""
    gpus: int
    network_interfaces: int
    """Elastic network interfaces for tasks in awsvpc mode."""

    @classmethod
    def of(cls, resources: Resources) -> Amounts:
        """The amounts of the core."""
        return cls(
            cpu=resources.cpu,
            memory=resources.memory,
            gpus=resources.gpus,
            network_interfaces=resources.network_interfaces,
        )


class Needs(Amounts):
    """What placement must find for one copy of a task."""

    fixed_ports: list[str]
    """Fixed host ports, such as 8080/tcp."""
    dynamic_ports: int
    """How many host ports the agent chooses."""
    network_mode: str

    @classmethod
    def of_task(cls, task: Task) -> Needs:
        """The needs of a task."""
        return cls(
            **Amounts.of(task.needs).model_dump(),
            fixed_ports=sorted(map(str, task.host_ports)),
            dynamic_ports=len(task.dynamic_ports),
            network_mode=task.network_mode.value,
        )


class Happening(Model):
    """An event of a service or a scaling activity of an Auto Scaling group."""

    at: datetime
    message: str

    @classmethod
    def list_of(cls, events: Iterable[Event]) -> list[Happening]:
        """The events as they are told."""
        return [cls(at=event.at, message=event.message) for event in events]


class Report(Model):
    """What a command found."""

    cluster: str
    region: str
    read_at: datetime
    findings: list[str]
    """What is wrong, a sentence each; with one or more the command exits with 1."""
    missing: list[NotRead]
    """What could not be read; with one or more the command exits with 3, and the rest is shown."""
    calls: dict[str, int]
    """How many calls were made, by IAM action; retries not counted."""


def common(snapshot: Snapshot) -> dict[str, Any]:
    """The fields of any report that come from the snapshot alone."""
    return {
        "cluster": snapshot.cluster,
        "region": snapshot.region,
        "read_at": snapshot.read_at,
        "missing": [NotRead(action=each.action, why=each.why) for each in snapshot.missing],
        "calls": dict(snapshot.calls),
    }

"""What a task needs of the container instance it is placed on."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ecs_model.images import Architecture
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.query_expression import Expression

SERVICE = "service:"
"""How the group of a service's tasks begins; standalone tasks have `family:FAMILY` or what RunTask was given."""


class HostPort(NamedTuple):
    """A port of a container instance."""

    number: int
    protocol: Protocol = Protocol.TCP

    def __str__(self) -> str:
        return f"{self.number}/{self.protocol.value}"


class RequiredAttribute(NamedTuple):
    """An attribute that a task definition requires of its instance (`requiresAttributes`); any value where None."""

    name: str
    value: str | None = None


@dataclass(frozen=True)
class Resources:
    """Amounts that add up: CPU units, MiB, GPUs, and network interfaces for awsvpc tasks."""

    cpu: int = 0
    memory: int = 0
    gpus: int = 0
    network_interfaces: int = 0

    def __add__(self, other: "Resources") -> "Resources":
        return Resources(
            self.cpu + other.cpu,
            self.memory + other.memory,
            self.gpus + other.gpus,
            self.network_interfaces + other.network_interfaces,
        )

    def __sub__(self, other: "Resources") -> "Resources":
        return Resources(
            self.cpu - other.cpu,
            self.memory - other.memory,
            self.gpus - other.gpus,
            self.network_interfaces - other.network_interfaces,
        )


@dataclass(frozen=True)
class Task:
    """What placement must find for one copy of a task. Raises ValueError where it needs no memory: ECS has no such."""

    family: str
    memory: int
    """MiB: the task's, else the sum of what its containers reserve."""
    group: str = ""
    """The task group, `service:NAME` for a service's; `family:FAMILY` unless given."""
    cpu: int = 0
    """CPU units."""
    gpus: int = 0
    network_mode: NetworkMode = NetworkMode.BRIDGE
    host_ports: frozenset[HostPort] = frozenset()
    """Fixed ports of the instance, in bridge and host mode."""
    dynamic_ports: tuple[Protocol, ...] = ()
    """The protocol of each port mapping with hostPort 0, in bridge mode."""
    attributes: frozenset[RequiredAttribute] = frozenset()
    architecture: Architecture | None = None
    zones: frozenset[str] = frozenset()
    """The availability zones it may run in (of its subnets, in awsvpc mode); any where empty."""
    capacity_provider: str | None = None
    """The provider its strategy chose, whose instances alone are considered; all are where None."""
    expressions: tuple[Expression, ...] = ()
    """Its memberOf constraints, of the service and of the task definition."""
    distinct_instance: bool = False
    """No instance may have another task of its group."""
    daemon: bool = False
    """One copy on every instance, by a service with the scheduling strategy DAEMON."""

    def __post_init__(self) -> None:
        if self.memory < 1:
            raise ValueError(f"task {self.family} needs {self.memory} MiB: give 1 or more")
        if not self.group:
            object.__setattr__(self, "group", f"family:{self.family}")

    @cached_property
    def needs(self) -> Resources:
        """What it takes from an instance."""
        return Resources(self.cpu, self.memory, self.gpus, int(self.network_mode is NetworkMode.AWSVPC))

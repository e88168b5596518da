"""Container instances and the tasks on them: what is registered, what is left, who holds a port. All of it immutable.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from ecs_model.agent import AgentSettings
from ecs_model.instance_attributes import AVAILABILITY_ZONE, CPU_ARCHITECTURE, INSTANCE_TYPE
from ecs_model.instance_types import InstanceType
from ecs_model.memory import surely_registered
from ecs_model.network_modes import Protocol
from ecs_model.ports import EPHEMERAL, RESERVED_TCP, PortRange
from ecs_model.task_needs import HostPort, Resources, Task


class Status(StrEnum):
    """A container instance's status; only an active one takes tasks."""

    ACTIVE = "ACTIVE"
    DRAINING = "DRAINING"
    REGISTERING = "REGISTERING"
    REGISTRATION_FAILED = "REGISTRATION_FAILED"
    DEREGISTERING = "DEREGISTERING"
    INACTIVE = "INACTIVE"


@dataclass(frozen=True)
class PlacedTask:
    """A task on an instance, with the dynamic ports it was given there."""

    id: str
    task: Task
    dynamic_ports: tuple[HostPort, ...] = ()

    @property
    def ports(self) -> frozenset[HostPort]:
        """All the ports it holds."""
        return self.task.host_ports.union(self.dynamic_ports)


@dataclass(frozen=True)
class ContainerInstance:
    """One container instance as ECS sees it; what an expression of the cluster query language asks, it answers."""

    id: str
    registered: Resources
    remaining: Resources
    attributes: Mapping[str, str] = field(default_factory=dict)
    """By name; an attribute without a value has an empty one. Zone, type and architecture are among them."""
    ec2_instance_id: str = ""
    ports: frozenset[HostPort] = frozenset(map(HostPort, RESERVED_TCP))
    """The ports in use: reserved by the agent, fixed and dynamic ones of tasks."""
    dynamic_range: PortRange = EPHEMERAL
    """Where its agent takes dynamic ports from."""
    status: Status = Status.ACTIVE
    agent_connected: bool = True
    agent_version: str = ""
    registered_at: datetime | None = None
    capacity_provider: str | None = None
    tasks: tuple[PlacedTask, ...] = ()

    @property
    def zone(self) -> str:
        """The availability zone; empty where the instance does not say."""
        return self.attributes.get(AVAILABILITY_ZONE, "")

    @property
    def instance_type(self) -> str:
        """The EC2 instance type; empty where the instance does not say."""
        return self.attributes.get(INSTANCE_TYPE, "")

    @property
    def running_tasks_count(self) -> int:
        """How many tasks are on it."""
        return len(self.tasks)

    @cached_property
    def task_groups(self) -> frozenset[str]:
        """The groups of the tasks on it."""
        return frozenset(placed.task.group for placed in self.tasks)

    @property
    def reserved_ports(self) -> int:
        """How many ports count against ECS's quota: all but the dynamic ones."""
        return len(self.ports) - sum(len(placed.dynamic_ports) for placed in self.tasks)

    def holder(self, port: HostPort) -> str | None:
        """The id of the task that holds a port, None where it is the agent or nobody knows."""
        return next((placed.id for placed in self.tasks if port in placed.ports), None)

    def free_dynamic_ports(self, protocol: Protocol) -> int:
        """How many ports its agent can still hand out."""
        range_ = self.dynamic_range
        in_use = sum(port.protocol is protocol and port.number in range_ for port in self.ports)
        return range_.last - range_.first + 1 - in_use

    def with_task(self, id_: str, task: Task) -> "ContainerInstance":
        """The instance once `task`, which must fit, runs on it; dynamic ports are the lowest free ones."""
        in_use = self.ports | task.host_ports
        free = {protocol: _free_ports(self.dynamic_range, protocol, in_use) for protocol in set(task.dynamic_ports)}
        placed = PlacedTask(id_, task, tuple(next(free[protocol]) for protocol in task.dynamic_ports))
        return replace(
            self,
            remaining=self.remaining - task.needs,
            ports=self.ports | placed.ports,
            tasks=(*self.tasks, placed),
        )

    def without_task(self, id_: str) -> "ContainerInstance":
        """The instance once a task has stopped. Raises KeyError where it has no such task."""
        gone = next((placed for placed in self.tasks if placed.id == id_), None)
        if gone is None:
            raise KeyError(id_)
        return replace(
            self,
            remaining=self.remaining + gone.task.needs,
            ports=self.ports - gone.ports,
            tasks=tuple(placed for placed in self.tasks if placed is not gone),
        )

    def emptied(self, id_: str) -> "ContainerInstance":
        """A new instance of the same kind, not registered yet: active, without tasks, all its resources left."""
        ports = self.ports.difference(*(placed.ports for placed in self.tasks))
        return replace(
            self,
            id=id_,
            ec2_instance_id="",
            remaining=self.registered,
            ports=ports,
            status=Status.ACTIVE,
            agent_connected=True,
            registered_at=None,
            tasks=(),
        )


def _free_ports(range_: PortRange, protocol: Protocol, in_use: Collection[HostPort]) -> Iterator[HostPort]:
    ports = (HostPort(number, protocol) for number in range(range_.first, range_.last + 1))
    return (port for port in ports if port not in in_use)


def started(
    id_: str,
    type_: InstanceType,
    zone: str,
    *,
    agent: AgentSettings | None = None,
    attributes: Mapping[str, str] | None = None,
    capacity_provider: str | None = None,
) -> ContainerInstance:
    """A new instance of `type_` with what it surely registers; one of its network interfaces is its own."""
    settings = agent or AgentSettings()
    registered = Resources(
        type_.cpu,
        surely_registered(type_.memory, settings.reserved_memory),
        type_.gpus,
        type_.network_interfaces - 1,
    )
    own = {AVAILABILITY_ZONE: zone, INSTANCE_TYPE: type_.name, CPU_ARCHITECTURE: type_.architectures[0].value}
    return ContainerInstance(
        id=id_,
        registered=registered,
        remaining=registered,
        attributes={**own, **(attributes or {})},
        ports=frozenset(map(HostPort, RESERVED_TCP.union(settings.reserved_ports))),
        dynamic_range=settings.ports,
        capacity_provider=capacity_provider,
    )


@dataclass(frozen=True)
class Fleet:
    """A cluster's container instances by id; their order decides where nothing else does."""

    instances: Mapping[str, ContainerInstance] = field(default_factory=dict)
    serial: int = 0
    """How many tasks were placed so far, for the ids of the next."""

    @classmethod
    def of(cls, instances: Iterable[ContainerInstance]) -> "Fleet":
        """A fleet of these instances."""
        return cls({instance.id: instance for instance in instances})

    def tasks(self, group: str | None = None) -> Iterator[tuple[ContainerInstance, PlacedTask]]:
        """Every task, or those of a group, with its instance."""
        for instance in self.instances.values():
            for placed in instance.tasks:
                if group is None or placed.task.group == group:
                    yield instance, placed

    def having(self, *instances: ContainerInstance) -> "Fleet":
        """The fleet with these instances, in place of those with the same id or in addition."""
        return replace(self, instances={**self.instances, **{instance.id: instance for instance in instances}})

    def stopped(self, task_id: str) -> "Fleet":
        """The fleet once a task has stopped. Raises KeyError where there is no such task."""
        for instance, placed in self.tasks():
            if placed.id == task_id:
                return self.having(instance.without_task(task_id))
        raise KeyError(task_id)

"""A cluster as it was when it was read, in the core's terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ecs_model.fleet import Fleet
from ecs_model.managed_waiting import ManagedCapacity
from ecs_model.placement_rules import SERVICE_DEFAULT, PlacementStrategy
from ecs_model.strategy import StrategyItem
from ecs_model.task_needs import SERVICE, Task


@dataclass(frozen=True)
class Missing:
    """Something that could not be read: the IAM action of the call, and why, as a sentence without full stop."""

    action: str
    why: str


@dataclass(frozen=True)
class Event:
    """What ECS or an Auto Scaling group says happened."""

    at: datetime
    message: str


@dataclass(frozen=True)
class DeploymentState:
    """One deployment of a service."""

    id: str
    status: str
    definition: str
    """FAMILY:REVISION."""
    desired: int
    running: int
    failed: int
    """Tasks that failed to start since the last one that did."""
    rollout: str
    """IN_PROGRESS, COMPLETED or FAILED; empty where ECS does not follow it."""
    reason: str


@dataclass(frozen=True)
class Service:
    """A service and what its next tasks need."""

    name: str
    """Empty for a task definition of no service."""
    definition: str
    """FAMILY:REVISION."""
    desired: int
    running: int
    pending: int
    tasks: tuple[Task, ...] = ()
    """What a copy needs, once for each capacity provider it may go to, the waiting or else the next task's first.

    Empty where it does not run on container instances, or where `problem` says why it is not known.
    """
    problem: str = ""
    compatibilities: tuple[str, ...] = ()
    """What its task definition may run on, such as EC2 or MANAGED_INSTANCES; empty where ECS does not say."""
    strategy: tuple[StrategyItem, ...] = ()
    """Its capacity provider strategy, or the cluster's; empty with a launch type."""
    strategies: tuple[PlacementStrategy, ...] = SERVICE_DEFAULT
    daemon: bool = False
    waiting: tuple[str, ...] = ()
    """The ids of its tasks that have no instance yet (PROVISIONING)."""
    deployments: tuple[DeploymentState, ...] = ()
    events: tuple[Event, ...] = ()
    """The newest first."""

    @property
    def group(self) -> str:
        """Its task group."""
        return SERVICE + self.name


@dataclass(frozen=True)
class Member:
    """An instance of an Auto Scaling group."""

    id: str
    """The EC2 instance's."""
    lifecycle: str
    """Such as InService or Terminating:Wait."""
    template: str = ""
    """The id of the launch template that it was started from; empty where it was another way."""
    version: str = ""
    """Of the template, a number."""


@dataclass(frozen=True)
class Group:
    """The Auto Scaling group of a capacity provider."""

    name: str
    smallest: int
    desired: int
    largest: int
    in_service: int
    protected: int
    """Instances protected from scale-in."""
    suspended: tuple[str, ...] = ()
    """Processes that are suspended, such as Launch."""
    new_protected: bool = False
    """Whether it protects new instances from scale-in."""
    members: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Provider:
    """A capacity provider on an Auto Scaling group."""

    name: str
    status: str
    update: str
    """The state of its last update, such as UPDATE_COMPLETE; empty where there was none."""
    update_reason: str
    scaling: bool
    """Whether managed scaling is on."""
    target: int
    """The percentage of the group that managed scaling keeps in use."""
    warm_up: int
    """Seconds in which a new instance is not yet counted."""
    protection: bool
    """Whether managed termination protection is on."""
    draining: bool = True
    """Whether managed draining is on."""
    attachments: Mapping[str, str] = field(default_factory=dict)
    """The state of what ECS set up for it in the cluster, by type, such as managed_draining: CREATED."""
    reservation: tuple[datetime, float] | None = None
    """When CapacityProviderReservation was last published, and its percentage; None where it was not asked for."""
    group_name: str = ""
    """Its Auto Scaling group's, whether or not that was read."""
    group: Group | None = None
    activities: tuple[Event, ...] = ()
    """The group's last scaling activities, the newest first; empty where they were not asked for."""


@dataclass(frozen=True)
class Snapshot:
    """All that was read of a cluster."""

    cluster: str
    region: str
    read_at: datetime
    fleet: Fleet = field(default_factory=Fleet)
    services: tuple[Service, ...] = ()
    providers: tuple[Provider, ...] = ()
    managed: tuple[ManagedCapacity, ...] = ()
    """The capacity providers of ECS Managed Instances."""
    images: Mapping[str, str] = field(default_factory=dict)
    """The AMI by the container instance's id."""
    image_dates: Mapping[str, datetime] = field(default_factory=dict)
    """When an AMI was made."""
    image_names: Mapping[str, str] = field(default_factory=dict)
    """An AMI's name."""
    missing: tuple[Missing, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)
    """The number of calls by IAM action, retries not counted."""

    def service(self, name: str) -> Service | None:
        """The service of that name."""
        return next((service for service in self.services if service.name == name), None)

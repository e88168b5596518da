"""What a checkup of a live cluster looks at: instances, groups and services as AWS tells of them.

None stands for what was not read, and is never judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ecs_model.fleet import ContainerInstance
from ecs_model.ports import PortRange

IMAGE_DAYS = 30
"""AWS recommends a new AMI every week or two; from these days on one is behind where nobody says otherwise."""
IN_SERVICE = "InService"
"""The state of an Auto Scaling group's instance that counts as capacity."""


@dataclass(frozen=True)
class Machine:
    """An EC2 instance that is in a group of the cluster or registered with it."""

    id: str
    group: str = ""
    """Its Auto Scaling group; empty where it is in none."""
    lifecycle: str = ""
    """Its state in the group, such as InService or Terminating:Wait."""
    container: ContainerInstance | None = None
    """What it registered; None where the cluster does not know it."""
    launched_at: datetime | None = None
    cluster: str | None = None
    """The cluster that its user data names; empty where it names none."""
    port_range: PortRange | None = None
    """Where its agent takes dynamic ports from, by its user data."""
    image: str = ""
    image_name: str = ""
    image_made: datetime | None = None
    tokens_required: bool | None = None
    """Whether its metadata service answers version 2 alone."""
    security_groups: tuple[str, ...] = ()
    ping: str | None = None
    """Systems Manager's word on its agent, such as Online; empty where it has never heard of it."""

    @property
    def tasks(self) -> int:
        """How many tasks are on it, daemons aside."""
        return sum(not placed.task.daemon for placed in self.container.tasks) if self.container else 0


@dataclass(frozen=True)
class Refresh:
    """The newest instance refresh of a group."""

    id: str
    status: str
    percent: int
    reason: str
    started_at: datetime | None


@dataclass(frozen=True)
class ScalingGroup:
    """A capacity provider and its Auto Scaling group."""

    name: str
    """The group's name; empty where there is none any more."""
    provider: str
    status: str = "ACTIVE"
    """The capacity provider's."""
    update: str = ""
    """The state of the provider's last update, such as UPDATE_FAILED."""
    update_reason: str = ""
    attachments: Mapping[str, str] = field(default_factory=dict)
    """The state of what ECS set up for it, by type, such as managed_draining: CREATED."""
    scaling: bool = True
    draining: bool = True
    protection: bool = True
    new_protected: bool | None = None
    """Whether the group protects new instances from scale-in."""
    suspended: tuple[str, ...] = ()
    """Processes that are suspended."""
    refresh: Refresh | None = None


@dataclass(frozen=True)
class Ingress:
    """TCP ports that a security group lets in."""

    group: str
    ports: PortRange
    source: str
    """A security group's id, a prefix list's, or a CIDR block."""


@dataclass(frozen=True)
class Target:
    """A target of a service's target group that is not healthy."""

    group: str
    """The target group's name."""
    place: str
    """An instance's id or an address, with the port."""
    reason: str
    """Elastic Load Balancing's code, such as Target.Timeout."""
    description: str
    """Its words."""


@dataclass(frozen=True)
class Deployed:
    """A service and what was last deployed of it."""

    name: str
    desired: int
    running: int
    definition: str
    """FAMILY:REVISION."""
    execution_role: str | None = None
    """Empty where the task definition names none."""
    task_role: str | None = None
    rollouts: tuple[str, ...] = ()
    """The rollout states of its deployments, the newest first; empty strings where ECS does not follow them."""
    rollout_reason: str = ""
    last_deployment: str = ""
    """The status of its last service deployment, such as ROLLBACK_SUCCESSFUL; empty where ECS keeps none."""
    last_deployment_reason: str = ""
    providers: tuple[str, ...] = ()
    """The capacity providers that its tasks go to; empty where any instance will do."""
    balancers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Security groups by load balancer, where its tasks take dynamic host ports from it."""
    targets: int = 0
    """How many targets it has in its target groups, those that are leaving aside."""
    unhealthy: tuple[Target, ...] = ()


@dataclass(frozen=True)
class Recommended:
    """What AWS recommends for a kind of image."""

    image: str
    agent: str = ""
    """The version of the agent on it; empty where AWS does not say."""
    made: datetime | None = None
    """When it was made."""


@dataclass(frozen=True)
class ClusterFacts:
    """Everything a checkup looks at."""

    name: str
    now: datetime
    default_strategy: bool | None = None
    """Whether the cluster has a default capacity provider strategy."""
    machines: tuple[Machine, ...] = ()
    groups: tuple[ScalingGroup, ...] = ()
    services: tuple[Deployed, ...] = ()
    ingress: tuple[Ingress, ...] | None = None
    """What the instances' security groups let in by TCP."""
    recommended: Mapping[str, Recommended] = field(default_factory=dict)
    """By the public SSM parameter."""
    image_days: int = IMAGE_DAYS
    """From how many days on that an AMI is behind the recommended one it is a finding."""

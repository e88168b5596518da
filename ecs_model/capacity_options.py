"""Ways in which EC2 Auto Scaling starts, keeps and replaces container instances."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ecs_model.notation import resource_group_problem
from ecs_model.problem import Problem


class PurchaseOption(StrEnum):
    """How the instances are bought."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"
    """Cheaper, and reclaimed with two minutes' notice, in which the agent drains the instance."""


class Tenancy(StrEnum):
    """Whose machines the instances run on."""

    DEFAULT = "default"
    """AWS's, shared with others."""
    DEDICATED = "dedicated"
    """Such as run instances of this account only."""


class WarmPoolState(StrEnum):
    """What the instances of a warm pool are while they wait."""

    STOPPED = "stopped"
    """Only their volumes cost."""
    RUNNING = "running"
    """They cost as if they worked, and are there at once."""


@dataclass(frozen=True)
class WarmPool:
    """Instances that have started once and wait, so that a scale-out takes them instead of new ones; none comes back
    on a scale-in, which ECS does not support.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-warm-pool.html
    """

    min_size: int = 0
    """The instances that wait at least."""
    max_prepared: int | None = None
    """The most instances that wait or work; the group's maximum where absent."""
    state: WarmPoolState = WarmPoolState.STOPPED
    """stopped or running."""

    def problems(self, max_size: int) -> Iterator[Problem]:
        """What EC2 Auto Scaling would refuse for a group of at most `max_size` instances."""
        if self.min_size < 0:
            yield Problem(("minSize",), f"{self.min_size} is negative: give 0 or more")
        most = max_size if self.max_prepared is None else self.max_prepared
        if self.max_prepared is not None and self.max_prepared < 1:
            yield Problem(("maxPrepared",), f"{self.max_prepared} leaves nothing to prepare: give 1 or more")
        elif self.min_size > most:
            yield Problem(("minSize",), f"{self.min_size} is above the {most} that may be prepared: lower it")


class ReservationUse(StrEnum):
    """Whether instances may take a capacity reservation that is open to all."""

    OPEN = "open"
    """A matching one where there is any, else instances without; EC2's default."""
    NONE = "none"
    """Never."""
    ONLY = "only"
    """Always: without a matching one no instance starts."""


@dataclass(frozen=True)
class CapacityReservation:
    """Which On-Demand Capacity Reservations the instances take.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-reservations.html
    """

    use: ReservationUse = ReservationUse.OPEN
    """open, none or only."""
    id: str | None = None
    """One certain reservation, such as cr-0123456789abcdef0."""
    resource_group: str | None = None
    """ARN of a resource group of reservations, of which any will do."""

    def problems(self) -> Iterator[Problem]:
        """What EC2 would refuse."""
        if self.id is not None and self.resource_group is not None:
            yield Problem(("resourceGroup",), "excludes id: keep one of them")
        if (self.id or self.resource_group) and self.use is not ReservationUse.OPEN:
            yield Problem(("use",), f"{self.use.value} excludes id and resourceGroup, which say it: leave it out")
        if self.id is not None and not re.fullmatch(r"cr-[0-9a-f]{8,17}", self.id):
            yield Problem(("id",), f"{self.id!r} is no capacity reservation, such as cr-0123456789abcdef0")
        if self.resource_group is not None and (reason := resource_group_problem(self.resource_group)):
            yield Problem(("resourceGroup",), reason)


class ProtectedInstances(StrEnum):
    """What an instance refresh does with instances that are protected from scale-in, as those with tasks are."""

    REFRESH = "refresh"
    """Replace them, after managed draining has moved their tasks."""
    WAIT = "wait"
    """Wait until they are protected no more, at most an hour; then the refresh fails."""
    IGNORE = "ignore"
    """Leave them as they are."""


@dataclass(frozen=True)
class InstanceRefresh:
    """How a new AMI, agent setting or instance type reaches the instances that run.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html
    """

    scale_in_protected_instances: ProtectedInstances = ProtectedInstances.REFRESH
    """refresh, wait or ignore."""
    min_healthy: int = 90
    """Percent of the instances that must be in service all the time, 0-100."""
    max_healthy: int = 100
    """Percent of the instances that there may be meanwhile, 100-200; above 100 new ones start before old ones end."""
    auto_rollback: bool = False
    """Go back to the last template where the refresh fails; not with amiPolicy latest-at-launch."""

    def problems(self) -> Iterator[Problem]:
        """What EC2 Auto Scaling would refuse."""
        if not 0 <= self.min_healthy <= 100:
            yield Problem(("minHealthy",), f"{self.min_healthy} percent is out of range: give 0-100")
        elif not 100 <= self.max_healthy <= 200:
            yield Problem(("maxHealthy",), f"{self.max_healthy} percent is out of range: give 100-200")
        elif self.max_healthy - self.min_healthy > 100:
            yield Problem(("maxHealthy",), f"{self.max_healthy} is more than 100 above minHealthy ({self.min_healthy})")

"""Amazon ECS Managed Instances: EC2 instances that ECS itself chooses, starts, patches, replaces and ends.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ecs_model.capacity_options import PurchaseOption
from ecs_model.capacity_rules import security_group_problems
from ecs_model.images import AmiFamily, Architecture
from ecs_model.instance_requirements import InstanceRequirements
from ecs_model.instance_volumes import MOST_ROOT
from ecs_model.notation import resource_group_problem
from ecs_model.problem import Problem, out_of_range, under
from ecs_model.role_settings import given_problems

INFRASTRUCTURE_POLICY = "AmazonECSInfrastructureRolePolicyForManagedInstances"
"""AWS's managed policy of the role with which ECS starts and ends the instances."""
INSTANCE_POLICY = "AmazonECSInstanceRolePolicyForManagedInstances"
"""AWS's managed policy of the instances' own role: the agent's calls. Nobody gets onto them, by ssh or otherwise."""
ROLE_PREFIX = "ecsInstanceRole"
"""What the name of the instances' role begins with: the infrastructure role may pass no other to EC2.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-profile.html
"""
LONGEST_PREFIX = 38
"""Characters of a role's name before the suffix that the AWS provider makes."""


class ReservationPreference(StrEnum):
    """Whether instances are started into On-Demand Capacity Reservations."""

    ONLY = "only"
    """Into matching ones alone: without any no instance starts."""
    FIRST = "first"
    """Into a matching one where there is any, else On-Demand."""
    EXCLUDED = "excluded"
    """Never."""


@dataclass(frozen=True)
class ManagedReservations:
    """Which On-Demand Capacity Reservations the instances take.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityReservationRequest.html
    """

    preference: ReservationPreference = ReservationPreference.FIRST
    """only, first or excluded."""
    resource_group: str | None = None
    """ARN of a resource group of reservations, with `only`; any matching ones where absent."""

    def problems(self, wanted: InstanceRequirements | None) -> Iterator[Problem]:
        """What AWS would refuse; `wanted` are the requirements that reservations have to match."""
        if self.resource_group is not None and self.preference is not ReservationPreference.ONLY:
            yield Problem(
                ("resourceGroup",), f"goes with preference only, not {self.preference.value}: change one of them"
            )
        if wanted is None and self.preference is not ReservationPreference.EXCLUDED:
            yield Problem(
                ("preference",),
                f"{self.preference.value} needs instanceRequirements, which a reservation has to match: set them",
            )
        if self.resource_group is not None and (reason := resource_group_problem(self.resource_group)):
            yield Problem(("resourceGroup",), reason)


@dataclass(frozen=True)
class ManagedInstancesSettings:
    """EC2 instances of one kind that ECS starts as tasks need them, and looks after by itself."""

    instance_requirements: InstanceRequirements | None = None
    """What instances need; ECS takes the cheapest general-purpose types for the tasks where absent. The architecture is
    that of the tasks, and accelerators are NVIDIA's GPUs."""
    purchase_option: PurchaseOption = PurchaseOption.ON_DEMAND
    """on-demand or spot; a change replaces the capacity provider."""
    capacity_reservations: ManagedReservations | None = None
    """Buy by On-Demand Capacity Reservations; a change from or to absent replaces the capacity provider."""
    storage_size: int | None = None
    """GiB of the volume that holds images and the containers' own layers; ECS's choice where absent."""
    use_local_storage: bool = False
    """Hold them on the instance store instead of an EBS volume; for types that have one."""
    detailed_monitoring: bool = False
    """Metrics of each instance every minute instead of every five, for a price."""
    propagate_tags: bool = True
    """Give the capacity provider's tags to its instances."""
    scale_in_after: int | None = None
    """Seconds that an instance may idle, or be little used, before ECS ends it or moves its tasks together, 0-3600; -1
    for never, ECS's choice where absent."""
    auto_repair: bool = True
    """Replace an instance that is found to be impaired."""
    extra_security_groups: list[str] = field(default_factory=list)
    """Security groups that the instances have beside their own."""
    infrastructure_role: str | None = None
    """ARN of an existing role with which ECS starts and ends the instances, in place of one of their own."""
    instance_profile: str | None = None
    """ARN of an existing instance profile, in place of one of their own. The infrastructure role has to be allowed to
    pass its role; ours, and any with AWS's policy alone, is where that role's name begins with ecsInstanceRole."""

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse, or what could never start an instance."""
        yield from self._selection_problems()
        if self.capacity_reservations is not None:
            yield from under(self.capacity_reservations.problems(self.instance_requirements), "capacityReservations")
            if self.purchase_option is PurchaseOption.SPOT:
                yield Problem(
                    ("capacityReservations",), "excludes purchaseOption spot, which takes none: drop one of them"
                )
        if self.storage_size is not None:
            yield from out_of_range({"storageSize": (self.storage_size, 1, MOST_ROOT)})
            if self.use_local_storage:
                yield Problem(
                    ("storageSize",), "excludes useLocalStorage, which makes no volume of its own: drop one of them"
                )
        if self.scale_in_after is not None:
            yield from out_of_range({"scaleInAfter": (self.scale_in_after, -1, 3600)})
        yield from security_group_problems(self.extra_security_groups)
        yield from given_problems("infrastructureRole", "role", self.infrastructure_role)
        yield from given_problems("instanceProfile", "instance-profile", self.instance_profile)

    def _selection_problems(self) -> Iterator[Problem]:
        wanted = self.instance_requirements
        if wanted is None:
            return
        found = list(wanted.problems())
        yield from under(found, "instanceRequirements")
        if not found and not any(self.types(architecture) for architecture in Architecture):
            yield Problem(("instanceRequirements",), "are met by no type of this version's table: widen them")

    def types(self, architecture: Architecture) -> list[str]:
        """The types of this version's table that may start for a task; none where ECS chooses without requirements."""
        wanted = self.instance_requirements
        return [] if wanted is None else wanted.matching(AmiFamily.AL2023, architecture)


def instance_role_prefix(name: str) -> str:
    """What the physical name of the role of a component's instances begins with."""
    return f"{ROLE_PREFIX}-{name}"[: LONGEST_PREFIX - 1] + "-"

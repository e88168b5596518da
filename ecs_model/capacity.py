"""The container instances behind one capacity provider, as a person chooses them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ecs_model import agent, bottlerocket, capacity_rules, user_data_parts
from ecs_model.agent import AgentSettings
from ecs_model.capacity_options import CapacityReservation, InstanceRefresh, PurchaseOption, Tenancy, WarmPool
from ecs_model.containers import Container
from ecs_model.fitting import cpu_shortage, memory_shortage
from ecs_model.image_rules import image_warnings
from ecs_model.images import AmiFamily, AmiPolicy, Architecture, ssm_parameter
from ecs_model.instance_requirements import InstanceRequirements
from ecs_model.instance_types import architecture, known, largest, similar, slowest, smallest, unknown
from ecs_model.instance_volumes import LEAST_ROOT, ExtraVolume, VolumeOptions
from ecs_model.memory import Fit
from ecs_model.ports import EPHEMERAL, PortRange
from ecs_model.problem import Problem, under
from ecs_model.user_data_parts import UserDataParts

__all__ = ["CapacitySettings", "PurchaseOption", "cpu_shortages", "dynamic_ranges", "idle_limits", "memory_verdicts"]


@dataclass(frozen=True)
class CapacitySettings:
    """EC2 instances of one kind that ECS scales between two sizes."""

    instance_types: list[str] = field(default_factory=list)
    """EC2 instance types of one architecture, most wanted first; several give Spot more pools to choose from."""
    max_size: int = 0
    """Required: the most instances ECS may start."""
    min_size: int = 0
    """The instances kept even when no task needs them."""
    purchase_option: PurchaseOption = PurchaseOption.ON_DEMAND
    """on-demand or spot."""
    ami_family: AmiFamily = AmiFamily.AL2023
    """The ECS-optimized AMI's family: al2023, al2, bottlerocket, gpu or neuron."""
    architecture: Architecture | None = None
    """x86_64 or arm64; follows the instance types, and is needed only where they are too new to be known, and where
    instanceRequirements are to be met by arm64."""
    root_volume_size: int = LEAST_ROOT
    """GiB of the encrypted volume that holds the images and the containers' own layers."""
    target_capacity: int = 100
    """Percent of the instances that tasks should fill, 1-100; below 100 keeps instances spare for the next tasks."""
    instance_warmup: int = 300
    """Seconds before a new instance counts in CloudWatch's figures, 0-10000."""
    minimum_scaling_step: int = 1
    """The least instances to add at once, 1-10000."""
    maximum_scaling_step: int = 10_000
    """The most instances to add at once, 1-10000."""
    managed_termination_protection: bool = True
    """Keep instances that run tasks when the group scales in."""
    managed_draining: bool = True
    """Let tasks move away before an instance is terminated."""
    agent: AgentSettings = field(default_factory=AgentSettings)
    """The ECS agent's settings."""
    instance_requirements: InstanceRequirements | None = None
    """What instances need, in place of instance types by name."""
    ami_policy: AmiPolicy = AmiPolicy.LATEST_AT_DEPLOYMENT
    """latest-at-deployment or latest-at-launch."""
    ami_id: str | None = None
    """An AMI of that family and architecture, in place of the latest one; it stays until this changes."""
    on_demand_base: int = 0
    """With Spot: the instances that are bought On-Demand before any is bought Spot."""
    on_demand_percentage: int = 0
    """With Spot: percent of the instances beyond the base that are bought On-Demand."""
    capacity_rebalance: bool = True
    """With Spot: replace an instance when it is likely to be reclaimed, before the notice comes."""
    managed_scaling: bool = True
    """Let ECS choose the number of instances; without it the group keeps minSize."""
    max_instance_lifetime: int | None = None
    """Days after which an instance is replaced, 1-365; with amiPolicy latest-at-launch this brings new AMIs in."""
    instance_refresh: InstanceRefresh = field(default_factory=InstanceRefresh)
    """How a change reaches the instances that run."""
    warm_pool: WarmPool | None = None
    """Instances that have started once and wait; none where absent."""
    capacity_reservation: CapacityReservation | None = None
    """Which On-Demand Capacity Reservations are taken; any open one where absent."""
    tenancy: Tenancy = Tenancy.DEFAULT
    """default or dedicated."""
    root_volume: VolumeOptions = field(default_factory=VolumeOptions)
    """Type, speed and key of the volume of `root_volume_size`."""
    extra_volumes: dict[str, ExtraVolume] = field(default_factory=dict)
    """Further volumes by their device, such as /dev/xvdf."""
    detailed_monitoring: bool = False
    """Metrics of each instance every minute instead of every five, for a price."""
    extra_security_groups: list[str] = field(default_factory=list)
    """Security groups that the instances have beside their own."""
    user_data: UserDataParts = field(default_factory=UserDataParts)
    """What an instance does at its first start beside joining its cluster."""

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse or what could never run a task."""
        return capacity_rules.problems(self)

    def warnings(self, today_iso: str) -> Iterator[Problem]:
        """What works but should be known; `today_iso` is the date as YYYY-MM-DD."""
        for name in unknown(self.instance_types):
            yield Problem(
                ("instanceTypes",),
                f"{name} is not in this version's table{similar(name)}, so its memory and architecture go unchecked",
            )
        yield from image_warnings(self, today_iso)
        yield from under(self.agent.warnings(), "agent")

    @property
    def types(self) -> list[str]:
        """The instance types that may start: those named, or those of the table that meet the requirements."""
        if self.instance_requirements is None:
            return self.instance_types
        return self.instance_requirements.matching(self.ami_family, self.image_architecture)

    @property
    def image_architecture(self) -> Architecture:
        """The AMI's architecture: as stated, else as the instance types have it."""
        return self.architecture or architecture(self.instance_types) or Architecture.X86_64

    @property
    def image_parameter(self) -> str:
        """The public SSM parameter of the family's latest AMI."""
        gpus = any(type_.gpus for type_ in known(self.types))
        return ssm_parameter(self.ami_family, self.image_architecture, gpus=gpus)

    @property
    def mixed(self) -> bool:
        """Whether the Auto Scaling group chooses among types or buys Spot."""
        several = len(self.instance_types) > 1 or self.instance_requirements is not None
        return several or self.purchase_option is PurchaseOption.SPOT

    def user_data_text(self, cluster: str) -> str:
        """The user data, in plain text, of instances that join `cluster`."""
        variables = agent.config(
            cluster,
            self.agent,
            spot=self.purchase_option is PurchaseOption.SPOT,
            gpu=self.ami_family is AmiFamily.GPU,
            warm_pool=self.warm_pool is not None,
        )
        if self.ami_family is AmiFamily.BOTTLEROCKET:
            return bottlerocket.render(variables)
        return user_data_parts.text(variables, self.user_data)


def dynamic_ranges(capacity: Mapping[str, CapacitySettings]) -> list[PortRange]:
    """The ranges of dynamic host ports on any of these instances; the usual one where there are none to ask."""
    agents = (settings.agent for settings in capacity.values())
    return sorted({agent.ports for agent in agents if not any(agent.problems())}) or [EPHEMERAL]


def memory_verdicts(
    needed: int, capacity: Mapping[str, CapacitySettings], parts: str = ""
) -> Iterator[tuple[Fit, str]]:
    """For each capacity provider that may not or cannot hold a task of `needed` MiB: the verdict and a sentence.

    Judged on each provider's smallest type, since managed scaling does not scale out for a task that it cannot hold.
    `parts` says how the need adds up.
    """
    for name, settings in capacity.items():
        type_ = smallest(settings.types)
        which = f"the smallest type of capacity {name}"
        shortage = memory_shortage(needed, type_, which, settings.agent.reserved_memory, parts) if type_ else None
        if shortage:
            yield shortage.verdict, str(shortage)


def idle_limits(
    containers: Mapping[str, Container], capacity: Mapping[str, CapacitySettings]
) -> Iterator[tuple[str, str]]:
    """Containers whose memory limit no instance could let them reach: the container and a sentence.

    Only beside a reservation, for without one the limit itself is what placement looks for.
    """
    for name, container in containers.items():
        for key, settings in capacity.items():
            type_ = largest(settings.types)
            limit, reservation = container.memory, container.memory_reservation
            if type_ and limit and reservation and limit > type_.memory >= reservation:
                yield (
                    name,
                    f"{limit} MiB is a limit beyond all that {type_.name} has ({type_.memory} MiB installed), the "
                    f"largest type of capacity {key}: lower it, or use a larger instance type",
                )


def cpu_shortages(needed: int, capacity: Mapping[str, CapacitySettings]) -> Iterator[str]:
    """A sentence for each capacity provider that cannot hold a task of `needed` CPU units; all of them register."""
    for name, settings in capacity.items():
        type_ = slowest(settings.types)
        shortage = cpu_shortage(needed, type_, f"the type with the fewest of capacity {name}") if type_ else None
        if shortage:
            yield str(shortage)

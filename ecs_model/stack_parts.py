"""One environment: everything a stack's configuration says, and what follows from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ecs_model import fargate
from ecs_model.alarms import AlarmSettings
from ecs_model.balancing import Attachment
from ecs_model.capacity import CapacitySettings
from ecs_model.cluster import ClusterSettings, ContainerInsights
from ecs_model.discovery import Link, Member, links
from ecs_model.load_balancer import LoadBalancerSettings
from ecs_model.managed_instances import ManagedInstancesSettings
from ecs_model.network import NetworkSettings
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.one_off_task import OneOffTaskSettings
from ecs_model.renaming import FormerNames
from ecs_model.scheduled_task import ScheduledTaskSettings
from ecs_model.service import ServiceSettings, attachment_path
from ecs_model.service_connect import connect_links, connect_member
from ecs_model.strategy import FARGATE, StrategyItem
from ecs_model.task import TaskSettings


@dataclass(frozen=True)
class StackParts:
    """The configuration of one environment; maps go from a name that a person chooses to its settings."""

    name: str
    """What the environment's resources are called after; the stack's name unless set."""
    network: NetworkSettings = field(default_factory=NetworkSettings)
    """Where it runs; a choice has to be made."""
    cluster: ClusterSettings = field(default_factory=ClusterSettings)
    """The ECS cluster; its default strategy has to be given."""
    capacity: dict[str, CapacitySettings] = field(default_factory=dict)
    """Container instances, one entry a capacity provider; at least one, here or in managedInstances."""
    managed_instances: dict[str, ManagedInstancesSettings] = field(default_factory=dict)
    """ECS Managed Instances, one entry a capacity provider; strategies name these keys as they name those of
    capacity."""
    services: dict[str, ServiceSettings] = field(default_factory=dict)
    """ECS services."""
    service_files: list[str] = field(default_factory=list)
    """YAML files with more services, each a mapping as that of services: paths such as services/*.yaml, relative to the
    project's directory. See docs/service-files.md."""
    scheduled_tasks: dict[str, ScheduledTaskSettings] = field(default_factory=dict)
    """Tasks that are started by the clock and end by themselves."""
    run: dict[str, OneOffTaskSettings] = field(default_factory=dict)
    """Tasks that are started by a command when they are due, such as migrations; the output `run` has the commands."""
    load_balancers: dict[str, LoadBalancerSettings] = field(default_factory=dict)
    """Load balancers that services share."""
    alarms: AlarmSettings | None = None
    """What is too much, and who is told; nobody where absent."""
    namespace: str | None = None
    """The domain of a private DNS namespace, such as dev.internal, that services are found in; none where absent."""
    connect_namespace: str | None = None
    """The name of an HTTP namespace, such as dev, that services with `connect` meet in; none where absent."""

    adopt: dict[str, dict[str, str]] = field(default_factory=dict)
    """Live resources to be taken over in place of new ones: by their type, such as ecs.Service, and the name that this
    program has for each, the id they are imported by. See docs/adopting.md."""

    former_names: FormerNames = field(default_factory=FormerNames)
    """What renamed parts were called before, so that a rename replaces nothing."""

    @property
    def public_instances(self) -> bool:
        """Whether container instances have public addresses."""
        return self.network.public_instances

    @property
    def container_insights(self) -> bool:
        """Whether Container Insights count the cluster's tasks."""
        return self.cluster.container_insights is not ContainerInsights.DISABLED

    def strategy(self, task: TaskSettings) -> list[StrategyItem]:
        """A task's own strategy, else the cluster's default; of a daemon, all container instances."""
        if isinstance(task, ServiceSettings) and task.daemon:
            return [StrategyItem(key, weight=1) for key in self.capacity]
        return task.capacity_provider_strategy or self.cluster.default_capacity_provider_strategy

    def steps_before(self, service: str) -> list[str]:
        """The one-off tasks that a deployment runs before a service, by their keys."""
        steps = {key: task.on_deploy for key, task in self.run.items() if task.on_deploy is not None}
        return [key for key, step in steps.items() if not step.before or service in step.before]

    def on_fargate(self, task: TaskSettings) -> bool:
        """Whether a service's tasks, or others, run on Fargate."""
        return fargate.on_fargate(self.strategy(task))

    def instances(self) -> Iterator[tuple[str, str, CapacitySettings | ManagedInstancesSettings]]:
        """Everything that tasks are placed on: its section, its key, itself."""
        yield from (("capacity", key, capacity) for key, capacity in self.capacity.items())
        yield from (("managedInstances", key, managed) for key, managed in self.managed_instances.items())

    @property
    def capacity_providers(self) -> list[str]:
        """The keys of the stack's own capacity providers."""
        return [*self.capacity, *self.managed_instances]

    @property
    def attached_providers(self) -> list[str]:
        """The keys of the stack's own capacity providers, and Fargate's names where it is on."""
        return [*self.capacity_providers, *(sorted(FARGATE) if self.cluster.fargate else [])]

    @property
    def attached(self) -> list[str] | None:
        """What strategies may name; None without any capacity, for that it is missing says enough."""
        return self.attached_providers if self.capacity_providers else None

    def capacity_of(self, task: TaskSettings) -> dict[str, CapacitySettings]:
        """The capacity a service's tasks, or others, may be placed on."""
        used = self._used(task)
        return {key: capacity for key, capacity in self.capacity.items() if key in used}

    def managed_of(self, task: TaskSettings) -> dict[str, ManagedInstancesSettings]:
        """The Managed Instances a service's tasks, or others, may be placed on."""
        used = self._used(task)
        return {key: managed for key, managed in self.own_managed.items() if key in used}

    @property
    def own_managed(self) -> dict[str, ManagedInstancesSettings]:
        """Those whose key is theirs alone; that another is in capacity as well says enough."""
        return {key: managed for key, managed in self.managed_instances.items() if key not in self.capacity}

    def _used(self, task: TaskSettings) -> set[str]:
        return {item.capacity_provider for item in self.strategy(task) if item.weight or item.base}

    def attachments(self) -> list[Attachment]:
        """Every way from a load balancer to a service, in the order of the settings."""
        return [
            Attachment(
                f"{self.name}-{self.first_name('services', service_key)}{f'-{key}' if key else ''}",
                ("services", service_key, *attachment_path(key)),
                routing,
                service.host_ports(routing),
            )
            for service_key, service in self.services.items()
            for key, routing in service.attachments.items()
        ]

    def udp_load_balancers(self) -> list[str]:
        """The load balancers that send UDP to dynamic host ports, by their keys."""
        return sorted(
            {
                routing.name
                for service in self.services.values()
                for routing in service.attachments.values()
                if service.network_mode is NetworkMode.BRIDGE
                and Protocol.UDP in routing.transports
                and not any(port.protocol is Protocol.UDP for port in service.host_ports(routing))
            }
        )

    def links(self) -> Sequence[Link]:
        """The ingress rules that services need which call each other by name."""
        return links(
            {
                key: Member(
                    service.network_mode,
                    [*self.capacity_of(service), *self.managed_of(service)],
                    service.discovery,
                    service.discovered_host_port,
                )
                for key, service in self.services.items()
            }
        )

    def connect_links(self) -> Sequence[Link]:
        """The ingress rules that services need which call each other through Service Connect."""
        return connect_links(
            {
                key: connect_member(
                    service.connect,
                    service.containers,
                    service.network_mode,
                    {name: fleet.agent.ports for name, fleet in self.capacity_of(service).items()},
                )
                for key, service in self.services.items()
                if service.connect is not None and service.connect.enabled
            }
        )

    def section_keys(self) -> dict[str, list[str]]:
        """The keys of every section whose parts have names of their own."""
        return {
            "capacity": [*self.capacity],
            "managedInstances": [*self.managed_instances],
            "services": [*self.services],
            "scheduledTasks": [*self.scheduled_tasks],
            "run": [*self.run],
            "loadBalancers": [*self.load_balancers],
        }

    def first_name(self, section: str, key: str) -> str:
        """What a part was called first."""
        return self.former_names.sections[section].get(key, key)

    def own_groups(self) -> list[str]:
        """The services whose tasks have a security group of their own, by their keys."""
        return [key for key, service in self.services.items() if service.network_mode is NetworkMode.AWSVPC]

    def tasks(self) -> Iterator[tuple[str, str, ServiceSettings | ScheduledTaskSettings | OneOffTaskSettings]]:
        """Everything that becomes a task definition: its section, its key, itself."""
        yield from (("services", key, service) for key, service in self.services.items())
        yield from (("scheduledTasks", key, job) for key, job in self.scheduled_tasks.items())
        yield from (("run", key, task) for key, task in self.run.items())

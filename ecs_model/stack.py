"""One environment: everything a stack's configuration says, and what must be true between its parts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ecs_model import fargate, managed_tasks, renaming
from ecs_model.adoption import adoption_problems
from ecs_model.alarms import AlarmSettings
from ecs_model.balancing import Attachment, balancing_problems
from ecs_model.capacity import CapacitySettings, cpu_shortages, dynamic_ranges, idle_limits, memory_verdicts
from ecs_model.cluster import ClusterSettings, ContainerInsights
from ecs_model.constraint_needs import constraint_problems, distinct_room_problems
from ecs_model.container_rules import fixed_port
from ecs_model.containers import memory_parts
from ecs_model.dashboard import problems as dashboard_problems
from ecs_model.discovery import Link, Member, links, namespace_problem
from ecs_model.instance_needs import need_problems
from ecs_model.load_balancer import LoadBalancerSettings
from ecs_model.managed_instances import ManagedInstancesSettings
from ecs_model.memory import Fit
from ecs_model.network import Nat, NetworkSettings
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.one_off_task import OneOffTaskSettings
from ecs_model.problem import Path, Problem, under
from ecs_model.renaming import FormerNames
from ecs_model.scheduled_task import ScheduledTaskSettings, strategy_length_problems
from ecs_model.service import ServiceSettings, attachment_path
from ecs_model.service_connect import connect_links, connect_member, connect_namespace_problem
from ecs_model.strategy import FARGATE, MOST_PROVIDERS, StrategyItem, name_problem
from ecs_model.strategy import problems as strategy_problems
from ecs_model.task import TaskSettings
from ecs_model.task_options import architecture_problems

LONGEST_NAME = 24
"""Load balancers and target groups have names of at most 32 characters, of which Pulumi's suffix takes 8."""


@dataclass(frozen=True)
class StackSettings:
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

    def first_named(self) -> "StackSettings":
        """The same environment with every part, and whatever names it, called as it was first."""
        former = self.former_names
        default = renaming.strategy(self.cluster.default_capacity_provider_strategy, former)
        return replace(
            self,
            cluster=replace(self.cluster, default_capacity_provider_strategy=default),
            capacity=renaming.keyed(self.capacity, former.capacity),
            managed_instances=renaming.keyed(self.managed_instances, former.managed_instances),
            load_balancers=renaming.keyed(self.load_balancers, former.load_balancers),
            services=renaming.services(self.services, former),
            scheduled_tasks=renaming.tasks(self.scheduled_tasks, former.scheduled_tasks, former),
            run=renaming.one_off_tasks(self.run, former),
            former_names=FormerNames(),
        )

    def problems(self) -> Iterator[Problem]:
        """Everything that must not be deployed, each with its path."""
        yield from under(self.network.problems(), "network")
        yield from self._name_problems()
        yield from self._cluster_problems()
        for section, key, part in self._instances():
            yield from under(part.problems(), section, key)
        for key, balancer in self.load_balancers.items():
            yield from under(balancer.problems(), "loadBalancers", key)
        for key, service in self.services.items():
            yield from under(self._service_problems(service), "services", key)
        for key, job in self.scheduled_tasks.items():
            yield from under(self._scheduled_task_problems(job), "scheduledTasks", key)
        for key, task in self.run.items():
            yield from under(self._one_off_problems(task), "run", key)
        yield from self._family_problems()
        if self.namespace is not None and (reason := namespace_problem(self.namespace)):
            yield Problem(("namespace",), reason)
        for key, service in self.services.items():
            if service.discovery is not None:
                found = service.discovery.problems(key, self.services, self.namespace)
                yield from under(found, "services", key, "discovery")
        yield from self._connect_problems()
        if self.alarms is not None:
            yield from under(self.alarms.problems(container_insights=self.container_insights), "alarms")
        yield from under(adoption_problems(self.adopt), "adopt")
        yield from under(self.former_names.problems(self._keys()), "formerNames")
        yield from self._internal_problems()
        yield from balancing_problems(self.attachments(), self.load_balancers)

    def warnings(self) -> Iterator[Problem]:
        """What works but should be known, of what lies between the parts; each part's own is its component's."""
        create = self.network.create
        if create is not None and create.nat is Nat.NONE and not create.public_instances:
            yield Problem(
                ("network", "create", "nat"),
                "none lets instances pull images from this region's ECR only, through the endpoints: copy others there",
            )
        if self.managed_instances and self.network.existing is not None and self.public_instances:
            yield Problem(
                ("network", "existing", "publicSubnetIds"),
                "are where managedInstances start, which get public addresses only if the subnets assign them",
            )
        for section, key, task in self._tasks():
            kinds = {name: fleet.image_architecture.value for name, fleet in self.capacity_of(task).items()}
            if len(set(kinds.values())) > 1:
                listed = ", ".join(f"{name} is {kind}" for name, kind in sorted(kinds.items()))
                yield Problem(
                    (section, key),
                    f"may run on instances of different architectures ({listed}): its images must be built for both",
                )
            awsvpc = task.network_mode is NetworkMode.AWSVPC and not self.on_fargate(task)
            if awsvpc and self.public_instances:
                yield Problem(
                    (section, key, "networkMode"),
                    "awsvpc tasks get no public address, so in public subnets they reach nothing outside the VPC",
                )

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

    def _instances(self) -> Iterator[tuple[str, str, CapacitySettings | ManagedInstancesSettings]]:
        """Everything that tasks are placed on: its section, its key, itself."""
        yield from (("capacity", key, capacity) for key, capacity in self.capacity.items())
        yield from (("managedInstances", key, managed) for key, managed in self.managed_instances.items())

    @property
    def capacity_providers(self) -> list[str]:
        """The keys of the stack's own capacity providers."""
        return [*self.capacity, *self.managed_instances]

    @property
    def _attached(self) -> list[str] | None:
        """What strategies may name; None without any capacity, for that it is missing says enough."""
        own = self.capacity_providers
        return [*own, *(sorted(FARGATE) if self.cluster.fargate else [])] if own else None

    def capacity_of(self, task: TaskSettings) -> dict[str, CapacitySettings]:
        """The capacity a service's tasks, or others, may be placed on."""
        used = self._used(task)
        return {key: capacity for key, capacity in self.capacity.items() if key in used}

    def managed_of(self, task: TaskSettings) -> dict[str, ManagedInstancesSettings]:
        """The Managed Instances a service's tasks, or others, may be placed on."""
        used = self._used(task)
        return {key: managed for key, managed in self._managed.items() if key in used}

    @property
    def _managed(self) -> dict[str, ManagedInstancesSettings]:
        """Those whose key is theirs alone; that another is in capacity as well says enough."""
        return {key: managed for key, managed in self.managed_instances.items() if key not in self.capacity}

    def _used(self, task: TaskSettings) -> set[str]:
        return {item.capacity_provider for item in self.strategy(task) if item.weight or item.base}

    def attachments(self) -> list[Attachment]:
        """Every way from a load balancer to a service, in the order of the settings."""
        return [
            Attachment(
                f"{self.name}-{self._first('services', service_key)}{f'-{key}' if key else ''}",
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

    def _connect_problems(self) -> Iterator[Problem]:
        if self.connect_namespace is not None and (reason := connect_namespace_problem(self.connect_namespace)):
            yield Problem(("connectNamespace",), reason)
        offered: dict[str, str] = {}
        for key, service in self.services.items():
            if service.connect is None or not service.connect.enabled:
                continue
            if self.connect_namespace is None:
                yield Problem(
                    ("services", key, "connect"), "needs a namespace, and the stack has none: set connectNamespace"
                )
            for port in service.connect.ports:
                first = offered.setdefault(port, key)
                if first != key:
                    yield Problem(
                        ("services", key, "connect", "ports", port),
                        f"is offered by service {first} already: give the port mappings names of their own",
                    )

    def _keys(self) -> dict[str, list[str]]:
        """The keys of every section whose parts have names of their own."""
        return {
            "capacity": [*self.capacity],
            "managedInstances": [*self.managed_instances],
            "services": [*self.services],
            "scheduledTasks": [*self.scheduled_tasks],
            "run": [*self.run],
            "loadBalancers": [*self.load_balancers],
        }

    def _first(self, section: str, key: str) -> str:
        """What a part was called first."""
        return self.former_names.sections[section].get(key, key)

    def _name_problems(self) -> Iterator[Problem]:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", self.name):
            yield Problem(("name",), f"{self.name!r} is not a name: use letters, digits and hyphens, a letter first")
        elif self.name.lower().startswith("sg-"):
            yield Problem(("name",), f"{self.name!r} begins with 'sg-', which EC2 keeps for itself: change it")
        elif reason := name_problem(self.name):
            # Capacity providers are called after it.
            yield Problem(("name",), reason)
        for key in self.load_balancers:
            if f"{self.name}-{self._first('loadBalancers', key)}".lower().startswith("internal-"):
                yield Problem(("loadBalancers", key), "is called internal-…, which AWS reserves: set another name")
        for section, keys in self._keys().items():
            for key in keys:
                yield from under(self._key_problems(self._first(section, key)), section, key)
        yield from self._attached_name_problems()

    def _attached_name_problems(self) -> Iterator[Problem]:
        """Target groups are called after their service and their own key: each differently."""
        taken = {f"{self.name}-{self._first('services', key)}": key for key in self.services}
        called = {*taken}
        yield from self._alternate_name_problems()
        for each in self.attachments():
            if each.path[2] != "loadBalancers":
                continue
            yield from under(self._key_problems(each.name.removeprefix(f"{self.name}-")), *each.path)
            first = taken.setdefault(each.name, each.service)
            if first != each.service or each.name in called:
                yield Problem(each.path, f"is called {each.name}, as something of service {first} is: use another name")

    def _alternate_name_problems(self) -> Iterator[Problem]:
        """Where traffic is moved a second target group has the name of the first and -2."""
        services = {f"{self.name}-{self._first('services', key)}" for key in self.services}
        names = {each.name for each in self.attachments()} | services
        for each in self.attachments():
            chosen = self.services[each.service].deployment
            other = f"{each.name}-2"
            if chosen is None or not chosen.strategy.shifts:
                continue
            if len(other) > LONGEST_NAME or other in names:
                yield Problem(
                    each.path,
                    f"needs a second target group called {other}, which has to be the only one of that name and within "
                    f"{LONGEST_NAME} characters: use another name, or deployment.strategy rolling",
                )

    def _key_problems(self, key: str) -> Iterator[Problem]:
        whole = f"{self.name}-{key}"
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", key):
            yield Problem((), f"{key!r} is not a name: use letters, digits and hyphens")
        elif len(whole) > LONGEST_NAME:
            yield Problem((), f"{whole!r} has {len(whole)} characters, at most {LONGEST_NAME} leave room for a suffix")

    def _internal_problems(self) -> Iterator[Problem]:
        """Internal load balancers stand where the instances do."""
        existing = self.network.existing
        if existing is None or len(existing.private_subnet_ids) != 1:
            return
        for key, balancer in self.load_balancers.items():
            if balancer.internal:
                yield Problem(
                    ("loadBalancers", key, "internal"),
                    "needs private subnets in two zones, and network.existing.privateSubnetIds has one: add another",
                )

    def _cluster_problems(self) -> Iterator[Problem]:
        own = self.capacity_providers
        if not own:
            yield Problem(("capacity",), "is empty: describe the container instances of at least one capacity provider")
        if len(own) > MOST_PROVIDERS:
            yield Problem(
                ("capacity",),
                f"has {len(own)} entries{' with managedInstances' if self.managed_instances else ''}, a cluster at "
                f"most {MOST_PROVIDERS}: leave some out",
            )
        if self.cluster.execute_command is not None:
            yield from under(self.cluster.execute_command.problems(), "cluster", "executeCommand")
        if self.cluster.dashboard:
            yield from under(dashboard_problems(len(self.services)), "cluster", "dashboard")
        default = self.cluster.default_capacity_provider_strategy
        path = ("cluster", "defaultCapacityProviderStrategy")
        if default:
            yield from under(strategy_problems(default, self._attached, self._managed), *path)
        else:
            first = next(iter(own), "general")
            yield Problem(path, f"is missing or empty: give one, such as [{{ capacityProvider: {first}, weight: 1 }}]")
        for section, keys in (("capacity", self.capacity), ("managedInstances", self.managed_instances)):
            for key in FARGATE & set(keys):
                yield Problem((section, key), "is the name of AWS's own capacity provider: choose another")
        for key in self.managed_instances:
            if key in self.capacity:
                yield Problem(("managedInstances", key), "is in capacity as well, and strategies name both: rename it")

    def _service_problems(self, service: ServiceSettings) -> Iterator[Problem]:
        yield from self._task_problems(service)
        if service.distinct_instances and not service.daemon:
            yield from distinct_room_problems(
                self.strategy(service), service.desired_count, service.copies_beside, self.capacity
            )

    def _one_off_problems(self, task: OneOffTaskSettings) -> Iterator[Problem]:
        yield from self._task_problems(task)
        if task.on_deploy is not None:
            yield from under(task.on_deploy.problems(self.services), "onDeploy")

    def _family_problems(self) -> Iterator[Problem]:
        """Two tasks of one name."""
        first: dict[str, str] = {}
        for section, key, _ in self._tasks():
            family = self._first(section, key)
            if first.setdefault(family, section) != section:
                yield Problem(
                    (section, key),
                    f"is in {first[family]} as well, and a task definition's family is for one: rename it",
                )

    def _scheduled_task_problems(self, job: ScheduledTaskSettings) -> Iterator[Problem]:
        yield from self._task_problems(job)
        if not job.capacity_provider_strategy:
            yield from strategy_length_problems(len(self.strategy(job)))

    def _tasks(self) -> Iterator[tuple[str, str, ServiceSettings | ScheduledTaskSettings | OneOffTaskSettings]]:
        """Everything that becomes a task definition: its section, its key, itself."""
        yield from (("services", key, service) for key, service in self.services.items())
        yield from (("scheduledTasks", key, job) for key, job in self.scheduled_tasks.items())
        yield from (("run", key, task) for key, task in self.run.items())

    def _task_problems(self, task: ServiceSettings | ScheduledTaskSettings | OneOffTaskSettings) -> Iterator[Problem]:
        """What is wrong with it by itself, and on the instances that it is to be placed on."""
        ranges = dynamic_ranges(self.capacity_of(task))
        yield from dict.fromkeys(problem for ports in ranges for problem in task.problems(ports))
        yield from self._reserved_port_problems(task)
        own = task.capacity_provider_strategy
        if own:
            found = strategy_problems(own, self._attached, self._managed)
            yield from under(found, "capacityProviderStrategy")
        if self.on_fargate(task):
            yield from fargate.problems(
                task.containers,
                task.network_mode,
                cpu=task.cpu,
                memory=task.memory,
                volumes=task.volumes,
                placement_constraints=task.placement_constraints,
                pid_mode=task.pid_mode,
                ipc_mode=task.ipc_mode,
            )
        if managed := self.managed_of(task):
            yield from managed_tasks.problems(
                task.containers,
                task.network_mode,
                volumes=task.volumes,
                ipc_mode=task.ipc_mode,
                proxy=task.proxy_configuration,
            )
            yield from self._managed_fit_problems(task, managed)
        yield from self._placement_problems(task)
        yield from self._fit_problems(task)

    def _placement_problems(
        self, task: ServiceSettings | ScheduledTaskSettings | OneOffTaskSettings
    ) -> Iterator[Problem]:
        """Where ECS alone decides, there are no placement strategies."""
        managed = next(iter(self.managed_of(task)), None)
        if not (self.on_fargate(task) or managed):
            return
        where = f"managedInstances {managed} is where ECS alone decides" if managed else "Fargate has none"
        if isinstance(task, ServiceSettings) and task.distinct_instances:
            yield Problem(("distinctInstances",), f"is for container instances of capacity, and {where}: leave it out")
        if task.placement_strategies:
            yield Problem(
                ("placementStrategies",), f"choose among container instances of capacity, and {where}: leave them out"
            )

    def _managed_fit_problems(
        self, task: TaskSettings, managed: Mapping[str, ManagedInstancesSettings]
    ) -> Iterator[Problem]:
        size = managed_tasks.Size(task.cpu, task.memory, task.cpu_architecture)
        deciding: dict[Path, Path] = {("cpu",): _cpu_path(task), ("memory",): _memory_path(task)}
        for problem in managed_tasks.fit_problems(task.containers, managed, size):
            yield Problem(deciding.get(problem.path, problem.path), problem.message)

    def _reserved_port_problems(self, service: TaskSettings) -> Iterator[Problem]:
        """A fixed host port that the agent was told to keep from tasks."""
        reserved = {
            port: key for key, capacity in self.capacity_of(service).items() for port in capacity.agent.reserved_ports
        }
        for name, container in service.containers.items():
            for position, mapping in enumerate(container.port_mappings):
                port = fixed_port(mapping, service.network_mode)
                if port in reserved:
                    yield Problem(
                        ("containers", name, "portMappings", position),
                        f"host port {port} is in capacity {reserved[port]}'s agent.reservedPorts, so no task gets it: "
                        "use another",
                    )

    def _fit_problems(self, service: TaskSettings) -> Iterator[Problem]:
        """Only what cannot fit; what may not is the task definition's warning."""
        for sentence in cpu_shortages(service.placed_cpu, self.capacity_of(service)):
            yield Problem(_cpu_path(service), sentence)
        for name, sentence in idle_limits(service.containers, self.capacity_of(service)):
            yield Problem(("containers", name, "memory"), sentence)
        yield from need_problems(service.containers, self.capacity_of(service))
        yield from architecture_problems(service.cpu_architecture, self.capacity_of(service))
        yield from constraint_problems(service.placement_constraints, self.capacity_of(service))
        parts = memory_parts(service.containers, service.memory)
        for verdict, sentence in memory_verdicts(service.placed_memory, self.capacity_of(service), parts):
            if verdict is Fit.NEVER:
                yield Problem(_memory_path(service), sentence)


def _cpu_path(service: TaskSettings) -> Path:
    """The setting that decides how much CPU the task needs: the task's own, else its largest container's."""
    if service.cpu or not service.containers:
        return ("cpu",)
    return ("containers", max(service.containers, key=lambda name: service.containers[name].cpu), "cpu")


def _memory_path(service: TaskSettings) -> Path:
    """The setting that decides how much memory the task needs: the task's own, else its largest container's."""
    if service.memory or not service.containers:
        return ("memory",)
    name, largest = max(service.containers.items(), key=lambda item: item[1].placed_memory)
    return ("containers", name, "memoryReservation" if largest.memory_reservation else "memory")

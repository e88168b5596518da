"""One environment: what must be true between the parts of a stack's configuration."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ecs_model import renaming
from ecs_model.adoption import adoption_problems
from ecs_model.balancing import balancing_problems, idle_balancer_warnings, without_conditions
from ecs_model.dashboard import problems as dashboard_problems
from ecs_model.discovery import namespace_problem
from ecs_model.hidden_rules import hidden_rule_warnings, same_rule_problems
from ecs_model.network import Nat
from ecs_model.network_modes import NetworkMode
from ecs_model.one_off_task import OneOffTaskSettings
from ecs_model.problem import Problem, under
from ecs_model.renaming import FormerNames
from ecs_model.scheduled_task import ScheduledTaskSettings, strategy_length_problems
from ecs_model.service_connect import connect_namespace_problem
from ecs_model.stack_names import family_problems, name_problems
from ecs_model.stack_parts import StackParts
from ecs_model.stack_tasks import task_problems
from ecs_model.strategy import FARGATE, MOST_PROVIDERS
from ecs_model.strategy import problems as strategy_problems


@dataclass(frozen=True)
class StackSettings(StackParts):
    """The configuration of one environment, judged."""

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
        yield from under(self.roles.problems(), "roles")
        yield from name_problems(self)
        yield from self._cluster_problems()
        for section, key, part in self.instances():
            yield from under(part.problems(), section, key)
        for key, balancer in self.load_balancers.items():
            yield from under(balancer.problems(), "loadBalancers", key)
        for key, service in self.services.items():
            found = without_conditions(task_problems(self, service), service.attachments, self.load_balancers)
            yield from under(found, "services", key)
        for key, job in self.scheduled_tasks.items():
            yield from under(self._scheduled_task_problems(job), "scheduledTasks", key)
        for key, task in self.run.items():
            yield from under(self._one_off_problems(task), "run", key)
        yield from family_problems(self)
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
        yield from under(self.former_names.problems(self.section_keys()), "formerNames")
        yield from self._internal_problems()
        attachments = self.attachments()
        yield from balancing_problems(attachments, self.load_balancers)
        yield from same_rule_problems(attachments)

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
        attachments = self.attachments()
        yield from hidden_rule_warnings(attachments)
        yield from idle_balancer_warnings(attachments, self.load_balancers)
        for section, key, task in self.tasks():
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
            yield from under(strategy_problems(default, self.attached, self.own_managed), *path)
        else:
            first = next(iter(own), "general")
            yield Problem(path, f"is missing or empty: give one, such as [{{ capacityProvider: {first}, weight: 1 }}]")
        for section, keys in (("capacity", self.capacity), ("managedInstances", self.managed_instances)):
            for key in FARGATE & set(keys):
                yield Problem((section, key), "is the name of AWS's own capacity provider: choose another")
        for key in self.managed_instances:
            if key in self.capacity:
                yield Problem(("managedInstances", key), "is in capacity as well, and strategies name both: rename it")

    def _scheduled_task_problems(self, job: ScheduledTaskSettings) -> Iterator[Problem]:
        yield from task_problems(self, job)
        if not job.capacity_provider_strategy:
            yield from strategy_length_problems(len(self.strategy(job)))

    def _one_off_problems(self, task: OneOffTaskSettings) -> Iterator[Problem]:
        yield from task_problems(self, task)
        if task.on_deploy is not None:
            yield from under(task.on_deploy.problems(self.services), "onDeploy")

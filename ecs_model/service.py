"""A service: its task, how many copies, where they run, and who may reach them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ecs_model.container_rules import problems as container_problems
from ecs_model.containers import Container, NetworkMode, needed_memory
from ecs_model.load_balancer import Routing, ServiceRouting
from ecs_model.ports import EPHEMERAL, PortRange
from ecs_model.problem import Problem, under
from ecs_model.strategy import StrategyItem

LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""What CloudWatch Logs accepts.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""


@dataclass(frozen=True)
class PolicyStatement:
    """Something the containers may do, for the task role."""

    actions: list[str]
    """IAM actions, such as `s3:GetObject`."""
    resources: list[str]
    """ARNs the actions apply to."""


@dataclass(frozen=True)
class ServiceSettings:
    """One ECS service with its task definition; memory in MiB, CPU in CPU units."""

    containers: dict[str, Container]
    """The task's containers by name."""
    network_mode: NetworkMode = NetworkMode.BRIDGE
    """bridge, awsvpc, host or none."""
    cpu: int | None = None
    """A limit for the whole task, in CPU units; none where absent."""
    memory: int | None = None
    """A limit for the whole task, in MiB; none where absent."""
    desired_count: int = 1
    """Copies of the task."""
    load_balancer: ServiceRouting | None = None
    """The requests it gets; none where absent."""
    capacity_provider_strategy: list[StrategyItem] = field(default_factory=list)
    """In place of the cluster's default strategy."""
    task_role_statements: list[PolicyStatement] = field(default_factory=list)
    """What its containers may do in AWS; nothing where empty."""
    log_retention_days: int = 30
    """Days CloudWatch keeps its logs."""
    enable_execute_command: bool = False
    """Let people into its containers by ECS Exec."""
    wait_for_steady_state: bool = False
    """`pulumi up` waits until the deployment is done, and fails if it is rolled back."""
    force_new_deployment: bool = True
    """Start new tasks on every change of the service. ECS wants it when the strategy changes (pulumi-aws#5903); off,
    such a change replaces the service, but a change of the desired count alone starts no new tasks."""
    minimum_healthy_percent: int = 100
    """Percent of the desired count that keeps running in a deployment, 0-100."""
    maximum_percent: int = 200
    """Percent of the desired count that may run in a deployment, above 100."""
    health_check_grace_period: int | None = None
    """Seconds after a task's start in which the load balancer's verdict is ignored."""

    @property
    def placed_memory(self) -> int:
        """MiB that placement looks for on an instance, for one task."""
        return needed_memory(self.containers, self.memory)

    @property
    def fixed_host_port(self) -> int | None:
        """The instances' port that its load balancer reaches, where that is not a dynamic one."""
        routing = self.load_balancer
        if routing is None or self.network_mode not in (NetworkMode.BRIDGE, NetworkMode.HOST):
            return None
        if self.network_mode is NetworkMode.HOST:
            return routing.container_port
        container = self.containers.get(routing.container_name)
        mapped = container.port_mappings if container else []
        return next((port.host_port for port in mapped if port.container_port == routing.container_port), None) or None

    def problems(self, dynamic: PortRange = EPHEMERAL) -> Iterator[Problem]:
        """Everything wrong with the service by itself; `dynamic` is the agents' port range."""
        yield from container_problems(
            self.containers, self.network_mode, cpu=self.cpu, memory=self.memory, dynamic=dynamic
        )
        yield from self._deployment_problems()
        yield from self._exec_problems()
        if self.log_retention_days not in LOG_RETENTION_DAYS:
            allowed = ", ".join(map(str, LOG_RETENTION_DAYS))
            yield Problem(
                ("logRetentionDays",), f"{self.log_retention_days} is not offered by CloudWatch: give one of {allowed}"
            )
        for position, statement in enumerate(self.task_role_statements):
            yield from under(_statement_problems(statement), "taskRoleStatements", position)
        if self.load_balancer is not None:
            yield from under(self.load_balancer.problems(), "loadBalancer")
            yield from under(self._routing_problems(self.load_balancer), "loadBalancer")

    def _deployment_problems(self) -> Iterator[Problem]:
        if self.desired_count < 0:
            yield Problem(("desiredCount",), f"{self.desired_count} is negative: give 0 or more")
        if not 0 <= self.minimum_healthy_percent <= 100:
            yield Problem(("minimumHealthyPercent",), f"{self.minimum_healthy_percent} is out of range: give 0-100")
        if self.maximum_percent < 100 or self.maximum_percent <= self.minimum_healthy_percent:
            yield Problem(
                ("maximumPercent",),
                f"{self.maximum_percent} leaves a deployment no room beside minimumHealthyPercent "
                f"({self.minimum_healthy_percent}): raise it, 200 is usual",
            )
        if self.health_check_grace_period is not None and self.load_balancer is None:
            yield Problem(("healthCheckGracePeriod",), "is for services with a loadBalancer: leave it out")

    def _exec_problems(self) -> Iterator[Problem]:
        for name, container in self.containers.items():
            if self.enable_execute_command and container.readonly_root_filesystem:
                yield Problem(
                    ("containers", name, "readonlyRootFilesystem"),
                    "ECS Exec does not work with a read-only root filesystem: switch one of the two off",
                )

    def _routing_problems(self, routing: Routing) -> Iterator[Problem]:
        container = self.containers.get(routing.container_name)
        if self.network_mode is NetworkMode.NONE:
            yield Problem((), "needs a network, and networkMode is none: use bridge")
        elif container is None:
            known = ", ".join(sorted(self.containers))
            yield Problem(
                ("containerName",), f"{routing.container_name!r} is no container of this service (there is: {known})"
            )
        elif routing.container_port not in {port.container_port for port in container.port_mappings}:
            mapped = ", ".join(str(port.container_port) for port in container.port_mappings) or "none"
            yield Problem(
                ("containerPort",),
                f"{routing.container_port} is no mapped port of container {routing.container_name} (mapped: {mapped}): "
                "add it to its portMappings",
            )


def _statement_problems(statement: PolicyStatement) -> Iterator[Problem]:
    if not statement.actions or not statement.resources:
        yield Problem((), "needs at least one of actions and one of resources")
    for position, action in enumerate(statement.actions):
        if not re.fullmatch(r"[a-z0-9-]+:[A-Za-z*]+", action) or action.endswith(":*"):
            yield Problem(
                ("actions", position), f"{action!r} is not a single action, such as s3:GetObject: name each one"
            )

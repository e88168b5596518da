"""A service: its task, how many copies, where they run, and who may reach them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ecs_model.attachments import (
    MOST_ATTACHMENTS,
    Reached,
    both_problems,
    fixed_host_port,
    fixed_ports,
    health_port_problems,
    reached_problems,
)
from ecs_model.containers import Container
from ecs_model.daemon import daemon_problems
from ecs_model.deployment import problems as watch_problems
from ecs_model.discovery import ServiceDiscovery
from ecs_model.network_modes import NetworkMode
from ecs_model.placement_rules import PlacementStrategyItem, distinct_problems, strategy_problems
from ecs_model.ports import EPHEMERAL, PortRange
from ecs_model.problem import Problem, under
from ecs_model.routing import ServiceRouting
from ecs_model.service_connect import ServiceConnect
from ecs_model.service_scaling import ScalingSettings
from ecs_model.shifting import DeploymentSettings
from ecs_model.task import TaskSettings

LONGEST_GRACE = 2_147_483_647


@dataclass(frozen=True)
class ServiceSettings(TaskSettings):
    """One ECS service with its task definition; memory in MiB, CPU in CPU units."""

    daemon: bool = False
    """Run one task on every container instance of the cluster, by the scheduling strategy DAEMON; not a number of them.
    A change makes a new service."""
    desired_count: int = 1
    """Copies of the task; with `scaling` only how many it begins with."""
    scaling: ScalingSettings | None = None
    """Let the number of copies follow the load; it stays as it is where absent."""
    load_balancer: ServiceRouting | None = None
    """The requests it gets; none where absent."""
    load_balancers: dict[str, ServiceRouting] = field(default_factory=dict)
    """Further ways to it, by names of yours: other load balancers, ports or containers. At most 5 in all."""
    discovery: ServiceDiscovery | None = None
    """Let other services find it by its key in the stack's namespace; they cannot where absent."""
    connect: ServiceConnect | None = None
    """Its part in the stack's Service Connect: a client of other services, and what it offers them; none where
    absent."""
    task_protection: bool = False
    """Let its containers protect their task from scale-in and deployments while they work on something."""
    enable_execute_command: bool = False
    """Let people into its containers by ECS Exec."""
    wait_for_steady_state: bool = False
    """`pulumi up` waits until the deployment is done, and fails if it is rolled back."""
    sigint_rollback: bool = False
    """With `wait_for_steady_state`: interrupting `pulumi up` (Ctrl-C) rolls the deployment back."""
    deployment_alarms: list[str] = field(default_factory=list)
    """Names of CloudWatch alarms that exist, one of which going off rolls a deployment back."""
    zone_rebalancing: bool | None = None
    """Move tasks to other zones when they have become uneven; on where absent, unless maximumPercent is 100 or the
    first placement strategy is no spread over zones."""
    placement_strategies: list[PlacementStrategyItem] | None = None
    """How the instance of a task is chosen among those that can take it, at most 5, the first decides first: a spread
    over zones, then binpack by memory where absent. An empty list leaves it to ECS: zones, then instances with the
    fewest of its tasks. A change moves running tasks with forceNewDeployment; else only what starts later."""
    distinct_instances: bool = False
    """Never run two of its tasks on the same instance (ECS's constraint distinctInstance), in deployments neither:
    those that find no other instance wait."""
    deployment: DeploymentSettings | None = None
    """How a new revision takes over from the old one: rolling where absent."""
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
    def attachments(self) -> dict[str, ServiceRouting]:
        """Every way to it from a load balancer: `loadBalancers` by their names, `loadBalancer` by an empty one."""
        return ({"": self.load_balancer} if self.load_balancer else {}) | self.load_balancers

    def host_ports(self, routing: ServiceRouting) -> list[Reached]:
        """The instances' fixed ports that a load balancer connects to; none in mode awsvpc."""
        return (
            [] if self.network_mode is NetworkMode.AWSVPC else fixed_ports(self.containers, self.network_mode, routing)
        )

    @property
    def fixed_host_port(self) -> int | None:
        """The instances' port that `loadBalancer` reaches, where that is not a dynamic one."""
        routing = self.load_balancer
        if routing is None:
            return None
        where = routing.container_name, routing.container_port, routing.transports[0]
        return fixed_host_port(self.containers, self.network_mode, *where)

    @property
    def copies_beside(self) -> int:
        """How many copies a deployment starts at least before it ends one."""
        if self.deployment is not None and self.deployment.strategy.shifts:
            return self.desired_count
        kept = -(-self.desired_count * self.minimum_healthy_percent // 100)
        return int(0 < self.desired_count <= kept)

    @property
    def discovered_host_port(self) -> int | None:
        """The instances' port that it is found at by its name, where that is not a dynamic one."""
        found = self.discovery
        if found is None:
            return None
        return fixed_host_port(self.containers, self.network_mode, found.container_name, found.container_port)

    def problems(self, dynamic: PortRange = EPHEMERAL) -> Iterator[Problem]:
        """Everything wrong with the service by itself; `dynamic` is the agents' port range."""
        yield from self.task_problems(dynamic)
        if self.daemon:
            yield from daemon_problems(self._for_replicas())
        yield from deployment_problems(
            self.desired_count,
            self.minimum_healthy_percent,
            self.maximum_percent,
            self.health_check_grace_period,
            balanced=bool(self.attachments),
        )
        yield from watch_problems(
            self.deployment_alarms,
            self.zone_rebalancing,
            self.maximum_percent,
            sigint_rollback=self.sigint_rollback,
            wait_for_steady_state=self.wait_for_steady_state,
            placement=self.placement_strategies,
        )
        yield from under(strategy_problems(self.placement_strategies or ()), "placementStrategies")
        if self.distinct_instances:
            yield from distinct_problems(len(self.placement_constraints))
        if self.scaling is not None:
            balanced = self.load_balancer is not None and self.load_balancer.listener is None
            yield from under(self.scaling.problems(balanced=balanced, desired_count=self.desired_count), "scaling")
        if self.enable_execute_command:
            yield from execute_command_problems(self.containers)
        yield from self._attachment_problems()
        yield from self._strategy_problems()
        if self.connect is not None:
            yield from under(self.connect.problems(self.containers, self.network_mode), "connect")
        if self.discovery is not None:
            where = self.discovery.container_name, self.discovery.container_port
            unreachable = list(reached_problems(self.containers, self.network_mode, *where))
            yield from under(unreachable, "discovery")
            if self.network_mode is NetworkMode.BRIDGE and not unreachable and self.discovered_host_port is None:
                yield Problem(
                    ("discovery",),
                    "leads to a dynamic host port, which is for load balancers alone: use networkMode awsvpc or host",
                )

    def _for_replicas(self) -> dict[str, bool]:
        """Which settings that only a number of copies can have are set."""
        plain = ServiceSettings(containers={})
        return {
            "desiredCount": self.desired_count != plain.desired_count,
            "scaling": self.scaling is not None,
            "capacityProviderStrategy": bool(self.capacity_provider_strategy),
            "zoneRebalancing": self.zone_rebalancing is not None,
            "placementStrategies": self.placement_strategies is not None,
            "distinctInstances": self.distinct_instances,
            "minimumHealthyPercent": self.minimum_healthy_percent != plain.minimum_healthy_percent,
            "maximumPercent": self.maximum_percent != plain.maximum_percent,
            "deployment": self.deployment is not None,
        }

    def _strategy_problems(self) -> Iterator[Problem]:
        chosen = self.deployment or DeploymentSettings()
        yield from under(chosen.problems(), "deployment")
        yield from chosen.service_problems(
            self.network_mode,
            {attachment_path(key): routing for key, routing in self.attachments.items()},
            discovered=self.discovery is not None,
            connected=self.connect is not None and self.connect.enabled and bool(self.connect.ports),
            counted=self.scaling is not None and self.scaling.requests is not None,
        )

    def _attachment_problems(self) -> Iterator[Problem]:
        if len(self.attachments) > MOST_ATTACHMENTS:
            yield Problem(
                ("loadBalancers",),
                f"makes {len(self.attachments)} target groups with loadBalancer, a service has at most "
                f"{MOST_ATTACHMENTS}: leave some out",
            )
        for key, routing in self.attachments.items():
            path = attachment_path(key)
            where = routing.container_name, routing.container_port, routing.transports
            yield from under(routing.problems(), *path)
            yield from under(reached_problems(self.containers, self.network_mode, *where), *path)
            yield from under(both_problems(self.network_mode, routing), *path)
            yield from under(health_port_problems(self.containers, self.network_mode, routing), *path)


def attachment_path(key: str) -> tuple[str, ...]:
    """Where the settings of an attachment are, by its key."""
    return ("loadBalancers", key) if key else ("loadBalancer",)


def deployment_problems(
    desired_count: int,
    minimum_healthy_percent: int,
    maximum_percent: int,
    health_check_grace_period: int | None,
    *,
    balanced: bool,
) -> Iterator[Problem]:
    """What ECS would refuse in a service's counts and times; `balanced` says whether it has a load balancer."""
    if desired_count < 0:
        yield Problem(("desiredCount",), f"{desired_count} is negative: give 0 or more")
    if not 0 <= minimum_healthy_percent <= 100:
        yield Problem(("minimumHealthyPercent",), f"{minimum_healthy_percent} is out of range: give 0-100")
    if maximum_percent < 100 or maximum_percent <= minimum_healthy_percent:
        yield Problem(
            ("maximumPercent",),
            f"{maximum_percent} leaves a deployment no room beside minimumHealthyPercent "
            f"({minimum_healthy_percent}): raise it, 200 is usual",
        )
    if health_check_grace_period is not None:
        if not balanced:
            yield Problem(("healthCheckGracePeriod",), "is for services with a loadBalancer: leave it out")
        if not 0 <= health_check_grace_period <= LONGEST_GRACE:
            yield Problem(
                ("healthCheckGracePeriod",),
                f"{health_check_grace_period} is out of range: give 0-{LONGEST_GRACE} seconds",
            )


def execute_command_problems(
    containers: Mapping[str, Container], setting: str = "enableExecuteCommand"
) -> Iterator[Problem]:
    """Containers that ECS Exec, switched on by `setting`, could not enter.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    """
    for name, container in containers.items():
        if container.readonly_root_filesystem:
            yield Problem(
                ("containers", name, "readonlyRootFilesystem"),
                f"true excludes {setting}, for ECS Exec writes into the root filesystem: set one of the two to false",
            )

"""What a service is made of, and what of it does not go together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components.cluster import Cluster
from components.load_balancer import LoadBalancer
from components.network import Network
from components.role_args import NOWHERE_ELSE, RoleArgs
from components.service_connect import ConnectNamespace, ServiceConnectArgs
from components.task_definition import TaskDefinition
from ecs_model.attachments import Reached, fixed_host_port
from ecs_model.daemon import daemon_problems
from ecs_model.deployment import problems as watch_problems
from ecs_model.discovery import label_problem, ttl_problems
from ecs_model.ebs import EbsVolume, one_volume_problems
from ecs_model.fargate import on_fargate
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.placement_rules import PlacementStrategyItem
from ecs_model.placement_rules import strategy_problems as placement_problems
from ecs_model.problem import Problem, under
from ecs_model.routing import Routing
from ecs_model.service import ServiceSettings, attachment_path, deployment_problems
from ecs_model.service_scaling import ScalingSettings
from ecs_model.shifting import DeploymentSettings
from ecs_model.strategy import StrategyItem
from ecs_model.strategy import problems as strategy_problems
from ecs_model.tls import TLS_POLICY
from ecs_model.volumes import ebs_volumes


@dataclass
class CapacityProviderStrategyItemArgs:
    """One capacity provider's share of a service's tasks."""

    capacity_provider: pulumi.Input[str]
    """The capacity provider's name."""
    weight: int = 0
    """Parts of the tasks beyond the base, 0-1000."""
    base: int = 0
    """Tasks that run here before weights count; at most one item of a strategy has one."""

    @classmethod
    def named(
        cls, strategy: Sequence[StrategyItem], names: Mapping[str, pulumi.Input[str]]
    ) -> "list[CapacityProviderStrategyItemArgs]":
        """A strategy of capacity keys by the providers' `names`; AWS's own, Fargate's, are called as they are."""
        return [
            cls(names.get(item.capacity_provider, item.capacity_provider), item.weight, item.base) for item in strategy
        ]


@dataclass
class NetworkBalancerArgs:
    """A network load balancer, on which every service has a listener of its own."""

    load_balancer_arn: pulumi.Input[str]
    """The load balancer."""
    ingress_cidrs: Sequence[str]
    """IPv4 ranges that may connect to the listener."""
    certificate_arn: pulumi.Input[str] | None = None
    """The certificate of a TLS listener."""
    tls_policy: str = TLS_POLICY
    """The security policy of a TLS listener."""

    @classmethod
    def of(cls, balancer: LoadBalancer) -> "NetworkBalancerArgs":
        """This package's load balancer."""
        chosen = balancer.settings
        return cls(balancer.arn, chosen.ingress_cidrs, balancer.certificate_arn, chosen.tls_policy)


@dataclass
class ServiceLoadBalancerArgs:
    """A load balancer before a service, and the requests of it that the service gets."""

    listener_arn: pulumi.Input[str] | None
    """Of an application load balancer: the listener that gets a rule for this service."""
    security_group_id: pulumi.Input[str]
    """The load balancer's security group."""
    vpc_id: pulumi.Input[str]
    """The VPC of the target group."""
    routing: Routing
    """Container, port, paths, hosts or listener, health check."""
    network: NetworkBalancerArgs | None = None
    """Of a network load balancer: what the service's listener needs."""
    fixed_host_port: int | None = None
    """The instances' port of the container where it is not a dynamic one (mode host, or a fixed hostPort): it gets an
    ingress rule on the service's `instance_security_group_ids`."""

    @classmethod
    def of(
        cls, service: ServiceSettings, routing: Routing, balancer: LoadBalancer, vpc_id: pulumi.Input[str]
    ) -> "ServiceLoadBalancerArgs":
        """One of a stack's settings, from this package's load balancer."""
        where = routing.container_name, routing.container_port, routing.transports[0]
        return cls(
            listener_arn=None if routing.listener else balancer.listener_arn,
            security_group_id=balancer.security_group_id,
            vpc_id=vpc_id,
            routing=routing,
            network=NetworkBalancerArgs.of(balancer) if routing.listener else None,
            fixed_host_port=fixed_host_port(service.containers, service.network_mode, *where),
        )

    def problems(self, mode: NetworkMode) -> Iterator[Problem]:
        """What does not go together."""
        yield from under(self.routing.problems(), "routing")
        if mode is NetworkMode.NONE:
            yield Problem((), "needs a network, and networkMode is none: use bridge")
        if self.routing.listener is not None and self.network is None:
            yield Problem(("network",), "is missing, which routing.listener needs: set the network load balancer")
        if self.routing.listener is None and self.listener_arn is None:
            yield Problem(("listenerArn",), "is missing, which a rule of an application load balancer needs: set it")

    def ports(self, mode: NetworkMode) -> list[Reached]:
        """The ports with a fixed number that the load balancer connects to."""
        port = self.routing.container_port if mode is NetworkMode.AWSVPC else self.fixed_host_port
        found = [Reached(port, transport) for transport in self.routing.transports] if port else []
        check = self.routing.health_check.port
        return sorted({*found, Reached(check, Protocol.TCP)} if check else found)


@dataclass
class ServiceDiscoveryArgs:
    """The name that other services find a service by."""

    namespace_id: pulumi.Input[str]
    """The private DNS namespace of Cloud Map."""
    name: str
    """The name in it."""
    container_name: str
    """The container that answers."""
    container_port: int
    """The port it listens on."""
    ttl: int = 15
    """Seconds that a client may keep an answer of DNS."""

    @classmethod
    def of(cls, key: str, service: ServiceSettings, namespace_id: pulumi.Input[str]) -> "ServiceDiscoveryArgs | None":
        """Those of a stack's settings, where the service called `key` is to be found."""
        chosen = service.discovery
        if chosen is None:
            return None
        return cls(namespace_id, key, chosen.container_name, chosen.container_port, chosen.ttl)

    def problems(self) -> Iterator[Problem]:
        """What Cloud Map would refuse."""
        if reason := label_problem(self.name):
            yield Problem(("name",), reason)
        yield from ttl_problems(self.ttl)


@dataclass
class ServiceArgs:
    """A service's task, number of copies, place and neighbours."""

    cluster_arn: pulumi.Input[str]
    """The cluster; give a Cluster's `arn`, which is known once its capacity providers are attached."""
    task_definition_arn: pulumi.Input[str]
    """The task definition's revision."""
    capacity_provider_strategy: Sequence[CapacityProviderStrategyItemArgs]
    """Where the tasks run. Stated here even where it is the cluster's default: AWS writes the default into the service,
    and the next deployment would see a change (pulumi-aws#5903)."""
    network_mode: NetworkMode = NetworkMode.BRIDGE
    """The task definition's network mode."""
    daemon: bool = False
    """Run one task on every container instance, by the scheduling strategy DAEMON: for such a service the capacity
    provider strategy only says whose security groups it is in, and counts and percentages are ECS's own."""
    desired_count: int = 1
    """Copies of the task; with `scaling` only how many it begins with."""
    scaling: ScalingSettings | None = None
    """Let the number of copies follow the load; it stays as it is where absent."""
    load_balancer: ServiceLoadBalancerArgs | None = None
    """The requests it gets; none where absent."""
    load_balancers: Mapping[str, ServiceLoadBalancerArgs] = field(default_factory=dict)
    """Further ways to it, by names of yours: other load balancers, ports or containers. At most 5 in all."""
    discovery: ServiceDiscoveryArgs | None = None
    """The name that other services find it by; none where absent."""
    connect: ServiceConnectArgs | None = None
    """Its part in Service Connect; none where absent."""
    instance_security_group_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """The container instances' security groups, by a name of yours; used with fixed ports of a load balancer."""
    ebs_volumes: Mapping[str, EbsVolume] = field(default_factory=dict)
    """The EBS volume that each task gets, by the name of the task definition's volume; at most one."""
    vpc_id: pulumi.Input[str] | None = None
    """Mode awsvpc: the VPC of the task's own security group."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    """Mode awsvpc: the subnets of the task's network interface."""
    public_addresses: bool = False
    """On Fargate: give tasks public addresses, for subnets that have neither NAT nor VPC endpoints."""
    managed_instances: bool = False
    """The strategy names ECS Managed Instances, on which ECS alone decides where tasks go."""
    minimum_healthy_percent: int = 100
    """Percent of the desired count that keeps running in a deployment."""
    maximum_percent: int = 200
    """Percent of the desired count that may run in a deployment."""
    health_check_grace_period: int | None = None
    """Seconds after a task's start in which the load balancer's verdict is ignored."""
    execute_command: bool = False
    """Let people into the containers by ECS Exec."""
    wait_for_steady_state: bool = False
    """Wait until the deployment is done, and fail if it is rolled back."""
    sigint_rollback: bool = False
    """With `wait_for_steady_state`: interrupting `pulumi up` (Ctrl-C) rolls the deployment back."""
    deployment_alarms: Sequence[pulumi.Input[str]] = field(default_factory=list)
    """Names of CloudWatch alarms, one of which going off rolls a deployment back."""
    zone_rebalancing: bool | None = None
    """Move tasks to other zones when they have become uneven; on where absent, unless `maximum_percent` is 100 or the
    first placement strategy is no spread over zones."""
    placement_strategies: Sequence[PlacementStrategyItem] | None = None
    """How the instance of a task is chosen among those that can take it, at most 5, the first decides first: a spread
    over zones, then binpack by memory where absent. An empty list leaves it to ECS: zones, then instances with the
    fewest of its tasks."""
    distinct_instances: bool = False
    """Never run two of its tasks on the same instance (ECS's constraint distinctInstance)."""
    deployment: DeploymentSettings | None = None
    """How a new revision takes over from the old one: rolling where absent."""
    force_new_deployment: bool = True
    """Start new tasks on every change of the service, which a change of strategy needs."""
    roles: RoleArgs = NOWHERE_ELSE
    """Where the roles with which ECS acts for it stand in IAM, and what bounds them."""

    @classmethod
    def of(
        cls,
        service: ServiceSettings,
        strategy: Sequence[StrategyItem],
        cluster: Cluster,
        task: TaskDefinition,
        network: Network,
        balancers: Mapping[str, LoadBalancer],
        discovery: ServiceDiscoveryArgs | None = None,
        connect: ConnectNamespace | None = None,
    ) -> "ServiceArgs":
        """The service of a stack's settings beside this package's other components; `strategy` names capacity keys."""
        names, groups = cluster.providers(), cluster.instance_groups()
        attached = {
            key: ServiceLoadBalancerArgs.of(service, routing, balancers[routing.name], network.vpc_id)
            for key, routing in service.attachments.items()
        }
        return cls(
            cluster_arn=cluster.arn,
            task_definition_arn=task.arn,
            capacity_provider_strategy=CapacityProviderStrategyItemArgs.named(strategy, names),
            network_mode=service.network_mode,
            daemon=service.daemon,
            desired_count=service.desired_count,
            scaling=service.scaling,
            load_balancer=attached.pop("", None),
            load_balancers=attached,
            discovery=discovery,
            connect=ServiceConnectArgs.of(service.connect, service.containers, connect, task.log_group_name),
            instance_security_group_ids={
                item.capacity_provider: groups[item.capacity_provider]
                for item in strategy
                if item.capacity_provider in groups
            },
            ebs_volumes=ebs_volumes(service.volumes),
            vpc_id=network.vpc_id,
            subnet_ids=network.instance_subnet_ids,
            public_addresses=network.public_instances,
            managed_instances=bool(cluster.managed_of(strategy)),
            minimum_healthy_percent=service.minimum_healthy_percent,
            maximum_percent=service.maximum_percent,
            health_check_grace_period=service.health_check_grace_period,
            execute_command=service.enable_execute_command,
            wait_for_steady_state=service.wait_for_steady_state,
            sigint_rollback=service.sigint_rollback,
            deployment_alarms=service.deployment_alarms,
            zone_rebalancing=service.zone_rebalancing,
            placement_strategies=service.placement_strategies,
            distinct_instances=service.distinct_instances,
            deployment=service.deployment,
            force_new_deployment=service.force_new_deployment,
            roles=cluster.roles,
        )

    @property
    def attachments(self) -> dict[str, ServiceLoadBalancerArgs]:
        """Every way to it from a load balancer: `load_balancers` by their names, `load_balancer` by an empty one."""
        return ({"": self.load_balancer} if self.load_balancer else {}) | dict(self.load_balancers)

    @property
    def counts_requests(self) -> bool:
        """Whether `load_balancer` is one that counts requests: an application load balancer."""
        return self.load_balancer is not None and self.load_balancer.routing.listener is None

    @property
    def shifts(self) -> bool:
        """Whether its deployments move traffic between two sets of tasks."""
        return self.deployment is not None and self.deployment.strategy.shifts

    def problems(self) -> Iterator[Problem]:
        """What does not go together."""
        yield from self._placement_problems()
        yield from under(self.roles.problems(), "roles")
        yield from deployment_problems(
            self.desired_count,
            self.minimum_healthy_percent,
            self.maximum_percent,
            self.health_check_grace_period,
            balanced=bool(self.attachments),
        )
        yield from watch_problems(
            [name for name in self.deployment_alarms if isinstance(name, str)],
            self.zone_rebalancing,
            self.maximum_percent,
            sigint_rollback=self.sigint_rollback,
            wait_for_steady_state=self.wait_for_steady_state,
            placement=self.placement_strategies,
        )
        if self.scaling is not None:
            balanced = self.counts_requests
            yield from under(self.scaling.problems(balanced=balanced, desired_count=self.desired_count), "scaling")
        for key, attached in self.attachments.items():
            yield from under(attached.problems(self.network_mode), *attachment_path(key))
            on_instances = self.network_mode is not NetworkMode.AWSVPC and attached.ports(self.network_mode)
            if on_instances and not self.instance_security_group_ids:
                yield Problem(
                    (*attachment_path(key), "fixedHostPort"),
                    "needs the instances' security groups: set instanceSecurityGroupIds",
                )
        chosen = self.deployment or DeploymentSettings()
        yield from under(chosen.problems(), "deployment")
        yield from chosen.service_problems(
            self.network_mode,
            {attachment_path(key): each.routing for key, each in self.attachments.items()},
            discovered=self.discovery is not None,
            connected=self.connect is not None and self.connect.enabled and bool(self.connect.ports),
            counted=self.scaling is not None and self.scaling.requests is not None,
        )
        if self.discovery is not None:
            yield from under(self.discovery.problems(), "discovery")
            if self.network_mode is NetworkMode.NONE:
                yield Problem(("discovery",), "needs a network, and networkMode is none: use bridge")
        if self.connect is not None and self.connect.enabled:
            if self.network_mode not in (NetworkMode.BRIDGE, NetworkMode.AWSVPC):
                yield Problem(("connect",), f"is for bridge and awsvpc, and networkMode is {self.network_mode.value}")
            if self.connect.namespace_arn is None:
                yield Problem(("connect", "namespaceArn"), "is missing, and Service Connect needs it: set a namespace")
        if self.network_mode is NetworkMode.AWSVPC and (self.vpc_id is None or self.subnet_ids is None):
            yield Problem(("networkMode",), "awsvpc gives each task a network interface: set vpcId and subnetIds")
        yield from under(one_volume_problems(self.ebs_volumes), "ebsVolumes")

    def _placement_problems(self) -> Iterator[Problem]:
        """What is wrong with how many there are, and where."""
        if self.daemon:
            given = {"scaling": self.scaling is not None, "desiredCount": self.desired_count != 1}
            given |= {"placementStrategies": self.placement_strategies is not None}
            given |= {"distinctInstances": self.distinct_instances}
            yield from daemon_problems(given | {"deployment": self.deployment is not None})
        else:
            yield from under(strategy_problems(self._known_strategy()), "capacityProviderStrategy")
            yield from under(placement_problems(self.placement_strategies or ()), "placementStrategies")
            if self.distinct_instances and self.chooses_nothing:
                yield Problem(
                    ("distinctInstances",),
                    "is for container instances, not for Fargate or Managed Instances: leave it out",
                )
            if self.placement_strategies and self.chooses_nothing:
                yield Problem(
                    ("placementStrategies",),
                    "choose among container instances, and Fargate and Managed Instances have none to choose of: leave "
                    "them out",
                )

    @property
    def chooses_nothing(self) -> bool:
        """Whether there are no instances to choose among, or ECS alone decides."""
        return self.daemon or self.managed_instances or self.fargate

    @property
    def fargate(self) -> bool:
        """Whether the tasks run on Fargate, which has its own capacity providers."""
        return on_fargate(self._known_strategy())

    def _known_strategy(self) -> list[StrategyItem]:
        """The strategy with a stand-in for every name that another resource gives later, to be judged."""
        return [
            StrategyItem(
                item.capacity_provider if isinstance(item.capacity_provider, str) else f"number {position + 1}",
                item.weight,
                item.base,
            )
            for position, item in enumerate(self.capacity_provider_strategy)
        ]

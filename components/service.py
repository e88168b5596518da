"""An ECS service: copies of a task, kept running and reached through a load balancer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.arguments import typed
from components.cluster import Cluster
from components.ebs import infrastructure_role, volume_configuration
from components.load_balancer import LoadBalancer
from components.network import Network
from components.task_definition import TaskDefinition
from components.tokens import token
from ecs_model.containers import NetworkMode
from ecs_model.ebs import EbsVolume, one_volume_problems
from ecs_model.load_balancer import Routing
from ecs_model.problem import Problem, refuse, under
from ecs_model.service import ServiceSettings, deployment_problems
from ecs_model.strategy import StrategyItem
from ecs_model.strategy import problems as strategy_problems
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


@dataclass
class ServiceLoadBalancerArgs:
    """The load balancer before a service, and the requests of it that the service gets."""

    listener_arn: pulumi.Input[str]
    """The listener that gets a rule for this service."""
    security_group_id: pulumi.Input[str]
    """The load balancer's security group."""
    vpc_id: pulumi.Input[str]
    """The VPC of the target group."""
    routing: Routing
    """Container, port, paths, hosts, health check."""


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
    desired_count: int = 1
    """Copies of the task."""
    load_balancer: ServiceLoadBalancerArgs | None = None
    """The requests it gets; none where absent."""
    fixed_host_port: int | None = None
    """The instances' port of the load-balanced container where it is not a dynamic one (mode host, or a fixed
    hostPort): it gets an ingress rule on `instance_security_group_ids`."""
    instance_security_group_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """The container instances' security groups, by a name of yours; used with `fixed_host_port`."""
    ebs_volumes: Mapping[str, EbsVolume] = field(default_factory=dict)
    """The EBS volume that each task gets, by the name of the task definition's volume; at most one."""
    vpc_id: pulumi.Input[str] | None = None
    """Mode awsvpc: the VPC of the task's own security group."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    """Mode awsvpc: the subnets of the task's network interface."""
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
    force_new_deployment: bool = True
    """Start new tasks on every change of the service, which a change of strategy needs."""

    @classmethod
    def of(
        cls,
        service: ServiceSettings,
        strategy: Sequence[StrategyItem],
        cluster: Cluster,
        task: TaskDefinition,
        network: Network,
        balancer: LoadBalancer | None,
    ) -> "ServiceArgs":
        """The service of a stack's settings beside this package's other components; `strategy` names capacity keys."""
        names, groups = cluster.providers(), cluster.instance_groups()
        return cls(
            cluster_arn=cluster.arn,
            task_definition_arn=task.arn,
            capacity_provider_strategy=[
                CapacityProviderStrategyItemArgs(names[item.capacity_provider], item.weight, item.base)
                for item in strategy
            ],
            network_mode=service.network_mode,
            desired_count=service.desired_count,
            load_balancer=ServiceLoadBalancerArgs(
                balancer.listener_arn, balancer.security_group_id, network.vpc_id, service.load_balancer
            )
            if balancer and service.load_balancer
            else None,
            fixed_host_port=service.fixed_host_port,
            instance_security_group_ids={item.capacity_provider: groups[item.capacity_provider] for item in strategy},
            ebs_volumes=ebs_volumes(service.volumes),
            vpc_id=network.vpc_id,
            subnet_ids=network.instance_subnet_ids,
            minimum_healthy_percent=service.minimum_healthy_percent,
            maximum_percent=service.maximum_percent,
            health_check_grace_period=service.health_check_grace_period,
            execute_command=service.enable_execute_command,
            wait_for_steady_state=service.wait_for_steady_state,
            force_new_deployment=service.force_new_deployment,
        )

    def problems(self) -> Iterator[Problem]:
        """What does not go together."""
        yield from under(strategy_problems(self._known_strategy()), "capacityProviderStrategy")
        yield from deployment_problems(
            self.desired_count,
            self.minimum_healthy_percent,
            self.maximum_percent,
            self.health_check_grace_period,
            balanced=self.load_balancer is not None,
        )
        if self.load_balancer is not None:
            yield from under(self.load_balancer.routing.problems(), "loadBalancer", "routing")
            if self.network_mode is NetworkMode.NONE:
                yield Problem(("loadBalancer",), "needs a network, and networkMode is none: use bridge")
        if self.network_mode is NetworkMode.AWSVPC and (self.vpc_id is None or self.subnet_ids is None):
            yield Problem(("networkMode",), "awsvpc gives each task a network interface: set vpcId and subnetIds")
        if self.fixed_host_port is not None and not self.instance_security_group_ids:
            yield Problem(("fixedHostPort",), "needs the instances' security groups: set instanceSecurityGroupIds")
        yield from under(one_volume_problems(self.ebs_volumes), "ebsVolumes")

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


class Service(pulumi.ComponentResource):
    """An ECS service with a deployment circuit breaker, and its target group and listener rule where it is reached."""

    name: pulumi.Output[str]
    """The service's name."""
    target_group_arn: pulumi.Output[str]
    """Its target group; empty without a load balancer."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(ServiceArgs, args)
        refuse(f"Service {name}", args.problems())
        super().__init__(token("Service"), name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        balancer = args.load_balancer
        before: list[pulumi.Resource] = []
        target_group: aws.lb.TargetGroup | None = None
        if balancer is not None:
            target_group = self._target_group(name, args.network_mode, balancer)
            before.append(self._listener_rule(name, balancer, target_group))
            before += self._fixed_port_rules(name, args, balancer)
        volume = None
        if args.ebs_volumes:
            role, attached = infrastructure_role(name, self)
            before.append(attached)
            volume = volume_configuration(args.ebs_volumes, role)
        own_group = self._security_group(name, args) if args.network_mode is NetworkMode.AWSVPC else None
        service = self._service(name, args, target_group, own_group, volume, before)
        self.name = service.name
        self.target_group_arn = target_group.arn if target_group else pulumi.Output.from_input("")
        self.register_outputs({"name": self.name, "targetGroupArn": self.target_group_arn})

    def _target_group(self, name: str, mode: NetworkMode, balancer: ServiceLoadBalancerArgs) -> aws.lb.TargetGroup:
        routing, check = balancer.routing, balancer.routing.health_check
        return aws.lb.TargetGroup(
            name,
            # Only what stands in for a port until ECS registers the task's own.
            port=routing.container_port,
            protocol="HTTP",
            vpc_id=balancer.vpc_id,
            target_type="ip" if mode is NetworkMode.AWSVPC else "instance",
            deregistration_delay=routing.deregistration_delay,
            health_check=aws.lb.TargetGroupHealthCheckArgs(
                enabled=True,
                port="traffic-port",
                protocol="HTTP",
                path=check.path,
                matcher=check.matcher,
                interval=check.interval,
                timeout=check.timeout,
                healthy_threshold=check.healthy_threshold,
                unhealthy_threshold=check.unhealthy_threshold,
            ),
            opts=self._child,
        )

    def _listener_rule(
        self, name: str, balancer: ServiceLoadBalancerArgs, target_group: aws.lb.TargetGroup
    ) -> aws.lb.ListenerRule:
        routing = balancer.routing
        paths, hosts = sorted(routing.path_patterns), sorted(routing.host_headers)
        conditions = []
        if paths:
            path_pattern = aws.lb.ListenerRuleConditionPathPatternArgs(values=paths)
            conditions.append(aws.lb.ListenerRuleConditionArgs(path_pattern=path_pattern))
        if hosts:
            host_header = aws.lb.ListenerRuleConditionHostHeaderArgs(values=hosts)
            conditions.append(aws.lb.ListenerRuleConditionArgs(host_header=host_header))
        forward = aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=target_group.arn)
        return aws.lb.ListenerRule(
            name,
            listener_arn=balancer.listener_arn,
            priority=routing.priority,
            conditions=conditions,
            actions=[forward],
            opts=self._child,
        )

    def _fixed_port_rules(
        self, name: str, args: ServiceArgs, balancer: ServiceLoadBalancerArgs
    ) -> list[pulumi.Resource]:
        if args.fixed_host_port is None:
            return []
        return [
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-to-{key}",
                security_group_id=group,
                description=f"Fixed host port of {name}, from its load balancer",
                referenced_security_group_id=balancer.security_group_id,
                ip_protocol="tcp",
                from_port=args.fixed_host_port,
                to_port=args.fixed_host_port,
                opts=self._child,
            )
            for key, group in args.instance_security_group_ids.items()
        ]

    def _security_group(self, name: str, args: ServiceArgs) -> aws.ec2.SecurityGroup:
        """Mode awsvpc: the task's own group, open to the load balancer on the container's port."""
        group = aws.ec2.SecurityGroup(
            f"{name}-tasks", description=f"Tasks of {name}", vpc_id=args.vpc_id, opts=self._child
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-tasks-out",
            security_group_id=group.id,
            description="Anywhere the containers call",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="-1",
            opts=self._child,
        )
        if args.load_balancer is not None:
            port = args.load_balancer.routing.container_port
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-tasks-in",
                security_group_id=group.id,
                description=f"Container port {port}, from the load balancer",
                referenced_security_group_id=args.load_balancer.security_group_id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=self._child,
            )
        return group

    def _service(
        self,
        name: str,
        args: ServiceArgs,
        target_group: aws.lb.TargetGroup | None,
        own_group: aws.ec2.SecurityGroup | None,
        volume: aws.ecs.ServiceVolumeConfigurationArgs | None,
        before: Sequence[pulumi.Resource],
    ) -> aws.ecs.Service:
        routing = args.load_balancer.routing if args.load_balancer else None
        return aws.ecs.Service(
            name,
            cluster=args.cluster_arn,
            task_definition=args.task_definition_arn,
            desired_count=args.desired_count,
            capacity_provider_strategies=[
                aws.ecs.ServiceCapacityProviderStrategyArgs(
                    capacity_provider=item.capacity_provider, weight=item.weight, base=item.base
                )
                for item in args.capacity_provider_strategy
            ],
            ordered_placement_strategies=[
                aws.ecs.ServiceOrderedPlacementStrategyArgs(type="spread", field="attribute:ecs.availability-zone"),
                aws.ecs.ServiceOrderedPlacementStrategyArgs(type="binpack", field="memory"),
            ],
            load_balancers=[
                aws.ecs.ServiceLoadBalancerArgs(
                    target_group_arn=target_group.arn,
                    container_name=routing.container_name,
                    container_port=routing.container_port,
                )
            ]
            if target_group is not None and routing is not None
            else None,
            network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(
                subnets=args.subnet_ids or [], security_groups=[own_group.id]
            )
            if own_group is not None
            else None,
            volume_configuration=volume,
            deployment_circuit_breaker=aws.ecs.ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=True),
            deployment_minimum_healthy_percent=args.minimum_healthy_percent,
            deployment_maximum_percent=args.maximum_percent,
            health_check_grace_period_seconds=args.health_check_grace_period,
            enable_execute_command=args.execute_command,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            wait_for_steady_state=args.wait_for_steady_state,
            force_new_deployment=args.force_new_deployment,
            # ECS refuses a target group that no listener uses yet.
            opts=pulumi.ResourceOptions(parent=self, depends_on=before),
        )

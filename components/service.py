"""An ECS service: copies of a task, kept running and reached through a load balancer or by name."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.arguments import typed
from components.ebs import infrastructure_role, volume_configuration
from components.service_args import ServiceArgs, ServiceDiscoveryArgs, ServiceLoadBalancerArgs
from components.service_scaling import ServiceScaling, ServiceScalingArgs
from components.tokens import token
from ecs_model.containers import NetworkMode
from ecs_model.deployment import rebalances
from ecs_model.discovery import record_type
from ecs_model.load_balancer import Stickiness
from ecs_model.problem import refuse
from ecs_model.service_scaling import ScalingSettings


class Service(pulumi.ComponentResource):
    """An ECS service with a deployment circuit breaker, and its target group and listener rule where it is reached."""

    name: pulumi.Output[str]
    """The service's name."""
    target_group_arn: pulumi.Output[str]
    """Its target group; empty without a load balancer."""
    request_label: pulumi.Output[str]
    """Its load balancer and target group, as scaling policies and CloudWatch know them; empty without."""
    security_group_id: pulumi.Output[str]
    """Mode awsvpc: the tasks' own security group; empty in other modes, whose tasks are in the instances'."""

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
        registry = self._registry(name, args.network_mode, args.discovery) if args.discovery else None
        service = self._service(name, args, target_group, own_group, registry, volume, before)
        self.name = service.name
        self.security_group_id = own_group.id if own_group else pulumi.Output.from_input("")
        self.balanced = target_group is not None
        self.target_group_arn = target_group.arn if target_group else pulumi.Output.from_input("")
        self.request_label = _request_label(balancer, target_group)
        if args.scaling is not None:
            self._scaling(name, args, args.scaling)
        self.register_outputs(
            {
                "name": self.name,
                "targetGroupArn": self.target_group_arn,
                "requestLabel": self.request_label,
                "securityGroupId": self.security_group_id,
            }
        )

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
            slow_start=routing.slow_start,
            stickiness=_stickiness(routing.stickiness),
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

    def _registry(self, name: str, mode: NetworkMode, discovery: ServiceDiscoveryArgs) -> aws.servicediscovery.Service:
        return aws.servicediscovery.Service(
            name,
            name=discovery.name,
            dns_config=aws.servicediscovery.ServiceDnsConfigArgs(
                namespace_id=discovery.namespace_id,
                dns_records=[
                    aws.servicediscovery.ServiceDnsConfigDnsRecordArgs(ttl=discovery.ttl, type=record_type(mode))
                ],
                routing_policy="MULTIVALUE",
            ),
            # ECS tells Cloud Map which tasks are healthy. AWS takes no other number, and without one the provider takes
            # the block for missing; as a dictionary, for the class warns of that.
            health_check_custom_config={"failure_threshold": 1},
            # ECS takes its tasks off a little after their service is gone.
            force_destroy=True,
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

    def _service(
        self,
        name: str,
        args: ServiceArgs,
        target_group: aws.lb.TargetGroup | None,
        own_group: aws.ec2.SecurityGroup | None,
        registry: aws.servicediscovery.Service | None,
        volume: aws.ecs.ServiceVolumeConfigurationArgs | None,
        before: Sequence[pulumi.Resource],
    ) -> aws.ecs.Service:
        routing = args.load_balancer.routing if args.load_balancer else None
        return aws.ecs.Service(
            name,
            cluster=args.cluster_arn,
            task_definition=args.task_definition_arn,
            desired_count=_first_count(args),
            capacity_provider_strategies=[
                aws.ecs.ServiceCapacityProviderStrategyArgs(
                    capacity_provider=item.capacity_provider, weight=item.weight, base=item.base
                )
                for item in args.capacity_provider_strategy
            ],
            ordered_placement_strategies=None if args.fargate else _PLACEMENT,
            load_balancers=[
                aws.ecs.ServiceLoadBalancerArgs(
                    target_group_arn=target_group.arn,
                    container_name=routing.container_name,
                    container_port=routing.container_port,
                )
            ]
            if target_group is not None and routing is not None
            else None,
            service_registries=_registration(args.network_mode, args.discovery, registry)
            if args.discovery is not None and registry is not None
            else None,
            network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(
                subnets=args.subnet_ids or [],
                security_groups=[own_group.id],
                # ECS refuses it on container instances.
                assign_public_ip=True if args.fargate and args.public_addresses else None,
            )
            if own_group is not None
            else None,
            volume_configuration=volume,
            deployment_circuit_breaker=aws.ecs.ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=True),
            # Said in either case: the provider takes a block that is gone for one that AWS chose, and leaves it on.
            alarms=aws.ecs.ServiceAlarmsArgs(
                alarm_names=list(args.deployment_alarms),
                enable=bool(args.deployment_alarms),
                rollback=bool(args.deployment_alarms),
            ),
            availability_zone_rebalancing="ENABLED"
            if rebalances(args.zone_rebalancing, args.maximum_percent)
            else "DISABLED",
            deployment_minimum_healthy_percent=args.minimum_healthy_percent,
            deployment_maximum_percent=args.maximum_percent,
            health_check_grace_period_seconds=args.health_check_grace_period,
            enable_execute_command=args.execute_command,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            wait_for_steady_state=args.wait_for_steady_state,
            sigint_rollback=args.sigint_rollback,
            force_new_deployment=args.force_new_deployment,
            opts=pulumi.ResourceOptions(
                parent=self,
                # ECS refuses a target group that no listener uses yet.
                depends_on=before,
                # Tied to service auto scaling: ignored always or never, it is wrong for half of all services.
                ignore_changes=["desiredCount"] if args.scaling is not None else None,
            ),
        )

    def _scaling(self, name: str, args: ServiceArgs, settings: ScalingSettings) -> None:
        ServiceScaling(
            name,
            ServiceScalingArgs(
                cluster_name=pulumi.Output.from_input(args.cluster_arn).apply(lambda arn: arn.rpartition("/")[2]),
                service_name=self.name,
                settings=settings,
                request_label=self.request_label if self.balanced else None,
            ),
            self._child,
        )


_PLACEMENT = [
    aws.ecs.ServiceOrderedPlacementStrategyArgs(type="spread", field="attribute:ecs.availability-zone"),
    aws.ecs.ServiceOrderedPlacementStrategyArgs(type="binpack", field="memory"),
]


def _registration(
    mode: NetworkMode, discovery: ServiceDiscoveryArgs, registry: aws.servicediscovery.Service
) -> aws.ecs.ServiceServiceRegistriesArgs:
    """An address needs no port; for the host port ECS has to know of which container's."""
    if mode is NetworkMode.AWSVPC:
        return aws.ecs.ServiceServiceRegistriesArgs(registry_arn=registry.arn)
    return aws.ecs.ServiceServiceRegistriesArgs(
        registry_arn=registry.arn, container_name=discovery.container_name, container_port=discovery.container_port
    )


def _stickiness(chosen: Stickiness | None) -> aws.lb.TargetGroupStickinessArgs:
    """Said in either case: the provider takes a block that is gone for one that AWS chose, and leaves it on."""
    if chosen is None:
        return aws.lb.TargetGroupStickinessArgs(enabled=False, type="lb_cookie")
    return aws.lb.TargetGroupStickinessArgs(
        enabled=True,
        type="lb_cookie" if chosen.cookie_name is None else "app_cookie",
        cookie_duration=chosen.duration,
        cookie_name=chosen.cookie_name,
    )


def _first_count(args: ServiceArgs) -> int:
    """How many copies it begins with."""
    return args.desired_count if args.scaling is None else max(args.desired_count, args.scaling.min_count)


def _request_label(
    balancer: ServiceLoadBalancerArgs | None, target_group: aws.lb.TargetGroup | None
) -> pulumi.Output[str]:
    """A listener's load balancer and a target group, as Application Auto Scaling wants them."""
    if balancer is None or target_group is None:
        return pulumi.Output.from_input("")
    suffix = pulumi.Output.from_input(balancer.listener_arn).apply(
        lambda arn: arn.partition(":listener/")[2].rpartition("/")[0]
    )
    return pulumi.Output.concat(suffix, "/", target_group.arn_suffix)

"""An ECS service: copies of a task, kept running and reached through a load balancer or by name."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.account import account_of
from components.activation import until_active
from components.arguments import typed
from components.ebs import infrastructure_role, volume_configuration
from components.naming import first_name
from components.role_args import RoleArgs
from components.service_args import ServiceArgs, ServiceDiscoveryArgs
from components.service_attachment import ServiceAttachment, opened
from components.service_connect import ServiceConnectArgs, connect_configuration
from components.service_scaling import ServiceScaling, ServiceScalingArgs
from components.service_shifting import deployment_configuration
from components.task_network import tasks_group
from components.tokens import token
from ecs_model.daemon import DAEMON_MAXIMUM, DAEMON_MINIMUM
from ecs_model.deployment import rebalances
from ecs_model.discovery import record_type
from ecs_model.network_modes import NetworkMode
from ecs_model.placement_rules import ConstraintType, chosen_strategies
from ecs_model.problem import refuse
from ecs_model.service_connect import TLS_POLICY
from ecs_model.service_scaling import ScalingSettings
from ecs_model.shifting import BALANCING_POLICY


class Service(pulumi.ComponentResource):
    """An ECS service with a deployment circuit breaker, and target groups with listener rules where it is reached."""

    name: pulumi.Output[str]
    """The service's name."""
    target_group_arn: pulumi.Output[str]
    """The target group of `load_balancer`; empty without one."""
    request_label: pulumi.Output[str]
    """The application load balancer and target group of `load_balancer`, as scaling policies and CloudWatch know them;
    empty without."""
    security_group_id: pulumi.Output[str]
    """Mode awsvpc: the tasks' own security group; empty in other modes, whose tasks are in the instances'."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(ServiceArgs, args)
        refuse(f"Service {name}", args.problems())
        super().__init__(token("Service"), name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._first = first_name(name, opts)
        before: list[pulumi.Resource] = []
        shifting = None
        if args.shifts and args.attachments:
            shifting, allowed = infrastructure_role(f"{name}-balancing", args.roles, self, BALANCING_POLICY)
            before.append(allowed)
        ways = [
            ServiceAttachment(*self._called(name, key), each, args.network_mode, self, shifting)
            for key, each in args.attachments.items()
        ]
        before += [resource for each in ways for resource in each.forwarding]
        before += self._fixed_port_rules(name, args)
        volume = None
        if args.ebs_volumes:
            role, attached = infrastructure_role(f"{name}-infrastructure", args.roles, self)
            before.append(attached)
            volume = volume_configuration(args.ebs_volumes, role)
        connect = self._connection(name, args.connect, args.roles, before) if args.connect else None
        own_group = self._security_group(name, args) if args.network_mode is NetworkMode.AWSVPC else None
        registry = self._registry(name, args.network_mode, args.discovery) if args.discovery else None
        service = self._service(name, args, ways, own_group, registry, volume, connect, before)
        self.name = service.name
        self.security_group_id = own_group.id if own_group else pulumi.Output.from_input("")
        main = ways[0] if args.load_balancer else None
        self.balanced = args.counts_requests
        self.target_group_arn = main.target_group.arn if main else pulumi.Output.from_input("")
        self.request_label = main.label("") if main and self.balanced else pulumi.Output.from_input("")
        self._ways = dict(zip(args.attachments, ways, strict=True))
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

    @property
    def further_targets(self) -> dict[str, tuple[pulumi.Output[str], bool]]:
        """Its target groups but that of `request_label`: label, and whether the load balancer is a network one."""
        return {
            f"{key}{suffix}".strip("-"): (way.label(suffix), way.network)
            for key, way in self._ways.items()
            for suffix in way.target_groups
            if key or suffix or not self.balanced
        }

    def _connection(
        self, name: str, chosen: ServiceConnectArgs, roles: RoleArgs, before: list[pulumi.Resource]
    ) -> aws.ecs.ServiceServiceConnectConfigurationArgs:
        """Its part in Service Connect, with the role for certificates where it takes what comes encrypted."""
        role = None
        if chosen.encrypts:
            role, attached = infrastructure_role(f"{name}-connect", roles, self, TLS_POLICY)
            before.append(attached)
        return connect_configuration(self._first, chosen, account_of(self).region, role)

    def _called(self, name: str, key: str) -> tuple[str, str]:
        """An attachment's name, and the one it had first."""
        return (f"{name}-{key}", f"{self._first}-{key}") if key else (name, self._first)

    def _fixed_port_rules(self, name: str, args: ServiceArgs) -> list[pulumi.Resource]:
        """Modes bridge and host: load balancers reach the instances at what are no dynamic ports."""
        if args.network_mode is NetworkMode.AWSVPC:
            return []
        return [
            aws.vpc.SecurityGroupIngressRule(
                rule_name,
                security_group_id=group,
                description=f"Fixed host port of {name}, from its load balancer",
                referenced_security_group_id=source,
                ip_protocol=port.protocol.value,
                from_port=port.port,
                to_port=port.port,
                opts=self._child,
            )
            for key, group in args.instance_security_group_ids.items()
            for rule_name, source, port in opened(f"{name}-to-{key}", args)
        ]

    def _security_group(self, name: str, args: ServiceArgs) -> aws.ec2.SecurityGroup:
        """Mode awsvpc: the task's own group, open to its load balancers on the containers' ports."""
        group = tasks_group(name, self._first, args.vpc_id, self)
        for port_name, source, port in opened(f"{name}-tasks-in", args):
            aws.vpc.SecurityGroupIngressRule(
                port_name,
                security_group_id=group.id,
                description=f"Container port {port.port}, from the load balancer",
                referenced_security_group_id=source,
                ip_protocol=port.protocol.value,
                from_port=port.port,
                to_port=port.port,
                opts=self._child,
            )
        return group

    def _registry(
        self, name: str, mode: NetworkMode, discovery: ServiceDiscoveryArgs
    ) -> "aws.servicediscovery.Service":
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
        ways: Sequence[ServiceAttachment],
        own_group: aws.ec2.SecurityGroup | None,
        registry: "aws.servicediscovery.Service | None",
        volume: aws.ecs.ServiceVolumeConfigurationArgs | None,
        connect: aws.ecs.ServiceServiceConnectConfigurationArgs | None,
        before: Sequence[pulumi.Resource],
    ) -> aws.ecs.Service:
        return aws.ecs.Service(
            name,
            cluster=args.cluster_arn,
            task_definition=args.task_definition_arn,
            desired_count=None if args.daemon else _first_count(args),
            scheduling_strategy="DAEMON" if args.daemon else None,
            launch_type="EC2" if args.daemon else None,
            capacity_provider_strategies=None
            if args.daemon
            else [
                aws.ecs.ServiceCapacityProviderStrategyArgs(
                    capacity_provider=item.capacity_provider, weight=item.weight, base=item.base
                )
                for item in args.capacity_provider_strategy
            ],
            ordered_placement_strategies=_placement(args) or None,
            placement_constraints=[aws.ecs.ServicePlacementConstraintArgs(type=ConstraintType.DISTINCT_INSTANCE.value)]
            if args.distinct_instances
            else None,
            load_balancers=[each.registration for each in ways] or None,
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
            service_connect_configuration=connect,
            volume_configuration=volume,
            # ECS knows the circuit breaker for rolling deployments of replicas alone.
            deployment_circuit_breaker=None
            if args.shifts or args.daemon
            else aws.ecs.ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=True),
            deployment_configuration=deployment_configuration(args.deployment) if args.deployment else None,
            # Said in either case: the provider takes a block that is gone for one that AWS chose, and leaves it on.
            alarms=aws.ecs.ServiceAlarmsArgs(
                alarm_names=list(args.deployment_alarms),
                enable=bool(args.deployment_alarms),
                rollback=bool(args.deployment_alarms),
            ),
            availability_zone_rebalancing="ENABLED"
            if rebalances(args.zone_rebalancing, args.maximum_percent, args.placement_strategies) and not args.daemon
            else "DISABLED",
            deployment_minimum_healthy_percent=DAEMON_MINIMUM if args.daemon else args.minimum_healthy_percent,
            deployment_maximum_percent=DAEMON_MAXIMUM if args.daemon else args.maximum_percent,
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
                hooks=until_active(f"service {name}") if args.managed_instances else None,
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


def _placement(args: ServiceArgs) -> list[aws.ecs.ServiceOrderedPlacementStrategyArgs]:
    """None where there is nothing to choose, or ECS alone decides."""
    if args.chooses_nothing:
        return []
    return [
        aws.ecs.ServiceOrderedPlacementStrategyArgs(type=str(each.type), field=each.field or None)
        for each in chosen_strategies(args.placement_strategies)
    ]


def _registration(
    mode: NetworkMode, discovery: ServiceDiscoveryArgs, registry: "aws.servicediscovery.Service"
) -> aws.ecs.ServiceServiceRegistriesArgs:
    """An address needs no port; for the host port ECS has to know of which container's."""
    if mode is NetworkMode.AWSVPC:
        return aws.ecs.ServiceServiceRegistriesArgs(registry_arn=registry.arn)
    return aws.ecs.ServiceServiceRegistriesArgs(
        registry_arn=registry.arn, container_name=discovery.container_name, container_port=discovery.container_port
    )


def _first_count(args: ServiceArgs) -> int:
    """How many copies it begins with."""
    return args.desired_count if args.scaling is None else max(args.desired_count, args.scaling.min_count)

"""EC2 instances that join one ECS cluster."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.account import account_of
from components.arguments import typed
from components.egress import egress_to_anywhere
from components.launch_template import Surroundings, launch_template
from components.mixed_instances import DAY, instance_refresh, mixed_instances, warm_pool
from components.naming import first_name
from components.role_args import NOWHERE_ELSE, RoleArgs
from components.roles import instance_profile
from components.tokens import token
from ecs_model.capacity import CapacitySettings, PurchaseOption
from ecs_model.problem import Problem, refuse, under
from ecs_model.strategy import MANAGED_TAG, name_problem


@dataclass
class ContainerInstancesArgs:
    """What container instances need to know of the world around them, and how they are chosen."""

    cluster_name: pulumi.Input[str]
    """The cluster they join. Give a cluster's `name` output, so that the instances end before the cluster does."""
    vpc_id: pulumi.Input[str]
    """The VPC of the subnets."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Subnets to spread over, in as many zones as there are."""
    settings: CapacitySettings
    """Instance types, sizes, scaling, and the agent's settings."""
    load_balancers: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Security groups of the load balancers that reach dynamic host ports here, by a name of yours. Each gets one
    ingress rule, for exactly the agent's port range."""
    udp_load_balancers: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Security groups of the network load balancers that send UDP to dynamic host ports here, by a name of yours."""
    public_addresses: bool = False
    """Give instances public addresses: for subnets that have neither NAT nor VPC endpoints."""
    capacity_provider: bool = True
    """Make a capacity provider, for a cluster's strategies to name. Without one nothing scales the group beyond its
    least size: such instances serve services of launch type EC2 on an existing cluster."""
    roles: RoleArgs = NOWHERE_ELSE
    """Where their role stands in IAM, and what bounds it."""

    def problems(self, name: str) -> Iterator[Problem]:
        """What AWS would refuse; `name` is the component's, which the capacity provider is called after."""
        yield from under(self.settings.problems(), "settings")
        yield from under(self.roles.problems(), "roles")
        reason = name_problem(name) if self.capacity_provider else None
        if reason:
            yield Problem(("name",), reason)
        if not self.capacity_provider and self.settings.min_size < 1:
            yield Problem(
                ("settings", "minSize"),
                f"{self.settings.min_size} without a capacity provider starts no instance ever: give 1 or more",
            )


class ContainerInstances(pulumi.ComponentResource):
    """EC2 instances that join one ECS cluster: role, launch template, Auto Scaling group, capacity provider.

    Alone it joins an existing cluster by its name, as the user data of a hand-made instance would.
    """

    capacity_provider_name: pulumi.Output[str]
    """The capacity provider to name in strategies; empty without one."""
    security_group_id: pulumi.Output[str]
    """The instances' security group."""
    auto_scaling_group_name: pulumi.Output[str]
    """The instances' Auto Scaling group."""

    def __init__(self, name: str, args: ContainerInstancesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(ContainerInstancesArgs, args)
        refuse(f"ContainerInstances {name}", args.problems(name))
        super().__init__(token("ContainerInstances"), name, None, opts)
        for warning in args.settings.warnings(datetime.date.today().isoformat()):
            pulumi.log.warn(str(warning), self)
        self._child = pulumi.ResourceOptions(parent=self)
        self._first = first_name(name, opts)
        profile = instance_profile(name, account_of(self), args.roles, self)
        group = self._security_group(name, args)
        around = Surroundings(self._first, args.cluster_name, profile.arn, group.id, args.public_addresses)
        template = launch_template(name, args.settings, around, self)
        fleet = self._auto_scaling_group(name, args, template)
        self.capacity_provider_name = (
            self._capacity_provider(name, args.settings, fleet).name
            if args.capacity_provider
            else pulumi.Output.from_input("")
        )
        self.security_group_id = group.id
        self.auto_scaling_group_name = fleet.name
        self.register_outputs(
            {
                "capacityProviderName": self.capacity_provider_name,
                "securityGroupId": self.security_group_id,
                "autoScalingGroupName": self.auto_scaling_group_name,
            }
        )

    def _security_group(self, name: str, args: ContainerInstancesArgs) -> aws.ec2.SecurityGroup:
        """No ssh: Session Manager needs no open port. In come only the load balancers, on the agent's ports."""
        group = aws.ec2.SecurityGroup(
            f"{name}-instances",
            description=f"Container instances of {self._first}",
            vpc_id=args.vpc_id,
            opts=self._child,
        )
        egress_to_anywhere(
            f"{name}-instances-out", group, "Anywhere: images, AWS APIs and whatever the tasks call", self._child
        )
        ports = args.settings.agent.ports
        ways = [(f"from-{key}", key, "tcp", balancer) for key, balancer in args.load_balancers.items()]
        ways += [(f"from-{key}-udp", key, "udp", balancer) for key, balancer in args.udp_load_balancers.items()]
        for suffix, key, protocol, balancer in ways:
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-instances-{suffix}",
                security_group_id=group.id,
                description=f"Dynamic host ports, from load balancer {key}",
                referenced_security_group_id=balancer,
                ip_protocol=protocol,
                from_port=ports.first,
                to_port=ports.last,
                opts=self._child,
            )
        return group

    def _auto_scaling_group(
        self, name: str, args: ContainerInstancesArgs, template: aws.ec2.LaunchTemplate
    ) -> aws.autoscaling.Group:
        """The desired capacity is ECS's to choose; the template's number, not `$Latest`, lets a refresh start."""
        settings, lifetime = args.settings, args.settings.max_instance_lifetime
        version = template.latest_version.apply(str)
        plain = aws.autoscaling.GroupLaunchTemplateArgs(id=template.id, version=version)
        return aws.autoscaling.Group(
            name,
            min_size=settings.min_size,
            max_size=settings.max_size,
            vpc_zone_identifiers=args.subnet_ids,
            launch_template=None if settings.mixed else plain,
            mixed_instances_policy=mixed_instances(settings, template.id, version) if settings.mixed else None,
            capacity_rebalance=settings.capacity_rebalance and settings.purchase_option is PurchaseOption.SPOT,
            protect_from_scale_in=args.capacity_provider and settings.managed_termination_protection,
            # Scale-in protection outlives the capacity provider, and would make a destroy hang (aws-cdk#18179).
            force_delete=True,
            instance_refresh=instance_refresh(settings.instance_refresh),
            max_instance_lifetime=lifetime * DAY if lifetime else None,
            warm_pool=warm_pool(settings.warm_pool) if settings.warm_pool else None,
            tags=[
                aws.autoscaling.GroupTagArgs(key=key, value=value, propagate_at_launch=True)
                # ECS adds the second one itself, and reports drift without it (terraform-provider-aws#12582).
                for key, value in (("Name", self._first), (MANAGED_TAG, "true"))
            ],
            # Another VPC's load balancers reach another VPC's instances: the old ones stay until services have moved.
            opts=pulumi.ResourceOptions(parent=self, replacement_trigger=args.vpc_id),
        )

    def _capacity_provider(
        self, name: str, settings: CapacitySettings, fleet: aws.autoscaling.Group
    ) -> aws.ecs.CapacityProvider:
        return aws.ecs.CapacityProvider(
            name,
            auto_scaling_group_provider=aws.ecs.CapacityProviderAutoScalingGroupProviderArgs(
                auto_scaling_group_arn=fleet.arn,
                managed_termination_protection=_switch(settings.managed_termination_protection),
                managed_draining=_switch(settings.managed_draining),
                managed_scaling=_managed_scaling(settings),
            ),
            opts=self._child,
        )


def _managed_scaling(
    settings: CapacitySettings,
) -> aws.ecs.CapacityProviderAutoScalingGroupProviderManagedScalingArgs:
    return aws.ecs.CapacityProviderAutoScalingGroupProviderManagedScalingArgs(
        status=_switch(settings.managed_scaling),
        target_capacity=settings.target_capacity,
        instance_warmup_period=settings.instance_warmup,
        minimum_scaling_step_size=settings.minimum_scaling_step,
        maximum_scaling_step_size=settings.maximum_scaling_step,
    )


def _switch(value: bool) -> str:
    return "ENABLED" if value else "DISABLED"

"""ECS Managed Instances of one cluster, and the capacity provider by which ECS looks after them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import pulumi
import pulumi_aws as aws

from components.account import Account, account_of
from components.arguments import typed
from components.ebs import infrastructure_role
from components.egress import egress_to_anywhere
from components.managed_requirements import instance_requirements
from components.role_args import NOWHERE_ELSE, RoleArgs, made_role, staying
from components.tokens import token
from ecs_model import iam
from ecs_model.capacity_options import PurchaseOption
from ecs_model.container_definitions import canonical_json
from ecs_model.managed_instances import (
    INFRASTRUCTURE_POLICY,
    INSTANCE_POLICY,
    ManagedInstancesSettings,
    ManagedReservations,
    instance_role_prefix,
)
from ecs_model.problem import Problem, refuse, under
from ecs_model.strategy import name_problem


@dataclass
class ManagedInstancesArgs:
    """The cluster that Managed Instances belong to, their network, and how they are chosen."""

    cluster_name: pulumi.Input[str]
    """The one cluster that they serve. Give a cluster's `name` output, so that they end before the cluster does."""
    vpc_id: pulumi.Input[str]
    """The VPC of the subnets."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Subnets to spread over. Public ones have to give instances public addresses by themselves."""
    settings: ManagedInstancesSettings
    """What instances need, how they are bought and kept."""
    roles: RoleArgs = NOWHERE_ELSE
    """Where their roles stand in IAM, and what bounds them."""

    def problems(self, name: str) -> Iterator[Problem]:
        """What AWS would refuse; `name` is the component's, which the capacity provider is called after."""
        yield from under(self.settings.problems(), "settings")
        yield from under(self.roles.problems(), "roles")
        if reason := name_problem(name):
            yield Problem(("name",), reason)


class ManagedInstances(pulumi.ComponentResource):
    """EC2 instances that ECS chooses, starts, patches and ends itself: roles, security group, capacity provider.

    Its capacity provider belongs to the cluster from the start. To be named in the cluster's default strategy, and to
    stay out of later previews, it has to be listed among the cluster's capacity providers all the same.
    """

    capacity_provider_name: pulumi.Output[str]
    """The capacity provider to name in strategies."""
    security_group_id: pulumi.Output[str]
    """The instances' security group, which tasks in mode host are in."""

    def __init__(self, name: str, args: ManagedInstancesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(ManagedInstancesArgs, args)
        refuse(f"ManagedInstances {name}", args.problems(name))
        super().__init__(token("ManagedInstances"), name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        before: list[pulumi.Resource] = []
        role, profile = args.settings.infrastructure_role, args.settings.instance_profile
        group = self._security_group(name, args, before)
        infrastructure = role or self._infrastructure_role(name, args.roles, before)
        instance = profile or self._instance_profile(name, account_of(self), args.roles, before)
        provider = aws.ecs.CapacityProvider(
            name,
            cluster=args.cluster_name,
            managed_instances_provider=aws.ecs.CapacityProviderManagedInstancesProviderArgs(
                infrastructure_role_arn=infrastructure,
                instance_launch_template=_launch_template(args, instance, group.id),
                propagate_tags="CAPACITY_PROVIDER" if args.settings.propagate_tags else "NONE",
                auto_repair_configuration=aws.ecs.CapacityProviderManagedInstancesProviderAutoRepairConfigurationArgs(
                    actions_status="ENABLED" if args.settings.auto_repair else "DISABLED"
                ),
                infrastructure_optimization=_Optimization(scale_in_after=args.settings.scale_in_after)
                if args.settings.scale_in_after is not None
                else None,
            ),
            tags={"Name": name},
            # ECS acts by the roles, and ends instances by them, as long as the provider is there. In another VPC there
            # are others, and the old ones stay until services have moved.
            opts=pulumi.ResourceOptions(parent=self, depends_on=before, replacement_trigger=args.vpc_id),
        )
        self.capacity_provider_name = provider.name
        self.security_group_id = group.id
        self.register_outputs(
            {"capacityProviderName": self.capacity_provider_name, "securityGroupId": self.security_group_id}
        )

    def _security_group(
        self, name: str, args: ManagedInstancesArgs, before: list[pulumi.Resource]
    ) -> aws.ec2.SecurityGroup:
        """Nothing comes in but what services in mode host let in: tasks in mode awsvpc have groups of their own."""
        group = aws.ec2.SecurityGroup(
            f"{name}-instances", description=f"Managed Instances of {name}", vpc_id=args.vpc_id, opts=self._child
        )
        before.append(
            egress_to_anywhere(
                f"{name}-instances-out", group, "Anywhere: images, AWS APIs and whatever the tasks call", self._child
            )
        )
        return group

    def _infrastructure_role(self, name: str, roles: RoleArgs, before: list[pulumi.Resource]) -> pulumi.Output[str]:
        role, attached = infrastructure_role(f"{name}-infrastructure", roles, self, INFRASTRUCTURE_POLICY)
        before.append(attached)
        return role.arn

    def _instance_profile(
        self, name: str, account: Account, roles: RoleArgs, before: list[pulumi.Resource]
    ) -> pulumi.Output[str]:
        """The instances' role and profile: the agent's own calls."""
        role = made_role(
            f"{name}-instance",
            canonical_json(iam.instance_trust()),
            roles,
            self,
            # The infrastructure role's policy lets it pass no role that is called otherwise, nor one at another path.
            name_prefix=instance_role_prefix(name),
            path=False,
        )
        attached = aws.iam.RolePolicyAttachment(
            f"{name}-instance",
            role=role.name,
            policy_arn=account.partition.apply(partial(iam.managed_policy_arn, INSTANCE_POLICY)),
            opts=self._child,
        )
        before.append(attached)
        profile = aws.iam.InstanceProfile(
            f"{name}-instance", role=role.name, path=roles.written_path, opts=staying(self)
        )
        return profile.arn


_Template = aws.ecs.CapacityProviderManagedInstancesProviderInstanceLaunchTemplateArgs
_Network = aws.ecs.CapacityProviderManagedInstancesProviderInstanceLaunchTemplateNetworkConfigurationArgs
_Storage = aws.ecs.CapacityProviderManagedInstancesProviderInstanceLaunchTemplateStorageConfigurationArgs
_LocalStorage = aws.ecs.CapacityProviderManagedInstancesProviderInstanceLaunchTemplateLocalStorageConfigurationArgs
_Reservations = aws.ecs.CapacityProviderManagedInstancesProviderInstanceLaunchTemplateCapacityReservationsArgs
_Optimization = aws.ecs.CapacityProviderManagedInstancesProviderInfrastructureOptimizationArgs


def _launch_template(
    args: ManagedInstancesArgs, profile: pulumi.Input[str], group: pulumi.Input[str]
) -> aws.ecs.CapacityProviderManagedInstancesProviderInstanceLaunchTemplateArgs:
    chosen = args.settings
    reserved, size, wanted = chosen.capacity_reservations, chosen.storage_size, chosen.instance_requirements
    spot = chosen.purchase_option is PurchaseOption.SPOT
    return _Template(
        ec2_instance_profile_arn=profile,
        network_configuration=_Network(subnets=args.subnet_ids, security_groups=[group, *chosen.extra_security_groups]),
        capacity_option_type="RESERVED" if reserved else "SPOT" if spot else "ON_DEMAND",
        capacity_reservations=_reservations(reserved) if reserved else None,
        instance_requirements=instance_requirements(wanted, spot=spot) if wanted else None,
        storage_configuration=_Storage(storage_size_gib=size) if size is not None else None,
        local_storage_configuration=_LocalStorage(use_local_storage=True) if chosen.use_local_storage else None,
        monitoring="DETAILED" if chosen.detailed_monitoring else "BASIC",
    )


def _reservations(
    chosen: ManagedReservations,
) -> aws.ecs.CapacityProviderManagedInstancesProviderInstanceLaunchTemplateCapacityReservationsArgs:
    return _Reservations(
        reservation_preference=f"RESERVATIONS_{chosen.preference.name}", reservation_group_arn=chosen.resource_group
    )

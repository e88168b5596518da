"""The EBS volumes of a service's tasks, and the roles with which ECS acts for a service."""

from collections.abc import Mapping
from functools import partial

import pulumi
import pulumi_aws as aws

from components.account import account_of
from components.role_args import RoleArgs, made_role
from ecs_model import iam
from ecs_model.container_definitions import canonical_json
from ecs_model.ebs import INFRASTRUCTURE_POLICY, EbsVolume


def infrastructure_role(
    name: str, roles: RoleArgs, parent: pulumi.Resource, policy: str = INFRASTRUCTURE_POLICY
) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]:
    """The role with which ECS makes, attaches and deletes the volumes, or what else AWS's managed `policy` is for."""
    role = made_role(name, canonical_json(iam.infrastructure_trust()), roles, parent)
    attached = aws.iam.RolePolicyAttachment(
        name,
        role=role.name,
        policy_arn=account_of(parent).partition.apply(partial(iam.managed_policy_arn, policy)),
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return role, attached


def volume_configuration(
    volumes: Mapping[str, EbsVolume], role: aws.iam.Role
) -> aws.ecs.ServiceVolumeConfigurationArgs:
    """What ECS makes for each task, of the only volume there may be."""
    ((name, volume),) = volumes.items()
    return aws.ecs.ServiceVolumeConfigurationArgs(
        name=name,
        managed_ebs_volume=aws.ecs.ServiceVolumeConfigurationManagedEbsVolumeArgs(
            role_arn=role.arn,
            encrypted=True,
            size_in_gb=volume.size_in_gib,
            snapshot_id=volume.snapshot_id,
            volume_type=volume.volume_type.value,
            iops=volume.iops,
            throughput=volume.throughput,
            file_system_type=volume.filesystem_type.value,
        ),
    )

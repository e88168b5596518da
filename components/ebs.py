"""The EBS volumes of a service's tasks, and the role with which ECS makes them."""

from collections.abc import Mapping
from functools import partial

import pulumi
import pulumi_aws as aws

from components.account import account_of
from ecs_model import iam
from ecs_model.container_definitions import canonical_json
from ecs_model.ebs import INFRASTRUCTURE_POLICY, EbsVolume


def infrastructure_role(name: str, parent: pulumi.Resource) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]:
    """The role with which ECS makes, attaches and deletes the volumes."""
    options = pulumi.ResourceOptions(parent=parent)
    trust = canonical_json(iam.infrastructure_trust())
    role = aws.iam.Role(f"{name}-infrastructure", assume_role_policy=trust, opts=options)
    attached = aws.iam.RolePolicyAttachment(
        f"{name}-infrastructure",
        role=role.name,
        policy_arn=account_of(parent).partition.apply(partial(iam.managed_policy_arn, INFRASTRUCTURE_POLICY)),
        opts=options,
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

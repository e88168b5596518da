"""The launch template of container instances."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ecs_model.capacity import CapacitySettings
from ecs_model.capacity_options import CapacityReservation, ReservationUse, Tenancy
from ecs_model.images import AmiPolicy
from ecs_model.instance_volumes import VolumeOptions, root_devices
from ecs_model.user_data_script import encode


@dataclass(frozen=True)
class Surroundings:
    """What the instances of a launch template are joined to."""

    title: str
    """What they are called in EC2."""
    cluster_name: pulumi.Input[str]
    """The cluster."""
    profile_arn: pulumi.Input[str]
    """Their instance profile."""
    security_group_id: pulumi.Input[str]
    """Their own security group."""
    public_addresses: bool
    """Whether they get public addresses."""


def launch_template(
    name: str, settings: CapacitySettings, around: Surroundings, parent: pulumi.Resource
) -> aws.ec2.LaunchTemplate:
    """Every change makes a new version, whose number the Auto Scaling group follows."""
    cluster = pulumi.Output.from_input(around.cluster_name)
    return aws.ec2.LaunchTemplate(
        name,
        image_id=_image(settings, parent),
        instance_type=settings.instance_types[0] if settings.instance_types else None,
        iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(arn=around.profile_arn),
        user_data=cluster.apply(lambda known: encode(settings.user_data_text(known))),
        network_interfaces=[
            aws.ec2.LaunchTemplateNetworkInterfaceArgs(
                device_index=0,
                associate_public_ip_address=_flag(around.public_addresses),
                delete_on_termination=_flag(True),
                security_groups=[around.security_group_id, *settings.extra_security_groups],
            )
        ],
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            # One hop: containers in bridge mode do not reach the instance's credentials.
            http_endpoint="enabled",
            http_tokens="required",
            http_put_response_hop_limit=1,
        ),
        block_device_mappings=_volumes(settings),
        monitoring=aws.ec2.LaunchTemplateMonitoringArgs(enabled=True) if settings.detailed_monitoring else None,
        placement=aws.ec2.LaunchTemplatePlacementArgs(tenancy=settings.tenancy.value)
        if settings.tenancy is not Tenancy.DEFAULT
        else None,
        capacity_reservation_specification=_reservation(settings.capacity_reservation)
        if settings.capacity_reservation
        else None,
        tag_specifications=[
            aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags={"Name": around.title})
            for kind in ("instance", "volume")
        ],
        update_default_version=True,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _image(settings: CapacitySettings, parent: pulumi.Resource) -> pulumi.Input[str]:
    if settings.ami_id is not None:
        return settings.ami_id
    if settings.ami_policy is AmiPolicy.LATEST_AT_LAUNCH:
        return f"resolve:ssm:{settings.image_parameter}"
    found = aws.ssm.get_parameter_output(name=settings.image_parameter, opts=pulumi.InvokeOutputOptions(parent=parent))
    # AWS's public parameter is no secret, though the function's result is one as a whole.
    return pulumi.Output.unsecret(found.insecure_value)


def _volumes(settings: CapacitySettings) -> list[aws.ec2.LaunchTemplateBlockDeviceMappingArgs]:
    *system, data = root_devices(settings.ami_family)
    return [
        *(_volume(device, None, VolumeOptions(kms_key=settings.root_volume.kms_key)) for device in system),
        _volume(data, settings.root_volume_size, settings.root_volume),
        *(_volume(device, volume.size, volume) for device, volume in sorted(settings.extra_volumes.items())),
    ]


def _volume(device: str, size: int | None, options: VolumeOptions) -> aws.ec2.LaunchTemplateBlockDeviceMappingArgs:
    """A volume of `size` GiB, or of the image's own size; always encrypted, and gone with the instance."""
    return aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
        device_name=device,
        ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
            volume_size=size,
            volume_type=options.type.value,
            iops=options.iops,
            throughput=options.throughput,
            kms_key_id=options.kms_key,
            encrypted=_flag(True),
            delete_on_termination=_flag(True),
        ),
    )


def _reservation(chosen: CapacityReservation) -> aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs:
    if chosen.id is None and chosen.resource_group is None:
        spelled = {ReservationUse.ONLY: "capacity-reservations-only"}.get(chosen.use, chosen.use.value)
        return aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs(capacity_reservation_preference=spelled)
    return aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs(
        capacity_reservation_target=aws.ec2.LaunchTemplateCapacityReservationSpecificationCapacityReservationTargetArgs(
            capacity_reservation_id=chosen.id,
            capacity_reservation_resource_group_arn=chosen.resource_group,
        )
    )


def _flag(value: bool) -> str:
    """Launch templates spell booleans as text."""
    return "true" if value else "false"

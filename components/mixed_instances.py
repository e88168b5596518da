"""How an Auto Scaling group chooses among instance types, waits with some, and replaces them."""

import pulumi
import pulumi_aws as aws

from components.requirement_fields import requirement_fields
from ecs_model.capacity import CapacitySettings
from ecs_model.capacity_options import InstanceRefresh, PurchaseOption, WarmPool
from ecs_model.images import AmiFamily
from ecs_model.instance_requirements import Bounds, InstanceRequirements

DAY = 24 * 60 * 60


def mixed_instances(
    settings: CapacitySettings, template_id: pulumi.Output[str], version: pulumi.Output[str]
) -> aws.autoscaling.GroupMixedInstancesPolicyArgs:
    """Several types or Spot; no instance weights, which managed scaling does not support."""
    spot = settings.purchase_option is PurchaseOption.SPOT
    wanted = settings.instance_requirements
    return aws.autoscaling.GroupMixedInstancesPolicyArgs(
        instances_distribution=aws.autoscaling.GroupMixedInstancesPolicyInstancesDistributionArgs(
            on_demand_base_capacity=settings.on_demand_base,
            on_demand_percentage_above_base_capacity=settings.on_demand_percentage if spot else 100,
            # EC2 knows no order among types that are not named.
            on_demand_allocation_strategy="prioritized" if wanted is None else "lowest-price",
            spot_allocation_strategy="price-capacity-optimized",
        ),
        launch_template=aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateArgs(
            launch_template_specification=(
                aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecificationArgs(
                    launch_template_id=template_id, version=version
                )
            ),
            overrides=[
                aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideArgs(instance_type=type_)
                for type_ in settings.instance_types
            ]
            if wanted is None
            else [
                aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideArgs(
                    instance_requirements=_requirements(wanted, settings)
                )
            ],
        ),
    )


_Requirements = aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsArgs
_Vcpus = aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsVcpuCountArgs
_Memory = aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsMemoryMibArgs
_Accelerators = aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsAcceleratorCountArgs


def _requirements(wanted: InstanceRequirements, settings: CapacitySettings) -> _Requirements:
    limits = wanted.accelerators or Bounds(0, 0)
    neuron = settings.ami_family is AmiFamily.NEURON
    spot = settings.purchase_option is PurchaseOption.SPOT
    return _Requirements(
        vcpu_count=_Vcpus(min=wanted.vcpus.min, max=wanted.vcpus.max),
        memory_mib=_Memory(min=wanted.memory.min, max=wanted.memory.max),
        # EC2 takes a least number above none only.
        accelerator_count=_Accelerators(min=limits.min or None, max=limits.max),
        accelerator_types=(["inference"] if neuron else ["gpu"]) if wanted.accelerators else None,
        accelerator_manufacturers=(["amazon-web-services"] if neuron else ["nvidia"]) if wanted.accelerators else None,
        **requirement_fields(wanted, spot=spot),
    )


def warm_pool(chosen: WarmPool) -> aws.autoscaling.GroupWarmPoolArgs:
    """Instances that wait beside the group."""
    return aws.autoscaling.GroupWarmPoolArgs(
        min_size=chosen.min_size,
        max_group_prepared_capacity=chosen.max_prepared,
        pool_state=chosen.state.value.capitalize(),
        # ECS does not support it: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-warm-pool.html
        instance_reuse_policy=aws.autoscaling.GroupWarmPoolInstanceReusePolicyArgs(reuse_on_scale_in=False),
    )


def instance_refresh(chosen: InstanceRefresh) -> aws.autoscaling.GroupInstanceRefreshArgs:
    """A change rolls the instances; what EC2 Auto Scaling does anyway is not said."""
    usual = InstanceRefresh()
    healthy = (chosen.min_healthy, chosen.max_healthy) != (usual.min_healthy, usual.max_healthy)
    return aws.autoscaling.GroupInstanceRefreshArgs(
        strategy="Rolling",
        preferences=aws.autoscaling.GroupInstanceRefreshPreferencesArgs(
            # Ignored, EC2's default, protected instances would make the refresh fail (terraform-provider-aws#29827).
            scale_in_protected_instances=chosen.scale_in_protected_instances.value.capitalize(),
            min_healthy_percentage=chosen.min_healthy if healthy else None,
            max_healthy_percentage=chosen.max_healthy if healthy else None,
            auto_rollback=True if chosen.auto_rollback else None,
        ),
    )

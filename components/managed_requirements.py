"""Instance requirements as a capacity provider of ECS Managed Instances has them."""

import pulumi_aws as aws

from components.requirement_fields import requirement_fields
from ecs_model.instance_requirements import Bounds, InstanceRequirements

_Requirements = aws.ecs.CapacityProviderManagedInstancesProviderInstanceLaunchTemplateInstanceRequirementsArgs
_Vcpus = aws.ecs.CapacityProviderManagedInstancesProviderInstanceLaunchTemplateInstanceRequirementsVcpuCountArgs
_Memory = aws.ecs.CapacityProviderManagedInstancesProviderInstanceLaunchTemplateInstanceRequirementsMemoryMibArgs
_Accelerators = (
    aws.ecs.CapacityProviderManagedInstancesProviderInstanceLaunchTemplateInstanceRequirementsAcceleratorCountArgs
)


def instance_requirements(
    wanted: InstanceRequirements, *, spot: bool
) -> aws.ecs.CapacityProviderManagedInstancesProviderInstanceLaunchTemplateInstanceRequirementsArgs:
    """Of types that meet `wanted`; accelerators are NVIDIA's GPUs."""
    limits = wanted.accelerators or Bounds(0, 0)
    return _Requirements(
        vcpu_count=_Vcpus(min=wanted.vcpus.min, max=wanted.vcpus.max),
        memory_mib=_Memory(min=wanted.memory.min, max=wanted.memory.max),
        # EC2 takes a least number above none only.
        accelerator_count=_Accelerators(min=limits.min or None, max=limits.max),
        accelerator_types=["gpu"] if wanted.accelerators else None,
        accelerator_manufacturers=["nvidia"] if wanted.accelerators else None,
        **requirement_fields(wanted, spot=spot),
    )

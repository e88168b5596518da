"""Amazon ECS: capacity providers of ECS Managed Instances, which moto lacks.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/, by the operation's name.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.ecs.exceptions import ClusterNotFoundException, EcsClientException, InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from ecs_model.managed_instances import INFRASTRUCTURE_POLICY, ROLE_PREFIX
from localaws.moto_fixes import ecs
from localaws.moto_fixes.managed_model import ACTIVE, ManagedInstancesProvider, Settings
from localaws.moto_fixes.patch import around


@around(EC2ContainerServiceResponse, "create_capacity_provider")
def _create(original: Any, self: Any) -> Any:
    """CreateCapacityProvider: of exactly one kind."""
    settings, named = self._get_param("managedInstancesProvider"), self._get_param("cluster")
    if settings is None:
        if named:
            raise InvalidParameterException("A cluster can be specified for Managed Instances capacity providers only.")
        return original(self)
    if self._get_param("autoScalingGroupProvider") is not None:
        raise InvalidParameterException(
            "Specify either an Auto Scaling group provider or a Managed Instances provider."
        )
    if not named:
        raise InvalidParameterException("A cluster must be specified for a Managed Instances capacity provider.")
    backend, name = self.ecs_backend, self._get_param("name")
    cluster = backend.clusters.get(named.rpartition("/")[2])
    if cluster is None or cluster.status != ACTIVE:
        raise ClusterNotFoundException
    ecs.check_new_name(backend, name)
    _check(backend, settings)
    made = ManagedInstancesProvider(backend, cluster, name, settings, self._get_param("tags"))
    backend.capacity_providers[name] = made
    cluster.capacity_providers = [*(cluster.capacity_providers or []), name]
    return ActionResult({"capacityProvider": made})


@around(EC2ContainerServiceResponse, "update_capacity_provider")
def _update(original: Any, self: Any) -> Any:
    """UpdateCapacityProvider: what it does not name stays; instances that run stay as they are."""
    settings, provider = (
        self._get_param("managedInstancesProvider"),
        self.ecs_backend._get_provider(self._get_param("name")),
    )
    if settings is None or not isinstance(provider, ManagedInstancesProvider):
        return original(self)
    whole = {**provider.managed_instances_provider, **settings}
    whole["instanceLaunchTemplate"] = {**provider.template, **settings["instanceLaunchTemplate"]}
    _check(self.ecs_backend, whole)
    provider.managed_instances_provider, provider.update_status = whole, "UPDATE_COMPLETE"
    return ActionResult({"capacityProvider": provider})


@around(EC2ContainerServiceBackend, "delete_capacity_provider")
def _delete(original: Any, self: Any, name_or_arn: str) -> Any:
    """DeleteCapacityProvider: not while a service's strategy or a task uses it; its instances end with it."""
    provider = self._get_provider(name_or_arn)
    if not isinstance(provider, ManagedInstancesProvider):
        return original(self, name_or_arn)
    cluster = self.clusters[provider.cluster]
    if provider.name in ecs.used_providers(self, cluster):
        raise EcsClientException(
            "The capacity provider cannot be deleted because it is in use by services or tasks. Remove it from them "
            "and try again."
        )
    default = cluster.default_capacity_provider_strategy or []
    if any(item["capacityProvider"] == provider.name for item in default):
        raise EcsClientException(
            "The capacity provider cannot be deleted because it is in the default capacity provider strategy of "
            f"cluster: {cluster.name}. Remove it from there and try again."
        )
    ec2 = ec2_backends[self.account_id][self.region_name]
    if provider.machine_ids:
        ec2.terminate_instances(provider.machine_ids)
    cluster.capacity_providers = [name for name in cluster.capacity_providers or [] if name != provider.name]
    del self.capacity_providers[provider.name]
    provider.status, provider.update_status = "INACTIVE", "DELETE_COMPLETE"
    return provider


def _check(backend: Any, settings: Settings) -> None:
    """The roles, subnets and security groups are there."""
    template = settings["instanceLaunchTemplate"]
    iam, ec2 = _iam(backend), ec2_backends[backend.account_id][backend.region_name]
    if settings["infrastructureRoleArn"] not in {role.arn for role in iam.roles.values()}:
        raise EcsClientException("The specified infrastructure role does not exist. Specify a valid one and try again.")
    if _profile(backend, template["ec2InstanceProfileArn"]) is None:
        raise EcsClientException("The specified instance profile does not exist. Specify a valid one and try again.")
    network = template["networkConfiguration"]
    if not network.get("subnets"):
        raise InvalidParameterException("At least one subnet must be specified in the network configuration.")
    for subnet in network["subnets"]:
        ec2.get_subnet(subnet)
    for group in network.get("securityGroups") or []:
        if ec2.get_security_group_from_id(group) is None:
            raise InvalidParameterException(f"The security group '{group}' does not exist")


def may_launch(backend: Any, provider: ManagedInstancesProvider) -> bool:
    """Whether the infrastructure role may pass the instances' role to EC2: AWS's policy allows it by name and path.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-profile.html. What a
    policy of one's own allows is not looked into.
    """
    profile = _profile(backend, provider.template["ec2InstanceProfileArn"])
    arn = provider.managed_instances_provider["infrastructureRoleArn"]
    role = next((each for each in _iam(backend).roles.values() if each.arn == arn), None)
    if role is None or profile is None or not profile.roles:
        return False
    if any(not each.endswith(f"/{INFRASTRUCTURE_POLICY}") for each in role.managed_policies) or role.policies:
        return True
    # The pattern is of the role's ARN, which has its path before its name.
    return bool(role.managed_policies) and profile.roles[0].arn.partition(":role/")[2].startswith(ROLE_PREFIX)


def _iam(backend: Any) -> Any:
    return iam_backends[backend.account_id][get_partition(backend.region_name)]


def _profile(backend: Any, arn: str) -> Any:
    return next((each for each in _iam(backend).instance_profiles.values() if each.arn == arn), None)

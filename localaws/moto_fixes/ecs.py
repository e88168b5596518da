"""Amazon ECS: clusters, capacity providers, strategies.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/, by the operation's name.
"""

from __future__ import annotations

import re
from typing import Any

from moto.autoscaling.models import autoscaling_backends
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ecs.exceptions import EcsClientException, ECSException, InvalidParameterException
from moto.ecs.models import AccountSetting, CapacityProvider, EC2ContainerServiceBackend
from moto.ecs.responses import EC2ContainerServiceResponse

from ecs_model.strategy import MANAGED_TAG
from localaws.moto_fixes.managed_model import of_cluster, refuse_foreign, refuse_new
from localaws.moto_fixes.patch import around, before, give

# moto keeps no user's settings apart from the account's.
give(EC2ContainerServiceResponse, "put_account_setting_default", EC2ContainerServiceResponse.put_account_setting)
give(AccountSetting, "principal_arn", f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:root")

FARGATE = frozenset({"FARGATE", "FARGATE_SPOT"})
Strategy = list[dict[str, Any]]


def active_services(backend: Any, cluster: Any) -> list[Any]:
    """A cluster's services that have not been deleted."""
    return [item for item in backend.services.values() if item.cluster_name == cluster.name and item.status == "ACTIVE"]


def live_tasks(backend: Any, cluster: Any) -> list[Any]:
    """A cluster's tasks that have not stopped."""
    return [item for item in backend.tasks.get(cluster.name, {}).values() if item.last_status != "STOPPED"]


def check_strategy(backend: Any, strategy: Strategy, associated: list[str] | None) -> None:
    """CapacityProviderStrategyItem: what may stand together in one strategy."""
    if not strategy:
        return
    names = [item["capacityProvider"] for item in strategy]
    for name in names:
        _check_exists(backend, name)
        refuse_new(backend, name)
        if associated is not None and name not in associated:
            raise InvalidParameterException(
                "The specified capacity provider strategy cannot contain a capacity provider that is not associated "
                "with the cluster. Associate the capacity provider with the cluster and try again."
            )
    if len(set(names)) < len(names):
        raise InvalidParameterException("The specified capacity provider strategy names a capacity provider twice.")
    if len({_kind(backend, name) for name in names}) > 1:
        raise InvalidParameterException(
            "The specified capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling "
            "groups, Fargate capacity providers and Managed Instances. Specify one of these and try again."
        )
    if not any(item.get("weight", 0) for item in strategy):
        raise InvalidParameterException(
            "The specified capacity provider strategy must contain at least one capacity provider with a weight "
            "greater than zero."
        )
    if sum(1 for item in strategy if item.get("base", 0)) > 1:
        raise InvalidParameterException(
            "The specified capacity provider strategy cannot contain more than one capacity provider with a base."
        )


def _kind(backend: Any, name: str) -> str:
    return "FARGATE" if name in FARGATE else getattr(backend._get_provider(name), "type", "EC2_AUTOSCALING")


def used_providers(backend: Any, cluster: Any) -> set[str]:
    """The capacity providers that a cluster's services and tasks use."""
    of_services = {
        item["capacityProvider"]
        for service in active_services(backend, cluster)
        for item in getattr(service, "capacity_provider_strategy", None) or []
    }
    return of_services | {item.capacity_provider_name for item in live_tasks(backend, cluster)}


def _check_exists(backend: Any, name: str) -> None:
    if name not in FARGATE and backend._get_provider(name) is None:
        raise InvalidParameterException(f"The specified capacity provider '{name}' was not found.")


@before(EC2ContainerServiceBackend, "create_cluster")
def _create_cluster(self: Any, cluster_name: str, *args: Any, **kwargs: Any) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", cluster_name):
        raise InvalidParameterException("Invalid cluster name.")
    providers = (args[3] if len(args) > 3 else kwargs.get("capacity_providers")) or []
    strategy = (args[4] if len(args) > 4 else kwargs.get("default_capacity_provider_strategy")) or []
    for name in providers:
        _check_exists(self, name)
    check_strategy(self, strategy, providers)


@around(EC2ContainerServiceBackend, "put_cluster_capacity_providers")
def _keep_managed(
    original: Any, self: Any, cluster_name: str, providers: list[str] | None, strategy: Strategy | None
) -> Any:
    """One of Managed Instances belongs to its cluster until it is deleted, listed or not."""
    return original(self, cluster_name, _with_managed(self, self._get_cluster(cluster_name), providers), strategy)


@before(EC2ContainerServiceBackend, "put_cluster_capacity_providers")
def _put_providers(self: Any, cluster_name: str, providers: list[str] | None, strategy: Strategy | None) -> None:
    cluster = self._get_cluster(cluster_name)
    for name in providers or []:
        _check_exists(self, name)
        refuse_foreign(self._get_provider(name), cluster)
        refuse_new(self, name)
    whole = _with_managed(self, cluster, providers)
    if (set(cluster.capacity_providers or []) - set(whole)) & used_providers(self, cluster):
        raise ECSException("ResourceInUseException", "The specified capacity provider is in use and cannot be removed.")
    check_strategy(self, strategy or [], whole)


def _with_managed(backend: Any, cluster: Any, providers: list[str] | None) -> list[str]:
    own = [each.name for each in of_cluster(backend, cluster)]
    return [*(providers or []), *(name for name in own if name not in (providers or []))]


@before(EC2ContainerServiceBackend, "delete_cluster")
def _delete_cluster(self: Any, cluster_str: str) -> None:
    cluster = self._get_cluster(cluster_str)
    for kind, found in (
        ("CapacityProvider", of_cluster(self, cluster)),
        ("ContainerInstances", self.container_instances.get(cluster.name)),
        ("Services", active_services(self, cluster)),
        ("Tasks", live_tasks(self, cluster)),
    ):
        if found:
            words = re.sub(r"(?<!^)(?=[A-Z])", " ", kind)
            ending = "active or draining" if kind == "ContainerInstances" else "active"
            raise ECSException(
                f"ClusterContains{kind}Exception", f"The Cluster cannot be deleted while {words} are {ending}."
            )


@around(EC2ContainerServiceBackend, "list_clusters")
def _list_clusters(original: Any, self: Any) -> list[str]:
    return [cluster.arn for cluster in self.clusters.values() if cluster.status == "ACTIVE"]


def check_new_name(backend: Any, name: str) -> None:
    """Refuse a name that a new capacity provider may not have."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name) or name.lower().startswith(("aws", "ecs", "fargate")):
        raise EcsClientException(
            "The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters "
            '(upper and lowercase), numbers, underscores, and hyphens. The name can\'t be prefixed with "aws", '
            '"ecs", or "fargate".'
        )
    if backend._get_provider(name) is not None:
        raise EcsClientException(f"A capacity provider named {name} exists already.")


@before(EC2ContainerServiceBackend, "create_capacity_provider")
def _create_provider(self: Any, name: str, asg_details: dict[str, Any] | None, tags: Any) -> None:
    check_new_name(self, name)
    if asg_details is None:
        raise InvalidParameterException("An Auto Scaling group provider or a Managed Instances provider is needed.")
    arn = asg_details["autoScalingGroupArn"]
    groups = [item.auto_scaling_group_provider for item in self.capacity_providers.values()]
    if any(item["autoScalingGroupArn"] == arn for item in groups if item is not None):
        raise EcsClientException(
            "The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a "
            "unique Auto Scaling group ARN and try again."
        )
    group = _group(self, arn)
    _check_protection(group, asg_details)
    if not any(tag["Key"] == MANAGED_TAG for tag in group.tags):
        # ECS finds the group by it (developer guide, "cluster-auto-scaling").
        mark = {"Key": MANAGED_TAG, "Value": "", "PropagateAtLaunch": "true", "ResourceType": "auto-scaling-group"}
        group.tags = [*group.tags, {**mark, "ResourceId": group.name}]


def _group(backend: Any, arn: str) -> Any:
    groups = autoscaling_backends[backend.account_id][backend.region_name].autoscaling_groups.values()
    group = next((item for item in groups if item.arn == arn), None)
    if group is None:
        raise EcsClientException("The specified Auto Scaling group ARN does not exist. Specify a valid one.")
    return group


def _check_protection(group: Any, details: dict[str, Any]) -> None:
    """AutoScalingGroupProvider: managed termination protection needs managed scaling and the group's protection."""
    if details.get("managedTerminationProtection") != "ENABLED":
        return
    if details.get("managedScaling", {}).get("status") == "DISABLED":
        raise InvalidParameterException(
            "The managed termination protection setting for the capacity provider is invalid. To enable managed "
            "termination protection for a capacity provider, managed scaling must be enabled."
        )
    if not group.new_instances_protected_from_scale_in:
        raise InvalidParameterException(
            "The managed termination protection setting for the capacity provider is invalid. To enable managed "
            "termination protection for a capacity provider, the Auto Scaling group must have instance protection "
            "from scale in enabled."
        )


@around(CapacityProvider, "_prepare_asg_provider")
def _defaults(original: Any, self: Any, asg_details: dict[str, Any]) -> Any:
    """AutoScalingGroupProvider: the documented default of managedDraining."""
    asg_details.setdefault("managedDraining", "ENABLED")
    return original(self, asg_details)


@before(CapacityProvider, "update")
def _update_provider(self: Any, asg_details: dict[str, Any]) -> None:
    if "managedDraining" in asg_details:
        self.auto_scaling_group_provider["managedDraining"] = asg_details["managedDraining"]


@before(EC2ContainerServiceBackend, "delete_capacity_provider")
def _delete_provider(self: Any, name_or_arn: str) -> None:
    provider = self._get_provider(name_or_arn)
    if provider is None:
        raise EcsClientException("The specified capacity provider does not exist. Specify a valid name and try again.")
    for cluster in self.clusters.values():
        if cluster.status == "ACTIVE" and provider.name in (cluster.capacity_providers or []):
            raise EcsClientException(
                f"The capacity provider cannot be deleted because it is associated with cluster: {cluster.name}. "
                "Remove the capacity provider from the cluster and try again."
            )

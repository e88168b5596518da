"""Capacity providers: the Auto Scaling group behind each, and which EC2 instances are of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from moto.autoscaling.models import autoscaling_backends

from ecs_model.checkup_groups import DRAINING_HOOK
from localaws.moto_fixes.group_instances import types
from localaws.moto_fixes.managed_model import is_managed


@dataclass
class Provider:
    """A capacity provider of a cluster, with its Auto Scaling group."""

    name: str
    settings: dict[str, Any]
    """moto's `autoScalingGroupProvider`."""
    group: Any
    """moto's group; None where it was deleted."""

    @property
    def scaling(self) -> dict[str, Any]:
        """Its managed scaling."""
        return dict(self.settings["managedScaling"])

    @property
    def scales(self) -> bool:
        """Whether ECS scales its group."""
        return self.group is not None and self.scaling["status"] == "ENABLED"

    @property
    def drains(self) -> bool:
        """Whether ECS drains an instance that its group terminates."""
        return self.group is not None and self.settings.get("managedDraining") == "ENABLED"

    @property
    def types(self) -> list[str]:
        """The instance types that its group may start."""
        return types(self.group)

    @property
    def machine_ids(self) -> list[str]:
        """The EC2 instances of its group."""
        return [] if self.group is None else [state.instance.id for state in self.group.instance_states]


def of_cluster(backend: Any, cluster: Any) -> dict[str, Provider]:
    """The capacity providers of Auto Scaling groups that are associated with a cluster, by name."""
    groups = autoscaling_backends[backend.account_id][backend.region_name].autoscaling_groups.values()
    by_arn = {group.arn: group for group in groups}
    found = (backend._get_provider(name) for name in cluster.capacity_providers or [])
    return {
        each.name: Provider(
            each.name,
            each.auto_scaling_group_provider,
            by_arn.get(each.auto_scaling_group_provider["autoScalingGroupArn"]),
        )
        for each in found
        if each is not None and not is_managed(each)
    }


def attachments(backend: Any, cluster: Any) -> list[dict[str, Any]]:
    """What DescribeClusters tells of them: the scaling policy of managed scaling, the hook of managed draining.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html, its examples.
    """
    found = []
    for provider in of_cluster(backend, cluster).values():
        id_ = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{cluster.arn}/{provider.name}"))
        if provider.scales:
            policy = f"ECSManagedAutoScalingPolicy-{id_}"
            found.append(_attachment(provider, "as_policy", "scalingPolicyName", policy))
        if provider.drains:
            found.append(_attachment(provider, "managed_draining", "autoScalingLifecycleHookName", DRAINING_HOOK))
    return found


def _attachment(provider: Provider, type_: str, name: str, value: str) -> dict[str, Any]:
    details = {"capacityProviderName": provider.name, name: value}
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{type_}/{provider.name}")),
        "type": type_,
        "status": "CREATED",
        "details": [{"name": key, "value": text} for key, text in details.items()],
    }

"""A capacity provider of ECS Managed Instances among moto's objects, which know none.

That a new one is not ACTIVE at once: https://github.com/hashicorp/terraform-provider-aws/issues/45693. It takes no time
here: the first call that needs one is refused, and the next one finds them all ACTIVE.
"""

from __future__ import annotations

from typing import Any

from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.models import CapacityProvider
from moto.moto_api._internal import mock_random
from moto.utilities.utils import get_partition

Settings = dict[str, Any]
NEW, ACTIVE = "PROVISIONING", "ACTIVE"


class ManagedInstancesProvider(CapacityProvider):
    """A capacity provider whose instances ECS itself starts and ends, for one cluster alone."""

    def __init__(self, backend: Any, cluster: Any, name: str, settings: Settings, tags: Any) -> None:
        # Not moto's own beginning, which wants an Auto Scaling group.
        region, account = backend.region_name, backend.account_id
        self._id = str(mock_random.uuid4())
        self.capacity_provider_arn = f"arn:{get_partition(region)}:ecs:{region}:{account}:capacity-provider/{name}"
        self.name, self.cluster, self.tags = name, cluster.name, tags
        self.type, self.status = "MANAGED_INSTANCES", NEW
        self.update_status: str | None = "CREATE_IN_PROGRESS"
        self.auto_scaling_group_provider: Any = None
        self.managed_instances_provider = settings
        self.machine_ids: list[str] = []

    def become_active(self) -> None:
        """End the time in which ECS sets it up."""
        self.status, self.update_status = ACTIVE, "CREATE_COMPLETE"

    @property
    def template(self) -> Settings:
        """What its instances are started by."""
        return dict(self.managed_instances_provider["instanceLaunchTemplate"])


def is_managed(provider: Any) -> bool:
    """Whether a capacity provider of moto's is one of Managed Instances."""
    return isinstance(provider, ManagedInstancesProvider)


def of_cluster(backend: Any, cluster: Any) -> list[ManagedInstancesProvider]:
    """Those that belong to a cluster."""
    found = backend.capacity_providers.values()
    return [each for each in found if isinstance(each, ManagedInstancesProvider) and each.cluster == cluster.name]


def refuse_new(backend: Any, name: str) -> None:
    """Refuse one that is not ACTIVE yet, wherever it is named."""
    provider = backend._get_provider(name)
    if isinstance(provider, ManagedInstancesProvider) and provider.status != ACTIVE:
        for each in backend.capacity_providers.values():
            if isinstance(each, ManagedInstancesProvider):
                each.become_active()
        raise InvalidParameterException(
            f"The specified capacity provider '{provider.name}' is not in an ACTIVE state. Specify a valid capacity "
            "provider and try again."
        )


def refuse_foreign(provider: Any, cluster: Any) -> None:
    """Refuse one that is another cluster's."""
    if isinstance(provider, ManagedInstancesProvider) and provider.cluster != cluster.name:
        raise InvalidParameterException(
            f"The specified capacity provider '{provider.name}' belongs to another cluster. Specify a valid capacity "
            "provider and try again."
        )

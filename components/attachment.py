"""What is attached to a cluster before its services: capacity providers, and the default strategy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.activation import until_active
from components.last_deployment import attached_providers
from ecs_model.capacity_change import gone

Strategy = Sequence[aws.ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs]
_LISTS = ["capacityProviders", "defaultCapacityProviderStrategies"]


@dataclass(frozen=True)
class Attachment:
    """The capacity providers of one cluster, in place before its services are.

    Resources of their own: providers on the cluster itself would make a cycle (terraform-provider-aws#11409).
    """

    name: str
    """The cluster component's."""
    parent: pulumi.Resource
    """The cluster component."""
    staying: Sequence[pulumi.Input[str]]
    """The names of all capacity providers that are wanted."""
    former: Sequence[str]
    """Those of the last deployment; none in the first."""
    strategy: Strategy
    """The default capacity provider strategy."""
    managed: bool
    """Some of them are of ECS Managed Instances, which are not ACTIVE at once."""

    def leaving(self) -> pulumi.Output[list[str]]:
        """The names of former ones that are no longer wanted, and are still attached: those that left, and those
        replaced, which shows only once the new ones have their names."""

        def still_attached(now: list[str]) -> list[str]:
            names = gone(self.former, now)
            attached = attached_providers() if names else ()
            return [name for name in names if name in attached]

        return pulumi.Output.all(*self.staying).apply(still_attached)

    def make(
        self, cluster_name: pulumi.Output[str], leaving: pulumi.Output[list[str]], *, settled: bool
    ) -> list[pulumi.Output[str]]:
        """What is known once everything is attached; `settled`: something else takes off what leaves."""
        attached: pulumi.Input[Sequence[pulumi.Input[str]]] = self.staying
        if self.former and not settled:
            attached = leaving.apply(lambda names: self._with_replaced(cluster_name, names))
        first = aws.ecs.ClusterCapacityProviders(
            self.name,
            cluster_name=cluster_name,
            capacity_providers=attached,
            default_capacity_provider_strategies=self.strategy,
            opts=pulumi.ResourceOptions(
                parent=self.parent,
                ignore_changes=_LISTS if settled else None,
                hooks=until_active(f"cluster {self.name}") if self.managed else None,
            ),
        )
        if not settled:
            return [first.id]
        # Not its id, which a preview does not know: the services' cluster would seem to change.
        return [first.id, self._beside(first.cluster_name, leaving).cluster_name]

    def _with_replaced(self, cluster_name: pulumi.Output[str], leaving: list[str]) -> Any:
        if not leaving:
            return self.staying
        beside = self._beside(cluster_name, pulumi.Output.from_input(leaving))
        return beside.id.apply(lambda _: [*self.staying, *leaving])

    def _beside(
        self, cluster_name: pulumi.Output[str], leaving: pulumi.Output[list[str]]
    ) -> aws.ecs.ClusterCapacityProviders:
        """Attach whatever has a new name, beside what services may still use.

        A creation each time: the engine takes an update that succeeds at the second attempt for one that failed, and
        repeats it in the next deployment; and one of Managed Instances is listed until it is deleted, whatever is said.
        """
        names = pulumi.Output.all(*self.staying)
        return aws.ecs.ClusterCapacityProviders(
            f"{self.name}-attached",
            cluster_name=cluster_name,
            capacity_providers=pulumi.Output.all(names, leaving).apply(lambda both: [*both[0], *both[1]]),
            default_capacity_provider_strategies=self.strategy,
            opts=pulumi.ResourceOptions(
                parent=self.parent,
                ignore_changes=_LISTS,
                replacement_trigger=names.apply(sorted),
                retain_on_delete=True,
                hooks=until_active(f"attachment {self.name}") if self.managed else None,
            ),
        )

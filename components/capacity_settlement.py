"""Which capacity providers a cluster has in the end, once its services have moved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.activation import until_active
from components.arguments import typed
from components.cluster import Cluster
from components.last_deployment import last_outputs, used_providers
from components.service_args import CapacityProviderStrategyItemArgs
from components.tokens import token
from ecs_model.capacity_change import CapacityChange
from ecs_model.problem import Problem, refuse
from ecs_model.strategy import StrategyItem


@dataclass
class CapacitySettlementArgs:
    """A cluster, and all that it is to have."""

    cluster_name: pulumi.Input[str]
    """The cluster."""
    capacity_providers: Sequence[pulumi.Input[str]]
    """The names of its capacity providers; all others are taken off."""
    default_strategy: Sequence[CapacityProviderStrategyItemArgs]
    """Its default capacity provider strategy."""
    after: Sequence[pulumi.Input[str]]
    """The names of its services and schedules, which have to have moved before."""
    managed_instances: bool = False
    """Some of its capacity providers are of ECS Managed Instances, which are not ACTIVE at once."""

    @classmethod
    def of(
        cls, cluster: Cluster, strategy: Sequence[StrategyItem], after: Sequence[pulumi.Input[str]]
    ) -> "CapacitySettlementArgs":
        """The capacity of a stack's settings, after these have moved; `strategy` names its keys."""
        named = CapacityProviderStrategyItemArgs.named(strategy, cluster.providers())
        return cls(cluster.name, cluster.staying_providers(), named, after, cluster.has_managed_instances)

    def problems(self) -> Iterator[Problem]:
        """What would leave the cluster without a place for tasks."""
        if not any(item.weight > 0 for item in self.default_strategy):
            yield Problem(("defaultStrategy",), "needs a capacity provider with a weight above 0: add one")


class CapacitySettlement(pulumi.ComponentResource):
    """The last word on a cluster's capacity providers: takes off those that services have left.

    ECS refuses while tasks still run on a capacity provider; the AWS provider then tries again for ten minutes.
    """

    def __init__(self, name: str, args: CapacitySettlementArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(CapacitySettlementArgs, args)
        refuse(f"CapacitySettlement {name}", args.problems())
        super().__init__(token("CapacitySettlement"), name, None, opts)
        aws.ecs.ClusterCapacityProviders(
            f"{name}-settled",
            cluster_name=pulumi.Output.all(args.cluster_name, *args.after).apply(lambda names: str(names[0])),
            capacity_providers=list(args.capacity_providers),
            default_capacity_provider_strategies=[
                aws.ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs(
                    capacity_provider=item.capacity_provider, weight=item.weight, base=item.base
                )
                for item in args.default_strategy
            ],
            # Its end comes before the services', which still need what is attached; the cluster's own attachment ends
            # after them.
            opts=pulumi.ResourceOptions(
                parent=self,
                retain_on_delete=True,
                # One of Managed Instances is listed until it is deleted, at the deployment's very end; so not what AWS
                # lists decides, but whether the names are others.
                ignore_changes=["capacityProviders"],
                replacement_trigger=pulumi.Output.all(*args.capacity_providers).apply(sorted),
                hooks=until_active(f"settlement {name}") if args.managed_instances else None,
            ),
        )
        self.register_outputs({})


def change_of(wanted: Sequence[str], managed: Sequence[str] = ()) -> CapacityChange:
    """How this deployment changes the capacity of the stack's last one; `wanted` are its keys now, Fargate's names
    among them where it is on, and `managed` those of ECS Managed Instances."""
    return CapacityChange.of(last_outputs(), wanted, managed)


def left_with_services(change: CapacityChange, capacity: Sequence[str], services: Sequence[str]) -> list[Problem]:
    """Capacity that cannot go in this deployment, for a service on it goes as well; the keys are those wanted now."""
    return list(change.left_with_services(capacity, services, used_providers))


def settle(
    name: str,
    change: CapacityChange,
    cluster: Cluster,
    strategy: Sequence[StrategyItem],
    after: Sequence[pulumi.Input[str]],
) -> pulumi.Input[bool | None]:
    """A CapacitySettlement where one is needed, after the services and schedules `after`; whether there is one."""

    def settlement() -> bool:
        CapacitySettlement(name, CapacitySettlementArgs.of(cluster, strategy, after))
        return True

    if change.settles:
        return settlement()
    return cluster.leaving.apply(lambda leaving: settlement() if leaving else None) if change.before else None

"""The rule on the availability zones of a cluster's container instances."""

from collections.abc import Iterator

from policies.properties import References
from policies.relations import Association, groups_of_provider
from policies.rule import ADVISORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.auto_scaling_group import AutoScalingGroup
from policies.views.cluster import CapacityProvider, Cluster, ClusterCapacityProviders
from policies.views.security_group import Subnet
from policies.views.strategy import only_fargate

_STRATEGY, _PROVIDERS = "defaultCapacityProviderStrategies", "capacityProviders"


@rule(
    id="ecs-auto-scaling-group-zones",
    title="A cluster's container instances are spread over at least two availability zones",
    severity=MEDIUM,
    level=ADVISORY,
    why="When the only zone fails, every task of the cluster fails with it, and there is nowhere to start others.",
    fix="Give the group subnets in a second availability zone.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/capacity-availability-best-practice.html",
)
def zones(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The groups of all capacity providers in a cluster's default strategy, or of all that the cluster has where there
    is none, lie in two or more zones together.

    Subnets of another program count as a zone each. Capacity of another program is not judged.
    """

    def spread(association: Association) -> Iterator[Verdict]:
        groups = _groups(stack, association)
        places = {place for group in groups for place in _places(stack, group)}
        if len(places) >= 2:
            return
        for group in groups:
            hidden = [key for key, written in group.places if stack.reaches_out(Subnet, group, key, written)]
            yield from (group.properties.unknown(key) for key in hidden)
            if places and not hidden:
                yield Finding(
                    f"all container instances of the {_whose(association)} are in one availability zone", group
                )

    holders: list[Association] = [*stack.all(ClusterCapacityProviders), *stack.all(Cluster)]
    yield from each(holders, spread)


def _whose(association: Association) -> str:
    return "default strategy" if association.default_strategy else "cluster's capacity providers"


def _groups(stack: Stack, association: Association) -> list[AutoScalingGroup]:
    """The groups of the default strategy, or of all providers where there is none; none where some are another
    program's."""
    groups: list[AutoScalingGroup] = []
    for key, written in _written(association):
        providers = stack.find(CapacityProvider, association, key, written)
        found = [group for provider in providers for group in groups_of_provider(stack, provider)]
        if not found:
            return []
        groups += found
    return list(dict.fromkeys(groups))


def _written(association: Association) -> Iterator[tuple[str, References]]:
    if association.default_strategy:
        yield from ((_STRATEGY, entry.provider) for entry in association.default_strategy)
        return
    written = association.capacity_providers
    yield from ((_PROVIDERS, References((name,))) for name in written.known if not only_fargate([References((name,))]))
    if written.unknown:
        yield _PROVIDERS, References(unknown=True)


def _places(stack: Stack, group: AutoScalingGroup) -> Iterator[str]:
    """The zones of a group: a subnet stands for its own where that is not known."""
    for key, written in group.places:
        subnets = stack.find(Subnet, group, key, written)
        here = {identity for subnet in subnets for identity in subnet.identities()}
        found = [*(subnet.zone or subnet.urn for subnet in subnets), *(id for id in written.known if id not in here)]
        if found:
            yield from found
            return

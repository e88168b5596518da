"""Rules on clusters."""

from collections.abc import Iterator

from ecs_model.problem import dotted
from ecs_model.strategy import StrategyItem, problems
from policies.relations import (
    Association,
    associations,
    clusters_of,
)
from policies.rule import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Option, Options, Verdict, each, rule
from policies.stack import Stack
from policies.use import Use, use_of
from policies.views.cluster import Cluster, ClusterCapacityProviders
from policies.views.strategy import only_fargate

_KEY = "defaultCapacityProviderStrategies"


@rule(
    id="ecs-cluster-default-capacity-provider-strategy",
    title="A cluster has a default capacity provider strategy",
    severity=HIGH,
    level=MANDATORY,
    why="A service or task that names neither a launch type nor a strategy runs by the cluster's default. Without one "
    "it bypasses the capacity providers: nothing scales out for it, and it is not placed when the instances are full.",
    fix="Give the cluster an aws.ecs.ClusterCapacityProviders with its capacity providers and a default strategy, one "
    "weight of it above 0.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html",
    options={"allowedClusters": Option("string", "Pulumi names of clusters whose strategy is set by another program.")},
)
def default_capacity_provider_strategy(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Every cluster with EC2 capacity or EC2 tasks has a default strategy, and every strategy is one that ECS accepts.

    Clusters that serve Fargate or ECS Anywhere alone need none.
    """

    def has_one(cluster: Cluster) -> Iterator[Verdict]:
        if cluster.name in options["allowedClusters"] or associations(stack, cluster):
            return
        if use_of(stack, cluster) is Use.EC2:
            yield Finding("has no default capacity provider strategy", cluster)

    def holds(association: Association) -> Iterator[Verdict]:
        clusters = clusters_of(stack, association)
        if clusters and all(
            c.name in options["allowedClusters"] or use_of(stack, c) is Use.ELSEWHERE for c in clusters
        ):
            return
        if not clusters and only_fargate([association.capacity_providers]):
            return
        yield from _strategy_findings(association)

    yield from each(stack.all(Cluster), has_one)
    inline: list[Association] = [cluster for cluster in stack.all(Cluster) if cluster in associations(stack, cluster)]
    yield from each([*inline, *stack.all(ClusterCapacityProviders)], holds)


@rule(
    id="ecs-cluster-bare-default-capacity-provider-strategy",
    title="A cluster without anything in it yet has a default capacity provider strategy",
    severity=MEDIUM,
    level=ADVISORY,
    why="The program shows neither capacity nor tasks of this cluster. If another program gives it EC2 capacity, "
    "whatever names neither a launch type nor a strategy bypasses the capacity providers.",
    fix="Give the cluster an aws.ecs.ClusterCapacityProviders with a default strategy, or name it in allowedClusters "
    "where another program does.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html",
    options={"allowedClusters": Option("string", "Pulumi names of clusters whose strategy is set by another program.")},
)
def bare_default_capacity_provider_strategy(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Every cluster for which the program has neither capacity, container instances, services nor task definitions."""

    def bare(cluster: Cluster) -> Iterator[Verdict]:
        if cluster.name in options["allowedClusters"] or associations(stack, cluster):
            return
        if use_of(stack, cluster) is Use.NONE:
            yield Finding("has no default capacity provider strategy, and nothing in it yet", cluster)

    yield from each(stack.all(Cluster), bare)


def _strategy_findings(association: Association) -> Iterator[Verdict]:
    attached = association.capacity_providers
    items, hidden = [], attached.unknown
    for position, entry in enumerate(association.default_strategy):
        hidden |= entry.provider.unknown
        # A name that only the deployment will know is that of a provider in the program, unlike every other.
        name = entry.provider.known[0] if entry.provider.known else f"the provider of entry {position + 1}"
        items.append(StrategyItem(name, entry.weight, entry.base))
    for problem in problems(items, None if hidden else attached.known):
        message, _, fix = problem.message.rpartition(": ")
        place = dotted((_KEY, *problem.path)) + (":" if problem.path else "")
        yield Finding(f"{place} {message}", association, f"{fix[:1].upper()}{fix[1:]}.")
    if hidden:
        yield association.properties.unknown("capacityProviders" if attached.unknown else _KEY)

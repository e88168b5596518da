"""Rules on clusters."""

from collections.abc import Iterator

from ecs_model.problem import dotted
from ecs_model.strategy import StrategyItem, problems
from policies.properties import Unknown
from policies.relations import (
    Association,
    associations,
    clusters_of,
    fleet,
    providers_of,
    service_elsewhere,
    services_of,
)
from policies.rule import HIGH, MANDATORY, Finding, Option, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.cluster import Cluster, ClusterCapacityProviders
from policies.views.launches import Launches
from policies.views.strategy import only_fargate
from policies.views.task_definition import TaskDefinition

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
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html",
    options={"allowedClusters": Option("string", "Pulumi names of clusters whose strategy is set by another program.")},
)
def default_capacity_provider_strategy(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Every cluster has a default strategy that ECS accepts, but for those that serve Fargate or ECS Anywhere alone.

    A cluster for which the program has neither capacity nor tasks is judged as well.
    """

    def has_one(cluster: Cluster) -> Iterator[Verdict]:
        if cluster.name in options["allowedClusters"] or associations(stack, cluster):
            return
        if not _elsewhere(stack, cluster):
            yield Finding("has no default capacity provider strategy", cluster)

    def holds(association: Association) -> Iterator[Verdict]:
        clusters = clusters_of(stack, association)
        if clusters and all(c.name in options["allowedClusters"] or _elsewhere(stack, c) for c in clusters):
            return
        if not clusters and only_fargate([association.capacity_providers]):
            return
        yield from _strategy_findings(association)

    yield from each(stack.all(Cluster), has_one)
    inline: list[Association] = [cluster for cluster in stack.all(Cluster) if cluster in associations(stack, cluster)]
    yield from each([*inline, *stack.all(ClusterCapacityProviders)], holds)


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


def _elsewhere(stack: Stack, cluster: Cluster) -> bool:
    """Whether the program uses a cluster for Fargate or ECS Anywhere, and gives it no container instances."""
    if providers_of(stack, cluster) or _has_instances(stack, cluster):
        return False
    written = [a.capacity_providers for a in associations(stack, cluster) if a.capacity_providers]
    if not only_fargate(written):
        return False
    services = services_of(stack, cluster)
    if services:
        return all(service_elsewhere(stack, service) for service in services)
    tasks = stack.all(TaskDefinition)
    return bool(written) or (bool(tasks) and all(task.elsewhere for task in tasks))


def _has_instances(stack: Stack, cluster: Cluster) -> bool:
    def joins(launches: Launches) -> bool:
        try:
            instances = fleet(stack, launches)
        except Unknown:
            return False
        return instances is not None and cluster in instances.clusters

    return any(joins(launches) for launches in stack.all(Launches))

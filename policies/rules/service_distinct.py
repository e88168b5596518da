"""The rule on placement constraints that the instances of a program cannot meet."""

from collections.abc import Iterator

from policies.relations import associations, clusters_of_service, groups_of_provider
from policies.rule import ADVISORY, HIGH, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.auto_scaling_group import AutoScalingGroup
from policies.views.cluster import CapacityProvider
from policies.views.resource import Resource
from policies.views.service import Service
from policies.views.strategy import StrategyEntry


@rule(
    id="ecs-service-placement-constraints-met",
    title="There are instances enough for tasks that each want one of their own",
    severity=HIGH,
    level=ADVISORY,
    why="A constraint is binding: with distinctInstance ECS places no second task of the service on an instance, so "
    "that tasks beyond the number of instances are never placed, and the service never gets steady.",
    fix="Raise maxSize of the Auto Scaling group, lower desiredCount, or spread over instanceId instead.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html",
)
def placement_constraints_met(stack: Stack, options: Options) -> Iterator[Verdict]:
    """A service with distinctInstance wants no more tasks than the groups of its capacity providers may have instances.

    Judged where the program shows all of them. What a memberOf expression says is not judged.
    """

    def met(service: Service) -> Iterator[Verdict]:
        if service.is_daemon or "desiredCount" in service.surroundings.ignored:
            return
        if not any(constraint.type == "distinctInstance" for constraint in service.placement_constraints):
            return
        wanted, most = service.desired_count, _most_instances(_groups(stack, service))
        if wanted is not None and most is not None and wanted > most:
            yield Finding(
                f"wants {wanted} tasks on an instance each (distinctInstance), and its capacity providers have at most "
                f"{most} instances",
                service,
            )

    yield from each(stack.all(Service), met)


def _most_instances(groups: list[AutoScalingGroup]) -> int | None:
    sizes = [group.most_instances for group in groups]
    known = [size for size in sizes if size is not None]
    return sum(known) if groups and len(known) == len(sizes) else None


def _groups(stack: Stack, service: Service) -> list[AutoScalingGroup]:
    """The Auto Scaling groups whose instances take a service's tasks; none where the program does not show them all."""
    found: dict[AutoScalingGroup, None] = {}
    for holder, key, entry in _entries(stack, service):
        providers = stack.find(CapacityProvider, holder, key, entry.provider)
        groups = [group for provider in providers for group in groups_of_provider(stack, provider)]
        if not groups or len(groups) < len(providers):
            return []
        found |= dict.fromkeys(groups)
    return list(found)


def _entries(stack: Stack, service: Service) -> Iterator[tuple[Resource, str, StrategyEntry]]:
    """The entries of a service's strategy, or its cluster's, that take tasks, each with what holds it."""
    holders: list[tuple[Resource, str, list[StrategyEntry]]] = []
    if service.strategy:
        holders = [(service, "capacityProviderStrategies", service.strategy)]
    elif not service.launch_type:
        holders = [
            (association, "defaultCapacityProviderStrategies", association.default_strategy)
            for cluster in clusters_of_service(stack, service)
            for association in associations(stack, cluster)
        ]
    for holder, key, entries in holders:
        yield from ((holder, key, entry) for entry in entries if entry.weight or entry.base)

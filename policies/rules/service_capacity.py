"""Rules on the capacity that a service runs on."""

from collections.abc import Iterator

from policies.relations import Association, associations, clusters_of_service, offers_ec2, service_elsewhere
from policies.rule import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.cluster import CapacityProvider
from policies.views.service import Service
from policies.views.strategy import StrategyEntry
from policies.views.task_definition import Launch


@rule(
    id="ecs-service-launch-type-bypasses-strategy",
    title="A service runs by its cluster's capacity providers, not past them",
    severity=MEDIUM,
    level=ADVISORY,
    why="Tasks with the launch type EC2 belong to no capacity provider, whatever the cluster's default strategy is: no "
    "instance is started for one that finds no room.",
    fix="Leave launchType out and set capacityProviderStrategies, with forceNewDeployment for a service that is there.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/capacity-launch-type-comparison.html",
)
def launch_type_bypasses_strategy(stack: Stack, options: Options) -> Iterator[Verdict]:
    """No replica service has the launch type EC2 on a cluster of the program with EC2 capacity providers.

    A daemon needs no other instance than those there are, and ECS takes no strategy for one
    (aws/containers-roadmap#692). A service with both is refused (ecs-service-launch-type-or-strategy).
    """

    def bypasses(service: Service) -> Iterator[Verdict]:
        if service.launch_type != Launch.EC2 or service.is_daemon or service.strategy:
            return
        for cluster in clusters_of_service(stack, service):
            if offers_ec2(stack, cluster):
                yield Finding(f"has the launch type EC2, and so bypasses the capacity providers of {cluster}", service)

    yield from each(stack.all(Service), bypasses)


@rule(
    id="ecs-service-capacity-provider-attached",
    title="A service's capacity providers are attached to its cluster",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses a service whose strategy names a capacity provider that its cluster does not have.",
    fix="Name the provider in the capacityProviders of the cluster's aws.ecs.ClusterCapacityProviders, or another one "
    "in the service.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
)
def capacity_provider_attached(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Every provider of a service's own strategy, where the program shows which ones the cluster has."""

    def attached(service: Service) -> Iterator[Verdict]:
        if service_elsewhere(stack, service):
            return
        holders = [holder for cluster in clusters_of_service(stack, service) for holder in associations(stack, cluster)]
        if holders:
            yield from each(service.strategy, lambda entry: _attached(stack, service, entry, holders))

    yield from each(stack.all(Service), attached)


_STRATEGY, _PROVIDERS = "capacityProviderStrategies", "capacityProviders"


def _attached(stack: Stack, service: Service, entry: StrategyEntry, holders: list[Association]) -> Iterator[Verdict]:
    meant = stack.find(CapacityProvider, service, _STRATEGY, entry.provider)
    offered: set[CapacityProvider] = set()
    hidden = not entry.provider.known and not meant
    for holder in holders:
        written = holder.capacity_providers
        if set(entry.provider.known) & set(written.known):
            return
        offered.update(stack.find(CapacityProvider, holder, _PROVIDERS, written))
        hidden = hidden or stack.reaches_out(CapacityProvider, holder, _PROVIDERS, written)
    if offered.isdisjoint(meant):
        if hidden:
            yield service.properties.unknown(_STRATEGY)
        else:
            named = ", ".join(entry.provider.known) or " and ".join(map(str, meant))
            yield Finding(f"{_STRATEGY} names {named}, which its cluster does not have", service)

"""Which services load balancers reach on container instances, and by what."""

from collections.abc import Iterator
from typing import NamedTuple

from policies.properties import Malformed, Unknown
from policies.relations import Fleet, clusters_of_service, service_elsewhere, task_definitions
from policies.stack import Stack, remembered
from policies.use import services_beside
from policies.views.cluster import CapacityProvider
from policies.views.load_balancing import Listener, ListenerRule, LoadBalancer, TargetGroup
from policies.views.service import Service


class Exposure(NamedTuple):
    """A service whose tasks a load balancer reaches at dynamic host ports of container instances."""

    service: Service
    load_balancers: list[LoadBalancer]
    """Those that are in the program."""
    by_address: bool
    """Whether a network load balancer without security groups reaches it, which only addresses let in."""


def exposures(stack: Stack, instances: Fleet) -> tuple[list[Exposure], list[Exception]]:
    """How load balancers reach the services on some container instances, and why some services do not show it."""
    found: list[Exposure] = []
    unread: list[Exception] = []
    for service in services_beside(stack, instances):
        try:
            exposed = _exposure(stack, service, instances)
        except (Unknown, Malformed) as reason:
            unread.append(reason)
        else:
            found += [exposed] if exposed else []
    return found, unread


def _exposure(stack: Stack, service: Service, instances: Fleet) -> Exposure | None:
    """How a load balancer reaches a service on some container instances at dynamic host ports; None where none does.

    Raises Unknown where the service does not show it yet.
    """
    if not runs_on(stack, service, instances) or not _dynamic(stack, service):
        return None
    groups = [
        group
        for target in service.load_balancers
        for group in stack.find(TargetGroup, service, "loadBalancers", target.target_group)
        if group.holds_instances
    ]
    if not groups:
        return None
    balancers = list(dict.fromkeys(lb for group in groups for lb in load_balancers(stack, group)))
    # One of another program shows in its target group's protocol; whether it has security groups does not.
    elsewhere = not balancers and any(group.is_network for group in groups)
    bare = [balancer for balancer in balancers if balancer.by_address]
    return Exposure(service, balancers, elsewhere or bool(bare))


def runs_on(stack: Stack, service: Service, instances: Fleet) -> bool:
    """Whether a service may run its tasks on some container instances. Raises Unknown."""
    clusters = clusters_of_service(stack, service)
    by_name = instances.cluster_name in service.cluster_names
    if not (set(clusters) & set(instances.clusters) or by_name) or service_elsewhere(stack, service):
        return False
    named = [
        provider
        for entry in service.strategy
        for provider in stack.find(CapacityProvider, service, "capacityProviderStrategies", entry.provider)
    ]
    return not (named and instances.providers) or bool(set(named) & set(instances.providers))


@remembered
def _dynamic(stack: Stack, service: Service) -> bool:
    """Whether its tasks take dynamic host ports, as far as the program shows."""
    tasks = task_definitions(stack, service)
    return not tasks or any(task.takes_dynamic_ports for task in tasks)


def load_balancers(stack: Stack, group: TargetGroup) -> Iterator[LoadBalancer]:
    """The load balancers that forward to a target group, as far as they are in the program."""
    for source in forwarders(stack).get(group, []):
        listeners = [source]
        if isinstance(source, ListenerRule):
            listeners = [*stack.find(Listener, source, "listenerArn", source.listener)]
        for listener in listeners:
            if isinstance(listener, Listener):
                yield from stack.find(LoadBalancer, listener, "loadBalancerArn", listener.load_balancer)


@remembered
def forwarders(stack: Stack) -> dict[TargetGroup, list[Listener | ListenerRule]]:
    """The listeners and listener rules that forward to each target group."""
    found: dict[TargetGroup, list[Listener | ListenerRule]] = {}
    sources: list[Listener | ListenerRule] = [*stack.all(Listener), *stack.all(ListenerRule)]
    for source in sources:
        for group in dict.fromkeys(_forwarded(stack, source)):
            found.setdefault(group, []).append(source)
    return found


@remembered
def _forwarded(stack: Stack, source: Listener | ListenerRule) -> list[TargetGroup]:
    return [found for t in source.target_groups for found in stack.find(TargetGroup, source, source.actions_key, t)]

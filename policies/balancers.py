"""The load balancers of ECS services, and what listens on them."""

from collections.abc import Callable, Iterator

from policies.exposure import load_balancers
from policies.properties import Malformed, Unknown
from policies.relations import service_elsewhere, target_groups
from policies.rule import Verdict, each
from policies.stack import Stack, by_owner, remembered
from policies.views.load_balancing import Listener, ListenerRule, LoadBalancer
from policies.views.service import Service


@remembered
def balancers_of(stack: Stack, service: Service) -> list[LoadBalancer]:
    """The load balancers that reach a service. Raises Unknown."""
    found = [balancer for group in target_groups(stack, service) for balancer in load_balancers(stack, group)]
    return list(dict.fromkeys(found))


@remembered
def ecs_balancers(stack: Stack) -> tuple[list[LoadBalancer], list[Exception]]:
    """The load balancers that reach services on container instances, and why some services could not be read."""
    found: dict[LoadBalancer, None] = {}
    unread: list[Exception] = []
    for service in stack.all(Service):
        try:
            if not service_elsewhere(stack, service):
                found |= dict.fromkeys(balancers_of(stack, service))
        except (Unknown, Malformed) as reason:
            unread.append(reason)
    return list(found), unread


def judge_balancers(stack: Stack, judge: Callable[[LoadBalancer], Iterator[Verdict]]) -> Iterator[Verdict]:
    """What `judge` says of the load balancers that reach services on container instances."""
    balancers, unread = ecs_balancers(stack)
    yield from unread
    yield from each(balancers, judge)


def listeners_of(stack: Stack, balancer: LoadBalancer) -> list[Listener]:
    """The listeners of a load balancer."""
    return _listeners(stack).get(balancer, [])


@remembered
def _listeners(stack: Stack) -> dict[LoadBalancer, list[Listener]]:
    return by_owner(
        stack.all(Listener),
        lambda listener: stack.find(LoadBalancer, listener, "loadBalancerArn", listener.load_balancer),
    )


def rules_of(stack: Stack, listener: Listener) -> list[ListenerRule]:
    """The rules of a listener."""
    return _rules(stack).get(listener, [])


@remembered
def _rules(stack: Stack) -> dict[Listener, list[ListenerRule]]:
    return by_owner(
        stack.all(ListenerRule),
        lambda written: stack.find(Listener, written, "listenerArn", written.listener),
    )

"""The security groups that have to do with ECS, and their rules."""

from policies.balancers import ecs_balancers
from policies.ingress import Groups, Inflow, groups_of, groups_of_balancer, inflow
from policies.properties import Malformed, References, Unknown
from policies.relations import fleet, service_elsewhere
from policies.stack import Stack, by_owner, remembered
from policies.views.launches import Launches
from policies.views.security_group import SecurityGroup
from policies.views.security_group_rule import StandaloneRule
from policies.views.service import Service


@remembered
def ingress_of_instances(stack: Stack) -> Inflow:
    """What the security groups of all container instances let in, each group read by itself."""
    found, outside, unread = _groups_of_instances(stack)
    read = Inflow(unread=[*unread])
    alone = [Groups([group], frozenset(), True) for group in found]
    for groups in [*alone, *(Groups([], frozenset({id}), True) for id in outside)]:
        let_in = inflow(stack, groups)
        read.rules += let_in.rules
        read.unread += let_in.unread
    return read


@remembered
def groups_of_ecs(stack: Stack) -> tuple[set[SecurityGroup], list[Exception]]:
    """The security groups of container instances, of services on them, and of their load balancers.

    Beside them, why some could not be read.
    """
    instances, _, unread = _groups_of_instances(stack)
    balancers, further = ecs_balancers(stack)
    found = {*instances, *(group for balancer in balancers for group in groups_of_balancer(stack, balancer))}
    unread = [*unread, *further]
    for service in stack.all(Service):
        try:
            if not service_elsewhere(stack, service):
                found.update(_groups_of_tasks(stack, service))
        except (Unknown, Malformed) as reason:
            unread.append(reason)
    return found, unread


def _groups_of_tasks(stack: Stack, service: Service) -> list[SecurityGroup]:
    try:
        written = service.security_groups
    except Unknown:
        written = References(unknown=True)
    return stack.find(SecurityGroup, service, "networkConfiguration", written)


@remembered
def _groups_of_instances(stack: Stack) -> tuple[list[SecurityGroup], list[str], list[Exception]]:
    """The security groups of all container instances, the ids of those elsewhere, and why some could not be read."""
    found: dict[SecurityGroup, None] = {}
    outside: dict[str, None] = {}
    unread: list[Exception] = []
    for launches in stack.all(Launches):
        try:
            groups = groups_of(stack, launches) if fleet(stack, launches) else None
        except (Unknown, Malformed) as reason:
            unread.append(reason)
            continue
        if groups:
            found |= dict.fromkeys(groups.found)
            outside |= dict.fromkeys(sorted(groups.outside))
    return list(found), list(outside), unread


def rules_of_group(stack: Stack, group: SecurityGroup, direction: str) -> list[StandaloneRule]:
    """The rules of a security group in one direction, `ingress` or `egress`, that are resources. Raises Unknown."""
    return [rule for rule in _rules_by_group(stack).get(group, []) if rule.direction == direction]


@remembered
def _rules_by_group(stack: Stack) -> dict[SecurityGroup, list[StandaloneRule]]:
    return by_owner(
        stack.all(StandaloneRule),
        lambda rule: stack.find(SecurityGroup, rule, "securityGroupId", rule.security_group),
    )

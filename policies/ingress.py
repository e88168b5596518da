"""What some security groups let in, however the rules were written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from policies.balancers import ecs_balancers
from policies.properties import Malformed, References, Unknown
from policies.relations import fleet, service_elsewhere
from policies.stack import Stack, remembered
from policies.views.launches import Launches
from policies.views.load_balancing import LoadBalancer
from policies.views.security_group import Address, DefaultSecurityGroup, Direction, Ingress, SecurityGroup, Subnet
from policies.views.security_group_rule import StandaloneRule
from policies.views.service import Service

Written = TypeVar("Written")


@dataclass(frozen=True)
class Groups:
    """The security groups of some instances."""

    found: list[SecurityGroup]
    outside: frozenset[str]
    """Ids of those that are not in the program."""
    complete: bool
    """Whether the program shows everything that they let in."""


def groups_of(stack: Stack, launches: Launches) -> Groups:
    """The security groups of the instances that something launches; the VPC's default one where it names none."""
    found: dict[str, SecurityGroup] = {}
    outside: set[str] = set()
    named, complete = False, True
    for key, written in launches.security_groups:
        groups = stack.find(SecurityGroup, launches, key, written)
        named = named or bool(written)
        complete = complete and len(groups) >= len(written.known) + written.unknown
        found |= {group.urn: group for group in groups}
        outside |= {id for id in written.known if not stack.find(SecurityGroup, launches, key, References((id,)))}
    return Groups(list(found.values()), frozenset(outside), complete if named else not _default_is_changed(stack))


def _default_is_changed(stack: Stack) -> bool:
    """Whether the program may let somebody in through the VPC's default security group."""
    rules = stack.all(StandaloneRule)
    return bool(stack.all(DefaultSecurityGroup)) or any(
        rule.only != "egress" and not _owners(stack, rule) for rule in rules
    )


@dataclass
class Inflow:
    """The ingress of some security groups, and why some of it could not be read."""

    rules: list[Ingress] = field(default_factory=list)
    unread: list[Exception] = field(default_factory=list)

    def read(self, items: Iterable[Written], ingress: Callable[[Written], Ingress | None]) -> None:
        """Adds what can be read, and once what is written twice."""
        for item in items:
            try:
                rule = ingress(item)
            except (Unknown, Malformed) as reason:
                self.unread.append(reason)
                continue
            if rule and not any(rule.same_as(other) for other in self.rules):
                self.rules.append(rule)


def inflow(stack: Stack, groups: Groups) -> Inflow:
    """Everything that `groups` let in."""
    read = Inflow()
    # Rules of their own come first: AWS repeats them on the group, where a finding would point at the wrong resource.
    read.read(_owned(stack, groups), lambda rule: rule.ingress)
    for group in groups.found:
        try:
            inline = group.inline
        except (Unknown, Malformed) as reason:
            read.unread.append(reason)
        else:
            read.read(inline, group.ingress)
    return read


def _owned(stack: Stack, groups: Groups) -> list[StandaloneRule]:
    index = _rules_by_group(stack)
    owners: list[SecurityGroup | str] = [*groups.found, *groups.outside]
    return list(dict.fromkeys(rule for group in owners for rule in index.get(group, [])))


@remembered
def _rules_by_group(stack: Stack) -> dict[SecurityGroup | str, list[StandaloneRule]]:
    """The rules that are resources of their own by their group, or by its id."""
    found: dict[SecurityGroup | str, list[StandaloneRule]] = {}
    for rule in stack.all(StandaloneRule):
        owners: list[SecurityGroup | str] = [*_owners(stack, rule), *rule.security_group.known]
        for group in owners:
            found.setdefault(group, []).append(rule)
    return found


@remembered
def _owners(stack: Stack, rule: StandaloneRule) -> list[SecurityGroup]:
    return stack.find(SecurityGroup, rule, "securityGroupId", rule.security_group)


def rules_of_group(stack: Stack, group: SecurityGroup, direction: Direction) -> list[StandaloneRule]:
    """The rules of a security group in one direction that are resources of their own. Raises Unknown."""
    return [rule for rule in _rules_by_group(stack).get(group, []) if rule.direction == direction]


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
                found.update(stack.find(SecurityGroup, service, "networkConfiguration", service.security_groups))
        except (Unknown, Malformed) as reason:
            unread.append(reason)
    return found, unread


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


@remembered
def groups_of_balancer(stack: Stack, balancer: LoadBalancer) -> set[SecurityGroup]:
    """The security groups of a load balancer."""
    return set(stack.find(SecurityGroup, balancer, "securityGroups", balancer.security_groups))


@remembered
def balancers_groups(stack: Stack) -> set[SecurityGroup]:
    """The security groups of the program's load balancers."""
    return {group for balancer in stack.all(LoadBalancer) for group in groups_of_balancer(stack, balancer)}


@remembered
def subnets_of_balancer(stack: Stack, balancer: LoadBalancer) -> list[Address]:
    """The addresses of a load balancer's subnets, as far as the program shows them."""
    try:
        named = list(balancer.subnets)
    except Unknown:
        return []
    subnets = [subnet for key, written in named for subnet in stack.find(Subnet, balancer, key, written)]
    return [cidr for subnet in subnets for cidr in subnet.cidrs]

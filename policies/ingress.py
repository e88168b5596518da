"""What some security groups let in, however the rules were written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from policies.properties import Malformed, References, Unknown
from policies.stack import Stack, by_owner, remembered
from policies.views.addresses import Address
from policies.views.launches import Launches
from policies.views.load_balancing import LoadBalancer
from policies.views.security_group import DefaultSecurityGroup, Ingress, SecurityGroup, Subnet
from policies.views.security_group_rule import SecurityGroupIngressRule, SecurityGroupRule

Written = TypeVar("Written")


class Groups(NamedTuple):
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
    rules: list[SecurityGroupRule | SecurityGroupIngressRule] = [
        *stack.all(SecurityGroupRule),
        *stack.all(SecurityGroupIngressRule),
    ]
    return bool(stack.all(DefaultSecurityGroup)) or any(not _owners(stack, rule) for rule in rules)


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
    read.read(_owned(stack, SecurityGroupRule, groups), lambda rule: rule.ingress)
    read.read(_owned(stack, SecurityGroupIngressRule, groups), lambda rule: rule.ingress)
    for group in groups.found:
        try:
            inline = group.inline
        except (Unknown, Malformed) as reason:
            read.unread.append(reason)
        else:
            read.read(inline, group.ingress)
    return read


Rule = TypeVar("Rule", SecurityGroupRule, SecurityGroupIngressRule)


def _owned(stack: Stack, kind: type[Rule], groups: Groups) -> list[Rule]:
    index = _rules(stack, kind)
    named: list[SecurityGroup | str] = [*groups.found, *groups.outside]
    return stack.in_order([rule for group in named for rule in index.get(group, ())])


@remembered
def _rules(stack: Stack, kind: type[Rule]) -> dict[SecurityGroup | str, list[Rule]]:
    """The rules of a kind by the security groups that they belong to, and by the ids that they give for these."""
    return by_owner(stack.all(kind), lambda rule: [*_owners(stack, rule), *rule.security_group.known])


@remembered
def _owners(stack: Stack, rule: SecurityGroupRule | SecurityGroupIngressRule) -> list[SecurityGroup]:
    return stack.find(SecurityGroup, rule, "securityGroupId", rule.security_group)


@remembered
def groups_of_balancer(stack: Stack, balancer: LoadBalancer) -> set[SecurityGroup]:
    """The security groups of a load balancer."""
    return set(stack.find(SecurityGroup, balancer, "securityGroups", balancer.security_groups))


@remembered
def balancers_groups(stack: Stack) -> set[SecurityGroup]:
    """The security groups of the program's load balancers."""
    return set(_balancers(stack))


def balancers_in(stack: Stack, group: SecurityGroup) -> list[LoadBalancer]:
    """The load balancers that have a security group."""
    return _balancers(stack).get(group, [])


@remembered
def _balancers(stack: Stack) -> dict[SecurityGroup, list[LoadBalancer]]:
    return by_owner(stack.all(LoadBalancer), lambda balancer: groups_of_balancer(stack, balancer))


@remembered
def subnets_of_balancer(stack: Stack, balancer: LoadBalancer) -> list[Address]:
    """The addresses of a load balancer's subnets, as far as the program shows them."""
    try:
        named = list(balancer.subnets)
    except Unknown:
        return []
    subnets = [subnet for key, written in named for subnet in stack.find(Subnet, balancer, key, written)]
    return [cidr for subnet in subnets for cidr in subnet.cidrs]


def sources(stack: Stack, groups: Groups, ingress: Ingress) -> set[SecurityGroup]:
    """The security groups of the program that a rule of some groups lets in."""
    found = stack.find(SecurityGroup, ingress.written_on, ingress.key, ingress.groups)
    return {*found, *(groups.found if ingress.own_group else [])}


def may_let_in(stack: Stack, groups: Groups, ingress: Ingress, balancer: LoadBalancer) -> bool:
    """Whether a load balancer may come in by a rule of some groups; so too where the program does not show whom."""
    if ingress.cidrs or ingress.prefix_lists or ingress.unknown_addresses:
        return True
    if balancer.by_address:
        return False
    theirs, admitted = groups_of_balancer(stack, balancer), sources(stack, groups, ingress)
    if not balancer.security_groups:
        # It gets the VPC's default group, which no group that the program makes is.
        return not admitted or any(isinstance(group, DefaultSecurityGroup) for group in admitted)
    return not theirs or not admitted or bool(admitted & theirs)

"""Rules on container instances."""

from collections.abc import Iterator
from dataclasses import dataclass

from ecs_model.agent import PORT_RANGE, dynamic_ports
from ecs_model.ports import EPHEMERAL, KERNEL, PortRange
from policies.ingress import (
    balancers_groups,
    groups_of,
    groups_of_balancer,
    inflow,
    may_let_in,
    sources,
    subnets_of_balancer,
)
from policies.properties import Malformed, Unknown
from policies.relations import Exposure, Fleet, exposure, fleet
from policies.rule import HIGH, MANDATORY, Finding, Option, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.launches import Launches
from policies.views.load_balancing import LoadBalancer
from policies.views.security_group import Address, Ingress, SecurityGroup
from policies.views.service import Service

SURELY = PortRange(max(EPHEMERAL.first, KERNEL.first), min(EPHEMERAL.last, KERNEL.last))
"""Dynamic host ports whichever of the two usual ranges an agent has."""
POSSIBLY = PortRange(min(EPHEMERAL.first, KERNEL.first), max(EPHEMERAL.last, KERNEL.last))
"""Dynamic host ports with at least one of them."""


@rule(
    id="ecs-instances-ephemeral-ingress",
    title="Container instances open their dynamic host ports to the load balancer's security group, and to nobody else",
    severity=HIGH,
    level=MANDATORY,
    why="A load balancer reaches tasks with hostPort 0 at any port of the agent's range. Where the ingress rule misses "
    "a part of that range, some tasks never become healthy, and not always the same ones. Whoever else may come in "
    "reaches every task of every service past the load balancer.",
    fix="Let in exactly the agent's range, from the load balancer's security group alone.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
    options={
        "allowedSources": Option(
            "string",
            "Further sources that may reach dynamic host ports: CIDR blocks, ids of security groups or prefix lists, "
            "or names of security groups, Pulumi's or AWS's.",
        )
    },
)
def ephemeral_ingress(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The ingress of container instances is the range of their own agent, from a load balancer's security group.

    The instances' own group may come in as well (Service Connect), and a network load balancer without security groups
    by private addresses or those of its subnets, at the same range. A security group of another program is taken for a
    load balancer's. Instances whose own groups belong to another program are judged by the rules that this one adds to
    them.
    """

    def instances(launches: Launches) -> Iterator[Verdict]:
        found = fleet(stack, launches)
        if found:
            yield from _verdicts(_Instances(stack, found, options["allowedSources"]))

    yield from each(stack.all(Launches), instances)


@dataclass(frozen=True)
class _Agent:
    """What is known of the range of dynamic host ports on some instances."""

    ports: PortRange | None
    """None where the user data is not known yet."""
    told: bool
    """Whether the user data names the range."""

    @classmethod
    def of(cls, launches: Launches) -> "_Agent":
        try:
            variables = launches.agent
        except Unknown:
            return cls(None, False)
        ports = dynamic_ports(variables)
        return cls(ports, str(ports) == variables.get(PORT_RANGE))

    def __str__(self) -> str:
        return f"the dynamic host ports {self.ports}" if self.ports else f"dynamic host ports such as {SURELY}"

    @property
    def explained(self) -> str:
        """Where the range comes from."""
        if self.ports is None:
            return "the agent's range is not known yet, with the user data"
        if self.told:
            return f"the agent takes host ports from {self.ports} ({PORT_RANGE})"
        return (
            f"the agent takes host ports from {self.ports}, the kernel's range, "
            f"because the user data sets no valid {PORT_RANGE}"
        )

    def fix(self, source: str) -> str:
        """How to make the rule and the agent agree."""
        if self.ports is None:
            return f"Open exactly the range that the user data gives the agent to {source}."
        if self.told:
            return f"Open exactly {self.ports} to {source}."
        return f"Set {PORT_RANGE}={EPHEMERAL} in the user data, and open exactly {EPHEMERAL} to {source}."


class _Instances:
    """The container instances under judgement, and what is around them."""

    def __init__(self, stack: Stack, instances: Fleet, allowed: frozenset[str]) -> None:
        self.stack, self.fleet, self.allowed = stack, instances, allowed
        self.agent = _Agent.of(instances.launches)
        self.groups = groups_of(stack, instances.launches)

        self.inflow = inflow(stack, self.groups)
        """Everything that may come in."""
        self.exposures: list[Exposure] = []
        """The services that a load balancer reaches on them."""
        self.unread = list(self.inflow.unread)
        """What could not be read of their surroundings."""
        for service in stack.all(Service):
            try:
                exposed = exposure(stack, service, instances)
            except (Unknown, Malformed) as reason:
                self.unread.append(reason)
            else:
                self.exposures += [exposed] if exposed else []
        self.by_address = any(exposed.by_address for exposed in self.exposures)
        """Whether one of them has no security group to let in."""

    def is_balancers(self, cidr: Address) -> bool:
        """Whether addresses are such as a load balancer without security groups comes in by."""
        if cidr.is_private or not self.by_address:
            return self.by_address
        balancers = {balancer for exposed in self.exposures for balancer in exposed.load_balancers}
        bare = [balancer for balancer in balancers if balancer.by_address]
        return any(cidr.within(subnet) for found in bare for subnet in subnets_of_balancer(self.stack, found))

    def sources(self, ingress: Ingress) -> set[SecurityGroup]:
        """The security groups of the program that a rule lets in."""
        return sources(self.stack, self.groups, ingress)

    def lets_in_a_balancer(self, ingress: Ingress) -> bool:
        """Whether a load balancer comes in by a rule, as far as the program shows.

        A group of another program is taken for one's, and where the load balancers are another program's, whatever a
        range of dynamic host ports is open to.
        """
        sources, theirs = self.sources(ingress), balancers_groups(self.stack)
        if any(self.is_balancers(cidr) for cidr in ingress.cidrs):
            return True
        if sources & theirs or (ingress.groups and not sources):
            return True
        return not theirs and bool(sources - set(self.groups.found)) and ingress.ports in (EPHEMERAL, KERNEL)

    def served(self, ingress: Ingress) -> set[LoadBalancer | Address | None]:
        """Whom a rule is for: load balancers, addresses of one, None for whatever has a group of another program."""
        found: set[LoadBalancer | Address | None] = {cidr for cidr in ingress.cidrs if self.is_balancers(cidr)}
        sources = self.sources(ingress)
        for balancer in self.stack.all(LoadBalancer):
            if groups_of_balancer(self.stack, balancer) & sources:
                found.add(balancer)
        return found or {None}

    def named(self, ingress: Ingress) -> str:
        """Whom of the load balancers' a rule lets in, for a message."""
        sources = self.sources(ingress)
        names = sorted(map(str, sources & balancers_groups(self.stack) or sources))
        names += [str(cidr) for cidr in ingress.cidrs if self.is_balancers(cidr)]
        return ", ".join(names) or "a security group of another program"

    def may(self, *names: str) -> bool:
        """Whether the configuration allows a source under one of its names."""
        return not self.allowed.isdisjoint(names)


def _verdicts(it: _Instances) -> Iterator[Verdict]:
    surely = it.agent.ports or SURELY
    dynamic = [ingress for ingress in it.inflow.rules if ingress.reaches(surely)]
    yield from each(dynamic, lambda ingress: _address_findings(it, ingress))
    yield from each(dynamic, lambda ingress: _group_findings(it, ingress))
    yield from _range_findings(it, [rule for rule in dynamic if rule.ports and it.lets_in_a_balancer(rule)])
    yield from _missing(it)
    yield from it.unread


def _address_findings(it: _Instances, ingress: Ingress) -> Iterator[Verdict]:
    """Nobody comes in by address, by TCP or UDP, but for a network load balancer without a security group."""
    blocks = [cidr for cidr in ingress.cidrs if not it.is_balancers(cidr)]
    sources = [str(source) for source in [*blocks, *ingress.prefix_lists] if not it.may(source.text)]
    if sources:
        yield Finding(
            f"{ingress.place} opens {ingress.opens} to {', '.join(sources)}, and so {it.agent} of {it.fleet}",
            ingress.written_on,
        )
    yield from ingress.unknown_addresses


def _group_findings(it: _Instances, ingress: Ingress) -> Iterator[Verdict]:
    """No security group comes in but a load balancer's. Without any here, it may be that of one elsewhere."""
    theirs = balancers_groups(it.stack)
    # Groups that are not known yet cannot be told apart within one property.
    if not theirs or (ingress.groups.unknown and it.lets_in_a_balancer(ingress)):
        return
    for group in sorted(it.sources(ingress) - theirs - set(it.groups.found), key=str):
        if not it.may(group.name, *group.identities()):
            yield Finding(
                f"{ingress.place} opens {ingress.opens} to {group}, which no load balancer has, "
                f"and so {it.agent} of {it.fleet}",
                ingress.written_on,
            )


def _range_findings(it: _Instances, rules: list[Ingress]) -> Iterator[Verdict]:
    """What is open to load balancers is what the agent hands out."""
    wanted = it.agent.ports
    if rules and wanted is None:
        yield it.fleet.launches.properties.unknown("userData")
        return
    for ingress in rules:
        within = wanted and ingress.ports and wanted.covers(ingress.ports) and _complete(it, ingress, rules, wanted)
        names = [*ingress.groups.known, *(cidr.text for cidr in ingress.cidrs)]
        if not within and not it.may(*names, *(group.name for group in it.sources(ingress))):
            yield Finding(
                f"{ingress.place} opens {ingress.opens} to {it.named(ingress)}, but on {it.fleet} {it.agent.explained}",
                ingress.written_on,
                it.agent.fix(
                    "the load balancer's subnets"
                    if it.by_address and ingress.cidrs
                    else "the load balancer's security group"
                ),
            )


def _complete(it: _Instances, ingress: Ingress, rules: list[Ingress], wanted: PortRange) -> bool:
    """Whether the rules together open all of a range to whom one of them is for."""

    def admits(rule: Ingress, party: LoadBalancer | Address | None) -> bool:
        if isinstance(party, Address):
            return any(party.within(cidr) for cidr in rule.cidrs)
        return party in it.served(rule)

    return all(
        _cover([rule.ports for rule in rules if rule.ports and admits(rule, party)], wanted)
        for party in it.served(ingress)
    )


def _cover(ranges: list[PortRange], wanted: PortRange) -> bool:
    """Whether every port of `wanted` lies in one of the ranges."""
    missing = wanted.first
    for ports in sorted(ranges):
        if ports.first <= missing:
            missing = max(missing, ports.last + 1)
    return missing > wanted.last


def _missing(it: _Instances) -> Iterator[Verdict]:
    """Every load balancer of a service on these instances comes in at the agent's ports."""
    if it.inflow.unread or not it.groups.complete:
        return
    unserved: dict[LoadBalancer | None, set[str]] = {}
    for exposed in it.exposures:
        # One in another program cannot be told from others.
        balancers: list[LoadBalancer | None] = [*exposed.load_balancers] or [None]
        for balancer in balancers:
            if not any(_lets_in(it, ingress, balancer) for ingress in it.inflow.rules):
                unserved.setdefault(balancer, set()).add(exposed.service.name)
    for balancer, services in unserved.items():
        source = f"the security group of {balancer}" if balancer else "the load balancer's security group"
        if balancer and balancer.by_address:
            source = f"the subnets of {balancer}"
        yield Finding(
            f"no ingress rule lets {balancer or 'the load balancer'} reach {', '.join(sorted(services))} at dynamic "
            f"host ports; {it.agent.explained}",
            it.fleet.launches,
            it.agent.fix(source),
        )


def _lets_in(it: _Instances, ingress: Ingress, balancer: LoadBalancer | None) -> bool:
    if not ingress.ports or not ingress.ports.overlaps(it.agent.ports or POSSIBLY):
        return False
    return balancer is None or may_let_in(it.stack, it.groups, ingress, balancer)

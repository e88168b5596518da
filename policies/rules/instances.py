"""Rules on what may come in to container instances."""

from collections.abc import Iterator

from ecs_model.ports import PortRange
from policies.connect import callers
from policies.ingress import balancers_groups, may_let_in
from policies.instances import POSSIBLY, SURELY, Instances
from policies.relations import fleet
from policies.rule import HIGH, MANDATORY, Finding, Option, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.addresses import Address
from policies.views.launches import Launches
from policies.views.load_balancing import LoadBalancer
from policies.views.security_group import Ingress


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

    The instances' own group may come in as well (Service Connect), and where a service on them offers ports by Service
    Connect, the groups of all tasks and instances in the program that are part of it; so may a network load balancer
    without security groups by private addresses or those of its subnets, at the same range. A security group of another
    program is taken for a load balancer's. Where Windows decides on the range, it is not compared. Instances whose own
    groups belong to another program are judged by the rules that this one adds to them.
    """

    def instances(launches: Launches) -> Iterator[Verdict]:
        found = fleet(stack, launches)
        if found:
            yield from _verdicts(Instances(stack, found, options["allowedSources"]))

    yield from each(stack.all(Launches), instances)


def _verdicts(it: Instances) -> Iterator[Verdict]:
    surely = it.agent.ports or SURELY
    dynamic = [ingress for ingress in it.inflow.rules if ingress.reaches(surely)]
    yield from each(dynamic, lambda ingress: _address_findings(it, ingress))
    yield from each(dynamic, lambda ingress: _group_findings(it, ingress))
    yield from _range_findings(it, [rule for rule in dynamic if rule.ports and it.lets_in_a_balancer(rule)])
    yield from _missing(it)
    yield from it.unread


def _address_findings(it: Instances, ingress: Ingress) -> Iterator[Verdict]:
    """Nobody comes in by address, by TCP or UDP, but for a network load balancer without a security group."""
    blocks = [cidr for cidr in ingress.cidrs if not it.is_balancers(cidr)]
    sources = [str(source) for source in [*blocks, *ingress.prefix_lists] if not it.may(source.text)]
    if sources:
        yield Finding(
            f"{ingress.place} opens {ingress.opens} to {', '.join(sources)}, and so {it.agent} of {it.fleet}",
            ingress.written_on,
        )
    yield from ingress.unknown_addresses


def _group_findings(it: Instances, ingress: Ingress) -> Iterator[Verdict]:
    """No security group comes in but a load balancer's. Without any here, it may be that of one elsewhere."""
    theirs = balancers_groups(it.stack)
    # Groups that are not known yet cannot be told apart within one property.
    if not theirs or (ingress.groups.unknown and it.lets_in_a_balancer(ingress)):
        return
    others = it.sources(ingress) - theirs - set(it.groups.found)
    for group in sorted(others - callers(it.stack, it.fleet, ingress) if others else (), key=str):
        if not it.may(group.name, *group.identities()):
            yield Finding(
                f"{ingress.place} opens {ingress.opens} to {group}, which no load balancer has, "
                f"and so {it.agent} of {it.fleet}",
                ingress.written_on,
            )


def _range_findings(it: Instances, rules: list[Ingress]) -> Iterator[Verdict]:
    """What is open to load balancers is what the agent hands out."""
    wanted = it.agent.ports
    if it.agent.of_windows:
        return
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


def _complete(it: Instances, ingress: Ingress, rules: list[Ingress], wanted: PortRange) -> bool:
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


def _missing(it: Instances) -> Iterator[Verdict]:
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


def _lets_in(it: Instances, ingress: Ingress, balancer: LoadBalancer | None) -> bool:
    if not ingress.ports or not ingress.ports.overlaps(it.agent.ports or POSSIBLY):
        return False
    return balancer is None or may_let_in(it.stack, it.groups, ingress, balancer)

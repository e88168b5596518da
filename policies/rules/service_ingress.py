"""Rules on who reaches a service's awsvpc tasks."""

from collections.abc import Callable, Iterator

from ecs_model.ports import HIGHEST, LOWEST, PortRange
from policies.exposure import load_balancers
from policies.ingress import Groups, groups_of_balancer, inflow, may_let_in
from policies.properties import References
from policies.relations import service_elsewhere
from policies.rule import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack, remembered
from policies.views.load_balancing import LoadBalancer, TargetGroup
from policies.views.security_group import SecurityGroup
from policies.views.service import Service, ServiceTarget

_NETWORK = "networkConfiguration"


@rule(
    id="ecs-service-awsvpc-ingress",
    title="A service's awsvpc tasks let in their load balancer at the container port",
    severity=HIGH,
    level=MANDATORY,
    why="A load balancer reaches awsvpc tasks at their own addresses, which their own security groups guard, and not "
    "those of the instances. Where no rule lets it in no task becomes healthy, and ECS stops and starts them for ever.",
    fix="Let the load balancer's security group in at the container port.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html",
)
def awsvpc_ingress(stack: Stack, options: Options) -> Iterator[Verdict]:
    """A load balancer with security groups is let in, where the program shows those and all of the tasks' own groups.

    A rule that lets in addresses, or a security group of another program, may be meant for it.
    """
    yield from _each_target(stack, _reached)


@rule(
    id="ecs-service-awsvpc-closed-to-addresses",
    title="Whoever reaches a service's awsvpc tasks comes through their load balancer",
    severity=MEDIUM,
    level=ADVISORY,
    why="Who may come in by address, whatever it is, reaches the tasks past their load balancer: past its certificate, "
    "its rules and its logs.",
    fix="Let in the load balancer's security group instead.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-network.html",
)
def awsvpc_closed_to_addresses(stack: Stack, options: Options) -> Iterator[Verdict]:
    """No rule of the tasks' own security groups opens a load-balanced container port to everybody, where the load
    balancers have security groups that could be let in instead."""
    yield from _each_target(stack, _open)


def _each_target(
    stack: Stack, judge: Callable[[Stack, Service, Groups, ServiceTarget], Iterator[Verdict]]
) -> Iterator[Verdict]:
    """Judges the awsvpc tasks of every service at each of its target groups, where the program has all their groups."""

    def judged(service: Service) -> Iterator[Verdict]:
        if service_elsewhere(stack, service) or not service.is_load_balanced:
            return
        groups = _groups_of_tasks(stack, service)
        if groups:
            yield from each(service.load_balancers, lambda target: judge(stack, service, groups, target))

    yield from each(stack.all(Service), judged)


def _open(stack: Stack, service: Service, groups: Groups, target: ServiceTarget) -> Iterator[Verdict]:
    port, balancers = target.port, _balancers(stack, service, target)
    if port is None or not balancers or any(balancer.by_address for balancer in balancers):
        return
    for ingress in inflow(stack, groups).rules:
        world = [str(cidr) for cidr in ingress.cidrs if cidr.is_world]
        if world and ingress.reaches(PortRange(port, port)):
            opened = f"{ingress.place} opens {ingress.opens} to {', '.join(world)}"
            yield Finding(f"{opened}, and so container port {port} of {service}", ingress.written_on)


def _groups_of_tasks(stack: Stack, service: Service) -> Groups | None:
    """The security groups of a service's tasks; None where it names none, or not only the program's own."""
    written = service.network.texts("securityGroups") if service.network else References()
    found = stack.find(SecurityGroup, service, _NETWORK, written)
    complete = bool(written) and len(found) >= len(written.known) + written.unknown
    return Groups(found, frozenset(), complete) if complete else None


def _reached(stack: Stack, service: Service, groups: Groups, target: ServiceTarget) -> Iterator[Verdict]:
    port = target.port
    balancers = _balancers(stack, service, target)
    if port is None or not LOWEST <= port <= HIGHEST or not balancers:
        return
    if not all(_is_shown(stack, balancer) for balancer in balancers):
        return
    entering = inflow(stack, groups)
    wanted = PortRange(port, port)
    udp = any(group.takes_udp for group in _target_groups(stack, service, target))
    open_rules = [
        it for it in entering.rules if (it.reaches(wanted) if udp else it.ports and it.ports.overlaps(wanted))
    ]
    # Target groups that are not known yet cannot be told apart: one of their load balancers has to come in.
    if any(may_let_in(stack, groups, ingress, balancer) for ingress in open_rules for balancer in balancers):
        return
    if entering.unread:
        yield from entering.unread
        return
    yield Finding(
        f"no ingress rule of its security groups lets {' or '.join(map(str, balancers))} reach container port {port}",
        service,
    )


def _balancers(stack: Stack, service: Service, target: ServiceTarget) -> list[LoadBalancer]:
    groups = [group for group in _target_groups(stack, service, target) if group.target_type == "ip"]
    return list(dict.fromkeys(balancer for group in groups for balancer in load_balancers(stack, group)))


def _target_groups(stack: Stack, service: Service, target: ServiceTarget) -> list[TargetGroup]:
    return stack.find(TargetGroup, service, "loadBalancers", target.target_group)


@remembered
def _is_shown(stack: Stack, balancer: LoadBalancer) -> bool:
    """Whether a load balancer has security groups, all of them the program's own."""
    written = balancer.security_groups
    return bool(written) and len(groups_of_balancer(stack, balancer)) >= len(written.known) + written.unknown

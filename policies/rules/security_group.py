"""Rules on the security groups of container instances, of services on them, and of their load balancers."""

from collections.abc import Callable, Iterator

from ecs_model.ports import ADMINISTRATION_TCP
from policies.rule import ADVISORY, HIGH, LOW, MANDATORY, Finding, Option, Options, Verdict, each, rule
from policies.security_groups import groups_of_ecs, ingress_of_instances, rules_of_group
from policies.stack import Stack
from policies.views.addresses import Address
from policies.views.security_group import Ingress, Network, SecurityGroup

_RULES = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"


def _judged(stack: Stack, judge: Callable[[Ingress], Iterator[Verdict]]) -> Iterator[Verdict]:
    """Judges everything that container instances let in."""
    inflow = ingress_of_instances(stack)
    yield from each(inflow.rules, judge)
    yield from inflow.unread


@rule(
    id="ecs-instances-no-ssh-from-world",
    title="Nobody reaches ssh, Remote Desktop or Docker of container instances from the whole internet",
    severity=HIGH,
    level=MANDATORY,
    why="Such ports are tried from all over the world within minutes, and whoever gets in has every task on the "
    "instance, and its role.",
    fix="Take the rule away, and open shells through Session Manager or ECS Exec, which need no open port; or let in "
    "the addresses of your own network alone.",
    source="https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
)
def no_ssh_from_world(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The TCP ports 22, 2375, 2376 and 3389 of container instances are not open to 0.0.0.0/0 or ::/0."""

    def closed(ingress: Ingress) -> Iterator[Verdict]:
        opened = [f"{name} ({port})" for port, name in ADMINISTRATION_TCP.items() if port in (ingress.ports or ())]
        if not opened:
            return
        world = [str(cidr) for cidr in ingress.cidrs if cidr.is_world]
        if world:
            yield Finding(
                f"{ingress.place} opens {ingress.opens} to {', '.join(world)}, and so {', '.join(opened)}",
                ingress.written_on,
            )
        else:
            yield from ingress.unknown_addresses

    yield from _judged(stack, closed)


@rule(
    id="ecs-instances-no-all-traffic-ingress",
    title="Container instances do not open all their ports to addresses outside the VPC",
    severity=HIGH,
    level=MANDATORY,
    why="With every port open, whoever has such an address reaches each task past the load balancer, the ports of the "
    "agent and of Docker, and whatever else listens on the instance.",
    fix="Name the ports, and let in the load balancer's security group instead of addresses.",
    source=_RULES,
    options={"allowedSources": Option("string", "CIDR blocks outside the VPC that may reach every port.")},
)
def no_all_traffic_ingress(stack: Stack, options: Options) -> Iterator[Verdict]:
    """No rule opens all traffic, or all TCP or UDP ports, of container instances to addresses outside the VPC.

    Within it are private addresses (RFC 1918, RFC 6598 and RFC 4193), and those of the program's VPCs and subnets. Who
    else comes in at dynamic host ports, by such an address, a prefix list or a security group, is what
    ecs-instances-ephemeral-ingress judges.
    """

    def is_outside(cidr: Address) -> bool:
        return not cidr.is_private and not any(
            cidr.within(own) for network in stack.all(Network) for own in network.cidrs
        )

    def narrow(ingress: Ingress) -> Iterator[Verdict]:
        if not ingress.opens_everything:
            return
        blocks = [cidr for cidr in ingress.cidrs if cidr.text not in options["allowedSources"] and is_outside(cidr)]
        if blocks:
            yield Finding(f"{ingress.place} opens {ingress.opens} to {', '.join(map(str, blocks))}", ingress.written_on)
        yield from ingress.unknown_addresses

    yield from _judged(stack, narrow)


@rule(
    id="ecs-security-group-inline-or-standalone",
    title="The rules of a security group are all inline, or all resources of their own",
    severity=HIGH,
    level=MANDATORY,
    why="A security group with inline rules takes every other one for drift and removes it: with each deployment the "
    "inline rules and the resources overwrite each other, and the load balancer loses the tasks or finds them again.",
    fix="Make each inline rule a resource of its own, such as aws.vpc.SecurityGroupIngressRule.",
    source="https://docs.aws.amazon.com/prescriptive-guidance/latest/terraform-aws-provider-best-practices/structure.html",
)
def inline_or_standalone(stack: Stack, options: Options) -> Iterator[Verdict]:
    """A security group with inline rules of one direction has no resources for rules of that direction.

    Judged are those of container instances, of services on them and of their load balancers. Rules that AWS repeats on
    a deployed group look like inline ones: only what the program writes for certain counts, which is everything where
    the group is still to be created, and after that what is made from other resources.
    """

    def one_way(group: SecurityGroup) -> Iterator[Verdict]:
        for direction in ("ingress", "egress"):
            standalone = rules_of_group(stack, group, direction)
            if not (standalone and group.writes(direction)):
                continue
            ours, unread = groups_of_ecs(stack)
            if group in ours:
                names = ", ".join(map(str, standalone))
                yield Finding(f"has inline {direction} rules, and {names} beside them", group)
            else:
                yield from unread

    yield from each(stack.all(SecurityGroup), one_way)


@rule(
    id="ecs-security-group-rule-description",
    title="Ingress rules of container instances say what they are for",
    severity=LOW,
    level=ADVISORY,
    why="Without a description nobody dares to take a rule away once its service is gone, so that it stays open.",
    fix="Give it a description: who comes in, and why.",
    source=_RULES,
)
def rule_description(stack: Stack, options: Options) -> Iterator[Verdict]:
    """`description` of inline rules, and of rules that are resources of their own."""

    def described(ingress: Ingress) -> Iterator[Verdict]:
        if not ingress.described:
            yield Finding(f"{ingress.place} opens {ingress.opens}, and has no description", ingress.written_on)

    yield from _judged(stack, described)

"""Rules on what the security groups of container instances and of their load balancers let out."""

from collections.abc import Iterator

from ecs_model.ports import HIGHEST, LOWEST, PortRange
from policies.balancers import judge_balancers
from policies.egress import lets_out
from policies.ingress import groups_of, groups_of_balancer
from policies.relations import fleet
from policies.rule import HIGH, MANDATORY, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.launches import Launches
from policies.views.load_balancing import LoadBalancer

_WHY = (
    "The provider takes AWS's rule that lets everything out away from a security group that it makes, so that one "
    "without egress rules lets nothing out. "
)
_SOURCE = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
HTTPS = PortRange(443, 443)
"""The port of AWS's endpoints."""


@rule(
    id="ecs-instances-egress",
    title="Container instances are let out to the endpoints of AWS",
    severity=HIGH,
    level=MANDATORY,
    why=_WHY + "The agent then reaches ECS by no way, and the instance never registers with its cluster.",
    fix="Add an egress rule for TCP port 443 to one of its security groups: an aws.vpc.SecurityGroupEgressRule.",
    source=_SOURCE,
)
def instances_egress(stack: Stack, options: Options) -> Iterator[Verdict]:
    """One of the security groups lets TCP port 443 out, whereto it may be; not judged where some are another program's.

    Instances that name no group have the VPC's default one, which lets everything out.
    """

    def out(launches: Launches) -> Iterator[Verdict]:
        if not fleet(stack, launches):
            return
        groups = groups_of(stack, launches)
        if groups.found and groups.complete and not lets_out(stack, groups.found, HTTPS):
            names = ", ".join(sorted(map(str, groups.found)))
            yield Finding(f"none of its security groups ({names}) lets TCP port 443 out", launches)

    yield from each(stack.all(Launches), out)


@rule(
    id="ecs-load-balancer-egress",
    title="Load balancers are let out to the tasks",
    severity=HIGH,
    level=MANDATORY,
    why=_WHY + "The load balancer then reaches no task: each fails its health checks, and ECS replaces it for ever.",
    fix="Add an egress rule to one of its security groups, for the ports of the tasks.",
    source=_SOURCE,
)
def load_balancer_egress(stack: Stack, options: Options) -> Iterator[Verdict]:
    """One of the security groups lets some TCP port out; not judged where some are another program's."""

    def out(balancer: LoadBalancer) -> Iterator[Verdict]:
        written, groups = balancer.security_groups, groups_of_balancer(stack, balancer)
        if not groups or len(groups) < len(written.known) + written.unknown:
            return
        if not lets_out(stack, groups, PortRange(LOWEST, HIGHEST)):
            names = ", ".join(sorted(map(str, groups)))
            yield Finding(f"none of its security groups ({names}) lets anything out by TCP", balancer)

    yield from judge_balancers(stack, out)

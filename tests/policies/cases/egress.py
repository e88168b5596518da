"""What security groups let out."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, Res
from tests.policies.programs import Program, shop

INSTANCES, BALANCER = "ecs-instances-egress", "ecs-load-balancer-egress"
NEW, DONE = shop(deployed=False), shop(deployed=True)
GROUPS = {INSTANCES: "instances", BALANCER: "public"}
SEEN = {
    INSTANCES: ("template", "(security group instances) lets TCP port 443 out"),
    BALANCER: ("alb", "lets anything out"),
}


def closed(rule: str, program: Program = DONE, **group: Any) -> Program:
    """The shop whose group of one kind has no egress rule, or another."""
    return program.but(program[GROUPS[rule]].but(**{"egress": [], **group}))


def unread(rule: str) -> Program:
    """The shop in a first preview, one of whose groups is read by its id, which is not known yet."""
    group = NEW[GROUPS[rule]]
    return NEW.but(Res(group.type, group.name, {}))


def standalone(kind: str, **written: Any) -> Res:
    return Res(kind, "out", written)


def classic(rule: str, type_: str = "egress", protocol: str = "-1") -> Res:
    kind = "aws:ec2/securityGroupRule:SecurityGroupRule"
    group = DONE[GROUPS[rule]].properties["id"]
    return standalone(kind, type=type_, securityGroupId=group, protocol=protocol, fromPort=0, toPort=65535)


def single(rule: str, port: int) -> Res:
    kind = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
    group = DONE[GROUPS[rule]].properties["id"]
    return standalone(kind, securityGroupId=group, ipProtocol="tcp", fromPort=port, toPort=port, cidrIpv4="0.0.0.0/0")


CASES = [
    *(good(rule, "inline, previewed", NEW) for rule in GROUPS),
    *(good(rule, "inline, deployed", DONE) for rule in GROUPS),
    *(good(rule, "a rule of either direction", closed(rule).but(classic(rule))) for rule in GROUPS),
    *(good(rule, "an egress rule", closed(rule).but(single(rule, 443))) for rule in GROUPS),
    *(
        good(
            rule,
            "an egress rule, previewed",
            closed(rule, NEW, egress=UNKNOWN_LIST).but(
                single(rule, 443).but(securityGroupId=UNKNOWN).made(securityGroupId=[GROUPS[rule]])
            ),
        )
        for rule in GROUPS
    ),
    good(
        INSTANCES,
        "no container instances",
        closed(INSTANCES).without("capacity").but(DONE["template"].but(userData=None)),
    ),
    good(INSTANCES, "the default group", DONE.but(DONE["template"].but(vpcSecurityGroupIds=None))),
    good(
        INSTANCES,
        "one of another program beside it",
        closed(INSTANCES).but(
            DONE["template"].but(vpcSecurityGroupIds=["sg-0aaaaaaaaaaaaaaaa", "sg-0ffffffffffffffff"])
        ),
    ),
    good(BALANCER, "any port", closed(BALANCER).but(single(BALANCER, 8080))),
    good(BALANCER, "of no service", closed(BALANCER).without("service")),
    *(bad(rule, "none, deployed", closed(rule), SEEN[rule]) for rule in GROUPS),
    *(bad(rule, "none, previewed", closed(rule, NEW, egress=UNKNOWN_LIST), SEEN[rule]) for rule in GROUPS),
    *(bad(rule, "left out", closed(rule, egress=None), SEEN[rule]) for rule in GROUPS),
    *(bad(rule, "an ingress rule alone", closed(rule).but(classic(rule, "ingress")), SEEN[rule]) for rule in GROUPS),
    *(bad(rule, "datagrams alone", closed(rule).but(classic(rule, protocol="udp")), SEEN[rule]) for rule in GROUPS),
    bad(INSTANCES, "another port alone", closed(INSTANCES).but(single(INSTANCES, 80)), SEEN[INSTANCES]),
    *(
        unknown(rule, "read by an id that is not known yet", unread(rule), f"security group {GROUPS[rule]}: egress")
        for rule in GROUPS
    ),
    *(
        unknown(rule, "ports not known", closed(rule).but(single(rule, 443).but(fromPort=UNKNOWN)), "out: fromPort")
        for rule in GROUPS
    ),
]

"""What the security groups of container instances, their services and load balancers may have."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, Res
from tests.policies.programs import Program, shop

SSH = "ecs-instances-no-ssh-from-world"
EVERYTHING = "ecs-instances-no-all-traffic-ingress"
MIXED = "ecs-security-group-inline-or-standalone"
DESCRIPTION = "ecs-security-group-rule-description"
ALL = (SSH, EVERYTHING, MIXED, DESCRIPTION)

NEW, DONE = shop(deployed=False), shop(deployed=True)
GROUP = "sg-0aaaaaaaaaaaaaaaa"
FROM_GROUP = {"securityGroupId": ["instances"]}
WORLD = ["0.0.0.0/0"]
OFFICE = ["203.0.113.7/32"]


def inline(program: Program, *rules: dict[str, Any], group: str = "instances") -> Program:
    """The program with inline ingress rules on a security group."""
    return program.but(program[group].but(ingress=list(rules)))


def tcp(first: int, last: int, **sources: Any) -> dict[str, Any]:
    return {"protocol": "tcp", "fromPort": first, "toPort": last, "description": "Known", **sources}


def everything(**sources: Any) -> dict[str, Any]:
    return {"protocol": "-1", "fromPort": 0, "toPort": 0, "description": "Known", **sources}


def classic(**properties: Any) -> Res:
    written = {"securityGroupId": GROUP, **tcp(22, 22, cidrBlocks=WORLD), "type": "ingress", **properties}
    return Res("aws:ec2/securityGroupRule:SecurityGroupRule", "rule", written)


def single(**properties: Any) -> Res:
    written = {"securityGroupId": GROUP, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "description": "Known"}
    return Res("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "rule", {**written, **properties})


def out(program: Program) -> Res:
    """An egress rule of the instances as a resource of its own."""
    group = program["instances"].properties["id"]
    written = {"securityGroupId": group, "ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"}
    return Res("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "out", written, FROM_GROUP)


OUT = [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": WORLD}]
AWSVPC = Res(
    "aws:ec2/securityGroup:SecurityGroup", "own", {"arn": UNKNOWN, "ingress": [tcp(80, 80, cidrBlocks=OFFICE)]}
)
IN = single(securityGroupId=UNKNOWN, cidrIpv4="10.0.0.0/16").made(securityGroupId=["own"])
NETWORK = {"subnets": ["subnet-0a1a"], "securityGroups": [UNKNOWN]}
_service = NEW["service"].made(networkConfiguration=["own"])
FARGATE = {"launchType": "FARGATE", "capacityProviderStrategies": []}
BALANCERS = tcp(443, 443, cidrBlocks=WORLD)
TO_BALANCER = single(securityGroupId=UNKNOWN, cidrIpv4="0.0.0.0/0", fromPort=80, toPort=80).made(
    securityGroupId=["public"]
)

CASES = [
    *(good(rule, "shop, previewed", NEW) for rule in ALL),
    *(good(rule, "shop, deployed", DONE) for rule in ALL),
    *(
        good(rule, "instances of no cluster", [DONE["instances"].but(ingress=[everything(cidrBlocks=WORLD)])])
        for rule in ALL
    ),
    *(
        unknown(
            rule, "rules not known", NEW.but(NEW["instances"].but(ingress=UNKNOWN_LIST).made(ingress=["public"])), at
        )
        for rule, at in dict.fromkeys(ALL, "security group instances: ingress").items()
    ),
    *(
        unknown(
            rule,
            "groups not known",
            DONE.but(DONE["template"].but(networkInterfaces=UNKNOWN).made(networkInterfaces=["instances"])),
            "template: networkInterfaces",
        )
        for rule in (SSH, EVERYTHING, DESCRIPTION)
    ),
    good(SSH, "from the office", inline(DONE, tcp(22, 22, cidrBlocks=OFFICE))),
    good(SSH, "other ports", inline(DONE, tcp(80, 80, cidrBlocks=WORLD))),
    good(SSH, "by UDP", inline(DONE, tcp(22, 22, cidrBlocks=WORLD) | {"protocol": "udp"})),
    good(SSH, "of the load balancer", inline(DONE, tcp(22, 22, cidrBlocks=WORLD), group="public")),
    bad(SSH, "inline", inline(DONE, tcp(22, 22, cidrBlocks=WORLD)), ("instances", "to 0.0.0.0/0, and so ssh (22)")),
    bad(SSH, "by IPv6", inline(DONE, tcp(22, 22, ipv6CidrBlocks=["::/0"])), ("instances", "to ::/0, and so ssh (22)")),
    bad(
        SSH,
        "a range",
        inline(DONE, tcp(2000, 4000, cidrBlocks=[*OFFICE, *WORLD])),
        ("instances", "Docker (2375), Docker over TLS (2376), Remote Desktop (3389)"),
    ),
    bad(
        SSH, "all traffic", inline(DONE, everything(cidrBlocks=WORLD)), ("instances", "opens all traffic to 0.0.0.0/0")
    ),
    bad(SSH, "a rule of either direction", DONE.but(classic()), ("rule", "it opens port 22 to 0.0.0.0/0")),
    bad(SSH, "a rule", DONE.but(single(cidrIpv4="0.0.0.0/0")), ("rule", "it opens port 22 to 0.0.0.0/0")),
    bad(
        SSH,
        "on the group of another program",
        DONE.but(
            DONE["template"].but(vpcSecurityGroupIds=["sg-0cccccccccccccccc"]),
            single(securityGroupId="sg-0cccccccccccccccc", cidrIpv4="0.0.0.0/0"),
        ),
        ("rule", "ssh (22)"),
    ),
    bad(
        SSH,
        "on each of two groups",
        inline(inline(DONE, tcp(22, 22, cidrBlocks=WORLD)), tcp(22, 22, cidrBlocks=WORLD), group="public").but(
            DONE["template"].but(vpcSecurityGroupIds=[GROUP, "sg-0bbbbbbbbbbbbbbbb"])
        ),
        ("instances", "ssh"),
        ("public", "ssh"),
    ),
    unknown(SSH, "addresses not known", DONE.but(single(cidrIpv4=UNKNOWN)), "ingress rule rule: cidrIpv4"),
    good(EVERYTHING, "outgoing", DONE.but(out(DONE), classic(type="egress", **everything(cidrBlocks=WORLD)))),
    good(EVERYTHING, "within the VPC", inline(DONE, everything(cidrBlocks=["10.0.0.0/16"]))),
    good(
        EVERYTHING,
        "from the VPC by IPv6",
        inline(DONE, everything(ipv6CidrBlocks=["2001:db8:1234:1a00::/56"])).but(
            Res("aws:ec2/vpc:Vpc", "vpc", {"cidrBlock": "10.0.0.0/16", "ipv6CidrBlock": "2001:db8:1234:1a00::/56"})
        ),
    ),
    bad(
        EVERYTHING,
        "from another network by IPv6",
        inline(DONE, everything(ipv6CidrBlocks=["2001:db8::/32"])).but(
            Res("aws:ec2/subnet:Subnet", "subnet", {"ipv6CidrBlock": "2001:db8:1234:1a00::/64"})
        ),
        ("instances", "to 2001:db8::/32"),
    ),
    bad(
        SSH, "half of the world", DONE.but(single(cidrIpv4="128.0.0.0/1")), ("rule", "to 128.0.0.0/1, and so ssh (22)")
    ),
    good(EVERYTHING, "from the group itself", inline(DONE, everything(self=True))),
    good(EVERYTHING, "one port", inline(DONE, tcp(80, 80, cidrBlocks=WORLD))),
    good(EVERYTHING, "allowed", inline(DONE, everything(cidrBlocks=OFFICE)), **{"allowedSources": OFFICE}),
    bad(EVERYTHING, "the office", inline(DONE, everything(cidrBlocks=OFFICE)), ("instances", "to 203.0.113.7/32")),
    bad(
        EVERYTHING,
        "all TCP ports",
        inline(DONE, tcp(0, 65535, cidrBlocks=["10.0.0.0/16", *WORLD])),
        ("instances", "ingress[0] opens ports 0-65535 to 0.0.0.0/0"),
    ),
    bad(
        EVERYTHING,
        "all UDP ports",
        DONE.but(single(ipProtocol="udp", fromPort=0, toPort=65535, cidrIpv6="::/0")),
        ("rule", "it opens UDP ports 0-65535 to ::/0"),
    ),
    unknown(EVERYTHING, "addresses not known", DONE.but(single(ipProtocol="-1", cidrIpv4=UNKNOWN)), "rule: cidrIpv4"),
    good(MIXED, "inline alone", inline(NEW, tcp(80, 80, cidrBlocks=OFFICE)).without("tasks")),
    good(MIXED, "inline egress", NEW.but(NEW["instances"].but(egress=OUT))),
    good(MIXED, "repeated by AWS", inline(DONE, tcp(49153, 65535, securityGroups=["sg-0bbbbbbbbbbbbbbbb"]))),
    good(MIXED, "those of another program, repeated by AWS", inline(DONE, tcp(80, 80, cidrBlocks=OFFICE))),
    good(MIXED, "egress not said", NEW.but(NEW["instances"].but(egress=UNKNOWN_LIST), out(NEW))),
    good(MIXED, "of Fargate", NEW.but(AWSVPC, IN, _service.but(networkConfiguration=NETWORK, **FARGATE))),
    bad(
        MIXED,
        "on a new group",
        inline(NEW, tcp(80, 80, cidrBlocks=OFFICE)),
        ("instances", "has inline ingress rules, and ingress rule tasks beside them"),
    ),
    bad(
        MIXED,
        "made from another group",
        DONE.but(DONE["instances"].but(ingress=[tcp(80, 80, cidrBlocks=OFFICE)]).made(ingress=["public"])),
        ("instances", "inline ingress"),
    ),
    bad(MIXED, "egress", NEW.but(NEW["instances"].but(egress=OUT), out(NEW)), ("instances", "egress rule out beside")),
    bad(
        MIXED,
        "of a service",
        NEW.but(AWSVPC, IN, _service.but(networkConfiguration=NETWORK)),
        ("own", "ingress rule rule beside"),
    ),
    bad(
        MIXED,
        "of a service that is not known yet",
        NEW.but(AWSVPC, IN, _service.but(networkConfiguration=UNKNOWN)),
        ("own", "ingress rule rule beside"),
    ),
    bad(MIXED, "of the load balancer", inline(NEW, BALANCERS, group="public").but(TO_BALANCER), ("public", "inline")),
    unknown(
        MIXED,
        "whether the group is a service's",
        NEW.but(AWSVPC, IN, _service.but(capacityProviderStrategies=UNKNOWN).made(capacityProviderStrategies=["alb"])),
        "service service: capacityProviderStrategies",
    ),
    good(DESCRIPTION, "not known yet", DONE.but(single(description=UNKNOWN, cidrIpv4="10.0.0.0/16"))),
    good(DESCRIPTION, "of the load balancer", inline(DONE, BALANCERS | {"description": ""}, group="public")),
    bad(
        DESCRIPTION,
        "inline",
        inline(DONE, tcp(80, 80, cidrBlocks=OFFICE), tcp(81, 81, cidrBlocks=OFFICE) | {"description": ""}),
        ("instances", "ingress[1] opens port 81, and has no description"),
    ),
    bad(DESCRIPTION, "a rule", DONE.but(DONE["tasks"].but(description=None)), ("tasks", "it opens ports 49153-65535")),
    bad(DESCRIPTION, "a rule of either direction", DONE.but(classic(description=None)), ("rule", "no description")),
]

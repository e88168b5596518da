"""Who reaches a service's awsvpc tasks."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, UNKNOWN_OBJECT, Res
from tests.policies.programs import Program, shop

INGRESS = "ecs-service-awsvpc-ingress"
CLOSED = "ecs-service-awsvpc-closed-to-addresses"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OWN = "sg-0eeeeeeeeeeeeeeee"


def awsvpc(deployed: bool) -> Program:
    """The shop with awsvpc tasks, whose security group lets in the load balancer's."""
    program = shop(deployed)
    own = OWN if deployed else UNKNOWN
    group = Res(
        "aws:ec2/securityGroup:SecurityGroup",
        "own",
        {"id": own, "vpcId": "vpc-1", "ingress": [] if deployed else UNKNOWN_LIST},
    )
    rule = Res(
        RULE,
        "entry",
        {
            "securityGroupId": own,
            "referencedSecurityGroupId": program["public"].properties["id"],
            "ipProtocol": "tcp",
            "fromPort": 80,
            "toPort": 80,
        },
        {"securityGroupId": ["own"], "referencedSecurityGroupId": ["public"]},
    )
    service = program["service"].but(networkConfiguration={"subnets": ["subnet-0a1a"], "securityGroups": [own]})
    return program.but(
        group,
        rule,
        service.made(networkConfiguration=["own"]),
        program["web"].but(networkMode="awsvpc"),
        program["targets"].but(targetType="ip"),
    )


NEW, DONE = awsvpc(deployed=False), awsvpc(deployed=True)
_service, _entry = DONE["service"], DONE["entry"]
_found = ("service", "no ingress rule of its security groups lets load balancer alb reach container port 80")


def entry(**properties: Any) -> Program:
    """The shop with another rule."""
    return DONE.but(_entry.but(**properties))


def grouped(*ids: str) -> Program:
    """The shop without a rule, its tasks with some security groups."""
    network = {"subnets": ["subnet-0a1a"], "securityGroups": list(ids)}
    return DONE.but(_service.but(networkConfiguration=network)).without("entry")


_world = {"referencedSecurityGroupId": None, "cidrIpv4": "10.0.0.0/16"}
_inline = {"protocol": "tcp", "fromPort": 8080, "toPort": 8080, "securityGroups": ["sg-0bbbbbbbbbbbbbbbb"]}
_network_balancer = DONE["alb"].but(loadBalancerType="network", securityGroups=[])

CASES = [
    good(INGRESS, "shop, previewed", NEW),
    good(INGRESS, "shop, deployed", DONE),
    good(INGRESS, "bridge", shop(deployed=True)),
    good(
        INGRESS, "Fargate", DONE.but(_service.but(launchType="FARGATE", capacityProviderStrategies=[])).without("entry")
    ),
    good(INGRESS, "no load balancer", DONE.but(_service.but(loadBalancers=[])).without("entry")),
    good(INGRESS, "a range", entry(fromPort=1, toPort=1024)),
    good(INGRESS, "all traffic", entry(ipProtocol="-1", fromPort=None, toPort=None)),
    good(INGRESS, "addresses", entry(**_world)),
    good(INGRESS, "a source of another program", entry(referencedSecurityGroupId="sg-0ffffffffffffffff")),
    good(INGRESS, "inline", DONE.but(DONE["own"].but(ingress=[{**_inline, "fromPort": 80}])).without("entry")),
    good(INGRESS, "no groups named", grouped()),
    good(INGRESS, "a group of another program", grouped(OWN, "sg-0ffffffffffffffff")),
    good(INGRESS, "a load balancer of another program", DONE.without("entry", "alb")),
    good(INGRESS, "a load balancer by addresses", DONE.but(_network_balancer).without("entry")),
    good(
        INGRESS,
        "a load balancer with a group of another program",
        DONE.but(DONE["alb"].but(securityGroups=["sg-0ffffffffffffffff"])).without("entry"),
    ),
    good(
        INGRESS,
        "one group for both",
        grouped("sg-0bbbbbbbbbbbbbbbb").but(
            DONE["public"].but(ingress=[{**_inline, "fromPort": 80, "securityGroups": [], "self": True}])
        ),
    ),
    bad(INGRESS, "no rule, previewed", NEW.without("entry"), _found),
    bad(INGRESS, "no rule, deployed", DONE.without("entry"), _found),
    bad(INGRESS, "another protocol", entry(ipProtocol="udp"), _found),
    good(INGRESS, "datagrams", entry(ipProtocol="udp").but(DONE["targets"].but(protocol="UDP"))),
    bad(INGRESS, "another port", entry(fromPort=8080, toPort=8080), _found),
    bad(INGRESS, "another port inline", DONE.but(DONE["own"].but(ingress=[_inline])).without("entry"), _found),
    bad(
        INGRESS,
        "another group",
        NEW.but(NEW["entry"].made(referencedSecurityGroupId=["instances"])),
        _found,
    ),
    bad(INGRESS, "the instances' group alone", entry(securityGroupId="sg-0aaaaaaaaaaaaaaaa"), _found),
    bad(
        INGRESS,
        "one of two ports",
        DONE.but(
            _service.but(
                loadBalancers=[
                    *_service.properties["loadBalancers"],
                    {**_service.properties["loadBalancers"][0], "containerPort": 9090},
                ]
            )
        ),
        ("service", "lets load balancer alb reach container port 9090"),
    ),
    unknown(INGRESS, "a rule's port not known", entry(fromPort=UNKNOWN), "entry: fromPort"),
    unknown(
        INGRESS,
        "network not known",
        NEW.but(NEW["service"].but(networkConfiguration=UNKNOWN_OBJECT)),
        "service: networkConfiguration",
    ),
    *(good(CLOSED, what, program) for what, program in (("shop, previewed", NEW), ("shop, deployed", DONE))),
    good(CLOSED, "bridge", shop(deployed=True)),
    good(CLOSED, "some addresses", entry(**_world)),
    good(CLOSED, "another port", entry(**{**_world, "cidrIpv4": "0.0.0.0/0"}, fromPort=8080, toPort=8080)),
    good(CLOSED, "a load balancer by addresses", entry(**{**_world, "cidrIpv4": "0.0.0.0/0"}).but(_network_balancer)),
    good(CLOSED, "no load balancer", entry(**{**_world, "cidrIpv4": "0.0.0.0/0"}).but(_service.but(loadBalancers=[]))),
    bad(
        CLOSED,
        "everybody",
        entry(**{**_world, "cidrIpv4": "0.0.0.0/0"}),
        ("entry", "it opens port 80 to 0.0.0.0/0, and so container port 80 of service service"),
    ),
    unknown(
        CLOSED,
        "network not known",
        NEW.but(NEW["service"].but(networkConfiguration=UNKNOWN_OBJECT)),
        "service: networkConfiguration",
    ),
]

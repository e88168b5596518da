"""Placement constraints that the instances of a program cannot meet."""

from dataclasses import replace
from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, Res
from tests.policies.programs import Program, shop, user_data

MET, TOLD = "ecs-service-placement-constraints-met", "ecs-service-placement-attributes"


def distinct(deployed: bool = True, most: Any = 2, **properties: Any) -> Program:
    """The shop, its tasks on an instance each, with a group of at most so many instances."""
    program = shop(deployed)
    constrained = program["service"].but(placementConstraints=[{"type": "distinctInstance"}], **properties)
    return program.but(constrained, program["fleet"].but(maxSize=most))


_both = [{"capacityProvider": "capacity", "weight": 1}, {"capacityProvider": "elsewhere", "weight": 1}]
_unused = [{"capacityProvider": "capacity", "weight": 1}, {"capacityProvider": "elsewhere", "weight": 0}]
_found = ("service", "wants 3 tasks on an instance each (distinctInstance), and its capacity providers have at most 2")
_three = distinct(desiredCount=3)


def member(expression: str, *changed: Res, deployed: bool = False, of_task: bool = False, **template: Any) -> Program:
    """The shop on m4.large in two zones, its tasks bound to instances that an expression matches."""
    program = shop(deployed)
    constraints = [{"type": "memberOf", "expression": expression}]
    owner = program["web" if of_task else "service"].but(placementConstraints=constraints)
    return program.but(owner, program["template"].but(**{"instanceType": "m4.large", **template}), *changed)


SUBNETS = [
    Res("aws:ec2/subnet:Subnet", name, {"id": f"subnet-{name}", "availabilityZone": f"eu-central-1{name[-1]}"})
    for name in ("0a1a", "0b1b")
]


def _none(attribute: str) -> str:
    return f"placementConstraints[0].expression asks for attribute:ecs.{attribute} in a way that no instance meets that"


_arm, _zone = "attribute:ecs.cpu-architecture == arm64", "attribute:ecs.availability-zone == eu-central-1c"
_fargate = shop(deployed=False)["service"].but(launchType="FARGATE", capacityProviderStrategies=[])
_mixed = {
    "launchTemplate": {
        "launchTemplateSpecification": {"launchTemplateId": UNKNOWN, "version": "1"},
        "overrides": [{"instanceType": "m4.large"}, {"instanceType": "m6g.large"}],
    }
}
_two_types = shop(False)["fleet"].but(launchTemplate=None, mixedInstancesPolicy=_mixed)
_two_types = _two_types.made(launchTemplate=[], mixedInstancesPolicy=["template"])
_windows = "resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-ECS_Optimized/image_id"


def both(type_: str) -> Program:
    """The same on two types, with an architecture for the service and a type for its task definition."""
    typed = [{"type": "memberOf", "expression": f"attribute:ecs.instance-type == {type_}"}]
    return member(_arm, _two_types, shop(False)["web"].but(placementConstraints=typed))


_rack = "attribute:rack == 1"


def told(expression: str, *lines: str, base: Program | None = None) -> Program:
    """The same on instances whose user data says some lines more."""
    base = base or member(expression)
    written = {"userData": user_data("ECS_CLUSTER=shop", *lines)}
    return base.but(base["template"].but(**written))


CASES = [
    good(TOLD, "no constraint", shop(deployed=False)),
    good(TOLD, "an attribute that user data gives", told(_rack, 'ECS_INSTANCE_ATTRIBUTES={"rack": "1"}')),
    good(TOLD, "attributes that only the instance knows", told(_rack, 'ECS_INSTANCE_ATTRIBUTES={"rack": $RACK}')),
    good(TOLD, "attributes put by a command", told(_rack, "EOF", "aws ecs put-attributes --attributes name=rack")),
    good(TOLD, "what ECS's own attributes decide", told(f"{_rack} and {_arm}")),
    good(TOLD, "nothing but ECS's own attributes", told("attribute:ecs.vpc-id == vpc-1")),
    good(TOLD, "an attribute that must not be", told("attribute:rack !exists")),
    good(TOLD, "capacity of another program", told(_rack, base=member(_rack).without("fleet"))),
    bad(
        TOLD,
        "none",
        told(_rack),
        ("service", "placementConstraints[0].expression asks for attributes that the user data of no instance gives"),
    ),
    bad(
        TOLD,
        "another value",
        told(_rack, 'ECS_INSTANCE_ATTRIBUTES={"rack": "2"}', base=member(_rack, of_task=True)),
        ("web", "placementConstraints[0].expression asks for attributes that the user data of no instance gives"),
    ),
    unknown(TOLD, "user data not known", member(_rack, userData=UNKNOWN), "launch template template: userData"),
    good(MET, "a type that there is", member("attribute:ecs.instance-type =~ m4.*")),
    good(MET, "an architecture of one type", member(_arm, _two_types)),
    good(MET, "linux", member("attribute:ecs.os-type == linux")),
    good(
        MET, "a zone that there is", member("attribute:ecs.availability-zone == eu-central-1b", *SUBNETS, deployed=True)
    ),
    good(MET, "zones of another program", member(_zone, deployed=True)),
    good(MET, "one zone of another program", member(_zone, SUBNETS[0], deployed=True)),
    good(MET, "a type that is not named", member(_arm, instanceType=None)),
    good(MET, "a type newer than the table", member(_arm, instanceType="m99.large")),
    good(MET, "an attribute of their own", member("attribute:rack == 1 or attribute:ecs.instance-type == t3.micro")),
    good(MET, "a daemon's", member(_arm, member(_arm)["service"].but(schedulingStrategy="DAEMON"))),
    good(MET, "a task definition for Fargate", member(_arm, _fargate, of_task=True)),
    bad(
        MET,
        "a type",
        member("attribute:ecs.instance-type =~ t3.*"),
        ("service", f"{_none('instance-type')} tasks may be placed on"),
    ),
    bad(MET, "an architecture", member(_arm, deployed=True), ("service", _none("cpu-architecture"))),
    bad(
        MET,
        "of a task definition",
        member(_arm, of_task=True),
        ("web", f"{_none('cpu-architecture')} tasks of service service may be"),
    ),
    bad(MET, "a zone", member(_zone, *SUBNETS, deployed=True), ("service", _none("availability-zone"))),
    bad(
        MET,
        "a named zone",
        member(_zone, shop(False)["fleet"].but(vpcZoneIdentifiers=None, availabilityZones=["a"])),
        ("service", _none("availability-zone")),
    ),
    bad(MET, "Windows", member("attribute:ecs.os-type == linux", imageId=_windows), ("service", _none("os-type"))),
    bad(MET, "one of two", member(f"{_arm} and attribute:rack == 1"), ("service", _none("cpu-architecture"))),
    bad(
        MET,
        "a type newer than the table",
        member("attribute:ecs.instance-type == t3.micro", instanceType="m99.large"),
        ("service", _none("instance-type")),
    ),
    bad(MET, "each by itself, and not together", both("m4.large"), ("service", "that no instance matches all of")),
    good(MET, "together", both("m6g.large")),
    good(MET, "an expression that ECS refuses", member(f"{_arm} and")),
    unknown(
        MET,
        "an expression that only ECS reads",
        member(r"attribute:ecs.instance-type =~ \p{L}+", of_task=True),
        "web: placementConstraints[0].expression",
    ),
    unknown(MET, "type not known", member(_arm, instanceType=UNKNOWN), "launch template template: instanceType"),
    good(MET, "no constraint", shop(deployed=False)),
    good(MET, "instances enough, previewed", distinct(deployed=False)),
    good(MET, "instances enough, deployed", distinct()),
    good(
        MET,
        "another constraint",
        distinct(desiredCount=3).but(
            _three["service"].but(placementConstraints=[{"type": "memberOf", "expression": "attribute:rack == 1"}])
        ),
    ),
    good(MET, "a daemon", distinct(desiredCount=3, schedulingStrategy="DAEMON")),
    good(MET, "a count left to others", _three.but(replace(_three["service"], ignores=["desiredCount"]))),
    good(MET, "a size left to others", _three.but(replace(_three["fleet"], ignores=["maxSize"]))),
    good(MET, "no count", distinct(most=0, desiredCount=None)),
    good(MET, "launch type EC2", distinct(desiredCount=3, launchType="EC2", capacityProviderStrategies=[])),
    good(MET, "a provider of another program", distinct(desiredCount=3, capacityProviderStrategies=_both)),
    good(MET, "a group of another program", _three.without("fleet")),
    bad(MET, "too few, previewed", distinct(deployed=False, desiredCount=3), _found),
    bad(MET, "too few, deployed", _three, _found),
    bad(MET, "by the cluster's default", distinct(desiredCount=3, capacityProviderStrategies=[]), _found),
    bad(MET, "an entry that takes no task", distinct(desiredCount=3, capacityProviderStrategies=_unused), _found),
    unknown(MET, "size not known", distinct(most=UNKNOWN), "Auto Scaling group fleet: maxSize"),
    unknown(
        MET,
        "constraints not known",
        shop(deployed=False).but(shop(deployed=False)["service"].but(placementConstraints=UNKNOWN_LIST)),
        "service: placementConstraints",
    ),
]

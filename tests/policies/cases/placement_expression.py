"""Expressions of placement constraints that ECS cannot read."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import shop

SERVICE, TASK = "ecs-service-placement-expression", "ecs-task-definition-placement-expression"
_service, _web = shop(deployed=True)["service"], shop(deployed=True)["web"]
_distinct = {"type": "distinctInstance"}
_refused = "is no expression of the cluster query language from character"


def member(expression: Any) -> dict[str, Any]:
    return {"type": "memberOf", "expression": expression}


def constrained(*constraints: dict[str, Any]) -> list[Res]:
    return [_service.but(placementConstraints=list(constraints))]


def defined(expression: Any, **properties: Any) -> list[Res]:
    return [_web.but(placementConstraints=[member(expression)], **properties)]


ZONE = member("attribute:ecs.availability-zone == eu-central-1a")
WRONG = member("ecs.instance-type == t3.micro")
FARGATE = {"launchType": "FARGATE", "capacityProviderStrategies": []}

CASES = [
    good(SERVICE, "none", [_service]),
    good(SERVICE, "one, and no other than memberOf", constrained(_distinct, ZONE)),
    good(SERVICE, "none where one has to be", constrained({"type": "memberOf"})),
    good(SERVICE, "a pattern that only Java knows", constrained(member(r"attribute:ecs.instance-type =~ \p{L}+"))),
    good(SERVICE, "what is not documented", constrained(member("attribute:disk > 100"))),
    good(SERVICE, "Fargate", [constrained(WRONG)[0].but(**FARGATE)]),
    bad(
        SERVICE,
        "no prefix, and no operator",
        constrained(ZONE, WRONG, member("attribute:disk = hunter2")),
        ("service", f"placementConstraints[1].expression {_refused} 1 on"),
        ("service", f"placementConstraints[2].expression {_refused} 16 on"),
    ),
    unknown(SERVICE, "not known", constrained(member(UNKNOWN)), "service: placementConstraints[0].expression"),
    good(TASK, "none", [_web]),
    good(TASK, "one", [_web.but(placementConstraints=[ZONE])]),
    good(TASK, "Fargate", defined("x", requiresCompatibilities=["FARGATE"])),
    bad(
        TASK,
        "a parenthesis too many",
        defined("(attribute:a exists))"),
        ("web", f"placementConstraints[0].expression {_refused} 21 on"),
    ),
    unknown(TASK, "not known", defined(UNKNOWN), "web: placementConstraints[0].expression"),
]

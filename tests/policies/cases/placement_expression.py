"""What placement constraints say of instances."""

from tests.policies.case import bad, good, unknown
from tests.policies.cases.task_fit import on
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import Program, shop

RULE = "ecs-service-placement-expression"
NEW = shop(deployed=False)
ON = NEW.but(*on("m7i.large", "m7g.large"))
TYPE = "attribute:ecs.instance-type"


def member(expression: str, kind: str = "memberOf") -> list[dict[str, str]]:
    return [{"type": kind, "expression": expression}]


def service(expression: str, program: Program = ON) -> Program:
    return program.but(program["service"].but(placementConstraints=member(expression)))


def task(expression: str) -> Res:
    return ON["web"].but(placementConstraints=member(expression))


DISTINCT = ON["service"].but(placementConstraints=[{"type": "distinctInstance"}])
FARGATE = {"launchType": "FARGATE", "capacityProviderStrategies": []}

CASES = [
    good(RULE, "none", ON),
    good(RULE, "met by one type", service(f"{TYPE} =~ m7g.*")),
    good(RULE, "of attributes that only instances show", service("attribute:stack == prod")),
    good(RULE, "a type newer than the table", service(f"{TYPE} == x9.nano", NEW.but(*on("m99i.large")))),
    good(RULE, "no types named", service(f"{TYPE} == x9.nano", NEW)),
    good(
        RULE,
        "another type of constraint",
        ON.but(DISTINCT),
    ),
    good(RULE, "Fargate", ON.but(service(f"{TYPE} ==")["service"].but(**FARGATE))),
    bad(RULE, "no such type", service(f"{TYPE} == x9.nano"), ("service", f"asks for {TYPE} in a way that none of")),
    bad(
        RULE,
        "on the task definition",
        ON.but(task(f"{TYPE} =~ c7.*")),
        ("web", "[0].expression asks"),
    ),
    bad(RULE, "not to be read", service(f"{TYPE} =="), ("service", "expression cannot be read from character")),
    bad(RULE, "not to be read, no types named", service("(", NEW), ("service", "cannot be read from character 2 on")),
    unknown(RULE, "expression not known", service(UNKNOWN), "expression"),
]

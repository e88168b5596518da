"""Where services run task definitions."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, Res
from tests.policies.programs import Program, shop

RULE = "ecs-service-task-compatible"
NEW, DONE = shop(deployed=False), shop(deployed=True)
MANAGED = Res(
    NEW["capacity"].type, "managed", {"name": "managed", "managedInstancesProvider": {"infrastructureRoleArn": UNKNOWN}}
)


def program(*compatibilities: str, base: Program = NEW, **service: Any) -> Program:
    """The shop with a task definition of some compatibilities, and its service without a strategy but as given."""
    settings = {"capacityProviderStrategies": None, **service} if service else {}
    changed = base["service"].but(**settings)
    changed = changed.made(capacityProviderStrategies=[]) if service else changed
    return base.but(base["web"].but(requiresCompatibilities=list(compatibilities)), changed)


def by(*providers: str) -> dict[str, Any]:
    return {"capacityProviderStrategies": [{"capacityProvider": name, "weight": 1} for name in providers]}


FARGATE_CLUSTER = NEW["association"].but(
    capacityProviders=["FARGATE"], defaultCapacityProviderStrategies=[{"capacityProvider": "FARGATE", "weight": 1}]
)

CASES = [
    good(RULE, "none", NEW),
    good(RULE, "EC2", program("EC2")),
    good(RULE, "EC2, deployed", program("EC2", base=DONE)),
    good(RULE, "one of two", program("FARGATE", "EC2")),
    good(RULE, "small letters", program("ec2")),
    good(RULE, "EC2 as launch type", program("EC2", launchType="EC2")),
    good(RULE, "EC2 by default", program("EC2", desiredCount=2)),
    good(RULE, "Fargate", program("FARGATE", launchType="FARGATE")),
    good(RULE, "Fargate Spot", program("FARGATE", **by("FARGATE_SPOT"))),
    good(RULE, "Fargate by default", program("FARGATE", desiredCount=2).but(FARGATE_CLUSTER)),
    good(RULE, "ECS Anywhere", program("EXTERNAL", launchType="EXTERNAL")),
    good(RULE, "Managed Instances", program("FARGATE", **by("managed")).but(MANAGED)),
    good(RULE, "Managed Instances' task on EC2", program("MANAGED_INSTANCES", launchType="EC2")),
    good(RULE, "another program's capacity", program("FARGATE", **by("elsewhere"))),
    good(RULE, "another program's cluster", [
        one.but(cluster="elsewhere") if one.name == "service" else one
        for one in program("FARGATE", desiredCount=2)]),
    good(RULE, "a launch type that ECS does not know", program("FARGATE", launchType="MOON")),
    bad(RULE, "a strategy", program("FARGATE"),
        ("service", "runs task definition web on EC2, and requiresCompatibilities has FARGATE")),
    bad(RULE, "deployed", program("EXTERNAL", base=DONE), ("service", "Compatibilities has EXTERNAL")),
    bad(RULE, "a launch type", program("FARGATE", "EXTERNAL", launchType="EC2"),
        ("service", "on EC2, and requiresCompatibilities has EXTERNAL and FARGATE")),
    bad(RULE, "the default strategy", program("FARGATE", desiredCount=2), ("service", "on EC2, and")),
    bad(RULE, "no strategy at all", program("FARGATE", desiredCount=2).without("association", "capacity"),
        ("service", "on EC2, and")),
    bad(RULE, "on Fargate", program("EC2", launchType="FARGATE"),
        ("service", "on FARGATE, and requiresCompatibilities has EC2")),
    bad(RULE, "on Fargate Spot", program("EC2", **by("FARGATE_SPOT")), ("service", "on FARGATE, and")),
    bad(RULE, "ECS Anywhere", program("EC2", launchType="EXTERNAL"), ("service", "on EXTERNAL, and")),
    bad(RULE, "no launch type of ECS", program("hunter2"), ("service", "requiresCompatibilities has none of ECS")),
    unknown(RULE, "compatibilities", program(UNKNOWN), "web: requiresCompatibilities"),
    unknown(RULE, "strategy", NEW.but(*[
        one for one in program("FARGATE", capacityProviderStrategies=UNKNOWN_LIST) if one.name == "web"],
        NEW["service"].but(capacityProviderStrategies=UNKNOWN_LIST)), "service: capacityProviderStrategies"),
]  # fmt: skip

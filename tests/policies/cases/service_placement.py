"""Where the tasks of a service are placed."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, Res
from tests.policies.programs import shop

DAEMON, PLACEMENT = "ecs-service-daemon", "ecs-service-placement"
TASK, COUNT = "ecs-task-definition-placement", "ecs-service-placement-constraint-count"

NEW, DONE = shop(deployed=False), shop(deployed=True)
_service, _web = DONE["service"], DONE["web"]
_daemon = _service.but(schedulingStrategy="DAEMON", launchType="EC2", capacityProviderStrategies=[], desiredCount=None)
_distinct = {"type": "distinctInstance"}
_zone = {"type": "memberOf", "expression": "attribute:ecs.availability-zone == eu-central-1a"}
_spread = {"type": "spread", "field": "attribute:ecs.availability-zone"}


def ordered(*strategies: dict[str, Any]) -> list[Res]:
    return [_service.but(orderedPlacementStrategies=list(strategies))]


def constrained(*constraints: dict[str, Any]) -> list[Res]:
    return [_service.but(placementConstraints=list(constraints))]


def defined(*constraints: dict[str, Any]) -> list[Res]:
    return [_web.but(placementConstraints=list(constraints))]


def both(own: int, others: int) -> list[Res]:
    return [
        *DONE.but(
            _service.but(placementConstraints=[_zone] * own),
            _web.but(placementConstraints=[_zone] * others),
        )
    ]


CASES = [
    good(DAEMON, "a replica", [_service]),
    good(DAEMON, "a daemon", [_daemon]),
    good(
        DAEMON,
        "a count, twice as many, and constraints",
        [_daemon.but(desiredCount=1, deploymentMaximumPercent=200, placementConstraints=[_zone])],
    ),
    good(DAEMON, "a replica by CodeDeploy", [_service.but(deploymentController={"type": "CODE_DEPLOY"})]),
    bad(
        DAEMON,
        "strategies and a controller",
        [_daemon.but(orderedPlacementStrategies=[_spread], deploymentController={"type": "EXTERNAL"})],
        ("service", "is a daemon with orderedPlacementStrategies"),
        ("service", "is a daemon with the deployment controller EXTERNAL"),
    ),
    bad(DAEMON, "Fargate", [_daemon.but(launchType="FARGATE")], ("service", "with the launch type FARGATE")),
    bad(
        DAEMON,
        "Fargate Spot",
        [_daemon.but(launchType=None, capacityProviderStrategies=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}])],
        ("service", "with the capacity provider FARGATE_SPOT"),
    ),
    bad(
        DAEMON,
        "CodeDeploy",
        [_daemon.but(deploymentController={"type": "CODE_DEPLOY"})],
        ("service", "with the deployment controller CODE_DEPLOY"),
    ),
    unknown(DAEMON, "not known", [_service.but(schedulingStrategy=UNKNOWN)], "service: schedulingStrategy"),
    unknown(
        DAEMON,
        "strategies not known",
        [_daemon.but(orderedPlacementStrategies=UNKNOWN_LIST)],
        "service: orderedPlacementStrategies",
    ),
    good(PLACEMENT, "none", [_service]),
    good(PLACEMENT, "zones, then memory", ordered(_spread, {"type": "binpack", "field": "memory"})),
    good(PLACEMENT, "as AWS gives it back", ordered({"type": "binpack", "field": "MEMORY"})),
    good(PLACEMENT, "random", ordered({"type": "random", "field": ""})),
    good(PLACEMENT, "constraints", constrained(_distinct, _zone)),
    bad(
        PLACEMENT,
        "fields",
        ordered({"type": "spread", "field": "zone"}, {"type": "binpack", "field": "disk"}, {"type": "spread"}),
        ("service", "orderedPlacementStrategies[0].field is nothing to spread over. Give instanceId"),
        ("service", "orderedPlacementStrategies[1].field is nothing to pack by. Give cpu or memory."),
        ("service", "orderedPlacementStrategies[2].field is nothing to spread over"),
    ),
    bad(PLACEMENT, "six", ordered(*[_spread] * 6), ("service", "orderedPlacementStrategies has 6 entries, at most 5")),
    bad(PLACEMENT, "a type", ordered({"type": "pack"}), ("service", "[0].type is no placement strategy. Give random")),
    bad(
        PLACEMENT,
        "expressions",
        constrained({"type": "memberOf"}, {**_distinct, "expression": "task:group == service:db"}),
        ("service", "placementConstraints[0].expression is missing"),
        ("service", "placementConstraints[1].expression is not for the type distinctInstance"),
    ),
    bad(PLACEMENT, "eleven", constrained(*[_zone] * 11), ("service", "placementConstraints has 11 entries")),
    unknown(
        PLACEMENT,
        "both not known",
        [_service.but(orderedPlacementStrategies=UNKNOWN_LIST, placementConstraints=UNKNOWN_LIST)],
        "service: orderedPlacementStrategies",
        "service: placementConstraints",
    ),
    good(TASK, "none", [_web]),
    good(TASK, "one", defined(_zone)),
    good(TASK, "Fargate", [defined(_distinct)[0].but(requiresCompatibilities=["FARGATE"])]),
    bad(TASK, "of a service alone", defined(_distinct), ("web", "[0].type is no placement constraint here. Give memb")),
    bad(TASK, "no expression", defined({"type": "memberOf"}), ("web", "placementConstraints[0].expression is missing")),
    bad(TASK, "eleven", defined(*[_zone] * 11), ("web", "has 11 entries, at most 10 are allowed")),
    unknown(TASK, "not known", defined({**_zone, "expression": UNKNOWN}), "web: placementConstraints[0].expression"),
    good(COUNT, "none", NEW),
    good(COUNT, "ten", both(4, 6)),
    good(COUNT, "too many by itself", both(11, 1)),
    good(COUNT, "too many in the task definition", both(1, 11)),
    good(
        COUNT,
        "Fargate",
        [
            *DONE.but(*both(10, 10)).but(
                both(10, 10)[-1].but(launchType="FARGATE", capacityProviderStrategies=[]),
            )
        ],
    ),
    bad(COUNT, "eleven", both(5, 6), ("service", "has 5 placementConstraints, and task definition web has 6")),
    unknown(
        COUNT,
        "not known",
        DONE.but(_service.but(placementConstraints=[_zone]), _web.but(placementConstraints=UNKNOWN_LIST)),
        "web: placementConstraints",
    ),
]

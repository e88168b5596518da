"""What an ECS service says of itself."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_OBJECT
from tests.policies.programs import shop

BOTH = "ecs-service-launch-type-or-strategy"
STRATEGY = "ecs-service-capacity-provider-strategy"
BREAKER = "ecs-service-circuit-breaker"
CLUSTER = "ecs-service-cluster"

_service = shop(True)["service"]
_homeless = _service.but(cluster=None, capacityProviderStrategies=[])
_bare = _service.but(deploymentCircuitBreaker=None)


def entry(name: str, **numbers: Any) -> dict[str, Any]:
    return {"capacityProvider": name, **numbers}


def strategy(*entries: dict[str, Any]) -> Any:
    return [_service.but(capacityProviderStrategies=list(entries))]


_breaker = {"enable": True, "rollback": True}

CASES = [
    good(BOTH, "a strategy alone", [_service]),
    good(BOTH, "a launch type alone", [_service.but(launchType="EC2", capacityProviderStrategies=[])]),
    bad(BOTH, "both", [_service.but(launchType="EC2")], ("service", "states launchType and capacityProvider")),
    unknown(BOTH, "launch type not known", [_service.but(launchType=UNKNOWN)], "service: launchType"),
    good(STRATEGY, "a valid one", [_service]),
    good(STRATEGY, "none", strategy()),
    good(STRATEGY, "names not known", strategy(entry(UNKNOWN, weight=1), entry(UNKNOWN, weight=1))),
    bad(STRATEGY, "all weights 0", strategy(entry("a"), entry("b")), ("service", "the weight 0")),
    bad(STRATEGY, "mixed", strategy(entry("a", weight=1), entry("FARGATE", weight=1)), ("service", "mixes FARGATE")),
    bad(STRATEGY, "heavy", strategy(entry("a", weight=1001)), ("service", "[0].weight: 1001 is not a weight")),
    unknown(STRATEGY, "weight not known", strategy(entry("a", weight=UNKNOWN)), "[0].weight"),
    good(CLUSTER, "named", [_service]),
    good(CLUSTER, "not known yet", [shop(False)["service"]]),
    good(CLUSTER, "Fargate", [_service.but(cluster=None, launchType="FARGATE", capacityProviderStrategies=[])]),
    bad(CLUSTER, "none", [_service.but(cluster=None)], ("service", "names no cluster")),
    bad(CLUSTER, "none, nor any capacity", [_homeless], ("service", "names no cluster")),
    unknown(CLUSTER, "launch type not known", [_homeless.but(launchType=UNKNOWN)], "service: launchType"),
    good(BREAKER, "on", [_service.but(deploymentCircuitBreaker=_breaker)]),
    good(BREAKER, "a daemon", [_bare.but(schedulingStrategy="DAEMON")]),
    good(
        BREAKER,
        "CodeDeploy",
        [_bare.but(deploymentController={"type": "CODE_DEPLOY"})],
    ),
    good(
        BREAKER,
        "blue/green",
        [_bare.but(deploymentConfiguration={"strategy": "BLUE_GREEN"})],
    ),
    good(
        BREAKER,
        "Fargate",
        [_bare.but(launchType="FARGATE", capacityProviderStrategies=[])],
    ),
    bad(BREAKER, "none", [_bare], ("service", "does not set enable and rollback")),
    bad(
        BREAKER,
        "no rollback",
        [_service.but(deploymentCircuitBreaker={"enable": True, "rollback": False})],
        ("service", "does not set rollback"),
    ),
    unknown(
        BREAKER,
        "not known",
        shop(False).but(
            shop(False)["service"].but(deploymentCircuitBreaker=UNKNOWN_OBJECT).made(deploymentCircuitBreaker=["web"])
        ),
        "service: deploymentCircuitBreaker",
    ),
]

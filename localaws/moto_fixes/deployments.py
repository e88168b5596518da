"""Amazon ECS: what CreateService and UpdateService refuse of deployments that move traffic.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-implementation.html.
"""

from __future__ import annotations

from typing import Any

from moto.ecs.exceptions import InvalidParameterException

Parameters = dict[str, Any]
_STEPS = {"LINEAR": "linearConfiguration", "CANARY": "canaryConfiguration"}


def check_strategy_of_deployment(parameters: Parameters) -> None:
    """The strategy has what it needs, and nothing of another one."""
    configuration = parameters.get("deploymentConfiguration") or {}
    strategy = configuration.get("strategy") or "ROLLING"
    if strategy == "ROLLING":
        return
    if parameters.get("schedulingStrategy") == "DAEMON":
        raise InvalidParameterException(f"The deployment strategy {strategy} is not supported for daemons.")
    if (configuration.get("deploymentCircuitBreaker") or {}).get("enable"):
        raise InvalidParameterException(f"The deployment circuit breaker is not supported with strategy {strategy}.")
    if parameters.get("serviceRegistries"):
        raise InvalidParameterException(f"Service registries are not supported with strategy {strategy}.")
    if strategy in _STEPS and not _traffic(parameters):
        raise InvalidParameterException(f"Strategy {strategy} needs a load balancer or Service Connect.")
    for other in set(_STEPS) - {strategy}:
        if configuration.get(_STEPS[other]):
            raise InvalidParameterException(f"{_STEPS[other]} is only valid with strategy {other}.")
    for balancer in parameters.get("loadBalancers") or []:
        advanced = balancer.get("advancedConfiguration") or {}
        if missing := {"alternateTargetGroupArn", "productionListenerRule", "roleArn"} - set(advanced):
            raise InvalidParameterException(f"advancedConfiguration lacks {', '.join(sorted(missing))}.")


def _traffic(parameters: Parameters) -> bool:
    connect = parameters.get("serviceConnectConfiguration") or {}
    return bool(parameters.get("loadBalancers") or (connect.get("enabled") and connect.get("services")))

"""The deployment circuit breaker: after so many tasks that failed, a deployment fails and is rolled back.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html,
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentCircuitBreaker.html.

Without a circuit breaker ECS goes on starting tasks, ever more rarely. Time is not played: it gives up here after as
many as the circuit breaker would allow.
"""

from __future__ import annotations

import math
from typing import Any

from moto.core.utils import utcnow

from localaws.agents import deployments, events

LEAST, MOST = 3, 200
EXCEEDED = "Service deployment rolled back because the circuit breaker threshold was exceeded."
NO_CANDIDATE = "No rollback candidate was found to run the rollback."
_WHY = "ECS deployment circuit breaker: "
Deployment = dict[str, Any]


def threshold(service: Any) -> int:
    """How many tasks of a deployment may fail before it does."""
    told = _breaker(service).get("thresholdConfiguration") or {}
    kind, value = told.get("type") or "BOUNDED_PERCENT", told.get("value", 50)
    if kind == "COUNT":
        return int(value)
    part: int = math.ceil(service.desired_count * value / 100)
    return min(MOST, max(LEAST, part)) if kind == "BOUNDED_PERCENT" else max(1, part)


def is_open(service: Any) -> bool:
    """Whether the newest deployment starts no more tasks."""
    newest = deployments.primary(service)
    return bool(newest["rolloutState"] == "FAILED" or newest["failedTasks"] >= threshold(service))


def count(service: Any) -> None:
    """One more task of the newest deployment failed."""
    newest = deployments.primary(service)
    newest["failedTasks"] += 1
    newest["updatedAt"] = utcnow()
    if not is_open(service):
        return
    if _breaker(service).get("enable"):
        _fail(service, newest)
    else:
        events.tell(service, f"is unable to consistently start tasks successfully. {events.SEE}")


def told(service: Any, deployment: Deployment) -> dict[str, Any]:
    """What DescribeServiceDeployments tells of a deployment's circuit breaker, and of its rollback."""
    enabled = bool(_breaker(service).get("enable"))
    failed = deployment["rolloutState"] == "FAILED"
    done = deployment["rolloutState"] == "COMPLETED"
    status = "TRIGGERED" if failed else "MONITORING_COMPLETE" if done else "MONITORING"
    breaker = {
        "status": status if enabled else "DISABLED",
        "failureCount": deployment["failedTasks"],
        "threshold": threshold(service),
    }
    rollback = _rollbacks(service).get(deployment["id"])
    reason = {"statusReason": rollback["statusReason"]} if rollback else {}
    began = {"rollback": {"reason": EXCEEDED, "startedAt": rollback["startedAt"]}} if rollback else {}
    return {"deploymentCircuitBreaker": breaker, **reason, **began}


def outcome(service: Any, deployment: Deployment) -> str:
    """The status of the service deployment that failed."""
    rollback = _rollbacks(service).get(deployment["id"])
    if rollback is None:
        return "STOPPED"
    if rollback["to"] is None:
        return "ROLLBACK_FAILED"
    return "ROLLBACK_SUCCESSFUL" if rollback["to"]["rolloutState"] == "COMPLETED" else "ROLLBACK_IN_PROGRESS"


def _fail(service: Any, deployment: Deployment) -> None:
    deployment |= {"rolloutState": "FAILED", "rolloutStateReason": f"{_WHY}tasks failed to start."}
    events.tell(service, f"(deployment {deployment['id']}) deployment failed: tasks failed to start.")
    if _breaker(service).get("rollback"):
        completed = (each for each in deployments.begun(service) if each["rolloutState"] == "COMPLETED")
        last = next(completed, None)
        _rollbacks(service)[deployment["id"]] = {
            "to": last,
            "startedAt": utcnow(),
            "statusReason": EXCEEDED if last else NO_CANDIDATE,
        }
        if last is not None:
            events.tell(service, f"rolling back to deployment {last['id']}.")
            deployments.resume(service, last, f"{_WHY}rolling back to deploymentId {last['id']}.")


def _breaker(service: Any) -> dict[str, Any]:
    found: dict[str, Any] = service.deployment_configuration.get("deploymentCircuitBreaker") or {}
    return found


def _rollbacks(service: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = vars(service).setdefault("rollbacks_of_deployments", {})
    return found

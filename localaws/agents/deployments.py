"""A service's deployments: the newest is PRIMARY, older ones are ACTIVE while they have tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from localaws.agents import events, shifts
from localaws.agents.tasks import PlayedTask

STARTING = frozenset(
    {
        "taskDefinition",
        "networkConfiguration",
        "platformVersion",
        "loadBalancers",
        "serviceRegistries",
        "serviceConnectConfiguration",
        "volumeConfigurations",
        "vpcLatticeConfigurations",
    }
)
"""The parameters of UpdateService that start a deployment (API_UpdateService), as forceNewDeployment does."""


def primary(service: Any) -> dict[str, Any]:
    """The newest deployment."""
    found: dict[str, Any] = service.deployments[0]
    return found


def begun(service: Any) -> list[dict[str, Any]]:
    """Every deployment that it ever began, the newest first."""
    found: list[dict[str, Any]] = vars(service).setdefault("deployments_begun", [])
    return found


def begin(service: Any) -> None:
    """A new deployment of a service as it is now; whatever it had before is older."""
    id_, now = f"ecs-svc/{mock_random.randint(10**18, 10**19 - 1)}", utcnow()
    strategy, volumes = service.capacity_provider_strategy, getattr(service, "volume_configurations", None)
    connect = getattr(service, "service_connect_configuration", None)
    for older in service.deployments:
        older["status"] = "ACTIVE"
    new = {
        "id": id_,
        "status": "PRIMARY",
        "taskDefinition": service.task_definition,
        "createdAt": now,
        "updatedAt": now,
        "failedTasks": 0,
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment {id_} in progress.",
        **({"volumeConfigurations": volumes} if volumes else {}),
        **({"serviceConnectConfiguration": connect} if connect else {}),
        **({"capacityProviderStrategy": strategy} if strategy else {"launchType": service.launch_type}),
    }
    service.deployments = [new, *service.deployments]
    shifts.begin(service, id_)
    begun(service).insert(0, new)
    count(service, [])


def resume(service: Any, deployment: dict[str, Any], reason: str) -> None:
    """An earlier deployment becomes the newest again, with the tasks it has; the service is what it was then."""
    for each in service.deployments:
        each["status"] = "ACTIVE"
    deployment |= {"status": "PRIMARY", "rolloutState": "IN_PROGRESS", "rolloutStateReason": reason, "failedTasks": 0}
    deployment["updatedAt"] = utcnow()
    service.deployments = [deployment, *(each for each in service.deployments if each is not deployment)]
    service.task_definition = deployment["taskDefinition"]
    service.capacity_provider_strategy = deployment.get("capacityProviderStrategy", [])
    service.launch_type = deployment.get("launchType")
    for key, attribute in _PER_DEPLOYMENT.items():
        if key in deployment:
            setattr(service, attribute, deployment[key])


_PER_DEPLOYMENT = {
    "volumeConfigurations": "volume_configurations",
    "serviceConnectConfiguration": "service_connect_configuration",
}


def count(service: Any, tasks: Sequence[PlayedTask]) -> None:
    """Running, pending and desired tasks of a service and of each of its deployments."""
    service.running_count = sum(not task.waits for task in tasks)
    service.pending_count = len(tasks) - service.running_count
    for deployment in service.deployments:
        own = [task for task in tasks if task.started_by == deployment["id"]]
        deployment["runningCount"] = sum(not task.waits for task in own)
        deployment["pendingCount"] = len(own) - deployment["runningCount"]
        deployment["desiredCount"] = service.desired_count if deployment["status"] == "PRIMARY" else 0


def conclude(service: Any, tasks: Sequence[PlayedTask]) -> None:
    """The counts, and whether the newest deployment is complete; older ones without tasks are forgotten."""
    alive = {task.started_by for task in tasks}
    service.deployments = [each for each in service.deployments if each["status"] == "PRIMARY" or each["id"] in alive]
    count(service, tasks)
    newest = primary(service)
    complete = len(service.deployments) == 1 and newest["runningCount"] == service.desired_count
    if complete and newest["rolloutState"] == "IN_PROGRESS":
        shifts.conclude(service, newest["id"])
        newest |= {"rolloutState": "COMPLETED", "rolloutStateReason": f"ECS deployment {newest['id']} completed."}
        newest["updatedAt"] = utcnow()
        events.tell(service, f"(deployment {newest['id']}) deployment completed.")
    if complete and not service.pending_count and service.events:
        events.tell(service, "has reached a steady state.")

"""Service deployments, which moto does not know: each deployment that a service began, and how it ended.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.responses import EC2ContainerServiceResponse

from localaws.agents import circuit, deployments


def _list(self: Any) -> Any:
    """ListServiceDeployments of one service, the newest first."""
    parameters = self._get_params()
    cluster = self.ecs_backend._get_cluster(parameters.get("cluster") or "default")
    service = next(
        (each for each in _services(self.ecs_backend, cluster.name) if each.name == _last(parameters["service"])), None
    )
    if service is None:
        raise InvalidParameterException("The referenced service was not found.")
    wanted = set(parameters.get("status") or [])
    found = [each for each in _of(service) if not wanted or each["status"] in wanted]
    names = (
        "serviceDeploymentArn",
        "serviceArn",
        "clusterArn",
        "createdAt",
        "startedAt",
        "finishedAt",
        "status",
        "statusReason",
    )
    listed = [{name: each[name] for name in names if name in each} for each in found]
    return ActionResult({"serviceDeployments": listed[: parameters.get("maxResults") or 100]})


def _describe(self: Any) -> Any:
    """DescribeServiceDeployments, by their ARNs."""
    backend = self.ecs_backend
    known = {
        each["serviceDeploymentArn"]: each
        for cluster in backend.clusters
        for service in _services(backend, cluster)
        for each in _of(service)
    }
    named = self._get_params()["serviceDeploymentArns"]
    return ActionResult(
        {
            "serviceDeployments": [known[arn] for arn in named if arn in known],
            "failures": [{"arn": arn, "reason": "MISSING"} for arn in named if arn not in known],
        }
    )


def _services(backend: Any, cluster: str) -> list[Any]:
    return [each for each in backend.services.values() if _last(each.cluster_arn) == cluster]


def _of(service: Any) -> Iterator[dict[str, Any]]:
    """A service's deployments; one that a newer one overtook has stopped."""
    for each in deployments.begun(service):
        ended = each["rolloutState"] in ("COMPLETED", "FAILED")
        yield {
            "serviceDeploymentArn": service.arn.replace(":service/", ":service-deployment/") + f"/{_last(each['id'])}",
            "serviceArn": service.arn,
            "clusterArn": service.cluster_arn,
            "createdAt": each["createdAt"],
            "startedAt": each["createdAt"],
            "updatedAt": each["updatedAt"],
            **({"finishedAt": each["updatedAt"]} if ended else {}),
            "status": _status(service, each),
            **circuit.told(service, each),
        }


def _status(service: Any, deployment: dict[str, Any]) -> str:
    state = deployment["rolloutState"]
    if state == "FAILED":
        return circuit.outcome(service, deployment)
    # One that is rolled back to was successful before.
    if state == "COMPLETED" or "rolling back" in deployment["rolloutStateReason"]:
        return "SUCCESSFUL"
    return "IN_PROGRESS" if deployment is deployments.primary(service) else "STOPPED"


def _last(arn: str) -> str:
    return arn.rpartition("/")[2]


setattr(EC2ContainerServiceResponse, "list_service_deployments", _list)  # noqa: B010 - moto finds operations by name
setattr(EC2ContainerServiceResponse, "describe_service_deployments", _describe)  # noqa: B010

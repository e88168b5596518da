"""Amazon ECS: what tasks on ECS Managed Instances may not ask for.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-tasks-services.html.
"""

from __future__ import annotations

from typing import Any

from moto.ecs.exceptions import EcsClientException, InvalidParameterException
from moto.ecs.responses import EC2ContainerServiceResponse

from localaws.moto_fixes.managed_model import is_managed
from localaws.moto_fixes.patch import around

KIND = "MANAGED_INSTANCES"
_MODES = ("awsvpc", "host")
_OF_TASK = ("ephemeralStorage", "inferenceAccelerators", "ipcMode", "proxyConfiguration")
_OF_CONTAINER = (
    "disableNetworking",
    "dnsSearchDomains",
    "dnsServers",
    "dockerLabels",
    "dockerSecurityOptions",
    "extraHosts",
    "hostname",
    "links",
)
_OF_VOLUME = ("dockerVolumeConfiguration", "fsxWindowsFileServerVolumeConfiguration")
_OF_LINUX = ("maxSwap", "sharedMemorySize", "swappiness", "tmpfs")


def _refused(parameters: dict[str, Any]) -> list[str]:
    """The parameters that a task definition may not have."""
    found = [name for name in _OF_TASK if parameters.get(name)]
    for container in parameters.get("containerDefinitions") or []:
        found += [name for name in _OF_CONTAINER if container.get(name)]
        found += [name for name in _OF_LINUX if (container.get("linuxParameters") or {}).get(name) not in (None, [])]
    for volume in parameters.get("volumes") or []:
        found += [name for name in _OF_VOLUME if volume.get(name)]
        if (volume.get("host") or {}).get("sourcePath"):
            found.append("sourcePath")
    return found


@around(EC2ContainerServiceResponse, "register_task_definition")
def _register(original: Any, self: Any) -> Any:
    parameters = self._get_params()
    if KIND not in (parameters.get("requiresCompatibilities") or []):
        return original(self)
    mode = parameters.get("networkMode") or "awsvpc"
    if mode not in _MODES:
        raise EcsClientException(f"Networking mode for {KIND} must be {' or '.join(_MODES)}, not {mode}.")
    if refused := _refused(parameters):
        raise EcsClientException(f"{', '.join(sorted(set(refused)))} is not supported for {KIND}.")
    answer = original(self)
    answer.result["taskDefinition"].compatibilities = ["EC2", KIND]
    return answer


def check(backend: Any, definition: Any, strategy: list[dict[str, Any]]) -> None:
    """CreateService, RunTask: a strategy of Managed Instances takes tasks of their network modes."""
    managed = any(is_managed(backend._get_provider(item["capacityProvider"])) for item in strategy)
    if managed and definition.network_mode not in _MODES:
        raise InvalidParameterException(
            f"The task definition's network mode {definition.network_mode} is not supported by the capacity provider "
            "strategy. Use awsvpc or host."
        )

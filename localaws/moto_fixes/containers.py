"""Amazon ECS: container definitions that RegisterTaskDefinition refuses.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html, API_PortMapping.html.
"""

from __future__ import annotations

from typing import Any

from moto.ecs.exceptions import EcsClientException
from moto.ecs.responses import EC2ContainerServiceResponse

from localaws.moto_fixes.patch import around

MINIMUM_MEMORY = 6
"""MiB; the agent passes it to Docker, which takes no less."""
Container = dict[str, Any]


def _check_memory(container: Container, task_memory: str | None) -> None:
    name, hard, soft = container.get("name"), container.get("memory"), container.get("memoryReservation")
    if hard is None and soft is None and not task_memory:
        raise EcsClientException(
            f"Invalid setting for container '{name}'. At least one of 'memory' or 'memoryReservation' must be "
            "specified."
        )
    if hard is not None and soft is not None and soft > hard:
        raise EcsClientException(
            f"Invalid setting for container '{name}'. 'memory' must be greater than or equal to 'memoryReservation'."
        )
    for key, value in (("memory", hard), ("memoryReservation", soft)):
        if value is not None and value < MINIMUM_MEMORY:
            raise EcsClientException(
                f"Invalid setting for container '{name}'. '{key}' must be at least {MINIMUM_MEMORY} MiB."
            )


def _check_ports(container: Container, mode: str) -> None:
    for port in container.get("portMappings", []):
        host = port.get("hostPort")
        if mode in ("awsvpc", "host") and host not in (None, 0, port.get("containerPort")):
            raise EcsClientException(
                f"When networkMode={mode}, the host ports and container ports in port mappings must match."
            )


def _check_names(containers: list[Container], mode: str) -> None:
    names = [container.get("name") for container in containers]
    if len(set(names)) < len(names):
        raise EcsClientException("Container names must be unique within a task definition.")
    if not any(container.get("essential", True) for container in containers):
        raise EcsClientException("At least one container must be marked as essential.")
    for container in containers:
        for other in container.get("dependsOn", []):
            if other.get("containerName") not in names or other.get("containerName") == container.get("name"):
                raise EcsClientException(
                    f"Container '{container.get('name')}' depends on '{other.get('containerName')}', which is no other "
                    "container of the task definition."
                )
        if container.get("links") and mode != "bridge":
            raise EcsClientException(f"Links are not supported when networkMode={mode}.")


def _check_fixed_ports(containers: list[Container]) -> None:
    taken: set[tuple[int, str]] = set()
    for container in containers:
        for port in container.get("portMappings", []):
            key = (port.get("hostPort", 0), port.get("protocol", "tcp"))
            if key[0] and key in taken:
                raise EcsClientException(f"Host port {key[0]} is mapped more than once in the task definition.")
            taken.add(key)


def _check_volumes(containers: list[Container], volumes: list[dict[str, Any]]) -> None:
    names = [volume.get("name") for volume in volumes]
    if len(set(names)) < len(names):
        raise EcsClientException("Volume names must be unique within a task definition.")
    for volume in volumes:
        if sum(key in volume for key in ("host", "dockerVolumeConfiguration", "efsVolumeConfiguration")) > 1:
            raise EcsClientException(f"Volume '{volume.get('name')}' has more than one configuration.")
    for container in containers:
        for mount in container.get("mountPoints", []):
            if mount.get("sourceVolume") not in names:
                raise EcsClientException(f"Unknown volume '{mount.get('sourceVolume')}'.")


def _check_ulimits(container: Container) -> None:
    for limit in container.get("ulimits", []):
        if limit["hardLimit"] != -1 and not -1 < limit["softLimit"] <= limit["hardLimit"]:
            raise EcsClientException(f"The soft limit of ulimit '{limit['name']}' must not exceed its hard limit.")


def _check_total(containers: list[Container], task_memory: str | None) -> None:
    total = sum(item.get("memoryReservation") or item.get("memory") or 0 for item in containers)
    if task_memory and task_memory.isdigit() and total > int(task_memory):
        raise EcsClientException(
            f"The memory of the containers ({total} MiB) is more than the task's ({task_memory} MiB)."
        )


@around(EC2ContainerServiceResponse, "register_task_definition")
def _register(original: Any, self: Any) -> Any:
    parameters = self._get_params()
    containers, memory = parameters.get("containerDefinitions", []), parameters.get("memory")
    mode = parameters.get("networkMode") or "bridge"
    if not containers:
        raise EcsClientException("Container list cannot be empty.")
    for container in containers:
        _check_memory(container, memory)
        _check_ports(container, mode)
        _check_ulimits(container)
    _check_volumes(containers, parameters.get("volumes") or [])
    _check_names(containers, mode)
    _check_fixed_ports(containers)
    _check_total(containers, memory)
    answer = original(self)
    task = answer.result["taskDefinition"]
    task.network_mode = "awsvpc" if task.network_mode == "awsvpc" and not parameters.get("networkMode") else mode
    task.enable_fault_injection = parameters.get("enableFaultInjection", False)
    for container in task.container_definitions:
        for port in container["portMappings"]:
            port.setdefault("protocol", "tcp")
            port.setdefault("hostPort", 0 if mode == "bridge" else port["containerPort"])
    return answer

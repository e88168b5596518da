"""Container definitions, written as canonical JSON.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

import json
from collections.abc import Mapping
from typing import Any

from ecs_model.container_option_definitions import written_options
from ecs_model.containers import Container, ContainerHealthCheck, PortMapping
from ecs_model.log_definitions import Awslogs, written_logs
from ecs_model.network_modes import NetworkMode
from ecs_model.volumes import writable_volume


def definitions(
    containers: Mapping[str, Container],
    mode: NetworkMode,
    logs: Awslogs,
    region: str,
    *,
    execute_command: bool = False,
) -> list[dict[str, Any]]:
    """The task definition's `containerDefinitions`, sorted, with ECS's defaults written out.

    `execute_command` gives every container an init process, which reaps what sessions of ECS Exec leave behind
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html).

    Sorted and explicit, so that a second deployment of the same settings differs in nothing (pulumi-aws#1738, #5256).
    """
    return [
        _definition(name, container, mode, region)
        | written_options(container, execute_command=execute_command)
        | written_logs(container, logs)
        for name, container in sorted(containers.items())
    ]


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _definition(name: str, c: Container, mode: NetworkMode, region: str) -> dict[str, Any]:
    # Containers cannot always ask the instance metadata service for their region, so they are told.
    told = {} if "AWS_REGION" in c.secrets else {"AWS_REGION": region}
    environment = told | c.environment
    whole: dict[str, Any] = {
        "name": name,
        "image": c.image,
        "cpu": c.cpu,
        "memory": c.memory,
        "memoryReservation": c.memory_reservation,
        "essential": c.essential,
        "portMappings": [_port_mapping(port, mode) for port in sorted(c.port_mappings, key=lambda p: p.listens.start)],
        "environment": [{"name": key, "value": value} for key, value in sorted(environment.items())],
        "secrets": [{"name": key, "valueFrom": arn} for key, arn in sorted(c.secrets.items())] or None,
        "environmentFiles": [{"type": "s3", "value": arn} for arn in c.environment_files] or None,
        "command": c.command or None,
        "entryPoint": c.entry_point or None,
        "links": sorted(c.links) or None,
        "dependsOn": [{"containerName": d.container_name, "condition": d.condition.value} for d in c.depends_on]
        or None,
        "healthCheck": _health_check(c.health_check),
        "user": c.user,
        "readonlyRootFilesystem": c.readonly_root_filesystem,
        "mountPoints": _mount_points(name, c),
        "volumesFrom": [
            {"sourceContainer": each.source_container, "readOnly": each.read_only}
            for each in sorted(c.volumes_from, key=lambda each: each.source_container)
        ],
    }
    return {key: value for key, value in whole.items() if value is not None}


def _port_mapping(port: PortMapping, mode: NetworkMode) -> dict[str, Any]:
    if port.container_port_range:
        return {"containerPortRange": port.container_port_range, "protocol": port.protocol.value}
    host_port = (port.host_port or 0) if mode is NetworkMode.BRIDGE else port.container_port
    named = {"name": port.name} if port.name else {}
    spoken = {"appProtocol": port.app_protocol.value} if port.app_protocol else {}
    mapped = {"containerPort": port.container_port, "hostPort": host_port, "protocol": port.protocol.value}
    return mapped | named | spoken


def _mount_points(name: str, c: Container) -> list[dict[str, Any]]:
    writable = [
        {"sourceVolume": writable_volume(name, path), "containerPath": path, "readOnly": False}
        for path in c.writable_paths
    ]
    volumes = [
        {"sourceVolume": mount.source_volume, "containerPath": mount.container_path, "readOnly": mount.read_only}
        for mount in c.mount_points
    ]
    return sorted(writable + volumes, key=lambda mount: mount["containerPath"])


def _health_check(check: ContainerHealthCheck | None) -> dict[str, Any] | None:
    if check is None:
        return None
    return {
        "command": check.command,
        "interval": check.interval,
        "timeout": check.timeout,
        "retries": check.retries,
        "startPeriod": check.start_period,
    }

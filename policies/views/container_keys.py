"""Amazon ECS: how the keys of a container definition are written."""

from typing import Any

_KEYS = {
    key.lower(): key
    for key in (
        "name",
        "portMappings",
        "containerPort",
        "containerPortRange",
        "hostPort",
        "protocol",
        "memory",
        "memoryReservation",
        "cpu",
        "essential",
        "links",
        "dependsOn",
        "containerName",
        "condition",
        "healthCheck",
        "mountPoints",
        "sourceVolume",
        "volumesFrom",
        "sourceContainer",
        "secrets",
        "environmentFiles",
        "logConfiguration",
        "logDriver",
        "options",
        "secretOptions",
        "repositoryCredentials",
        "credentialsParameter",
        "valueFrom",
        "environment",
        "value",
        "command",
        "entryPoint",
        "dockerLabels",
        "image",
        "privileged",
        "user",
        "readonlyRootFilesystem",
        "linuxParameters",
        "capabilities",
        "add",
    )
}
"""The AWS provider reads container definitions without regard to capitals, and so must a policy."""


def spelled(definition: dict[str, Any]) -> dict[str, Any]:
    """An object of a container definition with the schema's own capitals."""
    return {_KEYS.get(key.lower(), key): value for key, value in definition.items()}

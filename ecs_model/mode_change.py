"""Services whose network mode another deployment cannot change.

UpdateService changes a service's network configuration, which tasks of mode awsvpc need and no others take, and has
nothing that takes it away: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ecs_model.network_modes import NetworkMode
from ecs_model.problem import Problem

TASK_GROUPS = "taskSecurityGroups"
"""The stack's output that has the security groups of tasks of mode awsvpc, by the keys of their services."""


def leaving_awsvpc(outputs: Mapping[str, Any], modes: Mapping[str, NetworkMode]) -> Iterator[Problem]:
    """Services that the last deployment, whose outputs these are, left in mode awsvpc, and that are to have another."""
    for key in outputs.get(TASK_GROUPS) or {}:
        mode = modes.get(key, NetworkMode.AWSVPC)
        if mode is not NetworkMode.AWSVPC:
            yield Problem(
                ("services", str(key), "networkMode"),
                f"{mode.value} follows on awsvpc, and ECS never takes a live service's network configuration away: "
                f"give the service another key under services, such as {key}-{mode.value}, and no formerNames, so that "
                "a new one takes its place; or leave it awsvpc",
            )

"""Targets: a running task's ports, or its address, in the target groups of its service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.elbv2.models import elbv2_backends

from localaws.agents.tasks import PlayedTask


def register(task: PlayedTask, backend: Any) -> None:
    """Register a task that has just started with the target groups in its `balancers`."""
    groups = _groups(backend)
    for balancer in task.balancers:
        group = groups.get(balancer.get("targetGroupArn") or "")
        if group is not None:
            for target in _targets(task, balancer):
                group.register([target])
                task.targets.append((group.arn, target))


def deregister(task: PlayedTask, backend: Any) -> None:
    """Take a task that stops out of its target groups; those that were deleted since are of no concern."""
    groups = _groups(backend)
    for arn, target in task.targets:
        if arn in groups and groups[arn].has(target):
            groups[arn].deregister([target])
    task.targets = []


def _groups(backend: Any) -> dict[str, Any]:
    return dict(elbv2_backends[backend.account_id][backend.region_name].target_groups)


def _targets(task: PlayedTask, balancer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    name, port = balancer.get("containerName"), balancer.get("containerPort")
    if task.address:
        yield {"Id": task.address, "Port": port}
        return
    for container in task.containers:
        for binding in getattr(container, "network_bindings", []):
            if container.name == name and binding["containerPort"] == port:
                yield {"Id": task.machine_id, "Port": binding["hostPort"]}

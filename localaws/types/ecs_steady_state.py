"""Amazon ECS: waiting for the steady state of a service, and why it is not reached."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from localaws.kind import Failed, Target
from localaws.wire import Properties

SECONDS = 20 * 60.0


def wait(target: Target, describe: Callable[[], Properties | None], cluster: str) -> None:
    """Return once the service is steady. Raises Failed where its deployment fails, is rolled back or takes too long."""
    deadline, pause = time.monotonic() + (target.timeout or SECONDS), 0.05
    while True:
        service = describe()
        if service is None:
            raise Failed("the service is gone while it was waited for")
        primary = service.get("deployments", [{}])[0]
        if primary.get("rolloutState") == "FAILED":
            reason = primary.get("rolloutStateReason", "no reason given")
            raise Failed(f"the deployment failed: {reason}{_stopped(target, cluster)}")
        if primary.get("taskDefinition", service["taskDefinition"]) != _wanted(target, service):
            raise Failed(f"the deployment failed and was rolled back to {_rolled_back(target, service, cluster)}")
        if service["runningCount"] == service["desiredCount"] and len(service.get("deployments", [])) == 1:
            return
        if time.monotonic() > deadline:
            raise Failed(
                f"time-out while waiting for a steady state: {service['runningCount']} of "
                f"{service['desiredCount']} tasks run; {_last_event(service)}{_stopped(target, cluster)}"
            )
        target.pause(pause)
        pause = min(2 * pause, 2.0)


def _wanted(target: Target, service: Properties) -> str:
    """The ARN of the task definition that the program wants: the service's own where it says so in short form."""
    wanted, found = target.inputs.get("taskDefinition", ""), service["taskDefinition"]
    return str(wanted) if wanted.startswith("arn:") else str(found)


def _rolled_back(target: Target, service: Properties, cluster: str) -> str:
    return f"{service['taskDefinition'].rpartition('/')[2]}{_stopped(target, cluster)}"


def _last_event(service: Properties) -> str:
    events = service.get("events") or [{"message": "no event tells why"}]
    return str(events[0]["message"])


def _stopped(target: Target, cluster: str) -> str:
    """How the tasks ended that the program wants; empty where none has stopped."""
    name = target.id.rpartition("/")[2]
    arns = target.call("list_tasks", "taskArns", cluster=cluster, serviceName=name, desiredStatus="STOPPED")
    if not arns:
        return ""
    tasks = target.call("describe_tasks", "tasks", cluster=cluster, tasks=arns[:100])
    wanted = target.inputs.get("taskDefinition", "").rpartition("/")[2]
    own = [task for task in tasks if task["taskDefinitionArn"].rpartition("/")[2] == wanted]
    ends = dict.fromkeys(": ".join([task.get("stoppedReason", ""), *_containers(task)]) for task in own)
    return f"; its tasks stopped: {'; '.join(ends)}" if ends else ""


def _containers(task: dict[str, Any]) -> Iterator[str]:
    for each in task["containers"]:
        code = f"exited with {each['exitCode']}" if each.get("exitCode") else ""
        if code or each.get("reason"):
            yield f"container {each['name']} {' '.join(part for part in (code, each.get('reason')) if part)}"

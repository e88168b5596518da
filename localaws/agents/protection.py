"""Task scale-in protection: neither deployments, nor services that shrink, nor draining stop a task that has it.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.responses import EC2ContainerServiceResponse

from localaws.agents.tasks import PlayedTask
from localaws.moto_fixes.patch import give

DEFAULT_MINUTES, MOST_MINUTES = 120, 2880


def _update(self: Any) -> ActionResult:
    """UpdateTaskProtection."""
    parameters = self._get_params()
    minutes = int(parameters.get("expiresInMinutes") or DEFAULT_MINUTES)
    if not 1 <= minutes <= MOST_MINUTES:
        raise InvalidParameterException(f"expiresInMinutes must be between 1 and {MOST_MINUTES}.")
    tasks, failures = _named(self, parameters)
    for task in tasks:
        task.protected_until = utcnow() + timedelta(minutes=minutes) if parameters["protectionEnabled"] else None
    return _told(tasks, failures)


def _get(self: Any) -> ActionResult:
    """GetTaskProtection."""
    return _told(*_named(self, self._get_params()))


def _named(self: Any, parameters: dict[str, Any]) -> tuple[list[PlayedTask], list[dict[str, str]]]:
    backend = self.ecs_backend
    known = backend.tasks.get(backend._get_cluster(parameters.get("cluster") or "default").name, {}).values()
    by_id = {task.id: task for task in known}
    tasks, failures = [], []
    for named in parameters.get("tasks") or by_id:
        task = by_id.get(named.rpartition("/")[2])
        if task is None:
            failures.append({"arn": named, "reason": "MISSING"})
        elif not (task.of_service and task.live):
            failures.append({"arn": task.task_arn, "reason": "TASK_NOT_VALID"})
        else:
            tasks.append(task)
    return tasks, failures


def _told(tasks: list[PlayedTask], failures: list[dict[str, str]]) -> ActionResult:
    told = [
        {
            "taskArn": task.task_arn,
            "protectionEnabled": task.protected,
            **({"expirationDate": task.protected_until} if task.protected else {}),
        }
        for task in tasks
    ]
    return ActionResult({"protectedTasks": told, "failures": failures})


give(EC2ContainerServiceResponse, "update_task_protection", _update)
give(EC2ContainerServiceResponse, "get_task_protection", _get)

"""Amazon EventBridge Scheduler: what a schedule needs to be taken.

Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html, API_EcsParameters.html. No
schedule is run here: this AWS's clock stands still.
"""

from __future__ import annotations

import json
from typing import Any

from moto.iam.models import iam_backends
from moto.scheduler.exceptions import ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule
from moto.utilities.utils import get_partition

from ecs_model.schedule import schedule_problems
from ecs_model.scheduled_task import MOST_PROVIDERS
from ecs_model.scheduled_task_iam import SCHEDULER_SERVICE
from localaws.moto_fixes.patch import around, before


def _check(backend: Any, given: dict[str, Any]) -> None:
    for problem in schedule_problems(given["schedule_expression"], given.get("schedule_expression_timezone") or "UTC"):
        raise ValidationException(message=f"Invalid Schedule Expression: {problem}")
    target = given["target"]
    roles = iam_backends[backend.account_id][get_partition(backend.region_name)].roles.values()
    role = next((each for each in roles if each.arn == target["RoleArn"]), None)
    if role is None or not _trusts(role.assume_role_policy_document):
        raise ValidationException(
            message="The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
        )
    if len(target.get("EcsParameters", {}).get("CapacityProviderStrategy", [])) > MOST_PROVIDERS:
        raise ValidationException(message=f"A target has at most {MOST_PROVIDERS} capacity providers.")


def _trusts(document: str | dict[str, Any]) -> bool:
    statements = (json.loads(document) if isinstance(document, str) else document)["Statement"]
    names = [statement.get("Principal", {}).get("Service", []) for statement in statements]
    return any(SCHEDULER_SERVICE in ([name] if isinstance(name, str) else name) for name in names)


@before(EventBridgeSchedulerBackend, "create_schedule")
def _create(self: Any, **given: Any) -> None:
    _check(self, given)


@before(EventBridgeSchedulerBackend, "update_schedule")
def _update(self: Any, **given: Any) -> None:
    _check(self, given)


@around(Schedule, "to_dict")
def _to_dict(original: Any, self: Any, short: bool = False) -> dict[str, Any]:
    """GetSchedule: what nobody set is not told."""
    told: dict[str, Any] = {key: value for key, value in original(self, short).items() if value is not None}
    return {"ActionAfterCompletion": "NONE", **told}

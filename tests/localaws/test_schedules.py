"""Amazon EventBridge Scheduler as boto3 sees it: what a schedule needs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.localaws.ground import refused
from tests.localaws.making import TRUST


def schedule(lab: Any, service: str, **more: Any) -> dict[str, Any]:
    trust = TRUST.replace("ecs-tasks", service)
    role = lab.boto("iam").create_role(RoleName=lab.name("role"), AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    strategy = [{"capacityProvider": f"p{n}", "weight": 1} for n in range(more.pop("providers", 1))]
    parameters = {"TaskDefinitionArn": "arn:task:1", "CapacityProviderStrategy": strategy}
    return {
        "Name": lab.name("schedule"),
        "ScheduleExpression": "rate(1 day)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": "arn:cluster", "RoleArn": role, "EcsParameters": parameters},
    } | more


def test_a_schedule_is_told_as_it_was_given(lab: Any) -> None:
    given = schedule(lab, "scheduler")
    lab.boto("scheduler").create_schedule(**given)
    told = lab.boto("scheduler").get_schedule(Name=given["Name"])
    assert told | given == told | {"Target": given["Target"]}
    assert (told["State"], told["ActionAfterCompletion"]) == ("ENABLED", "NONE")
    assert "EndDate" not in told
    assert told["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}


@pytest.mark.parametrize(
    ("service", "more", "words"),
    [
        ("ecs-tasks", {}, "must allow AWS EventBridge Scheduler to assume the role"),
        ("scheduler", {"ScheduleExpression": "cron(0 3 * * * *)"}, "Invalid Schedule Expression"),
        ("scheduler", {"ScheduleExpressionTimezone": "Mars/North"}, "Mars/North"),
        ("scheduler", {"providers": 7}, "at most 6 capacity providers"),
    ],
)
def test_what_could_not_start_anything_is_refused(lab: Any, service: str, more: dict[str, Any], words: str) -> None:
    code, message = refused(lab.boto("scheduler").create_schedule, **schedule(lab, service, **more))
    assert code == "ValidationException"
    assert words in message


def test_a_change_is_judged_as_well(lab: Any) -> None:
    given = schedule(lab, "scheduler")
    lab.boto("scheduler").create_schedule(**given)
    assert refused(lab.boto("scheduler").update_schedule, **given | {"ScheduleExpression": "daily"})[0] == (
        "ValidationException"
    )

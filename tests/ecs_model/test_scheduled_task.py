"""Tasks by the clock: what EventBridge Scheduler would refuse, and what its role may do."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from ecs_model.capacity import CapacitySettings
from ecs_model.cluster import ClusterSettings
from ecs_model.containers import Container
from ecs_model.ebs import EbsVolume
from ecs_model.problem import dotted
from ecs_model.schedule import schedule_problems, schedule_warnings
from ecs_model.scheduled_task import ScheduledTaskSettings, Timing
from ecs_model.scheduled_task_iam import scheduler_policy, scheduler_trust
from ecs_model.service import ServiceSettings
from ecs_model.stack import StackSettings
from ecs_model.strategy import StrategyItem
from ecs_model.volumes import Volume

APP = {"app": Container(image="app:1", memory=256)}
NIGHTLY = ScheduledTaskSettings(containers=APP, schedule="cron(0 3 ? * * *)", timezone="Europe/Berlin")
GENERAL = {"general": CapacitySettings(["t3.medium"], 3)}
STACK = StackSettings(
    name="dev",
    cluster=ClusterSettings([StrategyItem("general", 1)]),
    capacity=GENERAL,
    scheduled_tasks={"nightly": NIGHTLY},
)


def said(job: ScheduledTaskSettings) -> list[str]:
    return [str(problem) for problem in job.problems()]


def of_stack(stack: StackSettings) -> dict[str, str]:
    found = {dotted(problem.path): problem.message for problem in stack.problems()}
    return {path: message for path, message in found.items() if path.startswith("scheduledTasks")}


@pytest.mark.parametrize("schedule", ["cron(0 3 ? * MON-FRI *)", "rate(1 hour)", "at(2030-01-01T00:00:00)"])
def test_schedules(schedule: str) -> None:
    assert said(replace(NIGHTLY, schedule=schedule)) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"schedule": "cron(0 3 * * *)"}, "schedule: 'cron(0 3 * * *)' is no schedule: give cron("),
        ({"timezone": "Mars/North"}, "timezone: 'Mars/North' is not a time zone"),
        ({"count": 11}, "count: 11 is out of range: give 1-10"),
        ({"count": 0}, "count: 0 is out of range: give 1-10"),
        ({"flexible_window": 1441}, "flexibleWindow: 1441 is out of range: give 0-1440"),
        ({"retries": 186}, "retries: 186 is out of range: give 0-185"),
        ({"retry_seconds": 59}, "retrySeconds: 59 is out of range: give 60-86400"),
        ({"dead_letter_queue_arn": "failed.fifo"}, "deadLetterQueueArn: 'failed.fifo' is no ARN of a standard queue"),
        ({"volumes": {"disk": Volume(managed_ebs_volume=EbsVolume(20))}}, "volumes.disk: is an EBS volume"),
        (
            {"capacity_provider_strategy": [StrategyItem(f"p{n}", 1) for n in range(7)]},
            "capacityProviderStrategy: has 7",
        ),
        ({"log_retention_days": 2}, "logRetentionDays: 2 is not offered"),
    ],
)
def test_what_would_be_refused(change: dict[str, Any], problem: str) -> None:
    assert any(each.startswith(problem) for each in said(replace(NIGHTLY, **change)))


def test_a_job_is_placed_as_a_service_is() -> None:
    assert of_stack(STACK) == {}
    large = replace(NIGHTLY, containers={"app": Container(image="app:1", memory=9000)})
    elsewhere = replace(NIGHTLY, capacity_provider_strategy=[StrategyItem("spot", 1)])
    found = of_stack(replace(STACK, scheduled_tasks={"large": large, "elsewhere": elsewhere}))
    assert found["scheduledTasks.large.containers.app.memory"].startswith("a task of 9000 MiB cannot fit t3.medium")
    (path,) = set(found) - {"scheduledTasks.large.containers.app.memory"}
    assert path == "scheduledTasks.elsewhere.capacityProviderStrategy[0].capacityProvider"


def test_names_are_for_one_task_definition() -> None:
    both = of_stack(replace(STACK, services={"nightly": ServiceSettings(containers=APP)}))
    assert both["scheduledTasks.nightly"].startswith("is in services as well")
    long = of_stack(replace(STACK, scheduled_tasks={"a" * 21: NIGHTLY}))
    assert "at most 24" in long[f"scheduledTasks.{'a' * 21}"]


def test_the_default_strategy_counts_as_well() -> None:
    names = [f"p{n}" for n in range(7)]
    stack = replace(
        STACK,
        cluster=ClusterSettings([StrategyItem(name, 1) for name in names]),
        capacity=dict.fromkeys(names, GENERAL["general"]),
    )
    assert "has 7 capacity providers" in of_stack(stack)["scheduledTasks.nightly.capacityProviderStrategy"]


def test_the_role_starts_this_task_and_nothing_else() -> None:
    roles = ["arn:aws:iam::1:role/task", "arn:aws:iam::1:role/execution"]
    document = scheduler_policy("arn:cluster", "arn:aws:ecs:eu:1:task-definition/nightly:7", roles, "arn:queue")
    run, give, tell = document["Statement"]
    assert (run["Action"], run["Resource"]) == (["ecs:RunTask"], ["arn:aws:ecs:eu:1:task-definition/nightly:*"])
    assert run["Condition"] == {"ArnEquals": {"ecs:cluster": "arn:cluster"}}
    assert (give["Action"], give["Resource"]) == (["iam:PassRole"], sorted(roles))
    assert give["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    assert (tell["Action"], tell["Resource"]) == (["sqs:SendMessage"], ["arn:queue"])
    assert len(scheduler_policy("arn:cluster", "arn:task:1", roles, None)["Statement"]) == 2


def test_only_this_accounts_schedules_take_the_role() -> None:
    (statement,) = scheduler_trust("aws", "eu-central-1", "123456789012")["Statement"]
    assert statement["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {
        "aws:SourceAccount": "123456789012",
        "aws:SourceArn": "arn:aws:scheduler:eu-central-1:123456789012:schedule-group/default",
    }


@pytest.mark.parametrize(
    ("schedule", "timezone", "now", "passed"),
    [
        ("at(2026-12-24T18:00:00)", "UTC", "2026-12-24T17:59:59+00:00", False),
        ("at(2026-12-24T18:00:00)", "UTC", "2026-12-24T18:00:00+00:00", True),
        ("at(2026-12-24T18:00:00)", "Europe/Berlin", "2026-12-24T17:00:00+00:00", True),
        ("at(2026-12-24T18:00:00)", "America/New_York", "2026-12-24T22:59:59+00:00", False),
        ("at(2026-12-24T18:00:00)", "Nowhere", "2027-01-01T00:00:00+00:00", False),
        ("cron(0 3 ? * * 2020)", "UTC", "2027-01-01T00:00:00+00:00", False),
    ],
)
def test_a_time_that_has_passed_is_a_warning(schedule: str, timezone: str, now: str, passed: bool) -> None:
    warned = [str(each) for each in schedule_warnings(schedule, timezone, datetime.fromisoformat(now))]
    assert warned == (
        [f"schedule: {schedule} has passed in {timezone}, so that nothing happens by it any more: take it out, or give "
         "another"] if passed else []
    )  # fmt: skip
    timing = Timing(schedule=schedule, timezone=timezone)
    assert len(list(timing.timing_warnings(datetime.fromisoformat(now)))) == len(warned)
    assert list(replace(timing, enabled=False).timing_warnings(datetime.fromisoformat(now))) == []


def test_a_time_that_does_not_exist_is_refused() -> None:
    (problem,) = schedule_problems("at(2026-02-30T18:00:00)", "UTC")
    assert "is no schedule" in problem.message

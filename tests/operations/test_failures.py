"""`failures`: stopped tasks by reason, exit codes, deployments and rollbacks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from operations.failures import FailuresReport
from tests.operations.command import run
from tests.operations.fake_aws import ARN, T0, FakeAws
from tests.operations.shop import definition_arn, service_arn, shop, task_arn

OOM = "OutOfMemoryError: Container killed due to memory usage"


def add_stopped(fake: FakeAws, number: int, code: str, reason: str, *ends: dict[str, Any], family: str = "api") -> None:
    arn = task_arn(number)
    fake.stopped[arn] = {
        "taskArn": arn,
        "taskDefinitionArn": definition_arn(family),
        "group": f"service:{family}",
        "stopCode": code,
        "stoppedReason": reason,
        "stoppedAt": T0 + timedelta(minutes=number),
        "containers": [{"name": "app", **end} for end in ends],
    }


def add_service_deployment(fake: FakeAws, number: int, status: str, **more: Any) -> None:
    arn = f"{ARN}:service-deployment/web/api/{number}"
    made = {"serviceDeploymentArn": arn, "status": status, "createdAt": T0 + timedelta(hours=number), **more}
    fake.service_deployments.append(made)


def test_stopped_tasks_by_reason_with_exit_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    essential = "Essential container in task exited"
    add_stopped(fake, 1, "EssentialContainerExited", essential, {"exitCode": 137, "reason": OOM})
    add_stopped(fake, 2, "EssentialContainerExited", essential, {"exitCode": 137, "reason": OOM})
    add_stopped(fake, 3, "ServiceSchedulerInitiated", "Scaling activity", {"exitCode": 0})
    add_stopped(fake, 4, "EssentialContainerExited", essential, {"exitCode": 1}, family="other")
    outcome = run(fake, monkeypatch, "failures", "api", "--json")
    report = FailuresReport.model_validate(outcome.report)
    assert outcome.code == 1
    assert report.findings == ["service api: 2 stopped: out of memory"]
    memory, scaling = report.stopped
    assert (memory.stop_code, memory.tasks, memory.failed) == ("EssentialContainerExited", 2, True)
    assert (memory.first_at, memory.last_at) == (T0 + timedelta(minutes=1), T0 + timedelta(minutes=2))
    assert memory.examples == [f"{2:032x}", f"{1:032x}"]
    (end,) = memory.containers
    assert (end.exit_code, end.meaning, end.tasks) == (137, "out of memory: the container reached its memory limit", 2)
    assert (scaling.failed, scaling.containers) == (False, [])
    told = run(fake, monkeypatch, "failures", "api").out
    assert f"app exited with 137: {end.meaning} (2 times)" in told


def test_a_narrow_terminal_breaks_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    pull = 'CannotPullContainerError: Error response from daemon: Get "https://registry.invalid/v2/": no such host'
    add_stopped(fake, 1, "TaskFailedToStart", "Task failed to start", {"reason": pull})
    add_stopped(fake, 2, "EssentialContainerExited", "Essential container in task exited", {"exitCode": 1})
    outcome = run(fake, monkeypatch, "failures", "api", columns=80)
    assert max(map(len, outcome.out.splitlines())) <= 80
    words = outcome.out.split()
    assert {"TaskFailedToStart:", "EssentialContainerExited:", "CannotPullContainerError:"} <= set(words)
    assert "such as 00000000" in " ".join(words)
    assert f"1 stopped: Task failed to start: {pull}" in " ".join(words)


def test_tasks_that_fail_in_two_ways_are_two_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    essential = "Essential container in task exited"
    add_stopped(fake, 1, "EssentialContainerExited", essential, {"exitCode": 137, "reason": OOM})
    add_stopped(fake, 2, "EssentialContainerExited", essential, {"exitCode": 3})
    add_stopped(fake, 3, "EssentialContainerExited", essential, {"exitCode": 3})
    assert run(fake, monkeypatch, "failures", "api", "--json").report["findings"] == [
        f"service api: 2 stopped: {essential}: container app exited with 3",
        "service api: 1 stopped: out of memory",
    ]


def test_nothing_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run(shop(), monkeypatch, "failures", "api")
    assert outcome.code == 0
    assert "No task of the last hour has stopped." in outcome.out


def test_a_failed_deployment_and_its_rollback(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    reason = "ECS deployment ecs-svc/1 failed: tasks failed to start."
    fake.services[service_arn("api")]["deployments"] = [
        {
            "id": "ecs-svc/1",
            "status": "PRIMARY",
            "taskDefinition": definition_arn("api", 2),
            "desiredCount": 2,
            "runningCount": 0,
            "failedTasks": 7,
            "rolloutState": "FAILED",
            "rolloutStateReason": reason,
        }
    ]
    add_service_deployment(fake, 1, "SUCCESSFUL")
    add_service_deployment(fake, 2, "ROLLBACK_SUCCESSFUL", rollback={"reason": "Circuit breaker tripped"})
    outcome = run(fake, monkeypatch, "failures", "api", "--json")
    report = FailuresReport.model_validate(outcome.report)
    assert outcome.code == 1
    assert report.findings == [
        f"service api: the deployment of api:2 failed: {reason}",
        "service api: its last deployment is ROLLBACK_SUCCESSFUL: Circuit breaker tripped",
    ]
    assert report.deployments[0].failed_tasks == 7
    assert [row.status for row in report.service_deployments] == ["ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]
    assert "Circuit breaker tripped" in run(fake, monkeypatch, "failures", "api").out


def test_a_failed_deployment_that_a_later_one_made_good_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_service_deployment(fake, 1, "ROLLBACK_SUCCESSFUL", rollback={"reason": "Circuit breaker tripped"})
    add_service_deployment(fake, 2, "SUCCESSFUL")
    assert run(fake, monkeypatch, "failures", "api").code == 0


def test_only_a_few_calls_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    for number in range(1, 151):
        add_stopped(fake, number, "UserInitiated", "enough")
    report = FailuresReport.model_validate(run(fake, monkeypatch, "failures", "api", "--json").report)
    assert report.calls == {
        "ecs:DescribeServices": 1,
        "ecs:ListTasks": 2,
        "ecs:DescribeTasks": 2,
        "ecs:ListServiceDeployments": 1,
    }


def test_an_unknown_service_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run(shop(), monkeypatch, "failures", "apo")
    assert (outcome.code, outcome.out) == (2, "")
    assert "there is no service 'apo' in web" in outcome.err


def test_the_json_is_what_the_schema_says(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_stopped(fake, 1, "TaskFailedToStart", "CannotPullContainerError", {"reason": "CannotPullContainerError"})
    add_service_deployment(fake, 1, "SUCCESSFUL")
    schema = run(fake, monkeypatch, "failures", "--json-schema").report
    jsonschema.validate(run(fake, monkeypatch, "failures", "api", "--json").report, schema)

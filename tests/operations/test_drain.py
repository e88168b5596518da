"""`drain`: sees that tasks fit elsewhere, asks, drains, and follows until the instance is empty."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from operations.drain import DrainReport
from tests.operations.command import Outcome, run
from tests.operations.fake_aws import FakeAws
from tests.operations.shop import add_definition, add_service, add_task, instance_arn, shop, task_arn

FIRST, SECOND = f"i-{1:017x}", f"i-{2:017x}"


def drain(fake: FakeAws, monkeypatch: pytest.MonkeyPatch, *arguments: str, instance: str = FIRST) -> Outcome:
    return run(fake, monkeypatch, "drain", instance, "--every", "0.1", *arguments)


def fates(outcome: Outcome) -> list[tuple[str, str]]:
    return [(row.fate, row.to) for row in DrainReport.model_validate(outcome.report).tasks]


def status(fake: FakeAws) -> str:
    return str(fake.instances[instance_arn(1)]["status"])


@pytest.mark.parametrize("name", [FIRST, f"{1:032x}", instance_arn(1)])
def test_an_instance_whose_tasks_fit_elsewhere_is_drained(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    outcome = drain(fake, monkeypatch, "--yes", instance=name)
    assert (outcome.code, status(fake)) == (0, "DRAINING")
    assert f"moves; fits on {SECOND}" in outcome.out
    assert f"{FIRST} is empty." in outcome.err


def test_check_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    outcome = drain(fake, monkeypatch, "--check", "--json")
    assert (outcome.code, status(fake), fates(outcome)) == (0, "ACTIVE", [("moves", SECOND)])
    assert "ecs:UpdateContainerInstancesState" not in fake.calls


def test_without_an_answer_nothing_is_drained(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    outcome = drain(fake, monkeypatch)
    assert (outcome.code, status(fake)) == (2, "ACTIVE")
    assert "nobody can be asked here: give --yes" in outcome.err
    assert "give --yes, or --check" in drain(fake, monkeypatch, "--json").err


@pytest.mark.parametrize(("answer", "code", "after"), [(False, 1, "ACTIVE"), (True, 0, "DRAINING")])
def test_it_asks_first(answer: bool, code: int, after: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    monkeypatch.setattr("operations.shells._on_a_terminal", lambda: True)
    asked: list[str] = []

    def confirm(question: str) -> bool:
        asked.append(question)
        return answer

    monkeypatch.setattr("operations.shells.typer.confirm", confirm)
    outcome = drain(fake, monkeypatch)
    assert (outcome.code, status(fake), asked) == (code, after, [f"Drain {FIRST}?"])


def full() -> FakeAws:
    fake = shop()
    fake.instances[instance_arn(2)]["remainingResources"][1]["integerValue"] = 100
    return fake


def test_a_task_that_fits_nowhere_stands_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = full()
    fake.groups[0]["DesiredCapacity"] = 4
    outcome = drain(fake, monkeypatch, "--yes")
    assert (outcome.code, status(fake)) == (1, "ACTIVE")
    assert f"✗ task {1:032x} of api fits on no other instance" in outcome.out
    assert drain(fake, monkeypatch, "--yes", "--force").code == 0
    assert status(fake) == "DRAINING"


def test_managed_scaling_may_make_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = full()
    outcome = drain(fake, monkeypatch, "--check", "--json")
    assert (outcome.code, fates(outcome)) == (0, [("waits", "general")])


def test_protected_tasks_are_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.protected.add(task_arn(1))
    outcome = drain(fake, monkeypatch, "--yes")
    assert (outcome.code, status(fake)) == (1, "ACTIVE")
    assert "is protected by its service until 11-01 12:00 UTC" in outcome.out
    assert "✗ task" in outcome.out


def test_standalone_tasks_and_daemons_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_definition(fake, "agent")
    add_service(fake, "agent", schedulingStrategy="DAEMON", capacityProviderStrategy=[], launchType="EC2")
    add_task(fake, 8, "agent", instance_arn(1))
    add_task(fake, 9, "api", instance_arn(1), group="family:batch")
    outcome = drain(fake, monkeypatch, "--check")
    assert outcome.code == 0
    assert "belongs to no service: nothing replaces it" in outcome.out
    assert "stops last: a daemon of this instance" in outcome.out


def test_what_was_not_read_keeps_it_from_draining(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.denied = {"ecs:GetTaskProtection"}
    outcome = drain(fake, monkeypatch, "--yes")
    assert (outcome.code, status(fake)) == (3, "ACTIVE")
    assert "? not shown: ecs:GetTaskProtection is not allowed" in outcome.out
    fake.denied = {"ec2:DescribeImages"}
    assert (drain(fake, monkeypatch, "--yes").code, status(fake)) == (3, "DRAINING")


def test_a_refusal_of_ecs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.denied = {"ecs:UpdateContainerInstancesState"}
    outcome = drain(fake, monkeypatch, "--yes")
    assert outcome.code == 3
    assert "ecs:UpdateContainerInstancesState is not allowed" in outcome.err
    assert "nothing was changed" in outcome.err


@pytest.fixture(name="interrupted")
def _interrupted() -> Iterator[threading.Timer]:
    timer = threading.Timer(3, os.kill, (os.getpid(), signal.SIGINT))
    yield timer
    timer.cancel()


def test_an_interrupted_drain_leaves_a_clear_state(interrupted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.stays = True
    interrupted.start()
    outcome = drain(fake, monkeypatch, "--yes")
    assert (outcome.code, status(fake)) == (1, "DRAINING")
    assert "1 tasks left" in outcome.err
    assert f"interrupted: {FIRST} is DRAINING and not empty yet" in outcome.err
    assert f"--status ACTIVE --cluster web --container-instances {1:032x}" in outcome.err
    fake.tasks.pop(task_arn(1))
    again = drain(fake, monkeypatch)
    assert (again.code, "is empty" in again.err) == (0, True)
    assert fake.calls["ecs:UpdateContainerInstancesState"] == 1


def test_an_error_while_it_empties_is_told_and_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    original = fake.on_UpdateContainerInstancesState

    def refuse(asked: dict[str, Any]) -> dict[str, Any]:
        fake.denied = {"ecs:ListTasks"}
        threading.Timer(1, fake.denied.clear).start()
        return original(asked)

    monkeypatch.setattr(fake, "on_UpdateContainerInstancesState", refuse)
    outcome = drain(fake, monkeypatch, "--yes")
    assert outcome.code == 0
    assert outcome.err.count("? ecs:ListTasks is not allowed") == 1
    assert "is empty" in outcome.err


def test_another_instance_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = drain(shop(), monkeypatch, "--yes", instance="i-9")
    assert (outcome.code, outcome.out) == (2, "")
    assert "no container instance of the cluster is 'i-9'" in outcome.err
    assert "begins the ids of 2 container instances" in drain(shop(), monkeypatch, instance="0000").err


def test_the_json_is_what_the_schema_says(monkeypatch: pytest.MonkeyPatch) -> None:
    jsonschema.validate(
        drain(shop(), monkeypatch, "--check", "--json").report,
        run(shop(), monkeypatch, "drain", "--json-schema").report,
    )

"""`session`: the command that gets there, and what is missing for it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from operations.session import SessionReport
from tests.operations.command import Outcome, run
from tests.operations.fake_aws import FakeAws
from tests.operations.shop import definition_arn, grouped, instance_arn, shop, task_arn

INSTANCE, TASK = f"i-{1:017x}", f"{1:032x}"
EXEC = {"Effect": "Allow", "Action": "ssmmessages:*", "Resource": "*"}
SSM = {"Effect": "Allow", "Action": ["ssm:UpdateInstanceInformation", "ssmmessages:*"], "Resource": "*"}
WHERE = ["--region", "eu-central-1"]


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def ready() -> FakeAws:
    """A task that can be entered, and an instance that Session Manager reaches."""
    fake = shop()
    grouped(fake)
    fake.roles |= {"api-task": [policy(EXEC)], "instance": [policy(SSM)]}
    fake.tasks[task_arn(1)]["enableExecuteCommand"] = True
    (container,) = fake.tasks[task_arn(1)]["containers"]
    agents = [{"name": "ExecuteCommandAgent", "lastStatus": "RUNNING"}]
    container.update(lastStatus="RUNNING", managedAgents=agents)
    return fake


@pytest.fixture(name="tools")
def _tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An `aws` that writes down how it is called and ends with 7, and a plugin for it."""
    for name, text in {
        "aws": f'#!/bin/sh\necho "$@" > {tmp_path}/called\nexit 7\n',
        "session-manager-plugin": "",
    }.items():
        (tmp_path / name).write_text(text or "#!/bin/sh\n")
        (tmp_path / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    return tmp_path


def session(fake: FakeAws, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Outcome:
    return run(fake, monkeypatch, "session", *arguments)


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize("name", [INSTANCE, f"{1:032x}".replace("1", "2"), instance_arn(2)])
def test_an_instance_is_reached_by_session_manager(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = ready()
    fake.tasks.pop(task_arn(2))
    outcome = session(fake, monkeypatch, name, "--json")
    report = SessionReport.model_validate(outcome.report)
    wanted = name if name.startswith("i-") else f"i-{2:017x}"
    assert (outcome.code, report.kind, report.target, report.obstacles) == (0, "instance", wanted, [])
    assert report.command == ["aws", "ssm", "start-session", "--target", wanted, *WHERE]
    told = session(fake, monkeypatch, name)
    assert told.out.endswith(f"aws ssm start-session --target {wanted} --region eu-central-1\n")


@pytest.mark.usefixtures("tools")
def test_a_container_is_entered_by_ecs_exec(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = session(ready(), monkeypatch, TASK, "--command", "/bin/bash -l", "--json")
    report = SessionReport.model_validate(outcome.report)
    assert (outcome.code, report.kind, report.container, report.findings) == (0, "task", "app", [])
    assert report.command[:7] == ["aws", "ecs", "execute-command", "--cluster", "web", "--task", TASK]
    assert report.command[7:] == [
        "--container", "app", "--interactive", "--command", "/bin/bash -l", *WHERE,
    ]  # fmt: skip


def missing(fake: FakeAws, monkeypatch: pytest.MonkeyPatch, name: str) -> list[str]:
    outcome = session(fake, monkeypatch, name, "--json")
    report = SessionReport.model_validate(outcome.report)
    assert outcome.code == (1 if report.findings else 0)
    return [row.what for row in report.obstacles]


@pytest.mark.usefixtures("tools")
def test_what_is_missing_on_the_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = ready()
    fake.pings[INSTANCE] = "ConnectionLost"
    assert missing(fake, monkeypatch, INSTANCE) == ["the instance's SSM agent is ConnectionLost"]
    fake.pings[INSTANCE] = ""
    assert missing(fake, monkeypatch, INSTANCE) == ["Systems Manager has never heard of the instance"]
    fake.roles["instance"] = [policy(EXEC)]
    assert missing(fake, monkeypatch, INSTANCE)[0] == (
        "the instance's role instance does not allow ssm:UpdateInstanceInformation"
    )
    fake.ec2[0].pop("IamInstanceProfile")
    assert missing(fake, monkeypatch, INSTANCE)[0] == "the instance has no role"
    fake.ec2[0]["State"]["Name"] = "stopped"
    assert missing(fake, monkeypatch, INSTANCE)[0] == "the instance is stopped"
    assert missing(fake, monkeypatch, "i-9") == ["there is no such EC2 instance in this region"]


@pytest.mark.usefixtures("tools")
def test_what_is_missing_on_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = ready()
    task, definition = fake.tasks[task_arn(1)], fake.definitions[definition_arn("api")]
    task["enableExecuteCommand"] = False
    assert missing(fake, monkeypatch, TASK) == ["ECS Exec is not enabled on the task"]
    task["enableExecuteCommand"] = True
    fake.roles["api-task"] = [policy(), policy({**EXEC, "Action": ["ssmmessages:Create*"]})]
    assert missing(fake, monkeypatch, TASK) == [
        "the task role api-task does not allow ssmmessages:OpenControlChannel, ssmmessages:OpenDataChannel"
    ]
    definition.pop("taskRoleArn")
    assert missing(fake, monkeypatch, TASK) == ["the task has no task role"]
    task["overrides"] = {"taskRoleArn": "arn:aws:iam::123456789012:role/other"}
    fake.roles["other"] = [policy(EXEC)]
    assert missing(fake, monkeypatch, TASK) == []
    definition["containerDefinitions"][0]["readonlyRootFilesystem"] = True
    task["containers"][0].pop("managedAgents")
    assert missing(fake, monkeypatch, TASK) == [
        "the root file system of container app is read-only, and ECS Exec's agent writes to it",
        "the agent of ECS Exec in container app is not there",
    ]
    task["lastStatus"] = "PROVISIONING"
    task["containers"] = []
    assert missing(fake, monkeypatch, TASK)[0] == "the task is PROVISIONING"


def test_tools_that_are_not_installed_are_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing(ready(), monkeypatch, INSTANCE) == [
        "aws is not installed on this machine",
        "session-manager-plugin is not installed on this machine",
    ]


def test_run_runs_it_and_has_its_exit_code(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert session(ready(), monkeypatch, TASK, "--run").code == 7
    assert (tools / "called").read_text().startswith(f"ecs execute-command --cluster web --task {TASK} --container app")


def test_run_runs_nothing_where_something_is_missing(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = ready()
    fake.pings[INSTANCE] = "ConnectionLost"
    outcome = session(fake, monkeypatch, INSTANCE, "--run")
    assert (outcome.code, (tools / "called").exists()) == (1, False)
    assert outcome.out.index("✗ the instance's SSM agent") < outcome.out.index("aws ssm start-session")


@pytest.mark.usefixtures("tools")
def test_unknown_names_are_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = session(ready(), monkeypatch, "fffff")
    assert (outcome.code, outcome.out) == (2, "")
    assert "there is no task or container instance 'fffff'" in outcome.err
    assert "begins the ids of" in session(ready(), monkeypatch, "0000").err
    outcome = session(ready(), monkeypatch, TASK, "--container", "ap")
    assert "the task has no container 'ap': its containers are app" in outcome.err


@pytest.mark.usefixtures("tools")
def test_the_json_is_what_the_schema_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (INSTANCE, TASK):
        jsonschema.validate(
            session(ready(), monkeypatch, name, "--json").report,
            run(shop(), monkeypatch, "session", "--json-schema").report,
        )

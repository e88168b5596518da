"""The command line: exit codes, the IAM policy of each command, and where the cluster is found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from operations import stack
from operations.app import app
from operations.aws import Target
from operations.permissions import ACTIONS, SESSIONS
from operations.schemas import SCHEMAS
from operations.stack import StackError, from_description
from tests.operations.command import run
from tests.operations.fake_aws import T0, FakeAws
from tests.operations.shop import add_definition, add_instance, add_service, grouped, shop
from tests.operations.test_failures import add_service_deployment, add_stopped

ROOT = Path(__file__).parents[2]
STATEFUL = {"recover"}
"""What asks Pulumi before AWS, and not about a cluster: test_recover.py."""
LIVE = {command: actions for command, actions in ACTIONS.items() if command not in STATEFUL}
ARGUMENTS = {
    "capacity": ["capacity"],
    "why": ["why", "api"],
    "plan": ["plan", "--spot", "general"],
    "failures": ["failures", "api"],
    "doctor": ["doctor"],
    "session": ["session", f"{2:032x}"],
    "drain": ["drain", f"i-{2:017x}", "--yes", "--every", "0.1"],
}
OTHERWISE = {"session": ["session", f"{3:032x}"]}
"""The same command where it makes other calls."""


def everything() -> FakeAws:
    """A cluster for which each command makes every kind of call that it ever makes."""
    fake = shop()
    add_instance(fake, 3, attributes={"ecs.ami-id": ""})
    grouped(fake)
    add_definition(fake, "vpc", networkMode="awsvpc")
    add_service(fake, "vpc", networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}})
    fake.subnets.append({"SubnetId": "subnet-1", "AvailabilityZone": "eu-central-1a"})
    add_stopped(fake, 1, "UserInitiated", "enough")
    add_service_deployment(fake, 1, "SUCCESSFUL")
    activity = {"ActivityId": "1", "AutoScalingGroupName": "general-group", "Cause": "x", "Description": "Launching"}
    nothing = {"Version": "2012-10-17", "Statement": []}
    fake.roles |= {"api-task": [nothing, nothing], "instance": [nothing, nothing]}
    fake.pings[f"i-{3:017x}"] = ""
    fake.activities.append({**activity, "StartTime": T0 + timedelta(hours=1), "StatusCode": "Successful"})
    return fake


def test_every_command_has_a_policy_a_schema_and_a_test() -> None:
    commands = {command.callback.__name__ for command in app.registered_commands if command.callback}
    assert commands == set(ACTIONS) == set(SCHEMAS) == set(ARGUMENTS) | STATEFUL


@pytest.mark.parametrize("command", sorted(LIVE))
def test_the_printed_policy_allows_exactly_what_the_command_calls(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (statement,) = run(FakeAws(), monkeypatch, command, "--iam-policy").report["Statement"]
    fake = everything()
    outcome = run(fake, monkeypatch, *ARGUMENTS[command])
    assert outcome.code == (command in ("doctor", "session")), outcome.out
    if command in OTHERWISE:
        run(fake, monkeypatch, *OTHERWISE[command])
    assert sorted({*fake.calls, *(SESSIONS if command == "session" else ())}) == statement["Action"]


@pytest.mark.parametrize(
    ("command", "action"),
    [(command, action) for command in LIVE for action in LIVE[command] if action not in SESSIONS],
)
def test_without_one_action_the_error_names_it(command: str, action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = everything()
    fake.denied = {action}
    outcome = run(fake, monkeypatch, *ARGUMENTS[command])
    told = f"{action} is not allowed: add it to the policy, see --iam-policy"
    if command in ("session", "drain"):
        other = run(fake, monkeypatch, *OTHERWISE.get(command, ARGUMENTS[command]))
        assert any(told in each.out + each.err for each in (outcome, other)), (outcome, other)
        assert {outcome.code, other.code} & {2, 3}
    elif command == "why" and action in ("ecs:ListServices", "ecs:DescribeServices"):
        assert (outcome.code, told in outcome.err) == (2, True)
    else:
        assert (outcome.code, f"? not shown: {told}" in outcome.out) == (3, True), outcome.out
        assert "api" in outcome.out or "Service" in action or (command == "doctor" and "✓" in outcome.out)


@pytest.mark.parametrize("command", sorted(ARGUMENTS))
def test_expired_credentials_are_an_error_of_aws(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.code = "ExpiredTokenException"
    outcome = run(fake, monkeypatch, *ARGUMENTS[command])
    assert (outcome.code, outcome.out) == (3, "")
    assert "error: AWS does not accept the credentials (ExpiredTokenException): log in again" in outcome.err


@pytest.mark.parametrize("command", ["capacity", "why", "doctor", "session", "drain"])
def test_another_cluster_is_wrong_usage(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run(shop(), monkeypatch, *ARGUMENTS[command], cluster="wrong")
    assert (outcome.code, outcome.out) == (2, "")
    assert "there is no cluster 'wrong' in eu-central-1" in outcome.err


def test_without_a_cluster_and_with_an_unknown_option_it_is_wrong_usage() -> None:
    runner = CliRunner()
    none = runner.invoke(app, ["capacity"])
    assert none.exit_code == 2
    assert "error: give --stack STACK or --cluster NAME" in none.stderr
    assert runner.invoke(app, ["capacity", "--clusters", "web"]).exit_code == 2
    assert runner.invoke(app, ["why"]).exit_code == 2


def test_nobody_answers_at_an_endpoint() -> None:
    argv = [sys.executable, "-m", "operations", "capacity", "--cluster", "web", "--region", "eu-central-1"]
    outcome = subprocess.run(
        [*argv, "--endpoint-url", "http://127.0.0.1:9"],
        cwd=ROOT,
        env={**os.environ, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_MAX_ATTEMPTS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (outcome.returncode, outcome.stdout) == (3, "")
    assert "Could not connect to the endpoint URL" in outcome.stderr
    assert "Traceback" not in outcome.stderr


DESCRIPTION: dict[str, Any] = {
    "outputs": {"cluster": "dev-1", "services": {"web": "dev-web-1"}},
    "config": {"aws:region": "eu-west-1", "aws:profile": "team", "aws:accessKey": "k", "aws:secretKey": "s"},
    "endpoint": None,
}


def test_a_stack_names_cluster_region_profile_and_services() -> None:
    services = {"web": "dev-web-1"}
    assert from_description("dev", DESCRIPTION) == Target("dev-1", "eu-west-1", "team", services=services)
    local = from_description("local", {**DESCRIPTION, "endpoint": "http://127.0.0.1:1"})
    assert (local.endpoint_url, local.access_key, local.secret_key) == ("http://127.0.0.1:1", "k", "s")


def test_a_revision_is_found_by_the_key_of_its_service(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.install(monkeypatch)
    outputs = {"cluster": "web", "services": {"shop": "api"}}
    about = DESCRIPTION | {"config": {"aws:region": "eu-west-1"}, "outputs": outputs}
    monkeypatch.setattr(stack, "_described", lambda name: about)
    result = CliRunner().invoke(app, ["why", "shop:1", "--stack", "dev", "--json"])
    assert (json.loads(result.stdout)["service"], json.loads(result.stdout)["task_definition"]) == ("", "api:1")


def test_a_renamed_service_is_known_by_both_of_its_keys() -> None:
    former = '{"services": {"jobs": "web", "new": "never"}, "capacity": {"a": "b"}}'
    renamed = DESCRIPTION | {"config": {"ecs-on-ec2:formerNames": former}}
    assert from_description("dev", renamed).services == {"web": "dev-web-1", "jobs": "dev-web-1"}
    empty = DESCRIPTION | {"config": {"ecs-on-ec2:formerNames": '{"services": null}'}}
    assert from_description("dev", empty).services == {"web": "dev-web-1"}


def test_a_stack_without_a_cluster_is_not_deployed() -> None:
    with pytest.raises(StackError, match="stack dev has no output `cluster`: deploy it first"):
        from_description("dev", {**DESCRIPTION, "outputs": {}})


def test_services_are_known_by_their_keys_in_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.install(monkeypatch)
    about = {
        **DESCRIPTION,
        "config": {"aws:region": "eu-west-1"},
        "outputs": {"cluster": "web", "services": {"shop": "api"}},
    }
    monkeypatch.setattr(stack, "_described", lambda name: about)
    for command in ("why", "failures"):
        result = CliRunner().invoke(app, [command, "shop", "--stack", "dev", "--json"])
        assert result.exit_code == 0
        assert (json.loads(result.stdout)["service"], json.loads(result.stdout)["region"]) == ("api", "eu-west-1")


def test_the_toolchain_is_asked_and_what_it_says_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answered(argv: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        asked.append(argv[1:])
        return subprocess.CompletedProcess(argv, 1, "", "Using …\nerror: there is no stack 'tset'\n")

    monkeypatch.setattr("operations.stack.subprocess.run", answered)
    result = CliRunner().invoke(app, ["capacity", "--stack", "tset"])
    assert asked == [["-m", "toolchain", "describe", "--stack", "tset"]]
    assert result.exit_code == 2
    assert "error: stack tset cannot be read: there is no stack 'tset'" in result.stderr


def test_where_it_is_installed_pulumi_is_asked_about_the_project_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        ("stack", "output"): {"cluster": "web-1", "services": {"shop": "shop-1"}},
        ("config", "--json"): {"aws:region": {"value": "eu-west-1", "secret": False}, "app:key": {"secret": True}},
    }

    def answered(argv: list[str], cwd: Path | None, **_: Any) -> subprocess.CompletedProcess[str]:
        assert (argv[0], cwd) == ("pulumi", None)
        assert argv[argv.index("--stack") + 1] == "dev"
        return subprocess.CompletedProcess(argv, 0, json.dumps(told[argv[1], argv[2]]), "")

    monkeypatch.setattr("operations.stack.ROOT", Path("/nowhere"))
    monkeypatch.setattr("operations.stack.subprocess.run", answered)
    target = stack.target("dev")
    assert (target.cluster, target.region, target.services) == ("web-1", "eu-west-1", {"shop": "shop-1"})
    assert (target.endpoint_url, target.access_key) == (None, None)


def test_where_it_is_installed_what_it_cannot_do_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(argv: list[str], **_: Any) -> None:
        raise FileNotFoundError(argv[0])

    monkeypatch.setattr("operations.stack.ROOT", Path("/nowhere"))
    monkeypatch.setattr("operations.stack.subprocess.run", missing)
    for command, sentence in (
        ("doctor", "pulumi is not on the PATH, to read stack dev"),
        ("plan", "settings of a stack"),
    ):
        result = CliRunner().invoke(app, [command, "--stack", "dev"])
        assert (result.exit_code, sentence in result.stderr) == (2, True)


def test_what_is_not_installed_is_said_in_a_sentence() -> None:
    program = "import sys; sys.modules['typer'] = None; from operations.__main__ import main; main()"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 2
    assert answer.stderr.startswith("error: typer is not installed: pip install 'ecs-on-ec2[operations]'")

"""`recover`: what a killed run left is found by boto3 in moto's AWS, and taken into the state where it is told to."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from ecs_model.adoption import short_type
from ecs_model.pulumi_state import Pending
from ecs_model.recovery.finding import Found
from ecs_model.recovery.verdict import AGAIN, FINDERS
from localaws.types import KINDS
from operations import recover_command
from operations.app import app
from operations.aws import Aws, AwsError, NotReadError, Target
from operations.permissions import ACTIONS
from operations.pulumi_cli import LockedError, Pulumi, PulumiError
from operations.recover import read, take_in, with_findings
from operations.recover_asking import Asker, Regions, Where
from operations.recover_report import RecoverReport
from operations.stack_locks import holders
from tests.ecs_model.recovery.test_finders import CASES, Told
from tests.ecs_model.test_pulumi_state import CLUSTER, creating, resource, urn
from tests.operations.recovery import REGION, FakePulumi, locked, stated

ROLE = "aws:iam/role:Role"
QUEUE = "aws:sqs/queue:Queue"
HERE = socket.gethostname()
AUTONAMED = {"name": "web-1a2b3c4", "__defaults": ["name"]}


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield


def client(service: str, region: str = REGION) -> Any:
    return boto3.client(service, region_name=region)


def make_cluster(region: str = REGION) -> None:
    client("ecs", region).create_cluster(clusterName="web-1a2b3c4")


def said(pulumi: FakePulumi, where: Where | None = None) -> RecoverReport:
    return with_findings(read(pulumi, where or Where(), {})).report


def done(pulumi: FakePulumi, ids: dict[str, str] | None = None) -> RecoverReport:
    return take_in(pulumi, read(pulumi, Where(), ids or {}))


def test_where_nothing_is_pending_nothing_is_asked_or_found() -> None:
    report = said(FakePulumi(stated()))
    assert (report.findings, report.operations, report.calls, report.account) == ([], [], {}, "")
    assert report.cluster == "dev-1"
    assert done(FakePulumi(stated())).cleared == 0


def test_what_exists_is_told_and_nothing_changed() -> None:
    make_cluster()
    pulumi = FakePulumi(stated(creating(CLUSTER, inputs=AUTONAMED), creating(ROLE, inputs={"name": "none"})))
    report = said(pulumi)
    assert [(each.fate, each.id) for each in report.operations] == [("found", "web-1a2b3c4"), ("absent", "")]
    assert [each.region for each in report.operations] == [REGION, REGION]
    assert report.account == "123456789012"
    assert report.findings == [
        "nothing was changed: `recover --stack dev --import` takes 1 into the state and clears 2 pending operations"
    ]
    assert pulumi.changes == []


def test_it_is_taken_into_the_state_read_and_the_pending_operations_cleared() -> None:
    make_cluster()
    update = {"type": "updating", "resource": resource(ROLE, "other", id="other")}
    pulumi = FakePulumi(stated(creating(CLUSTER, inputs=AUTONAMED), creating(ROLE, inputs={"name": "none"}), update))
    report = done(pulumi)
    assert (report.findings, report.imported, report.cleared) == ([], [urn(CLUSTER)], 3)
    assert pulumi.state()[urn(CLUSTER)]["id"] == "web-1a2b3c4"
    assert pulumi.state()[urn(CLUSTER)]["outputs"]
    assert urn(ROLE) not in pulumi.state()
    assert pulumi.pending() == []
    assert pulumi.changes == [
        ("stack", "import"),
        ("refresh", "--yes", "--skip-preview", "--target", urn(CLUSTER)),
    ]
    assert said(pulumi).operations == []


def test_where_only_pending_operations_are_cleared_nothing_is_read() -> None:
    pulumi = FakePulumi(stated(creating(CLUSTER, inputs=AUTONAMED)))
    assert done(pulumi).cleared == 1
    assert pulumi.changes == [("stack", "import")]


def test_the_provider_says_in_which_region() -> None:
    make_cluster("eu-west-1")
    export = stated(creating(CLUSTER, inputs=AUTONAMED))
    assert said(FakePulumi(export)).operations[0].fate == "absent"
    export["deployment"]["resources"][1]["inputs"]["region"] = "eu-west-1"
    report = said(FakePulumi(export))
    assert (report.operations[0].fate, report.operations[0].region) == ("found", "eu-west-1")
    assert said(FakePulumi(export), Where(region=REGION)).operations[0].fate == "absent"
    own = stated(creating(CLUSTER, inputs={**AUTONAMED, "region": "eu-west-1"}))
    assert said(FakePulumi(own)).operations[0].fate == "found"


def test_credentials_of_another_account_find_nothing_and_are_refused() -> None:
    other = resource(ROLE, "other", id="r", outputs={"arn": "arn:aws:iam::210987654321:role/r"})
    pulumi = FakePulumi(stated(creating(CLUSTER, inputs=AUTONAMED), resources=[other]))
    with pytest.raises(AwsError, match=r"account 123456789012, .* resources are in 210987654321: give --profile"):
        read(pulumi, Where(), {})


def test_a_type_that_cannot_be_looked_for_is_named_and_waits_for_a_person() -> None:
    pulumi = FakePulumi(stated(creating(QUEUE)))
    report = done(pulumi)
    assert (report.operations[0].fate, report.cleared, pulumi.changes) == ("unknown", 0, [])
    (finding,) = report.findings
    assert f"creating {QUEUE} web is of a type that this command cannot look for" in finding
    assert f"--id '{urn(QUEUE)}=ID'" in finding

    assert done(pulumi, {urn(QUEUE): "https://queue"}).imported == [urn(QUEUE)]
    assert pulumi.state()[urn(QUEUE)]["id"] == "https://queue"


def test_a_person_may_say_that_it_is_nothing() -> None:
    pulumi = FakePulumi(stated(creating(QUEUE)))
    report = done(pulumi, {urn(QUEUE): ""})
    assert (report.findings, report.imported, report.cleared) == ([], [], 1)
    assert urn(QUEUE) not in pulumi.state()


def test_an_answer_about_something_else_is_refused() -> None:
    with pytest.raises(PulumiError, match="no pending operation of dev"):
        read(FakePulumi(stated(creating(QUEUE))), Where(), {urn(CLUSTER): "x"})


def test_what_aws_does_not_let_be_asked_is_missing_and_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(self: Aws, service: str, operation: str, /, **_: Any) -> Iterator[dict[str, Any]]:
        raise NotReadError(f"{service}:{operation}", f"{service}:{operation} is not allowed", "AccessDenied")

    monkeypatch.setattr(Aws, "everything", denied)
    pulumi = FakePulumi(stated(creating(CLUSTER, inputs=AUTONAMED)))
    report = done(pulumi)
    assert [(each.action, "not allowed" in each.why) for each in report.missing] == [("ecs:DescribeClusters", True)]
    assert (report.operations[0].fate, report.operations[0].candidates, pulumi.changes) == ("unread", [], [])
    assert done(pulumi, {urn(CLUSTER): "web"}).missing == []


@pytest.mark.parametrize(
    ("pid", "host", "words"),
    [
        (os.getpid(), HERE, "holds it and runs: let it end; `pulumi cancel` would break its lock while it works"),
        (2**22 + 1, HERE, "held it and runs no more: `pulumi cancel --stack dev` takes the lock off"),
        (1, "elsewhere", "holds it: let that end; if it was killed, `pulumi cancel --stack dev` takes the lock off"),
    ],
    ids=["running", "killed", "on another machine"],
)
def test_a_locked_stack_is_not_touched(tmp_path: Path, pid: int, host: str, words: str) -> None:
    pulumi = FakePulumi(stated(creating(CLUSTER, inputs=AUTONAMED)), backend=locked(tmp_path, pid, host))
    report = done(pulumi)
    assert report.findings == [f"dev is locked: me@{host} (process {pid}) since 2026-11-29T12:00:00Z {words}"]
    assert pulumi.changes == []


def test_the_cloud_says_that_an_update_is_in_progress_and_other_backends_nothing() -> None:
    mine: dict[str, Any] = {"name": "me/shop/dev", "updateInProgress": True, "url": "https://u"}
    stacks = [mine, {"name": "other"}]
    pulumi = FakePulumi(stated(), backend="https://app.pulumi.com/me", stacks=stacks)
    assert holders(pulumi, "shop") == ["an update of it is in progress: https://u"]
    mine["updateInProgress"] = False
    assert holders(pulumi, "shop") == []
    assert holders(FakePulumi(stated()), "shop") is None
    assert not said(FakePulumi(stated(creating(CLUSTER, inputs=AUTONAMED)))).lock_told
    assert said(FakePulumi(stated())).lock_told


def test_a_state_that_changes_meanwhile_is_not_overwritten() -> None:
    export = stated(creating(CLUSTER, inputs=AUTONAMED))
    pulumi = FakePulumi(export, meanwhile=stated())
    with pytest.raises(LockedError, match="has changed meanwhile"):
        done(pulumi)
    assert pulumi.changes == []


def test_what_was_not_read_is_read_by_the_next_one() -> None:
    make_cluster()
    pulumi = FakePulumi(stated(creating(CLUSTER, inputs=AUTONAMED)), broken=True)
    report = done(pulumi)
    assert report.findings == [
        f"{urn(CLUSTER)} is in the state and was not read from AWS: run this command again before any `pulumi up`",
        "`pulumi refresh` failed for dev: no plugin",
    ]
    assert report.imported == []
    assert said(pulumi).unread == [urn(CLUSTER)]
    assert said(pulumi).findings != []
    pulumi.broken = False
    again = done(pulumi)
    assert (again.findings, again.imported, again.cleared) == ([], [urn(CLUSTER)], 0)
    assert pulumi.state()[urn(CLUSTER)]["outputs"]


def test_what_the_provider_does_not_find_is_said() -> None:
    make_cluster()
    pulumi = FakePulumi(stated(creating(CLUSTER, inputs=AUTONAMED)), lost={urn(CLUSTER)})
    report = done(pulumi)
    assert report.findings == [f"{urn(CLUSTER)} is not in the state: the provider did not find it by its id"]
    assert report.imported == []


def test_what_was_named_and_does_not_exist_is_an_answer() -> None:
    about = FakePulumi(stated(creating(ROLE))).export["deployment"]
    (operation,) = about["pending_operations"]
    ask = Asker(Regions(about, Where()), Pending("creating", urn(ROLE), operation["resource"]))
    assert ask("iam", "GetRole", "Role", RoleName="none") == []
    assert ask("ecs", "DescribeServices", "services", cluster="none", services=["none"]) == []
    assert ask("elbv2", "DescribeTargetGroups", "TargetGroups", Names=["none"]) == []
    for number in range(3):
        client("logs").create_log_group(logGroupName=f"web-{number}")
    groups = ask("logs", "DescribeLogGroups", "logGroups", logGroupNamePrefix="web-", limit=1)
    assert [each["logGroupName"] for each in groups] == ["web-0", "web-1", "web-2"]


def test_the_policy_has_the_action_of_every_call_that_finders_make() -> None:
    calls = set()
    for type_, inputs, answers, _ in CASES:
        told = Told(answers)
        list(FINDERS[type_].find(told, inputs))
        calls |= set(told.asked)
    for type_, finder in FINDERS.items():
        told = Told({})
        found: list[Found] = list(finder.find(told, dict.fromkeys(finder.needs, "x")))
        assert (found, bool(told.asked)) == ([], True), type_
        calls |= set(told.asked)
    assert calls | {"GetCallerIdentity"} == {action.partition(":")[2] for action in ACTIONS["recover"]}


# The command line


def run(monkeypatch: pytest.MonkeyPatch, pulumi: Pulumi, *arguments: str) -> Any:
    monkeypatch.setattr(recover_command, "Pulumi", lambda stack: pulumi)
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner().invoke(app, ["recover", "--stack", "dev", *arguments])


def test_the_command_tells_then_mends(monkeypatch: pytest.MonkeyPatch) -> None:
    make_cluster()
    pulumi = FakePulumi(stated(creating(CLUSTER, inputs=AUTONAMED)))
    looked = run(monkeypatch, pulumi)
    assert looked.exit_code == 1
    assert "Stack dev: 1 pending operation, asked of account 123456789012 in eu-central-1" in looked.stdout
    assert f"+ creating {CLUSTER} web exists, by its name: web-1a2b3c4" in looked.stdout
    assert "✗ nothing was changed" in looked.stdout
    assert "Whether a run is at work, the stack's backend does not tell" in looked.stdout
    mended = run(monkeypatch, pulumi, "--import")
    assert mended.exit_code == 0
    assert "✓ 1 taken into the state, 1 pending operations cleared. Now `pulumi up --stack dev`" in mended.stdout
    after = run(monkeypatch, pulumi, "--json")
    assert (after.exit_code, json.loads(after.stdout)["operations"]) == (0, [])
    assert "Stack dev: no pending operations" in run(monkeypatch, pulumi).stdout


def test_errors_are_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Pulumi):
        def __init__(self, error: PulumiError) -> None:
            self.stack, self.error = "dev", error

        def read(self, *arguments: str) -> dict[str, Any]:
            raise self.error

    wrong = run(monkeypatch, Broken(PulumiError("there is no stack 'dev'")))
    assert (wrong.exit_code, wrong.stdout, wrong.stderr) == (2, "", "error: there is no stack 'dev'\n")
    held = run(monkeypatch, Broken(LockedError("the stack is currently locked")), "--import")
    assert held.exit_code == 1
    assert "nothing was changed: let the other update end; if it was killed, `pulumi cancel --stack dev`" in held.stderr
    assert run(monkeypatch, FakePulumi(stated()), "--id", "web=1").exit_code == 2
    local = CliRunner().invoke(app, ["recover", "--stack", "local"])
    assert (local.exit_code, "`make up` and `make destroy` mend the stack 'local'" in local.stderr) == (2, True)
    nobody = CliRunner().invoke(app, ["recover"])
    assert nobody.exit_code == 2


def test_a_target_without_a_region_is_an_error_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(AwsError, match="no region is known"):
        Aws(Target(""))
    export = stated(creating(CLUSTER, inputs=AUTONAMED))
    export["deployment"]["resources"].pop(1)
    outcome = run(monkeypatch, FakePulumi(export))
    assert (outcome.exit_code, outcome.stdout) == (3, "")
    assert "no region is known: give --region" in outcome.stderr


@pytest.mark.parametrize("url", ["file://{}", "file://{}?no_tmp_dir=true", "file://~"])
def test_a_directory_is_found_by_its_url(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked(tmp_path, 1, "elsewhere")
    monkeypatch.setenv("HOME", str(tmp_path))
    pulumi = FakePulumi(stated(), backend=url.format(tmp_path))
    assert len(holders(pulumi, "shop") or []) == 1
    assert holders(pulumi, "other") == []


def test_a_lock_that_is_half_written_is_one(tmp_path: Path) -> None:
    url = locked(tmp_path, 1, "elsewhere")
    (file,) = tmp_path.rglob("one.json")
    file.write_text("{")
    (found,) = holders(FakePulumi(stated(), backend=url), "shop") or []
    assert found.startswith("?@? (process 0) since ? holds it")


def test_every_type_that_the_components_make_is_known() -> None:
    shorts = {short_type(token) for token in KINDS}
    assert len(shorts) > 40
    assert shorts - set(FINDERS) - set(AGAIN) == set()


def test_the_provider_imports_what_is_said_to_be_importable() -> None:
    """By the documentation in the SDK, whose every page tells the id of an import where there is one."""
    spec = importlib.util.find_spec("pulumi_aws")
    assert spec is not None
    assert spec.submodule_search_locations
    package = Path(spec.submodule_search_locations[0])
    for type_, finder in FINDERS.items():
        module, _, name = type_.partition(".")
        file = package / module / f"{re.sub(r'(?<!^)(?=[A-Z])', '_', name).lower()}.py"
        found = f"$ pulumi import aws:{module}/{name[0].lower()}{name[1:]}:{name} " in file.read_text()
        assert found is finder.importable, type_

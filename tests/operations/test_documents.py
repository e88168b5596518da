"""The examples in docs/operations.md run, and it names every command and option."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from operations import recover_command, stack
from operations.app import app
from operations.permissions import ACTIONS
from tests.operations.fake_aws import REGION, FakeAws
from tests.operations.recovery import FakePulumi, stated
from tests.operations.shop import shop
from tests.operations.test_session import ready

TEXT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
EXAMPLES = sorted(set(re.findall(r"^\.venv/bin/python -m operations (\w+.*)$", TEXT, re.MULTILINE)))
EPILOGS = [str(command.epilog) for command in app.registered_commands]


@pytest.mark.parametrize("example", [*EXAMPLES, *(each.partition("operations ")[2] for each in EPILOGS)])
def test_an_example_runs(example: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake: FakeAws = ready() if example.startswith("session") else shop()
    monkeypatch.setattr("operations.session.shutil.which", lambda tool: tool)
    fake.install(monkeypatch)
    outputs = {"cluster": "web", "services": {"web": "api"}}
    about = {"outputs": outputs, "config": {"aws:region": REGION}, "endpoint": None}
    monkeypatch.setattr(stack, "_described", lambda name: about)
    monkeypatch.setattr(recover_command, "Pulumi", lambda name: FakePulumi(stated()))
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, shlex.split(example))
    assert result.exit_code == 0, result.output


def test_every_command_and_option_is_described() -> None:
    assert set(re.findall(r"^## (\w+)$", TEXT, re.MULTILINE)) == set(ACTIONS)
    assert {example.split()[0] for example in EXAMPLES} == set(ACTIONS)
    for command in ACTIONS:
        options = set(re.findall(r"--[a-z-]+", CliRunner().invoke(app, [command, "--help"]).output))
        assert len(options) > 5
        assert [option for option in options if f"`{option}" not in TEXT] == []

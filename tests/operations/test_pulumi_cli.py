"""What the real Pulumi CLI says against a command, told as a sentence that says what to do."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from operations import stack as stack_
from operations.pulumi_cli import LockedError, Pulumi, PulumiError, meant
from tests.operations.recovery import locked
from toolchain import cli


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in the working directory, with the real CLI on the PATH, where nobody is logged in."""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    for name in [each for each in os.environ if each.startswith("PULUMI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", str(cli.find(os.environ, print).path.parent), prepend=os.pathsep)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(stack_, "ROOT", Path("/nowhere"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def logged_in(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the backend where the stack `dev` is, whose passphrase is not known any more."""
    backend = project / "backend"
    backend.mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{backend}")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "secret")
    subprocess.run(["pulumi", "stack", "init", "dev", "--non-interactive"], check=True, capture_output=True, timeout=60)
    return backend


def test_nobody_is_logged_in(project: Path) -> None:
    assert project.is_dir()
    with pytest.raises(PulumiError, match=r"^you are not logged in to Pulumi: `pulumi login`, and try again$"):
        Pulumi("dev").read("stack", "export")


def test_the_stack_is_read_written_locked_and_unknown(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = logged_in(project, monkeypatch)
    export = Pulumi("dev").read("stack", "export")
    assert isinstance(export, dict)
    Pulumi("dev").change("stack", "import", given=json.dumps(export))
    with pytest.raises(PulumiError, match="there is no stack 'other' where you are logged in: `pulumi stack ls`"):
        Pulumi("other").read("stack", "export")
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    with pytest.raises(PulumiError, match="secrets have a passphrase: set PULUMI_CONFIG_PASSPHRASE or"):
        Pulumi("dev").change("stack", "import", given=json.dumps(export))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "secret")
    locked(backend, 1, "elsewhere")
    with pytest.raises(LockedError, match=r"created by me@elsewhere \(pid 1\)"):
        Pulumi("dev").change("stack", "import", given=json.dumps(export))
    with pytest.raises(PulumiError, match=r"^`pulumi stack frobnicate` failed for dev: "):
        Pulumi("dev").read("stack", "frobnicate")


def test_there_is_no_pulumi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack_, "ROOT", Path("/nowhere"))
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(PulumiError, match=r"pulumi is not on the PATH: install it \(https://www.pulumi.com"):
        Pulumi("dev").read("stack", "export")


def test_in_this_repository_the_toolchain_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def answered(argv: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        asked.append((argv[1:], options["cwd"]))
        return subprocess.CompletedProcess(argv, 0, "Using …", "")

    monkeypatch.setattr("operations.pulumi_cli.subprocess.run", answered)
    with pytest.raises(PulumiError, match="did not answer with JSON: Using …"):
        Pulumi("dev").read("whoami", "--json")
    Pulumi("dev").change("stack", "import")
    start, end = ["-m", "toolchain", "pulumi", "--stack", "dev"], ["--non-interactive", "--color", "never"]
    assert asked == [
        ([*start, "whoami", "--json", *end], stack_.ROOT),
        ([*start, "stack", "import", "--stack", "dev", *end], stack_.ROOT),
    ]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("could not import: [409] Conflict: Another update is currently in progress.", "Another update is currently"),
        ("incorrect passphrase, please set PULUMI_CONFIG_PASSPHRASE", "is not the passphrase of the stack's secrets"),
        ("no Pulumi.yaml project file found", "go to the directory of the Pulumi project"),
        ("pass the fully qualified name (organization/project/stack)", "name the stack as ORGANIZATION/PROJECT/dev"),
        ("warning: x\nerror: something else", "`pulumi stack export` failed for dev: something else"),
    ],
)
def test_other_words_of_pulumi(said: str, sentence: str) -> None:
    error = meant("dev", ("stack", "export"), said)
    assert re.search(re.escape(sentence), str(error))
    assert isinstance(error, LockedError) is ("409" in said)

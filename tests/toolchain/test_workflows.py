"""Checking the workflows: with the real actionlint, and with a Go whose actionlint only says how it was called."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.toolchain.support import ROOT, Said, executable
from toolchain import workflows
from toolchain.errors import ToolchainError

GO = """
[ "$1" = env ] && { echo go1.30.1; exit; }
pwd >> BUILDS
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\npwd; for word; do echo "$word"; done; exit 3\\n' > "$2"
chmod +x "$2"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two workflows."""
    folder = tmp_path / "clone" / ".github" / "workflows"
    folder.mkdir(parents=True)
    for name in ("b.yaml", "a.yml", "notes.txt"):
        (folder / name).touch()
    return folder.parents[1]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An empty cache, and a Go that builds an actionlint which finds something (exit code 3)."""
    executable(tmp_path / "bin" / "go", GO.replace("BUILDS", str(tmp_path / "builds")))
    return {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "XDG_CACHE_HOME": str(tmp_path / "cache")}


def test_every_workflow_is_checked_with_what_is_built_once(
    root: Path, environ: dict[str, str], said: Said, capfd: pytest.CaptureFixture[str]
) -> None:
    assert workflows.check(root, environ, said) == 3
    directory, *arguments = capfd.readouterr().out.splitlines()
    assert directory == str(root)
    assert arguments == [
        "-shellcheck=",
        "-pyflakes=",
        *(f"{root}/.github/workflows/{name}" for name in ("a.yml", "b.yaml")),
    ]
    assert str(said).startswith("Building the workflow linter 1.7.8 from its Go modules")
    assert workflows.check(root, environ, said) == 3
    assert len(said.lines) == 1
    builds = root.parent / "builds"
    assert builds.read_text().splitlines() == [str(workflows.ACTIONLINT.module)]


def test_what_a_killed_build_left_is_removed(root: Path, environ: dict[str, str], said: Said) -> None:
    left = Path(environ["XDG_CACHE_HOME"], "ecs-on-ec2", "actionlint-1.7.8", "unfinished", "draft")
    left.mkdir(parents=True)
    path = workflows.find(environ, said)
    assert path.is_file()
    assert not left.exists()


@pytest.fixture
def without_go(tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Neither a Go nor a way to get one."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return environ | {"PATH": "/nowhere"}


@pytest.mark.parametrize("ci", [{}, {"CI": ""}])
def test_a_machine_that_cannot_build_it_says_so_and_goes_on(
    root: Path, without_go: dict[str, str], said: Said, ci: dict[str, str]
) -> None:
    assert workflows.check(root, without_go | ci, said) == 0
    assert "warning: the workflows were not checked, for actionlint cannot be built here: no Go 1.24" in str(said)


def test_in_ci_it_is_an_error(root: Path, without_go: dict[str, str], said: Said) -> None:
    with pytest.raises(ToolchainError, match="the workflows were not checked, for actionlint cannot be built here"):
        workflows.check(root, without_go | {"CI": "true"}, said)
    assert "warning" not in str(said)


def test_a_failed_build_is_no_finding(root: Path, environ: dict[str, str], said: Said, tmp_path: Path) -> None:
    executable(tmp_path / "bin" / "go", '[ "$1" = env ] && echo go1.30.1 && exit\necho no such host\nexit 1')
    assert workflows.check(root, environ, said) == 0
    assert "go build failed with exit code 1\n    no such host" in str(said)


def test_the_real_one_finds_mistakes_and_none_in_our_workflows(
    root: Path, said: Said, capfd: pytest.CaptureFixture[str]
) -> None:
    try:
        workflows.find(os.environ, said)
    except ToolchainError as error:
        pytest.skip(f"no actionlint here: {error}")
    assert workflows.check(ROOT, os.environ, said) == 0, capfd.readouterr().out
    folder = root / ".github" / "workflows"
    for path in folder.iterdir():
        path.unlink()
    ours = ROOT / ".github" / "workflows" / "pulumi.yml"
    wrong = folder / shutil.copy(ours, folder)
    wrong.write_text(ours.read_text().replace("needs: [check,", "needs: [chekc,", 1))
    assert workflows.check(root, os.environ, said) == 1
    assert "chekc" in capfd.readouterr().out

"""The Makefile from anywhere, with the set-up left out."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.toolchain.support import ROOT, executable


@pytest.fixture(params=["plain", "with a space"])
def clone(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A clone whose .venv's python prints what it is asked to run, and where."""
    root: Path = tmp_path / request.param
    (root / "toolchain").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", root)
    (root / "toolchain" / "bootstrap.py").write_text("")
    executable(root / ".venv" / "bin" / "python", 'echo "$(pwd): $*"')
    return root


FROM_ABOVE = ("ARGS", "STACK", "MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS")
"""What a `make test` that runs these tests hands down, and a person's shell has not."""


def make(*arguments: str, cwd: Path) -> str:
    env = {name: value for name, value in os.environ.items() if name not in FROM_ABOVE}
    answer = subprocess.run(["make", *arguments], cwd=cwd, env=env, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["up"], "up --stack local"),
        (["preview", "STACK=dev"], "preview --stack dev"),
        (["destroy", "STACK=dev", "ARGS=--yes --diff"], "destroy --stack dev --yes --diff"),
        (["refresh"], "refresh --stack local"),
        (["pulumi", "ARGS=stack output"], "pulumi --stack local stack output"),
        (["setup"], "setup"),
        (["policy-pack"], "policy-pack"),
        (["policy-pack", "ARGS=/elsewhere/pack"], "policy-pack /elsewhere/pack"),
    ],
)
def test_targets(clone: Path, arguments: list[str], asked: str) -> None:
    assert make(*arguments, cwd=clone) == f"{clone}: -m toolchain {asked}\n"


def test_lint_runs_every_linter(clone: Path) -> None:
    for name in ("ruff", "mypy"):
        executable(clone / ".venv" / "bin" / name, f'echo "{name} $*"')
    asked = ["ruff check --quiet .", "ruff format --quiet --check .", "mypy .", f"{clone}: -m toolchain workflows"]
    assert make("lint", cwd=clone).splitlines() == asked


def test_from_another_directory(clone: Path, tmp_path: Path) -> None:
    expected = f"{clone}: -m toolchain up --stack local\n"
    assert make("-f", str(clone / "Makefile"), "up", cwd=tmp_path) == expected
    assert make("--no-print-directory", "-C", str(clone), "up", cwd=tmp_path) == expected


def test_help_is_the_default_and_lists_every_target(clone: Path) -> None:
    said = make(cwd=clone)
    for target in ("setup", "up preview refresh destroy", "pulumi", "policy-pack", "lint", "test", "stop", "clean"):
        assert f"  make {target} " in said

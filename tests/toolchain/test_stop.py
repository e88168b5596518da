"""Stopping the local AWS by the system's Python, whatever became of `.venv`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.toolchain.support import ROOT, executable, wait_for
from toolchain import local_aws, stop

BASE = str(Path(sys.executable).resolve())


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with a running local AWS on record, whose .venv's python writes down what it is asked."""
    root = tmp_path / "clone"
    shutil.copytree(ROOT / "toolchain", root / "toolchain", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", root)
    (root / ".local").mkdir()
    (root / ".local" / local_aws.RECORD).write_text("{}")
    python = executable(root / ".venv" / "bin" / "python", 'echo "$*" >> asked')
    stamp = {"root": str(root), "python": str(python.resolve()), "entries": {"bin": ["python"]}}
    (root / ".venv" / "set-up.json").write_text(json.dumps(stamp))
    return root


def make(root: Path, target: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "HOME": str(root)}
    return subprocess.run(
        ["make", target, f"PYTHON={BASE} -I -S -c '{RUN}'"], cwd=root, env=env, capture_output=True, text=True
    )


RUN = (
    'import runpy, sys; sys.path.insert(0, ".");'
    ' runpy.run_module(sys.argv[2] if sys.argv[1] == "-m" else sys.exit("set-up was begun"), run_name="__main__")'
)
"""Runs `-m MODULE` with the standard library only, and nothing else."""


@pytest.mark.parametrize("target", ["stop", "clean"])
def test_it_stops_by_its_own_command_without_a_set_up(clone: Path, target: str) -> None:
    answer = make(clone, target)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert (clone / "asked").read_text() == f"-m localaws stop --directory {clone}/.local\n"
    assert (clone / ".venv").exists() == (target == "stop")


@pytest.mark.parametrize("target", ["stop", "clean"])
@pytest.mark.parametrize("broken", [".venv", ".venv/bin", ".venv/set-up.json"])
def test_without_a_virtual_environment_its_record_goes(clone: Path, target: str, broken: str) -> None:
    path = clone / broken
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    answer = make(clone, target)
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == "The local AWS is told to end, and its resources with it: it does so within seconds.\n"
    assert not (clone / ".local" / local_aws.RECORD).exists()
    assert not (clone / "asked").exists()
    assert make(clone, target).stderr == "No local AWS runs.\n"


def test_clean_goes_on_where_the_local_aws_does_not_stop(clone: Path) -> None:
    executable(clone / ".venv" / "bin" / "python", "exit 1")
    answer = make(clone, "clean")
    assert answer.returncode == 0
    assert "error: the local AWS did not stop" in answer.stderr
    assert not (clone / ".venv").exists()
    assert not (clone / ".local").exists()


def test_the_real_local_aws_ends_without_its_record(tmp_path: Path) -> None:
    local_aws.ensure(ROOT, tmp_path / "local")
    pid = json.loads((tmp_path / "local" / local_aws.RECORD).read_text())["pid"]
    stop.stop(tmp_path / "no project", tmp_path / "local")
    assert wait_for(lambda: not runs(pid))


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False

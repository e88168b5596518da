"""The virtual environment's making: once with the real venv and pip, else with quick ones that keep a record."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.toolchain.support import ROOT, executable, wait_for
from toolchain import bootstrap

BASE = str(Path(sys.executable).resolve())

VENV = """
import pathlib, shutil, sys
root = pathlib.Path(sys.argv[1])
with (root.parent / "record").open("a") as record:
    record.write("venv\\n")
(root / "bin").mkdir(parents=True, exist_ok=True)
(root / "pyvenv.cfg").touch()
shutil.copy(pathlib.Path(__file__).with_name("python"), root / "bin")
"""
PYTHON = """echo "$*" >> record
while [ -e hold ]; do sleep 0.05; done
mkdir -p .venv/lib/python3.11/site-packages/filelock .venv/lib/python3.11/site-packages/__pycache__
touch .venv/bin/ruff
[ ! -e fail ] || { echo "ERROR: No matching distribution found"; exit 1; }"""
PIP = "-m pip install --quiet --disable-pip-version-check --no-input -r requirements-dev.txt"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with this tree's bootstrap and nothing to install."""
    root = tmp_path / "clone"
    (root / "toolchain").mkdir(parents=True)
    shutil.copy(ROOT / "toolchain" / "bootstrap.py", root / "toolchain")
    (root / "requirements-dev.txt").write_text("")
    quick = tmp_path / "quick" / "venv"
    executable(quick / "python", PYTHON)
    (quick / "__init__.py").touch()
    (quick / "__main__.py").write_text(VENV)
    return root


def start(root: Path, *, quick: bool = True) -> subprocess.Popen[str]:
    env = os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(root)}
    if quick:
        env["PYTHONPATH"] = str(root.parent / "quick")
    return subprocess.Popen(
        [BASE, str(root / "toolchain" / "bootstrap.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=env,
    )


def run(root: Path, *, quick: bool = True) -> tuple[int, str]:
    process = start(root, quick=quick)
    output, _ = process.communicate(timeout=120)
    return process.returncode, output


def record(root: Path) -> list[str]:
    path = root / "record"
    lines = path.read_text().splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    return lines


def test_the_real_thing(clone: Path) -> None:
    code, output = run(clone, quick=False)
    assert code == 0, output
    answer = subprocess.run([clone / ".venv/bin/python", "-m", "pip", "--version"], capture_output=True, text=True)
    assert str(clone) in answer.stdout
    (clone / "requirements-dev.txt").write_text("there-is-no-such-package==1.0\n")
    code, output = run(clone, quick=False)
    assert code == 1
    assert "No matching distribution found for there-is-no-such-package==1.0" in output
    assert "Set-up failed: pip failed with exit code 1" in output
    assert "Traceback" not in output


def test_it_is_made_once_and_changed_only_with_the_requirements(clone: Path) -> None:
    code, output = run(clone)
    assert code == 0, output
    assert output == "Installing the pinned packages into .venv, about a minute …\n"
    assert record(clone) == ["venv", PIP]
    begin = time.monotonic()
    assert run(clone) == (0, "")
    assert time.monotonic() - begin < 2
    assert record(clone) == []
    for name in ("requirements-dev.txt", "requirements.txt", "constraints.txt", "pyproject.toml"):
        (clone / name).write_text("# changed\n")
        run(clone)
        assert record(clone) == [PIP], name
    assert run(clone) == (0, "")


def test_two_at_once_make_one(clone: Path) -> None:
    (clone / "hold").touch()
    first = start(clone)
    assert wait_for((clone / "record").exists)
    second = start(clone)
    assert second.stdout is not None
    assert "Another set-up is at work in this directory: waiting" in second.stdout.readline()
    (clone / "hold").unlink()
    assert first.wait(60) == 0
    assert second.wait(60) == 0
    assert record(clone) == ["venv", PIP]


def test_a_killed_one_is_repaired(clone: Path) -> None:
    (clone / "hold").touch()
    process = start(clone)
    assert wait_for(lambda: (clone / "record").exists() and "pip" in (clone / "record").read_text())
    process.send_signal(signal.SIGKILL)
    (clone / "hold").unlink()
    process.communicate(timeout=60)
    record(clone)
    code, output = run(clone)
    assert code == 0, output
    assert "incomplete or was made elsewhere: making it anew" in output
    assert record(clone) == ["venv", PIP]


def test_a_failed_change_is_not_taken_for_done(clone: Path) -> None:
    run(clone)
    (clone / "requirements-dev.txt").write_text("# changed\n")
    (clone / "fail").touch()
    assert run(clone)[0] == 1
    (clone / "fail").unlink()
    record(clone)
    assert run(clone)[0] == 0
    assert record(clone) == ["venv", PIP]


def test_a_moved_clone_gets_its_own(clone: Path, tmp_path: Path) -> None:
    run(clone)
    moved = clone.rename(tmp_path / "moved here")
    record(moved)
    code, output = run(moved)
    assert code == 0, output
    assert record(moved) == ["venv", PIP]


def test_a_vanished_python_is_replaced(clone: Path) -> None:
    run(clone)
    python = clone / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    record(clone)
    assert run(clone)[0] == 0
    assert record(clone) == ["venv", PIP]


@pytest.mark.parametrize(
    "removed", ["lib", "lib/python3.11/site-packages/filelock", "bin/ruff", "bin", "pyvenv.cfg", bootstrap.STAMP]
)
def test_what_was_removed_from_it_is_missed(clone: Path, removed: str) -> None:
    run(clone)
    record(clone)
    path = clone / ".venv" / removed
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    code, output = run(clone)
    assert code == 0, output
    assert "incomplete or was made elsewhere: making it anew" in output
    assert record(clone) == ["venv", PIP]
    assert path.exists()
    assert run(clone) == (0, "")


def test_what_comes_and_goes_in_it_is_not_missed(clone: Path) -> None:
    run(clone)
    record(clone)
    packages = clone / ".venv" / "lib" / "python3.11" / "site-packages"
    (packages / "__pycache__").rmdir()
    (packages / "ones_own").mkdir()
    assert run(clone) == (0, "")
    assert record(clone) == []


@pytest.mark.parametrize("target", [None, "nowhere", "elsewhere"])
def test_a_file_or_a_link_in_its_place_is_replaced(clone: Path, tmp_path: Path, target: str | None) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").touch()
    place = clone / ".venv"
    place.symlink_to(tmp_path / target) if target else place.touch()
    code, output = run(clone)
    assert code == 0, output
    assert place.is_dir()
    assert not place.is_symlink()
    assert (tmp_path / "elsewhere" / "kept").exists()


def test_a_directory_that_cannot_be_written_is_a_sentence(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(root: Path) -> None:
        raise PermissionError(13, "Permission denied", str(root / ".venv"))

    monkeypatch.setattr(bootstrap, "ensure", refused)
    assert bootstrap.main() == 1
    assert capsys.readouterr().err.startswith("Set-up failed: [Errno 13] Permission denied: ")


def test_a_missing_venv_module_names_the_package(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    package = f"python3.{sys.version_info[1]}-venv"
    with pytest.raises(bootstrap.SetUpError, match=f"On Debian and Ubuntu: sudo apt install {package}"):
        bootstrap.ensure(clone)
    assert not (clone / ".venv").exists()


def test_an_old_python_says_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.main() == 1
    assert "is Python 3.9, and 3.11 or later is needed" in capsys.readouterr().err


def test_an_old_python_hands_over_to_a_newer_one_on_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    newer = executable(tmp_path / "python3.12", "exit 0")
    executed: list[list[str]] = []

    def execv(path: str, argv: list[str]) -> None:
        executed.append([path, *argv[1:]])
        raise SystemExit

    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "execv", execv)
    with pytest.raises(SystemExit):
        bootstrap.main()
    assert executed == [[str(newer), str(ROOT / "toolchain" / "bootstrap.py")]]


def test_a_damaged_stamp_is_no_stamp(clone: Path) -> None:
    run(clone)
    stamp = clone / ".venv" / bootstrap.STAMP
    good = json.loads(stamp.read_text())
    stamp.write_text("{")
    assert run(clone)[0] == 0
    assert json.loads(stamp.read_text()) == good

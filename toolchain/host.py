"""Installing the language host beside a CLI that was built from Go modules.

It has a virtual environment of its own in the cache, so that it outlives the clone that installed it. Each version of
its sources gets its own directory, and the launcher names one: clones of different age do not disturb each other.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from .errors import ToolchainError
from .workplace import workplace

SOURCES = Path(__file__).with_name("language_host")
_CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"
_LAUNCHER = "pulumi-language-python"


def installed(directory: Path, version: str) -> bool:
    """Whether this clone's language host lies in `<directory>/bin` and can start."""
    launcher = directory / "bin" / _LAUNCHER
    place = _place(directory, version)
    return (
        (place / "bin" / "python").exists()
        and launcher.is_file()
        and os.access(launcher, os.X_OK)
        and launcher.read_text() == _launcher_text(place)
    )


def install(directory: Path, version: str, say: Callable[[str], None]) -> None:
    """Install it. Raises ToolchainError where pip fails."""
    place = _place(directory, version)
    if not (place / "bin" / "python").exists():
        say("Installing the Python language host beside the built CLI …")
        _make(place, version)
    launcher = directory / "bin" / _LAUNCHER
    draft = launcher.with_name(f".{_LAUNCHER}.{os.getpid()}")
    draft.write_text(_launcher_text(place))
    draft.chmod(0o755)
    draft.replace(launcher)


def _make(place: Path, version: str) -> None:
    with workplace(place.parent.parent) as draft:
        virtual = Path(draft) / "venv"
        # The interpreter below every virtual environment: a clone's own .venv may vanish.
        base = Path(sys.executable).resolve()
        _run([str(base), "-m", "venv", "--without-pip", str(virtual)])
        pip = [sys.executable, "-m", "pip", "--python", str(virtual / "bin" / "python"), "install"]
        _run([*pip, "--quiet", "--disable-pip-version-check", "--constraint", str(_CONSTRAINTS), f"pulumi=={version}"])
        packages = next(virtual.glob("lib/python*/site-packages"))
        shutil.copytree(SOURCES, packages / SOURCES.name, ignore=shutil.ignore_patterns("__pycache__"))
        if place.exists():
            shutil.rmtree(place)
        virtual.rename(place)


def _run(argv: list[str]) -> None:
    answer = subprocess.run(argv, capture_output=True, text=True, check=False)
    if answer.returncode:
        said = ((answer.stderr or answer.stdout).strip().splitlines() or ["it gave no reason"])[-1]
        raise ToolchainError(f"the language host cannot be installed: {shlex.join(argv)}: {said}")


def _place(directory: Path, version: str) -> Path:
    digest = hashlib.sha256(version.encode())
    for path in (_CONSTRAINTS, *sorted(SOURCES.glob("*.py"))):
        digest.update(path.read_bytes())
    return directory / f"language-host-{digest.hexdigest()[:12]}"


def _launcher_text(place: Path) -> str:
    return f'#!/bin/sh\nexec {shlex.quote(str(place / "bin" / "python"))} -I -m {SOURCES.name} "$@"\n'

"""The local AWS as this package sees it: a command that starts, finds and stops a background process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .errors import ToolchainError
from .invocation import LocalAws

LIMIT = 120.0
"""Seconds for the command to start it; more than it allows itself."""
RECORD = "localaws.json"
"""The file of its directory that names the process; one that does not find itself there ends."""


def directory(root: Path, environ: Mapping[str, str]) -> Path:
    """Where the local AWS keeps its state: `ECS_LOCAL_DIRECTORY`, else `.local` in the project."""
    return Path(environ.get("ECS_LOCAL_DIRECTORY") or root / ".local").absolute()


def ensure(root: Path, place: Path) -> LocalAws:
    """Start the local AWS unless it runs. What it has to tell a person goes to stderr. Raises ToolchainError."""
    return _read(_command(root, "ensure", place))


def _read(answer: str) -> LocalAws:
    try:
        found = json.loads(answer)
        return LocalAws(int(found["provider_port"]), str(found["endpoint"]), Path(found["backend"]))
    except (ValueError, KeyError, TypeError):
        raise ToolchainError(
            f"the local AWS answered {answer!r} instead of its ports: run `make stop` and try again"
        ) from None


def running(root: Path, place: Path) -> LocalAws:
    """The local AWS that runs; it is not started. Raises ToolchainError where none does."""
    argv = [sys.executable, "-m", "localaws", "status", "--directory", str(place)]
    answer = subprocess.run(argv, cwd=root, capture_output=True, text=True, timeout=LIMIT, check=False)
    if answer.returncode:
        raise ToolchainError("no local AWS runs, and so nothing is deployed there: begin with `make up`")
    return _read(answer.stdout)


def stop(root: Path, place: Path, python: str = sys.executable) -> None:
    """Stop it, if it runs; `python` is one with the project's packages. Raises ToolchainError."""
    _command(root, "stop", place, python)


def _command(root: Path, verb: str, place: Path, python: str = sys.executable) -> str:
    argv = [python, "-m", "localaws", verb, "--directory", str(place)]
    try:
        answer = subprocess.run(argv, cwd=root, stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        raise ToolchainError(f"the local AWS did not {verb} within {LIMIT:.0f} s; its log is in {place}") from None
    if answer.returncode:
        raise ToolchainError(f"the local AWS did not {verb}, for the reason above; its log is in {place}")
    return answer.stdout

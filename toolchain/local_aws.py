"""The local AWS as this package sees it: a command that starts, finds and stops a background process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Collection, Mapping
from pathlib import Path

from .errors import ToolchainError
from .invocation import LocalAws

LIMIT = 120.0
"""Seconds for the command to start it; more than it allows itself."""
CREATION_LIMIT = 120.0
"""Seconds for a creation to end of which a killed run did not hear."""
CREATIONS = "/localaws-creations"
"""Where it tells what it created."""
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


def created(local: LocalAws, urns: Collection[str]) -> dict[str, str]:
    """The ids, by their URN, of those resources that it created last of all; it first ends what it is creating.

    Raises ToolchainError where it does not answer, or does not come to an end.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + CREATION_LIMIT
    while urns:
        try:
            with opener.open(local.endpoint + CREATIONS, timeout=10) as answer:
                told = json.loads(answer.read())
        except (OSError, ValueError) as error:
            raise ToolchainError(
                f"the local AWS does not tell what it created ({error}): `make stop`, then again"
            ) from None
        if not set(urns) & set(told["creating"]):
            return {urn: told["created"][urn] for urn in urns if urn in told["created"]}
        if time.monotonic() > end:
            raise ToolchainError(f"the local AWS still creates after {CREATION_LIMIT:.0f} s: wait, and try again")
        time.sleep(0.2)
    return {}


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

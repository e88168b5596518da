"""Checking the GitHub Actions workflows with actionlint, built once per machine and kept in the user's cache."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from . import go_build
from .errors import ToolchainError
from .workplace import UNFINISHED, cache_directory, locked

Say = Callable[[str], None]

ACTIONLINT = go_build.Program(
    name="actionlint",
    label="workflow linter",
    module=Path(__file__).with_name("actionlint"),
    package="github.com/rhysd/actionlint/cmd/actionlint",
    source="github.com/rhysd/actionlint",
    duration="less than a minute",
)
_SAME_EVERYWHERE = ["-shellcheck=", "-pyflakes="]
"""Without the linters that actionlint would run where a machine happens to have them."""


def check(root: Path, environ: Mapping[str, str], say: Say) -> int:
    """Check `<root>/.github/workflows`; the exit code, 0 where nothing is wrong.

    Where actionlint cannot be had, says so and lets it pass, but in CI (the variable CI is set) raises ToolchainError.
    """
    try:
        path = find(environ, say)
    except ToolchainError as error:
        unchecked = f"the workflows were not checked, for actionlint cannot be built here: {error}"
        if environ.get("CI"):
            raise ToolchainError(unchecked) from None
        say(f"warning: {unchecked}")
        return 0
    files = sorted(root.glob(".github/workflows/*.y*ml"))
    return subprocess.run([path, *_SAME_EVERYWHERE, *files], cwd=root, env=dict(environ), check=False).returncode


def find(environ: Mapping[str, str], say: Say) -> Path:
    """The pinned actionlint, built where the cache has none. Raises ToolchainError."""
    cache = cache_directory(f"actionlint-{ACTIONLINT.version}", environ)
    path = cache / "built" / "bin" / ACTIONLINT.name
    if not _executable(path):
        with locked(cache, f"the {ACTIONLINT.label}", say):
            if not _executable(path):
                # Whoever holds the lock is alone: this is of a build that was killed.
                shutil.rmtree(cache / UNFINISHED, ignore_errors=True)
                go_build.make(ACTIONLINT, cache / "built", environ, say)
    return path


def _executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)

"""The official download of the Pulumi CLI, through the Automation API."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from .errors import ToolchainError
from .workplace import workplace

LIMIT = 60.0
"""Seconds; the Automation API has no limit of its own."""

_INSTALL = """
import subprocess, sys
from pulumi.automation import PulumiCommand
try:
    PulumiCommand.install(root=sys.argv[1])
except subprocess.CalledProcessError as error:
    sys.exit((error.output or b"").decode(errors="replace").strip() or str(error))
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def download(
    directory: Path, version: str, environ: Mapping[str, str], say: Callable[[str], None], limit: float = LIMIT
) -> None:
    """Install the CLI and its language hosts into `directory`. Raises ToolchainError."""
    say(f"Downloading the Pulumi CLI {version} from get.pulumi.com, for {limit:.0f} s at most …")
    with workplace(directory.parent) as place:
        _install(Path(place), environ, limit)
        if directory.exists():
            shutil.rmtree(directory)
        directory.mkdir(parents=True)
        (Path(place) / "bin").rename(directory / "bin")


def _install(place: Path, environ: Mapping[str, str], limit: float) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _INSTALL, str(place)],
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        _, complaint = child.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        raise ToolchainError(f"not done within {limit:.0f} s") from None
    finally:
        # The installation script's own children (curl, tar) belong to the same session.
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if child.returncode:
        raise ToolchainError((complaint.strip().splitlines() or ["it failed without a message"])[-1])

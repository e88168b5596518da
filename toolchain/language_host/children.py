"""The processes that the host started, none of which may outlive it."""

from __future__ import annotations

import errno
import signal
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from . import room
from .errors import HostError

GRACE = 5.0
"""Seconds between asking a process to end and ending it."""


class Children:
    """The running children; ask them all to stop with `stop`, after which no new one starts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def start(
        self,
        argv: list[str],
        env: Mapping[str, str],
        cwd: str | Path | None = None,
        stdout: int | None = None,
        stderr: int | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a process; `stdout` and `stderr` are as in subprocess, None for the host's own streams.

        Raises HostError where its environment is too long.
        """
        with self._lock:
            if self._stopped:
                raise InterruptedError("the language host is stopping")
            try:
                child = subprocess.Popen(argv, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
            except OSError as error:
                if error.errno == errno.E2BIG:
                    raise HostError(room.explained(env)) from None
                raise
            self._running.add(child)
            return child

    def wait(self, child: subprocess.Popen[bytes]) -> int:
        """The exit code; -N where signal N ended the child."""
        code = child.wait()
        with self._lock:
            self._running.discard(child)
        return code

    def stop(self) -> None:
        """Interrupt every child as Ctrl-C would, and end after `GRACE` seconds those that go on."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for child in running:
            _signal(child, signal.SIGINT)
        for child in running:
            try:
                child.wait(GRACE)
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.wait()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        child.send_signal(number)

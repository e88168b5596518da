"""Makes the local stack fit for a command: it exists, and what a killed run left behind does not stand in the way."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from ecs_model import pulumi_state
from ecs_model.pulumi_state import Made, Pending

from . import local_aws
from .errors import ToolchainError
from .invocation import Invocation, LocalAws, anything

Say = Callable[[str], None]

PATIENCE = 600.0
"""Seconds to wait for another command that changes the stack."""
PAUSE = 0.2
"""Seconds between two looks at its lock."""


def prepare(
    root: Path, stack: str, cli: Path, local: LocalAws, environ: dict[str, str], say: Say, *, waits: bool = False
) -> None:
    """Create the stack on first use, and mend what killed runs left: locks, a half-written state, unfinished creations.

    What AWS created and the killed run never heard of is taken into the state, so that nothing is orphaned.
    `waits`: first let another command that changes the stack end. Pulumi would refuse, and advise `pulumi cancel`,
    which breaks the other's lock. Raises ToolchainError.
    """
    files = StackFiles(local.backend, project_name(root), stack)

    def pulumi(*arguments: str) -> None:
        _run(anything(stack, arguments, cli, local, environ), root)

    if not files.state.exists():
        try:
            pulumi("stack", "init", stack, "--no-select")
        except ToolchainError:
            # Two first uses at once: the other one created it.
            if not files.state.exists():
                raise
    _unlock(files, say)
    if waits:
        _wait(files, stack, say)
    if files.locked():
        # Another run is at work, whose state may be half-written this moment.
        say(
            f"Another run holds the lock of the stack {stack!r}. Where it died elsewhere, `make pulumi ARGS=cancel` "
            "takes the lock away; plain `pulumi cancel` looks at another backend."
        )
        return
    if files.restore():
        say("An earlier run was killed while it wrote the stack's state: going back to the state before.")
    if pending := files.pending():
        say(f"An earlier run was killed in the middle of: {', '.join(map(str, pending))}.")
        if found := local_aws.created(local, [each.urn for each in pending if each.type == "creating"]):
            say(f"Of these the local AWS has {', '.join(sorted(found.values()))}: the stack's state takes them in.")
            files.adopt(found)
        pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", stack)


def _unlock(files: StackFiles, say: Say) -> None:
    if dead := files.release_dead_locks():
        say(f"An earlier run (process {', '.join(map(str, dead))}) was killed and left the stack locked: unlocked.")


def _wait(files: StackFiles, stack: str, say: Say) -> None:
    told: list[int] = []
    end = time.monotonic() + PATIENCE
    while holders := files.holders():
        who = f"another pulumi command (process {', '.join(map(str, holders))})"
        if time.monotonic() > end:
            raise ToolchainError(
                f"{who} still works on the stack {stack!r} after {PATIENCE / 60:.0f} minutes:"
                " let it end, or end it, and try again"
            )
        if holders != told:
            say(f"{who.capitalize()} is at work on the stack {stack!r}: waiting for it …")
            told = holders
        time.sleep(PAUSE)
        _unlock(files, say)


class StackFiles:
    """The files of one stack in a `file://` backend (layout: pulumi/pulumi, pkg/backend/diy)."""

    def __init__(self, backend: Path, project: str, stack: str) -> None:
        self.state = backend / ".pulumi" / "stacks" / project / f"{stack}.json"
        self._locks = backend / ".pulumi" / "locks" / "organization" / project / stack

    def release_dead_locks(self) -> list[int]:
        """Remove the locks whose process, on this machine, is gone; the process ids.

        `pulumi cancel` would also remove the lock of a run that began a moment ago.
        """
        released = []
        for path in self._locks.glob("*.json"):
            lock = _read(path)
            pid = lock.get("pid", 0)
            if lock.get("hostname") == socket.gethostname() and not _is_pulumi(pid):
                path.unlink(missing_ok=True)
                path.with_name(path.name + ".attrs").unlink(missing_ok=True)
                released.append(pid)
        return released

    def locked(self) -> bool:
        """Whether another run holds the stack."""
        return any(self._locks.glob("*.json"))

    def holders(self) -> list[int]:
        """The processes on this machine whose locks these are: what another machine's do cannot be known here."""
        locks = [_read(path) for path in self._locks.glob("*.json")]
        return sorted(lock.get("pid", 0) for lock in locks if lock.get("hostname") == socket.gethostname())

    def restore(self) -> bool:
        """Replace a state that was cut off in writing by pulumi's own copy of the one before.

        Raises ToolchainError where that is not whole either.
        """
        for attributes in self.state.parent.glob(f"{self.state.name}*.attrs"):
            # Pulumi writes them in place beside each file, cannot read the file beside half of them, and needs none.
            if not _read(attributes):
                attributes.unlink()
        if not self.state.exists() or _read(self.state):
            return False
        before = self.state.with_name(self.state.name + ".bak")
        if not _read(before):
            raise ToolchainError(f"{self.state} is damaged: `make stop`, then begin again with an empty local AWS")
        draft = self.state.with_name(self.state.name + ".draft")
        shutil.copy(before, draft)
        draft.replace(self.state)
        return True

    def adopt(self, found: Mapping[str, str]) -> None:
        """Make resources of the creations that had not ended, by their ids; a refresh has to read them."""
        state = _read(self.state)
        checkpoint = state["checkpoint"]
        made = {urn: Made(id_) for urn, id_ in found.items()}
        checkpoint["latest"] = pulumi_state.adopted(checkpoint["latest"], made)
        draft = self.state.with_name(self.state.name + ".draft")
        draft.write_text(json.dumps(state))
        draft.replace(self.state)

    def pending(self) -> list[Pending]:
        """The operations that an update began and did not finish."""
        return pulumi_state.pending(_read(self.state).get("checkpoint", {}).get("latest") or {})


def project_name(root: Path) -> str:
    """The `name` in Pulumi.yaml."""
    return str(yaml.safe_load((root / "Pulumi.yaml").read_text())["name"])


def _is_pulumi(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    comm = Path("/proc", str(pid), "comm")
    return not comm.exists() or comm.read_text().startswith("pulumi")


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _run(invocation: Invocation, root: Path) -> None:
    argv = [*invocation.argv, "--non-interactive"]
    answer = subprocess.run(
        argv, env=invocation.env, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        said = (answer.stderr or answer.stdout).strip()
        raise ToolchainError(f"`{' '.join(['pulumi', *invocation.argv[1:]])}` failed: {said}")

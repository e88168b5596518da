"""Whether an update of a stack is under way, as far as that can be told without touching the stack."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlparse

from ecs_model.pulumi_state import Lock, lock_folders
from operations.pulumi_cli import Pulumi

FILE = "file"


def holders(pulumi: Pulumi, project: str) -> list[str] | None:
    """Who holds the stack, half a sentence each; None where the backend does not tell. Raises PulumiError.

    Pulumi itself refuses to change a stack that is held, whatever this finds.
    """
    about = pulumi.read("whoami", "--json")
    url = str(about.get("url", "")) if isinstance(about, dict) else ""
    if url.startswith(("http://", "https://")):
        return list(_in_the_cloud(pulumi))
    if urlparse(url).scheme == FILE:
        return [said(lock, pulumi.stack) for lock in locks(_directory(url), project, pulumi.stack.rpartition("/")[2])]
    return None


def _in_the_cloud(pulumi: Pulumi) -> Iterator[str]:
    for each in pulumi.read("stack", "ls", "--json"):
        if isinstance(each, dict) and each.get("updateInProgress"):
            name = str(each.get("name"))
            if pulumi.stack in (name, name.rpartition("/")[2]):
                yield f"an update of it is in progress: {each.get('url', 'see `pulumi stack ls`')}"


def _directory(url: str) -> Path:
    parts = urlparse(url)
    return Path(unquote(parts.netloc + parts.path)).expanduser()


def locks(backend: Path, project: str, stack: str) -> list[Lock]:
    """The locks of a stack in a directory."""
    found = []
    for folder in lock_folders(project, stack):
        for file in sorted((backend / folder).glob("*.json")):
            try:
                content = json.loads(file.read_text())
            except (OSError, ValueError):
                content = {}
            found.append(Lock.parse(content if isinstance(content, dict) else {}))
    return found


def said(lock: Lock, stack: str) -> str:
    """Who holds it, and what to do."""
    cancel = f"`pulumi cancel --stack {stack}` takes the lock off"
    if lock.host != socket.gethostname():
        return f"{lock} holds it: let that end; if it was killed, {cancel}"
    if _runs(lock.pid):
        return f"{lock} holds it and runs: let it end; `pulumi cancel` would break its lock while it works"
    return f"{lock} held it and runs no more: {cancel}"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

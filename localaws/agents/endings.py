"""Containers that end by themselves, as far as that follows from what a task definition says of them.

No image is pulled and nothing is run here. What is told needs neither, and is the same on AWS: a registry under the
domain `.invalid` does not exist (RFC 2606), and the commands `true`, `false`, `tail /dev/zero` (which takes all memory
there is) and a shell's `exit` do the same in every image that has them.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FAILED_TO_START = ("TaskFailedToStart", "Task failed to start")
EXITED = ("EssentialContainerExited", "Essential container in task exited")
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
_SHELLS = frozenset({"ash", "bash", "dash", "sh"})
_HARMLESS = frozenset({":", "echo", "printf", "set", "true"})
_EXIT = re.compile(r"exit(?:\s+(\d{1,3}))?")


@dataclass(frozen=True)
class Ending:
    """How a container ends as soon as it was started."""

    exit_code: int | None
    """None where it never ran."""
    reason: str = ""
    """The agent's words."""


def ending(container: Mapping[str, Any], override: Mapping[str, Any]) -> Ending | None:
    """How a container of a task definition ends, with its override by RunTask; None where it runs on."""
    image = str(container.get("image", ""))
    host = image.partition("/")[0].partition(":")[0]
    if "/" in image and host.endswith(".invalid"):
        why = f'Get "https://{host}/v2/": dial tcp: lookup {host}: no such host'
        return Ending(None, f"CannotPullContainerError: Error response from daemon: {why}")
    command = override.get("command") or container.get("command") or []
    code = exit_code([*map(str, container.get("entryPoint") or []), *map(str, command)])
    return None if code is None else Ending(code, OUT_OF_MEMORY if code == 137 else "")


def exit_code(words: Sequence[str]) -> int | None:
    """The exit code of a command that ends at once; None where that is not known."""
    if not words:
        return None
    program, arguments = words[0].rpartition("/")[2], list(words[1:])
    if program in ("true", "false"):
        return int(program == "false")
    if program == "tail" and arguments == ["/dev/zero"]:
        return 137
    if program in _SHELLS and len(arguments) == 2 and re.fullmatch(r"-[a-z]*c", arguments[0]):
        return _of_script(arguments[1])
    return None


def _of_script(script: str) -> int | None:
    *before, last = [part.strip() for part in re.split(r";|\n|&&", script.strip().rstrip(";"))]
    if any(part and part.split()[0] not in _HARMLESS for part in before):
        return None
    found = _EXIT.fullmatch(last)
    if found:
        return int(found[1] or 0) % 256
    try:
        words = shlex.split(last)
    except ValueError:
        return None
    return exit_code(words)

"""What a deployed stack is, for other programs: its outputs, its configuration, and where its AWS is."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import ToolchainError
from .invocation import LocalAws, anything

_TOKEN = "PULUMI_ACCESS_TOKEN"  # noqa: S105
"""What pulumi asks for where nobody is logged in, without a word of how to."""


def describe(root: Path, stack: str, cli: Path, local: LocalAws | None, environ: Mapping[str, str]) -> dict[str, Any]:
    """A stack's `outputs` and `config` (secrets left out), and the `endpoint` of its AWS: None for the real one.

    Raises ToolchainError where pulumi fails, such as for a stack that nobody has created.
    """

    def asked(*arguments: str) -> Any:
        invocation = anything(stack, [*arguments, "--json"], cli, local, environ)
        answer = subprocess.run(
            invocation.argv, env=invocation.env, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if answer.returncode:
            said = answer.stderr.strip()
            login = ": log in to the stack's backend first (`pulumi login`)" if _TOKEN in said else ""
            raise ToolchainError(f"`pulumi {' '.join(arguments)}` failed for {stack}: {said}{login}")
        return json.loads(answer.stdout)

    config = {name: each["value"] for name, each in asked("config").items() if "value" in each}
    return {"outputs": asked("stack", "output"), "config": config, "endpoint": local.endpoint if local else None}

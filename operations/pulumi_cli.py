"""The Pulumi CLI, for one stack: in this repository as the toolchain runs it, elsewhere as it is on the PATH."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from operations import stack as stack_

READ_SECONDS = 300.0
"""For what only reads; the first use may have to get the Pulumi CLI. What changes the state takes its time."""


WITHOUT_STACK = frozenset({("whoami", "--json"), ("stack", "ls", "--json")})
"""What takes no `--stack`."""


class PulumiError(Exception):
    """Pulumi did not do it; a sentence says why and what to do."""


class LockedError(PulumiError):
    """An update of the stack is under way, or was when it was killed."""


class Pulumi:
    """Runs pulumi for one stack, never asking anything."""

    def __init__(self, stack: str) -> None:
        self.stack = stack

    def read(self, *arguments: str) -> dict[str, Any] | list[Any]:
        """What a command prints as JSON. Raises PulumiError."""
        said = self._run(arguments, "", READ_SECONDS)
        try:
            found: dict[str, Any] | list[Any] = json.loads(said)
        except ValueError:
            raise PulumiError(f"`pulumi {' '.join(arguments)}` did not answer with JSON: {said[:200]}") from None
        return found

    def change(self, *arguments: str, given: str = "") -> None:
        """A command that changes the state, with `given` on its standard input. Raises PulumiError."""
        self._run(arguments, given, None)

    def _run(self, arguments: tuple[str, ...], given: str, limit: float | None) -> str:
        ours = stack_.is_ours()
        named = [] if arguments in WITHOUT_STACK else ["--stack", self.stack]
        start = [sys.executable, "-m", "toolchain", "pulumi", "--stack", self.stack] if ours else ["pulumi"]
        environ = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
        try:
            answer = subprocess.run(
                [*start, *arguments, *named, "--non-interactive", "--color", "never"], env=environ, input=given,
                timeout=limit, cwd=stack_.ROOT if ours else None, capture_output=True, text=True, check=False,
            )  # fmt: skip
        except FileNotFoundError:
            raise PulumiError(
                "pulumi is not on the PATH: install it (https://www.pulumi.com/docs/install/), and try again"
            ) from None
        except subprocess.TimeoutExpired:
            raise PulumiError(f"`pulumi {' '.join(arguments)}` did not end within {limit:.0f} s: try again") from None
        if answer.returncode:
            said = (answer.stderr.strip() or answer.stdout.strip()).removeprefix("error: ")
            raise meant(self.stack, arguments, said)
        return answer.stdout


KNOWN = {
    "PULUMI_ACCESS_TOKEN must be set": "you are not logged in to Pulumi: `pulumi login`, and try again",
    "no stack named": "there is no stack '{stack}' where you are logged in: `pulumi stack ls` lists those there are, "
    "`pulumi whoami -v` says where that is",
    "passphrase must be set": "the stack's secrets have a passphrase: set PULUMI_CONFIG_PASSPHRASE or "
    "PULUMI_CONFIG_PASSPHRASE_FILE to it, and try again",
    "incorrect passphrase": "PULUMI_CONFIG_PASSPHRASE (or …_FILE) is not the passphrase of the stack's secrets: "
    "set it, and try again",
    "no Pulumi.yaml project file found": "there is no Pulumi.yaml here: go to the directory of the Pulumi project",
    "fully qualified name": "there is no Pulumi.yaml here: go to the directory of the Pulumi project, "
    "or name the stack as ORGANIZATION/PROJECT/{stack}",
}
"""Pulumi's words, and what they mean to a person."""


def meant(stack: str, arguments: tuple[str, ...], said: str) -> PulumiError:
    """What pulumi's words mean to a person."""
    if "currently locked" in said or "Another update is currently in progress" in said:
        return LockedError(said)
    for words, sentence in KNOWN.items():
        if words in said:
            return PulumiError(sentence.format(stack=stack))
    return PulumiError(f"`pulumi {' '.join(arguments[:2])}` failed for {stack}: {said.rpartition('error: ')[2]}")

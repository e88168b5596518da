"""`python -m toolchain COMMAND`: what the Makefile's targets do once `.venv` is there."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from . import local_aws
from .errors import ToolchainError
from .invocation import CONFIRMED, POLICED, Invocation, LocalAws, anything, deployment, policy_configuration

INCOMPLETE = "error: .venv is incomplete ({}): remove it and run `make setup`"
try:
    from . import cli, configuration, description, local_stack, policy_pack, workflows
except ImportError as error:
    sys.exit(INCOMPLETE.format(error))

ROOT = Path(__file__).resolve().parent.parent
LOCAL = "local"
BUILT_PACK = ROOT / "build" / "policy-pack"
USAGE = """usage: python -m toolchain setup | path | workflows
       python -m toolchain policy-pack [DIRECTORY]
       python -m toolchain describe [--stack STACK]
       python -m toolchain up|preview|refresh|destroy [--stack STACK] [pulumi's options …]
       python -m toolchain pulumi [--stack STACK] [pulumi's command and options …]"""


def main(arguments: Sequence[str]) -> int:
    """Run one command; a deployment replaces this process by pulumi, so that signals and exit code are its own."""
    try:
        return _main(list(arguments))
    except ToolchainError as error:
        say(f"error: {error}")
        return 1
    except ImportError as error:
        say(INCOMPLETE.format(error))
        return 1
    except KeyboardInterrupt:
        return 130


def _main(arguments: list[str]) -> int:
    match arguments:
        case ["setup"]:
            return _setup()
        case ["path"]:
            print(cli.find(os.environ, say).path)
            return 0
        case ["workflows"]:
            return workflows.check(ROOT, os.environ, say)
        case ["policy-pack", *directory] if len(directory) < 2:
            return _policy_pack(Path(*directory) if directory else BUILT_PACK)
        case ["up" | "preview" | "refresh" | "destroy" | "pulumi" | "describe" as command, *rest]:
            stack, rest = (rest[1], rest[2:]) if len(rest) > 1 and rest[0] == "--stack" else (LOCAL, rest)
            return _describe(stack, rest) if command == "describe" else _pulumi(command, stack, rest)
    print(USAGE, file=sys.stderr)
    return 2


def _setup() -> int:
    found = cli.find(os.environ, say)
    say(f"Using {found}")
    if shutil.which("pulumi") != str(found.path):
        say(f'To type `pulumi` yourself: export PATH="{found.path.parent}:$PATH"')
    return 0


def _policy_pack(directory: Path) -> int:
    policy_pack.build(ROOT, directory)
    say(f"Built {directory}. To use it: cd {directory} && pulumi install, then pulumi up --policy-pack {directory}")
    return 0


def _describe(stack: str, arguments: list[str]) -> int:
    if arguments:
        raise ToolchainError(f"describe takes no {' '.join(arguments)}: give at most --stack STACK")
    check_stack(ROOT, stack)
    found = cli.find(os.environ, say)
    # One that was started to be described would be empty.
    local = local_aws.running(ROOT, local_aws.directory(ROOT, os.environ)) if stack == LOCAL else None
    print(json.dumps(description.describe(ROOT, stack, found.path, local, os.environ)))
    return 0


def _pulumi(command: str, stack: str, arguments: list[str]) -> int:
    check_stack(ROOT, stack)
    verb = arguments[0] if command == "pulumi" and arguments else command
    if verb in POLICED:
        configuration.check(ROOT, stack, arguments)
    found = cli.find(os.environ, say)
    if command != "pulumi":
        say(f"Using {found}")
    local = _local(stack, found.path, waits=verb in CONFIRMED) if stack == LOCAL else None
    if command == "pulumi":
        _become(anything(stack, arguments, found.path, local, os.environ))
    policies = policy_configuration(ROOT, stack)
    _become(deployment(command, stack, arguments, found.path, local, os.environ, policies))


def _local(stack: str, path: Path, *, waits: bool) -> LocalAws:
    local = local_aws.ensure(ROOT, local_aws.directory(ROOT, os.environ))
    local_stack.prepare(ROOT, stack, path, local, dict(os.environ), say, waits=waits)
    return local


def check_stack(root: Path, stack: str) -> None:
    """Raise ToolchainError unless the project has a `Pulumi.<stack>.yaml`."""
    known = sorted(path.name.split(".")[1] for path in root.glob("Pulumi.*.yaml"))
    if stack not in known:
        raise ToolchainError(
            f"there is no stack {stack!r}: Pulumi.{stack}.yaml does not exist in {root}."
            f" Write one, or take STACK={'|'.join(known) or '… (none exists yet)'}"
        )


def _become(invocation: Invocation) -> NoReturn:
    os.chdir(ROOT)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(invocation.argv[0], invocation.argv, invocation.env)  # noqa: S606


def say(text: str) -> None:
    """Tell the person something, at once."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

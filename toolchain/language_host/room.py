"""How much a process can be given: Pulumi hands programs and policy packs the stack's configuration in one variable."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

VARIABLE = "PULUMI_CONFIG"


def most() -> int | None:
    """The bytes that the configuration may have as JSON, None where the system has no limit for one variable alone.

    Linux has one of 32 pages for `NAME=value` and the NUL that ends it (MAX_ARG_STRLEN, execve(2)).
    """
    return 32 * os.sysconf("SC_PAGE_SIZE") - len(f"{VARIABLE}=") - 1 if sys.platform == "linux" else None


def too_long(length: int, limit: int) -> str:
    """What a person has to know and do about a configuration of so many bytes."""
    return (
        f"the stack's configuration is {length:,} bytes long as JSON, in which Pulumi hands it to the program, and "
        f"{limit:,} are the most that this system lets an environment variable have: keep services in files of their "
        "own, which the setting ecs-on-ec2:serviceFiles names (docs/service-files.md)"
    )


def explained(env: Mapping[str, str]) -> str:
    """Why a process cannot be started whose arguments and environment the system found too long."""
    length, limit = len(os.fsencode(env.get(VARIABLE, ""))), most()
    if limit is not None and length > limit:
        return too_long(length, limit)
    whole = sum(len(os.fsencode(f"{name}={value}")) + 1 for name, value in env.items())
    return (
        f"the environment of the program is {whole:,} bytes long, of which the stack's configuration has {length:,}, "
        f"and this system takes at most {os.sysconf('SC_ARG_MAX'):,} of it and the arguments together: unset variables "
        "that are not needed, allow more (ulimit -s, on Linux), or keep services in files of their own, which the "
        "setting ecs-on-ec2:serviceFiles names (docs/service-files.md)"
    )

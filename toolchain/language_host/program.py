"""Running a Pulumi program in the Python of its environment."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pulumi.runtime.proto import language_pb2

from . import room
from .children import Children
from .environment import PythonEnvironment

ALREADY_SHOWN = 32
"""The exit code by which `executor.py` says that the user has seen the error; the contract of pulumi's own executor."""

_EXECUTOR = Path(__file__).with_name("executor.py")


def run(
    request: language_pb2.RunRequest, environment: PythonEnvironment, engine: str, children: Children
) -> language_pb2.RunResponse:
    """Run the program to its end. What it prints goes to the host's own streams, which the engine reads."""
    argv = [environment.python(), str(_EXECUTOR), *_arguments(request, engine)]
    variables = environment.variables(os.environ) | {
        room.VARIABLE: json.dumps(dict(request.config), separators=(",", ":")),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }
    code = children.wait(children.start(argv, variables))
    if code == ALREADY_SHOWN:
        return language_pb2.RunResponse(bail=True)
    if code:
        return language_pb2.RunResponse(error=f"program exited with non-zero exit code: {max(code, -1)}")
    return language_pb2.RunResponse()


def _arguments(request: language_pb2.RunRequest, engine: str) -> list[str]:
    named = {
        "monitor": request.monitor_address,
        "engine": engine,
        "project": request.project,
        "root_directory": request.info.root_directory,
        "stack": request.stack,
        "pwd": request.pwd,
        "dry_run": "true" if request.dryRun else "false",
        "parallel": str(request.parallel),
        "organization": request.organization,
    }
    options = [f"--{name}={value}" for name, value in named.items() if value]
    return [*options, "--", request.info.entry_point, *request.args]

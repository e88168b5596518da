"""Which cluster a Pulumi stack has, and where its AWS is.

In this repository the toolchain is asked, which knows how pulumi runs here; where this is installed, the Pulumi CLI,
about the project in the working directory.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from ecs_model.stack import StackSettings
from operations.aws import Target

ROOT = Path(__file__).resolve().parent.parent
_FORMER_NAMES = "ecs-on-ec2:formerNames"
"""Keys of the outputs are those that parts were first deployed by."""
LIMIT = 300.0
"""Seconds; the first use may have to get the Pulumi CLI."""


class StackError(Exception):
    """The stack cannot tell its cluster; a sentence says why and what to do."""


def target(stack: str) -> Target:
    """The cluster of a stack. Raises StackError."""
    return from_description(stack, _described(stack))


def from_description(stack: str, about: dict[str, Any]) -> Target:
    """The cluster that a description by `python -m toolchain describe` names. Raises StackError where it names none."""
    cluster = about["outputs"].get("cluster")
    if not cluster:
        deploy = f"make up STACK={stack}" if is_ours() else "and let the program export the cluster's name"
        raise StackError(f"stack {stack} has no output `cluster`: deploy it first ({deploy})")
    config, endpoint = about["config"], about["endpoint"]
    return Target(
        cluster=cluster,
        region=config.get("aws:region"),
        profile=config.get("aws:profile"),
        endpoint_url=endpoint,
        # The keys of a local stack lead nowhere; those of any other are not for this.
        access_key=config.get("aws:accessKey") if endpoint else None,
        secret_key=config.get("aws:secretKey") if endpoint else None,
        services=_services(about["outputs"].get("services", {}), config.get(_FORMER_NAMES)),
    )


def _services(names: dict[str, str], former: str | None) -> dict[str, str]:
    """The services' names by their keys in the stack; one that was renamed is known by both of its keys."""
    renamed = (json.loads(former) or {}).get("services") if former else None
    return names | {key: names[old] for key, old in (renamed or {}).items() if old in names}


def settings(stack: str) -> tuple[StackSettings, str | None]:
    """The settings of a stack, deployed or not, and its region. Raises StackError where there are none that work."""
    if not is_ours():
        raise StackError("the settings of a stack are read in their repository alone: give --cluster NAME instead")
    answer = _asked([sys.executable, "-m", "settings", stack], stack)
    if answer.returncode:
        raise StackError(answer.stderr.strip().rpartition("error: ")[2] or f"the settings of {stack} cannot be read")
    found = json.loads(answer.stdout)
    return TypeAdapter(StackSettings).validate_python(found["settings"]), found["region"]


def is_ours() -> bool:
    """Whether this is the repository, and not an installed package."""
    return (ROOT / "toolchain").is_dir()


def _asked(argv: list[str], stack: str) -> subprocess.CompletedProcess[str]:
    where = ROOT if is_ours() else None
    try:
        return subprocess.run(argv, cwd=where, capture_output=True, text=True, timeout=LIMIT, check=False)
    except FileNotFoundError:
        raise StackError(f"{argv[0]} is not on the PATH, to read stack {stack}: give --cluster instead") from None
    except subprocess.TimeoutExpired:
        raise StackError(f"stack {stack} did not answer within {LIMIT:.0f} s: give --cluster instead") from None


def _described(stack: str) -> dict[str, Any]:
    if is_ours():
        return _told([sys.executable, "-m", "toolchain", "describe", "--stack", stack], stack)
    config = _told(["pulumi", "config", "--json", "--stack", stack, "--non-interactive"], stack)
    return {
        "outputs": _told(["pulumi", "stack", "output", "--json", "--stack", stack, "--non-interactive"], stack),
        # A secret has no value here, and none is looked for.
        "config": {name: each.get("value") for name, each in config.items()},
        "endpoint": None,
    }


def _told(argv: list[str], stack: str) -> dict[str, Any]:
    answer = _asked(argv, stack)
    if answer.returncode:
        said = answer.stderr.strip().rpartition("error: ")[2]
        raise StackError(f"stack {stack} cannot be read: {said}")
    found: dict[str, Any] = json.loads(answer.stdout)
    return found

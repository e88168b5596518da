"""Which cluster a Pulumi stack has, and where its AWS is: asked of the toolchain, which knows how pulumi runs here."""

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
        raise StackError(f"stack {stack} has no output `cluster`: deploy it first (make up STACK={stack})")
    config, endpoint = about["config"], about["endpoint"]
    return Target(
        cluster=cluster,
        region=config.get("aws:region"),
        profile=config.get("aws:profile"),
        endpoint_url=endpoint,
        # The keys of a local stack lead nowhere; those of any other are not for this.
        access_key=config.get("aws:accessKey") if endpoint else None,
        secret_key=config.get("aws:secretKey") if endpoint else None,
        services=about["outputs"].get("services", {}),
    )


def settings(stack: str) -> tuple[StackSettings, str | None]:
    """The settings of a stack, deployed or not, and its region. Raises StackError where there are none that work."""
    answer = _asked([sys.executable, "-m", "settings", stack], stack)
    if answer.returncode:
        raise StackError(answer.stderr.strip().rpartition("error: ")[2] or f"the settings of {stack} cannot be read")
    found = json.loads(answer.stdout)
    return TypeAdapter(StackSettings).validate_python(found["settings"]), found["region"]


def _asked(argv: list[str], stack: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        raise StackError(f"stack {stack} did not answer within {LIMIT:.0f} s: give --cluster instead") from None


def _described(stack: str) -> dict[str, Any]:
    answer = _asked([sys.executable, "-m", "toolchain", "describe", "--stack", stack], stack)
    if answer.returncode:
        said = answer.stderr.strip().rpartition("error: ")[2]
        raise StackError(f"stack {stack} cannot be read: {said}")
    found: dict[str, Any] = json.loads(answer.stdout)
    return found

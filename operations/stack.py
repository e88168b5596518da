"""Which cluster a Pulumi stack has, and where its AWS is: asked of the toolchain, which knows how pulumi runs here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

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


def _described(stack: str) -> dict[str, Any]:
    argv = [sys.executable, "-m", "toolchain", "describe", "--stack", stack]
    try:
        answer = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        raise StackError(f"stack {stack} did not answer within {LIMIT:.0f} s: give --cluster instead") from None
    if answer.returncode:
        said = answer.stderr.strip().rpartition("error: ")[2]
        raise StackError(f"stack {stack} cannot be read: {said}")
    found: dict[str, Any] = json.loads(answer.stdout)
    return found

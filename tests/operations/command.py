"""Runs a command in this process, on a fake AWS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from typer.testing import CliRunner

from operations.app import app
from tests.operations.fake_aws import REGION, FakeAws


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """What it printed with `--json`."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def run(
    fake: FakeAws, monkeypatch: pytest.MonkeyPatch, *arguments: str, cluster: str = "web", columns: int = 200
) -> Outcome:
    """`python -m operations ARGUMENTS --cluster web --region …` in a terminal so wide, with `fake` as AWS."""
    fake.install(monkeypatch)
    monkeypatch.setenv("COLUMNS", str(columns))
    result = CliRunner().invoke(app, [*arguments, "--cluster", cluster, "--region", REGION])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Outcome(result.exit_code, result.stdout, result.stderr)

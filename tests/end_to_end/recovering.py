"""A killed run made good as on a real account: `pulumi cancel`, then `recover` of an installed package."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecs_model.pulumi_state import CREATING
from tests.end_to_end.faults import Stage
from tests.end_to_end.harness import ROOT, SECONDS, Run
from toolchain import local_aws
from toolchain.invocation import anything

PACKAGES = ("operations", "ecs_model")


@dataclass(frozen=True)
class Recoverer:
    """`recover` of a stage's stack, installed where there is no toolchain, which would mend it by itself."""

    on: Stage

    @property
    def _packages(self) -> Path:
        packages = self.on.bench.directory / "installed"
        for name in PACKAGES:
            if not (packages / name).exists():
                shutil.copytree(ROOT / name, packages / name, ignore=shutil.ignore_patterns("__pycache__"))
        return packages

    def _environ(self) -> dict[str, str]:
        bench = self.on.bench
        return anything(bench.stack, [], bench.cli, bench.aws(), bench.environ).env

    def _execute(self, argv: list[str], env: dict[str, str]) -> Run:
        # The directory of the Pulumi project, as its user would be in.
        where = self.on.bench.directory / "config"
        answer = subprocess.run(
            argv, env=env, cwd=where, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        return Run(answer.returncode, answer.stdout)

    def recover(self, *arguments: str) -> Run:
        """The command, with the program's AWS for AWS."""
        env = self._environ() | {"PYTHONPATH": str(self._packages), "PYTHONSAFEPATH": "1"}
        argv = [sys.executable, "-m", "operations", "recover", "--stack", self.on.bench.stack, *arguments]
        return self._execute(argv, env)

    def report(self, *arguments: str) -> dict[str, Any]:
        """What it prints with --json."""
        run = self.recover("--json", *arguments)
        assert run.output.startswith("{"), run.output
        found: dict[str, Any] = json.loads(run.output)
        return found

    def cancel(self) -> Run:
        """`pulumi cancel`, which takes the killed run's lock off."""
        return self._execute(
            [str(self.on.bench.cli), "cancel", "--yes", "--stack", self.on.bench.stack], self._environ()
        )

    def settle(self) -> None:
        """Wait until the local AWS has ended what it creates: unlike a plugin's, its process was not killed."""
        creating = [each.urn for each in self.on.files().pending() if each.type == CREATING]
        local_aws.created(self.on.bench.aws(), creating)

    def state(self) -> str:
        """The file of the stack's state."""
        return self.on.files().state.read_text()

"""Pulumi projects run by the real engine against a local AWS of their own, as the toolchain would run them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

import toolchain
from toolchain import cli, local_aws, local_stack
from toolchain.invocation import Invocation, LocalAws, anything, deployment, policy_configuration

ROOT = Path(toolchain.__path__[0]).parent
SECONDS = 180
"""The longest that one pulumi command may take."""
UNTOUCHED = {"same", "read", "refresh"}


@dataclass(frozen=True)
class Step:
    """Something the engine did or would do to a resource."""

    op: str
    type: str
    name: str

    @classmethod
    def of(cls, metadata: dict[str, Any]) -> Step:
        kinds, name = metadata["urn"].split("::", 3)[2:]
        return cls(metadata["op"], kinds.rpartition("$")[2], name)


@dataclass(frozen=True)
class Run:
    """A finished pulumi command."""

    code: int
    output: str

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """The engine's events, of a command that was run with `--json`."""
        return [json.loads(line) for line in self.output.splitlines() if line.startswith('{"sequence"')]

    def _of(self, kind: str) -> list[dict[str, Any]]:
        return [event[kind] for event in self.events if kind in event]

    @property
    def changes(self) -> dict[str, int]:
        """How many resources the engine counts for each operation."""
        (summary,) = self._of("summaryEvent")
        return dict(summary["resourceChanges"])

    @property
    def steps(self) -> set[Step]:
        """What was, or would be, done to resources; not what stayed as it was."""
        steps = (Step.of(event["metadata"]) for event in self._of("resourcePreEvent"))
        return {step for step in steps if step.op not in UNTOUCHED}

    @property
    def altered(self) -> dict[str, list[str]]:
        """What a refresh found to be otherwise: the properties by the resource's name."""
        found = (event["metadata"] for event in self._of("resOutputsEvent"))
        return {
            data["urn"].split("::", 2)[2]: data.get("diffs") or []
            for data in found
            if data["op"] in ("update", "delete")
        }

    @property
    def complaints(self) -> list[str]:
        """Warnings, errors, and what a program or policy printed."""
        return [event["message"] for event in self._of("diagnosticEvent") if event["severity"] != "debug"]

    @property
    def findings(self) -> list[tuple[str, str, str]]:
        """Policy, level and message of every finding."""
        return [(e["policyName"], e["enforcementLevel"], e["message"]) for e in self._of("policyEvent")]

    @property
    def said(self) -> str:
        """What a person would look at when this went wrong."""
        told = [*self.complaints, *map(str, self.findings)]
        return "\n".join([f"exit code {self.code}", *(told or ([] if self.events else [self.output[-4000:]]))])


@dataclass
class Workbench:
    """A stack of a project: where it lies, its own AWS, and the environment pulumi runs in."""

    directory: Path
    """Of this bench: the local AWS, the project's copy, pulumi's home."""
    project: Path
    """Where Pulumi.yaml is."""
    stack: str
    options: list[str] = field(default_factory=list)
    """For every deployment command."""

    @cached_property
    def cli(self) -> Path:
        return cli.find(os.environ, print).path

    @property
    def place(self) -> Path:
        """The directory of the local AWS."""
        return self.directory / "aws"

    @property
    def environ(self) -> dict[str, str]:
        """The person's environment, with a pulumi home of its own."""
        return dict(os.environ) | {"PULUMI_HOME": str(self.directory / "pulumi-home")}

    def aws(self) -> LocalAws:
        """The local AWS, started where it does not run."""
        return local_aws.ensure(ROOT, self.place)

    def stop(self) -> None:
        """End the local AWS."""
        local_aws.stop(ROOT, self.place)

    def invocation(self, command: str, *arguments: str) -> Invocation:
        """A deployment command, as the toolchain writes it, to be run without a terminal."""
        given = [*arguments, *self.options, "--non-interactive", "--color", "never"]
        own = policy_configuration(ROOT, self.stack) if self.project == ROOT else None
        made = deployment(command, self.stack, given, self.cli, self.aws(), self.environ, own)
        policies = [str(ROOT / "policies") if part == "policies" else part for part in made.argv]
        return Invocation(policies, made.env | {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"})

    def text(self, command: str, *arguments: str) -> Run:
        """Run a deployment command as a person would see it."""
        return self.execute(self.invocation(command, *arguments))

    def preview(self, *arguments: str) -> Run:
        return self.text("preview", "--json", *arguments)

    def up(self, *arguments: str) -> Run:
        return self.text("up", "--json", "--skip-preview", *arguments)

    def refresh(self) -> Run:
        return self.text("refresh", "--json", "--skip-preview")

    def destroy(self) -> Run:
        return self.text("destroy", "--json", "--skip-preview")

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        told = self.execute(
            anything(self.stack, ["stack", "output", "--json"], self.cli, self.aws(), self.environ), joined=False
        )
        assert told.code == 0, told.output
        found: dict[str, Any] = json.loads(told.output)
        return found

    def execute(self, invocation: Invocation, *, joined: bool = True) -> Run:
        """Run to the end; one that hangs fails the test."""
        answer = subprocess.run(
            invocation.argv, env=invocation.env, cwd=self.project, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if joined else None, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        return Run(answer.returncode, answer.stdout)

    def _state(self) -> list[dict[str, Any]]:
        state = local_stack.StackFiles(self.aws().backend, local_stack.project_name(self.project), self.stack).state
        deployed = json.loads(state.read_text())["checkpoint"]["latest"] or {}
        return list(deployed.get("resources", []))

    def resources(self) -> Counter[str]:
        """The types in the stack's state."""
        return Counter(resource["type"] for resource in self._state())

    def urns(self, type_: str) -> list[str]:
        """The resources of a type in the stack's state."""
        return [resource["urn"] for resource in self._state() if resource["type"] == type_]


@contextmanager
def environment(directory: Path, stack: str) -> Iterator[Workbench]:
    """A stack of this repository, with a copy of its `Pulumi.<stack>.yaml` that a test may change."""
    scratch = directory / "config"
    scratch.mkdir(parents=True)
    for name in ("Pulumi.yaml", f"Pulumi.{stack}.yaml"):
        shutil.copy(ROOT / name, scratch / name)
    bench = Workbench(directory, ROOT, stack, ["--config-file", str(config_file(directory, stack))])
    yield from _served(bench, scratch)


@contextmanager
def program(directory: Path, source: str) -> Iterator[Workbench]:
    """A project of its own beside this repository, with the program `source` and the stack `dev`."""
    project = directory / "program"
    project.mkdir(parents=True)
    runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}}
    (project / "Pulumi.yaml").write_text(yaml.safe_dump({"name": "someone-elses", "runtime": runtime}))
    (project / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": {"aws:region": "eu-central-1"}}))
    (project / "__main__.py").write_text(source)
    yield from _served(Workbench(directory, project, "dev"), project)


def prepared(bench: Workbench, project: Path | None = None) -> None:
    """Make a bench's stack, where it does not exist yet."""
    local_stack.prepare(project or bench.project, bench.stack, bench.cli, bench.aws(), bench.environ, print)


def _served(bench: Workbench, project: Path) -> Iterator[Workbench]:
    try:
        prepared(bench, project)
        yield bench
    finally:
        bench.stop()


def config_file(directory: Path, stack: str) -> Path:
    """Where `environment` keeps a stack's configuration."""
    return directory / "config" / f"Pulumi.{stack}.yaml"


def read_config(path: Path) -> dict[str, Any]:
    """A stack's settings by their section, such as `services`."""
    config = yaml.safe_load(path.read_text())["config"]
    return {key.removeprefix("ecs-on-ec2:"): value for key, value in config.items()}


@contextmanager
def edited_config(path: Path, section: str) -> Iterator[Any]:
    """A section of a stack's settings, to be changed in place and written back."""
    whole = yaml.safe_load(path.read_text())
    yield whole["config"].setdefault(f"ecs-on-ec2:{section}", {})
    path.write_text(yaml.safe_dump(whole))

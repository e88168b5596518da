"""What the engine asks about a preview of this repository's own stacks: `python -m tests.policies.recording`."""

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2 as proto

from tests.end_to_end.harness import environment
from tests.end_to_end.inventory import Account
from tests.end_to_end.seeds import seed

HERE = Path(__file__).parent / "recordings"
STACKS = ("local", "dev", "prod")
_EVERYWHERE = {"ecs-task-definition-root-user"}
"""The components have no settings for these yet."""
_SMALL = {"ecs-load-balancer-https", "ecs-load-balancer-deletion-protection", "ecs-load-balancer-access-logs"}
"""What only prod asks for in its settings."""
ADVICE = {"local": _EVERYWHERE | _SMALL, "dev": _EVERYWHERE | _SMALL, "prod": _EVERYWHERE}
"""All that the pack says of each stack, as advice."""


@dataclass(frozen=True)
class Recording:
    """A preview: each resource's inputs, and the whole program with its outputs, as the engine's messages in JSON."""

    alone: list[dict[str, Any]]
    whole: dict[str, Any]

    @classmethod
    def of(cls, path: Path) -> "Recording":
        """The recording in a file."""
        return cls(**json.loads(path.read_text()))

    @property
    def resources(self) -> list[dict[str, Any]]:
        """The resources of the whole program."""
        return list(self.whole["resources"])

    def but(self, urn: str, properties: Mapping[str, Any], inputs: Mapping[str, Any]) -> "Recording":
        """The same with other properties of one resource."""

        def changed(resources: list[dict[str, Any]], others: Mapping[str, Any]) -> list[dict[str, Any]]:
            return [{**one, "properties": others} if one["urn"] == urn else one for one in resources]

        whole = {**self.whole, "resources": changed(self.resources, properties)}
        return replace(self, alone=changed(self.alone, inputs), whole=whole)

    def requests(self) -> tuple[list[Any], Any]:
        """The engine's messages."""
        alone = [json_format.ParseDict(one, proto.AnalyzeRequest()) for one in self.alone]
        return alone, json_format.ParseDict(self.whole, proto.AnalyzeStackRequest())


def recorded(stack: str) -> Recording:
    """The recording of a stack of this repository."""
    return Recording.of(HERE / f"{stack}.json")


def record(stack: str, path: Path) -> None:
    """Previews a stack by the real engine, and writes what a policy pack is asked."""
    os.environ["POLICY_RECORDING"] = str(path)
    with tempfile.TemporaryDirectory() as directory, environment(Path(directory), stack) as bench:
        if stack == "prod":
            seed(Account(bench.aws().endpoint), bench.directory / "config" / f"Pulumi.{stack}.yaml")
        run = bench.preview("--policy-pack", str(Path(__file__).parent / "recorder"))
        if run.code:
            sys.exit(run.said)


if __name__ == "__main__":
    for name in STACKS:
        record(name, HERE / f"{name}.json")

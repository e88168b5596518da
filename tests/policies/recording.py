"""What the engine asks about a preview of this repository's own stacks: `python -m tests.policies.recording`."""

import base64
import json
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2 as proto

from ecs_model.user_data import is_encoded
from tests.end_to_end.harness import environment
from tests.end_to_end.inventory import Account
from tests.end_to_end.seeds import seed

HERE = Path(__file__).parent / "recordings"
STACKS = ("local", "dev", "prod")


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

    def with_members(self, urn: str, **members: Any) -> "Recording":
        """The same with other members of one resource's message, such as its dependencies, and the options alone."""

        def changed(resources: list[dict[str, Any]], others: Mapping[str, Any]) -> list[dict[str, Any]]:
            return [{**one, **others} if one["urn"] == urn else one for one in resources]

        options = {key: value for key, value in members.items() if key == "options"}
        whole = {**self.whole, "resources": changed(self.resources, members)}
        return replace(self, alone=changed(self.alone, options), whole=whole)

    @property
    def content(self) -> Any:
        """What is the same in every recording of one program: no order, and nothing that chance or AWS gives."""
        said = json.dumps(_decoded([self.alone, self.resources]))
        for chance, always in CHANCES.items():
            said = re.sub(chance, always, said)
        return _sorted(json.loads(said))

    def requests(self) -> tuple[list[Any], Any]:
        """The engine's messages."""
        alone = [json_format.ParseDict(one, proto.AnalyzeRequest()) for one in self.alone]
        return alone, json_format.ParseDict(self.whole, proto.AnalyzeStackRequest())


CHANCES = {
    r"-[0-9a-f]{7}\b": "-0000000",
    r"\b(vpc|subnet)-[0-9a-f]{17}\b": r"\1-0",
    r"certificate/[0-9a-f-]{36}": "certificate/0",
    r'"zoneId": "[0-9A-Z]{22}"': '"zoneId": "0"',
    r"127\.0\.0\.1:\d+": "127.0.0.1:0",
}
"""What Pulumi and the local AWS choose anew each time: suffixes of names, ids, the port."""


def _decoded(value: Any) -> Any:
    """User data as it reads, for it holds a name."""
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64decode(inner).decode()
        if key == "userData" and isinstance(inner, str) and is_encoded(inner)
        else _decoded(inner)
        for key, inner in value.items()
    }


def _sorted(value: Any) -> Any:
    """Lists of texts and of resources in order, for the engine tells them in the order of their making."""
    if isinstance(value, dict):
        return {key: _sorted(inner) for key, inner in value.items()}
    if not isinstance(value, list):
        return value
    texts = all(isinstance(item, str) and item.startswith("urn:") for item in value)
    resources = all(isinstance(item, dict) and "urn" in item for item in value)
    inner = [_sorted(item) for item in value]
    return sorted(inner) if texts else sorted(inner, key=lambda item: item["urn"]) if resources else inner


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

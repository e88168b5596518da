"""A Pulumi that is not there, whose stack a killed run left with pending operations."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from operations.pulumi_cli import Pulumi, PulumiError
from tests.ecs_model.test_pulumi_state import BEGINNING, resource, urn

REGION = "eu-central-1"
PROVIDER = "pulumi:providers:aws"


def stated(*pending: dict[str, Any], resources: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """An export: a stack, its provider, and these."""
    stack = {"urn": f"{BEGINNING}pulumi:pulumi:Stack::shop-dev", "type": "pulumi:pulumi:Stack"}
    provider = resource(PROVIDER, "default", id="p", inputs={"region": REGION}, outputs={"region": REGION})
    chosen = [stack | {"outputs": {"cluster": "dev-1"}}, provider, *(resources or [])]
    operations = [
        {**each, "resource": {"provider": f"{urn(PROVIDER, 'default')}::p", **each["resource"]}} for each in pending
    ]
    manifest = {"time": "2026-11-29T12:00:00Z"}
    return {"version": 3, "deployment": {"manifest": manifest, "resources": chosen, "pending_operations": operations}}


@dataclass
class FakePulumi(Pulumi):
    """Keeps what it is given, and reads resources as a provider would that finds all but `lost`."""

    export: dict[str, Any]
    stack: str = "dev"
    backend: str = "s3://state"
    meanwhile: dict[str, Any] | None = None
    """The state from the second export on."""
    broken: bool = False
    """Whether a refresh fails."""
    lost: set[str] = field(default_factory=set)
    """URNs that a refresh does not find."""
    stacks: list[dict[str, Any]] = field(default_factory=list)
    changes: list[tuple[str, ...]] = field(default_factory=list)

    def read(self, *arguments: str) -> dict[str, Any] | list[Any]:
        if arguments == ("stack", "export"):
            told = self.export
            self.export = self.meanwhile or self.export
            return told
        return {"url": self.backend} if arguments == ("whoami", "--json") else self.stacks

    def change(self, *arguments: str, given: str = "") -> None:
        self.changes.append(arguments)
        if arguments == ("stack", "import"):
            self.export = json.loads(given)
            return
        if self.broken:
            raise PulumiError("`pulumi refresh` failed for dev: no plugin")
        targets = {urn for flag, urn in pairwise(arguments) if flag == "--target"}
        deployment = self.export["deployment"]
        read = [
            {**each, "outputs": {"id": each["id"]}} if each["urn"] in targets else each
            for each in deployment["resources"]
            if each["urn"] not in self.lost
        ]
        self.export = {**self.export, "deployment": {**deployment, "resources": read}}

    def state(self) -> dict[str, dict[str, Any]]:
        """The resources by URN."""
        return {each["urn"]: each for each in self.export["deployment"]["resources"]}

    def pending(self) -> list[Any]:
        return list(self.export["deployment"]["pending_operations"])


def locked(directory: Path, pid: int, host: str) -> str:
    """A backend in a directory, whose stack is locked; its URL."""
    file = directory / ".pulumi" / "locks" / "organization" / "shop" / "dev" / "one.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"pid": pid, "username": "me", "hostname": host, "timestamp": "2026-11-29T12:00:00Z"}))
    return f"file://{directory}"

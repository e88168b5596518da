"""Resources as the engine describes them to a policy pack, and what the pack answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_LIST = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"
UNKNOWN_OBJECT = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"
LEVELS = {"advisory": proto.ADVISORY, "mandatory": proto.MANDATORY, "disabled": proto.DISABLED}
CANNOT_JUDGE = "can't run policy"


def secret(value: object) -> dict[str, object]:
    """A value marked as Pulumi marks a secret."""
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": value}


@dataclass(frozen=True)
class Res:
    """A resource: its type, its name, its properties, and the names of the resources each property was made from."""

    type: str
    name: str
    properties: Mapping[str, Any]
    made_from: Mapping[str, list[str]] = field(default_factory=dict)
    after: Sequence[str] = ()
    """Names of resources that it stands after without being made from them (`depends_on`)."""
    ignores: Sequence[str] = ()
    """Properties whose changes are ignored (`ignore_changes`)."""

    @property
    def urn(self) -> str:
        return f"urn:pulumi:dev::shop::{self.type}::{self.name}"

    def but(self, /, **properties: Any) -> "Res":
        """The same with other properties; None takes one away."""
        changed = {key: value for key, value in {**self.properties, **properties}.items() if value is not None}
        return replace(self, properties=changed)

    def made(self, /, **made_from: list[str]) -> "Res":
        """The same with some properties made from other resources."""
        return replace(self, made_from={**self.made_from, **made_from})


@dataclass(frozen=True)
class Diagnostic:
    """What the pack says."""

    rule: str
    level: str
    text: str
    resource: str
    """The Pulumi name of the resource it is about."""

    @property
    def message(self) -> str:
        """What follows the rule's title."""
        return self.text.partition("\n")[2]


ROOT = Res("pulumi:pulumi:Stack", "shop-dev", {})


class Pack:
    """A running policy pack."""

    def __init__(self, port: int) -> None:
        self._stub = analyzer_pb2_grpc.AnalyzerStub(grpc.insecure_channel(f"127.0.0.1:{port}"))

    @property
    def info(self) -> Any:
        return self._stub.GetAnalyzerInfo(empty_pb2.Empty())

    def configure(self, config: Mapping[str, Mapping[str, Any]]) -> None:
        """Configures as the engine does: every policy gets its level, the default one where nothing is said."""
        request = proto.ConfigureAnalyzerRequest()
        for policy in self.info.policies:
            given = dict(config.get(policy.name, {}))
            level = given.pop("enforcementLevel", None)
            request.policyConfig[policy.name].enforcementLevel = LEVELS[level] if level else policy.enforcementLevel
            request.policyConfig[policy.name].properties.update(given)
        self._stub.Configure(request)
        # Every operation of the engine begins with the stack itself.
        self.resource(ROOT)

    def resource(self, resource: Res) -> list[Diagnostic]:
        """What the resource policies say of one resource, from its inputs."""
        return _diagnostics(self._stub.Analyze(analyze_request(resource)))

    def stack(self, *resources: Res) -> list[Diagnostic]:
        """What the stack policies say of a program, from its resources' outputs."""
        return _diagnostics(self._stub.AnalyzeStack(stack_request(*resources)))


def analyze_request(resource: Res) -> Any:
    """How the engine asks about one resource."""
    request = proto.AnalyzeRequest(urn=resource.urn, type=resource.type, name=resource.name)
    request.properties.update(resource.properties)
    request.options.ignoreChanges.extend(resource.ignores)
    return request


def stack_request(*resources: Res) -> Any:
    """How the engine asks about a program."""
    urns = {resource.name: resource.urn for resource in resources}
    assert len(urns) == len(resources), "two resources have one name"
    request = proto.AnalyzeStackRequest()
    for resource in resources:
        message = request.resources.add(urn=resource.urn, type=resource.type, name=resource.name)
        message.properties.update(resource.properties)
        for key, sources in resource.made_from.items():
            made_from = [urns[source] for source in sources if source in urns]
            if made_from:
                message.propertyDependencies[key].urns.extend(made_from)
                message.dependencies.extend(made_from)
        message.dependencies.extend(urns[name] for name in resource.after if name in urns)
        message.options.ignoreChanges.extend(resource.ignores)
    return request


def _diagnostics(response: Any) -> list[Diagnostic]:
    names = {number: name for name, number in LEVELS.items()}
    return [
        Diagnostic(d.policyName, names[d.enforcementLevel], d.message, d.urn.rsplit("::", 1)[-1])
        for d in response.diagnostics
    ]

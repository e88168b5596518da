"""Programs as the engine describes them to a policy pack, and what the pack answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_LIST = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"
LEVELS = {"advisory": proto.ADVISORY, "mandatory": proto.MANDATORY, "disabled": proto.DISABLED}


def secret(value: object) -> dict[str, object]:
    """A value marked as Pulumi marks a secret."""
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": value}


@dataclass(frozen=True)
class Res:
    """A resource: its type, name, properties, and which resources each property was made from."""

    type: str
    name: str
    properties: dict[str, Any]
    made_from: Mapping[str, list["Res"]] = field(default_factory=dict)

    @property
    def urn(self) -> str:
        return f"urn:pulumi:dev::shop::{self.type}::{self.name}"


@dataclass(frozen=True)
class Diagnostic:
    """What the pack says."""

    rule: str
    level: str
    message: str
    urn: str

    @property
    def name(self) -> str:
        """The Pulumi name of the resource it is about."""
        return self.urn.rsplit("::", 1)[-1]


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

    def resource(self, resource: Res) -> list[Diagnostic]:
        """What the resource policies say of one resource, from its inputs."""
        request = proto.AnalyzeRequest(urn=resource.urn, type=resource.type, name=resource.name)
        request.properties.update(resource.properties)
        return _diagnostics(self._stub.Analyze(request))

    def stack(self, *resources: Res) -> list[Diagnostic]:
        """What the stack policies say of a program, from its resources' outputs."""
        request = proto.AnalyzeStackRequest()
        for resource in resources:
            message = request.resources.add(urn=resource.urn, type=resource.type, name=resource.name)
            message.properties.update(resource.properties)
            for key, sources in resource.made_from.items():
                message.propertyDependencies[key].urns.extend(source.urn for source in sources)
                message.dependencies.extend(source.urn for source in sources)
        return _diagnostics(self._stub.AnalyzeStack(request))


def _diagnostics(response: Any) -> list[Diagnostic]:
    names = {number: name for name, number in LEVELS.items()}
    return [Diagnostic(d.policyName, names[d.enforcementLevel], d.message, d.urn) for d in response.diagnostics]

"""One local AWS a test process, and a laboratory that speaks the engine's protocol to its provider."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from localaws.wire import dump, load
from tests.localaws.fleets import Fleet
from tests.localaws.ground import Ground

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"
Properties = dict[str, Any]


def command(*arguments: str, timeout: float = 90) -> subprocess.CompletedProcess[str]:
    """`python -m localaws …`, as a person runs it."""
    return subprocess.run(
        [sys.executable, "-m", "localaws", *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=ROOT,
        check=False,
    )


@dataclass
class Resource:
    """What the engine would keep of a resource."""

    token: str
    urn: str
    seed: bytes
    inputs: Properties = field(default_factory=dict)
    id: str = ""
    state: Properties = field(default_factory=dict)


class Lab:
    """The engine's side of the protocol, and AWS's through boto3."""

    def __init__(self, where: Properties, config: Properties | None = None) -> None:
        self.where = where
        channel = grpc.insecure_channel(
            f"127.0.0.1:{where['provider_port']}", options=[("grpc.use_local_subchannel_pool", 1)]
        )
        self.stub = provider_pb2_grpc.ResourceProviderStub(channel)
        self.stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address=""))
        arguments = {"region": REGION, **(config or {})}
        self.stub.Configure(provider_pb2.ConfigureRequest(args=dump(arguments)))

    def boto(self, service: str, region: str = REGION) -> Any:
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.where["endpoint"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def name(self, stem: str = "x") -> str:
        return f"{stem}-{uuid.uuid4().hex[:8]}"

    def resource(self, token: str, name: str | None = None) -> Resource:
        name = name or self.name("r")
        return Resource(token, f"urn:pulumi:local::p::{token}::{name}", uuid.uuid4().bytes)

    def check(self, resource: Resource, inputs: Properties) -> tuple[Properties, dict[str, str]]:
        response = self.stub.Check(
            provider_pb2.CheckRequest(
                urn=resource.urn, olds=dump(resource.inputs), news=dump(inputs), randomSeed=resource.seed
            )
        )
        return load(response.inputs), {item.property: item.reason for item in response.failures}

    def checked(self, resource: Resource, inputs: Properties) -> Properties:
        completed, failures = self.check(resource, inputs)
        assert failures == {}
        return completed

    def previewed(self, resource: Resource, inputs: Properties) -> Properties:
        request = provider_pb2.CreateRequest(urn=resource.urn, properties=dump(inputs), preview=True)
        return load(self.stub.Create(request).properties)

    def create(self, resource: Resource, inputs: Properties) -> Resource:
        resource.inputs = self.checked(resource, inputs)
        response = self.stub.Create(provider_pb2.CreateRequest(urn=resource.urn, properties=dump(resource.inputs)))
        resource.id, resource.state = response.id, load(response.properties)
        return resource

    def made(self, token: str, **inputs: Any) -> Resource:
        return self.create(self.resource(token), inputs)

    def diff(self, resource: Resource, inputs: Properties, old: Properties | None = None) -> Any:
        return self.stub.Diff(
            provider_pb2.DiffRequest(
                id=resource.id,
                urn=resource.urn,
                olds=dump(resource.state),
                old_inputs=dump(resource.inputs if old is None else old),
                news=dump(inputs),
            )
        )

    def update(self, resource: Resource, inputs: Properties, *, preview: bool = False) -> Properties:
        response = self.stub.Update(
            provider_pb2.UpdateRequest(
                id=resource.id,
                urn=resource.urn,
                olds=dump(resource.state),
                old_inputs=dump(resource.inputs),
                news=dump(inputs),
                preview=preview,
            )
        )
        if not preview:
            resource.inputs, resource.state = inputs, load(response.properties)
        return load(response.properties)

    def read(self, resource: Resource, *, known: bool = True) -> tuple[str, Properties, Properties]:
        """Id, state, inputs; `known=False` reads as an import does."""
        response = self.stub.Read(
            provider_pb2.ReadRequest(
                id=resource.id,
                urn=resource.urn,
                properties=dump(resource.state if known else {}),
                inputs=dump(resource.inputs if known else {}),
            )
        )
        return response.id, load(response.properties), load(response.inputs)

    def delete(self, resource: Resource) -> None:
        self.stub.Delete(
            provider_pb2.DeleteRequest(
                id=resource.id, urn=resource.urn, properties=dump(resource.state), old_inputs=dump(resource.inputs)
            )
        )

    def invoke(self, token: str, **arguments: Any) -> Properties:
        response = self.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=dump(arguments)))
        assert not response.failures, response.failures
        return load(getattr(response, "return"))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Properties]:
    """Where a local AWS runs, for the whole session."""
    directory = tmp_path_factory.mktemp("localaws")
    started = command("ensure", "--directory", str(directory))
    assert started.returncode == 0, started.stderr
    yield json.loads(started.stdout)
    command("stop", "--directory", str(directory))


@pytest.fixture(scope="session")
def lab(running: Properties) -> Lab:
    return Lab(running)


@pytest.fixture(name="new_lab")
def _new_lab(running: Properties) -> Any:
    """A laboratory of its own configuration."""
    return lambda **config: Lab(running, config)


@pytest.fixture(name="fleet")
def _fleet(lab: Lab) -> Fleet:
    return Fleet(lab)


@pytest.fixture(name="ground")
def _ground(lab: Lab) -> Ground:
    return Ground(lab)


@pytest.fixture(name="localaws")
def _localaws() -> Any:
    """The command line."""
    return command

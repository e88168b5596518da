"""What the provider does for every type alike: refusals, regions, tags, secrets, deletion, the rest of the protocol."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from localaws import make_schema, schema
from localaws.aws import Endpoint
from localaws.creations import Creations
from localaws.provider import Provider
from localaws.wire import SIGNATURE, dump, marks
from tests.localaws.making import CLUSTER


def test_the_schema_is_that_of_the_installed_pulumi_aws() -> None:
    assert schema.PATH.read_text() == make_schema.text()


def test_default_tags_are_the_providers_and_not_the_programs(new_lab: Any) -> None:
    lab = new_lab(defaultTags=json.dumps({"tags": {"owner": "me", "a": "default"}}))
    made = lab.made(CLUSTER, tags={"a": "own"})
    assert made.state["tags"] == {"a": "own"}
    assert made.state["tagsAll"] == {"owner": "me", "a": "own"}
    found = lab.boto("ecs").describe_clusters(clusters=[made.id], include=["TAGS"])["clusters"][0]["tags"]
    assert sorted(tag["key"] for tag in found) == ["a", "owner"]


def test_each_provider_instance_has_its_region_and_a_resource_may_have_another(new_lab: Any) -> None:
    west, east = new_lab(region="eu-west-1"), new_lab(region="us-east-2")
    assert west.made(CLUSTER).state["arn"].split(":")[3] == "eu-west-1"
    assert east.made(CLUSTER).state["arn"].split(":")[3] == "us-east-2"
    assert east.made(CLUSTER, region="ap-south-1").state["arn"].split(":")[3] == "ap-south-1"


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"allowedAccountIds": json.dumps(["111111111111"])}, "account 123456789012"),
        ({"allowedAccountIds": ["111111111111"]}, "aws:allowedAccountIds is 111111111111"),
        ({"forbiddenAccountIds": ["123456789012"]}, "aws:forbiddenAccountIds"),
        ({"region": ""}, "aws:region is not set"),
    ],
)
def test_it_stands_in_for_no_other_account(new_lab: Any, config: dict[str, Any], words: str) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        new_lab(**config)
    assert words in raised.value.details()


def test_the_right_account_is_allowed(new_lab: Any) -> None:
    assert new_lab(allowedAccountIds=json.dumps(["123456789012"])).made(CLUSTER).id


def test_a_type_that_is_not_served_is_named(lab: Any) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        lab.check(lab.resource("aws:sqs/queue:Queue"), {})
    assert "does not serve the resource type aws:sqs/queue:Queue" in raised.value.details()
    with pytest.raises(grpc.RpcError) as raised:
        lab.invoke("aws:s3/getBucket:getBucket")
    assert "does not serve the function aws:s3/getBucket:getBucket" in raised.value.details()


def test_awss_refusal_reaches_the_user_in_its_own_words(lab: Any) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        lab.create(lab.resource("aws:ecs/service:Service", "web"), {"cluster": "nowhere", "taskDefinition": "none:1"})
    assert raised.value.details() == "creating ECS Service (web): ClusterNotFoundException: Cluster not found."


def test_what_exists_is_kept_when_a_later_step_fails(lab: Any) -> None:
    resource = lab.resource("aws:iam/instanceProfile:InstanceProfile")
    with pytest.raises(grpc.RpcError) as raised:
        lab.create(resource, {"role": "no-such-role"})
    trailer = dict(raised.value.trailing_metadata())["grpc-status-details-bin"]
    status = status_pb2.Status.FromString(trailer)
    failed = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(failed)
    assert failed.id == resource.inputs["name"]
    assert "NoSuchEntity" in failed.reasons[0]
    assert failed.properties["arn"]


def test_the_rest_of_the_protocol(lab: Any) -> None:
    assert lab.stub.GetPluginInfo(empty_pb2.Empty()).version
    assert lab.stub.Attach(plugin_pb2.PluginAttach(address="x")) == empty_pb2.Empty()
    config = dump({"region": "us-east-1"})
    assert lab.stub.CheckConfig(provider_pb2.CheckRequest(news=config)).inputs == config
    changes = provider_pb2.DiffResponse
    same = lab.stub.DiffConfig(provider_pb2.DiffRequest(old_inputs=config, news=config))
    other = lab.stub.DiffConfig(provider_pb2.DiffRequest(old_inputs=config, news=dump({"region": "x"})))
    assert (same.changes, other.changes) == (changes.DIFF_NONE, changes.DIFF_SOME)
    assert json.loads(lab.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)["name"] == "aws"
    with pytest.raises(grpc.RpcError) as raised:
        lab.stub.Parameterize(provider_pb2.ParameterizeRequest())
    assert raised.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_secrets_stay_secret_in_inputs_and_state(lab: Any) -> None:
    def secret(value: Any) -> dict[str, Any]:
        return {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": value}

    resource = lab.resource(CLUSTER)
    news = dump({"tags": {"open": "1", "hidden": secret("hunter22")}})
    check = lab.stub.Check(provider_pb2.CheckRequest(urn=resource.urn, news=news, randomSeed=resource.seed))
    assert marks(check.inputs) == {"tags": {"hidden": True}}
    request = provider_pb2.CreateRequest(urn=resource.urn, properties=check.inputs)
    made = lab.stub.Create(request)
    expected = {"tags": {"hidden": True}, "tagsAll": {"hidden": True}}
    assert marks(made.properties) == expected
    read = lab.stub.Read(
        provider_pb2.ReadRequest(id=made.id, urn=resource.urn, properties=made.properties, inputs=check.inputs)
    )
    assert (marks(read.properties), marks(read.inputs)) == (expected, {"tags": {"hidden": True}})
    tags = lab.boto("ecs").describe_clusters(clusters=[made.id], include=["TAGS"])["clusters"][0]["tags"]
    assert {"key": "hidden", "value": "hunter22"} in tags
    request.preview = True
    assert marks(lab.stub.Create(request).properties) == expected


def test_a_deletion_waits_for_what_depends_on_it(lab: Any) -> None:
    network = lab.made("aws:ec2/vpc:Vpc", cidrBlock="10.3.0.0/16")
    used = lab.made("aws:ec2/securityGroup:SecurityGroup", vpcId=network.id)
    user = lab.made("aws:ec2/securityGroup:SecurityGroup", vpcId=network.id)
    rule = lab.made(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        securityGroupId=user.id,
        ipProtocol="-1",
        referencedSecurityGroupId=used.id,
    )
    timer = threading.Timer(1, lambda: lab.delete(rule))
    timer.start()
    start = time.monotonic()
    lab.delete(used)
    assert time.monotonic() - start > 0.9
    assert lab.read(used)[0] == ""
    timer.join()


def test_a_deletion_gives_up_in_awss_words(lab: Any) -> None:
    network = lab.made("aws:ec2/vpc:Vpc", cidrBlock="10.3.0.0/16")
    lab.made("aws:ec2/subnet:Subnet", vpcId=network.id, cidrBlock="10.3.0.0/24")
    request = provider_pb2.DeleteRequest(
        id=network.id, urn=network.urn, properties=dump(network.state), old_inputs=dump(network.inputs), timeout=0.3
    )
    with pytest.raises(grpc.RpcError) as raised:
        lab.stub.Delete(request)
    assert f"deleting EC2 Vpc ({network.id}): DependencyViolation: " in raised.value.details()


class Crash(BaseHTTPRequestHandler):
    """What moto's server answers when it crashes."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        page = b"<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Oops</h1>\n"
        self.send_response(500)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: Any) -> None:
        """Nothing: the test's output is for the test."""


@pytest.fixture(name="crashing")
def _crashing(lab: Any) -> Iterator[Any]:
    """A laboratory whose AWS crashes at every request."""
    moto = ThreadingHTTPServer(("127.0.0.1", 0), Crash)
    threading.Thread(target=moto.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{moto.server_port}"
    server = grpc.server(ThreadPoolExecutor(4))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(
        Provider(Endpoint(url, Path("/place/its.log")), Creations()), server
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield type(lab)({"provider_port": port, "endpoint": url})
    server.stop(None)
    moto.shutdown()
    moto.server_close()


def test_a_crash_of_the_local_aws_is_one_sentence_with_its_log(crashing: Any) -> None:
    def told(doing: Any, *arguments: Any, **named: Any) -> str:
        with pytest.raises(grpc.RpcError) as raised:
            doing(*arguments, **named)
        return str(raised.value.details())

    end = (
        ": the local AWS failed, which is no fault of your program. Report it with what /place/its.log says; "
        "`make stop` and `make up` begin anew"
    )
    cluster, vpc = crashing.resource(CLUSTER, "web"), crashing.resource("aws:ec2/vpc:Vpc", "net")
    assert told(crashing.create, cluster, {"name": "web"}) == "creating ECS Cluster (web): ecs CreateCluster" + end
    assert told(crashing.create, vpc, {"cidrBlock": "10.0.0.0/16"}).endswith(": ec2 CreateVpc" + end)
    cluster.id = "arn:web"
    cluster.state = {"arn": "arn:web", "name": "web", "tagsAll": {"a": "1"}}
    assert told(crashing.read, cluster) == "reading ECS Cluster (arn:web): ecs DescribeClusters" + end
    assert told(crashing.delete, cluster) == "deleting ECS Cluster (arn:web): ecs DeleteCluster" + end
    retag = told(crashing.update, cluster, {"name": "web", "tags": {"a": "2"}})
    assert retag == "tagging ECS Cluster (arn:web): ecs TagResource" + end
    region = told(crashing.invoke, "aws:index/getRegion:getRegion")
    assert region == "invoking aws:index/getRegion:getRegion: ec2 DescribeRegions" + end

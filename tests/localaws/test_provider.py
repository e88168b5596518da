"""What the provider does for every type alike: names, failures, previews, refusals, regions, tags, functions."""

from __future__ import annotations

import base64
import json
import re
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
from localaws.aws import Endpoint, Region
from localaws.creations import Creations
from localaws.functions import FUNCTIONS
from localaws.kind import Failed, Target
from localaws.provider import Provider
from localaws.tokens import FUNCTIONS as FUNCTION_TOKENS
from localaws.types import KINDS
from localaws.wire import SIGNATURE, UNKNOWN, dump, marks

CLUSTER = "aws:ecs/cluster:Cluster"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
CONTAINERS = json.dumps([{"name": "app", "image": "nginx", "memory": 64}])


def test_the_schema_is_that_of_the_installed_pulumi_aws() -> None:
    assert schema.PATH.read_text() == make_schema.text()


def test_a_name_is_the_resources_with_seven_digits_and_stays(lab: Any) -> None:
    resource = lab.resource(CLUSTER, "web")
    first = lab.checked(resource, {})
    assert re.fullmatch(r"web-[0-9a-f]{7}", first["name"])
    assert lab.checked(lab.resource(CLUSTER, "web"), {})["name"] != first["name"]
    resource.inputs = first
    resource.seed = b"another"
    assert lab.checked(resource, {})["name"] == first["name"]
    assert lab.checked(resource, {"name": "fixed"})["name"] == "fixed"
    resource.inputs = lab.checked(resource, {"name": "fixed"})
    assert lab.checked(resource, {})["name"] != "fixed"


def test_a_name_prefix_takes_the_place_of_the_resources_name(lab: Any) -> None:
    name = lab.checked(lab.resource(LOGS, "web"), {"namePrefix": "/ecs/x"})["name"]
    assert re.fullmatch(r"/ecs/x[0-9a-f]{7}", name)


def test_a_name_too_long_for_aws_is_a_failure(lab: Any) -> None:
    _, failures = lab.check(lab.resource("aws:lb/loadBalancer:LoadBalancer", "a" * 30), {})
    assert "32 characters" in failures["name"]


def test_a_fixed_name_is_deleted_before_its_replacement(lab: Any) -> None:
    resource = lab.resource(LOGS)
    fixed = lab.checked(resource, {"name": "x", "kmsKeyId": "a"})
    assert lab.diff(resource, {**fixed, "kmsKeyId": "b"}, old=fixed).deleteBeforeReplace is True
    auto = lab.checked(resource, {"kmsKeyId": "a"})
    assert lab.diff(resource, {**auto, "kmsKeyId": "b"}, old=auto).deleteBeforeReplace is False


@pytest.mark.parametrize(
    ("token", "inputs", "prop", "words"),
    [
        (CLUSTER, {"nmae": "x"}, "nmae", "has no property"),
        (CLUSTER, {"settings": "x"}, "settings", "expected a list, got a string"),
        (CLUSTER, {"settings": [{"name": "x"}]}, "settings[0].value", "requires 'value'"),
        (CLUSTER, {"settings": [{"name": "x", "value": "y", "z": 1}]}, "settings[0].z", "no property"),
        (CLUSTER, {"tags": ["x"]}, "tags", "expected an object"),
        ("aws:ecs/taskDefinition:TaskDefinition", {"family": "x"}, "containerDefinitions", "requires the property"),
        (
            "aws:ecs/taskDefinition:TaskDefinition",
            {"family": "x", "containerDefinitions": "{"},
            "containerDefinitions",
            "not valid JSON",
        ),
        (
            "aws:ecs/taskDefinition:TaskDefinition",
            {"family": "x", "containerDefinitions": "{}"},
            "containerDefinitions",
            "JSON list",
        ),
        (LOGS, {"retentionInDays": "many"}, "retentionInDays", "expected a whole number"),
        (LOGS, {"skipDestroy": 3}, "skipDestroy", "expected a boolean"),
        ("aws:ec2/subnet:Subnet", {"vpcId": "v", "outpostArn": "arn:x"}, "outpostArn", "does not serve"),
        (
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            {"securityGroupId": "x", "ipProtocol": "-1"},
            "cidrIpv4",
            "exactly one of",
        ),
        (
            "aws:lb/listenerRule:ListenerRule",
            {"listenerArn": "x", "actions": [], "conditions": [{}]},
            "conditions[0]",
            "exactly one of",
        ),
        (
            "aws:ec2/launchTemplate:LaunchTemplate",
            {"defaultVersion": 1, "updateDefaultVersion": True},
            "defaultVersion",
            "excludes",
        ),
    ],
)
def test_wrong_inputs_are_failures_that_name_the_property(
    lab: Any, token: str, inputs: dict[str, Any], prop: str, words: str
) -> None:
    _, failures = lab.check(lab.resource(token), inputs)
    assert words in failures[prop]


def test_unknown_values_pass_and_stay_unknown(lab: Any) -> None:
    inputs = {"family": UNKNOWN, "containerDefinitions": UNKNOWN, "volumes": [{"name": UNKNOWN}]}
    resource = lab.resource("aws:ecs/taskDefinition:TaskDefinition")
    checked = lab.checked(resource, inputs)
    assert {key: checked[key] for key in inputs} == {**inputs, "volumes": [{"name": UNKNOWN}]}
    assert lab.previewed(resource, checked)["containerDefinitions"] is UNKNOWN


def test_an_unknown_replacing_value_is_a_replacement(lab: Any) -> None:
    made = lab.made(LOGS)
    assert list(lab.diff(made, {**made.inputs, "name": UNKNOWN}).replaces) == ["name"]


@pytest.mark.parametrize(
    ("token", "prop", "one", "other"),
    [
        ("aws:iam/policy:Policy", "policy", '{"a": ["x", "y"], "b": "z"}', '{"b":["z"],"a":["y","x"]}'),
        (
            "aws:ecs/taskDefinition:TaskDefinition",
            "containerDefinitions",
            '[{"environment": [{"name": "a"}, {"name": "b"}]}]',
            '[{"environment":[{"name":"b"},{"name":"a"}]}]',
        ),
        ("aws:lb/loadBalancer:LoadBalancer", "subnets", ["a", "b"], ["b", "a"]),
        ("aws:lb/loadBalancer:LoadBalancer", "idleTimeout", 60, "60"),
        ("aws:ec2/launchTemplate:LaunchTemplate", "ebsOptimized", "true", True),
    ],
)
def test_values_that_mean_the_same_are_no_difference(lab: Any, token: str, prop: str, one: Any, other: Any) -> None:
    assert list(lab.diff(lab.resource(token), {prop: one}, old={prop: other}).diffs) == []


@pytest.mark.parametrize(
    ("token", "prop", "one", "other"),
    [
        (
            "aws:ecs/taskDefinition:TaskDefinition",
            "containerDefinitions",
            '[{"command": ["a", "b"]}]',
            '[{"command": ["b", "a"]}]',
        ),
        (
            "aws:ecs/service:Service",
            "orderedPlacementStrategies",
            [{"type": "spread"}, {"type": "binpack"}],
            [{"type": "binpack"}, {"type": "spread"}],
        ),
        ("aws:iam/policy:Policy", "policy", '{"a": "x"}', '{"a": "x", "Condition": 1}'),
    ],
)
def test_values_whose_difference_matters(lab: Any, token: str, prop: str, one: Any, other: Any) -> None:
    assert list(lab.diff(lab.resource(token), {prop: one}, old={prop: other}).diffs) == [prop]


def test_the_kind_of_each_difference_is_told(lab: Any) -> None:
    old, new = {"name": "a", "tags": {"x": "1"}}, {"name": "b", "settings": [{"name": "n", "value": "v"}]}
    detailed = lab.diff(lab.resource(CLUSTER), new, old=old).detailedDiff
    kinds = provider_pb2.PropertyDiff
    assert {prop: detailed[prop].kind for prop in detailed} == {
        "name": kinds.UPDATE_REPLACE,
        "tags": kinds.DELETE,
        "settings": kinds.ADD,
    }


def test_an_update_previews_what_stays_known(lab: Any) -> None:
    made = lab.made("aws:ec2/launchTemplate:LaunchTemplate", instanceType="t3.micro")
    preview = lab.update(made, {**made.inputs, "instanceType": "m5.large"}, preview=True)
    assert (preview["instanceType"], preview["arn"]) == ("m5.large", made.state["arn"])
    assert preview["latestVersion"] is UNKNOWN


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


def test_every_function_is_served_and_tested(lab: Any) -> None:
    network = lab.boto("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    one = lab.boto("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [network]}])["Subnets"][0]["SubnetId"]
    cluster = lab.made(CLUSTER)
    parameter = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    found = {
        "aws:index/getRegion:getRegion": lab.invoke("aws:index/getRegion:getRegion")["region"] == "us-east-1",
        "aws:index/getCallerIdentity:getCallerIdentity": lab.invoke("aws:index/getCallerIdentity:getCallerIdentity")[
            "accountId"
        ]
        == "123456789012",
        "aws:index/getPartition:getPartition": lab.invoke("aws:index/getPartition:getPartition")["dnsSuffix"]
        == "amazonaws.com",
        "aws:index/getAvailabilityZones:getAvailabilityZones": lab.invoke(
            "aws:index/getAvailabilityZones:getAvailabilityZones", state="available", excludeNames=["us-east-1a"]
        )["names"][0]
        == "us-east-1b",
        "aws:ssm/getParameter:getParameter": lab.invoke("aws:ssm/getParameter:getParameter", name=parameter)[
            "value"
        ].startswith("ami-"),
        "aws:ec2/getVpc:getVpc": lab.invoke("aws:ec2/getVpc:getVpc", default=True)["id"] == network,
        "aws:ec2/getSubnet:getSubnet": lab.invoke("aws:ec2/getSubnet:getSubnet", id=one)["vpcId"] == network,
        "aws:ec2/getSubnets:getSubnets": one
        in lab.invoke("aws:ec2/getSubnets:getSubnets", filters=[{"name": "vpc-id", "values": [network]}])["ids"],
        "aws:ec2/getSecurityGroup:getSecurityGroup": lab.invoke(
            "aws:ec2/getSecurityGroup:getSecurityGroup", vpcId=network, name="default"
        )["name"]
        == "default",
        "aws:ecs/getCluster:getCluster": lab.invoke(
            "aws:ecs/getCluster:getCluster", clusterName=cluster.inputs["name"]
        )["arn"]
        == cluster.id,
        "aws:route53/getZone:getZone": lab.invoke("aws:route53/getZone:getZone", name="example.com.")["zoneId"]
        == lab.boto("route53").list_hosted_zones()["HostedZones"][0]["Id"].rpartition("/")[2],
    }
    assert sorted(found) == sorted(FUNCTIONS) == sorted(FUNCTION_TOKENS)
    assert [token for token, right in found.items() if not right] == []


def test_a_parameters_value_is_a_secret(lab: Any) -> None:
    """As with the real provider; the plain one is `insecureValue`."""
    token, name = "aws:ssm/getParameter:getParameter", "/aws/service/bottlerocket/aws-ecs-2/arm64/latest/image_id"
    response = lab.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=dump({"name": name})))
    result = getattr(response, "return")
    assert SIGNATURE in result["value"]
    assert result["insecureValue"] == result["value"]["value"]
    assert re.fullmatch(r"ami-[0-9a-f]{17}", result["insecureValue"])


@pytest.mark.parametrize(
    ("token", "arguments", "words"),
    [
        ("aws:ssm/getParameter:getParameter", {"name": "/none"}, "ParameterNotFound"),
        ("aws:ssm/getParameter:getParameter", {}, "'name' is missing"),
        ("aws:ec2/getSubnet:getSubnet", {}, "exactly one"),
        ("aws:ecs/getCluster:getCluster", {"clusterName": "none"}, "0 match"),
    ],
)
def test_a_function_that_finds_nothing_says_so(lab: Any, token: str, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        lab.invoke(token, **arguments)
    assert words in raised.value.details()


def test_a_steady_state_is_reached(lab: Any) -> None:
    task = lab.made("aws:ecs/taskDefinition:TaskDefinition", family=lab.name(), containerDefinitions=CONTAINERS)
    cluster = lab.made(CLUSTER)
    told = f"#!/bin/sh\necho ECS_CLUSTER={cluster.state['name']} >> /etc/ecs/ecs.config\n"
    lab.boto("ec2").run_instances(
        ImageId="ami-12c6146b", InstanceType="t3.micro", UserData=told, MinCount=1, MaxCount=1
    )
    made = lab.made(
        "aws:ecs/service:Service",
        cluster=cluster.id,
        taskDefinition=task.state["arn"],
        desiredCount=2,
        waitForSteadyState=True,
    )
    service = lab.boto("ecs").describe_services(cluster=cluster.id, services=[made.id])["services"][0]
    assert (service["runningCount"], service["deployments"][0]["rolloutState"]) == (2, "COMPLETED")


def test_user_data_and_image_reach_the_template(lab: Any) -> None:
    text = base64.b64encode(b"#!/bin/sh\necho ECS_CLUSTER=x").decode()
    made = lab.made("aws:ec2/launchTemplate:LaunchTemplate", userData=text, imageId="ami-1234abcd")
    found = lab.boto("ec2").describe_launch_template_versions(LaunchTemplateId=made.id)["LaunchTemplateVersions"][0]
    assert (found["LaunchTemplateData"]["UserData"], found["LaunchTemplateData"]["ImageId"]) == (text, "ami-1234abcd")


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


def test_the_result_of_a_secret_argument_is_secret(lab: Any) -> None:
    arguments = dump({"clusterName": {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": lab.made(CLUSTER).id}})
    response = lab.stub.Invoke(provider_pb2.InvokeRequest(tok="aws:ecs/getCluster:getCluster", args=arguments))
    result = getattr(response, "return")
    assert set(marks(result)) == set(result.keys())


ARN = "arn:aws:ecs:us-east-1:123456789012:task-definition/web:2"
STEADY = {
    "desiredCount": 1,
    "runningCount": 1,
    "taskDefinition": ARN,
    "deployments": [{"status": "PRIMARY", "taskDefinition": ARN, "rolloutState": "COMPLETED"}],
}
STARTING = {**STEADY, "runningCount": 0}
FAILED = {
    **STEADY,
    "deployments": [{"taskDefinition": ARN, "rolloutState": "FAILED", "rolloutStateReason": "tasks failed to start"}],
}
STOPPED = {
    "taskDefinitionArn": ARN,
    "stoppedReason": "Essential container in task exited",
    "containers": [{"name": "app", "exitCode": 137, "reason": "OutOfMemoryError"}, {"name": "log", "exitCode": 0}],
}
ENDED = "its tasks stopped: Essential container in task exited: container app exited with 137 OutOfMemoryError$"
BACK = {
    **STEADY,
    "taskDefinition": ARN[:-1] + "1",
    "deployments": [{"taskDefinition": ARN[:-1] + "1", "rolloutState": "COMPLETED"}],
}


def waiting(*found: dict[str, Any], timeout: float = 5, cancelled: bool = False) -> int:
    """How often the provider looks at a service until it is steady."""
    kind, looks = KINDS["aws:ecs/service:Service"], list(found)

    class Seen(Target):
        def call(self, operation: str, pick: str = "", /, **parameters: Any) -> Any:
            if operation == "list_tasks":
                return ["arn:task"]
            if operation == "describe_tasks":
                return [STOPPED]
            return looks.pop(0) if len(looks) > 1 else looks[0]

    target = Seen(
        kind, Region(Endpoint("http://127.0.0.1:1", Path("log")), "us-east-1"), "web", id="x/web", timeout=timeout
    )
    target.inputs = {"waitForSteadyState": True, "taskDefinition": ARN}
    if cancelled:
        target.cancelled.set()
    assert kind.settle is not None
    kind.settle(target)
    return len(found) - len(looks)


def test_a_steady_state_is_waited_for() -> None:
    assert waiting(STARTING, STARTING, STEADY) == 2


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([STARTING, FAILED], f"the deployment failed: tasks failed to start; {ENDED}"),
        ([STARTING, BACK], f"failed and was rolled back to [a-z:]+1; {ENDED}"),
        ([STARTING], f"0 of 1 tasks run; .*; {ENDED}"),
    ],
)
def test_a_deployment_that_fails_is_told(found: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(Failed, match=words):
        waiting(*found, timeout=0.3)


def test_a_cancelled_wait_ends() -> None:
    with pytest.raises(Failed, match="cancelled"):
        waiting(STARTING, timeout=60, cancelled=True)


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


def test_what_a_program_takes_back_is_taken_back(lab: Any) -> None:
    template = lab.made("aws:ec2/launchTemplate:LaunchTemplate", imageId="ami-12c6146b", instanceType="t3.micro")
    made = lab.made(
        "aws:autoscaling/group:Group",
        minSize=0,
        maxSize=1,
        availabilityZones=["us-east-1a"],
        forceDelete=True,
        launchTemplate={"id": template.id, "version": "1"},
        maxInstanceLifetime=864000,
        defaultInstanceWarmup=60,
        enabledMetrics=["GroupMinSize"],
    )
    gone = {"maxInstanceLifetime", "defaultInstanceWarmup", "enabledMetrics"}
    lab.update(made, {key: value for key, value in made.inputs.items() if key not in gone})
    told = lab.boto("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[made.id])
    found = told["AutoScalingGroups"][0]
    assert (found["MaxInstanceLifetime"], found["EnabledMetrics"]) == (0, [])
    assert "DefaultInstanceWarmup" not in found


def test_an_instance_refresh_starts_when_the_template_changes(lab: Any) -> None:
    one, two = (
        lab.made("aws:ec2/launchTemplate:LaunchTemplate", imageId="ami-12c6146b", instanceType="t3.micro")
        for _ in range(2)
    )
    made = lab.made(
        "aws:autoscaling/group:Group",
        minSize=1,
        maxSize=2,
        availabilityZones=["us-east-1a"],
        forceDelete=True,
        launchTemplate={"id": one.id, "version": "1"},
        instanceRefresh={"strategy": "Rolling", "preferences": {"minHealthyPercentage": 50}},
    )

    def refreshes() -> int:
        found = lab.boto("autoscaling").describe_instance_refreshes(AutoScalingGroupName=made.id)
        return len(found["InstanceRefreshes"])

    lab.update(made, {**made.inputs, "maxSize": 3})
    assert refreshes() == 0
    lab.update(made, {**made.inputs, "launchTemplate": {"id": two.id, "version": "1"}})
    assert refreshes() == 1
    lab.delete(made)


def test_a_strategy_taken_without_a_new_deployment_replaces_the_service(lab: Any) -> None:
    resource = lab.resource("aws:ecs/service:Service")
    strategy = [{"capacityProvider": "a", "weight": 1}]
    new = {"capacityProviderStrategies": strategy}
    assert list(lab.diff(resource, new, old={}).replaces) == ["capacityProviderStrategies"]
    assert list(lab.diff(resource, {**new, "forceNewDeployment": True}, old={}).replaces) == []


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

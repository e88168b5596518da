"""What the provider checks, and what it calls a difference: names, failures, previews, what is taken back."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from localaws.wire import UNKNOWN
from tests.localaws.making import CLUSTER

LOGS = "aws:cloudwatch/logGroup:LogGroup"


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


def test_user_data_and_image_reach_the_template(lab: Any) -> None:
    text = base64.b64encode(b"#!/bin/sh\necho ECS_CLUSTER=x").decode()
    made = lab.made("aws:ec2/launchTemplate:LaunchTemplate", userData=text, imageId="ami-1234abcd")
    found = lab.boto("ec2").describe_launch_template_versions(LaunchTemplateId=made.id)["LaunchTemplateVersions"][0]
    assert (found["LaunchTemplateData"]["UserData"], found["LaunchTemplateData"]["ImageId"]) == (text, "ami-1234abcd")


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

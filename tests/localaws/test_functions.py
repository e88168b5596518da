"""The functions that the local AWS serves."""

from __future__ import annotations

import re
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from localaws.functions import FUNCTIONS
from localaws.tokens import FUNCTIONS as FUNCTION_TOKENS
from localaws.wire import SIGNATURE, dump, marks
from tests.localaws.making import CLUSTER


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


def test_the_result_of_a_secret_argument_is_secret(lab: Any) -> None:
    arguments = dump({"clusterName": {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": lab.made(CLUSTER).id}})
    response = lab.stub.Invoke(provider_pb2.InvokeRequest(tok="aws:ecs/getCluster:getCluster", args=arguments))
    result = getattr(response, "return")
    assert set(marks(result)) == set(result.keys())

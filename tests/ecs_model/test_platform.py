"""The contract between a platform's stack and those of its services."""

from typing import Any

import pytest

from ecs_model.platform import InvalidPlatform, read

STACK = "acme/ecs-platform/dev"
FOUND: dict[str, Any] = {
    "version": 1.0,
    "clusterName": "platform-1",
    "clusterArn": "arn:cluster",
    "capacityProviders": {"general": "platform-general-1"},
    "instanceSecurityGroups": {"general": "sg-1"},
    "vpcId": "vpc-1",
    "instanceSubnetIds": ["subnet-1"],
    "loadBalancers": {"public": {"listenerArn": "arn:l", "securityGroupId": "sg-2", "dnsName": "a.b"}},
}


def test_what_is_exported_is_read() -> None:
    outputs = read(FOUND | {"new": "ignored"}, STACK)
    assert (outputs.cluster_arn, outputs.instance_subnet_ids) == ("arn:cluster", ["subnet-1"])
    assert outputs.load_balancers["public"].dns_name == "a.b"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "has no output 'platform': deploy the platform first"),
        ({}, "version none, and this one reads 1: deploy stack acme/ecs-platform/dev again"),
        ("text", "version none"),
        (FOUND | {"version": 0.0}, "version 0, and this one reads 1: deploy stack acme/ecs-platform/dev again"),
        (FOUND | {"version": 2.0}, "version 2, and this one reads 1: use the version that the platform has"),
        ({k: v for k, v in FOUND.items() if k != "vpcId"}, "whose vpcId is missing or of another kind"),
        (FOUND | {"loadBalancers": {"public": {}}}, "loadBalancers.public.listenerArn"),
    ],
)
def test_what_is_no_platform_is_refused(found: Any, words: str) -> None:
    with pytest.raises(InvalidPlatform) as refused:
        read(found, STACK)
    assert words in str(refused.value)
    assert STACK in str(refused.value)

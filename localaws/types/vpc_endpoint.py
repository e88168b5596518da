"""Amazon VPC: endpoints."""

from __future__ import annotations

from typing import Any

from localaws import tags
from localaws.aws import ACCOUNT
from localaws.kind import REGISTRY, ApiObject, Call, Kind, Step, Target
from localaws.wire import Properties


def _endpoint(target: Target) -> ApiObject | None:
    found: Properties | None = target.call(
        "describe_vpc_endpoints", "VpcEndpoints[?State!='deleted'] | [0]", VpcEndpointIds=[target.id]
    )
    if found is None:
        return None
    groups = [group["GroupId"] for group in found.get("Groups", [])]
    arn = target.region.ec2_arn(found.get("OwnerId", ACCOUNT), "vpc-endpoint", target.id)
    return {**found, "securityGroupIds": groups, "arn": arn}


_ENDPOINT_LISTS = {"routeTableIds": "RouteTable", "subnetIds": "Subnet", "securityGroupIds": "SecurityGroup"}


def _modify_endpoint(target: Target) -> None:
    found = dict(_endpoint(target) or {})
    change: dict[str, Any] = {}
    for prop, thing in _ENDPOINT_LISTS.items():
        now = set(found.get(f"{thing}Ids", found.get(prop, [])))
        wanted = set(target.inputs.get(prop, now))
        if wanted - now:
            change[f"Add{thing}Ids"] = sorted(wanted - now)
        if now - wanted:
            change[f"Remove{thing}Ids"] = sorted(now - wanted)
    if "policy" in target.inputs:
        change["PolicyDocument"] = target.inputs["policy"]
    if "privateDnsEnabled" in target.inputs and target.get("vpcEndpointType") == "Interface":
        change["PrivateDnsEnabled"] = target.inputs["privateDnsEnabled"]
    target.call("modify_vpc_endpoint", VpcEndpointId=target.id, **change)


VPC_ENDPOINT = Kind(
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    source=REGISTRY + "ec2/vpcendpoint/",
    create=Call(
        "create_vpc_endpoint",
        only=frozenset(
            {
                "policy",
                "privateDnsEnabled",
                "serviceName",
                "vpcEndpointType",
                "vpcId",
                *_ENDPOINT_LISTS,
            }
        ),
    ),
    identity="VpcEndpoint.VpcEndpointId",
    read=_endpoint,
    updates=(Step(frozenset({"policy", "privateDnsEnabled", *_ENDPOINT_LISTS}), _modify_endpoint),),
    delete=lambda r: r.call("delete_vpc_endpoints", VpcEndpointIds=[r.id]),
    tag=tags.ec2,
    tag_specification="vpc-endpoint",
    replaces=frozenset({"serviceName", "vpcEndpointType", "vpcId"}),
    computed=frozenset(
        {
            "ipAddressType",
            "policy",
            "privateDnsEnabled",
            "routeTableIds",
            "securityGroupIds",
            "serviceRegion",
            "subnetConfigurations",
            "subnetIds",
            "dnsOptions",
        }
    ),
    defaults={"vpcEndpointType": "Gateway"},
    documents=frozenset({"policy"}),
    names={"policy": "PolicyDocument", "securityGroupIds": ("SecurityGroupIds", "securityGroupIds")},
)

KINDS = (VPC_ENDPOINT,)

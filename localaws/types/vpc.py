"""Amazon VPC: networks, subnets, internet gateways."""

from __future__ import annotations

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, Call, Kind, Step, Target
from localaws.wire import Properties


def _attribute(prop: str) -> Step:
    name = prop[0].upper() + prop[1:]
    return Step(
        frozenset({prop}),
        lambda r: r.call("modify_vpc_attribute", VpcId=r.id, **{name: {"Value": r.inputs[prop]}}),
    )


_VPC_ATTRIBUTES = ("enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics")


def _vpc(target: Target) -> ApiObject | None:
    found: Properties = target.call("describe_vpcs", "Vpcs[0]", VpcIds=[target.id])
    of_vpc = [{"Name": "vpc-id", "Values": [target.id]}]
    attributes = {
        prop: target.call(
            "describe_vpc_attribute", f"{prop[0].upper()}{prop[1:]}.Value", VpcId=target.id, Attribute=prop
        )
        for prop in _VPC_ATTRIBUTES
    }
    main = target.call(
        "describe_route_tables",
        "RouteTables[0].RouteTableId",
        Filters=[*of_vpc, {"Name": "association.main", "Values": ["true"]}],
    )
    group = target.call(
        "describe_security_groups",
        "SecurityGroups[0].GroupId",
        Filters=[*of_vpc, {"Name": "group-name", "Values": ["default"]}],
    )
    acl = target.call(
        "describe_network_acls",
        "NetworkAcls[0].NetworkAclId",
        Filters=[*of_vpc, {"Name": "default", "Values": ["true"]}],
    )
    return {
        **found,
        **attributes,
        "arn": target.region.ec2_arn(found["OwnerId"], "vpc", target.id),
        "mainRouteTableId": main,
        "defaultRouteTableId": main,
        "defaultSecurityGroupId": group,
        "defaultNetworkAclId": acl,
    }


VPC = Kind(
    "aws:ec2/vpc:Vpc",
    service="ec2",
    source=REGISTRY + "ec2/vpc/",
    create=Call("create_vpc", only=frozenset({"cidrBlock", "instanceTenancy"})),
    identity="Vpc.VpcId",
    read=_vpc,
    updates=tuple(map(_attribute, _VPC_ATTRIBUTES)),
    delete=lambda r: r.call("delete_vpc", VpcId=r.id),
    tag=tags.ec2,
    tag_specification="vpc",
    replaces=frozenset({"cidrBlock", "instanceTenancy"}),
    computed=frozenset({"cidrBlock", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"}),
    defaults={"enableDnsSupport": True, "instanceTenancy": "default"},
    names={"enableDnsHostnames": "enableDnsHostnames"},
)


def _subnet(target: Target) -> ApiObject | None:
    found: ApiObject | None = target.call("describe_subnets", "Subnets[0]", SubnetIds=[target.id])
    return found


def _public_addresses(target: Target) -> None:
    value = {"Value": target.inputs["mapPublicIpOnLaunch"]}
    target.call("modify_subnet_attribute", SubnetId=target.id, MapPublicIpOnLaunch=value)


SUBNET = Kind(
    "aws:ec2/subnet:Subnet",
    service="ec2",
    source=REGISTRY + "ec2/subnet/",
    create=Call("create_subnet", only=frozenset({"availabilityZone", "availabilityZoneId", "cidrBlock", "vpcId"})),
    identity="Subnet.SubnetId",
    read=_subnet,
    updates=(Step(frozenset({"mapPublicIpOnLaunch"}), _public_addresses),),
    delete=lambda r: r.call("delete_subnet", SubnetId=r.id),
    tag=tags.ec2,
    tag_specification="subnet",
    replaces=frozenset({"availabilityZone", "availabilityZoneId", "cidrBlock", "vpcId"}),
    computed=frozenset({"availabilityZone", "availabilityZoneId", "privateDnsHostnameTypeOnLaunch"}),
    defaults={"mapPublicIpOnLaunch": False},
    names={"arn": "SubnetArn"},
)


def _internet_gateway(target: Target) -> ApiObject | None:
    found: Properties = target.call("describe_internet_gateways", "InternetGateways[0]", InternetGatewayIds=[target.id])
    attached = [item["VpcId"] for item in found.get("Attachments", [])]
    arn = target.region.ec2_arn(found["OwnerId"], "internet-gateway", target.id)
    return {**found, "vpcId": attached[0] if attached else None, "arn": arn}


def _detach(target: Target) -> None:
    attached = target.call(
        "describe_internet_gateways", "InternetGateways[0].Attachments", InternetGatewayIds=[target.id]
    )
    for item in attached:
        target.call("detach_internet_gateway", InternetGatewayId=target.id, VpcId=item["VpcId"])


def _attach(target: Target) -> None:
    _detach(target)
    if target.inputs.get("vpcId"):
        target.call("attach_internet_gateway", InternetGatewayId=target.id, VpcId=target.inputs["vpcId"])


def _delete_internet_gateway(target: Target) -> None:
    _detach(target)
    target.call("delete_internet_gateway", InternetGatewayId=target.id)


INTERNET_GATEWAY = Kind(
    "aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    source=REGISTRY + "ec2/internetgateway/",
    create=Call("create_internet_gateway"),
    identity="InternetGateway.InternetGatewayId",
    read=_internet_gateway,
    updates=(Step(frozenset({"vpcId"}), _attach),),
    delete=_delete_internet_gateway,
    tag=tags.ec2,
    tag_specification="internet-gateway",
    computed=frozenset({"vpcId"}),
)

KINDS = (VPC, SUBNET, INTERNET_GATEWAY)

"""Amazon VPC: networks, subnets, gateways, routes, endpoints."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from localaws import tags
from localaws.aws import ACCOUNT
from localaws.kind import REGISTRY, ApiObject, Call, Failed, Kind, Step, Target
from localaws.wire import Properties

GATEWAY_SECONDS = 10 * 60.0
"""The provider's default time-out for a NAT gateway."""


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

_ROUTE_TARGETS = {
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "carrierGatewayId": "CarrierGatewayId",
}
_DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
_INLINE = {"cidrBlock": "DestinationCidrBlock", "ipv6CidrBlock": "DestinationIpv6CidrBlock"}


def _wanted_route(rule: Properties) -> Properties:
    """An inline route as the API's."""
    names = {**_ROUTE_TARGETS, **_INLINE, "destinationPrefixListId": "DestinationPrefixListId"}
    return {name: rule[prop] for prop, name in names.items() if rule.get(prop)}


def _stated(route: Properties) -> bool:
    return route.get("Origin") == "CreateRoute"


def _route_table(target: Target) -> ApiObject | None:
    found: Properties = target.call("describe_route_tables", "RouteTables[0]", RouteTableIds=[target.id])
    names = {**_ROUTE_TARGETS, **_INLINE}
    routes = [
        {prop: route[name] for prop, name in names.items() if route.get(name)}
        for route in found["Routes"]
        if _stated(route)
    ]
    return {**found, "routes": routes, "arn": target.region.ec2_arn(found["OwnerId"], "route-table", target.id)}


def _put_routes(target: Target) -> None:
    found = target.call("describe_route_tables", "RouteTables[0].Routes", RouteTableIds=[target.id])
    for route in filter(_stated, found):
        at = {name: route[name] for name in _DESTINATIONS.values() if route.get(name)}
        target.call("delete_route", RouteTableId=target.id, **at)
    for rule in target.inputs.get("routes", []):
        target.call("create_route", RouteTableId=target.id, **_wanted_route(rule))


ROUTE_TABLE = Kind(
    "aws:ec2/routeTable:RouteTable",
    service="ec2",
    source=REGISTRY + "ec2/routetable/",
    create=Call("create_route_table"),
    identity="RouteTable.RouteTableId",
    read=_route_table,
    updates=(Step(frozenset({"routes"}), _put_routes),),
    delete=lambda r: r.call("delete_route_table", RouteTableId=r.id),
    tag=tags.ec2,
    tag_specification="route-table",
    replaces=frozenset({"vpcId"}),
    computed=frozenset({"routes", "propagatingVgws"}),
)


def _destination(target: Target) -> Properties:
    given = {name: target.get(prop) for prop, name in _DESTINATIONS.items() if target.get(prop)}
    return given or {"DestinationCidrBlock": _parsed_id(target)[1]}


def _table_of(target: Target) -> str:
    return str(target.get("routeTableId") or _parsed_id(target)[0])


def _parsed_id(target: Target) -> tuple[str, str]:
    """Table and destination of an id, or of the form `rtb-1_10.0.0.0/8` in which one is imported."""
    found = re.fullmatch(r"(?:r-)?(rtb-[0-9a-f]+)_(.*)", target.id)
    return (found[1], found[2]) if found else (target.id, "")


def _route(target: Target) -> ApiObject | None:
    table, at = _table_of(target), _destination(target)
    routes = target.call("describe_route_tables", "RouteTables[0].Routes", RouteTableIds=[table])
    found = next((route for route in routes if at.items() <= route.items()), None)
    if found is None:
        return None
    target.id = _route_id(table, at)
    return {**found, "routeTableId": table, "egressOnlyGatewayId": found.get("EgressOnlyInternetGatewayId")}


def _route_id(table: str, at: Properties) -> str:
    return f"r-{table}_{next(iter(at.values()))}"


def _replace_route(target: Target) -> None:
    to = {name: target.inputs[prop] for prop, name in _ROUTE_TARGETS.items() if target.inputs.get(prop)}
    target.call("replace_route", RouteTableId=_table_of(target), **_destination(target), **to)


ROUTE = Kind(
    "aws:ec2/route:Route",
    service="ec2",
    source=REGISTRY + "ec2/route/",
    create=Call("create_route"),
    identity=lambda r, _: _route_id(_table_of(r), _destination(r)),
    read=_route,
    updates=(Step(frozenset(_ROUTE_TARGETS), _replace_route),),
    delete=lambda r: r.call("delete_route", RouteTableId=_table_of(r), **_destination(r)),
    replaces=frozenset({"routeTableId", *_DESTINATIONS}),
    names={"egressOnlyGatewayId": ("EgressOnlyInternetGatewayId", "egressOnlyGatewayId")},
)


def _association_now(target: Target) -> Properties | None:
    """The subnet's association: replacing its table gives it another id than the resource's."""
    subnet = target.get("subnetId") or target.id.partition("/")[0]
    if subnet.startswith("rtbassoc-"):
        name, value = "association.route-table-association-id", subnet
    else:
        name, value = "association.subnet-id", subnet
    tables = target.call("describe_route_tables", "RouteTables", Filters=[{"Name": name, "Values": [value]}])
    for table in tables:
        for item in table["Associations"]:
            if value in (item.get("SubnetId"), item["RouteTableAssociationId"]):
                return dict(item)
    return None


def _association(target: Target) -> ApiObject | None:
    found = _association_now(target)
    if found is not None and not target.id.startswith("rtbassoc-"):
        target.id = found["RouteTableAssociationId"]
    return found


def _move(target: Target) -> None:
    now = _association_now(target)
    if now is None:
        raise Failed("the subnet has lost its association; refresh the stack")
    target.call(
        "replace_route_table_association",
        AssociationId=now["RouteTableAssociationId"],
        RouteTableId=target.inputs["routeTableId"],
    )


def _dissociate(target: Target) -> None:
    now = _association_now(target)
    if now is not None:
        target.call("disassociate_route_table", AssociationId=now["RouteTableAssociationId"])


ROUTE_TABLE_ASSOCIATION = Kind(
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    source=REGISTRY + "ec2/routetableassociation/",
    create=Call("associate_route_table", only=frozenset({"routeTableId", "subnetId"})),
    identity="AssociationId",
    read=_association,
    updates=(Step(frozenset({"routeTableId"}), _move),),
    delete=_dissociate,
    replaces=frozenset({"subnetId"}),
)


def _address(target: Target) -> ApiObject | None:
    found: Properties = target.call("describe_addresses", "Addresses[0]", AllocationIds=[target.id])
    arn = target.region.ec2_arn(ACCOUNT, "elastic-ip", target.id)
    return {**found, "arn": arn, "privateIp": found.get("PrivateIpAddress")}


EIP = Kind(
    "aws:ec2/eip:Eip",
    service="ec2",
    source=REGISTRY + "ec2/eip/",
    create=Call("allocate_address", only=frozenset({"domain"})),
    identity="AllocationId",
    read=_address,
    delete=lambda r: r.call("release_address", AllocationId=r.id),
    tag=tags.ec2,
    tag_specification="elastic-ip",
    retry=frozenset({"AuthFailure", "InvalidIPAddress.InUse"}),
    replaces=frozenset({"domain"}),
    computed=frozenset(
        {
            "domain",
            "instance",
            "networkBorderGroup",
            "networkInterface",
            "publicIpv4Pool",
            "ipamPoolId",
        }
    ),
    names={"instance": "InstanceId", "networkInterface": "NetworkInterfaceId"},
)


def _nat_gateway(target: Target) -> ApiObject | None:
    found: Properties | None = target.call(
        "describe_nat_gateways", "NatGateways[?State!='deleted'] | [0]", NatGatewayIds=[target.id]
    )
    if found is None:
        return None
    address = (found.get("NatGatewayAddresses") or [{}])[0]
    return {**found, **address, "privateIp": address.get("PrivateIp")}


def _until(wanted: Callable[[str | None], bool]) -> Callable[[Target], None]:
    def wait(target: Target) -> None:
        for over in target.polls(GATEWAY_SECONDS):
            found = target.call("describe_nat_gateways", "NatGateways[0]", NatGatewayIds=[target.id])
            state = found and found["State"]
            if wanted(state):
                return
            if state == "failed" or over:
                raise Failed(f"the gateway is {state}: {found.get('FailureMessage', 'AWS gives no reason')}")

    return wait


def _delete_nat_gateway(target: Target) -> None:
    target.call("delete_nat_gateway", NatGatewayId=target.id)
    _until(lambda state: state in (None, "deleted"))(target)


_NAT_PROPS = frozenset({"allocationId", "connectivityType", "privateIp", "subnetId"})
NAT_GATEWAY = Kind(
    "aws:ec2/natGateway:NatGateway",
    service="ec2",
    source=REGISTRY + "ec2/natgateway/",
    create=Call("create_nat_gateway", only=_NAT_PROPS),
    identity="NatGateway.NatGatewayId",
    read=_nat_gateway,
    delete=_delete_nat_gateway,
    settle=_until(lambda state: state == "available"),
    tag=tags.ec2,
    tag_specification="natgateway",
    replaces=_NAT_PROPS,
    computed=frozenset(
        {
            "privateIp",
            "vpcId",
            "availabilityMode",
            "availabilityZoneAddresses",
            "secondaryAllocationIds",
            "secondaryPrivateIpAddressCount",
            "secondaryPrivateIpAddresses",
        }
    ),
    defaults={"connectivityType": "public"},
    names={"privateIp": ("privateIp", "PrivateIpAddress")},
)


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

KINDS = (
    VPC,
    SUBNET,
    INTERNET_GATEWAY,
    ROUTE_TABLE,
    ROUTE,
    ROUTE_TABLE_ASSOCIATION,
    EIP,
    NAT_GATEWAY,
    VPC_ENDPOINT,
)

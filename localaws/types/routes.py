"""Amazon VPC: route tables, their routes, and the subnets they are for."""

from __future__ import annotations

import re

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, Call, Failed, Kind, Step, Target
from localaws.wire import Properties

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

KINDS = (ROUTE_TABLE, ROUTE, ROUTE_TABLE_ASSOCIATION)

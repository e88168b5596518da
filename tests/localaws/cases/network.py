"""Amazon VPC."""

from __future__ import annotations

from typing import Any

from tests.localaws.case import Case
from tests.localaws.making import Properties, group, subnets, vpc


def gateway(lab: Any, network: str) -> str:
    made = lab.boto("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    lab.boto("ec2").attach_internet_gateway(InternetGatewayId=made, VpcId=network)
    return str(made)


def table(lab: Any, network: str) -> str:
    return str(lab.boto("ec2").create_route_table(VpcId=network)["RouteTable"]["RouteTableId"])


def _association(lab: Any) -> Properties:
    network = vpc(lab)
    return {"subnetId": subnets(lab, network, 1)[0], "routeTableId": table(lab, network)}


def _same_network_table(lab: Any, made: Any) -> str:
    found = lab.boto("ec2").describe_route_tables(RouteTableIds=[made.inputs["routeTableId"]])
    return table(lab, found["RouteTables"][0]["VpcId"])


def _route(lab: Any) -> Properties:
    network = vpc(lab)
    return {
        "routeTableId": table(lab, network),
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": gateway(lab, network),
    }


def _other_gateway(lab: Any) -> str:
    return gateway(lab, vpc(lab))


def _endpoint(lab: Any) -> Properties:
    network = vpc(lab)
    return {
        "vpcId": network,
        "serviceName": "com.amazonaws.us-east-1.ecs",
        "vpcEndpointType": "Interface",
        "subnetIds": subnets(lab, network),
        "securityGroupIds": [group(lab, network)],
        "privateDnsEnabled": True,
        "tags": {"a": "1"},
    }


def _nat(lab: Any) -> Properties:
    address = lab.boto("ec2").allocate_address(Domain="vpc")["AllocationId"]
    return {"subnetId": subnets(lab, count=1)[0], "allocationId": address, "tags": {"a": "1"}}


def _ec2_tag(lab: Any, made: Any) -> None:
    lab.boto("ec2").create_tags(Resources=[made.id], Tags=[{"Key": "a", "Value": "behind"}])


CASES = [
    Case(
        "aws:ec2/vpc:Vpc",
        lambda lab: {"cidrBlock": "10.9.0.0/16", "enableDnsHostnames": True, "tags": {"a": "1"}},
        lambda lab, r: {"enableDnsHostnames": False, "tags": {"a": "2"}},
        {"cidrBlock": "10.10.0.0/16"},
        lambda lab, r: lab.boto("ec2").modify_vpc_attribute(VpcId=r.id, EnableDnsSupport={"Value": False}),
        "enableDnsSupport",
    ),
    Case(
        "aws:ec2/subnet:Subnet",
        lambda lab: {
            "vpcId": vpc(lab),
            "cidrBlock": "10.7.9.0/24",
            "availabilityZone": "us-east-1b",
            "mapPublicIpOnLaunch": True,
            "tags": {"a": "1"},
        },
        lambda lab, r: {"mapPublicIpOnLaunch": False, "tags": {}},
        {"cidrBlock": "10.7.8.0/24"},
        lambda lab, r: lab.boto("ec2").modify_subnet_attribute(SubnetId=r.id, MapPublicIpOnLaunch={"Value": False}),
        "mapPublicIpOnLaunch",
    ),
    Case(
        "aws:ec2/internetGateway:InternetGateway",
        lambda lab: {"vpcId": vpc(lab), "tags": {"a": "1"}},
        lambda lab, r: {"vpcId": vpc(lab)},
        {},
        lambda lab, r: lab.boto("ec2").detach_internet_gateway(InternetGatewayId=r.id, VpcId=r.inputs["vpcId"]),
        "vpcId",
    ),
    Case(
        "aws:ec2/routeTable:RouteTable",
        lambda lab: {
            "vpcId": (network := vpc(lab)),
            "tags": {"a": "1"},
            "routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": gateway(lab, network)}],
        },
        lambda lab, r: {"routes": []},
        {"vpcId": "vpc-other"},
        lambda lab, r: lab.boto("ec2").delete_route(RouteTableId=r.id, DestinationCidrBlock="0.0.0.0/0"),
        "routes",
    ),
    Case(
        "aws:ec2/route:Route",
        _route,
        lambda lab, r: {"gatewayId": _other_gateway(lab)},
        {"destinationCidrBlock": "10.0.0.0/8"},
        lambda lab, r: lab.boto("ec2").replace_route(
            RouteTableId=r.inputs["routeTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=_other_gateway(lab)
        ),
        "gatewayId",
        computed="state",
    ),
    Case(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        _association,
        lambda lab, r: {"routeTableId": _same_network_table(lab, r)},
        {"subnetId": "subnet-other"},
        lambda lab, r: lab.boto("ec2").replace_route_table_association(
            AssociationId=r.id, RouteTableId=_same_network_table(lab, r)
        ),
        "routeTableId",
        computed="",
    ),
    Case(
        "aws:ec2/eip:Eip",
        lambda lab: {"domain": "vpc", "tags": {"a": "1"}},
        lambda lab, r: {"tags": {"a": "2"}},
        {"domain": "standard"},
        _ec2_tag,
        "tags",
        computed="publicIp",
    ),
    Case(
        "aws:ec2/natGateway:NatGateway",
        _nat,
        lambda lab, r: {"tags": {"a": "2"}},
        {"subnetId": "subnet-other"},
        _ec2_tag,
        "tags",
        computed="publicIp",
    ),
    Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        _endpoint,
        lambda lab, r: {"securityGroupIds": [group(lab, r.inputs["vpcId"])]},
        {"serviceName": "com.amazonaws.x.y"},
        lambda lab, r: lab.boto("ec2").modify_vpc_endpoint(
            VpcEndpointId=r.id, RemoveSubnetIds=r.inputs["subnetIds"][:1]
        ),
        "subnetIds",
    ),
]

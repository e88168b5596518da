"""Amazon VPC and EC2: networks, gateways, routes, security groups, endpoints, launch templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ecs_model.recovery.finding import Ask, Finder, Found, Inputs, Item, filters, text, time_of


def _vpc(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    wanted = filters(inputs, cidr=text(inputs, "cidrBlock"))
    for each in ask("ec2", "DescribeVpcs", "Vpcs", Filters=wanted):
        yield Found(each["VpcId"])


def _subnet(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    wanted = filters(vpc_id=text(inputs, "vpcId"), cidr_block=text(inputs, "cidrBlock"))
    for each in ask("ec2", "DescribeSubnets", "Subnets", Filters=wanted):
        yield Found(each["SubnetId"])


def _internet_gateway(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    """The gateway may not be attached yet; one that is attached elsewhere is another's."""
    for each in ask("ec2", "DescribeInternetGateways", "InternetGateways", Filters=filters(inputs)):
        if {attached.get("VpcId") for attached in each.get("Attachments", [])} <= {text(inputs, "vpcId")}:
            yield Found(each["InternetGatewayId"])


def _route_table(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    for each in ask("ec2", "DescribeRouteTables", "RouteTables", Filters=filters(inputs, vpc_id=inputs["vpcId"])):
        if not any(association.get("Main") for association in each.get("Associations", [])):
            yield Found(each["RouteTableId"])


_DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}


def _route(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    table = text(inputs, "routeTableId")
    for each in ask("ec2", "DescribeRouteTables", "RouteTables", RouteTableIds=[table]):
        for route in each.get("Routes", []):
            for prop, name in _DESTINATIONS.items():
                if text(inputs, prop) and route.get(name) == text(inputs, prop):
                    yield Found(f"{table}_{route[name]}")


def _association(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    subnet, table = text(inputs, "subnetId"), text(inputs, "routeTableId")
    wanted = [{"Name": "association.subnet-id", "Values": [subnet]}]
    for each in ask("ec2", "DescribeRouteTables", "RouteTables", Filters=wanted):
        for association in each.get("Associations", []):
            if association.get("SubnetId") == subnet and each["RouteTableId"] == table:
                yield Found(f"{subnet}/{table}", association["RouteTableAssociationId"])


def _address(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    for each in ask("ec2", "DescribeAddresses", "Addresses", Filters=filters(inputs)):
        if not each.get("AssociationId"):
            yield Found(each["AllocationId"])


def _nat_gateway(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    wanted = filters(subnet_id=text(inputs, "subnetId"))
    for each in ask("ec2", "DescribeNatGateways", "NatGateways", Filters=wanted):
        addresses = {address.get("AllocationId") for address in each.get("NatGatewayAddresses", [])}
        private = inputs.get("connectivityType") == "private"
        if each["State"] in ("pending", "available") and (private or inputs.get("allocationId") in addresses):
            yield Found(each["NatGatewayId"], created=time_of(each.get("CreateTime")))


def _endpoint(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    wanted = filters(inputs, vpc_id=text(inputs, "vpcId"), service_name=text(inputs, "serviceName"))
    for each in ask("ec2", "DescribeVpcEndpoints", "VpcEndpoints", Filters=wanted):
        alike = each.get("VpcEndpointType", "").lower() == text(inputs, "vpcEndpointType").lower()
        if alike and str(each.get("State", "")).lower() in ("pending", "available", "pendingacceptance"):
            yield Found(each["VpcEndpointId"], created=time_of(each.get("CreationTimestamp")))


def _security_group(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    in_vpc = {"vpc_id": text(inputs, "vpcId")} if inputs.get("vpcId") else {}
    wanted = filters(group_name=text(inputs, "name"), **in_vpc)
    for each in ask("ec2", "DescribeSecurityGroups", "SecurityGroups", Filters=wanted):
        yield Found(each["GroupId"])


def _rules(egress: bool) -> Finder:
    def find(ask: Ask, inputs: Inputs) -> Iterator[Found]:
        wanted = filters(group_id=text(inputs, "securityGroupId"))
        for each in ask("ec2", "DescribeSecurityGroupRules", "SecurityGroupRules", Filters=wanted):
            if each.get("IsEgress") is egress and _same_rule(inputs, each):
                yield Found(each["SecurityGroupRuleId"])

    return Finder(find, "what it lets through", ("securityGroupId", "ipProtocol"))


def _same_rule(inputs: Inputs, rule: Item) -> bool:
    """AWS takes each rule once, whatever its description."""
    protocol = str(inputs["ipProtocol"])
    ports = ("fromPort", "FromPort"), ("toPort", "ToPort")
    # Ports mean nothing where all protocols are let through.
    same_ports = protocol == "-1" or all(_number(inputs.get(prop)) == _number(rule.get(name)) for prop, name in ports)
    return rule.get("IpProtocol") == protocol and same_ports and _wanted_source(inputs) == _told_source(rule)


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float | str) and value != "" else -1


def _wanted_source(inputs: Inputs) -> tuple[str, ...]:
    return tuple(text(inputs, p) for p in ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"))


def _told_source(rule: Item) -> tuple[str, ...]:
    group = rule.get("ReferencedGroupInfo") or {}
    return (*(str(rule.get(name) or "") for name in ("CidrIpv4", "CidrIpv6", "PrefixListId")), group.get("GroupId", ""))


def _launch_template(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    wanted = filters(launch_template_name=text(inputs, "name"))
    for each in ask("ec2", "DescribeLaunchTemplates", "LaunchTemplates", Filters=wanted):
        yield Found(each["LaunchTemplateId"], created=time_of(each.get("CreateTime")))


def _group(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    wanted = [text(inputs, "name")]
    for each in ask("autoscaling", "DescribeAutoScalingGroups", "AutoScalingGroups", AutoScalingGroupNames=wanted):
        # A group that is being deleted has a status.
        if not each.get("Status"):
            yield Found(each["AutoScalingGroupName"], created=time_of(each.get("CreatedTime")))


_NAME = ("name",)
FINDERS: Mapping[str, Finder] = {
    "autoscaling.Group": Finder(_group, "its name", _NAME),
    "ec2.Eip": Finder(_address, "its tags", (), tagged=True),
    "ec2.InternetGateway": Finder(_internet_gateway, "its tags", (), tagged=True),
    "ec2.LaunchTemplate": Finder(_launch_template, "its name", _NAME),
    "ec2.NatGateway": Finder(_nat_gateway, "its subnet and address", ("subnetId",)),
    "ec2.Route": Finder(_route, "its table and destination", ("routeTableId",)),
    "ec2.RouteTable": Finder(_route_table, "its VPC and tags", ("vpcId",), tagged=True),
    "ec2.RouteTableAssociation": Finder(_association, "its subnet and table", ("subnetId", "routeTableId")),
    "ec2.SecurityGroup": Finder(_security_group, "its name", _NAME),
    "ec2.Subnet": Finder(_subnet, "its VPC and CIDR block", ("vpcId", "cidrBlock")),
    "ec2.Vpc": Finder(_vpc, "its CIDR block and tags", ("cidrBlock",), tagged=True),
    "ec2.VpcEndpoint": Finder(_endpoint, "its VPC and service", ("vpcId", "serviceName")),
    "vpc.SecurityGroupEgressRule": _rules(egress=True),
    "vpc.SecurityGroupIngressRule": _rules(egress=False),
}
"""The ids are those of an import, which for routes and associations are not those of the state."""

"""The functions (data sources) that the local AWS serves. Each cites its page of the registry by its token."""

from __future__ import annotations

from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from localaws import aws, schema, tags
from localaws.convert import from_api
from localaws.engine import Refused
from localaws.wire import Properties, Secret

Arguments = Properties


def _filters(arguments: Arguments, **direct: str) -> list[Properties]:
    """EC2 filters from the arguments: those in `filters`, the tags, and properties that are filters themselves."""
    stated = [{"Name": item["name"], "Values": item["values"]} for item in arguments.get("filters", [])]
    tagged = [{"Name": f"tag:{key}", "Values": [value]} for key, value in arguments.get("tags", {}).items()]
    named = [
        {"Name": name, "Values": [str(arguments[prop]).lower() if prop.startswith("default") else arguments[prop]]}
        for prop, name in direct.items()
        if prop in arguments
    ]
    return stated + tagged + named


def _one(what: str, found: list[Properties]) -> Properties:
    if len(found) != 1:
        raise Refused(f"reading {what}: {len(found)} match; the arguments must lead to exactly one")
    return found[0]


def _region(region: aws.Region, _: Arguments) -> Properties:
    found = region.call("ec2", "describe_regions", "Regions[0]", RegionNames=[region.name])
    return {
        "id": region.name,
        "name": region.name,
        "region": region.name,
        "endpoint": found["Endpoint"],
        "description": region.name,
    }


def _caller_identity(region: aws.Region, _: Arguments) -> Properties:
    found = region.call("sts", "get_caller_identity")
    return {"id": found["Account"], "accountId": found["Account"], "arn": found["Arn"], "userId": found["UserId"]}


def _partition(region: aws.Region, _: Arguments) -> Properties:
    arn = region.call("sts", "get_caller_identity", "Arn")
    suffix = "amazonaws.com.cn" if region.name.startswith("cn-") else "amazonaws.com"
    partition = arn.split(":")[1]
    return {
        "id": partition,
        "partition": partition,
        "dnsSuffix": suffix,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def _availability_zones(region: aws.Region, arguments: Arguments) -> Properties:
    filters = _filters(arguments, state="state")
    found = region.call("ec2", "describe_availability_zones", "AvailabilityZones", Filters=filters)
    zones = [
        zone
        for zone in sorted(found, key=lambda zone: str(zone["ZoneName"]))
        if zone["ZoneName"] not in arguments.get("excludeNames", [])
        and zone["ZoneId"] not in arguments.get("excludeZoneIds", [])
    ]
    return {
        "id": region.name,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
        "groupNames": sorted({zone.get("GroupName", region.name) for zone in zones}),
    }


def _parameter(region: aws.Region, arguments: Arguments) -> Properties:
    decrypt = arguments.get("withDecryption", True)
    found = region.call("ssm", "get_parameter", "Parameter", Name=arguments["name"], WithDecryption=decrypt)
    plain = {} if found["Type"] == "SecureString" else {"insecureValue": found["Value"]}
    return {
        "id": found["Name"],
        "arn": found["ARN"],
        "name": found["Name"],
        "type": found["Type"],
        "value": Secret(found["Value"]),
        "version": found["Version"],
        "withDecryption": decrypt,
        **plain,
    }


def _vpc(region: aws.Region, arguments: Arguments) -> Properties:
    filters = _filters(
        arguments, id="vpc-id", cidrBlock="cidr", default="is-default", state="state", dhcpOptionsId="dhcp-options-id"
    )
    found = _one("EC2 VPC", region.call("ec2", "describe_vpcs", "Vpcs", Filters=filters))
    id_ = found["VpcId"]
    attributes = {
        prop: region.call("ec2", "describe_vpc_attribute", f"{name}.Value", VpcId=id_, Attribute=prop)
        for prop, name in (("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames"))
    }
    main = [{"Name": "vpc-id", "Values": [id_]}, {"Name": "association.main", "Values": ["true"]}]
    table = region.call("ec2", "describe_route_tables", "RouteTables[0].RouteTableId", Filters=main)
    arn = region.ec2_arn(found["OwnerId"], "vpc", id_)
    return {**found, **attributes, "id": id_, "arn": arn, "default": found["IsDefault"], "mainRouteTableId": table}


def _subnet_filters(arguments: Arguments) -> list[Properties]:
    return _filters(
        arguments,
        id="subnet-id",
        vpcId="vpc-id",
        cidrBlock="cidrBlock",
        availabilityZone="availabilityZone",
        availabilityZoneId="availabilityZoneId",
        defaultForAz="default-for-az",
        state="state",
    )


def _subnet(region: aws.Region, arguments: Arguments) -> Properties:
    found = _one("EC2 Subnet", region.call("ec2", "describe_subnets", "Subnets", Filters=_subnet_filters(arguments)))
    return {**found, "id": found["SubnetId"], "arn": found["SubnetArn"]}


def _subnets(region: aws.Region, arguments: Arguments) -> Properties:
    found = region.call("ec2", "describe_subnets", "Subnets[].SubnetId", Filters=_subnet_filters(arguments))
    return {"id": region.name, "ids": found}


def _security_group(region: aws.Region, arguments: Arguments) -> Properties:
    filters = _filters(arguments, id="group-id", name="group-name", vpcId="vpc-id")
    groups = region.call("ec2", "describe_security_groups", "SecurityGroups", Filters=filters)
    found = _one("EC2 Security Group", groups)
    arn = region.ec2_arn(found["OwnerId"], "security-group", found["GroupId"])
    return {**found, "id": found["GroupId"], "name": found["GroupName"], "arn": arn}


def _cluster(region: aws.Region, arguments: Arguments) -> Properties:
    name = arguments["clusterName"]
    found = region.call("ecs", "describe_clusters", "clusters", clusters=[name], include=["SETTINGS", "TAGS"])
    cluster = _one(f"ECS Cluster {name}", [item for item in found if item["status"] != "INACTIVE"])
    return {**cluster, "id": cluster["clusterArn"], "arn": cluster["clusterArn"]}


def _zone(region: aws.Region, arguments: Arguments) -> Properties:
    """By its name or id; public, unless the arguments say otherwise."""
    name, private = str(arguments.get("name", "")).rstrip("."), bool(arguments.get("privateZone"))
    found = [
        zone
        for zone in region.call("route53", "list_hosted_zones", "HostedZones")
        if (zone["Name"].rstrip(".") == name or zone["Id"].rpartition("/")[2] == arguments.get("zoneId"))
        and zone["Config"]["PrivateZone"] is private
    ]
    zone = _one(f"Route 53 Hosted Zone {name or arguments.get('zoneId')}", found)
    id_ = zone["Id"].rpartition("/")[2]
    servers = region.call("route53", "get_hosted_zone", "DelegationSet.NameServers", Id=id_) or []
    return {
        "id": id_,
        "zoneId": id_,
        "arn": f"arn:aws:route53:::hostedzone/{id_}",
        "name": zone["Name"].rstrip("."),
        "nameServers": servers,
        "primaryNameServer": servers[0] if servers else "",
        "privateZone": private,
        "comment": zone["Config"].get("Comment", ""),
        "callerReference": zone["CallerReference"],
        "resourceRecordSetCount": zone["ResourceRecordSetCount"],
    }


FUNCTIONS: dict[str, Callable[[aws.Region, Arguments], Properties]] = {
    "aws:ec2/getSecurityGroup:getSecurityGroup": _security_group,
    "aws:ec2/getSubnet:getSubnet": _subnet,
    "aws:ec2/getSubnets:getSubnets": _subnets,
    "aws:ec2/getVpc:getVpc": _vpc,
    "aws:ecs/getCluster:getCluster": _cluster,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:route53/getZone:getZone": _zone,
    "aws:ssm/getParameter:getParameter": _parameter,
}


def call(token: str, region: aws.Region, arguments: Arguments) -> Properties:
    """The function's result. Raises Refused with AWS's own words, or where not exactly one thing matches."""
    try:
        found = FUNCTIONS[token](region, arguments)
    except ClientError as error:
        raise Refused(f"invoking {token}: {aws.text(error)}") from error
    except BotoCoreError as error:
        raise Refused(f"invoking {token}: {error}") from error
    except KeyError as error:
        raise Refused(f"invoking {token}: the argument {error} is missing") from error
    known = {key: type_ for key, type_ in schema.state(token).items() if key not in ("tags", "value")}
    result = {key: value for key, value in arguments.items() if key in known} | from_api(known, found, "", {})
    if "region" in known:
        result["region"] = region.name
    if "tags" in schema.state(token):
        result["tags"] = tags.from_api(found) or {}
    return result | {key: value for key, value in found.items() if key == "value"}

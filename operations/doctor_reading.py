"""Reads what a checkup needs beside the snapshot: EC2 instances, launch templates, security groups, Session Manager."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ecs_model import agent_config
from ecs_model.agent_variables import CLUSTER
from ecs_model.cluster_facts import Ingress, Recommended, Refresh, Target
from ecs_model.images import recommended_parameter
from ecs_model.ports import HIGHEST, LOWEST, PortRange
from ecs_model.user_data import NotUnderstood, agent_variables
from operations import images
from operations.conversion import Answer
from operations.reading import FILTER, Reader, batches
from operations.snapshot import Member, Snapshot

PINGS = 50
"""Instances that Systems Manager describes at a time."""
_PARAMETERS, _BALANCERS = 10, 20
Templates = Mapping[tuple[str, str], Mapping[str, str] | None]


def ec2_instances(reader: Reader, ids: Iterable[str]) -> dict[str, Answer]:
    """EC2's descriptions by id; those that have vanished are left out."""
    found = {}
    for some in batches(sorted(ids), FILTER):
        filters = [{"Name": "instance-id", "Values": some}]
        for reservation in reader.pages("ec2", "DescribeInstances", "Reservations", Filters=filters):
            found.update({each["InstanceId"]: each for each in reservation["Instances"]})
    return found


def agent_settings(reader: Reader, members: Iterable[Member]) -> dict[tuple[str, str], Mapping[str, str] | None]:
    """The agent's variables in the user data, by launch template and version; None where only a shell could tell."""
    wanted: dict[str, set[str]] = {}
    for each in members:
        if each.template:
            wanted.setdefault(each.template, set()).add(each.version)
    found = {}
    for template, versions in sorted(wanted.items()):
        for answer in reader.pages(
            "ec2",
            "DescribeLaunchTemplateVersions",
            "LaunchTemplateVersions",
            LaunchTemplateId=template,
            Versions=sorted(versions),
        ):
            user_data = answer.get("LaunchTemplateData", {}).get("UserData", "")
            found[template, str(answer["VersionNumber"])] = _variables(user_data)
    return found


def _variables(user_data: str) -> Mapping[str, str] | None:
    try:
        return agent_variables(user_data)
    except (NotUnderstood, ValueError):
        return None


def pings(reader: Reader, ids: Iterable[str]) -> dict[str, str] | None:
    """Systems Manager's word on each instance that it knows; None where it was not read."""
    found: dict[str, str] = {}
    failed = len(reader.missing)
    for some in batches(sorted(ids), PINGS):
        filters = [{"Key": "InstanceIds", "Values": some}]
        for each in reader.pages(
            "ssm", "DescribeInstanceInformation", "InstanceInformationList", Filters=filters, MaxResults=PINGS
        ):
            found[each["InstanceId"]] = each.get("PingStatus", "")
    return found if len(reader.missing) == failed else None


def refresh(reader: Reader, group: str) -> Refresh | None:
    """The newest instance refresh of a group."""
    answer = reader.call("autoscaling", "DescribeInstanceRefreshes", AutoScalingGroupName=group, MaxRecords=1)
    for each in answer.get("InstanceRefreshes", []):
        return Refresh(
            id=each["InstanceRefreshId"],
            status=each.get("Status", ""),
            percent=each.get("PercentageComplete", 0),
            reason=each.get("StatusReason", ""),
            started_at=each.get("StartTime"),
        )
    return None


def ingress(reader: Reader, groups: Iterable[str]) -> tuple[Ingress, ...] | None:
    """What security groups let in by TCP; None where they were not read."""
    failed = len(reader.missing)
    found: list[Ingress] = []
    for some in batches(sorted(groups), FILTER):
        filters = [{"Name": "group-id", "Values": some}]
        for group in reader.pages("ec2", "DescribeSecurityGroups", "SecurityGroups", Filters=filters):
            for permission in group.get("IpPermissions", []):
                found += _ingress(group["GroupId"], permission)
    return tuple(found) if len(reader.missing) == failed else None


def _ingress(group: str, permission: Answer) -> Iterator[Ingress]:
    if permission.get("IpProtocol") == "-1":
        ports = PortRange(LOWEST, HIGHEST)
    elif permission.get("IpProtocol") in ("tcp", "6"):
        first, last = (max(LOWEST, permission.get(key, 0)) for key in ("FromPort", "ToPort"))
        ports = PortRange(first, max(first, last))
    else:
        return
    for key, name in _SOURCES.items():
        for source in permission.get(key, []):
            yield Ingress(group, ports, source[name])


_SOURCES = {
    "UserIdGroupPairs": "GroupId",
    "IpRanges": "CidrIp",
    "Ipv6Ranges": "CidrIpv6",
    "PrefixListIds": "PrefixListId",
}


@dataclass(frozen=True)
class Balancer:
    """A load balancer that has security groups."""

    name: str
    groups: tuple[str, ...]


def balancers(reader: Reader, target_groups: Iterable[str]) -> dict[str, list[Balancer]]:
    """The load balancers with security groups by the target group that they send requests to."""
    of: dict[str, list[str]] = {}
    for some in batches(sorted(target_groups), _BALANCERS):
        answer = reader.call("elbv2", "DescribeTargetGroups", TargetGroupArns=some)
        of.update({each["TargetGroupArn"]: each.get("LoadBalancerArns", []) for each in answer.get("TargetGroups", [])})
    found = {}
    for some in batches(sorted({arn for arns in of.values() for arn in arns}), _BALANCERS):
        answer = reader.call("elbv2", "DescribeLoadBalancers", LoadBalancerArns=some)
        for each in answer.get("LoadBalancers", []):
            if each.get("SecurityGroups"):
                found[each["LoadBalancerArn"]] = Balancer(each["LoadBalancerName"], tuple(each["SecurityGroups"]))
    return {group: [found[arn] for arn in arns if arn in found] for group, arns in of.items()}


@dataclass(frozen=True)
class Health:
    """The targets of a target group."""

    targets: int
    """Those that are leaving aside."""
    unhealthy: tuple[Target, ...]


def healths(reader: Reader, target_groups: Iterable[str]) -> dict[str, Health]:
    """The health of every target group by its ARN, each asked for once."""
    found = {}
    for arn in sorted(target_groups):
        answer = reader.call("elbv2", "DescribeTargetHealth", TargetGroupArn=arn)
        states = answer.get("TargetHealthDescriptions", [])
        staying = [each for each in states if each["TargetHealth"].get("State") != "draining"]
        bad = [each for each in staying if each["TargetHealth"].get("State") == "unhealthy"]
        found[arn] = Health(len(staying), tuple(_target(arn, each) for each in bad))
    return found


def _target(arn: str, described: Answer) -> Target:
    """ARNs of target groups end with targetgroup/NAME/ID."""
    place, health = described["Target"], described["TargetHealth"]
    name = arn.split("/")[-2] if arn.count("/") > 1 else arn
    return Target(
        name, f"{place['Id']}:{place.get('Port', '-')}", health.get("Reason", ""), health.get("Description", "")
    )


def last_deployment(reader: Reader, service: Answer) -> Answer:
    """The newest of the service deployments that ECS keeps of a service; empty where something else deploys it."""
    if service.get("deploymentController", {}).get("type", "ECS") != "ECS":
        return {}
    answer = reader.call("ecs", "ListServiceDeployments", cluster=reader.cluster, service=service["serviceName"])
    kept = [each for each in answer.get("serviceDeployments", []) if each.get("createdAt")]
    return max(kept, key=lambda each: each["createdAt"].timestamp(), default={})


def recommended(reader: Reader, snapshot: Snapshot) -> dict[str, Recommended]:
    """What AWS recommends, by the public parameter of the kinds of AMI that the cluster runs."""
    wanted = sorted({parameter for n in snapshot.image_names.values() if (parameter := recommended_parameter(n))})
    found = {}
    for some in batches(wanted, _PARAMETERS):
        for each in reader.call("ssm", "GetParameters", Names=some).get("Parameters", []):
            found[each["Name"]] = _recommended(each["Value"])
    dates = dict(snapshot.image_dates)
    unknown = sorted({each.image for each in found.values()} - set(dates))
    for image in images.described(reader, unknown):
        if image.get("CreationDate"):
            dates[image["ImageId"]] = datetime.fromisoformat(image["CreationDate"])
    return {name: replace(each, made=dates.get(each.image)) for name, each in found.items()}


def _recommended(value: str) -> Recommended:
    """Bottlerocket's parameters hold an id, Amazon Linux' JSON."""
    if value.startswith("ami-"):
        return Recommended(value)
    told: dict[str, Any] = json.loads(value)
    return Recommended(told["image_id"], told.get("ecs_agent_version", ""))


def settings(member: Member | None, templates: Templates) -> tuple[str | None, PortRange | None]:
    """The cluster and the port range that an instance's user data gives its agent; None where that is not known."""
    variables = templates.get((member.template, member.version)) if member else None
    if variables is None:
        return None, None
    return variables.get(CLUSTER, ""), agent_config.dynamic_ports(variables)

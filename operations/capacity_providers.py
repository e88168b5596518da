"""Reads a cluster's capacity providers, and the Auto Scaling groups of those that have one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ecs_model.instance_source import short
from ecs_model.managed_waiting import ManagedCapacity
from ecs_model.strategy import FARGATE
from operations import reservations
from operations.conversion import Answer
from operations.snapshot import Event, Group, Member, Provider

if TYPE_CHECKING:
    from operations.reading import Reader

LAST_ACTIVITIES = 5
_PROVIDERS, _GROUPS = 100, 100
_ON = "ENABLED"


def read(
    reader: Reader, about: Answer, names: Iterable[str], *, activities: bool
) -> tuple[tuple[Provider, ...], tuple[ManagedCapacity, ...]]:
    """The providers called `names`: those on an Auto Scaling group, in that order, and those of Managed Instances.

    `about` is what ECS says of the cluster; `activities` also asks for the groups' last scaling activities and the
    providers' reservation.
    """
    wanted = [name for name in dict.fromkeys(names) if name and name not in FARGATE]
    answers: list[Answer] = []
    for start in range(0, len(wanted), _PROVIDERS):
        some = wanted[start : start + _PROVIDERS]
        answers += reader.call("ecs", "DescribeCapacityProviders", capacityProviders=some).get("capacityProviders", [])
    listed = about.get("capacityProviders", [])
    managed = tuple(ManagedCapacity.of(each, listed) for each in answers if "managedInstancesProvider" in each)
    answers = [each for each in answers if "autoScalingGroupProvider" in each]
    answers.sort(key=lambda each: wanted.index(each["name"]) if each["name"] in wanted else len(wanted))
    groups = _groups(reader, [_group_name(each) for each in answers])
    set_up = _attachments(about.get("attachments", []))
    found = [
        _provider(each, groups.get(_group_name(each)), _activities(reader, _group_name(each)) if activities else ())
        for each in answers
    ]
    published = reservations.read(reader, short(reader.cluster), [each.name for each in found]) if activities else {}
    own = tuple(
        replace(each, attachments=set_up.get(each.name, {}), reservation=published.get(each.name)) for each in found
    )
    return own, managed


def _attachments(answers: Iterable[Answer]) -> dict[str, dict[str, str]]:
    """Their states by capacity provider and type."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for each in answers:
        details = {detail["name"]: detail.get("value", "") for detail in each.get("details", [])}
        found[details.get("capacityProviderName", "")][each.get("type", "")] = each.get("status", "")
    return found


def _group_name(answer: Answer) -> str:
    # The ARN ends with autoScalingGroupName/NAME; what a person gave instead may be the name alone.
    return str(answer["autoScalingGroupProvider"]["autoScalingGroupArn"]).rpartition("/")[2]


def _groups(reader: Reader, names: list[str]) -> dict[str, Group]:
    found = {}
    for start in range(0, len(names), _GROUPS):
        some = names[start : start + _GROUPS]
        for group in reader.pages(
            "autoscaling",
            "DescribeAutoScalingGroups",
            "AutoScalingGroups",
            AutoScalingGroupNames=some,
            MaxRecords=_GROUPS,
        ):
            found[group["AutoScalingGroupName"]] = _group(group)
    return found


def _group(answer: Answer) -> Group:
    instances = answer.get("Instances", [])
    return Group(
        name=answer["AutoScalingGroupName"],
        smallest=answer["MinSize"],
        desired=answer["DesiredCapacity"],
        largest=answer["MaxSize"],
        in_service=sum(each.get("LifecycleState") == "InService" for each in instances),
        protected=sum(bool(each.get("ProtectedFromScaleIn")) for each in instances),
        new_protected=bool(answer.get("NewInstancesProtectedFromScaleIn")),
        members=tuple(map(_member, instances)),
        suspended=tuple(sorted(each["ProcessName"] for each in answer.get("SuspendedProcesses", []))),
    )


def _member(answer: Answer) -> Member:
    template = answer.get("LaunchTemplate", {})
    return Member(
        id=answer["InstanceId"],
        lifecycle=answer.get("LifecycleState", ""),
        template=template.get("LaunchTemplateId", ""),
        version=template.get("Version", ""),
    )


def _activities(reader: Reader, group: str) -> tuple[Event, ...]:
    answer = reader.call(
        "autoscaling", "DescribeScalingActivities", AutoScalingGroupName=group, MaxRecords=LAST_ACTIVITIES
    )
    return tuple(
        Event(each["StartTime"], f"{each.get('StatusCode', '')}: {each.get('StatusMessage') or each['Description']}")
        for each in answer.get("Activities", [])[:LAST_ACTIVITIES]
    )


def _provider(answer: Answer, group: Group | None, activities: tuple[Event, ...]) -> Provider:
    about = answer["autoScalingGroupProvider"]
    scaling = about.get("managedScaling", {})
    return Provider(
        name=answer["name"],
        status=answer.get("status", ""),
        update=answer.get("updateStatus", ""),
        update_reason=answer.get("updateStatusReason", ""),
        scaling=scaling.get("status") == _ON,
        target=scaling.get("targetCapacity", 100),
        warm_up=scaling.get("instanceWarmupPeriod", 300),
        protection=about.get("managedTerminationProtection") == _ON,
        draining=about.get("managedDraining", _ON) == _ON,
        group_name=_group_name(answer),
        group=group,
        activities=activities,
    )

"""The rule on whether capacity can grow far enough for all tasks that a program wants there."""

from collections.abc import Iterator
from dataclasses import dataclass

from ecs_model.fitting import best_fit
from ecs_model.memory import Fit
from ecs_model.most_tasks import Fleet, Wanted, lacking
from ecs_model.network_modes import NetworkMode
from policies.placement import Room, placed
from policies.properties import Malformed, Unknown
from policies.rule import ADVISORY, HIGH, Finding, Options, Verdict, rule
from policies.stack import Stack
from policies.views.auto_scaling_group import AutoScalingGroup
from policies.views.cluster import AccountSettingDefault
from policies.views.service import Service


@rule(
    id="ecs-service-tasks-have-room",
    title="The groups of a service can grow until all its tasks have room",
    severity=HIGH,
    level=ADVISORY,
    why="Tasks beyond what a group holds at its maxSize wait as PROVISIONING for ever. A task in awsvpc mode takes one "
    "of the few network interfaces of its instance, which are used up long before memory is.",
    fix="Raise maxSize of the group, use larger instance types, or turn on the account setting awsvpcTrunking where "
    "network interfaces are what is short.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html",
)
def tasks_have_room(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The tasks that services want, which can be placed on some groups alone, find their memory, CPU units and network
    interfaces on as many instances as those may have, were all of the largest type.

    Daemons are left out, and services that leave desiredCount to others. Not judged where a type is described or newer
    than the table of types. An account may have awsvpcTrunking without the program's saying so.
    """
    asked: list[_Asked] = []
    for service in stack.all(Service):
        try:
            asked += _asked(stack, service)
        except (Unknown, Malformed) as reason:
            yield reason
    trunking = any(setting.trunks for setting in stack.all(AccountSettingDefault))
    found: list[frozenset[AutoScalingGroup]] = []
    for groups in sorted(dict.fromkeys(one.groups for one in asked), key=len):
        # What is too much for some groups is so for more of them together, or is not worth another word.
        if any(smaller < groups for smaller in found):
            continue
        there = [one for one in asked if one.groups <= groups]
        fleets = {group: fleet for one in there for group, fleet in one.fleets}
        for what in lacking([one.wanted for one in there], list(fleets.values()), trunking):
            found.append(groups)
            yield _finding(stack, groups, there, what)


@dataclass(frozen=True)
class _Asked:
    """What a service wants of the groups that its tasks may be placed on."""

    service: Service
    wanted: Wanted
    groups: frozenset[AutoScalingGroup]
    fleets: frozenset[tuple[str, Fleet]]
    """What each group may have at most, by its URN."""


def _asked(stack: Stack, service: Service) -> Iterator[_Asked]:
    if service.is_daemon or "desiredCount" in service.surroundings.ignored or not service.desired_count:
        return
    for task, places in placed(stack, service):
        fleets = [(room.group, _fleet(room)) for room in places if room.group]
        if len(fleets) < len(places) or all(best_fit(task.demand, room.types) is Fit.NEVER for room in places):
            # What fits no instance at all is ecs-task-definition-fits-instances' to find.
            continue
        wanted = Wanted(service.desired_count, task.demand, task.network_mode is NetworkMode.AWSVPC)
        sized = frozenset((group.urn, fleet) for group, fleet in fleets if fleet)
        if len(sized) == len(fleets):
            yield _Asked(service, wanted, frozenset(group for group, _ in fleets), sized)


def _fleet(room: Room) -> Fleet | None:
    most = room.group.most_instances if room.group else None
    return None if most is None else Fleet(most, room.types)


def _finding(stack: Stack, groups: frozenset[AutoScalingGroup], asked: list[_Asked], what: str) -> Finding:
    first, *others = stack.in_order(groups)
    together = f" together with {', '.join(map(str, others))}" if others else ""
    names = ", ".join(one.service.name for one in asked)
    return Finding(f"cannot grow far enough{together}: the tasks of {names} {what}", first)

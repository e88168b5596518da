"""What a live cluster asks for: copies of its services' tasks, and its capacity providers as instances show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from ecs_model.fleet import ContainerInstance
from ecs_model.images import Architecture
from ecs_model.instance_attributes import AVAILABILITY_ZONE, CPU_ARCHITECTURE, INSTANCE_TYPE
from ecs_model.placement_rules import spreads_zones
from ecs_model.planning.fleet_need import Wanted
from ecs_model.planning.stack_need import ASKS_ABOUT_TASKS, Need, with_headroom
from ecs_model.planning.supply import Provider
from ecs_model.strategy import shares
from ecs_model.task_needs import SERVICE, Resources, Task
from operations.snapshot import Service, Snapshot

_OF_ONE = {
    AVAILABILITY_ZONE,
    INSTANCE_TYPE,
    CPU_ARCHITECTURE,
    "ecs.ami-id",
    "ecs.instance-id",
    "ecs.subnet-id",
    "ecs.vpc-id",
}
"""Attributes that belong to an instance, not to all of its capacity provider."""
_OF_AGENT = ("ecs.capability.", "com.amazonaws.ecs.capability.")
"""What agents of today can do: no reason against an instance that has yet to start."""


def live_need(snapshot: Snapshot, headroom: float, spot: Collection[str]) -> Need:
    """The desired copies of every service and the standalone tasks there are, `headroom` percent more of the services.

    `spot` are the capacity providers that buy Spot instances, which ECS does not tell.
    """
    wanted: list[Wanted] = []
    left_out = []
    for service in snapshot.services:
        if service.daemon or not (service.tasks or service.problem):
            continue
        reason = _left_out(service)
        if reason:
            left_out.append((service.name, reason))
            continue
        wanted += _copies(service, with_headroom(service.desired, headroom))
    wanted += _standalone(snapshot)
    return Need(
        tuple(each for each in wanted if each.copies), tuple(_providers(snapshot, wanted, spot)), tuple(left_out)
    )


def daemons(snapshot: Snapshot) -> list[Task]:
    """The tasks that every instance runs."""
    return [_startable(service.tasks[0]) for service in snapshot.services if service.daemon and service.tasks]


def _left_out(service: Service) -> str:
    if service.problem:
        return service.problem
    if any(expression.of_tasks for expression in service.tasks[0].expressions):
        return ASKS_ABOUT_TASKS
    return ""


def _copies(service: Service, copies: int) -> list[Wanted]:
    spread = spreads_zones(service.strategies)
    tasks = {task.capacity_provider: _startable(task) for task in service.tasks}
    if None in tasks:
        return [Wanted(service.name, tasks[None], copies, spread)]
    split = shares(service.strategy, copies)
    return [Wanted(service.name, task, split[name], spread) for name, task in tasks.items() if name is not None]


def _standalone(snapshot: Snapshot) -> list[Wanted]:
    """Tasks of no service, each kind as often as it runs."""
    tasks = (placed.task for _, placed in snapshot.fleet.tasks() if not placed.task.group.startswith(SERVICE))
    return [Wanted(task.group, task, number, spread=False) for task, number in Counter(map(_startable, tasks)).items()]


def _startable(task: Task) -> Task:
    asked = frozenset(each for each in task.attributes if not each.name.startswith(_OF_AGENT))
    return replace(task, attributes=asked)


def _providers(snapshot: Snapshot, wanted: Sequence[Wanted], spot: Collection[str]) -> list[Provider]:
    names: dict[str | None, None] = {each.task.capacity_provider: None for each in wanted}
    instances = list(snapshot.fleet.instances.values())
    names |= {instance.capacity_provider: None for instance in instances}
    if None in names and len(names) > 1 and not any(instance.capacity_provider is None for instance in instances):
        # What names no capacity provider runs on the instances of any.
        del names[None]
    return [_provider(snapshot, name, name in spot) for name in names]


def _provider(snapshot: Snapshot, name: str | None, spot: bool) -> Provider:
    own = [each for each in snapshot.fleet.instances.values() if each.capacity_provider == name]
    sizes = next((each.group.largest for each in snapshot.providers if each.name == name and each.group), None)
    kinds = Counter(each.attributes.get(CPU_ARCHITECTURE, "") for each in own)
    arm = bool(kinds) and kinds.most_common(1)[0][0] == Architecture.ARM64.value
    return Provider(
        name,
        tuple(sorted({each.instance_type for each in own if each.instance_type})),
        Architecture.ARM64 if arm else Architecture.X86_64,
        spot,
        attributes=_common_attributes(own),
        registered=_registered(own),
        most=sizes,
    )


def _common_attributes(instances: Sequence[ContainerInstance]) -> dict[str, str]:
    if not instances:
        return {}
    shared = set.intersection(*(set(each.attributes.items()) for each in instances))
    return {name: value for name, value in sorted(shared) if name not in _OF_ONE}


def _registered(instances: Sequence[ContainerInstance]) -> dict[str, Resources]:
    """What every instance of a type registered at least; network interfaces are the type's."""
    found: dict[str, Resources] = {}
    for each in instances:
        seen, one = found.get(each.instance_type, each.registered), each.registered
        found[each.instance_type] = Resources(
            min(seen.cpu, one.cpu), min(seen.memory, one.memory), min(seen.gpus, one.gpus)
        )
    found.pop("", None)
    return found

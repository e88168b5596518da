"""Managed scaling: a capacity provider gives its group as many instances as its tasks need.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html and
https://aws.amazon.com/blogs/containers/deep-dive-on-amazon-ecs-cluster-auto-scaling/: M instances are needed, N are
there, and CapacityProviderReservation, M / N in percent, is held at the target. Warm-up and alarms take no time
here. An instance that holds no task but daemons goes with the next call to ECS that changes something.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from moto.autoscaling.models import autoscaling_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow

from ecs_model.fleet import ContainerInstance, Status, started
from ecs_model.instance_types import smallest
from ecs_model.refusals import fits
from ecs_model.task_needs import Task
from localaws.agents import draining, machines, managed
from localaws.agents.board import Board
from localaws.agents.providers import Provider

NAMESPACE = "AWS/ECS/ManagedScaling"


def scale(board: Board, *, inwards: bool) -> bool:
    """Bring every scaled group to the size that is needed; whether a group changed. `inwards`: it may shrink."""
    changed = False
    for provider in board.providers.values():
        if provider.scales:
            changed |= _scale(board, provider, inwards=inwards)
    for own in board.managed.values():
        changed |= managed.scale(board, own, inwards=inwards)
    return changed


def _scale(board: Board, provider: Provider, *, inwards: bool) -> bool:
    ending = draining.ending(provider.group)
    own = [
        each
        for each in board.fleet.instances.values()
        if each.capacity_provider == provider.name and each.ec2_instance_id not in ending
    ]
    active = [each for each in own if each.status is Status.ACTIVE]
    used = [each for each in active if _busy(each)]
    more = _more(board, provider)
    needed = len(active) + more if more else len(used)
    group, settings = provider.group, provider.scaling
    now = group.desired_capacity or 0
    # An instance that drains is no capacity, though it is of the group still.
    wanted = math.ceil(needed * 100 / settings["targetCapacity"]) + len(own) - len(active)
    wanted = max(group.min_size or 0, min(wanted, group.max_size or 0))
    group.reservation = _reservation(needed, len(active))
    if wanted > now:
        _backend(board).set_desired_capacity(group.name, min(wanted, now + settings["maximumScalingStepSize"]))
        return True
    if wanted < now and inwards:
        return _shrink(board, provider, [each for each in active if not _busy(each)][wanted - now :])
    return False


def _busy(instance: ContainerInstance) -> bool:
    """Whether it holds a task that is no daemon."""
    return any(not placed.task.daemon for placed in instance.tasks)


def _shrink(board: Board, provider: Provider, empty: Sequence[ContainerInstance]) -> bool:
    """End instances that hold nothing; ECS takes their protection from scale-in away first."""
    of_group = {state.instance.id: state for state in provider.group.instance_states}
    for instance in empty:
        state = of_group[instance.ec2_instance_id]
        state.protected_from_scale_in = False
        _backend(board).terminate_instance(instance.ec2_instance_id, True)
    return bool(empty)


def _more(board: Board, provider: Provider) -> int:
    """How many more instances the waiting tasks need, which no instance takes now; the group's maximum aside.

    A task that the group's smallest type cannot hold counts for nothing: ECS does not scale out for it.
    """
    waiting = [task.need for task in board.tasks if task.waits and task.need.capacity_provider == provider.name]
    if not waiting:
        return 0
    daemons = {task.need.group: task.need for task in board.tasks if task.need.daemon}.values()
    empty = [_with_daemons(each, daemons) for each in _templates(board, provider)]
    new: list[ContainerInstance] = []
    first: dict[Task, int] = {}
    for task in waiting:
        place = first.get(task, 0)
        while place < len(new) and not fits(task, new[place]):
            place += 1
        if place == len(new):
            found = next((each for each in empty if fits(task, each)), None)
            if found is None:
                continue
            new.append(found)
        new[place] = new[place].with_task(f"{place}/{len(new[place].tasks)}", task)
        first[task] = place
    return len(new)


def _templates(board: Board, provider: Provider) -> list[ContainerInstance]:
    """An empty instance of the group's smallest type for each of its zones, with the attributes that it gives them."""
    type_ = smallest(provider.types)
    if type_ is None:
        return []
    told = machines.variables(provider.group.user_data)
    return [
        started(
            zone,
            type_,
            zone,
            agent=machines.settings(told),
            attributes=machines.of_image(board.backend, provider.group.image_id) | machines.own_attributes(told),
            capacity_provider=provider.name,
        )
        for zone in provider.group.availability_zones
    ]


def _with_daemons(instance: ContainerInstance, daemons: Iterable[Task]) -> ContainerInstance:
    for daemon in daemons:
        if fits(daemon, instance):
            instance = instance.with_task(daemon.group, daemon)
    return instance


def tell(board: Board) -> None:
    """CapacityProviderReservation of every scaled group, once a settlement has ended and where it is another."""
    for provider in board.providers.values():
        value = getattr(provider.group, "reservation", None)
        if provider.scales and value != getattr(provider.group, "told_reservation", None):
            provider.group.told_reservation = value
            _put(board, {"CapacityProviderName": provider.name, "ClusterName": board.cluster.name}, value)


def _put(board: Board, dimensions: dict[str, str], value: Any) -> None:
    metric = {
        "MetricName": "CapacityProviderReservation",
        "Dimensions": [{"Name": name, "Value": text} for name, text in dimensions.items()],
        "Timestamp": utcnow(),
        "Value": value,
        "Unit": "Percent",
    }
    cloudwatch = cloudwatch_backends[board.backend.account_id][board.backend.region_name]
    cloudwatch.put_metric_data(NAMESPACE, [metric])


def _reservation(needed: int, there: int) -> float:
    """In percent; 200 where instances are needed and none are there, as ECS has it."""
    if there:
        return 100.0 * needed / there
    return 200.0 if needed else 100.0


def _backend(board: Board) -> Any:
    return autoscaling_backends[board.backend.account_id][board.backend.region_name]

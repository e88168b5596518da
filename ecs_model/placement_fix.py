"""The nearest fix for a task that fits nowhere: the smallest change of the task, of an instance or of the fleet.

A fix is data: what changes, and the task and the instance as they are then. With it applied, placement places the task.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ecs_model.amendments import AMENDMENTS
from ecs_model.fleet import ContainerInstance, Fleet
from ecs_model.instance_attributes import CPU_ARCHITECTURE, INSTANCE_TYPE
from ecs_model.instance_types import InstanceType, catalogue, larger_siblings
from ecs_model.memory import surely_registered
from ecs_model.refusals import Reason, Refusal, fits, refusals
from ecs_model.task_needs import Resources, Task

NEW_INSTANCE = "new"
"""The id of an instance that a fix adds."""


class Where(StrEnum):
    """The instance that takes the task once the fix is applied."""

    EXISTING = "existing instance"
    NEW = "one more instance of a type the fleet has"
    LARGER = "an instance of a larger type of the same family"


@dataclass(frozen=True)
class Change:
    """One change of the task or, for status, agent and attribute, of the instance."""

    refusal: Refusal
    """What stood in the way."""
    after: int | str
    """The value in place of `refusal.needed` (of the task) or `refusal.found` (of the instance)."""


@dataclass(frozen=True)
class Fix:
    """Changes after which `instance` takes `task`."""

    where: Where
    task: Task
    """The task once changed."""
    instance: ContainerInstance
    """The instance once changed, or the new one."""
    changes: tuple[Change, ...]
    """None where a new instance is all that it takes."""
    distance: float
    """How large it is, among fixes for the same task: shares of memory and CPU given up, and a weight for all else."""


_BASE = {Where.EXISTING: 0.0, Where.NEW: 1.0, Where.LARGER: 1.25}
_WEIGHTS = {
    Reason.PORT: 0.25,
    Reason.AGENT: 0.5,
    Reason.STATUS: 0.75,
    Reason.GPU: 1.0,
    Reason.ZONE: 1.0,
    Reason.CAPACITY_PROVIDER: 1.0,
    Reason.ATTRIBUTE: 1.0,
    Reason.DISTINCT_INSTANCE: 1.5,
    Reason.ARCHITECTURE: 1.5,
    Reason.EXPRESSION: 2.0,
}
"""What changes of no measurable size count, from what is good practice anyhow to what the author meant otherwise."""


def nearest_fixes(task: Task, fleet: Fleet, templates: Iterable[ContainerInstance] | None = None) -> list[Fix]:
    """The nearest fix in each place it may be made, the nearest of all first; none for a task that fits already.

    A larger type is told only where one more of the same would not do.

    `templates` are instances of the kinds the fleet can be given more of; those that it has where None. A new instance
    has the fleet's daemons on it before the task comes.
    """
    if any(fits(task, instance) for instance in fleet.instances.values()):
        return []
    kinds = list(_kinds(fleet.instances.values() if templates is None else templates))
    daemons = {placed.task.group: placed.task for _, placed in fleet.tasks() if placed.task.daemon}.values()
    new = [_with_daemons(kind.emptied(NEW_INSTANCE), daemons) for kind in kinds]
    enough = any(fits(task, instance) for instance in new)
    larger = [] if enough else [_with_daemons(twin, daemons) for kind in kinds for twin in _larger(kind)]
    places: Mapping[Where, Iterable[ContainerInstance]] = {
        Where.EXISTING: fleet.instances.values(),
        Where.NEW: new,
        Where.LARGER: larger,
    }
    found = (min(_fixes(task, where, each), key=_order, default=None) for where, each in places.items())
    return sorted((fix for fix in found if fix is not None), key=_order)


def _order(fix: Fix) -> tuple[float, int]:
    return fix.distance, fix.instance.registered.memory


def _fixes(task: Task, where: Where, instances: Iterable[ContainerInstance]) -> Iterator[Fix]:
    for instance in instances:
        fix = _amended(task, where, instance)
        if fix is not None:
            yield fix


def _amended(task: Task, where: Where, instance: ContainerInstance) -> Fix | None:
    """The changes that clear every refusal of one instance; None where there is something that cannot be changed."""
    changed, on = task, instance
    changes = []
    for refusal in refusals(task, instance):
        amend = AMENDMENTS.get(refusal.reason)
        amended = amend(refusal, changed, on) if amend else None
        if amended is None:
            return None
        changed, on, after = amended
        changes.append(Change(refusal, after))
    if not fits(changed, on):
        return None
    distance = _BASE[where] + sum(map(_distance, changes))
    return Fix(where, changed, on, tuple(changes), distance)


def _distance(change: Change) -> float:
    refusal = change.refusal
    if refusal.reason in (Reason.CPU, Reason.MEMORY):
        assert isinstance(refusal.needed, int)
        return refusal.short / refusal.needed
    return _WEIGHTS[refusal.reason]


def _kinds(instances: Iterable[ContainerInstance]) -> Sequence[ContainerInstance]:
    """One instance of each capacity provider, type and zone."""
    kinds = {(each.capacity_provider, each.instance_type, each.zone): each for each in instances}
    return list(kinds.values())


def _larger(like: ContainerInstance) -> Iterator[ContainerInstance]:
    """New instances like this one, of each larger type of its family that its AMI runs on."""
    type_ = catalogue().get(like.instance_type)
    if type_ is None:
        return
    # What it registers below what is sure is what its agent reserves.
    reserved = max(0, surely_registered(type_.memory) - like.registered.memory)
    for sibling in larger_siblings(type_):
        if like.attributes.get(CPU_ARCHITECTURE) in [each.value for each in sibling.architectures]:
            registered = _registered(sibling, like, reserved)
            attributes = {**like.attributes, INSTANCE_TYPE: sibling.name}
            yield replace(like, registered=registered, attributes=attributes).emptied(NEW_INSTANCE)


def _registered(type_: InstanceType, like: ContainerInstance, reserved: int) -> Resources:
    # Trunking gives an instance more network interfaces than its type has.
    interfaces = max(like.registered.network_interfaces, type_.network_interfaces - 1)
    return Resources(type_.cpu, surely_registered(type_.memory, reserved), type_.gpus, interfaces)


def _with_daemons(instance: ContainerInstance, daemons: Iterable[Task]) -> ContainerInstance:
    for daemon in daemons:
        if fits(daemon, instance):
            instance = instance.with_task(f"{daemon.group}/{NEW_INSTANCE}", daemon)
    return instance

"""Placement constraints that no container instance of a task's capacity can meet."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ecs_model.capacity import CapacitySettings
from ecs_model.instance_attributes import CPU_ARCHITECTURE, INSTANCE_TYPE, OS_TYPE
from ecs_model.operating_system import OperatingSystem
from ecs_model.placement_rules import ConstraintType, PlacementConstraint, read
from ecs_model.problem import Problem
from ecs_model.strategy import StrategyItem, shares

if TYPE_CHECKING:
    from ecs_model.query_expression import Expression
    from ecs_model.query_outcome import Outlook


def constraint_problems(expressions: Sequence[str], capacity: Mapping[str, CapacitySettings]) -> Iterator[Problem]:
    """Expressions that no instance of `capacity` matches by its type, architecture and operating system.

    What else decides, such as a zone or an attribute that somebody gives an instance later, is not judged.
    """
    constraints = [PlacementConstraint(ConstraintType.MEMBER_OF, text) for text in expressions]
    readable = [(at, found) for at, found in read(constraints) if not isinstance(found, ValueError)]
    instances = (
        [(key, *each) for key, settings in capacity.items() for each in _instances(settings)] if readable else []
    )
    if not instances:
        return
    from ecs_model.query_outcome import outcome

    def refused(expression: "Expression", instance: "Outlook") -> bool:
        return outcome(expression, instance) is False

    unmet = [(at, each) for at, each in readable if all(refused(each, seen) for _, _, seen in instances)]
    where = ", ".join(dict.fromkeys(f"{type_} of {key}" for key, type_, _ in instances))
    for at, expression in unmet:
        yield Problem(
            ("placementConstraints", at),
            f"{str(expression)!r} is met by no instance that the task may be placed on ({where}): correct it, or use "
            "other instance types or another capacityProviderStrategy",
        )
    if not unmet and all(any(refused(each, seen) for _, each in readable) for _, _, seen in instances):
        yield Problem(
            ("placementConstraints",),
            f"are met by no instance all at once ({where}): leave one out, or use other instance types",
        )


def distinct_room_problems(
    strategy: Sequence[StrategyItem], copies: int, beside: int, capacity: Mapping[str, CapacitySettings]
) -> Iterator[Problem]:
    """Capacity that never has an instance for each copy of a service with distinctInstances.

    A deployment starts `beside` more copies of it before it ends any.
    """
    if not any(item.weight > 0 for item in strategy) or any(
        item.capacity_provider not in capacity for item in strategy
    ):
        # That is said elsewhere.
        return
    path = ("distinctInstances",)
    apart = f"{copies} {'copy' if copies == 1 else 'copies'} on an instance each"
    short = {key: n for key, n in shares(strategy, copies).items() if n > capacity[key].max_size}
    for key, number in short.items():
        yield Problem(
            path,
            f"puts {number} of {apart} in capacity {key}, whose maxSize is {capacity[key].max_size}: raise that, or "
            "lower desiredCount",
        )
    used = [item.capacity_provider for item in strategy if item.weight or item.base]
    most = sum(capacity[key].max_size for key in used)
    if not short and copies + beside > most:
        yield Problem(
            path,
            f"keeps {apart}, and a deployment needs {beside} more before it ends any, where capacity "
            f"{' and '.join(used)} has at most {most}: raise maxSize, or lower minimumHealthyPercent",
        )


def _instances(settings: CapacitySettings) -> Iterator[tuple[str, "Outlook"]]:
    """What is known of the instances, by their type; of types that are described, not named, it is not the type."""
    from ecs_model.query_outcome import Outlook

    known = {OS_TYPE: OperatingSystem.LINUX.value, CPU_ARCHITECTURE: settings.image_architecture.value}
    if settings.instance_requirements is not None:
        yield f"any {settings.image_architecture.value} type", Outlook(known)
        return
    for type_ in settings.instance_types:
        yield type_, Outlook({**known, INSTANCE_TYPE: type_})

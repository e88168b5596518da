"""From ECS's answers to the core's types.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ecs_model.cluster_query import QueryError
from ecs_model.fleet import PlacedTask
from ecs_model.instance_source import placed_task, short
from ecs_model.network_modes import NetworkMode
from ecs_model.placement_rules import PlacementConstraint, PlacementStrategy
from ecs_model.strategy import FARGATE, StrategyItem, next_provider
from ecs_model.task_needs import Task
from ecs_model.task_source import from_definition

Answer = Mapping[str, Any]


class Placing:
    """Makes tasks on instances of what ECS says; tasks of the same needs share one `Task`, for most are copies."""

    def __init__(self, definitions: Mapping[str, Answer], services: Mapping[str, Sequence[Task]]) -> None:
        """Task definitions by ARN; by group a service's tasks, whose constraints those on instances have as well."""
        self._definitions, self._services = definitions, services
        self._known: dict[tuple[Any, ...], Task] = {}

    def placed(self, answer: Answer) -> PlacedTask:
        """A task of DescribeTasks that is on an instance."""
        definition = self._definitions.get(answer["taskDefinitionArn"])
        if definition is None:
            return placed_task(answer, self._constrained(_reserved(answer)))
        overrides = answer.get("overrides", {})
        provider = answer.get("capacityProviderName")
        key = (definition["taskDefinitionArn"], _group(answer), provider, *map(overrides.get, ("memory", "cpu")))
        if key not in self._known:
            self._known[key] = self._constrained(_task(answer, definition))
        return placed_task(answer, self._known[key])

    def _constrained(self, task: Task) -> Task:
        service = self._services.get(task.group)
        if not service:
            return task
        like = service[0]
        return replace(
            task,
            zones=like.zones,
            expressions=like.expressions,
            distinct_instance=like.distinct_instance,
            daemon=like.daemon,
        )


def _group(answer: Answer) -> str:
    return str(answer.get("group", ""))


def _task(answer: Answer, definition: Answer) -> Task:
    try:
        task = from_definition({**definition, "placementConstraints": []}, _group(answer))
    except (ValueError, KeyError):
        return _reserved(answer)
    overrides = answer.get("overrides", {})
    memory, units = int(overrides.get("memory") or task.memory), int(overrides.get("cpu") or task.cpu)
    return replace(task, memory=memory, cpu=units, capacity_provider=answer.get("capacityProviderName"))


def _reserved(answer: Answer) -> Task:
    """Without its definition a task still says what it reserves."""
    family = short(answer["taskDefinitionArn"]).partition(":")[0]
    containers = answer.get("containers", [])
    reserved = sum(int(c.get("memoryReservation") or c.get("memory") or 0) for c in containers)
    cpu = int(answer.get("cpu") or sum(int(c.get("cpu") or 0) for c in containers))
    memory = max(1, int(answer.get("memory") or reserved))
    return Task(family, memory, _group(answer), cpu, capacity_provider=answer.get("capacityProviderName"))


def strategies(service: Answer) -> tuple[PlacementStrategy, ...] | None:
    """A service's placement strategies; None where it has none of its own."""
    found = service.get("placementStrategy", [])
    return tuple(PlacementStrategy(each["type"], each.get("field", "")) for each in found) or None


def tasks_of(
    service: Answer,
    definition: Answer,
    default: Sequence[StrategyItem],
    running: Mapping[str, int],
    zones: Iterable[str],
) -> tuple[Task, ...]:
    """What a copy of a service needs, once for each capacity provider it may go to, the next one's first.

    `default` is the cluster's strategy, `running` how many of the service's tasks each provider has. Empty where the
    service does not run on container instances. Raises ValueError for a constraint or a definition that is none.
    """
    name = service["serviceName"]
    constraints = [
        PlacementConstraint(each["type"], each.get("expression", ""))
        for each in service.get("placementConstraints", [])
    ]
    task = from_definition(definition, f"service:{name}", constraints)
    task = replace(
        task,
        zones=frozenset(zones) if task.network_mode is NetworkMode.AWSVPC else frozenset(),
        daemon=service.get("schedulingStrategy") == "DAEMON",
    )
    items = strategy_of(service, default)
    launch = service.get("launchType")
    if not items and launch and launch != "EC2":
        return ()
    return (task,) if task.daemon else _by_provider(task, items, running)


def tasks_alone(definition: Answer, group: str, default: Sequence[StrategyItem]) -> tuple[Task, ...]:
    """What a task of no service needs, as `tasks_of` tells it; RunTask takes the cluster's strategy unless told other.

    Raises ValueError as `tasks_of`.
    """
    return _by_provider(from_definition(definition, group), default, {})


def _by_provider(task: Task, items: Sequence[StrategyItem], running: Mapping[str, int]) -> tuple[Task, ...]:
    if not items:
        return (task,)
    if any(item.capacity_provider in FARGATE for item in items):
        return ()
    first = next_provider(items, running)
    names = [first, *(i.capacity_provider for i in items if i.capacity_provider != first and (i.weight or i.base))]
    return tuple(replace(task, capacity_provider=each) for each in names)


def strategy_of(service: Answer, default: Sequence[StrategyItem]) -> list[StrategyItem]:
    """The capacity provider strategy of a service, the cluster's where it has none; empty with a launch type."""
    items = strategy(service.get("capacityProviderStrategy", []))
    return items or ([] if service.get("launchType") else list(default))


def waits(task: Answer) -> bool:
    """Whether a task has no instance yet."""
    return task.get("lastStatus") == "PROVISIONING" and not task.get("containerInstanceArn")


def strategy(answer: Iterable[Answer]) -> list[StrategyItem]:
    """A capacity provider strategy."""
    return [StrategyItem(each["capacityProvider"], each.get("weight", 0), each.get("base", 0)) for each in answer]


def problem(error: Exception) -> str:
    """Why a service's needs are not known, as a sentence without full stop."""
    what = "a placement constraint" if isinstance(error, QueryError) else "its task definition"
    return f"{what} cannot be read: {error}"

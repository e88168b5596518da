"""Puts ECS's answers together: services with what their tasks need, and the fleet with the tasks on it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ecs_model.fleet import Fleet, PlacedTask
from ecs_model.instance_source import container_instance, short
from ecs_model.placement_rules import SERVICE_DEFAULT
from operations import conversion
from operations.conversion import Answer
from operations.snapshot import DeploymentState, Event, Service

LAST_EVENTS = 10


def by_group(tasks: Iterable[Answer]) -> Mapping[str, list[Answer]]:
    """The tasks of each group; of `service:NAME` a service's."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for task in tasks:
        found[task.get("group", "")].append(task)
    return found


def subnets(service: Answer) -> list[str]:
    """The subnets that a service in awsvpc mode names."""
    found: list[str] = service.get("networkConfiguration", {}).get("awsvpcConfiguration", {}).get("subnets", [])
    return found


def service_of(
    answer: Answer,
    definitions: Mapping[str, Answer],
    default: Sequence[Any],
    tasks: Iterable[Answer],
    zones: Mapping[str, str],
) -> Service:
    """A service and what its next tasks need; `tasks` are its own, `zones` those of subnets."""
    name = answer["serviceName"]
    own = list(tasks)
    waiting = [task for task in own if conversion.waits(task)]
    running = Counter(task["capacityProviderName"] for task in own if task.get("capacityProviderName"))
    problem = ""
    needs: tuple[Any, ...] = ()
    definition = definitions.get(answer["taskDefinition"])
    if definition is None:
        problem = f"its task definition {short(answer['taskDefinition'])} was not read"
    else:
        own_zones = [zones[subnet] for subnet in subnets(answer) if subnet in zones]
        try:
            needs = conversion.tasks_of(answer, definition, default, running, own_zones)
        except ValueError as error:
            problem = conversion.problem(error)
    if waiting:
        # Its provider is chosen already; the sort leaves the others in their order.
        first = waiting[0].get("capacityProviderName")
        needs = tuple(sorted(needs, key=lambda task: task.capacity_provider != first))
    return Service(
        name=name,
        definition=short(answer["taskDefinition"]),
        desired=answer.get("desiredCount", 0),
        running=answer.get("runningCount", 0),
        pending=answer.get("pendingCount", 0),
        tasks=needs,
        problem=problem,
        compatibilities=tuple((definition or {}).get("compatibilities", [])),
        strategy=tuple(conversion.strategy_of(answer, default)),
        strategies=conversion.strategies(answer) or SERVICE_DEFAULT,
        daemon=answer.get("schedulingStrategy") == "DAEMON",
        waiting=tuple(short(task["taskArn"]) for task in waiting),
        deployments=tuple(_deployment(each) for each in answer.get("deployments", [])),
        events=tuple(Event(each["createdAt"], each["message"]) for each in answer.get("events", [])[:LAST_EVENTS]),
    )


def _deployment(answer: Answer) -> DeploymentState:
    return DeploymentState(
        id=answer.get("id", ""),
        status=answer.get("status", ""),
        definition=short(answer.get("taskDefinition", "")),
        desired=answer.get("desiredCount", 0),
        running=answer.get("runningCount", 0),
        failed=answer.get("failedTasks", 0),
        rollout=answer.get("rolloutState", ""),
        reason=answer.get("rolloutStateReason", ""),
    )


def fleet_of(
    instances: Iterable[Answer], tasks: Iterable[Answer], definitions: Mapping[str, Answer], services: Iterable[Service]
) -> Fleet:
    """The container instances with the tasks on them."""
    placing = conversion.Placing(definitions, {service.group: service.tasks for service in services})
    on: dict[str, list[PlacedTask]] = defaultdict(list)
    gpus: Counter[str] = Counter()
    for task in tasks:
        arn = task.get("containerInstanceArn")
        if arn:
            on[arn].append(placing.placed(task))
            gpus[arn] += sum(len(container.get("gpuIds", [])) for container in task.get("containers", []))
    arns = [(each["containerInstanceArn"], each) for each in instances]
    return Fleet.of(
        container_instance(each, on[arn], gpus_in_use=gpus[arn]) for arn, each in sorted(arns, key=lambda p: p[0])
    )

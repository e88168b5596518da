"""RunTask and StartTask: tasks of no service.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html, API_StartTask.html.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from moto.ecs.exceptions import InvalidParameterException

from ecs_model.placement import refused
from ecs_model.placement_rules import STANDALONE_DEFAULT
from ecs_model.strategy import FARGATE, StrategyItem, next_provider
from ecs_model.task_needs import Task
from localaws.agents import events, needs
from localaws.agents.board import Board
from localaws.agents.tasks import PlayedTask
from localaws.moto_fixes import managed_tasks

Parameters = Mapping[str, Any]
Outcome = tuple[list[PlayedTask], list[dict[str, str]]]


def run(backend: Any, parameters: Parameters) -> Outcome:
    """RunTask: the tasks that run or wait, and why the others do not."""
    board, definition, need = _read(backend, parameters)
    strategies = needs.strategies(parameters.get("placementStrategy"), STANDALONE_DEFAULT)
    items = _items(board, parameters)
    managed_tasks.check(backend, definition, [{"capacityProvider": item.capacity_provider} for item in items])
    fargate = parameters.get("launchType") == "FARGATE" or any(i.capacity_provider in FARGATE for i in items)
    if not fargate and not items and not board.instances:
        raise InvalidParameterException("No Container Instances were found in your cluster.")
    counts: Counter[str] = Counter()
    made = []
    for _ in range(int(parameters.get("count") or 1)):
        provider = next_provider(items, counts) if items else ""
        counts[provider] += 1
        of_provider = replace(need, capacity_provider=None if fargate else provider or None)
        task = _new(board, definition, of_provider, parameters, provider)
        made.append(task)
        if fargate:
            board.run_on_fargate(task)
        elif not board.place(task, strategies) and not board.scales(provider):
            board.forget(made.pop())
            return made, events.failures(refused(of_provider, board.fleet))
    return made, []


def start(backend: Any, parameters: Parameters) -> Outcome:
    """StartTask: one task on each of the named instances that can take it."""
    board, definition, need = _read(backend, parameters)
    if not parameters.get("containerInstances"):
        raise InvalidParameterException("Container Instances cannot be empty.")
    made, failures = [], []
    by_id = {arn.rpartition("/")[2]: arn for arn in board.instances}
    for named in parameters["containerInstances"]:
        arn = by_id.get(named.rpartition("/")[2])
        if arn is None:
            failures.append({"arn": named, "reason": "MISSING"})
            continue
        task = _new(board, definition, need, parameters, "")
        if board.place_on(task, arn):
            made.append(task)
        else:
            failures += events.failures({arn: refused(need, board.fleet)[arn]})
            board.forget(task)
    return made, failures


def place_waiting(board: Board) -> None:
    """Run the tasks of no service that wait for an instance, where one has come."""
    for task in [task for task in board.tasks if task.waits and not task.of_service]:
        board.place(task, STANDALONE_DEFAULT)


def end(board: Board) -> None:
    """End the tasks of no service whose containers end by themselves."""
    for task in [task for task in board.tasks if not task.waits and not task.of_service]:
        board.end(task)


def _read(backend: Any, parameters: Parameters) -> tuple[Board, Any, Task]:
    board = Board(backend, backend._get_cluster(parameters.get("cluster") or "default"))
    definition = backend.describe_task_definition(parameters["taskDefinition"])
    return board, definition, needs.read(backend, definition, parameters, parameters.get("group") or "")


def _items(board: Board, parameters: Parameters) -> list[StrategyItem]:
    given = parameters.get("capacityProviderStrategy") or []
    if not given and not parameters.get("launchType"):
        given = board.cluster.default_capacity_provider_strategy or []
    return [StrategyItem(each["capacityProvider"], each.get("weight") or 0, each.get("base") or 0) for each in given]


def _new(board: Board, definition: Any, need: Task, parameters: Parameters, provider: str) -> PlayedTask:
    return board.add(
        PlayedTask(
            board.backend,
            board.cluster,
            definition,
            need,
            started_by=parameters.get("startedBy") or "",
            overrides=parameters.get("overrides") or {},
            launch_type=parameters.get("launchType") or "",
            tags=parameters.get("tags") or [],
            capacity_provider_name=provider or None,
            network=parameters.get("networkConfiguration"),
            execute_command=parameters.get("enableExecuteCommand", False),
        )
    )

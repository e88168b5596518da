"""What a task needs and how it is placed, read from moto's task definitions and services."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ecs.exceptions import InvalidParameterException

from ecs_model.cluster_query import QueryError
from ecs_model.images import Architecture
from ecs_model.network_modes import NetworkMode
from ecs_model.placement_rules import (
    ON_SERVICES,
    SERVICE_DEFAULT,
    ConstraintType,
    PlacementConstraint,
    PlacementStrategy,
    constraint_problems,
    expressions,
    strategy_problems,
)
from ecs_model.task_needs import Task
from ecs_model.task_source import from_definition
from localaws.moto_fixes import managed_tasks

Parameters = Mapping[str, Any]


def read(backend: Any, definition: Any, parameters: Parameters, group: str = "") -> Task:
    """One copy of a task; `parameters` are those of CreateService or RunTask.

    Raises InvalidParameterException where they name no placement that ECS takes.
    """
    given = constraints(parameters.get("placementConstraints"))
    problem = next(constraint_problems(given, ON_SERVICES), None)
    if problem is not None:
        raise InvalidParameterException(f"Invalid placement constraint: {problem.message}")
    try:
        task = from_definition(_described(definition), group)
    except (QueryError, ValueError) as error:
        raise InvalidParameterException(f"The task definition cannot be placed: {error}") from error
    if managed_tasks.KIND in (definition.requires_compatibilities or []):
        # ECS starts what the task's architecture asks for.
        task = replace(task, architecture=task.architecture or Architecture.X86_64)
    return replace(
        task,
        expressions=task.expressions + expressions(given),
        distinct_instance=any(each.type == ConstraintType.DISTINCT_INSTANCE for each in given),
        zones=_zones(backend, parameters) if task.network_mode is NetworkMode.AWSVPC else frozenset(),
        daemon=parameters.get("schedulingStrategy") == "DAEMON",
    )


def of_service(backend: Any, service: Any) -> Task:
    """One copy of a service's task, without a capacity provider."""
    parameters = {
        "placementConstraints": getattr(service, "placement_constraints", None),
        "networkConfiguration": service.network_configuration,
        "schedulingStrategy": service.scheduling_strategy,
    }
    definition = backend.describe_task_definition(service.task_definition)
    return read(backend, definition, parameters, f"service:{service.name}")


def constraints(given: Sequence[Parameters] | None) -> list[PlacementConstraint]:
    """Placement constraints as the API has them."""
    return [PlacementConstraint(each["type"], each.get("expression") or "") for each in given or []]


def strategies(given: Sequence[Parameters] | None, default: Sequence[PlacementStrategy] = SERVICE_DEFAULT) -> Any:
    """Placement strategies as the API has them; `default` where there are none.

    Raises InvalidParameterException for those that ECS refuses.
    """
    found = [PlacementStrategy(each["type"], each.get("field") or "") for each in given or []]
    problem = next(strategy_problems(found), None)
    if problem is not None:
        raise InvalidParameterException(f"Invalid placement strategy: {problem.message}")
    return tuple(found) or tuple(default)


def _described(definition: Any) -> dict[str, Any]:
    return {
        "family": definition.family,
        "containerDefinitions": definition.container_definitions,
        "networkMode": definition.network_mode,
        "cpu": _number(definition.cpu),
        "memory": _number(definition.memory),
        "runtimePlatform": definition.runtime_platform or {},
        "placementConstraints": definition.placement_constraints,
    }


def _number(given: str | None) -> int | None:
    """A task's CPU units or MiB, which RegisterTaskDefinition also takes as `0.5 vCPU` and `1 GB`."""
    found = re.fullmatch(r"([0-9.]+)\s*(vcpu|gb)?", (given or "").strip(), re.IGNORECASE)
    return int(float(found[1]) * (1024 if found[2] else 1)) if found else None


def _zones(backend: Any, parameters: Parameters) -> frozenset[str]:
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    settings = (parameters.get("networkConfiguration") or {}).get("awsvpcConfiguration", {})
    return frozenset(ec2.get_subnet(id_).availability_zone for id_ in settings.get("subnets", []))

"""Placement strategies and constraints as ECS takes them, and what it would refuse in them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ecs_model.cluster_query import QueryError, parse
from ecs_model.problem import Problem
from ecs_model.query_expression import Expression
from ecs_model.query_subjects import ATTRIBUTE

MOST_STRATEGIES, MOST_CONSTRAINTS = 5, 10
LONGEST_EXPRESSION = 2_000
INSTANCE_FIELDS = ("instanceId", "host")
BINPACK_FIELDS = ("cpu", "memory")


class StrategyType(StrEnum):
    """How an instance is chosen of those that can take a task."""

    BINPACK = "binpack"
    """The one with the least left of the field, so that few instances are in use."""
    RANDOM = "random"
    SPREAD = "spread"
    """One of those that, by the field's value, have the fewest tasks of the group."""


class ConstraintType(StrEnum):
    """What an instance must be to take a task."""

    DISTINCT_INSTANCE = "distinctInstance"
    MEMBER_OF = "memberOf"


@dataclass(frozen=True)
class PlacementStrategy:
    """One step of the choice among instances; each chooses of those that the step before left."""

    type: StrategyType
    """binpack, random or spread."""
    field: str = ""
    """For binpack cpu or memory; for spread instanceId (or host) or attribute:NAME; for random nothing."""


@dataclass(frozen=True)
class PlacementConstraint:
    """A rule that an instance must meet to take a task."""

    type: ConstraintType
    """distinctInstance or memberOf."""
    expression: str = ""
    """For memberOf: an expression of the cluster query language."""


SPREAD_ZONES = PlacementStrategy(StrategyType.SPREAD, "attribute:ecs.availability-zone")
SPREAD_INSTANCES = PlacementStrategy(StrategyType.SPREAD, "instanceId")
PACK_MEMORY = PlacementStrategy(StrategyType.BINPACK, "memory")
SERVICE_DEFAULT = (SPREAD_ZONES, SPREAD_INSTANCES)
"""What a service gets without a strategy: zones first, then instances with the fewest of its tasks (CreateService)."""
STANDALONE_DEFAULT = (PlacementStrategy(StrategyType.RANDOM),)
"""What RunTask does without a strategy."""


def strategy_problems(strategies: Sequence[PlacementStrategy]) -> Iterator[Problem]:
    """What ECS would refuse in the placement strategies of a service."""
    if len(strategies) > MOST_STRATEGIES:
        yield Problem((), f"has {len(strategies)} strategies, at most {MOST_STRATEGIES} are allowed: leave some out")
    for position, strategy in enumerate(strategies):
        if message := _field_problem(strategy):
            yield Problem((position, "field"), message)


def constraint_problems(constraints: Sequence[PlacementConstraint]) -> Iterator[Problem]:
    """What ECS would refuse in the placement constraints of a service."""
    if len(constraints) > MOST_CONSTRAINTS:
        yield Problem((), f"has {len(constraints)} constraints, at most {MOST_CONSTRAINTS} are allowed: leave some out")
    for position, constraint in enumerate(constraints):
        if message := _expression_problem(constraint):
            yield Problem((position, "expression"), message)


def expressions(constraints: Sequence[PlacementConstraint]) -> tuple[Expression, ...]:
    """The expressions of the memberOf constraints. Raises QueryError for one that is wrong."""
    return tuple(parse(each.expression) for each in constraints if each.type is ConstraintType.MEMBER_OF)


def _field_problem(strategy: PlacementStrategy) -> str | None:
    field = strategy.field
    if strategy.type is StrategyType.RANDOM:
        return f"{field!r} is not for random, which has no field: leave it out" if field else None
    if strategy.type is StrategyType.BINPACK:
        return None if field in BINPACK_FIELDS else f"{field!r} cannot be packed: give {' or '.join(BINPACK_FIELDS)}"
    if field in INSTANCE_FIELDS or re.fullmatch(rf"{ATTRIBUTE}[A-Za-z0-9_./\\-]{{1,128}}", field):
        return None
    return f"{field!r} cannot be spread over: give instanceId or an attribute, such as {SPREAD_ZONES.field}"


def _expression_problem(constraint: PlacementConstraint) -> str | None:
    text = constraint.expression
    if constraint.type is ConstraintType.DISTINCT_INSTANCE:
        return f"{text!r} is not for distinctInstance, which has none: leave it out" if text else None
    if len(text) > LONGEST_EXPRESSION:
        return f"has {len(text)} characters, at most {LONGEST_EXPRESSION} are allowed: shorten it"
    try:
        parse(text)
    except QueryError as error:
        return str(error)
    return None

"""Placement strategies and constraints: what ECS takes, and what it refuses with its place."""

import pytest

from ecs_model.cluster_query import QueryError, parse
from ecs_model.placement_rules import (
    PACK_MEMORY,
    SERVICE_DEFAULT,
    SPREAD_ZONES,
    STANDALONE_DEFAULT,
    ConstraintType,
    PlacementConstraint,
    PlacementStrategy,
    StrategyType,
    constraint_problems,
    expressions,
    strategy_problems,
)

DISTINCT = PlacementConstraint(ConstraintType.DISTINCT_INSTANCE)


def member_of(expression: str) -> PlacementConstraint:
    return PlacementConstraint(ConstraintType.MEMBER_OF, expression)


def test_what_ecs_takes() -> None:
    host = PlacementStrategy(StrategyType.SPREAD, "host")
    assert list(strategy_problems([*SERVICE_DEFAULT, PACK_MEMORY, *STANDALONE_DEFAULT, host])) == []
    assert list(constraint_problems([DISTINCT, *[member_of("attribute:ecs.instance-type =~ t2.*")] * 9])) == []
    assert list(strategy_problems([])) == list(constraint_problems([])) == []


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        (PlacementStrategy(StrategyType.BINPACK), "[1].field: '' cannot be packed: give cpu or memory"),
        (PlacementStrategy(StrategyType.BINPACK, "instanceId"), "[1].field: 'instanceId' cannot be packed"),
        (
            PlacementStrategy(StrategyType.SPREAD, "memory"),
            "[1].field: 'memory' cannot be spread over: give",
        ),
        (PlacementStrategy(StrategyType.SPREAD, "attribute:"), "[1].field: 'attribute:' cannot be spread over"),
        (PlacementStrategy(StrategyType.SPREAD, "attribute:a b"), "[1].field: 'attribute:a b' cannot be spread over"),
        (PlacementStrategy(StrategyType.RANDOM, "cpu"), "[1].field: 'cpu' is not for random, which has no field"),
    ],
)
def test_a_strategy_s_field(strategy: PlacementStrategy, message: str) -> None:
    (problem,) = strategy_problems([SPREAD_ZONES, strategy])
    assert str(problem).startswith(message)


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        (
            member_of("attribute:x = b"),
            "[1].expression: at position 13 of 'attribute:x = b' there is '=': give an operator that attribute:x has",
        ),
        (member_of(""), "[1].expression: at position 1 of '' there is the end: give a subject"),
        (member_of("agentConnected == true" + " " * 1_990), "[1].expression: has 2012 characters, at most 2000"),
        (
            PlacementConstraint(ConstraintType.DISTINCT_INSTANCE, "task:group exists"),
            "[1].expression: 'task:group exists' is not for distinctInstance, which has none: leave it out",
        ),
    ],
)
def test_a_constraint_s_expression(constraint: PlacementConstraint, message: str) -> None:
    (problem,) = constraint_problems([DISTINCT, constraint])
    assert str(problem).startswith(message)


def test_how_many_there_may_be() -> None:
    (problem,) = strategy_problems([SPREAD_ZONES] * 6)
    assert str(problem) == "has 6 strategies, at most 5 are allowed: leave some out"
    (problem,) = constraint_problems([DISTINCT] * 11)
    assert str(problem) == "has 11 constraints, at most 10 are allowed: leave some out"


def test_the_expressions_of_constraints() -> None:
    text = "attribute:rack == r1"
    assert expressions([DISTINCT, member_of(text)]) == (parse(text),)
    with pytest.raises(QueryError):
        expressions([member_of("rack == r1")])

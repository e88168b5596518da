"""What ECS does without a strategy, and the expressions of constraints in somebody's settings."""

import pytest

from ecs_model.cluster_query import QueryError, parse
from ecs_model.placement_limits import PlacementConstraint, strategy_problems
from ecs_model.placement_rules import (
    DISTINCT_INSTANCE,
    MEMBER_OF,
    PACK_MEMORY,
    SERVICE_DEFAULT,
    STANDALONE_DEFAULT,
    expression_problems,
    expressions,
)

RACK = "attribute:rack == r1"


def test_the_strategies_are_such_as_ecs_takes() -> None:
    assert list(strategy_problems([*SERVICE_DEFAULT, PACK_MEMORY, *STANDALONE_DEFAULT])) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("attribute:x = b", "[1]: at position 13 of 'attribute:x = b' there is '=': give an operator that attribute:x"),
        ("", "[1]: at position 1 of '' there is the end: give a subject (agentConnected, "),
        ("attribute:x =~ m(4|5)", "[1]: at position 17 of 'attribute:x =~ m(4|5)' there is '(4|5)': give a pattern"),
        (f"{RACK}{' ' * 2_000}", "[1]: has 2020 characters, at most 2000 are allowed: shorten it"),
    ],
)
def test_an_expression_that_cannot_be_read(text: str, message: str) -> None:
    (problem,) = expression_problems([RACK, text])
    assert str(problem).startswith(message)


def test_how_many_expressions_there_may_be() -> None:
    assert list(expression_problems([RACK] * 10)) == []
    (problem,) = expression_problems([RACK] * 11)
    assert str(problem) == "has 11 entries, at most 10 are allowed: leave some out"


def test_the_expressions_of_constraints() -> None:
    constraints = [PlacementConstraint(DISTINCT_INSTANCE), PlacementConstraint(MEMBER_OF, RACK)]
    assert expressions(constraints) == (parse(RACK),)
    with pytest.raises(QueryError, match="at position 1"):
        expressions([PlacementConstraint(MEMBER_OF)])

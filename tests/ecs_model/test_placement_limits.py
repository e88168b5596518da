"""Placement strategies and constraints."""

import pytest

from ecs_model.placement_limits import (
    ON_SERVICES,
    ON_TASK_DEFINITIONS,
    PlacementConstraint,
    PlacementStrategy,
    constraint_problems,
    count_problems,
    strategy_problems,
)
from ecs_model.problem import dotted


@pytest.mark.parametrize(
    ("type_", "field", "place"),
    [
        ("random", None, None),
        ("random", "cpu", "[0].field"),
        ("spread", "instanceId", None),
        ("spread", "host", None),
        ("spread", "attribute:ecs.availability-zone", None),
        ("spread", "attribute:rack", None),
        ("spread", "attribute:", "[0].field"),
        ("spread", "ecs.availability-zone", "[0].field"),
        ("spread", None, "[0].field"),
        ("binpack", "cpu", None),
        ("binpack", "MEMORY", None),
        ("binpack", "instanceId", "[0].field"),
        ("binpack", None, "[0].field"),
        ("Spread", "host", "[0].type"),
        (None, "host", "[0].type"),
    ],
)
def test_a_strategy(type_: str | None, field: str | None, place: str | None) -> None:
    found = [dotted(problem.path) for problem in strategy_problems([PlacementStrategy(type_, field)])]
    assert found == ([place] if place else [])


def test_at_most_five_strategies() -> None:
    assert list(strategy_problems([PlacementStrategy("random")] * 5)) == []
    (problem,) = strategy_problems([PlacementStrategy("random")] * 6)
    assert str(problem) == "has 6 entries, at most 5 are allowed: leave some out"


@pytest.mark.parametrize(
    ("types", "type_", "expression", "place"),
    [
        (ON_SERVICES, "distinctInstance", None, None),
        (ON_SERVICES, "distinctInstance", "attribute:rack == 1", "[0].expression"),
        (ON_SERVICES, "memberOf", "attribute:rack == 1", None),
        (ON_SERVICES, "memberOf", "x" * 2_000, None),
        (ON_SERVICES, "memberOf", "x" * 2_001, "[0].expression"),
        (ON_SERVICES, "memberOf", " ", "[0].expression"),
        (ON_SERVICES, "memberOf", None, "[0].expression"),
        (ON_SERVICES, "memberof", "attribute:rack == 1", "[0].type"),
        (ON_SERVICES, None, None, "[0].type"),
        (ON_TASK_DEFINITIONS, "memberOf", "attribute:rack == 1", None),
        (ON_TASK_DEFINITIONS, "distinctInstance", None, "[0].type"),
    ],
)
def test_a_constraint(types: tuple[str, ...], type_: str | None, expression: str | None, place: str | None) -> None:
    found = [dotted(p.path) for p in constraint_problems([PlacementConstraint(type_, expression)], types)]
    assert found == ([place] if place else [])


def test_nothing_written_is_quoted() -> None:
    strategies = strategy_problems([PlacementStrategy("hunter2"), PlacementStrategy("spread", "hunter2")])
    constraints = constraint_problems([PlacementConstraint("hunter2"), PlacementConstraint("memberOf")], ON_SERVICES)
    messages = [problem.message for problem in [*strategies, *constraints]]
    assert len(messages) == 4
    assert not [message for message in messages if "hunter2" in message]


def test_at_most_ten_constraints() -> None:
    assert list(count_problems(10)) == []
    (problem,) = constraint_problems([PlacementConstraint("distinctInstance")] * 11, ON_SERVICES)
    assert str(problem) == "has 11 entries, at most 10 are allowed: leave some out"

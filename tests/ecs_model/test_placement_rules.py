"""Placement strategies and constraints: what ECS takes, and what it refuses with its place."""

import pytest

from ecs_model.cluster_query import QueryError, parse
from ecs_model.placement_rules import (
    ON_SERVICES,
    ON_TASK_DEFINITIONS,
    SERVICE_DEFAULT,
    SPREAD_ZONES,
    STANDALONE_DEFAULT,
    ConstraintType,
    PlacementConstraint,
    PlacementStrategy,
    StrategyType,
    constraint_problems,
    count_problems,
    expression_problems,
    expressions,
    read,
    shape_problems,
    strategy_problems,
)
from ecs_model.problem import dotted
from tests.ecs_model.fleets import PACK_MEMORY

DISTINCT = PlacementConstraint(ConstraintType.DISTINCT_INSTANCE)


def member_of(expression: str) -> PlacementConstraint:
    return PlacementConstraint(ConstraintType.MEMBER_OF, expression)


def test_what_ecs_takes() -> None:
    host = PlacementStrategy(StrategyType.SPREAD, "host")
    assert list(strategy_problems([*SERVICE_DEFAULT, PACK_MEMORY, *STANDALONE_DEFAULT, host])) == []
    assert (
        list(constraint_problems([DISTINCT, *[member_of("attribute:ecs.instance-type =~ t2.*")] * 9], ON_SERVICES))
        == []
    )
    given_back = [PlacementStrategy("binpack", "MEMORY"), PlacementStrategy("spread", "INSTANCEID")]
    assert list(strategy_problems(given_back)) == []
    assert list(strategy_problems([])) == list(constraint_problems([], ON_SERVICES)) == []


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        (PlacementStrategy(StrategyType.BINPACK), "[1].field: is nothing to pack by: give cpu or memory"),
        (PlacementStrategy(StrategyType.BINPACK, "instanceId"), "[1].field: 'instanceId' is nothing to pack by"),
        (
            PlacementStrategy(StrategyType.SPREAD, "memory"),
            "[1].field: 'memory' is nothing to spread over: give",
        ),
        (PlacementStrategy(StrategyType.SPREAD, "attribute:"), "[1].field: 'attribute:' is nothing to spread over"),
        (
            PlacementStrategy(StrategyType.SPREAD, "attribute:a b"),
            "[1].field: 'attribute:a b' is nothing to spread over",
        ),
        (PlacementStrategy(StrategyType.RANDOM, "cpu"), "[1].field: 'cpu' is not for the type random: leave it out"),
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
        (member_of(""), "[1].expression: is missing: say which instances are meant"),
        (member_of("agentConnected == true" + " " * 1_990), "[1].expression: has 2012 characters, at most 2000"),
        (
            PlacementConstraint(ConstraintType.DISTINCT_INSTANCE, "task:group exists"),
            "[1].expression: 'task:group exists' is not for the type distinctInstance: leave it out",
        ),
    ],
)
def test_a_constraint_s_expression(constraint: PlacementConstraint, message: str) -> None:
    (problem,) = constraint_problems([DISTINCT, constraint], ON_SERVICES)
    assert str(problem).startswith(message)


def test_how_many_there_may_be() -> None:
    (problem,) = strategy_problems([SPREAD_ZONES] * 6)
    assert str(problem) == "has 6 entries, at most 5 are allowed: leave some out"
    (problem,) = constraint_problems([DISTINCT] * 11, ON_SERVICES)
    assert str(problem) == "has 11 entries, at most 10 are allowed: leave some out"


RACK = "attribute:rack == r1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("attribute:x = b", "[1]: at position 13 of 'attribute:x = b' there is '=': give an operator that attribute:x"),
        ("", "[1]: is missing: say which instances are meant, such as attribute:ecs.instance-type =~ t3.*"),
        ("attribute:x =~ m(4|5)", "[1]: at position 17 of 'attribute:x =~ m(4|5)' there is '(4|5)': give a pattern"),
        (f"{RACK}{' ' * 2_000}", "[1]: has 2020 characters, at most 2000 are allowed: shorten it"),
    ],
)
def test_an_expression_in_somebody_s_settings(text: str, message: str) -> None:
    (problem,) = expression_problems([RACK, text])
    assert str(problem).startswith(message)


def test_how_many_expressions_there_may_be() -> None:
    assert list(expression_problems([RACK] * 9 + [RACK.ljust(2_000)])) == []
    (problem,) = expression_problems([RACK] * 11)
    assert str(problem) == "has 11 entries, at most 10 are allowed: leave some out"


def test_the_expressions_of_constraints() -> None:
    text = "attribute:rack == r1"
    assert expressions([DISTINCT, member_of(text)]) == (parse(text),)
    with pytest.raises(QueryError):
        expressions([member_of("rack == r1")])


@pytest.mark.parametrize(
    ("type_", "field", "place"),
    [
        ("random", "", None),
        ("random", "cpu", "[0].field"),
        ("spread", "instanceId", None),
        ("spread", "host", None),
        ("spread", "attribute:ecs.availability-zone", None),
        ("spread", "attribute:rack", None),
        ("spread", "attribute:", "[0].field"),
        ("spread", "ecs.availability-zone", "[0].field"),
        ("spread", "", "[0].field"),
        ("binpack", "cpu", None),
        ("binpack", "MEMORY", None),
        ("binpack", "instanceId", "[0].field"),
        ("binpack", "", "[0].field"),
        ("Spread", "host", "[0].type"),
        (None, "host", "[0].type"),
    ],
)
def test_the_shape_of_a_strategy(type_: str | None, field: str, place: str | None) -> None:
    found = [dotted(problem.path) for problem in strategy_problems([PlacementStrategy(type_, field)], quoting=False)]
    assert found == ([place] if place else [])


def test_at_most_five_strategies() -> None:
    assert list(strategy_problems([PlacementStrategy("random")] * 5)) == []
    (problem,) = strategy_problems([PlacementStrategy("random")] * 6)
    assert str(problem) == "has 6 entries, at most 5 are allowed: leave some out"


@pytest.mark.parametrize(
    ("types", "type_", "expression", "place"),
    [
        (ON_SERVICES, "distinctInstance", "", None),
        (ON_SERVICES, "distinctInstance", "attribute:rack == 1", "[0].expression"),
        (ON_SERVICES, "memberOf", "attribute:rack == 1", None),
        (ON_SERVICES, "memberOf", "x" * 2_000, None),
        (ON_SERVICES, "memberOf", "x" * 2_001, "[0].expression"),
        (ON_SERVICES, "memberOf", " ", "[0].expression"),
        (ON_SERVICES, "memberOf", "", "[0].expression"),
        (ON_SERVICES, "memberof", "attribute:rack == 1", "[0].type"),
        (ON_SERVICES, None, "", "[0].type"),
        (ON_TASK_DEFINITIONS, "memberOf", "attribute:rack == 1", None),
        (ON_TASK_DEFINITIONS, "distinctInstance", "", "[0].type"),
    ],
)
def test_the_shape_of_a_constraint(
    types: tuple[str, ...], type_: str | None, expression: str, place: str | None
) -> None:
    found = [dotted(p.path) for p in shape_problems([PlacementConstraint(type_, expression)], types, quoting=False)]
    assert found == ([place] if place else [])


def test_nothing_written_is_quoted() -> None:
    strategies = strategy_problems(
        [PlacementStrategy("hunter2"), PlacementStrategy("spread", "hunter2")], quoting=False
    )
    written = [PlacementConstraint("hunter2"), PlacementConstraint("distinctInstance", "hunter2")]
    constraints = shape_problems(written, ON_SERVICES, quoting=False)
    messages = [problem.message for problem in [*strategies, *constraints]]
    assert len(messages) == 4
    assert not [message for message in messages if "hunter2" in message]


def test_at_most_ten_constraints() -> None:
    assert list(count_problems(10)) == []
    (problem,) = shape_problems([PlacementConstraint("distinctInstance")] * 11, ON_SERVICES)
    assert str(problem) == "has 11 entries, at most 10 are allowed: leave some out"


def test_the_expressions_and_why_they_cannot_be_read() -> None:
    written = [DISTINCT, member_of(""), member_of("ecs.os-type == linux"), member_of("attribute:x exists")]
    (at, error), (last, expression) = read(written)
    assert (at, last) == (2, 3)
    assert isinstance(error, QueryError)
    assert error.position == 1
    assert expression == parse("attribute:x exists")


def test_a_strategy_is_read_without_regard_to_capitals() -> None:
    assert PlacementStrategy("binpack", "CPU").packs_cpu
    assert not PlacementStrategy("binpack", "MEMORY").packs_cpu
    assert PlacementStrategy("spread", "attribute:Rack").attribute == "Rack"
    assert PlacementStrategy("spread", "INSTANCEID").attribute is None
    assert PlacementStrategy("binpack", "attribute:Rack").attribute is None

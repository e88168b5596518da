"""Deployments: what watches them, and when tasks may move between zones."""

from typing import Any

import pytest

from ecs_model.deployment import can_replace, problems, rebalances
from ecs_model.problem import dotted
from tests.ecs_model.test_service_stack_iam import service


def told(alarms: list[str] | None = None, zone_rebalancing: bool | None = None, **more: Any) -> dict[str, str]:
    given: dict[str, Any] = {"sigint_rollback": False, "wait_for_steady_state": False, "maximum_percent": 200}
    found = problems(alarms or [], zone_rebalancing, **(given | more))
    return {dotted(problem.path): problem.message for problem in found}


def test_what_works() -> None:
    assert told() == told(["errors", "a" * 255]) == told(zone_rebalancing=True, maximum_percent=101) == {}
    assert told(zone_rebalancing=False, maximum_percent=100) == told(maximum_percent=100) == {}
    assert told(sigint_rollback=True, wait_for_steady_state=True) == told(wait_for_steady_state=True) == {}


@pytest.mark.parametrize(
    ("given", "path", "says"),
    [
        ({"alarms": ["a", "a"]}, "deploymentAlarms", "names an alarm more than once"),
        ({"alarms": ["a", ""]}, "deploymentAlarms[1]", "'' is not an alarm's name: give 1-255 characters"),
        ({"alarms": ["a,b"]}, "deploymentAlarms[0]", "without a comma"),
        ({"alarms": ["a" * 256]}, "deploymentAlarms[0]", "give 1-255 characters"),
        ({"sigint_rollback": True}, "sigintRollback", "waitForSteadyState is false: set both, or neither"),
        ({"zone_rebalancing": True, "maximum_percent": 100}, "zoneRebalancing", "maximumPercent (100) leaves no room"),
    ],
)
def test_what_cannot_work(given: dict[str, Any], path: str, says: str) -> None:
    found = told(**given)
    assert list(found) == [path]
    assert says in found[path]


@pytest.mark.parametrize(
    ("said", "maximum", "moves"), [(None, 200, True), (None, 100, False), (True, 150, True), (False, 200, False)]
)
def test_zones_are_kept_even_where_ecs_can(said: bool | None, maximum: int, moves: bool) -> None:
    assert rebalances(said, maximum) is moves


def test_a_service_tells_of_its_deployments() -> None:
    found = {dotted(p.path) for p in service(sigint_rollback=True, deployment_alarms=["a", "a"]).problems()}
    assert found == {"sigintRollback", "deploymentAlarms"}


@pytest.mark.parametrize(
    ("copies", "minimum", "maximum", "can"),
    [
        (2, 100, 200, True),
        (2, 50, 100, True),
        (2, 100, 100, False),
        (2, 100, 149, False),
        (1, 50, 150, False),
        (1, 0, 100, True),
        (3, 67, 100, False),
        (0, 100, 100, True),
        (None, 100, 100, False),
        (None, 100, 101, True),
        (None, 99, 100, True),
    ],
)
def test_a_deployment_that_can_proceed(copies: int | None, minimum: int, maximum: int, can: bool) -> None:
    assert can_replace(copies, minimum, maximum) is can

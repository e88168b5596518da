"""Settings that say how instances are chosen: what stands for nothing said, and what cannot be meant."""

from dataclasses import replace
from typing import Any

import pytest

import settings
from ecs_model.deployment import rebalances
from ecs_model.instance_types import catalogue
from ecs_model.one_off_task import command, request
from ecs_model.placement_rules import (
    EVEN_AND_PACKED,
    PACK_MEMORY,
    SERVICE_DEFAULT,
    SPREAD_INSTANCES,
    SPREAD_ZONES,
    PlacementStrategy,
    StrategyType,
    chosen_strategies,
    may_rebalance,
    spreads_zones,
)
from ecs_model.planning.fleet_need import Wanted
from ecs_model.planning.planner import plan
from ecs_model.planning.stack_need import stack_need
from ecs_model.planning.supply import Provider, offers
from ecs_model.stack import StackSettings
from ecs_model.strategy import StrategyItem
from tests.ecs_model.test_daemon import BASE

ZONES = {"type": "spread", "field": "attribute:ecs.availability-zone"}
PACK_CPU = {"type": "binpack", "field": "cpu"}
RANDOM = {"type": "random"}
ON_INSTANCES = {"capacityProviderStrategy": [{"capacityProvider": "general", "weight": 1}]}
ON_FARGATE = {"networkMode": "awsvpc", "cpu": 256, "memory": 512}
TASK = {"containers": {"app": {"image": "app:1", "memory": 64}}} | ON_INSTANCES
SECTIONS: dict[str, dict[str, Any]] = {"services": {}, "scheduledTasks": {"schedule": "rate(1 day)"}, "run": {}}


def read(section: str, **changed: Any) -> tuple[StackSettings | None, list[str]]:
    found, problems = settings.read(BASE | {section: {"it": TASK | SECTIONS[section] | changed}}, "dev")
    return found, [str(problem) for problem in problems]


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("given", [[], [ZONES, PACK_CPU], [RANDOM], [PACK_CPU] * 5, [ZONES | {"field": "instanceId"}]])
def test_what_ecs_takes(section: str, given: list[Any]) -> None:
    found, problems = read(section, placementStrategies=given)
    assert problems == []
    assert found is not None
    strategies = [
        part.placement_strategies
        for parts in (found.services, found.scheduled_tasks, found.run)
        for part in parts.values()
    ]
    (chosen,) = strategies
    assert [(each.type, each.field) for each in chosen or ()] == [
        (each["type"], each.get("field", "")) for each in given
    ]


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([RANDOM] * 6, "placementStrategies: has 6 entries, at most 5 are allowed"),
        ([ZONES, {"type": "binpack", "field": "disk"}], "placementStrategies[1].field: 'disk' is nothing to pack by"),
        ([{"type": "spread"}], "placementStrategies[0].field: is nothing to spread over: give instanceId"),
        ([RANDOM | {"field": "cpu"}], "placementStrategies[0].field: 'cpu' is not for the type random"),
        ([{"type": "pack"}], 'placementStrategies[0].type: "pack" is not allowed: give'),
    ],
)
def test_what_ecs_refuses(section: str, given: list[Any], said: str) -> None:
    _, problems = read(section, placementStrategies=given)
    (problem,) = problems
    assert problem.startswith(f"{section}.it.{said}")


@pytest.mark.parametrize("section", SECTIONS)
def test_fargate_has_no_instances_to_choose_among(section: str) -> None:
    changed = ON_FARGATE | {"capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]}
    assert read(section, **changed)[1] == read(section, **changed, placementStrategies=[])[1] == []
    _, problems = read(section, **changed, placementStrategies=[ZONES])
    assert problems == [
        f"{section}.it.placementStrategies: choose among container instances of capacity, and Fargate has none: leave "
        "them out"
    ]


def test_ecs_alone_decides_on_managed_instances() -> None:
    base = BASE | {"managedInstances": {"own": {}}}
    task = {"networkMode": "awsvpc", "capacityProviderStrategy": [{"capacityProvider": "own", "weight": 1}]}
    chosen = {"it": TASK | task | {"placementStrategies": [ZONES]}}
    _, problems = settings.read(base | {"services": chosen}, "dev")
    assert [str(problem) for problem in problems if "placement" in str(problem)] == [
        "services.it.placementStrategies: choose among container instances of capacity, and managedInstances own is "
        "where ECS alone decides: leave them out"
    ]


@pytest.mark.parametrize("given", [[], [ZONES]])
def test_a_daemon_has_no_choice(given: list[Any]) -> None:
    _, problems = read("services", daemon=True, placementStrategies=given, capacityProviderStrategy=[])
    assert problems == [
        "services.it.placementStrategies: is not for a daemon, of which every container instance runs one: leave it out"
    ]


@pytest.mark.parametrize(
    ("strategies", "may", "spreads"),
    [
        ((), True, False),
        (EVEN_AND_PACKED, True, True),
        (SERVICE_DEFAULT, True, True),
        ((PACK_MEMORY, SPREAD_ZONES), False, True),
        ((SPREAD_INSTANCES, SPREAD_ZONES), False, True),
        ((PACK_MEMORY,), False, False),
    ],
)
def test_where_tasks_may_move_between_zones(
    strategies: tuple[PlacementStrategy, ...], may: bool, spreads: bool
) -> None:
    assert may_rebalance(strategies) is may
    assert rebalances(None, 200, strategies) is may
    assert rebalances(False, 200, strategies) is rebalances(None, 100, strategies) is False
    assert spreads_zones(strategies) is spreads


def test_without_a_word_zones_come_first_and_then_memory() -> None:
    assert chosen_strategies(None) == EVEN_AND_PACKED == (SPREAD_ZONES, PACK_MEMORY)
    assert chosen_strategies([]) == []
    assert rebalances(None, 200) is rebalances(None, 200, None) is True


@pytest.mark.parametrize(("given", "seen"), [([PACK_CPU, ZONES], "binpack cpu"), ([RANDOM], "random")])
def test_zones_are_not_kept_even_against_the_strategies(given: list[Any], seen: str) -> None:
    assert read("services", placementStrategies=given)[1] == []
    _, problems = read("services", placementStrategies=given, zoneRebalancing=True)
    assert problems == [
        "services.it.zoneRebalancing: true needs a spread over attribute:ecs.availability-zone as the first of "
        f"placementStrategies, which is {seen}: put that first, or set zoneRebalancing to false"
    ]


@pytest.mark.parametrize("given", [None, [], [ZONES], [ZONES, RANDOM]])
def test_zones_are_kept_even_where_they_come_first(given: list[Any] | None) -> None:
    assert read("services", placementStrategies=given, zoneRebalancing=True)[1] == []


@pytest.mark.parametrize(("given", "even"), [(None, True), ([], True), ([RANDOM], False), ([PACK_CPU, ZONES], True)])
def test_a_plan_keeps_to_zones_where_the_service_does(given: list[Any] | None, even: bool) -> None:
    found, problems = read("services", placementStrategies=given, desiredCount=3)
    assert problems == []
    assert found is not None
    assert [(each.copies, each.spread) for each in stack_need(found).wanted] == [(3, even)]


def test_a_task_is_started_with_its_strategies() -> None:
    where = "shop", "migrate:7", [StrategyItem("general", 1, 0)]
    chosen = [SPREAD_ZONES, PlacementStrategy(StrategyType.RANDOM)]
    told = command("eu-central-1", *where, placement=chosen)
    assert told.endswith(" --placement-strategy type=spread,field=attribute:ecs.availability-zone type=random")
    assert "--placement-strategy" not in command("eu-central-1", *where)
    assert request(*where, placement=chosen)["placementStrategy"] == [ZONES, RANDOM]
    assert "placementStrategy" not in request(*where)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"desiredCount": 1}, None),
        ({"desiredCount": 2, "minimumHealthyPercent": 50}, None),
        ({"desiredCount": 0}, None),
        (
            {"desiredCount": 2},
            "keeps 2 copies on an instance each, and a deployment needs 1 more before it ends any, where capacity "
            "general has at most 2: raise maxSize, or lower minimumHealthyPercent",
        ),
        (
            {"desiredCount": 3, "minimumHealthyPercent": 0},
            "puts 3 of 3 copies on an instance each in capacity general, whose maxSize is 2: raise that, or lower "
            "desiredCount",
        ),
        (
            {"placementConstraints": ["attribute:ecs.os-type == linux"] * 10},
            "is a constraint as well as the 10 placementConstraints, and a task has at most 10: join two of those with "
            "`and`",
        ),
        ({"placementConstraints": ["attribute:ecs.os-type == linux"] * 9}, None),
    ],
)
def test_an_instance_for_each_copy(given: dict[str, Any], said: str | None) -> None:
    _, problems = read("services", distinctInstances=True, **given)
    assert problems == ([f"services.it.distinctInstances: {said}"] if said else [])


def test_several_capacities_have_an_instance_for_each_copy_together() -> None:
    both = [{"capacityProvider": "general", "weight": 1}, {"capacityProvider": "spot", "weight": 1}]
    given = {"distinctInstances": True, "capacityProviderStrategy": both}
    assert read("services", **given, desiredCount=3)[1] == []
    _, (problem,) = read("services", **given, desiredCount=4)
    assert "general and spot has at most 4" in problem
    assert read("services", **given, desiredCount=2, deployment={"strategy": "blue-green"})[1] == []
    _, (problem,) = read("services", **given, desiredCount=3, deployment={"strategy": "blue-green"})
    assert "a deployment needs 3 more before it ends any" in problem


def test_fargate_keeps_no_tasks_apart() -> None:
    changed = ON_FARGATE | {"capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]}
    assert read("services", **changed, distinctInstances=True)[1] == [
        "services.it.distinctInstances: is for container instances of capacity, and Fargate has none: leave it out"
    ]


def test_a_plan_puts_each_copy_on_an_instance_of_its_own() -> None:
    found, problems = read("services", distinctInstances=True, desiredCount=1)
    assert problems == []
    assert found is not None
    (task,) = [each.task for each in stack_need(found).wanted]
    assert task.distinct_instance
    apart = fleet_for([Wanted("it", task, 4, spread=False)])
    together = fleet_for([Wanted("it", replace(task, distinct_instance=False), 4, spread=False)])
    assert (apart, together) == (4, 1)


def fleet_for(wanted: list[Wanted]) -> int:
    """How many instances the cheapest fleet has."""
    offered = list(offers(Provider("general"), [catalogue()["t3.medium"]], ["a"], None))
    return len(plan(wanted, offered).instances)

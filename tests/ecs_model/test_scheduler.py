"""The service scheduler: the desired number of copies, daemons, and what becomes of a drained instance's tasks."""

from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ecs_model.cluster_query import parse
from ecs_model.fleet import Fleet, Status
from ecs_model.placement_rules import SPREAD_INSTANCES, PlacementStrategy
from ecs_model.refusals import Reason
from ecs_model.scheduler import drained, place_daemon, place_service
from ecs_model.task_needs import Task
from tests.ecs_model.fleets import PACK_MEMORY, fleets, instance, plain_tasks, strategies, task, tasks, unhurried
from tests.ecs_model.placing import copies_that_fit

ZONES = Fleet.of([instance("a1"), instance("a2"), instance("b1", zone="b")])


def running(fleet: Fleet, group: str = "service:web") -> dict[str, int]:
    counts = Counter(on.id for on, _ in fleet.tasks(group))
    return {id_: counts[id_] for id_ in fleet.instances}


def test_a_service_gets_its_copies() -> None:
    scheduled = place_service(task(), ZONES, 4)
    assert running(scheduled.fleet) == {"a1": 1, "a2": 1, "b1": 2}
    assert sorted(scheduled.placed.values()) == ["a1", "a2", "b1", "b1"]
    assert (scheduled.waiting, scheduled.stopped, scheduled.refusals) == (0, (), {})
    again = place_service(task(), scheduled.fleet, 4)
    assert again.fleet.instances == scheduled.fleet.instances
    assert not again.placed
    more = place_service(task(memory=900), scheduled.fleet, 6)
    assert (more.placed, more.waiting) == ({"service:web/5": "a1", "service:web/6": "a2"}, 0)


def test_copies_that_find_no_instance_wait_with_the_reasons() -> None:
    scheduled = place_service(task(memory=600), ZONES, 5)
    assert (len(scheduled.placed), scheduled.waiting) == (3, 2)
    assert {id_: [each.short for each in found] for id_, found in scheduled.refusals.items()} == {
        "a1": [200],
        "a2": [200],
        "b1": [200],
    }


def test_too_many_copies_are_stopped_where_most_are() -> None:
    fleet = place_service(task(), ZONES, 6, [SPREAD_INSTANCES]).fleet
    assert running(fleet) == {"a1": 2, "a2": 2, "b1": 2}
    scaled = place_service(task(), fleet, 3)
    assert running(scaled.fleet) == {"a1": 0, "a2": 1, "b1": 2}
    assert (scaled.waiting, scaled.placed) == (0, {})
    assert scaled.stopped == ("service:web/4", "service:web/5", "service:web/1")
    assert scaled.fleet.instances["a1"].remaining == instance().remaining
    assert running(place_service(task(), fleet, 0).fleet) == {"a1": 0, "a2": 0, "b1": 0}


def test_a_daemon_runs_once_on_every_instance_that_is_a_place_for_it() -> None:
    agent = task("agent", 200, daemon=True, expressions=(parse("attribute:ecs.availability-zone != c"),))
    fleet = ZONES.having(instance("full", 100), instance("c1", zone="c"), instance("gone", status=Status.DRAINING))
    scheduled = place_daemon(agent, fleet)
    assert running(scheduled.fleet, "service:agent") == {"a1": 1, "a2": 1, "b1": 1, "full": 0, "c1": 0, "gone": 0}
    assert scheduled.waiting == 1
    assert {id_: [each.reason for each in found] for id_, found in scheduled.refusals.items()} == {
        "full": [Reason.MEMORY],
        "c1": [Reason.EXPRESSION],
        "gone": [Reason.STATUS],
    }
    assert place_daemon(agent, scheduled.fleet).placed == {}


def test_a_drained_instance_gives_its_tasks_away() -> None:
    agent = task("agent", 50, daemon=True)
    full = ZONES.instances["a1"]
    for id_, each in {
        "w": task(memory=400),
        "x": task("big", 500),
        "job": Task("job", 10),
        "d": agent,
    }.items():
        full = full.with_task(id_, each)
    fleet = ZONES.having(full, ZONES.instances["a2"].with_task("o", task("other", 550)))
    fleet = fleet.having(fleet.instances["b1"].with_task("p", task("other", 300)))
    result = drained(fleet, "a1", {"service:web": [PACK_MEMORY]})
    assert result.moved == {"w": "a2", "x": "b1"}
    assert (result.waiting, [each.id for each in result.standalone]) == ((), ["job"])
    assert [each.id for each in result.daemons] == ["d"]
    left = result.fleet.instances["a1"]
    assert (left.status, [each.id for each in left.tasks]) == (Status.DRAINING, ["job", "d"])
    assert left.remaining.memory == 940
    assert running(result.fleet) == {"a1": 0, "a2": 1, "b1": 0}
    assert copies_that_fit(task(memory=50), result.fleet) == 1 + 4


def test_a_task_that_fits_nowhere_else_stays() -> None:
    fleet = ZONES.having(ZONES.instances["a1"].with_task("w", task(distinct_instance=True)))
    for other in ("a2", "b1"):
        fleet = fleet.having(fleet.instances[other].with_task(other, task(distinct_instance=True)))
    result = drained(fleet, "a1")
    assert [each.id for each in result.waiting] == ["w"]
    assert [each.id for each in result.fleet.instances["a1"].tasks] == ["w"]
    with pytest.raises(KeyError):
        drained(fleet, "z9")


@unhurried
@given(plain_tasks, fleets(), st.integers(0, 12), strategies)
def test_a_service_has_what_it_wants_or_nothing_more_fits(
    wanted: Task, fleet: Fleet, desired: int, steps: list[PlacementStrategy]
) -> None:
    before = sum(running(fleet, wanted.group).values())
    scheduled = place_service(wanted, fleet, desired, steps)
    after = sum(running(scheduled.fleet, wanted.group).values())
    assert after == desired - scheduled.waiting
    assert after - before == len(scheduled.placed) - len(scheduled.stopped)
    assert scheduled.waiting == 0 or copies_that_fit(wanted, scheduled.fleet) == 0
    assert scheduled.waiting == max(0, desired - before - copies_that_fit(wanted, fleet))


@unhurried
@given(fleets(), st.integers(0, 3))
def test_draining_loses_no_task(fleet: Fleet, number: int) -> None:
    assume(number < len(fleet.instances))
    id_ = [*fleet.instances][number]
    result = drained(fleet, id_)
    before = Counter(placed.task for _, placed in fleet.tasks())
    assert Counter(placed.task for _, placed in result.fleet.tasks()) == before
    staying = {placed.id for placed in (*result.waiting, *result.standalone, *result.daemons)}
    assert {placed.id for placed in result.fleet.instances[id_].tasks} == staying
    assert result.moved.keys() | staying == {placed.id for placed in fleet.instances[id_].tasks}


@unhurried
@given(tasks, fleets())
def test_a_daemon_is_where_it_fits(wanted: Task, fleet: Fleet) -> None:
    scheduled = place_daemon(wanted, fleet)
    for id_, on in fleet.instances.items():
        took = id_ in scheduled.placed.values()
        already = wanted.group in on.task_groups
        assert [took, already, id_ in scheduled.refusals].count(True) == 1
        assert took is (not already and copies_that_fit(wanted, Fleet.of([on])) > 0)

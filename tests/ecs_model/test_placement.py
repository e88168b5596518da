"""Placement: each strategy against its documentation, and what must hold of every placement."""

import random
import re
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_model.cluster_query import parse
from ecs_model.fleet import ContainerInstance, Fleet
from ecs_model.network_modes import Protocol
from ecs_model.placement import Placer, copies_on, refused
from ecs_model.placement_rules import SERVICE_DEFAULT, SPREAD_INSTANCES, SPREAD_ZONES, PlacementStrategy
from ecs_model.ports import PortRange
from ecs_model.refusals import fits
from ecs_model.task_needs import HostPort, Task
from tests.ecs_model.fleets import (
    PACK_CPU,
    PACK_MEMORY,
    RANDOM,
    SPREAD_RACKS,
    fleets,
    instance,
    plain_tasks,
    strategies,
    task,
    tasks,
    unhurried,
)
from tests.ecs_model.placing import Placed, Refused, candidates, copies_that_fit, place

A1, A2, B1, C1 = instance("a1"), instance("a2"), instance("b1", zone="b"), instance("c1", zone="c")
WEB, API = task("web"), task("api", cpu=500)


def with_tasks(on: ContainerInstance, *wanted: Task) -> ContainerInstance:
    for number, each in enumerate(wanted):
        on = on.with_task(f"{on.id}/{number}", each)
    return on


def chosen(wanted: Task, fleet: Fleet, steps: Sequence[PlacementStrategy], count: int = 1) -> list[str]:
    placer = Placer(fleet)
    return [found.id for _ in range(count) if (found := placer.place(wanted, steps))]


@pytest.mark.parametrize(
    ("fleet", "steps", "order"),
    [
        # without a strategy, and wherever strategies leave several, the fleet's order decides
        ([A1, A2, B1], [], ["a1"] * 4),
        ([A1, A2, B1, C1], [SPREAD_ZONES], ["a1", "b1", "c1", "a1"]),
        ([A1, A2, B1], [SPREAD_INSTANCES], ["a1", "a2", "b1", "a1"]),
        ([A1, A2, B1], [PlacementStrategy("spread", "host")], ["a1", "a2", "b1", "a1"]),
        # the documentation's two combinations
        ([A1, A2, B1], [SPREAD_ZONES, SPREAD_INSTANCES], ["a1", "b1", "a2", "b1"]),
        ([A1, with_tasks(A2, API), B1], [SPREAD_ZONES, PACK_MEMORY], ["a2", "b1", "a2", "b1"]),
        # tied zones are narrowed together by the next strategy
        ([A1, with_tasks(B1, API)], [SPREAD_ZONES, PACK_MEMORY], ["b1", "a1", "b1", "a1"]),
        # only tasks of the group count for spread, all for binpack
        ([with_tasks(A1, API, API), with_tasks(A2, WEB)], [SPREAD_INSTANCES], ["a1", "a1", "a2", "a1"]),
        ([A1, with_tasks(A2, API)], [PACK_MEMORY], ["a2"] * 4),
        ([instance("big", 2_000), instance("small", 300)], [PACK_MEMORY], ["small", "small", "small", "big"]),
        ([A1, with_tasks(A2, API)], [PACK_CPU], ["a2"] * 4),
        ([A1, with_tasks(A2, API)], [PlacementStrategy("binpack", "CPU")], ["a2"] * 4),
        # instances without the attribute are counted together
        (
            [instance("x"), instance("y"), instance("r", attributes={"rack": "r1"})],
            [SPREAD_RACKS],
            ["x", "r", "x", "r"],
        ),
        # a second attribute counts within the values of the first
        (
            [
                instance("a-r1", attributes={"rack": "r1"}),
                instance("a-r2", attributes={"rack": "r2"}),
                with_tasks(instance("b-r2", zone="b", attributes={"rack": "r2"}), WEB, WEB),
            ],
            [SPREAD_ZONES, SPREAD_RACKS],
            ["a-r1", "a-r2", "a-r1", "b-r2"],
        ),
        # spread is by best effort: what cannot take the task is no candidate
        ([A1, instance("b1", 100, "b")], [SPREAD_ZONES], ["a1", "b1", "a1", "a1"]),
    ],
)
def test_the_strategies(fleet: list[ContainerInstance], steps: list[PlacementStrategy], order: list[str]) -> None:
    assert chosen(WEB, Fleet.of(fleet), steps, 4) == order


def test_random_takes_every_instance_and_ends_the_choice() -> None:
    fleet = Fleet.of([A1, A2, with_tasks(B1, *[WEB] * 9)])
    rng = random.Random(7)
    found = [place(WEB, fleet, [RANDOM, PACK_MEMORY], rng=rng) for _ in range(100)]
    assert {each.instance_id for each in found if isinstance(each, Placed)} == {"a1", "a2", "b1"}
    after = [place(WEB, fleet, [SPREAD_ZONES, RANDOM], rng=rng) for _ in range(50)]
    assert {found.instance_id for found in after if isinstance(found, Placed)} == {"a1", "a2"}
    assert place(WEB, fleet, [RANDOM]) == place(WEB, fleet, [RANDOM])


def test_a_placement_and_a_refusal() -> None:
    fleet = Fleet.of([A1, with_tasks(B1, task(memory=950))])
    found = place(WEB, fleet)
    assert isinstance(found, Placed)
    assert (found.instance_id, found.task.id, found.task.task) == ("a1", "service:web/1", WEB)
    assert found.fleet.instances["a1"].remaining.memory == 900
    assert fleet.instances["a1"].remaining.memory == 1_000
    again = place(WEB, found.fleet, task_id="arn")
    assert isinstance(again, Placed)
    assert (again.task.id, again.fleet.serial) == ("arn", 2)
    too_big = task(memory=1_001)
    none = place(too_big, fleet)
    assert isinstance(none, Refused)
    assert {id_: str(each[0]) for id_, each in none.refusals.items()} == {
        "a1": "memory is short by 1 MiB: needs 1001, 1000 left",
        "b1": "memory is short by 951 MiB: needs 1001, 50 left",
    }
    assert place(WEB, Fleet()) == Refused({})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (PlacementStrategy("spread", "memory"), "[0].field: 'memory' is nothing to spread over"),
        (PlacementStrategy("binpack"), "[0].field: is nothing to pack by"),
        (PlacementStrategy("tight", "cpu"), "[0].type: 'tight' is no placement strategy"),
    ],
)
def test_a_strategy_that_is_none(wrong: PlacementStrategy, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"placement strategy {message}")):
        place(WEB, Fleet.of([A1]), [wrong])


def test_an_instance_may_become_a_candidate() -> None:
    follower = task("follower", expressions=(parse("task:group == service:web"),))
    placer = Placer(Fleet.of([A1, B1]))
    assert placer.place(follower) is None
    placer.place(WEB, [PlacementStrategy("spread", "instanceId")])
    found = placer.place(follower)
    assert found is not None
    assert found.id == "a1"


@pytest.mark.parametrize(
    ("wanted", "on", "copies"),
    [
        (task(memory=300), A1, 3),
        (task(memory=1, cpu=500), A1, 4),
        (task(memory=1, gpus=1), A1, 1),
        (task(memory=1, distinct_instance=True), A1, 1),
        (task(memory=1, host_ports=frozenset({HostPort(80)})), A1, 1),
        (task(memory=1, dynamic_ports=(Protocol.TCP,) * 2), instance(dynamic_range=PortRange(9_000, 9_004)), 2),
        (task(memory=1, expressions=(parse("runningTasksCount < 5"),)), A1, 5),
        (task(memory=300, expressions=(parse("runningTasksCount < 5"),)), A1, 3),
        (task(memory=300, expressions=(parse("agentConnected == true"),)), A1, 3),
        (task(memory=300, expressions=(parse("agentConnected == false"),)), A1, 0),
        (task(memory=1_001), A1, 0),
        (WEB, instance(agent_connected=False), 0),
    ],
)
def test_how_many_copies_fit(wanted: Task, on: ContainerInstance, copies: int) -> None:
    assert copies_on(wanted, on) == copies
    assert copies_that_fit(wanted, Fleet.of([on, B1.emptied("other")])) == copies + copies_on(wanted, B1)


def naive(wanted: Task, fleet: Fleet, steps: Sequence[PlacementStrategy]) -> ContainerInstance | None:
    """The documentation's words, one after the other: candidates, each strategy over those that are left."""
    left = [on for on in fleet.instances.values() if refused(wanted, fleet)[on.id] == []]
    spread: list[str] = []
    for step in steps:
        if step.type == "spread" and step.field != "instanceId":
            spread.append(str(step.field).removeprefix("attribute:"))
        rank = {on.id: naive_rank(wanted.group, on, fleet, step, spread) for on in left}
        left = [on for on in left if rank[on.id] == min(rank.values())]
    return left[0] if left else None


def naive_rank(group: str, on: ContainerInstance, fleet: Fleet, step: PlacementStrategy, spread: Sequence[str]) -> int:
    if step.type == "binpack":
        return on.remaining.cpu if step.field == "cpu" else on.remaining.memory
    if step.field == "instanceId":
        return sum(placed.task.group == group for placed in on.tasks)
    values = [on.attributes.get(name) for name in spread]
    return sum(values == [other.attributes.get(name) for name in spread] for other, _ in fleet.tasks(group))


@unhurried
@given(fleets(), st.lists(st.tuples(tasks, strategies), min_size=1, max_size=8))
def test_a_placer_does_what_the_documentation_says(
    fleet: Fleet, wanted: list[tuple[Task, list[PlacementStrategy]]]
) -> None:
    placer = Placer(fleet)
    for each, steps in wanted:
        expected = naive(each, fleet, steps)
        found = placer.place(each, steps)
        assert (found and found.id) == (expected and expected.id)
        single = place(each, fleet, steps)
        if isinstance(single, Placed):
            fleet = single.fleet
        assert placer.fleet == fleet


@unhurried
@given(tasks, fleets(), strategies)
def test_a_task_is_placed_exactly_where_nothing_refuses(
    wanted: Task, fleet: Fleet, steps: list[PlacementStrategy]
) -> None:
    found = place(wanted, fleet, steps)
    able = [id_ for id_, reasons in refused(wanted, fleet).items() if not reasons]
    assert [on.id for on in candidates(wanted, fleet)] == able
    if isinstance(found, Placed):
        assert found.instance_id in able
        assert found.fleet.stopped(found.task.id).instances == fleet.instances
    else:
        assert able == []
        assert all(found.refusals.values())


@unhurried
@given(fleets(), st.lists(st.tuples(tasks, strategies), max_size=8))
def test_nothing_is_ever_overbooked(fleet: Fleet, wanted: list[tuple[Task, list[PlacementStrategy]]]) -> None:
    placer = Placer(fleet)
    for each, steps in wanted:
        placer.place(each, steps)
    for on in placer.fleet.instances.values():
        taken = [port for placed in on.tasks for port in placed.ports]
        assert sum(placed.task.memory for placed in on.tasks) + on.remaining.memory == on.registered.memory
        assert sum(placed.task.cpu for placed in on.tasks) + on.remaining.cpu == on.registered.cpu
        assert min(on.remaining.memory, on.remaining.cpu, on.remaining.gpus, on.remaining.network_interfaces) >= 0
        assert len(taken) == len(set(taken))


@unhurried
@given(plain_tasks, fleets(), st.sampled_from([PACK_MEMORY, PACK_CPU]))
def test_binpack_takes_the_fullest_instance_that_holds_the_task(
    wanted: Task, fleet: Fleet, step: PlacementStrategy
) -> None:
    found = place(wanted, fleet, [step])
    if isinstance(found, Placed):
        left = {on.id: getattr(on.remaining, str(step.field)) for on in candidates(wanted, fleet)}
        assert left[found.instance_id] == min(left.values())


@unhurried
@given(st.integers(1, 9), st.integers(0, 40), st.integers(1, 3))
def test_spread_is_even_on_a_uniform_fleet(instances: int, copies: int, zones: int) -> None:
    fleet = Fleet.of(instance(f"i-{n}", zone="abc"[n % zones]) for n in range(instances * zones))
    placer = Placer(fleet)
    for _ in range(copies):
        assert placer.place(task(memory=20), SERVICE_DEFAULT)
    by_instance = Counter(on.id for on, _ in placer.fleet.tasks("service:web"))
    by_zone = Counter(on.zone for on, _ in placer.fleet.tasks("service:web"))
    assert by_zone.total() == copies
    for counts, names in ((by_instance, fleet.instances), (by_zone, "abc"[:zones])):
        numbers = [counts[name] for name in names]
        assert max(numbers) - min(numbers) <= 1


@unhurried
@given(tasks, fleets(most=3))
def test_as_many_copies_fit_as_can_be_placed(wanted: Task, fleet: Fleet) -> None:
    copies = copies_that_fit(wanted, fleet)
    placer = Placer(fleet)
    placed = 0
    while placer.place(wanted, []):
        placed += 1
    assert placed == copies
    for on in fleet.instances.values():
        assert (copies_on(wanted, on) > 0) is fits(wanted, on)


def test_ten_thousand_tasks_on_a_thousand_instances_are_judged_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = 0

    def counted(wanted: Task, on: ContainerInstance) -> bool:
        nonlocal judged
        judged += 1
        return fits(wanted, on)

    monkeypatch.setattr("ecs_model.placement.fits", counted)
    placer = Placer(Fleet.of(instance(f"i-{n}", 4_000, "abc"[n % 3]) for n in range(1_000)))
    shapes = [task(f"s{n}", 100 + 10 * n, cpu=1) for n in range(30)]
    placed = sum(placer.place(shapes[n % 30], [SPREAD_ZONES, PACK_MEMORY]) is not None for n in range(10_000))
    assert placed == 10_000
    # Once a task, and once more for each kind of task that an instance has become too full for.
    assert judged < 10_000 + 30 * 1_000

"""Room for further copies: table tests, and drains compared with placing copies one by one."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_model.fleet import Fleet, Status
from ecs_model.headroom import headrooms, summary
from ecs_model.placement import Placer
from ecs_model.scheduler import drained
from ecs_model.task_needs import Task
from tests.ecs_model.fleets import fleets, instance, plain_tasks, task
from tests.ecs_model.placing import copies_that_fit


def test_copies_now_and_after_the_worst_instance_drained() -> None:
    web = task("web", 400)
    fleet = Fleet.of([instance("a", 1_000), instance("b", 1_600), instance("c", 450)])
    found = headrooms({"service:web": [web]}, fleet)["service:web"]
    assert (found.now, found.after_drain, found.worst, found.stranded) == (2 + 4 + 1, 3, "b", 0)


def test_tasks_that_find_no_other_instance_are_stranded() -> None:
    web = task("web", 600)
    placer = Placer(Fleet.of([instance("a", 1_300), instance("b", 700)]))
    assert all(placer.place(web) for _ in range(3))
    found = headrooms({"service:web": [web]}, placer.fleet)["service:web"]
    assert (found.now, found.after_drain, found.stranded, found.stranding) == (0, 0, 2, "a")


def test_the_drain_that_costs_most_room_may_leave_no_task_without_an_instance() -> None:
    web = task("web", 600)
    placer = Placer(Fleet.of([instance("a", 1_300), instance("b", 700)]))
    assert all(placer.place(web) for _ in range(2))
    found = headrooms({"service:web": [web]}, Fleet.of([*placer.fleet.instances.values(), instance("c", 3_000)]))
    assert (found["service:web"].worst, found["service:web"].stranding) == ("c", None)


def test_an_empty_fleet_has_no_room_and_no_worst_instance() -> None:
    found = headrooms({"service:web": [task()]}, Fleet())["service:web"]
    assert (found.now, found.after_drain, found.worst, found.stranded) == (0, None, None, 0)


def test_a_variant_for_each_capacity_provider() -> None:
    fleet = Fleet.of([instance("a", capacity_provider="one"), instance("b", capacity_provider="two"), instance("c")])
    variants = [task(memory=500, capacity_provider="one"), task(memory=500, capacity_provider="two")]
    assert headrooms({"service:web": variants}, fleet)["service:web"].now == 4


def test_totals_count_what_takes_tasks_and_memory_that_nothing_fits_in() -> None:
    instances = [
        instance("a", 1_000),
        instance("b", 90),
        instance("c", 500, status=Status.DRAINING),
        instance("d", 500, agent_connected=False),
    ]
    found = summary(instances, [[task(memory=100)]])
    assert (found.instances, found.registered.memory, found.remaining.memory) == (4, 2_090, 1_090)
    assert found.unusable_memory == 90
    assert found.fragmentation == 90 / 1_090
    assert summary([], []).fragmentation == 0


@settings(max_examples=60, deadline=None)
@given(fleets(), st.lists(plain_tasks, min_size=1, max_size=2))
def test_the_worst_drain_is_the_least_of_all_drains(fleet: Fleet, tasks: list[Task]) -> None:
    services = {each.group: [each] for each in tasks}
    for group, found in headrooms(services, fleet).items():
        (each,) = services[group]
        open_ = [i.id for i in fleet.instances.values() if i.status is Status.ACTIVE and i.agent_connected]
        after = [copies_that_fit(each, drained(fleet, id_).fleet) for id_ in open_]
        assert found.now == copies_that_fit(each, fleet)
        assert found.after_drain == min(after, default=None)


def test_a_large_fleet_drains_its_fullest_instances() -> None:
    web = task("web", 400)
    full = Placer(Fleet.of([instance("full", 2_000)]))
    assert full.place(web)
    spare = [replace(instance(f"i{number}", 450)) for number in range(120)]
    found = headrooms({"service:web": [web]}, Fleet.of([*spare, *full.fleet.instances.values()]))["service:web"]
    assert found.worst == "full"

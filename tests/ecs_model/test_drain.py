"""What draining does to tasks: where they go, and what stands in the way."""

from __future__ import annotations

import pytest

from ecs_model.drain import DrainPlan, drain_plan
from ecs_model.fleet import ContainerInstance, Fleet, PlacedTask
from ecs_model.task_needs import Resources, Task


def task(memory: int = 500, group: str = "service:api", provider: str | None = "general", daemon: bool = False) -> Task:
    return Task("api", memory, group, 0, capacity_provider=provider, daemon=daemon)


def instance(id_: str, left: int, *tasks: Task, provider: str = "general") -> ContainerInstance:
    placed = tuple(PlacedTask(f"{id_}-{number}", each) for number, each in enumerate(tasks))
    total = Resources(2048, 2000, 0, 2)
    return ContainerInstance(id_, total, Resources(2048, left, 0, 2), capacity_provider=provider, tasks=placed)


def plan(*instances: ContainerInstance, room: int = 0, protected: tuple[str, ...] = ()) -> DrainPlan:
    return drain_plan(Fleet.of(instances), "a", room=room, protected=protected)


def ids(tasks: tuple[PlacedTask, ...]) -> list[str]:
    return [placed.id for placed in tasks]


def test_tasks_move_to_where_there_is_room() -> None:
    found = plan(instance("a", 1000, task(), task()), instance("b", 1000))
    assert found.moved == {"a-0": "b", "a-1": "b"}
    assert (found.stranded, found.protected) == ((), ())


def test_what_fits_nowhere_is_stranded_unless_managed_scaling_may_add_an_instance() -> None:
    fleet = (instance("a", 0, *[task(900)] * 3), instance("b", 1000))
    assert (plan(*fleet).moved, ids(plan(*fleet).stranded)) == ({"a-0": "b"}, ["a-1", "a-2"])
    grown = plan(*fleet, room=1)
    assert (ids(grown.awaiting), ids(grown.stranded)) == (["a-1", "a-2"], [])


def test_new_instances_are_filled_and_no_more_than_may_come() -> None:
    found = plan(instance("a", 0, *[task(1500)] * 3), room=2)
    assert (ids(found.awaiting), ids(found.stranded)) == (["a-0", "a-1"], ["a-2"])


@pytest.mark.parametrize("provider", [None, "other"])
def test_managed_scaling_adds_nothing_for_tasks_of_another_provider(provider: str | None) -> None:
    found = plan(instance("a", 0, task(provider=provider)), room=5)
    assert ids(found.stranded) == ["a-0"]


def test_protected_standalone_and_daemon_tasks_are_told_apart() -> None:
    tasks = [task(), task(group="family:batch"), task(group="service:log", daemon=True)]
    found = plan(instance("a", 500, *tasks), instance("b", 2000), protected=("a-0", "a-1", "b-7"))
    assert (ids(found.protected), ids(found.standalone), ids(found.daemons)) == (["a-0"], ["a-1"], ["a-2"])


def test_an_instance_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        plan(instance("b", 0))

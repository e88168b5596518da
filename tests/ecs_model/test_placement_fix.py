"""The nearest fix: what changes, that nothing smaller would do, and that it places the task."""

from dataclasses import replace

import pytest
from hypothesis import given

from ecs_model.cluster_query import parse
from ecs_model.fleet import ContainerInstance, Fleet, Status, started
from ecs_model.images import Architecture
from ecs_model.instance_attributes import CPU_ARCHITECTURE, INSTANCE_TYPE
from ecs_model.instance_types import catalogue
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.placement_fix import NEW_INSTANCE, Fix, Where, nearest_fixes
from ecs_model.ports import PortRange
from ecs_model.refusals import Reason, fits
from ecs_model.task_needs import HostPort, RequiredAttribute, Task
from tests.ecs_model.fleets import fleets, instance, task, tasks, unhurried
from tests.ecs_model.placing import Placed, candidates, place

DB = task("db", 300, cpu=1_024, host_ports=frozenset({HostPort(8080)}))
BUSY = instance("busy").with_task("t-1", DB)
NAMED = RequiredAttribute("rack", "r1")
OLD = {CPU_ARCHITECTURE: "sparc"}


def existing(wanted: Task, *instances: ContainerInstance) -> Fix | None:
    found = nearest_fixes(wanted, Fleet.of(instances), [])
    assert all(fix.where is Where.EXISTING for fix in found)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("wanted", "on", "changes", "task_after", "instance_after"),
    [
        (task(memory=912), BUSY, [(Reason.MEMORY, 912, 700, 700)], {"memory": 700}, {}),
        (task(cpu=1_100), BUSY, [(Reason.CPU, 1_100, 1_024, 1_024)], {"cpu": 1_024}, {}),
        (task(memory=7), instance(memory=6), [(Reason.MEMORY, 7, 6, 6)], {"memory": 6}, {}),
        (task(gpus=2), BUSY, [(Reason.GPU, 2, 1, 1)], {"gpus": 1}, {}),
        (
            task(host_ports=frozenset({HostPort(8080), HostPort(81)})),
            BUSY,
            [(Reason.PORT, "", None, 0)],
            {"host_ports": frozenset({HostPort(81)}), "dynamic_ports": (Protocol.TCP,)},
            {},
        ),
        (
            task(zones=frozenset({"b"})),
            BUSY,
            [(Reason.ZONE, "b", "a", "a")],
            {"zones": frozenset({"a", "b"})},
            {},
        ),
        (
            task(architecture=Architecture.ARM64),
            BUSY,
            [(Reason.ARCHITECTURE, "arm64", "x86_64", "x86_64")],
            {"architecture": Architecture.X86_64},
            {},
        ),
        (
            task(capacity_provider="spot"),
            replace(BUSY, capacity_provider="general"),
            [(Reason.CAPACITY_PROVIDER, "spot", "general", "general")],
            {"capacity_provider": "general"},
            {},
        ),
        (
            task("db", distinct_instance=True),
            BUSY,
            [(Reason.DISTINCT_INSTANCE, "", None, "")],
            {"distinct_instance": False},
            {},
        ),
        (
            task(expressions=(parse("agentConnected == true"), parse("attribute:rack exists"))),
            BUSY,
            [(Reason.EXPRESSION, "", None, "")],
            {"expressions": (parse("agentConnected == true"),)},
            {},
        ),
        (
            task(attributes=frozenset({NAMED})),
            instance(),
            [(Reason.ATTRIBUTE, "r1", None, "r1")],
            {},
            {"attributes": {**instance().attributes, "rack": "r1"}},
        ),
        (
            task(),
            instance(status=Status.DRAINING),
            [(Reason.STATUS, "ACTIVE", "DRAINING", "ACTIVE")],
            {},
            {"status": Status.ACTIVE},
        ),
        (
            task(),
            instance(agent_connected=False),
            [(Reason.AGENT, "", None, "connected")],
            {},
            {"agent_connected": True},
        ),
        (
            task(memory=1_200, cpu=3_000),
            instance(),
            [(Reason.CPU, 3_000, 2_048, 2_048), (Reason.MEMORY, 1_200, 1_000, 1_000)],
            {"memory": 1_000, "cpu": 2_048},
            {},
        ),
    ],
)
def test_the_smallest_change_of_what_there_is(
    wanted: Task,
    on: ContainerInstance,
    changes: list[tuple[Reason, int | str, int | str | None, int | str]],
    task_after: dict[str, object],
    instance_after: dict[str, object],
) -> None:
    fix = existing(wanted, on)
    assert fix is not None
    assert [(c.refusal.reason, c.refusal.needed, c.refusal.found, c.after) for c in fix.changes] == changes
    assert fix.task == replace(wanted, **task_after)  # type: ignore[arg-type]
    assert fix.instance == replace(on, **instance_after)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "on"),
    [
        (task(memory=900), instance(memory=5)),
        (task(cpu=1), BUSY.with_task("x", task(cpu=1_024))),
        (task(gpus=1), BUSY.with_task("x", task(gpus=1))),
        (task(network_mode=NetworkMode.HOST, host_ports=frozenset({HostPort(8080)})), BUSY),
        (task(host_ports=frozenset(map(HostPort, range(1_000, 1_096)))), instance()),
        (task(dynamic_ports=(Protocol.TCP,) * 2), instance(dynamic_range=PortRange(9_000, 9_000))),
        (task(attributes=frozenset({RequiredAttribute("ecs.capability.task-eni")})), BUSY),
        (task(attributes=frozenset({NAMED, RequiredAttribute("rack", "r2")})), BUSY),
        (task(capacity_provider="spot"), BUSY),
        (task(zones=frozenset({"b"})), instance(zone="")),
        (task(architecture=Architecture.ARM64), instance(attributes=OLD)),
        (task(), instance(status=Status.DEREGISTERING)),
    ],
)
def test_what_no_change_makes_fit(wanted: Task, on: ContainerInstance) -> None:
    assert not fits(wanted, on)
    assert existing(wanted, on) is None


def test_the_nearest_of_several_instances() -> None:
    far, near = BUSY, instance("near").with_task("x", task(memory=200))
    fix = existing(task(memory=1_000), far, near)
    assert fix is not None
    assert (fix.instance.id, fix.distance, fix.changes[0].refusal.short) == ("near", 0.2, 200)
    # a port made dynamic is nearer than a third of the memory
    ported = instance("ported").with_task("y", task(memory=600, host_ports=frozenset({HostPort(80)})))
    fixed = existing(task(memory=400, host_ports=frozenset({HostPort(80)})), ported, instance("small", 250))
    assert fixed is not None
    assert fixed.instance.id == "ported"


def m5(id_: str, zone: str = "a") -> ContainerInstance:
    return started(id_, catalogue()["m5.large"], zone, capacity_provider="general")


def test_one_more_instance_of_a_type_the_fleet_has() -> None:
    sure = m5("x").registered.memory
    fleet = Fleet.of([m5("i-1").with_task("w", task(memory=sure))])
    found = nearest_fixes(task(memory=sure), fleet)
    assert [(fix.where, fix.distance) for fix in found] == [(Where.NEW, 1.0)]
    assert found[0].instance == m5(NEW_INSTANCE)
    assert found[0].task == task(memory=sure)
    assert found[0].changes == ()


def test_the_next_larger_type() -> None:
    sure = m5("x").registered.memory
    wanted = task(memory=2 * sure + 2)
    found = nearest_fixes(wanted, Fleet.of([m5("i-1"), m5("i-2", "b")]))
    by_place = {fix.where: fix for fix in found}
    assert found[0].where is Where.EXISTING
    assert by_place[Where.EXISTING].changes[0].refusal.short == sure + 2
    larger = by_place[Where.LARGER]
    assert (larger.instance.instance_type, larger.task, larger.changes) == ("m5.2xlarge", wanted, ())
    assert (larger.instance.registered.cpu, larger.instance.registered.network_interfaces) == (8_192, 3)
    assert larger.instance.registered.memory == int(32_768 * 0.925)
    assert larger.instance.capacity_provider == "general"
    in_zone = nearest_fixes(replace(wanted, zones=frozenset({"b"})), Fleet.of([m5("i-1"), m5("i-2", "b")]))
    assert {fix.instance.zone for fix in in_zone} == {"b"}


def test_a_larger_type_keeps_what_the_agent_reserves() -> None:
    like = m5("i-1")
    reserving = replace(like, registered=replace(like.registered, memory=like.registered.memory - 256))
    full = replace(reserving, remaining=replace(reserving.registered, memory=0))
    (larger,) = [f for f in nearest_fixes(task(memory=8_000), Fleet.of([full])) if f.where is Where.LARGER]
    assert larger.instance.registered.memory == int(16_384 * 0.925) - 256
    trunked = replace(full, registered=replace(full.registered, network_interfaces=10))
    (larger,) = [f for f in nearest_fixes(task(memory=8_000), Fleet.of([trunked])) if f.where is Where.LARGER]
    assert larger.instance.registered.network_interfaces == 10


def test_a_new_instance_runs_the_daemons_first() -> None:
    sure = m5("x").registered.memory
    daemon = task("agent", 100, daemon=True)
    fleet = Fleet.of([m5("i-1").with_task("d", daemon).with_task("w", task(memory=sure - 100))])
    found = {fix.where: fix for fix in nearest_fixes(task(memory=sure), fleet)}
    assert [placed.task for placed in found[Where.NEW].instance.tasks] == [daemon]
    assert found[Where.NEW].changes[0].refusal.short == 100
    assert found[Where.LARGER].changes == ()


def test_no_fix_is_needed_or_known() -> None:
    assert nearest_fixes(task(), Fleet.of([instance()])) == []
    assert nearest_fixes(task(), Fleet()) == []
    unknown = instance(attributes={INSTANCE_TYPE: "zz.large"})
    assert {fix.where for fix in nearest_fixes(task(memory=2_000), Fleet.of([unknown]))} == {Where.EXISTING, Where.NEW}
    (fix,) = nearest_fixes(task(), Fleet(), [m5("template")])
    assert (fix.where, fix.instance) == (Where.NEW, m5(NEW_INSTANCE))


@unhurried
@given(tasks, fleets())
def test_a_fix_applied_places_the_task(wanted: Task, fleet: Fleet) -> None:
    found = nearest_fixes(wanted, fleet)
    assert found == [] or candidates(wanted, fleet) == []
    assert len({fix.where for fix in found}) == len(found)
    assert [fix.distance for fix in found] == sorted(fix.distance for fix in found)
    for fix in found:
        placed = place(fix.task, fleet.having(fix.instance))
        assert isinstance(placed, Placed)
        assert fits(fix.task, fix.instance)
        assert (fix.task == wanted) or fix.changes


@unhurried
@given(tasks, fleets())
def test_nothing_smaller_would_do(wanted: Task, fleet: Fleet) -> None:
    for fix in nearest_fixes(wanted, fleet):
        for change in fix.changes:
            if change.refusal.reason is Reason.MEMORY:
                assert not fits(replace(fix.task, memory=fix.task.memory + 1), fix.instance)
            if change.refusal.reason is Reason.CPU:
                assert not fits(replace(fix.task, cpu=fix.task.cpu + 1), fix.instance)

"""Every requirement of placement: met, not met, and with the number that decides."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_model.agent import AgentSettings
from ecs_model.cluster_query import parse
from ecs_model.fleet import ContainerInstance, Fleet, Status, started
from ecs_model.images import Architecture
from ecs_model.instance_attributes import CPU_ARCHITECTURE
from ecs_model.instance_types import catalogue
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.ports import RESERVED_TCP, PortRange
from ecs_model.refusals import MOST_RESERVED_PORTS, Reason, Refusal, fits, refusals
from ecs_model.task_needs import HostPort, RequiredAttribute, Resources, Task
from tests.ecs_model.fleets import bare_instances, instance, task, tasks, unhurried

BUSY = instance().with_task("t-1", task("db", 300, cpu=1_024, gpus=1, host_ports=frozenset({HostPort(8080)})))
NAMED = RequiredAttribute("rack", "r1")
AWSVPC = task(network_mode=NetworkMode.AWSVPC)


@pytest.mark.parametrize(
    ("wanted", "on", "refusal", "sentence"),
    [
        (
            task(memory=912),
            BUSY,
            Refusal(Reason.MEMORY, 912, 700),
            "memory is short by 212 MiB: needs 912, 700 left",
        ),
        (
            task(cpu=1_025),
            BUSY,
            Refusal(Reason.CPU, 1_025, 1_024),
            "CPU units are short by 1: needs 1025, 1024 left",
        ),
        (task(gpus=1), BUSY, Refusal(Reason.GPU, 1, 0), "GPUs are short by 1: needs 1, 0 left"),
        (
            AWSVPC,
            instance().with_task("1", AWSVPC).with_task("2", AWSVPC),
            Refusal(Reason.NETWORK_INTERFACE, 1, 0),
            "network interfaces are short by 1: needs 1, 0 left",
        ),
        (
            task(host_ports=frozenset({HostPort(8080)})),
            BUSY,
            Refusal(Reason.PORT, subject="8080/tcp", holder="t-1"),
            "port 8080/tcp is taken by task t-1",
        ),
        (
            task(host_ports=frozenset({HostPort(51678)})),
            BUSY,
            Refusal(Reason.PORT, subject="51678/tcp"),
            "port 51678/tcp is taken by the instance itself",
        ),
        (
            task(dynamic_ports=(Protocol.TCP, Protocol.TCP, Protocol.UDP)),
            instance(dynamic_range=PortRange(51_677, 51_678)),
            Refusal(Reason.DYNAMIC_PORT, 2, 1, subject="tcp"),
            "tcp dynamic ports are short by 1: needs 2, 1 left",
        ),
        (
            task(host_ports=frozenset(map(HostPort, range(1_000, 1_096)))),
            instance(),
            Refusal(Reason.PORT_QUOTA, 96, 95),
            "ports to reserve are short by 1: needs 96, 95 left",
        ),
        (
            task(attributes=frozenset({RequiredAttribute("ssd")})),
            BUSY,
            Refusal(Reason.ATTRIBUTE, subject="ssd"),
            "attribute ssd is missing",
        ),
        (
            task(attributes=frozenset({NAMED})),
            instance(attributes={"rack": "r2"}),
            Refusal(Reason.ATTRIBUTE, "r1", "r2", subject="rack"),
            "attribute rack is r2, and the task needs r1",
        ),
        (
            task(zones=frozenset({"c", "b"})),
            BUSY,
            Refusal(Reason.ZONE, "b, c", "a"),
            "the instance is in a, and the task needs b, c",
        ),
        (
            task(architecture=Architecture.ARM64),
            BUSY,
            Refusal(Reason.ARCHITECTURE, "arm64", "x86_64"),
            "the instance is x86_64, the task arm64",
        ),
        (
            task(capacity_provider="spot"),
            BUSY,
            Refusal(Reason.CAPACITY_PROVIDER, "spot", None),
            "the instance is of no capacity provider, not of capacity provider spot",
        ),
        (
            task(),
            instance(status=Status.DRAINING),
            Refusal(Reason.STATUS, "ACTIVE", "DRAINING"),
            "the instance is DRAINING, and only an ACTIVE one takes tasks",
        ),
        (task(), instance(agent_connected=False), Refusal(Reason.AGENT), "the agent is disconnected"),
        (
            task("db", distinct_instance=True),
            BUSY,
            Refusal(Reason.DISTINCT_INSTANCE, holder="t-1"),
            "task t-1 of the same group is here, and each needs its own instance",
        ),
    ],
)
def test_a_requirement_that_is_not_met(wanted: Task, on: ContainerInstance, refusal: Refusal, sentence: str) -> None:
    assert refusals(wanted, on) == [refusal]
    assert str(refusal) == sentence
    assert not fits(wanted, on)


def test_a_constraint_that_is_not_met() -> None:
    expression = parse("attribute:rack == r1 and runningTasksCount < 5")
    (refusal,) = refusals(task(expressions=(expression,)), BUSY)
    assert (refusal.reason, refusal.subject) == (Reason.EXPRESSION, str(expression))
    assert str(refusal) == f"{expression} is not met: attribute:rack == r1 is false: the instance has none"
    assert fits(task(expressions=(expression,)), instance(attributes={"rack": "r1"}))


@pytest.mark.parametrize(
    "wanted",
    [
        task(memory=700, cpu=1_024, network_mode=NetworkMode.AWSVPC),
        task(host_ports=frozenset({HostPort(8080, Protocol.UDP), HostPort(8081)})),
        task(dynamic_ports=(Protocol.TCP,) * 50),
        task(attributes=frozenset({RequiredAttribute(CPU_ARCHITECTURE, "x86_64")}), zones=frozenset({"a"})),
        task(host_ports=frozenset(map(HostPort, range(1_000, 1_094)))),
        task("other", distinct_instance=True),
        task("db", group="family:db", distinct_instance=True),
    ],
)
def test_requirements_that_are_met(wanted: Task) -> None:
    assert refusals(wanted, BUSY) == []


def test_what_is_just_enough() -> None:
    last = instance(capacity_provider="general").with_task("t", AWSVPC)
    assert fits(AWSVPC, last)
    assert fits(task(), last.with_task("u", AWSVPC))
    assert not fits(AWSVPC, last.with_task("u", AWSVPC))


def test_an_attribute_may_be_required_twice() -> None:
    twice = task(attributes=frozenset({NAMED, RequiredAttribute("rack")}))
    assert [refusal.needed for refusal in refusals(twice, instance())] == ["", "r1"]
    assert fits(twice, instance(attributes={"rack": "r1"}))


def test_only_amounts_are_short() -> None:
    assert Refusal(Reason.MEMORY, 5, 3).short == 2
    assert Refusal(Reason.AGENT).short == Refusal(Reason.ZONE, "a", "b").short == 0


def test_every_refusal_is_told_at_once() -> None:
    wanted = task("db", 5_000, cpu=5_000, gpus=2, host_ports=frozenset({HostPort(8080)}), distinct_instance=True)
    on = replace(BUSY, status=Status.DRAINING, agent_connected=False)
    assert [refusal.reason for refusal in refusals(wanted, on)] == [
        *(Reason.STATUS, Reason.AGENT, Reason.CPU, Reason.MEMORY, Reason.GPU, Reason.PORT, Reason.DISTINCT_INSTANCE)
    ]


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence(reason: Reason) -> None:
    assert len(str(Refusal(reason, 2, 1, subject="x"))) > 12


def test_a_port_of_a_task_s_own_is_no_dynamic_one() -> None:
    narrow = instance(dynamic_range=PortRange(9_000, 9_001))
    wanted = task(host_ports=frozenset({HostPort(9_000)}), dynamic_ports=(Protocol.TCP, Protocol.TCP))
    assert refusals(wanted, narrow) == [Refusal(Reason.DYNAMIC_PORT, 2, 1, subject="tcp")]
    on = narrow.with_task("t", replace(wanted, dynamic_ports=(Protocol.TCP,)))
    assert on.tasks[0].dynamic_ports == (HostPort(9_001),)
    elsewhere = frozenset({HostPort(8_000), HostPort(9_000, Protocol.UDP)})
    assert fits(replace(wanted, host_ports=elsewhere), narrow)


def test_a_task_takes_what_it_needs_and_gives_it_back() -> None:
    wanted = task(memory=300, cpu=512, gpus=1, host_ports=frozenset({HostPort(80)}), dynamic_ports=(Protocol.TCP,) * 2)
    on = instance().with_task("t-1", wanted)
    assert on.remaining == Resources(1_536, 700, 0, 2)
    assert on.tasks[0].dynamic_ports == (HostPort(49_153), HostPort(49_154))
    assert on.ports == instance().ports | {HostPort(80), HostPort(49_153), HostPort(49_154)}
    assert (on.running_tasks_count, on.task_groups, on.reserved_ports) == (
        1,
        frozenset({"service:web"}),
        len(RESERVED_TCP) + 1,
    )
    assert (on.holder(HostPort(49_154)), on.holder(HostPort(22))) == ("t-1", None)
    again = on.with_task("t-2", task(dynamic_ports=(Protocol.UDP, Protocol.TCP)))
    assert again.tasks[1].dynamic_ports == (HostPort(49_153, Protocol.UDP), HostPort(49_155))
    assert on.without_task("t-1") == instance()
    with pytest.raises(KeyError):
        on.without_task("t-2")


def test_a_stopped_task_leaves_the_fleet() -> None:
    fleet = Fleet.of([BUSY, instance("i-2")])
    assert [(on.id, placed.id) for on, placed in fleet.tasks()] == [("i-1", "t-1")]
    assert list(fleet.tasks("service:web")) == []
    assert fleet.stopped("t-1") == Fleet.of([instance(), instance("i-2")])
    with pytest.raises(KeyError):
        fleet.stopped("t-9")


def test_what_a_new_instance_registers() -> None:
    agent = AgentSettings("40000-45000", reserved_memory=256, reserved_ports=[9000])
    new = started("i-9", catalogue()["g4dn.xlarge"], "eu-1a", agent=agent, attributes={"stack": "prod"})
    assert new.registered == new.remaining == Resources(4_096, int(16_384 * 0.925) - 256, 1, 2)
    assert (new.zone, new.instance_type, new.attributes[CPU_ARCHITECTURE]) == ("eu-1a", "g4dn.xlarge", "x86_64")
    assert new.attributes["stack"] == "prod"
    assert {port.number for port in new.ports} == RESERVED_TCP | {9000}
    assert new.dynamic_range == PortRange(40_000, 45_000)
    assert started("i", catalogue()["m5.large"], "z").dynamic_range == PortRange(49_153, 65_535)


def test_an_instance_emptied_is_a_new_one_of_its_kind() -> None:
    old = replace(BUSY, status=Status.DRAINING, agent_connected=False, registered_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert old.emptied("new") == instance("new")


@pytest.mark.parametrize("memory", [0, -1])
def test_a_task_without_memory_is_none(memory: int) -> None:
    with pytest.raises(ValueError, match=f"task x needs {memory} MiB: give 1 or more"):
        Task("x", memory)
    assert Task("x", 1).group == "family:x"


@unhurried
@given(tasks, bare_instances(1), st.lists(tasks, max_size=4))
def test_an_instance_is_never_overbooked(wanted: Task, on: ContainerInstance, others: list[Task]) -> None:
    for number, each in enumerate([*others, wanted]):
        assert fits(each, on) is (refusals(each, on) == [])
        if fits(each, on):
            after = on.with_task(f"t-{number}", each)
            taken = [port for placed in after.tasks for port in (*placed.task.host_ports, *placed.dynamic_ports)]
            left = after.remaining
            assert min(left.cpu, left.memory, left.gpus, left.network_interfaces) >= 0
            assert len(taken) == len(set(taken))
            assert set(taken).isdisjoint(map(HostPort, RESERVED_TCP))
            assert all(p.number in after.dynamic_range for placed in after.tasks for p in placed.dynamic_ports)
            assert after.reserved_ports <= MOST_RESERVED_PORTS
            assert after.without_task(f"t-{number}") == on
            on = after

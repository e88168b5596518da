"""Port ranges, the agent's settings, and how problems are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_model import agent, agent_config, agent_variables
from ecs_model.agent import AgentSettings, ImagePullBehavior
from ecs_model.ports import EPHEMERAL, HIGHEST, KERNEL, LOWEST, RESERVED_TCP, PortRange, host_port_problem
from ecs_model.problem import InvalidSettings, Problem, dotted, refuse, under

ports = st.integers(LOWEST, HIGHEST)
ranges = st.tuples(ports, ports).map(lambda two: PortRange(min(two), max(two)))


def test_the_notes_range() -> None:
    assert (EPHEMERAL.first, EPHEMERAL.last) == (49153, 65535)
    assert (KERNEL.first, KERNEL.last) == (32768, 60999)
    assert sorted(RESERVED_TCP) == [22, 2375, 2376, 51678, 51679]


@given(ranges)
def test_a_range_is_what_its_text_says(one: PortRange) -> None:
    assert PortRange.parse(str(one)) == one


@given(ranges, ranges, ports)
def test_covers_and_overlaps(one: PortRange, other: PortRange, port: int) -> None:
    assert one.covers(one)
    assert one.overlaps(other) == other.overlaps(one)
    if one.covers(other):
        assert one.overlaps(other)
        assert port in one or port not in other
        assert one == other or not other.covers(one)
    if port in one and port in other:
        assert one.overlaps(other)
    assert one.overlaps(other) == (max(one.first, other.first) in one and max(one.first, other.first) in other)


@pytest.mark.parametrize(("first", "last"), [(2, 1), (0, 5), (1, 65536), (-1, 1), (70000, 70001)])
def test_what_is_no_range(first: int, last: int) -> None:
    with pytest.raises(ValueError, match=f"{first}-{last} is not a port range"):
        PortRange(first, last)


@pytest.mark.parametrize(
    "text",
    ["", "1", "1-", "-1", "1-2-3", "a-b", " 1-2", "1-2\n", "1 - 2", '"1-2"', "\u0661-\u0662", "65535-49153", "1-99999"],
)
def test_what_the_agent_cannot_parse(text: str) -> None:
    with pytest.raises(ValueError, match="is not a port range"):
        PortRange.parse(text)


@pytest.mark.parametrize(
    ("port", "says"),
    [(22, "taken by ssh"), (51678, "taken"), (49153, "range 49153-65535"), (65535, "range"), (8080, None), (80, None)],
)
def test_host_ports(port: int, says: str | None) -> None:
    reason = host_port_problem(port)
    assert reason is None if says is None else says in (reason or "")


def test_host_ports_are_judged_by_the_range_in_use() -> None:
    assert host_port_problem(50_000, PortRange(40_000, 45_000)) is None
    assert "40000-45000" in (host_port_problem(44_000, PortRange(40_000, 45_000)) or "")


def test_the_agent_s_variables() -> None:
    assert agent.config("web", AgentSettings()) == {
        "ECS_CLUSTER": "web",
        "ECS_DYNAMIC_HOST_PORT_RANGE": "49153-65535",
        "ECS_AWSVPC_BLOCK_IMDS": "true",
        "ECS_IMAGE_PULL_BEHAVIOR": "default",
    }
    chosen = AgentSettings(
        dynamic_host_port_range="40000-45000",
        reserved_memory=256,
        reserved_ports=[9000, 22],
        image_pull_behavior=ImagePullBehavior.PREFER_CACHED,
        block_instance_metadata=False,
        variables={"ECS_POLL_METRICS": "true"},
    )
    assert agent.config("web", chosen, spot=True) == {
        "ECS_CLUSTER": "web",
        "ECS_DYNAMIC_HOST_PORT_RANGE": "40000-45000",
        "ECS_AWSVPC_BLOCK_IMDS": "false",
        "ECS_IMAGE_PULL_BEHAVIOR": "prefer-cached",
        "ECS_RESERVED_MEMORY": "256",
        "ECS_RESERVED_PORTS": "[22, 2375, 2376, 9000, 51678, 51679]",
        "ECS_ENABLE_SPOT_INSTANCE_DRAINING": "true",
        "ECS_POLL_METRICS": "true",
    }
    assert list(chosen.problems()) == []


def test_rendered_line_by_line() -> None:
    assert agent_config.render({"B": "2", "A": "1"}) == "B=2\nA=1\n"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("A=1\nB=2", {"A": "1", "B": "2"}),
        ("  A = 1  \r\n", {"A": "1"}),
        ("A=1\nA=2", {"A": "2"}),
        ('A="1"', {"A": '"1"'}),
        ("A=b=c", {"A": "b=c"}),
        ("# A=1\n #B=2\nnonsense\n\n", {}),
        ("A=", {"A": ""}),
        ("A=x\u2028y", {"A": "x\u2028y"}),
    ],
)
def test_parsed_as_the_agent_does(text: str, read: dict[str, str]) -> None:
    assert agent_config.parse(text) == read


@pytest.mark.parametrize(
    ("value", "used"),
    [("49153-65535", EPHEMERAL), ("1024-2000", PortRange(1024, 2000)), ('"49153-65535"', KERNEL), ("x", KERNEL)],
)
def test_the_range_in_use(value: str, used: PortRange) -> None:
    assert agent_config.dynamic_ports({agent_variables.PORT_RANGE: value}) == used
    assert agent_config.dynamic_ports({}) == KERNEL


@pytest.mark.parametrize(
    ("settings", "path", "says"),
    [
        (AgentSettings("65535-49153"), "dynamicHostPortRange", "65535-49153 is not a port range"),
        (AgentSettings("22-22"), "dynamicHostPortRange", "22-22 holds 22 (ssh, Docker)"),
        (AgentSettings(reserved_memory=-1), "reservedMemory", "-1 MiB is negative"),
        (AgentSettings(reserved_ports=[80, 70_000]), "reservedPorts[1]", "70000 is not a port"),
        (AgentSettings(variables={"ECS_CLUSTER": "x"}), "variables.ECS_CLUSTER", "are made for: leave it out"),
        (AgentSettings(variables={"ECS_RESERVED_PORTS": "[]"}), "variables.ECS_RESERVED_PORTS", "reservedPorts"),
        (AgentSettings(variables={"ecs_x": "1"}), "variables.ecs_x", "use capitals"),
        (AgentSettings(variables={"ECS_X": "a\nb"}), "variables.ECS_X", "spans several lines"),
    ],
)
def test_what_the_agent_would_refuse(settings: AgentSettings, path: str, says: str) -> None:
    (problem,) = settings.problems()
    assert dotted(problem.path) == path
    assert says in problem.message


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("a",), "a"),
        (("services", "api", "ports", 0), "services.api.ports[0]"),
        (("a", 0, "b", 1, 2), "a[0].b[1][2]"),
        ((0, "weight"), "[0].weight"),
        (("environment", "a.b"), 'environment["a.b"]'),
        (('say "hi"', "x"), '["say \\"hi\\""].x'),
    ],
)
def test_paths_as_pulumi_writes_them(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text


def test_problems_seen_from_further_out() -> None:
    problem = Problem(("b", 1), "is wrong")
    assert str(problem) == "b[1]: is wrong"
    assert [str(each) for each in under([problem], "a")] == ["a.b[1]: is wrong"]
    assert str(Problem((), "is wrong")) == "is wrong"


def test_a_refusal_lists_everything() -> None:
    refuse("Cluster web", [])
    with pytest.raises(InvalidSettings) as refused:
        refuse("Cluster web", iter([Problem(("a",), "x"), Problem((), "y")]))
    assert str(refused.value) == "Cluster web: a: x\nCluster web: y"
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize(("value", "on"), [("true", True), ("1", True), ("T", True), ("yes", False), ("", False)])
def test_switches_as_the_agent_reads_them(value: str, on: bool) -> None:
    assert agent_config.drains_spot({agent_variables.SPOT_DRAINING: value}) is on
    assert agent_config.blocks_metadata({agent_variables.BLOCK_IMDS: value}) is on
    assert agent_config.takes_the_instance_role({agent_variables.EXTERNAL: value}) is not on


def test_switches_are_off_where_nothing_is_said() -> None:
    assert not agent_config.drains_spot({})
    assert not agent_config.blocks_metadata({})
    assert agent_config.takes_the_instance_role({})


def test_an_agent_with_keys_of_its_own_takes_no_instance_role() -> None:
    assert not agent_config.takes_the_instance_role({"AWS_ACCESS_KEY_ID": "AKIA" + "IOSFODNN7EXAMPLE"})


@pytest.mark.parametrize(
    ("value", "reserved"),
    [("256", 256), ("0256", 256), ("65535", 65_535), ("65536", 0), ("-1", 0), ("1e3", 0), ("٣", 0), ("9" * 30, 0),
     ("", 0), ("$MEMORY", None), ("`free`", None)],
)  # fmt: skip
def test_reserved_memory_as_the_agent_reads_it(value: str, reserved: int | None) -> None:
    assert agent_config.reserved_memory({agent_variables.RESERVED_MEMORY: value}) == reserved
    assert agent_config.reserved_memory({}) == 0

"""Fleets, instances and tasks for the tests of placement: made by hand, and by hypothesis."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from ecs_model.cluster_query import parse
from ecs_model.fleet import ContainerInstance, Fleet, Status
from ecs_model.images import Architecture
from ecs_model.instance_attributes import AVAILABILITY_ZONE, CPU_ARCHITECTURE, INSTANCE_TYPE
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.placement import Placer
from ecs_model.placement_rules import SPREAD_INSTANCES, SPREAD_ZONES, PlacementStrategy
from ecs_model.ports import PortRange
from ecs_model.task_needs import HostPort, RequiredAttribute, Resources, Task

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For properties on fleets, which take long to draw on a machine that does other things as well."""
RANDOM = PlacementStrategy("random")
PACK_CPU = PlacementStrategy("binpack", "cpu")
PACK_MEMORY = PlacementStrategy("binpack", "memory")
SPREAD_RACKS = PlacementStrategy("spread", "attribute:rack")


def instance(id_: str = "i-1", memory: int = 1_000, zone: str = "a", **changes: Any) -> ContainerInstance:
    """An active instance with 2,048 CPU units, one GPU, two interfaces, and any field changed."""
    registered = Resources(2_048, memory, 1, 2)
    attributes = {AVAILABILITY_ZONE: zone, INSTANCE_TYPE: "m5.large", CPU_ARCHITECTURE: "x86_64"}
    own = changes.pop("attributes", {})
    return replace(ContainerInstance(id_, registered, registered, attributes | own), **changes)


def task(family: str = "web", memory: int = 100, **changes: Any) -> Task:
    """A task of a service."""
    return Task(family, memory, **({"group": f"service:{family}"} | changes))


EXPRESSIONS = [
    "attribute:ecs.availability-zone in [a, b]",
    "attribute:rack != r1",
    "not(task:group == service:web)",
    "task:group == service:web or runningTasksCount < 2",
    "runningTasksCount < 3",
]
ports = st.builds(HostPort, st.integers(8080, 8083), st.sampled_from(Protocol))
tasks = st.builds(
    Task,
    family=st.sampled_from(["web", "api"]),
    memory=st.integers(1, 600),
    group=st.sampled_from(["service:web", "service:api", ""]),
    cpu=st.integers(0, 1_500),
    gpus=st.sampled_from([0, 0, 0, 1]),
    network_mode=st.sampled_from(NetworkMode),
    host_ports=st.frozensets(ports, max_size=2),
    dynamic_ports=st.lists(st.sampled_from(Protocol), max_size=2).map(tuple),
    attributes=st.frozensets(
        st.sampled_from([RequiredAttribute("rack"), RequiredAttribute("rack", "r1"), RequiredAttribute("ssd")]),
        max_size=1,
    ),
    architecture=st.sampled_from([None, None, Architecture.X86_64, Architecture.ARM64]),
    zones=st.sampled_from([frozenset[str](), frozenset({"a", "b"})]),
    capacity_provider=st.sampled_from([None, None, "general"]),
    expressions=st.lists(st.sampled_from(EXPRESSIONS).map(parse), max_size=1).map(tuple),
    distinct_instance=st.booleans(),
)
plain_tasks = st.builds(task, st.sampled_from(["web", "api"]), st.integers(1, 400), cpu=st.integers(0, 700))
"""Tasks that need CPU and memory only."""


@st.composite
def bare_instances(draw: st.DrawFn, number: int) -> ContainerInstance:
    """An instance without tasks, mostly one that takes them."""
    rack = draw(st.sampled_from(["", "r1", "r2"]))
    kind = draw(st.sampled_from(["x86_64", "x86_64", "arm64"]))
    return instance(
        f"i-{number}",
        draw(st.integers(200, 1_200)),
        draw(st.sampled_from("abc")),
        attributes={CPU_ARCHITECTURE: kind, **({"rack": rack} if rack else {})},
        dynamic_range=draw(st.sampled_from([PortRange(49_153, 65_535), PortRange(8_082, 8_084)])),
        status=draw(st.sampled_from([Status.ACTIVE, Status.ACTIVE, Status.ACTIVE, Status.DRAINING])),
        agent_connected=draw(st.sampled_from([True, True, True, False])),
        capacity_provider=draw(st.sampled_from([None, "general", "general"])),
    )


@st.composite
def fleets(draw: st.DrawFn, most: int = 4) -> Fleet:
    """A fleet with some tasks placed on it."""
    bare = [draw(bare_instances(number)) for number in range(draw(st.integers(0, most)))]
    placer = Placer(Fleet.of(bare))
    for each in draw(st.lists(tasks, max_size=6)):
        placer.place(each)
    return placer.fleet


strategies = st.lists(
    st.sampled_from([SPREAD_ZONES, SPREAD_INSTANCES, SPREAD_RACKS, PACK_MEMORY, PACK_CPU]), max_size=3
)

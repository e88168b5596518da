"""What ECS refuses in port mappings of a whole range of ports.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

from ecs_model.containers import Container, PortMapping
from ecs_model.network_modes import NetworkMode
from ecs_model.ports import PortRange
from ecs_model.problem import Problem

MOST_RANGES = 100
"""Of one container."""
_MODES = (NetworkMode.BRIDGE, NetworkMode.AWSVPC)


def range_problems(port: PortMapping, mode: NetworkMode, dynamic: PortRange) -> Iterator[Problem]:
    """What is wrong with a mapping that has a containerPortRange; `dynamic` is the agent's range of host ports."""
    key, written = ("containerPortRange",), port.container_port_range or ""
    try:
        ports = PortRange.parse(written)
    except ValueError as error:
        yield Problem(key, str(error))
        return
    if ports.first == ports.last:
        yield Problem(key, f"{written} is one port: give containerPort {ports.first} instead")
    if mode not in _MODES:
        yield Problem(key, f"is for networkMode bridge and awsvpc, and this is {mode.value}: leave it out")
    for other, value in (("containerPort", port.container_port), ("hostPort", port.host_port)):
        if value is not None:
            yield Problem((other,), f"{value} does not go with containerPortRange: leave one of the two out")
    for other, text in (("name", port.name), ("appProtocol", port.app_protocol)):
        if text is not None:
            yield Problem(
                (other,), "is for Service Connect, which offers no containerPortRange: map that port by itself"
            )
    if mode is NetworkMode.BRIDGE and _size(ports) > _size(dynamic):
        yield Problem(
            key,
            f"{written} has {_size(ports)} ports, more than the agent's dynamicHostPortRange {dynamic}: shorten it",
        )


def _size(ports: PortRange) -> int:
    return ports.last - ports.first + 1


def overlap_problems(container: Container) -> Iterator[Problem]:
    """Too many ranges of one container, and ports that are in a range and mapped otherwise as well."""
    ranges = [port for port in container.port_mappings if port.container_port_range is not None]
    if len(ranges) > MOST_RANGES:
        yield Problem(
            ("portMappings",), f"has {len(ranges)} ranges of ports, a container has at most {MOST_RANGES}: join some"
        )
    for (_, first), (position, second) in combinations(enumerate(container.port_mappings), 2):
        if shared := _shared(first, second):
            yield Problem(
                ("portMappings", position), f"maps {shared}, as another mapping of this container does: keep each once"
            )


def shared_range_problems(containers: Mapping[str, Container]) -> Iterator[Problem]:
    """Mode awsvpc: ranges that hold a port of another container, for the containers of a task share its ports."""
    every = [
        (name, position, port)
        for name, container in containers.items()
        for position, port in enumerate(container.port_mappings)
    ]
    for (one, _, first), (other, position, second) in combinations(every, 2):
        if one != other and first.protocol is second.protocol and (shared := _shared(first, second)):
            yield Problem(
                ("containers", other, "portMappings", position),
                f"maps {shared}/{second.protocol.value}, as container {one} does, and in mode awsvpc they share the "
                "task's ports: give each its own",
            )


def _shared(first: PortMapping, second: PortMapping) -> str:
    """The ports of both, where one of them is a range."""
    if first.container_port_range is None and second.container_port_range is None:
        return ""
    low = max(first.listens.start, second.listens.start)
    high = min(first.listens.stop, second.listens.stop) - 1
    if low > high or not first.listens or not second.listens:
        return ""
    return str(low) if low == high else f"{low}-{high}"

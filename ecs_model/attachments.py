"""What load balancers, and services that call by name, reach of a service's containers."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from ecs_model.container_rules import fixed_port
from ecs_model.containers import Container
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.problem import Problem, of_these
from ecs_model.routing import Routing

MOST_ATTACHMENTS = 5
"""Target groups of one service (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html)."""


class Reached(NamedTuple):
    """A port that a load balancer connects to."""

    port: int
    protocol: Protocol


def reached_problems(
    containers: Mapping[str, Container],
    mode: NetworkMode,
    container_name: str,
    container_port: int,
    protocols: Collection[Protocol] = (Protocol.TCP,),
) -> Iterator[Problem]:
    """A container that is to be reached, and cannot be.

    ECS registers a port that is mapped once, by one of the protocols: in modes awsvpc and host the other one reaches it
    as well (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html).
    """
    container = containers.get(container_name)
    if mode is NetworkMode.NONE:
        yield Problem((), "needs a network, and networkMode is none: use bridge")
    elif container is None:
        known = of_these(container_name, containers)
        yield Problem(("containerName",), f"{container_name!r} is no container of this service{known}")
    elif held := _range_with(container, container_port):
        yield Problem(
            ("containerPort",),
            f"{container_port} lies in containerPortRange {held}, of which ECS registers no port anywhere: map "
            f"{container_port} by itself, outside the range",
        )
    elif container_port not in (ports := [port for each in protocols for port in _mapped(container, each)]):
        mapped = ", ".join(map(str, ports)) or "none"
        kind = " or ".join(each.upper() for each in protocols)
        yield Problem(
            ("containerPort",),
            f"{container_port} is no {kind} port that container {container_name} maps "
            f"(it maps: {mapped}): add it to its portMappings",
        )
    elif [port.container_port for port in container.port_mappings].count(container_port) > 1:
        yield Problem(
            ("containerPort",),
            f"{container_port} is mapped twice by container {container_name}, and ECS refuses such a port: keep one of "
            "its portMappings",
        )


def both_problems(mode: NetworkMode, routing: Routing) -> Iterator[Problem]:
    """TCP and UDP at one port, where Docker maps a host port for one of them alone."""
    if len(routing.transports) > 1 and mode is NetworkMode.BRIDGE:
        yield Problem(
            ("listener", "protocol"),
            "tcp_udp is for both, and in networkMode bridge a port mapping is for one of them: use awsvpc or host",
        )


def _mapped(container: Container, protocol: Protocol) -> dict[int, int | None]:
    """The ports that a container maps, and the instance's where they are fixed ones of mode bridge."""
    return {
        p.container_port: p.host_port
        for p in container.port_mappings
        if p.container_port is not None and p.protocol is protocol
    }


def _range_with(container: Container, port: int) -> str | None:
    """The range of ports that a port lies in; None where it lies in none."""
    ranges = (each for each in container.port_mappings if each.container_port_range)
    return next((each.container_port_range for each in ranges if port in each.listens), None)


def fixed_host_port(
    containers: Mapping[str, Container],
    mode: NetworkMode,
    container_name: str,
    container_port: int,
    protocol: Protocol = Protocol.TCP,
) -> int | None:
    """The instances' port at which a container is reached, where that is not a dynamic one."""
    if mode is NetworkMode.HOST:
        return container_port
    if mode is not NetworkMode.BRIDGE or container_name not in containers:
        return None
    return _mapped(containers[container_name], protocol).get(container_port) or None


def health_port_problems(containers: Mapping[str, Container], mode: NetworkMode, routing: Routing) -> Iterator[Problem]:
    """A health check at a port that no container answers at."""
    port = routing.health_check.port
    if port is None or mode is NetworkMode.NONE:
        return
    mappings = [p for c in containers.values() for p in c.port_mappings if p.protocol is Protocol.TCP]
    known = {p.container_port if mode is NetworkMode.AWSVPC else fixed_port(p, mode) for p in mappings} - {None}
    if port not in known:
        kind = "hostPort" if mode is NetworkMode.BRIDGE else "containerPort"
        listed = ", ".join(map(str, sorted(filter(None, known)))) or "none"
        yield Problem(
            ("healthCheck", "port"),
            f"{port} is no TCP {kind} of this service's portMappings (there is: {listed}), which networkMode "
            f"{mode.value} needs here: correct it, or add that",
        )


def fixed_ports(containers: Mapping[str, Container], mode: NetworkMode, routing: Routing) -> list[Reached]:
    """The ports with a fixed number that a load balancer connects to: of the task itself in mode awsvpc, else of its
    instance."""
    found = []
    for transport in routing.transports:
        port: int | None = routing.container_port
        if mode is not NetworkMode.AWSVPC:
            port = fixed_host_port(containers, mode, routing.container_name, routing.container_port, transport)
        found += [Reached(port, transport)] if port else []
    if routing.health_check.port:
        found.append(Reached(routing.health_check.port, Protocol.TCP))
    return sorted(set(found))

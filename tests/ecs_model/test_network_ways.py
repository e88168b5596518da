"""What a network load balancer can do for a service: both transports at one port, and clients that come back."""

from typing import Any

import pytest

from ecs_model.containers import Container, PortMapping
from ecs_model.network_listener import ListenerProtocol, NetworkListener
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.routing import ServiceRouting, Stickiness
from ecs_model.service import ServiceSettings

BOTH = [PortMapping(53), PortMapping(53, protocol=Protocol.UDP)]


def service(
    protocol: ListenerProtocol, mode: NetworkMode, ports: list[PortMapping], **more: Any
) -> tuple[ServiceSettings, list[str]]:
    listener = NetworkListener(53, protocol)
    routing = ServiceRouting(name="edge", container_name="dns", container_port=53, listener=listener, **more)
    containers = {"dns": Container(image="dns:1", memory=64, port_mappings=ports)}
    found = ServiceSettings(containers, mode, load_balancer=routing)
    return found, [str(problem) for problem in found.problems()]


@pytest.mark.parametrize(
    ("protocol", "transports", "targets"),
    [
        (ListenerProtocol.TCP, (Protocol.TCP,), "TCP"),
        (ListenerProtocol.UDP, (Protocol.UDP,), "UDP"),
        (ListenerProtocol.TCP_UDP, (Protocol.TCP, Protocol.UDP), "TCP_UDP"),
        (ListenerProtocol.TLS, (Protocol.TCP,), "TCP"),
    ],
)
def test_what_reaches_the_container(protocol: ListenerProtocol, transports: Any, targets: str) -> None:
    assert (protocol.transports, protocol.target_protocol) == (transports, targets)


@pytest.mark.parametrize("mode", [NetworkMode.AWSVPC, NetworkMode.HOST])
def test_both_transports_at_one_port(mode: NetworkMode) -> None:
    found, problems = service(ListenerProtocol.TCP_UDP, mode, [PortMapping(53)])
    assert problems == []
    assert service(ListenerProtocol.TCP_UDP, mode, BOTH[1:])[1] == []
    assert found.load_balancer is not None
    reached = [(port.port, port.protocol.value) for port in found.host_ports(found.load_balancer)]
    assert reached == ([] if mode is NetworkMode.AWSVPC else [(53, "tcp"), (53, "udp")])


@pytest.mark.parametrize("protocol", list(ListenerProtocol))
def test_ecs_registers_no_port_that_is_mapped_twice(protocol: ListenerProtocol) -> None:
    """https://github.com/aws/amazon-ecs-agent/issues/3428"""
    _, problems = service(protocol, NetworkMode.AWSVPC, BOTH)
    said = "loadBalancer.containerPort: 53 is mapped twice by container dns, and ECS refuses such a port"
    assert any(problem.startswith(said) for problem in problems)


def test_a_container_has_to_map_the_port() -> None:
    _, problems = service(ListenerProtocol.TCP_UDP, NetworkMode.AWSVPC, [PortMapping(80)])
    assert problems == [
        "loadBalancer.containerPort: 53 is no TCP or UDP port that container dns maps (it maps: 80): add it to its "
        "portMappings"
    ]


def test_a_mapping_of_bridge_mode_is_for_one_of_them() -> None:
    _, problems = service(ListenerProtocol.TCP_UDP, NetworkMode.BRIDGE, [PortMapping(53)])
    assert problems == [
        "loadBalancer.listener.protocol: tcp_udp is for both, and in networkMode bridge a port mapping is for one of "
        "them: use awsvpc or host"
    ]


@pytest.mark.parametrize(
    ("protocol", "stickiness", "said"),
    [
        (ListenerProtocol.TCP, Stickiness(), []),
        (ListenerProtocol.TCP_UDP, Stickiness(), []),
        (ListenerProtocol.TCP, Stickiness(60), ["loadBalancer.stickiness.duration: is of cookies"]),
        (ListenerProtocol.TCP, Stickiness(cookie_name="S"), ["loadBalancer.stickiness.cookieName: is of cookies"]),
        (ListenerProtocol.TLS, Stickiness(), ["loadBalancer.stickiness: is not for a listener of protocol tls"]),
    ],
)
def test_clients_that_come_back_by_their_address(
    protocol: ListenerProtocol, stickiness: Stickiness, said: list[str]
) -> None:
    _, problems = service(protocol, NetworkMode.AWSVPC, BOTH[:1], stickiness=stickiness)
    assert len(problems) == len(said)
    assert all(problem.startswith(start) for problem, start in zip(problems, said, strict=True))

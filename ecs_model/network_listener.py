"""A network load balancer's listener, which leads to one service.

https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ecs_model.network_modes import Protocol
from ecs_model.ports import HIGHEST, LOWEST
from ecs_model.problem import Problem, out_of_range


class ListenerProtocol(StrEnum):
    """What a network load balancer's listener speaks."""

    TCP = "tcp"
    UDP = "udp"
    TCP_UDP = "tcp_udp"
    """Both at one port, which the container answers by both and maps by one of them: in networkMode awsvpc or host."""
    TLS = "tls"
    """TCP whose encryption ends at the load balancer, with its certificate."""

    @property
    def transports(self) -> tuple[Protocol, ...]:
        """What reaches the container."""
        if self is ListenerProtocol.TCP_UDP:
            return Protocol.TCP, Protocol.UDP
        return (Protocol.UDP if self is ListenerProtocol.UDP else Protocol.TCP,)

    @property
    def target_protocol(self) -> str:
        """The target group's protocol, as AWS writes it: TLS ends before it."""
        return "TCP" if self is ListenerProtocol.TLS else self.value.upper()


@dataclass(frozen=True)
class NetworkListener:
    """The port of a network load balancer at which clients find a service."""

    port: int
    """1-65535; once a load balancer for TCP and TLS, once for UDP."""
    protocol: ListenerProtocol = ListenerProtocol.TCP
    """tcp, udp, tcp_udp or tls."""

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse."""
        yield from out_of_range({"port": (self.port, LOWEST, HIGHEST)})

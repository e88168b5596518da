"""How containers are attached to the network, and what is spoken there."""

from enum import StrEnum


class NetworkMode(StrEnum):
    """How a task's containers are attached to the network; ECS's default on EC2 is bridge."""

    BRIDGE = "bridge"
    """Docker's bridge: host ports are mapped, containers of a task talk through links."""
    AWSVPC = "awsvpc"
    """The task has a network interface of its own; its containers share localhost."""
    HOST = "host"
    """The instance's own network; containers share its localhost and its ports."""
    NONE = "none"
    """No network at all."""


class Protocol(StrEnum):
    """The transport protocol of a port mapping."""

    TCP = "tcp"
    UDP = "udp"


class AppProtocol(StrEnum):
    """What is spoken at a port, for Service Connect."""

    HTTP = "http"
    HTTP2 = "http2"
    GRPC = "grpc"

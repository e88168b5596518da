"""Services that call each other through ECS Service Connect, and who has to reach whom for that.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ecs_model.containers import Container, PortMapping
from ecs_model.discovery import Group, Link, groups_of
from ecs_model.network_modes import NetworkMode
from ecs_model.ports import HIGHEST, LOWEST, PortRange
from ecs_model.problem import Problem, out_of_range, under

_NAMESPACE = r"[!-~]{1,1024}"
LONGEST_SECONDS = 2_147_483_647


TLS_POLICY = "service-role/AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity"
"""AWS's managed policy of the role with which ECS gets and renews the proxies' certificates.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-tls.html
"""
_AUTHORITY = re.compile(r"arn:aws[\w-]*:acm-pca:[a-z0-9-]+:\d{12}:certificate-authority/[0-9a-f-]+")
_KEY = re.compile(r"arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+")


@dataclass(frozen=True)
class ConnectTls:
    """Encryption between the proxies of clients and this one, with certificates that ECS gets and renews."""

    authority_arn: str
    """The certificate authority of AWS Private CA that signs them, best one for short-lived certificates."""
    kms_key: str | None = None
    """ARN of the KMS key that the private key is kept with, whose policy has to let the service's role use it (its name
    holds -connect); AWS's own key where absent."""

    def problems(self) -> Iterator[Problem]:
        """What ECS would refuse."""
        if not _AUTHORITY.fullmatch(self.authority_arn):
            yield Problem(
                ("authorityArn",),
                f"{self.authority_arn!r} is no certificate authority's ARN, such as "
                "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/0a1b2c3d-1111-2222-3333-444455556666",
            )
        if self.kms_key is not None and not _KEY.fullmatch(self.kms_key):
            yield Problem(
                ("kmsKey",),
                f"{self.kms_key!r} is no key's ARN, such as arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-1111",
            )


@dataclass(frozen=True)
class ConnectPort:
    """A port that a service offers to others."""

    port: int | None = None
    """The port that clients connect to, 1-65535; the container's own where absent."""
    dns_name: str | None = None
    """The name that clients connect to; the port mapping's name, a dot and the namespace where absent."""
    ingress_port: int | None = None
    """Mode awsvpc: the port of the task at which its proxy listens; the container's own where absent."""
    idle_timeout: int | None = None
    """Seconds a connection may be silent, 0 for any time; the proxy's own limit where absent."""
    request_timeout: int | None = None
    """Seconds an answer may take, 0 for any time; not without an appProtocol; 15 where absent."""

    tls: ConnectTls | None = None
    """Encrypt what comes to it from other services; as plain as they send it where absent."""

    def problems(self, mapping: PortMapping, mode: NetworkMode) -> Iterator[Problem]:
        """What ECS would refuse of it, as an offer of `mapping`."""
        ports = {"port": self.port, "ingressPort": self.ingress_port}
        yield from out_of_range({key: (port, LOWEST, HIGHEST) for key, port in ports.items() if port is not None})
        if self.ingress_port is not None and mode is not NetworkMode.AWSVPC:
            yield Problem(
                ("ingressPort",),
                f"would be a fixed port of the instance in networkMode {mode.value}: leave it out, or use awsvpc",
            )
        if self.dns_name is not None and not re.fullmatch(r"[a-z0-9_.][a-z0-9_.-]{0,126}", self.dns_name):
            yield Problem(
                ("dnsName",),
                f"{self.dns_name!r} is no name: use at most 127 small letters, digits, dots, underscores and hyphens",
            )
        times = {"idleTimeout": self.idle_timeout, "requestTimeout": self.request_timeout}
        yield from out_of_range({key: (time, 0, LONGEST_SECONDS) for key, time in times.items() if time is not None})
        if self.tls is not None:
            yield from under(self.tls.problems(), "tls")
        if self.request_timeout is not None and mapping.app_protocol is None:
            yield Problem(
                ("requestTimeout",), "needs requests, and the port mapping has no appProtocol: set that, such as http"
            )


@dataclass(frozen=True)
class ServiceConnect:
    """A service's part in Service Connect: a client of all others, and what it offers them."""

    ports: dict[str, ConnectPort] = field(default_factory=dict)
    """What it offers, by the names of its port mappings; it is a client alone where empty."""
    enabled: bool = True
    """Off, it leaves Service Connect. Deploy that before you take the whole setting away: a service of which nothing is
    said keeps what it has."""

    def problems(self, containers: Mapping[str, Container], mode: NetworkMode) -> Iterator[Problem]:
        """What ECS would refuse."""
        if mode not in (NetworkMode.BRIDGE, NetworkMode.AWSVPC):
            yield Problem((), f"is for networkMode bridge and awsvpc, and networkMode is {mode.value}: use one of them")
            return
        named = named_ports(containers)
        clients: dict[tuple[str, int], str] = {}
        for key, offered in self.ports.items():
            if key not in named:
                known = ", ".join(sorted(named)) or "none"
                yield Problem(("ports", key), f"is no name of a port mapping here (there is: {known}): name one so")
                continue
            yield from under(offered.problems(named[key], mode), "ports", key)
            alias = offered.dns_name or key, offered.port or named[key].listens.start
            first = clients.setdefault(alias, key)
            if first != key:
                yield Problem(("ports", key), f"is found at {alias[0]}:{alias[1]}, as {first} is: change one of them")


def named_ports(containers: Mapping[str, Container]) -> dict[str, PortMapping]:
    """The port mappings of a task that have names."""
    return {port.name: port for each in containers.values() for port in each.port_mappings if port.name}


def connect_namespace_problem(namespace: str) -> str | None:
    """Why Cloud Map refuses an HTTP namespace's name, or None."""
    if re.fullmatch(_NAMESPACE, namespace):
        return None
    return f"{namespace!r} is no name of a namespace: use 1-1024 letters, digits and signs, no space"


@dataclass(frozen=True)
class ConnectMember:
    """A service as its neighbours in Service Connect see it."""

    mode: NetworkMode
    capacity: Mapping[str, PortRange]
    """The capacity that its tasks may be placed on, with the dynamic host ports there."""
    offered: Sequence[int] = ()
    """The ports at which its proxies listen in mode awsvpc; in bridge mode only how many there are."""

    def groups(self, key: str) -> list[Group]:
        """The security groups that its tasks are in."""
        return groups_of(key, self.mode, self.capacity)

    def openings(self, key: str) -> list[tuple[Group, PortRange]]:
        """What clients have to reach: in bridge mode the proxy takes a dynamic host port."""
        if self.mode is NetworkMode.AWSVPC:
            return [(Group("service", key), PortRange(port, port)) for port in self.offered]
        return [(Group("capacity", name), ports) for name, ports in self.capacity.items() if self.offered]


def connect_member(
    connect: ServiceConnect, containers: Mapping[str, Container], mode: NetworkMode, capacity: Mapping[str, PortRange]
) -> ConnectMember:
    """A service of these settings."""
    named = named_ports(containers)
    ports = [offer.ingress_port or named[key].listens.start for key, offer in connect.ports.items() if key in named]
    return ConnectMember(mode, capacity, ports)


def connect_links(members: Mapping[str, ConnectMember]) -> Sequence[Link]:
    """The ingress rules that let every member reach what the others offer; one that several need is there once.

    A group of container instances comes in to itself as well, for one task there calls another.
    """
    found = {
        Link(server, client, ports.first, None if ports.first == ports.last else ports.last)
        for key, member in members.items()
        for server, ports in member.openings(key)
        for other, caller in members.items()
        for client in caller.groups(other)
        if client != server or client.kind == "capacity"
    }
    return sorted(found, key=lambda link: link.name)

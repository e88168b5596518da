"""Services that find each other by name in a private DNS namespace of AWS Cloud Map, and who may reach whom.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ecs_model.network_modes import NetworkMode
from ecs_model.problem import Problem, of_these

LONGEST_TTL = 3_600
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


@dataclass(frozen=True, kw_only=True)
class ServiceDiscovery:
    """The name of a service in the namespace, and the services that may connect to it."""

    container_name: str
    """The container that answers."""
    container_port: int
    """The port it listens on; one of its portMappings."""
    clients: list[str] = field(default_factory=list)
    """The services that connect to it, by their keys in the settings' services; at least one."""
    ttl: int = 15
    """Seconds that a client may keep an answer of DNS, 0-3600."""

    def problems(self, key: str, services: Collection[str], namespace: str | None) -> Iterator[Problem]:
        """What cannot work, the container aside: for the service called `key` among `services`."""
        if namespace is None:
            yield Problem((), "needs a namespace, and the stack has none: set namespace, such as dev.internal")
        if reason := label_problem(key):
            yield Problem((), f"calls the service after its key, and {reason}")
        yield from ttl_problems(self.ttl)
        if not self.clients:
            yield Problem(("clients",), "is empty, so nobody could connect: name a service")
        if len(set(self.clients)) < len(self.clients):
            yield Problem(("clients",), "names a service more than once: keep each once")
        for position, client in enumerate(self.clients):
            if client not in services:
                yield Problem(("clients", position), f"{client!r} is no service here{of_these(client, services)}")


def label_problem(name: str) -> str | None:
    """Why a service cannot be called `name` in a namespace, or None."""
    if re.fullmatch(_LABEL, name):
        return None
    return f"{name!r} is no name of DNS: use small letters, digits and hyphens, at most 63"


def ttl_problems(ttl: int) -> Iterator[Problem]:
    """A time that makes DNS too stale to follow tasks."""
    if not 0 <= ttl <= LONGEST_TTL:
        yield Problem(("ttl",), f"{ttl} is out of range: give 0-{LONGEST_TTL} seconds")


def namespace_problem(namespace: str) -> str | None:
    """Why Cloud Map refuses a private DNS namespace's name, or None."""
    if len(namespace) <= 253 and re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", namespace):
        return None
    return f"{namespace!r} is no domain, such as dev.internal: use small letters, digits, hyphens and dots"


def record_type(mode: NetworkMode) -> str:
    """A task with an interface of its own has an address; another one's address is of use only with its host port."""
    return "A" if mode is NetworkMode.AWSVPC else "SRV"


@dataclass(frozen=True, order=True)
class Group:
    """Whose security group: a service's own, or that of a capacity's container instances."""

    kind: str
    """service or capacity."""
    key: str


@dataclass(frozen=True, order=True)
class Link:
    """An ingress rule: `server` lets `client` in."""

    server: Group
    client: Group
    port: int
    last_port: int | None = None
    """The last of a range that begins with `port`; only that one where absent."""

    @property
    def name(self) -> str:
        """What tells it from every other link."""
        ports = f"{self.port}" if self.last_port in (None, self.port) else f"{self.port}-{self.last_port}"
        return f"{self.server.kind}-{self.server.key}-{ports}-from-{self.client.kind}-{self.client.key}"


@dataclass(frozen=True)
class Member:
    """A service as its neighbours see it."""

    mode: NetworkMode
    capacity: Sequence[str]
    """The capacity that its tasks may be placed on."""
    discovery: ServiceDiscovery | None = None
    host_port: int | None = None
    """The port of the instances that it is found at; none in mode awsvpc."""

    def groups(self, key: str) -> list[Group]:
        """The security groups that its tasks are in."""
        return groups_of(key, self.mode, self.capacity)


def groups_of(key: str, mode: NetworkMode, capacity: Iterable[str]) -> list[Group]:
    """The security groups that a service's tasks are in: its own in mode awsvpc, else those of the capacity."""
    if mode is NetworkMode.AWSVPC:
        return [Group("service", key)]
    return [Group("capacity", name) for name in capacity]


def links(members: Mapping[str, Member]) -> Sequence[Link]:
    """The ingress rules that let every client reach its servers; one that several services need is there once."""
    return sorted(
        {
            Link(server, client, member.host_port or member.discovery.container_port)
            for key, member in members.items()
            if member.discovery is not None
            for server in member.groups(key)
            for name in member.discovery.clients
            for client in members[name].groups(name)
        }
    )

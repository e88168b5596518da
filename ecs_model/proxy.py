"""The App Mesh proxy of a task, to which the agent turns its traffic.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ProxyConfiguration.html
"""

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ecs_model.containers import Container
from ecs_model.network_modes import NetworkMode
from ecs_model.ports import HIGHEST, LOWEST
from ecs_model.problem import Problem, out_of_range


@dataclass(frozen=True, kw_only=True)
class ProxyConfiguration:
    """Which traffic of a task goes through a proxy in one of its containers; mode awsvpc only."""

    container_name: str
    """The proxy's container."""
    app_ports: list[int]
    """The ports of the other containers; what comes in there goes to the proxy."""
    ingress_port: int
    """The port at which the proxy takes what comes in."""
    egress_port: int
    """The port at which the proxy takes what goes out."""
    ignored_uid: int | None = None
    """The number of the proxy's user, whose own traffic goes straight; this or `ignored_gid`."""
    ignored_gid: int | None = None
    """The number of the proxy's group, whose own traffic goes straight."""
    egress_ignored_ports: list[int] = field(default_factory=list)
    """Ports to which traffic goes straight, such as 22."""
    egress_ignored_ips: list[str] = field(default_factory=list)
    """Addresses to which traffic goes straight, beside those of the task's credentials and metadata."""

    @property
    def properties(self) -> dict[str, str]:
        """What the task definition says of it."""
        # Without credentials and metadata no task would get far.
        straight = sorted({"169.254.170.2", "169.254.169.254", *self.egress_ignored_ips})
        told = {
            "AppPorts": ",".join(map(str, sorted(self.app_ports))),
            "ProxyIngressPort": str(self.ingress_port),
            "ProxyEgressPort": str(self.egress_port),
            "IgnoredUID": _text(self.ignored_uid),
            "IgnoredGID": _text(self.ignored_gid),
            "EgressIgnoredPorts": ",".join(map(str, sorted(self.egress_ignored_ports))),
            "EgressIgnoredIPs": ",".join(straight),
        }
        return {key: value for key, value in told.items() if value}

    def problems(self, containers: Mapping[str, Container], mode: NetworkMode) -> Iterator[Problem]:
        """What ECS or the agent would refuse."""
        if mode is not NetworkMode.AWSVPC:
            yield Problem((), f"is for networkMode awsvpc, and networkMode is {mode.value}: use that, or leave it out")
        if self.container_name not in containers:
            known = ", ".join(sorted(containers))
            yield Problem(("containerName",), f"{self.container_name!r} is no container here (there is: {known})")
        if self.ignored_uid is None and self.ignored_gid is None:
            yield Problem((), "needs ignoredUid or ignoredGid, or the proxy would send its traffic to itself: set one")
        if not self.app_ports:
            yield Problem(("appPorts",), "is empty, so nothing would come in by the proxy: name a port")
        ports = {"ingressPort": self.ingress_port, "egressPort": self.egress_port}
        yield from out_of_range({key: (port, LOWEST, HIGHEST) for key, port in ports.items()})
        for key, listed in (("appPorts", self.app_ports), ("egressIgnoredPorts", self.egress_ignored_ports)):
            for position, port in enumerate(listed):
                if not LOWEST <= port <= HIGHEST:
                    yield Problem((key, position), f"{port} is not a port: give {LOWEST}-{HIGHEST}")
        for position, address in enumerate(self.egress_ignored_ips):
            try:
                ipaddress.ip_network(address)
            except ValueError:
                yield Problem(("egressIgnoredIps", position), f"{address!r} is no IP address, such as 10.0.0.7")


def _text(number: int | None) -> str:
    return "" if number is None else str(number)

"""Host ports: which ones the agent hands out, and which it keeps for itself."""

import re
from dataclasses import dataclass

LOWEST, HIGHEST = 1, 65535


@dataclass(frozen=True, order=True)
class PortRange:
    """An inclusive range of TCP ports, as the ECS agent and a security group rule both mean it.

    Raises ValueError where first > last or a bound lies outside 1-65535.
    """

    first: int
    last: int

    def __post_init__(self) -> None:
        if not LOWEST <= self.first <= self.last <= HIGHEST:
            raise ValueError(
                f"{self.first}-{self.last} is not a port range: FIRST-LAST lie in {LOWEST}-{HIGHEST}, the lower first"
            )

    @classmethod
    def parse(cls, text: str) -> "PortRange":
        """`49153-65535` -> PortRange(49153, 65535).

        The agent's own format (amazon-ecs-agent, `nat.ParsePortRangeToInt`): two numbers and one hyphen.
        Raises ValueError for anything else.
        """
        match = re.fullmatch(r"([0-9]{1,5})-([0-9]{1,5})", text)
        if not match:
            raise ValueError(f"{text!r} is not a port range: write it as FIRST-LAST, such as {EPHEMERAL}")
        return cls(int(match[1]), int(match[2]))

    def covers(self, other: "PortRange") -> bool:
        """Whether every port of `other` lies in this range."""
        return self.first <= other.first and other.last <= self.last

    def overlaps(self, other: "PortRange") -> bool:
        """Whether the two ranges share a port."""
        return self.first <= other.last and other.first <= self.last

    def __contains__(self, port: int) -> bool:
        return self.first <= port <= self.last

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


EPHEMERAL = PortRange(49153, 65535)
"""The range for dynamic host ports. The agent takes it only when told to (`ECS_DYNAMIC_HOST_PORT_RANGE`)."""

KERNEL = PortRange(32768, 60999)
"""What Linux hands out (`ip_local_port_range`), and so the agent when nobody told it anything."""

AGENT_TCP = frozenset({51678, 51679})
"""The agent's own ports: inside the usual range of dynamic host ports, and never handed out."""

RESERVED_TCP: frozenset[int] = frozenset({22, 2375, 2376}) | AGENT_TCP
"""Ports no task can have: ssh, Docker and the agent itself.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
"""


ADMINISTRATION_TCP = {22: "ssh", 2375: "Docker", 2376: "Docker over TLS", 3389: "Remote Desktop"}
"""Ports that give whoever gets in the whole instance, and what answers there."""


def host_port_problem(port: int, dynamic: PortRange = EPHEMERAL) -> str | None:
    """Why a fixed host port cannot or should not be had, or None."""
    if port in RESERVED_TCP:
        return f"host port {port} is taken by ssh, Docker or the agent on every container instance"
    if port in dynamic:
        return f"host port {port} lies in the range {dynamic} of dynamic host ports, so any task may already hold it"
    return None

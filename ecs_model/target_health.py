"""How a load balancer tells a healthy task."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ecs_model.ports import HIGHEST, LOWEST
from ecs_model.problem import Problem, cut, out_of_range
from ecs_model.target_version import ProtocolVersion


class HealthProtocol(StrEnum):
    """How a load balancer asks whether a task is healthy."""

    HTTP = "http"
    TCP = "tcp"
    """By connecting alone; network load balancers only."""


@dataclass(frozen=True)
class TargetHealthCheck:
    """How the load balancer tells a healthy task; times are in seconds."""

    path: str | None = None
    """The path it asks for; `/` where absent, by gRPC `/AWS.ALB/healthcheck`."""
    matcher: str | None = None
    """HTTP codes that mean healthy, 200-399 where absent; of gRPC its codes, 12 (no such method) where absent."""
    protocol: HealthProtocol | None = None
    """http or tcp; where absent http for an application load balancer and tcp for a network one."""
    port: int | None = None
    """Another port of the task that answers by TCP, with a number that is fixed: in modes awsvpc and host a mapped
    container port, in bridge a mapped `hostPort`. The traffic's own port where absent."""
    interval: int = 15
    """Seconds between checks, 5-300."""
    timeout: int = 5
    """Seconds a check may take, 2-120, below the interval."""
    healthy_threshold: int = 2
    """Successes in a row that make a target healthy, 2-10."""
    unhealthy_threshold: int = 3
    """Failures in a row that make it unhealthy, 2-10."""

    def problems(self, version: ProtocolVersion = ProtocolVersion.HTTP1) -> Iterator[Problem]:
        """What AWS would refuse where the target group speaks `version`."""
        path = version.health_path if self.path is None else self.path
        if not path.startswith("/"):
            yield Problem(("path",), f"{path!r} does not begin with /: add it")
        elif not re.fullmatch(r"[\x21-\x7e]{1,1024}", path):
            yield Problem(("path",), f"{cut(path)} is no path: give 1-1024 characters of ASCII without spaces")
        if self.matcher is not None and (reason := version.codes_problem(self.matcher)):
            yield Problem(("matcher",), reason)
        limits = {
            "interval": (self.interval, 5, 300),
            "timeout": (self.timeout, 2, 120),
            "healthyThreshold": (self.healthy_threshold, 2, 10),
            "unhealthyThreshold": (self.unhealthy_threshold, 2, 10),
        }
        yield from out_of_range(limits)
        if self.port is not None:
            yield from out_of_range({"port": (self.port, LOWEST, HIGHEST)})
        if self.timeout >= self.interval:
            yield Problem(("timeout",), f"{self.timeout} is not below interval ({self.interval}): lower it")

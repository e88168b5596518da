"""How a load balancer tells a healthy task."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ecs_model.ports import HIGHEST, LOWEST
from ecs_model.problem import Problem, cut, out_of_range


class HealthProtocol(StrEnum):
    """How a load balancer asks whether a task is healthy."""

    HTTP = "http"
    TCP = "tcp"
    """By connecting alone; network load balancers only."""


@dataclass(frozen=True)
class TargetHealthCheck:
    """How the load balancer tells a healthy task; times are in seconds."""

    path: str = "/"
    """The path it asks for, by HTTP."""
    matcher: str = "200-399"
    """HTTP codes that mean healthy."""
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

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse."""
        if not self.path.startswith("/"):
            yield Problem(("path",), f"{self.path!r} does not begin with /: add it")
        elif not re.fullmatch(r"[\x21-\x7e]{1,1024}", self.path):
            yield Problem(("path",), f"{cut(self.path)} is no path: give 1-1024 characters of ASCII without spaces")
        if not re.fullmatch(r"[2-4][0-9]{2}([-,][2-4][0-9]{2})*", self.matcher):
            yield Problem(("matcher",), f"{self.matcher!r} is not a list of HTTP codes in 200-499, such as 200-399")
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

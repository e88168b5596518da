"""What a load balancer speaks with its targets, and how it chooses among them.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from ecs_model.problem import Problem


class ProtocolVersion(StrEnum):
    """What an application load balancer speaks with a container."""

    HTTP1 = "HTTP1"
    HTTP2 = "HTTP2"
    GRPC = "GRPC"

    @property
    def needs_https(self) -> bool:
        """Whether clients have to come by HTTPS."""
        return self is not ProtocolVersion.HTTP1

    @property
    def health_path(self) -> str:
        """The path of a health check that names none."""
        return "/AWS.ALB/healthcheck" if self is ProtocolVersion.GRPC else "/"

    @property
    def health_codes(self) -> str:
        """The codes that mean healthy where none are given: of gRPC, that there is no such method."""
        return "12" if self is ProtocolVersion.GRPC else "200-399"

    def codes_problem(self, codes: str) -> str | None:
        """Why AWS would refuse `codes` for healthy ones, or None."""
        if self is ProtocolVersion.GRPC:
            good = re.fullmatch(r"[0-9]{1,2}([-,][0-9]{1,2})*", codes)
            return None if good else f"{codes!r} is not a list of gRPC codes in 0-99, such as 0 or 0-12"
        good = re.fullmatch(r"[2-4][0-9]{2}([-,][2-4][0-9]{2})*", codes)
        return None if good else f"{codes!r} is not a list of HTTP codes in 200-499, such as 200-399"


class Algorithm(StrEnum):
    """How an application load balancer chooses the target of a request."""

    ROUND_ROBIN = "round_robin"
    """In turn."""
    LEAST_OUTSTANDING_REQUESTS = "least_outstanding_requests"
    """The one with the fewest requests that wait for an answer."""
    WEIGHTED_RANDOM = "weighted_random"
    """Any, in no order."""


def algorithm_problems(algorithm: Algorithm | None, slow_start: int) -> Iterator[Problem]:
    """Only round robin has a slow start."""
    if slow_start and algorithm not in (None, Algorithm.ROUND_ROBIN):
        yield Problem(
            ("slowStart",), f"{slow_start} is of algorithm round_robin alone, and this is {algorithm}: leave one out"
        )

"""An Application Load Balancer and the way from it to a service."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ecs_model.notation import is_certificate, is_host_header, range_problem
from ecs_model.problem import Problem, out_of_range, under
from ecs_model.tls import TLS_POLICY

MOST_PRIORITY = 50_000
LONGEST_COOKIE = 7 * 86_400
"""Seconds."""
OWN_COOKIES = "AWSALB"
"""What the names of the load balancer's own cookies begin with."""


@dataclass(frozen=True)
class AccessLogs:
    """Where a load balancer writes a line for each request.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """

    bucket: str
    """An S3 bucket of the same region, whose policy lets load balancers write to it."""
    prefix: str | None = None
    """A directory in the bucket; none where absent."""

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse, the bucket's policy aside."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", self.bucket) or ".." in self.bucket:
            yield Problem(("bucket",), f"{self.bucket!r} is not a bucket's name, such as shop-access-logs")
        prefix = self.prefix
        if prefix is None:
            return
        if not re.fullmatch(r"[A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*", prefix):
            yield Problem(("prefix",), f"{prefix!r} is not a directory, such as shop/public: no slash first or last")
        elif "AWSLogs" in prefix:
            yield Problem(("prefix",), f"{prefix!r} contains AWSLogs, which is added to it: leave that out")


@dataclass(frozen=True)
class LoadBalancerSettings:
    """An Application Load Balancer, shared by any number of services."""

    internal: bool = False
    """Reachable from inside the VPC only."""
    certificate_arn: str | None = None
    """ACM certificate: serves HTTPS on 443 and redirects HTTP to it. Without one, plain HTTP on 80."""
    tls_policy: str = TLS_POLICY
    """The HTTPS listener's security policy."""
    ingress_cidrs: list[str] = field(default_factory=lambda: ["0.0.0.0/0"])
    """IPv4 ranges that may connect."""
    deletion_protection: bool = False
    """AWS refuses to delete the load balancer while this is on: switch it off and deploy before a destroy."""
    idle_timeout: int = 60
    """Seconds a connection may be silent, 1-4000."""
    access_logs: AccessLogs | None = None
    """Where every request is logged; nowhere where absent."""

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse."""
        if self.certificate_arn is not None and not is_certificate(self.certificate_arn):
            yield Problem(
                ("certificateArn",),
                f"{self.certificate_arn!r} is not a certificate's ARN, such as "
                "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-1111-2222-3333-444455556666",
            )
        if not re.fullmatch(r"ELBSecurityPolicy-[A-Za-z0-9-]+", self.tls_policy):
            yield Problem(("tlsPolicy",), f"{self.tls_policy!r} is no TLS policy of AWS's, such as {TLS_POLICY}")
        if not 1 <= self.idle_timeout <= 4_000:
            yield Problem(("idleTimeout",), f"{self.idle_timeout} is out of range: give 1-4000 seconds")
        if self.access_logs is not None:
            yield from under(self.access_logs.problems(), "accessLogs")
        if not self.ingress_cidrs:
            yield Problem(("ingressCidrs",), "is empty, so nobody could connect: name a range")
        if len(set(self.ingress_cidrs)) < len(self.ingress_cidrs):
            yield Problem(("ingressCidrs",), "names a range more than once, which AWS refuses: keep each once")
        for position, cidr in enumerate(self.ingress_cidrs):
            if reason := range_problem(cidr):
                yield Problem(("ingressCidrs", position), reason)

    @property
    def ports(self) -> list[int]:
        """The ports it listens on."""
        return [80, 443] if self.certificate_arn else [80]


@dataclass(frozen=True)
class TargetHealthCheck:
    """How the load balancer tells a healthy task; times are in seconds."""

    path: str = "/"
    """The path it asks for."""
    matcher: str = "200-399"
    """HTTP codes that mean healthy."""
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
            yield Problem(("path",), f"{_cut(self.path)} is no path: give 1-1024 characters of ASCII without spaces")
        if not re.fullmatch(r"[2-4][0-9]{2}([-,][2-4][0-9]{2})*", self.matcher):
            yield Problem(("matcher",), f"{self.matcher!r} is not a list of HTTP codes in 200-499, such as 200-399")
        limits = {
            "interval": (self.interval, 5, 300),
            "timeout": (self.timeout, 2, 120),
            "healthyThreshold": (self.healthy_threshold, 2, 10),
            "unhealthyThreshold": (self.unhealthy_threshold, 2, 10),
        }
        yield from out_of_range(limits)
        if self.timeout >= self.interval:
            yield Problem(("timeout",), f"{self.timeout} is not below interval ({self.interval}): lower it")


@dataclass(frozen=True)
class Stickiness:
    """A client keeps coming back to the task that answered it first, by a cookie.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
    """

    duration: int = 86_400
    """Seconds without a request after which the client is free again, 1-604800."""
    cookie_name: str | None = None
    """A cookie that the containers set, whose end ends it as well; the load balancer's own where absent."""

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse."""
        yield from out_of_range({"duration": (self.duration, 1, LONGEST_COOKIE)})
        name = self.cookie_name
        if name is None:
            return
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,250}", name):
            yield Problem(("cookieName",), f"{_cut(name)} is not a cookie's name, such as SESSION")
        elif name.startswith(OWN_COOKIES):
            yield Problem(("cookieName",), f"{name!r} begins as the load balancer's own, {OWN_COOKIES}: use another")


@dataclass(frozen=True, kw_only=True)
class Routing:
    """Which requests of a load balancer reach which container of a service."""

    container_name: str
    """The container that answers."""
    container_port: int
    """The port it listens on; one of its portMappings."""
    priority: int
    """The listener rule's place, 1-50000, lowest first; each once a load balancer."""
    path_patterns: list[str] = field(default_factory=list)
    """Paths such as `/api/*`; at least one path pattern or host header."""
    host_headers: list[str] = field(default_factory=list)
    """Host names such as `api.example.com`."""
    deregistration_delay: int = 30
    """Seconds a leaving task may finish its requests in, 0-3600."""
    slow_start: int = 0
    """Seconds in which a new task's share of the requests grows to the others', 30-900; 0: it gets all at once."""
    stickiness: Stickiness | None = None
    """Send a client to the same task again and again; any task gets any request where absent."""
    health_check: TargetHealthCheck = field(default_factory=TargetHealthCheck)
    """How the load balancer tells a healthy task."""

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse, the container aside."""
        if not 1 <= self.priority <= MOST_PRIORITY:
            yield Problem(("priority",), f"{self.priority} is out of range: give 1-{MOST_PRIORITY}")
        if not 0 <= self.deregistration_delay <= 3_600:
            yield Problem(("deregistrationDelay",), f"{self.deregistration_delay} is out of range: give 0-3600 seconds")
        if self.slow_start != 0 and not 30 <= self.slow_start <= 900:
            yield Problem(("slowStart",), f"{self.slow_start} is out of range: give 30-900 seconds, or 0 for none")
        if self.stickiness is not None:
            yield from under(self.stickiness.problems(), "stickiness")
        conditions = len(self.path_patterns) + len(self.host_headers)
        if not 1 <= conditions <= 5:
            yield Problem(
                (), f"has {conditions} pathPatterns and hostHeaders: give 1-5 in all, such as pathPatterns: ['/*']"
            )
        for position, pattern in enumerate(self.path_patterns):
            if not re.fullmatch(r"[/*?][\x21-\x7e]{0,127}", pattern):
                yield Problem(
                    ("pathPatterns", position), f"{_cut(pattern)} is no path of 1-128 letters, such as /api/*"
                )
        for position, host in enumerate(self.host_headers):
            if not is_host_header(host):
                yield Problem(("hostHeaders", position), f"{_cut(host)} is no host name, such as api.example.com")
        yield from under(self.health_check.problems(), "healthCheck")


@dataclass(frozen=True, kw_only=True)
class ServiceRouting(Routing):
    """A routing that names its load balancer, as a stack's settings do."""

    name: str
    """The load balancer, by its key in the settings' loadBalancers."""


def _cut(text: str) -> str:
    return repr(text) if len(text) <= 40 else f"{text[:37]!r}..."

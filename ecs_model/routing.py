"""The way from a load balancer to a container of a service."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ecs_model.network_listener import ListenerProtocol, NetworkListener
from ecs_model.network_modes import Protocol
from ecs_model.notation import is_host_header
from ecs_model.problem import Problem, cut, out_of_range, under
from ecs_model.rule_conditions import CONDITIONS, MOST_VALUES, QueryString, further_problems
from ecs_model.rule_priority import automatic_priority
from ecs_model.target_health import HealthProtocol, TargetHealthCheck
from ecs_model.target_version import Algorithm, ProtocolVersion, algorithm_problems

MOST_PRIORITY = 50_000
ONE_DAY = 86_400
"""Seconds."""
LONGEST_COOKIE = 7 * ONE_DAY
OWN_COOKIES = "AWSALB"
"""What the names of the load balancer's own cookies begin with."""


@dataclass(frozen=True)
class Stickiness:
    """A client keeps coming back to the task that answered it first, by a cookie; with a network load balancer by its
    address, and without the two settings.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
    """

    duration: int = ONE_DAY
    """Seconds without a request after which the client is free again, 1-604800."""
    cookie_name: str | None = None
    """A cookie that the containers set, whose end ends it as well; the load balancer's own where absent."""

    def network_problems(self, protocol: ListenerProtocol) -> Iterator[Problem]:
        """What a network load balancer, which knows clients by their address, does not take."""
        if protocol is ListenerProtocol.TLS:
            yield Problem(
                (), "is not for a listener of protocol tls, whose clients AWS does not keep apart: leave it out"
            )
        for key, given in {"duration": self.duration != ONE_DAY, "cookieName": self.cookie_name is not None}.items():
            if given:
                yield Problem((key,), "is of cookies, which a network load balancer does not see: leave it out")

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse."""
        yield from out_of_range({"duration": (self.duration, 1, LONGEST_COOKIE)})
        name = self.cookie_name
        if name is None:
            return
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,250}", name):
            yield Problem(("cookieName",), f"{cut(name)} is not a cookie's name, such as SESSION")
        elif name.startswith(OWN_COOKIES):
            yield Problem(("cookieName",), f"{name!r} begins as the load balancer's own, {OWN_COOKIES}: use another")


@dataclass(frozen=True, kw_only=True)
class Routing:
    """Which requests of a load balancer reach which container of a service."""

    container_name: str
    """The container that answers."""
    container_port: int
    """The port it listens on; one of its portMappings."""
    listener: NetworkListener | None = None
    """Of a network load balancer, and of that only: where clients find the service."""
    priority: int | None = None
    """The listener rule's place, 1-50000, lowest first; each once a load balancer. Where absent one from 10000 on that
    follows from the service's name and the conditions alone, the more particular rule first."""
    protocol_version: ProtocolVersion | None = None
    """HTTP1, HTTP2 or GRPC: what an application load balancer speaks with the container; HTTP1 where nothing was ever
    said. The others need clients that come by HTTPS. A change makes a new target group; to go back say HTTP1."""
    algorithm: Algorithm | None = None
    """round_robin, least_outstanding_requests or weighted_random: how an application load balancer chooses among the
    tasks; in turn where nothing was ever said, and to go back to that say round_robin."""
    path_patterns: list[str] = field(default_factory=list)
    """Paths such as `/api/*`; at least one path pattern or another condition, at most 5 values in all."""
    host_headers: list[str] = field(default_factory=list)
    """Host names such as `api.example.com`."""
    http_headers: dict[str, list[str]] = field(default_factory=dict)
    """Values of HTTP headers by their names, such as `X-Client: [mobile*]`; each header has to have one of them."""
    query_strings: list[QueryString] = field(default_factory=list)
    """Parameters of the query string, one of which a request has to have, such as `{ key: version, value: beta }`."""
    source_ips: list[str] = field(default_factory=list)
    """IPv4 ranges, from one of which a request has to come. An address in X-Forwarded-For does not count."""
    methods: list[str] = field(default_factory=list)
    """Methods, one of which a request has to have, such as GET; treat GET and HEAD alike."""
    test_headers: dict[str, list[str]] = field(default_factory=dict)
    """Values of HTTP headers by their names, with which testers reach the new tasks of a deployment that is not rolling
    before anyone else does; nobody does where empty."""
    test_priority: int | None = None
    """The place of the rule for `test_headers`, before `priority`, a number; where absent one follows as there."""
    deregistration_delay: int = 30
    """Seconds a leaving task may finish its requests in, 0-3600."""
    slow_start: int = 0
    """Seconds in which a new task's share of the requests grows to the others', 30-900; 0: it gets all at once."""
    stickiness: Stickiness | None = None
    """Send a client to the same task again and again; any task gets any request where absent."""
    health_check: TargetHealthCheck = field(default_factory=TargetHealthCheck)
    """How the load balancer tells a healthy task."""

    @property
    def version(self) -> ProtocolVersion:
        """What the load balancer speaks with the container, where it is an application load balancer."""
        return self.protocol_version or ProtocolVersion.HTTP1

    @property
    def transports(self) -> tuple[Protocol, ...]:
        """What reaches the container: tcp, udp or both."""
        return self.listener.protocol.transports if self.listener else (Protocol.TCP,)

    @property
    def health_protocol(self) -> HealthProtocol:
        """How the load balancer asks."""
        return self.health_check.protocol or (HealthProtocol.TCP if self.listener else HealthProtocol.HTTP)

    @property
    def of_applications(self) -> list[str]:
        """What is set that only application load balancers know."""
        chosen = {
            "priority": self.priority is not None,
            "pathPatterns": bool(self.path_patterns),
            "hostHeaders": bool(self.host_headers),
            "httpHeaders": bool(self.http_headers),
            "queryStrings": bool(self.query_strings),
            "sourceIps": bool(self.source_ips),
            "methods": bool(self.methods),
            "protocolVersion": self.protocol_version is not None,
            "algorithm": self.algorithm is not None,
            "testHeaders": bool(self.test_headers),
            "slowStart": self.slow_start != 0,
        }
        return [key for key, given in chosen.items() if given]

    def rule_priority(self, name: str) -> int:
        """The listener rule's priority, for the rule called `name`."""
        if self.priority is not None:
            return self.priority
        narrowed = bool(self.http_headers or self.query_strings or self.source_ips or self.methods)
        return automatic_priority(name, self.path_patterns, self.host_headers, narrowed=narrowed)

    def test_rule_priority(self, name: str) -> int:
        """The same for the rule that testers come by."""
        if self.test_priority is not None:
            return self.test_priority
        return automatic_priority(f"{name}-test", self.path_patterns, self.host_headers, narrowed=True)

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse, the container aside."""
        if not 0 <= self.deregistration_delay <= 3_600:
            yield Problem(("deregistrationDelay",), f"{self.deregistration_delay} is out of range: give 0-3600 seconds")
        if self.slow_start != 0 and not 30 <= self.slow_start <= 900:
            yield Problem(("slowStart",), f"{self.slow_start} is out of range: give 30-900 seconds, or 0 for none")
        if self.stickiness is not None:
            yield from under(self.stickiness.problems(), "stickiness")
            if self.listener is not None:
                yield from under(self.stickiness.network_problems(self.listener.protocol), "stickiness")
        if self.listener is None:
            yield from self._rule_problems()
        else:
            yield from under(self.listener.problems(), "listener")
            yield from self._network_problems(self.listener)
        yield from algorithm_problems(self.algorithm, self.slow_start)
        yield from under(self.health_check.problems(self.version), "healthCheck")

    def _network_problems(self, listener: NetworkListener) -> Iterator[Problem]:
        """What a network load balancer does not know."""
        for key in self.of_applications:
            yield Problem((key,), "is for application load balancers, and listener for network ones: leave one out")
        check = self.health_check
        plain = self.version.health_path, self.version.health_codes
        asked = {"path": check.path not in (None, plain[0]), "matcher": check.matcher not in (None, plain[1])}
        for key in (key for key, given in asked.items() if given and self.health_protocol is HealthProtocol.TCP):
            yield Problem(("healthCheck", key), "is asked for by HTTP only: set healthCheck.protocol to http")
        if listener.protocol is ListenerProtocol.UDP and check.port is None:
            yield Problem(
                ("healthCheck", "port"),
                "is missing, and UDP answers no health check: set it to a port of the task that answers by TCP",
            )

    def _rule_problems(self) -> Iterator[Problem]:
        for key, priority in {"priority": self.priority, "testPriority": self.test_priority}.items():
            if priority is not None and not 1 <= priority <= MOST_PRIORITY:
                yield Problem((key,), f"{priority} is out of range: give 1-{MOST_PRIORITY}")
        if self.test_priority is not None and not self.test_headers:
            yield Problem(("testPriority",), "is the place of a rule for testHeaders: set these, or leave it out")
        if self.health_check.protocol is HealthProtocol.TCP:
            yield Problem(("healthCheck", "protocol"), "tcp is for network load balancers: leave it out")
        yield from self._condition_problems()

    def _condition_problems(self) -> Iterator[Problem]:
        headers = sum(map(len, [*self.http_headers.values(), *self.test_headers.values()]))
        further = len(self.query_strings) + len(self.source_ips) + len(self.methods)
        conditions = len(self.path_patterns) + len(self.host_headers) + headers + further
        if not 1 <= conditions <= MOST_VALUES or conditions == sum(map(len, self.test_headers.values())):
            kinds = f"{', '.join(CONDITIONS[:-1])} and {CONDITIONS[-1]}"
            yield Problem(
                (),
                f"has {conditions} values of {kinds}: give 1-{MOST_VALUES} in all, such as pathPatterns: ['/*']",
            )
        yield from further_problems(self.query_strings, self.source_ips, self.methods)
        for position, pattern in enumerate(self.path_patterns):
            if not re.fullmatch(r"[/*?][\x21-\x7e]{0,127}", pattern):
                yield Problem(("pathPatterns", position), f"{cut(pattern)} is no path of 1-128 letters, such as /api/*")
        for position, host in enumerate(self.host_headers):
            if not is_host_header(host):
                yield Problem(("hostHeaders", position), f"{cut(host)} is no host name, such as api.example.com")
        for header, wanted in self.http_headers.items():
            yield from under(_header_problems(header, wanted), "httpHeaders", header)
        for header, wanted in self.test_headers.items():
            yield from under(_header_problems(header, wanted), "testHeaders", header)
            if header.lower() in map(str.lower, self.http_headers):
                yield Problem(("testHeaders", header), "is in httpHeaders as well: use another header to test with")


def _header_problems(header: str, wanted: list[str]) -> Iterator[Problem]:
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}", header):
        yield Problem((), f"{cut(header)} is no header's name of 1-40 letters, such as X-Client")
    elif header.lower() == "host":
        yield Problem((), "is matched by hostHeaders: use that")
    if not wanted:
        yield Problem((), "has no value: give one, such as '*'")
    for position, value in enumerate(wanted):
        if not re.fullmatch(r"[\x20-\x7e]{1,128}", value):
            yield Problem((position,), f"{cut(value)} is no value of 1-128 letters")


@dataclass(frozen=True, kw_only=True)
class ServiceRouting(Routing):
    """A routing that names its load balancer, as a stack's settings do."""

    name: str
    """The load balancer, by its key in the settings' loadBalancers."""

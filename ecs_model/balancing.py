"""A stack's load balancers and the services behind them: who has which listener, priority and port."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ecs_model.attachments import Reached
from ecs_model.load_balancer import LoadBalancerSettings
from ecs_model.network_listener import ListenerProtocol
from ecs_model.problem import Path, Problem, of_these, under
from ecs_model.routing import ServiceRouting
from ecs_model.service import attachment_path


class Attachment(NamedTuple):
    """One way from a load balancer to a service."""

    name: str
    """What its resources are called after."""
    path: Path
    """Where its settings are."""
    routing: ServiceRouting
    ports: list[Reached]
    """The instances' fixed ports that it leads to; none in mode awsvpc."""

    @property
    def service(self) -> str:
        """The service's key."""
        return str(self.path[1])


class Rule(NamedTuple):
    """A listener rule of an application load balancer."""

    attachment: Attachment
    key: str
    """The setting of its priority: `priority`, or `testPriority` of the rule that testers come by."""
    priority: int
    automatic: bool
    """Whether nobody has set its priority."""

    @property
    def headers(self) -> Mapping[str, Sequence[str]]:
        """What only testers send."""
        return self.attachment.routing.test_headers if self.key == "testPriority" else {}


def balancing_problems(
    attachments: list[Attachment], balancers: Mapping[str, LoadBalancerSettings]
) -> Iterator[Problem]:
    """What does not go together."""
    for each in attachments:
        yield from under(_kind_problems(each.routing, balancers), *each.path)
    yield from _priority_problems(attachments)
    yield from _listener_problems(attachments)
    yield from _port_problems(attachments)


def _kind_problems(routing: ServiceRouting, balancers: Mapping[str, LoadBalancerSettings]) -> Iterator[Problem]:
    balancer = balancers.get(routing.name)
    if balancer is None:
        known = of_these(routing.name, balancers, "add it there, or name one of them")
        yield Problem(("name",), f"{routing.name!r} is not in loadBalancers{known}")
    elif balancer.is_network and routing.listener is None:
        yield Problem(
            ("listener",),
            f"is missing, and load balancer {routing.name} is of type network: give it a port and a protocol",
        )
        for key in routing.of_applications:
            yield Problem((key,), f"is not for load balancer {routing.name}, which is of type network: leave it out")
    elif routing.listener is not None and not balancer.is_network:
        yield Problem(
            ("listener",),
            f"is for load balancers of type network, and {routing.name} is of type {balancer.type.value}: use "
            "pathPatterns, hostHeaders or httpHeaders in its place",
        )
    elif (
        routing.listener is not None
        and routing.listener.protocol is ListenerProtocol.TLS
        and not balancer.has_certificate
    ):
        yield Problem(
            ("listener", "protocol"),
            f"tls needs a certificate, and load balancer {routing.name} has none: set its domain or certificateArn, or "
            "use tcp",
        )
    elif not balancer.is_network:
        yield from _version_problems(routing, balancer)


def _version_problems(routing: ServiceRouting, balancer: LoadBalancerSettings) -> Iterator[Problem]:
    """HTTP/2 and gRPC, which clients speak by HTTPS alone; what listens on an existing load balancer nobody says."""
    if routing.version.needs_https and balancer.existing is None and not balancer.has_certificate:
        yield Problem(
            ("protocolVersion",),
            f"{routing.version.value} needs clients that come by HTTPS, and load balancer {routing.name} has no "
            "certificate: set its domain or certificateArn, or use HTTP1",
        )


def without_conditions(
    problems: Iterable[Problem],
    attachments: Mapping[str, ServiceRouting],
    balancers: Mapping[str, LoadBalancerSettings],
) -> Iterator[Problem]:
    """A service's problems, less that a way to it has no conditions where what it lacks is a listener."""
    lacking = {
        attachment_path(key)
        for key, routing in attachments.items()
        if routing.listener is None and routing.name in balancers and balancers[routing.name].is_network
    }
    return (each for each in problems if each.path not in lacking)


def idle_balancer_warnings(
    attachments: list[Attachment], balancers: Mapping[str, LoadBalancerSettings]
) -> Iterator[Problem]:
    """Load balancers that are made for nobody."""
    used = {each.routing.name for each in attachments}
    for key, balancer in balancers.items():
        if balancer.existing is None and key not in used:
            yield Problem(
                ("loadBalancers", key),
                "leads to no service, and costs by the hour all the same: name it in a service's loadBalancer, or take "
                "it out",
            )


def rules(attachments: list[Attachment]) -> Iterator[Rule]:
    """Every listener rule of application load balancers."""
    for each in attachments:
        routing = each.routing
        if routing.listener is None:
            yield Rule(each, "priority", routing.rule_priority(each.name), routing.priority is None)
            if routing.test_headers:
                priority = routing.test_rule_priority(each.name)
                yield Rule(each, "testPriority", priority, routing.test_priority is None)


def _priority_problems(attachments: list[Attachment]) -> Iterator[Problem]:
    taken: dict[tuple[str, int], Attachment] = {}
    for each, key, priority, automatic in rules(attachments):
        routing = each.routing
        own = routing.rule_priority(each.name)
        if key == "testPriority" and priority > own:
            yield Problem(
                (*each.path, key),
                f"{priority} comes after the service's own rule ({own}), so no tester would get through: set it below",
            )
        if (routing.name, priority) not in taken:
            taken[routing.name, priority] = each
            continue
        first = taken[routing.name, priority]
        free = next(n for n in range(priority + 1, priority + len(attachments) + 1) if (routing.name, n) not in taken)
        follows = ", which follows from its name and conditions," if automatic else ""
        yield Problem(
            (*each.path, key),
            f"{priority}{follows} is already that of service {first.service} on load balancer {routing.name}: give "
            f"each its own, such as {free} here",
        )


def _listener_problems(attachments: list[Attachment]) -> Iterator[Problem]:
    taken: dict[tuple[str, int, str], Attachment] = {}
    for each in attachments:
        listener = each.routing.listener
        if listener is None:
            continue
        ways = [(each.routing.name, listener.port, transport.value) for transport in listener.protocol.transports]
        first = next((taken[way] for way in ways if way in taken), each)
        taken = dict.fromkeys(ways, each) | taken
        if first is not each:
            yield Problem(
                (*each.path, "listener", "port"),
                f"{listener.port} is already that of service {first.service} on load balancer {each.routing.name}: "
                "give each its own",
            )


def _port_problems(attachments: list[Attachment]) -> Iterator[Problem]:
    """Two services with one fixed port would need the same ingress rule twice, and never share an instance."""
    taken: dict[tuple[str, Reached], Attachment] = {}
    for each in attachments:
        for port in each.ports:
            first = taken.setdefault((each.routing.name, port), each)
            if first.service != each.service:
                yield Problem(
                    (*each.path, "containerPort"),
                    f"host port {port.port} is already that of service {first.service} on load balancer "
                    f"{each.routing.name}: give each its own, or use dynamic ones (networkMode bridge without "
                    "hostPort)",
                )

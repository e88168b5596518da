"""Load balancers of both types, new and existing, and the services behind them: ports, listeners, priorities."""

from dataclasses import replace
from typing import Any

import pytest

from ecs_model.attachments import Reached
from ecs_model.balancing import Attachment, balancing_problems
from ecs_model.containers import Container, PortMapping
from ecs_model.load_balancer import ExistingLoadBalancer, LoadBalancerSettings, LoadBalancerType, balancer_arn
from ecs_model.network_listener import ListenerProtocol, NetworkListener
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.problem import dotted
from ecs_model.routing import Routing, ServiceRouting
from ecs_model.rule_conditions import QueryString
from ecs_model.rule_priority import FIRST_AUTOMATIC, automatic_priority
from ecs_model.service import ServiceSettings
from ecs_model.stack import StackSettings
from ecs_model.target_health import HealthProtocol, TargetHealthCheck
from ecs_model.target_version import Algorithm, ProtocolVersion

NETWORK = LoadBalancerType.NETWORK
BALANCERS = {"public": LoadBalancerSettings(), "edge": LoadBalancerSettings(type=NETWORK)}
PREFIX = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:"
LISTENER, EDGE = f"{PREFIX}listener/app/shop/0a/1b", f"{PREFIX}loadbalancer/net/shop/0a"


def web(**more: Any) -> ServiceRouting:
    given: dict[str, Any] = {"name": "public", "container_name": "app", "container_port": 80}
    return ServiceRouting(**(given | more))


def edge(port: int = 80, protocol: ListenerProtocol = ListenerProtocol.TCP, **more: Any) -> ServiceRouting:
    return web(name="edge", listener=NetworkListener(port, protocol), **more)


def stack(**services: ServiceSettings) -> StackSettings:
    return StackSettings("dev", services=services, load_balancers=BALANCERS)


def service(
    mode: NetworkMode = NetworkMode.BRIDGE, ports: list[PortMapping] | None = None, **more: Any
) -> ServiceSettings:
    mapped = [PortMapping(80), PortMapping(53, protocol=Protocol.UDP)] if ports is None else ports
    return ServiceSettings({"app": Container("i", memory=64, port_mappings=mapped)}, network_mode=mode, **more)


@pytest.mark.parametrize(
    "settings",
    [
        LoadBalancerSettings(
            type=NETWORK,
            certificate_arn="arn:aws:acm:eu-central-1:123456789012:certificate/1",
            ingress_cidrs=["10.0.0.0/8"],
        ),
        LoadBalancerSettings(existing=ExistingLoadBalancer("sg-1", listener_arn=LISTENER)),
        LoadBalancerSettings(
            type=NETWORK, existing=ExistingLoadBalancer("sg-1", arn=EDGE), ingress_cidrs=["10.0.0.0/8"]
        ),
    ],
)
def test_load_balancers_that_work(settings: LoadBalancerSettings) -> None:
    assert list(settings.problems()) == []


@pytest.mark.parametrize(
    ("settings", "path", "says"),
    [
        (LoadBalancerSettings(type=NETWORK, idle_timeout=61), "idleTimeout", "not of a load balancer of type network"),
        (LoadBalancerSettings(existing=ExistingLoadBalancer("group", LISTENER)), "existing.securityGroupId", "'group'"),
        (LoadBalancerSettings(existing=ExistingLoadBalancer("sg-1")), "existing.listenerArn", "type application needs"),
        (LoadBalancerSettings(existing=ExistingLoadBalancer("sg-1", EDGE)), "existing.listenerArn", "needs"),
        (LoadBalancerSettings(existing=ExistingLoadBalancer("sg-1", LISTENER, EDGE)), "existing.arn", "leave it out"),
        (LoadBalancerSettings(type=NETWORK, existing=ExistingLoadBalancer("sg-1", LISTENER, EDGE)),
         "existing.listenerArn", "is not for type network"),
        (LoadBalancerSettings(type=NETWORK, existing=ExistingLoadBalancer("sg-1")), "existing.arn", "None is not"),
        (LoadBalancerSettings(existing=ExistingLoadBalancer("sg-1", LISTENER), internal=True), "internal",
         "is decided by whoever made"),
        (LoadBalancerSettings(existing=ExistingLoadBalancer("sg-1", LISTENER), ingress_cidrs=["10.0.0.0/8"]),
         "ingressCidrs", "is decided by whoever made"),
        (LoadBalancerSettings(existing=ExistingLoadBalancer("sg-1", LISTENER), deletion_protection=True),
         "deletionProtection", "is decided by whoever made"),
    ],
)  # fmt: skip
def test_load_balancers_that_cannot_work(settings: LoadBalancerSettings, path: str, says: str) -> None:
    (problem,) = settings.problems()
    assert dotted(problem.path) == path
    assert says in problem.message


def test_a_listener_s_load_balancer() -> None:
    assert balancer_arn(LISTENER) == f"{PREFIX}loadbalancer/app/shop/0a"


@pytest.mark.parametrize(
    ("routing", "path", "says"),
    [
        (edge(priority=1), "priority", "is for application load balancers, and listener for network ones"),
        (edge(path_patterns=["/*"]), "pathPatterns", "leave one out"),
        (edge(host_headers=["a"]), "hostHeaders", "leave one out"),
        (edge(http_headers={"X": ["a"]}), "httpHeaders", "leave one out"),
        (edge(slow_start=30), "slowStart", "leave one out"),
        (edge(0), "listener.port", "give 1-65535"),
        (edge(health_check=TargetHealthCheck(path="/up")), "healthCheck.path", "set healthCheck.protocol to http"),
        (edge(health_check=TargetHealthCheck(matcher="200")), "healthCheck.matcher", "healthCheck.protocol to http"),
        (edge(53, ListenerProtocol.UDP), "healthCheck.port", "UDP answers no health check"),
        (edge(health_check=TargetHealthCheck(port=0)), "healthCheck.port", "give 1-65535"),
        (web(path_patterns=["/*"], health_check=TargetHealthCheck(protocol=HealthProtocol.TCP)), "healthCheck.protocol",
         "is for network load balancers"),
        (web(http_headers={"X Y": ["a"]}), "httpHeaders.X Y", "is no header's name"),
        (web(http_headers={"Host": ["a"]}), "httpHeaders.Host", "use that"),
        (web(path_patterns=["/*"], http_headers={"X": []}), "httpHeaders.X", "has no value"),
        (web(http_headers={"X": ["ü"]}), "httpHeaders.X[0]", "is no value"),
        (web(path_patterns=["/*"] * 4, http_headers={"X": ["a", "b"]}), "", "has 6 values"),
    ],
)  # fmt: skip
def test_routings_that_cannot_work(routing: Routing, path: str, says: str) -> None:
    (problem,) = routing.problems()
    assert dotted(problem.path) == path
    assert says in problem.message


@pytest.mark.parametrize(
    ("mode", "ports", "routing", "says"),
    [
        (NetworkMode.BRIDGE, None, edge(53, ListenerProtocol.UDP, container_port=80, health_check=TargetHealthCheck(
            port=80)), ["80 is no UDP port that container app maps (it maps: 53)", "80 is no TCP hostPort"]),
        (NetworkMode.BRIDGE, None, edge(container_port=53), ["53 is no TCP port that container app maps"]),
        (NetworkMode.AWSVPC, None, edge(health_check=TargetHealthCheck(port=81)),
         ["81 is no TCP containerPort of this service's portMappings (there is: 80)"]),
        (NetworkMode.AWSVPC, None, edge(53, ListenerProtocol.UDP, container_port=53, health_check=TargetHealthCheck(
            port=80)), []),
        (NetworkMode.BRIDGE, [PortMapping(80, 8080)], web(path_patterns=["/"], health_check=TargetHealthCheck(
            port=8080)), []),
    ],
)  # fmt: skip
def test_what_a_load_balancer_reaches(
    mode: NetworkMode, ports: list[PortMapping] | None, routing: ServiceRouting, says: list[str]
) -> None:
    found = [str(problem) for problem in service(mode, ports, load_balancers={"x": routing}).problems()]
    assert len(found) == len(says)
    assert all(said in line and line.startswith("loadBalancers.x") for said, line in zip(says, found, strict=True))


def test_a_service_has_five_target_groups_at_most() -> None:
    six = {str(n): edge(n + 1) for n in range(6)}
    (problem,) = service(load_balancers=six).problems()
    assert str(problem).startswith("loadBalancers: makes 6 target groups with loadBalancer, a service has at most 5")


def test_ports_with_a_fixed_number() -> None:
    routing = edge(53, ListenerProtocol.UDP, container_port=53, health_check=TargetHealthCheck(port=80))
    checked, traffic = Reached(80, Protocol.TCP), Reached(53, Protocol.UDP)
    assert service(NetworkMode.AWSVPC).host_ports(routing) == []
    assert service(NetworkMode.HOST).host_ports(routing) == [traffic, checked]
    assert service().host_ports(routing) == [checked]


def test_udp_to_dynamic_ports_is_told_of() -> None:
    check = TargetHealthCheck(port=8080)
    udp = edge(53, ListenerProtocol.UDP, container_port=53, health_check=check)
    dynamic = [PortMapping(80, 8080), PortMapping(53, protocol=Protocol.UDP)]
    fixed = [PortMapping(80, 8080), PortMapping(53, 53, Protocol.UDP)]
    assert stack(dns=service(ports=dynamic, load_balancer=udp)).udp_load_balancers() == ["edge"]
    assert stack(dns=service(ports=fixed, load_balancer=udp)).udp_load_balancers() == []
    assert stack(dns=service(NetworkMode.AWSVPC, load_balancer=udp)).udp_load_balancers() == []
    assert stack(web=service(load_balancer=edge())).udp_load_balancers() == []


def told(made: StackSettings) -> list[str]:
    return [str(each) for each in balancing_problems(made.attachments(), made.load_balancers)]


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (stack(a=service(load_balancer=web(name="other"))), "services.a.loadBalancer.name: 'other' is not in"),
        (stack(a=service(load_balancer=web(name="edge"))), "services.a.loadBalancer.listener: is missing, and load"),
        (stack(a=service(load_balancer=replace(edge(), name="public"))),
         "services.a.loadBalancer.listener: is for load balancers of type network, and public is of type application"),
        (stack(a=service(load_balancer=edge(443, ListenerProtocol.TLS))),
         "services.a.loadBalancer.listener.protocol: tls needs a certificate, and load balancer edge has none: set"),
        (stack(a=service(load_balancers={"x": edge()}), b=service(load_balancer=edge(80, ListenerProtocol.TLS))),
         "services.b.loadBalancer.listener.port: 80 is already that of service a on load balancer edge: give each"),
        (stack(a=service(load_balancer=web(priority=7)), b=service(load_balancers={"x": web(priority=7)})),
         "services.b.loadBalancers.x.priority: 7 is already that of service a on load balancer public: give each its "
         "own, such as 8 here"),
        (stack(a=service(NetworkMode.HOST, load_balancer=edge(1)), b=service(NetworkMode.HOST, load_balancer=edge(2))),
         "services.b.loadBalancer.containerPort: host port 80 is already that of service a"),
    ],
)  # fmt: skip
def test_what_does_not_go_together(made: StackSettings, line: str) -> None:
    found = [each for each in told(made) if "tls needs" not in each or "tls needs" in line]
    assert len(found) == 1
    assert found[0].startswith(line)


def test_tcp_and_udp_share_a_port_and_one_service_may_have_two_listeners() -> None:
    udp = edge(80, ListenerProtocol.UDP, container_port=53, health_check=TargetHealthCheck(port=80))
    both = service(NetworkMode.HOST, load_balancer=edge(80), load_balancers={"more": edge(8080), "udp": udp})
    assert told(stack(a=both)) == []


def test_names_of_further_target_groups_are_their_own() -> None:
    more = {"b": edge(1), "b-c": edge(2)}
    made = replace(stack(a=service(load_balancers=more)), name="dev")
    assert [each.name for each in made.attachments()] == ["dev-a-b", "dev-a-b-c"]
    clash = {"a": service(load_balancers=more), "a-b": service(load_balancers={"c": edge(3)})}
    found = [str(each) for each in stack(**clash).problems() if "is called" in each.message]
    assert found == [
        "services.a.loadBalancers.b: is called dev-a-b, as something of service a-b is: use another name",
        "services.a-b.loadBalancers.c: is called dev-a-b-c, as something of service a is: use another name",
    ]
    long = stack(api=service(load_balancers={"a-name-of-20-letters": edge()}))
    assert any("at most 24 leave room" in each.message for each in long.problems())


# Priorities


ORDER: list[dict[str, Any]] = [
    {"path_patterns": [], "host_headers": [], "narrowed": True},
    {"path_patterns": ["/api/v2/*"], "host_headers": ["api.example.com"], "narrowed": False},
    {"path_patterns": ["/api"], "host_headers": ["api.example.com"], "narrowed": False},
    {"path_patterns": [], "host_headers": ["api.example.com"], "narrowed": False},
    {"path_patterns": ["/api/*"], "host_headers": ["*.example.com", "a.example.com"], "narrowed": False},
    {"path_patterns": ["/a/b/c/d/e"], "host_headers": [], "narrowed": False},
    {"path_patterns": ["/api/v2/*"], "host_headers": [], "narrowed": False},
    {"path_patterns": ["/api/*", "/api/v2/*"], "host_headers": [], "narrowed": False},
    {"path_patterns": ["/*"], "host_headers": [], "narrowed": False},
]


@pytest.mark.parametrize("names", [["a"] * len(ORDER), list("zyxwvutsr"), list("rstuvwxyz")])
def test_the_more_particular_rule_comes_first_whatever_the_names(names: list[str]) -> None:
    found = [automatic_priority(name, **rule) for name, rule in zip(names, ORDER, strict=True)]
    assert found == sorted(set(found))
    assert found[0] >= FIRST_AUTOMATIC
    assert found[-1] <= 50_000


@pytest.mark.parametrize(
    "further", [{"query_strings": [QueryString("beta")]}, {"source_ips": ["10.0.0.0/8"]}, {"methods": ["POST"]}]
)
def test_a_further_condition_makes_a_rule_more_particular(further: dict[str, Any]) -> None:
    plain = web(path_patterns=["/a/b/c/d/*"], host_headers=["a.example"])
    narrowed = replace(web(path_patterns=["/*"]), **further)
    assert narrowed.rule_priority("x") < plain.rule_priority("x")
    assert narrowed.rule_priority("x") == web(path_patterns=["/*"], http_headers={"A": ["b"]}).rule_priority("x")
    # As it was before there were further conditions.
    assert plain.rule_priority("x") == automatic_priority("x", ["/a/b/c/d/*"], ["a.example"], narrowed=False)


@pytest.mark.parametrize(
    ("balancer", "refused"),
    [
        (LoadBalancerSettings(), True),
        (LoadBalancerSettings(certificate_arn="arn:aws:acm:eu-central-1:123456789012:certificate/1"), False),
        (LoadBalancerSettings(existing=ExistingLoadBalancer("sg-1", listener_arn=LISTENER)), False),
    ],
)
@pytest.mark.parametrize("version", [ProtocolVersion.HTTP2, ProtocolVersion.GRPC])
def test_http2_and_grpc_need_https(version: ProtocolVersion, balancer: LoadBalancerSettings, refused: bool) -> None:
    def said(chosen: ProtocolVersion) -> list[str]:
        way = Attachment("x", ("services", "x", "loadBalancer"), web(path_patterns=["/*"], protocol_version=chosen), [])
        return [str(problem) for problem in balancing_problems([way], {"public": balancer})]

    assert said(ProtocolVersion.HTTP1) == []
    assert said(version) == (
        [
            f"services.x.loadBalancer.protocolVersion: {version.value} needs clients that come by HTTPS, and load "
            "balancer public has no certificate: set its domain or certificateArn, or use HTTP1"
        ]
        if refused
        else []
    )


@pytest.mark.parametrize(
    ("key", "more"),
    [
        ("queryStrings", {"query_strings": [QueryString("a")]}),
        ("sourceIps", {"source_ips": ["10.0.0.0/8"]}),
        ("methods", {"methods": ["GET"]}),
        ("protocolVersion", {"protocol_version": ProtocolVersion.HTTP1}),
        ("algorithm", {"algorithm": Algorithm.ROUND_ROBIN}),
    ],
)
def test_a_network_load_balancer_knows_no_requests(key: str, more: dict[str, Any]) -> None:
    (problem,) = edge(**more).problems()
    assert (dotted(problem.path), "is for application load balancers" in problem.message) == (key, True)


def test_no_service_moves_another_s_rule() -> None:
    def priorities(keys: list[str]) -> dict[str, int]:
        made = stack(**{key: service(load_balancer=web(path_patterns=[f"/{key}/*"])) for key in keys})
        return {each.service: each.routing.rule_priority(each.name) for each in made.attachments()}

    few, many = priorities(["web", "api"]), priorities(["aaa", "api", "jobs", "web", "zzz"])
    assert len(set(many.values())) == 5
    assert all(many[key] == priority for key, priority in few.items())


def test_automatic_priorities_that_meet_are_refused_with_a_way_out() -> None:
    rule = web(path_patterns=["/*"])
    taken = rule.rule_priority("dev-b")
    made = stack(a=service(load_balancer=replace(rule, priority=taken)), b=service(load_balancer=rule))
    (line,) = told(made)
    assert line == (
        f"services.b.loadBalancer.priority: {taken}, which follows from its name and conditions, is already that of "
        f"service a on load balancer public: give each its own, such as {taken + 1} here"
    )
    meeting = [Attachment("x", ("services", key, "loadBalancer"), rule, []) for key in ("a", "b")]
    assert len(list(balancing_problems(meeting, BALANCERS))) == 1


def test_what_a_network_load_balancer_lacks_and_has_too_much_is_told_at_once() -> None:
    wrong = web(name="edge", path_patterns=["/*"], priority=7, slow_start=30)
    made = replace(stack(a=service(load_balancer=wrong)), load_balancers=BALANCERS)
    found = {dotted(each.path): each.message for each in made.problems() if "loadBalancer" in dotted(each.path)}
    assert set(found) == {
        f"services.a.loadBalancer.{key}" for key in ("listener", "pathPatterns", "priority", "slowStart")
    }
    assert "edge, which is of type network: leave it out" in found["services.a.loadBalancer.priority"]
    bare = replace(made, services={"a": service(load_balancers={"x": web(name="edge"), "y": web()})})
    assert [str(each).partition(", ")[0] for each in bare.problems() if "loadBalancer" in dotted(each.path)] == [
        "services.a.loadBalancers.y: has 0 values of pathPatterns",
        "services.a.loadBalancers.x.listener: is missing",
    ]


def test_a_load_balancer_that_is_made_for_nobody_is_a_warning() -> None:
    theirs = LoadBalancerSettings(existing=ExistingLoadBalancer("sg-1", listener_arn=LISTENER))
    made = replace(stack(a=service(load_balancer=web(path_patterns=["/*"]))), load_balancers=BALANCERS | {"b": theirs})
    (warning,) = made.warnings()
    assert str(warning).startswith("loadBalancers.edge: leads to no service, and costs by the hour all the same")

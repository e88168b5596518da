"""Networks and load balancers: their rules, and how a network is cut into subnets."""

import ipaddress
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_model.access_logs import AccessLogs
from ecs_model.load_balancer import LoadBalancerSettings
from ecs_model.network import (
    ExistingNetwork,
    Nat,
    NetworkSettings,
    NewNetwork,
    endpoint_service,
    subnet_cidrs,
)
from ecs_model.problem import dotted
from ecs_model.routing import Routing, Stickiness
from ecs_model.rule_conditions import QueryString
from ecs_model.target_health import TargetHealthCheck
from ecs_model.target_version import Algorithm, ProtocolVersion
from ecs_model.tls import DEFAULT_TLS_POLICY, TLS_POLICY, is_modern_tls

networks = st.tuples(st.integers(0, 2**32 - 1), st.integers(16, 23)).map(lambda n: ipaddress.IPv4Network(n, False))


@given(networks, st.integers(2, 5))
def test_subnets_are_disjoint_inside_and_stay_when_zones_are_added(network: ipaddress.IPv4Network, zones: int) -> None:
    public, private = subnet_cidrs(str(network), zones)
    assert len(public) == len(private) == zones
    cut = [ipaddress.IPv4Network(cidr) for cidr in public + private]
    assert all(part.subnet_of(network) and part.prefixlen <= 27 for part in cut)
    assert not any(one.overlaps(other) for one, other in combinations(cut, 2))
    more_public, more_private = subnet_cidrs(str(network), zones + 1)
    assert more_public[:zones] == public
    assert more_private[:zones] == private


def test_subnets_by_example() -> None:
    assert subnet_cidrs("10.0.0.0/16", 2) == (["10.0.128.0/20", "10.0.144.0/20"], ["10.0.0.0/20", "10.0.16.0/20"])
    assert endpoint_service("ecr.api", "eu-west-1") == "com.amazonaws.eu-west-1.ecr.api"


SUBNETS = ["subnet-1", "subnet-2"]


@pytest.mark.parametrize(
    "settings",
    [
        NetworkSettings(default=True),
        NetworkSettings(create=NewNetwork()),
        NetworkSettings(create=NewNetwork(cidr="10.0.0.0/23", zones=6, nat=Nat.PER_ZONE)),
        NetworkSettings(create=NewNetwork(nat=Nat.NONE, public_instances=True)),
        NetworkSettings(create=NewNetwork(nat=Nat.NONE, endpoints=True)),
        NetworkSettings(existing=ExistingNetwork("vpc-1", SUBNETS)),
        NetworkSettings(existing=ExistingNetwork("vpc-1", SUBNETS, ["subnet-3"])),
    ],
)
def test_networks_that_work(settings: NetworkSettings) -> None:
    assert list(settings.problems()) == []


@pytest.mark.parametrize(
    ("settings", "path", "says"),
    [
        (NetworkSettings(), "", "chooses none"),
        (NetworkSettings(default=True, existing=ExistingNetwork("vpc-1", SUBNETS)), "", "chooses default and existing"),
        (NetworkSettings(create=NewNetwork(cidr="10.0.0.0/24")), "create.cidr", "is a /24: give a range from /16"),
        (NetworkSettings(create=NewNetwork(cidr="10.0.0.0/8")), "create.cidr", "is a /8"),
        (NetworkSettings(create=NewNetwork(cidr="10.0.0.1/16")), "create.cidr", "has host bits set"),
        (NetworkSettings(create=NewNetwork(cidr="fd00::/16")), "create.cidr", "is not an IPv4 range"),
        (NetworkSettings(create=NewNetwork(cidr="10.0.0.0")), "create.cidr", "ends in no length: give 10.0.0.0/32"),
        (NetworkSettings(create=NewNetwork(zones=1)), "create.zones", "a load balancer needs 2"),
        (NetworkSettings(create=NewNetwork(zones=7)), "create.zones", "give 2-6"),
        (NetworkSettings(create=NewNetwork(nat=Nat.NONE)), "create.nat", "without a way to ECS"),
        (NetworkSettings(create=NewNetwork(public_instances=True)), "create.publicInstances", "with nat one"),
        (NetworkSettings(existing=ExistingNetwork("net", SUBNETS)), "existing.vpcId", "'net' is not a VPC's id"),
        (NetworkSettings(existing=ExistingNetwork("vpc-…", SUBNETS)), "existing.vpcId", "'vpc-…' is not a VPC's id"),
        (NetworkSettings(existing=ExistingNetwork("vpc-1", SUBNETS, ["subnet-3 "])), "existing.privateSubnetIds[0]",
         "'subnet-3 ' is not a subnet's id, such as subnet-0a1b2c3d4e5f60718"),
        (NetworkSettings(existing=ExistingNetwork("vpc-1", SUBNETS[:1])), "existing.publicSubnetIds", "fewer than two"),
        (NetworkSettings(existing=ExistingNetwork("vpc-1", SUBNETS, ["x"])), "existing.privateSubnetIds[0]",
         "'x' is not a subnet's id"),
        (NetworkSettings(existing=ExistingNetwork("vpc-1", SUBNETS, SUBNETS[:1] * 2)), "existing.privateSubnetIds",
         "more than once"),
    ],
)  # fmt: skip
def test_networks_that_cannot_work(settings: NetworkSettings, path: str, says: str) -> None:
    (problem,) = settings.problems()
    assert dotted(problem.path) == path
    assert says in problem.message


def logging(bucket: str, prefix: str | None = None) -> LoadBalancerSettings:
    return LoadBalancerSettings(access_logs=AccessLogs(bucket, prefix))


CERTIFICATE = "arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/1"


def test_load_balancers_that_work() -> None:
    assert list(LoadBalancerSettings().problems()) == []
    chosen = LoadBalancerSettings(certificate_arn=CERTIFICATE, ingress_cidrs=["10.0.0.0/8", "192.168.0.1/32"])
    assert list(chosen.problems()) == []
    assert chosen.ports == [80, 443]
    assert LoadBalancerSettings().ports == [80]
    assert list(logging("shop.logs-1").problems()) == list(logging("logs", "shop/public").problems()) == []


@pytest.mark.parametrize(
    ("settings", "path", "says"),
    [
        (LoadBalancerSettings(certificate_arn="web.pem"), "certificateArn", "'web.pem' is not a certificate's ARN"),
        (LoadBalancerSettings(certificate_arn="arn:aws:acm:eu-central-1:123456789012:…"), "certificateArn", "such as"),
        (LoadBalancerSettings(idle_timeout=4001), "idleTimeout", "give 1-4000 seconds"),
        (LoadBalancerSettings(ingress_cidrs=[]), "ingressCidrs", "nobody could connect"),
        (LoadBalancerSettings(ingress_cidrs=["10.0.0.0/8", "10.0.0.1/8"]), "ingressCidrs[1]", "host bits"),
        (
            LoadBalancerSettings(ingress_cidrs=["10.0.0.0"]),
            "ingressCidrs[0]",
            "'10.0.0.0' is not an IPv4 range, for it ends in no length: give 10.0.0.0/32",
        ),
        (LoadBalancerSettings(ingress_cidrs=["10.0.0.0/255.0.0.0"]), "ingressCidrs[0]", "give 10.0.0.0/8, if that is"),
        (LoadBalancerSettings(ingress_cidrs=["::/0"]), "ingressCidrs[0]", "'::/0' is not an IPv4 range"),
        (LoadBalancerSettings(ingress_cidrs=["10.0.0.0/33"]), "ingressCidrs[0]", "is not an IPv4 range: give one"),
        (LoadBalancerSettings(ingress_cidrs=["10.0.0.0/8"] * 2), "ingressCidrs", "more than once"),
        (LoadBalancerSettings(tls_policy="modern"), "tlsPolicy", "'modern' is no TLS policy of AWS's"),
        (LoadBalancerSettings(tls_policy="ELBSecurityPolicy-"), "tlsPolicy", "is no TLS policy of AWS's"),
        (logging("Logs"), "accessLogs.bucket", "'Logs' is not a bucket's name"),
        (logging("a..b"), "accessLogs.bucket", "'a..b' is not a bucket's name"),
        (logging("ab"), "accessLogs.bucket", "'ab' is not a bucket's name"),
        (logging("logs", "/a"), "accessLogs.prefix", "'/a' is not a directory"),
        (logging("logs", "a/"), "accessLogs.prefix", "no slash first or last"),
        (logging("logs", ""), "accessLogs.prefix", "'' is not a directory"),
        (logging("logs", "a/AWSLogs"), "accessLogs.prefix", "contains AWSLogs"),
    ],
)
def test_load_balancers_that_cannot_work(settings: LoadBalancerSettings, path: str, says: str) -> None:
    (problem,) = settings.problems()
    assert dotted(problem.path) == path
    assert says in problem.message


GRPC, HTTP2 = ProtocolVersion.GRPC, ProtocolVersion.HTTP2


def routing(check: TargetHealthCheck | None = None, **more: object) -> Routing:
    given = {"container_name": "web", "container_port": 80, "priority": 1, "path_patterns": ["/*"]} | more
    return Routing(**given, health_check=check or TargetHealthCheck())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "path", "says"),
    [
        (routing(priority=0), "priority", "give 1-50000"),
        (routing(priority=50_001), "priority", "give 1-50000"),
        (routing(deregistration_delay=3601), "deregistrationDelay", "give 0-3600"),
        (routing(slow_start=29), "slowStart", "29 is out of range: give 30-900 seconds, or 0"),
        (routing(slow_start=901), "slowStart", "give 30-900"),
        (routing(stickiness=Stickiness(0)), "stickiness.duration", "0 is out of range: give 1-604800"),
        (routing(stickiness=Stickiness(604_801)), "stickiness.duration", "give 1-604800"),
        (routing(stickiness=Stickiness(60, "a b")), "stickiness.cookieName", "'a b' is not a cookie's name"),
        (
            routing(stickiness=Stickiness(60, "AWSALBAPP-0")),
            "stickiness.cookieName",
            "begins as the load balancer's own, AWSALB",
        ),
        (
            routing(path_patterns=[]),
            "",
            "has 0 values of pathPatterns, hostHeaders, httpHeaders, queryStrings, sourceIps, methods and testHeaders",
        ),
        (routing(host_headers=["a.example"] * 5), "", "has 6"),
        (routing(methods=["GET"] * 2), "methods", "has a value more than once"),
        (routing(methods=["get"]), "methods[0]", "'get' is no method in capitals, such as GET"),
        (routing(source_ips=["10.0.0.1/8"]), "sourceIps[0]", "has host bits set: give 10.0.0.0/8"),
        (routing(query_strings=[QueryString("")]), "queryStrings[0].value", "'' is no text of 1-128 letters"),
        (routing(query_strings=[QueryString("a", "b c")]), "queryStrings[0].key", "'b c' is no text of"),
        (routing(query_strings=[QueryString("a")] * 2), "queryStrings", "has a value more than once"),
        (routing(query_strings=[QueryString(n) for n in "abcd"], methods=["GET"]), "", "has 6 values"),
        (routing(source_ips=["10.0.0.0/8"], methods=["A", "B", "C", "D"]), "", "has 6 values"),
        (routing(algorithm=Algorithm.WEIGHTED_RANDOM, slow_start=30), "slowStart", "30 is of algorithm round_robin"),
        (routing(algorithm=Algorithm.LEAST_OUTSTANDING_REQUESTS, slow_start=30), "slowStart", "leave one out"),
        (routing(TargetHealthCheck(matcher="200"), protocol_version=GRPC), "healthCheck.matcher", "gRPC codes in 0-99"),
        (
            routing(TargetHealthCheck(matcher="0"), protocol_version=HTTP2),
            "healthCheck.matcher",
            "HTTP",
        ),
        (routing(host_headers=["example"]), "hostHeaders[0]", "'example' is no host name"),
        (routing(host_headers=["api.example:8080"]), "hostHeaders[0]", "is no host name"),
        (routing(TargetHealthCheck(path="x")), "healthCheck.path", "'x' does not begin with /"),
        (routing(TargetHealthCheck(path="/a b")), "healthCheck.path", "is no path: give 1-1024 characters"),
        (routing(TargetHealthCheck(matcher="2xx")), "healthCheck.matcher", "is not a list of HTTP codes"),
        (routing(TargetHealthCheck(matcher="200-599")), "healthCheck.matcher", "in 200-499"),
        (routing(TargetHealthCheck(interval=301)), "healthCheck.interval", "give 5-300"),
        (routing(TargetHealthCheck(timeout=1)), "healthCheck.timeout", "give 2-120"),
        (routing(TargetHealthCheck(timeout=15)), "healthCheck.timeout", "is not below interval (15)"),
        (routing(TargetHealthCheck(healthy_threshold=1)), "healthCheck.healthyThreshold", "give 2-10"),
        (routing(TargetHealthCheck(unhealthy_threshold=11)), "healthCheck.unhealthyThreshold", "give 2-10"),
    ],
)
def test_routings_that_cannot_work(made: Routing, path: str, says: str) -> None:
    (problem,) = made.problems()
    assert dotted(problem.path) == path
    assert says in problem.message


@pytest.mark.parametrize("matcher", ["200", "200-399", "200,301,404"])
def test_routings_that_work(matcher: str) -> None:
    assert list(routing(TargetHealthCheck(matcher=matcher), host_headers=["a.example"]).problems()) == []
    asked = routing(path_patterns=[], query_strings=[QueryString("beta", "version")], source_ips=["10.0.0.0/8"],
                    methods=["GET", "HEAD"], algorithm=Algorithm.WEIGHTED_RANDOM)  # fmt: skip
    assert list(asked.problems()) == []
    for codes in ("0", "12", "0-99", "0,12"):
        assert list(routing(TargetHealthCheck(matcher=codes), protocol_version=GRPC).problems()) == []
    assert list(routing(algorithm=Algorithm.ROUND_ROBIN, slow_start=30).problems()) == []
    gentle = routing(slow_start=30, stickiness=Stickiness(1, "SESSION"), deregistration_delay=0)
    assert list(gentle.problems()) == []


@pytest.mark.parametrize(
    ("policy", "modern"),
    [
        (TLS_POLICY, True),
        (DEFAULT_TLS_POLICY, False),
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", True),
        ("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", True),
        ("ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06", True),
        ("ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04", True),
        ("ELBSecurityPolicy-TLS13-1-1-2021-06", False),
        ("ELBSecurityPolicy-TLS13-1-0-2021-06", False),
        ("ELBSecurityPolicy-TLS-1-2-2017-01", True),
        ("ELBSecurityPolicy-TLS-1-2-Ext-2018-06", True),
        ("ELBSecurityPolicy-TLS-1-1-2017-01", False),
        ("ELBSecurityPolicy-FS-1-2-Res-2020-10", True),
        ("ELBSecurityPolicy-FS-1-1-2019-08", False),
        ("ELBSecurityPolicy-FS-2018-06", False),
        ("ELBSecurityPolicy-2015-05", False),
        ("", False),
    ],
)
def test_a_modern_tls_policy_begins_at_1_2(policy: str, modern: bool) -> None:
    assert is_modern_tls(policy) is modern

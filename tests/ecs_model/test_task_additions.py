"""What a task may be given beside its containers: a proxy, sessions that are recorded, its own protection."""

from typing import Any

import pytest

from ecs_model import iam
from ecs_model.cluster import ClusterSettings
from ecs_model.container_definitions import definitions
from ecs_model.container_rules import problems
from ecs_model.containers import Container, PortMapping, VolumesFrom
from ecs_model.log_definitions import Awslogs
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import dotted
from ecs_model.proxy import ProxyConfiguration
from ecs_model.service import ServiceSettings
from ecs_model.sessions import ExecuteCommandSettings
from ecs_model.stack import StackSettings

AWSVPC, BRIDGE = NetworkMode.AWSVPC, NetworkMode.BRIDGE
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:registry-AbCdEf"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1a2b3c4d-1111-2222-3333-444455556666"


def proxy(**more: Any) -> ProxyConfiguration:
    given: dict[str, Any] = {
        "container_name": "envoy",
        "app_ports": [80],
        "ingress_port": 15_000,
        "egress_port": 15_001,
    }
    return ProxyConfiguration(**({**given, "ignored_uid": 1337} | more))


def proxied(chosen: ProxyConfiguration, mode: NetworkMode = AWSVPC) -> list[str]:
    containers = {"app": Container("i", memory=64, port_mappings=[PortMapping(80)]), "envoy": Container("e", memory=64)}
    service = ServiceSettings(containers, network_mode=mode, proxy_configuration=chosen)
    return [f"{dotted(each.path)}: {each.message}" for each in service.problems()]


def test_a_proxy_that_works() -> None:
    assert proxied(proxy()) == proxied(proxy(ignored_uid=None, ignored_gid=0)) == []
    full = proxy(app_ports=[81, 80], egress_ignored_ports=[443, 22], egress_ignored_ips=["10.0.0.0/8"])
    assert full.properties == {
        "AppPorts": "80,81",
        "ProxyIngressPort": "15000",
        "ProxyEgressPort": "15001",
        "IgnoredUID": "1337",
        "EgressIgnoredPorts": "22,443",
        "EgressIgnoredIPs": "10.0.0.0/8,169.254.169.254,169.254.170.2",
    }
    assert proxy(ignored_uid=None, ignored_gid=0).properties["IgnoredGID"] == "0"


@pytest.mark.parametrize(
    ("chosen", "line"),
    [
        (proxy(container_name="nobody"), "proxyConfiguration.containerName: 'nobody' is no container here"),
        (proxy(ignored_uid=None), "proxyConfiguration: needs ignoredUid or ignoredGid"),
        (proxy(app_ports=[]), "proxyConfiguration.appPorts: is empty"),
        (proxy(app_ports=[80, 0]), "proxyConfiguration.appPorts[1]: 0 is not a port"),
        (proxy(ingress_port=0), "proxyConfiguration.ingressPort: 0 is out of range"),
        (proxy(egress_port=65_536), "proxyConfiguration.egressPort: 65536 is out of range"),
        (proxy(egress_ignored_ports=[-1]), "proxyConfiguration.egressIgnoredPorts[0]: -1 is not a port"),
        (proxy(egress_ignored_ips=["db"]), "proxyConfiguration.egressIgnoredIps[0]: 'db' is no IP address"),
    ],
)
def test_a_proxy_that_cannot_work(chosen: ProxyConfiguration, line: str) -> None:
    (found,) = proxied(chosen)
    assert found.startswith(line)


@pytest.mark.parametrize("mode", [BRIDGE, NetworkMode.NONE])
def test_a_proxy_is_for_mode_awsvpc(mode: NetworkMode) -> None:
    lines = proxied(proxy(), mode)
    assert (
        f"proxyConfiguration: is for networkMode awsvpc, and networkMode is {mode.value}: use that, or leave it out"
        in lines
    )


# Sessions of ECS Exec


@pytest.mark.parametrize(
    ("settings", "path", "says"),
    [
        (ExecuteCommandSettings(kms_key="alias/x"), "kmsKey", "'alias/x' is no ARN of a KMS key"),
        (ExecuteCommandSettings(log_group="a b"), "logGroup", "is no log group's name"),
        (ExecuteCommandSettings(bucket="B"), "bucket", "'B' is not a bucket's name"),
        (ExecuteCommandSettings(prefix="a"), "prefix", "there is none: set bucket"),
        (ExecuteCommandSettings(bucket="logs", prefix="/a"), "prefix", "no slash first or last"),
        (ExecuteCommandSettings(encrypted_logs=True), "encryptedLogs", "there is neither: set one"),
    ],
)
def test_sessions_that_cannot_be_recorded(settings: ExecuteCommandSettings, path: str, says: str) -> None:
    (problem,) = settings.problems()
    assert dotted(problem.path) == path
    assert says in problem.message
    stack = StackSettings("dev", cluster=ClusterSettings(execute_command=settings))
    assert f"cluster.executeCommand.{path}" in [dotted(each.path) for each in stack.problems()]


WHERE = ("aws", "eu-central-1", "123456789012")
GROUP = "arn:aws:logs:eu-central-1:123456789012:log-group:%s:*"


@pytest.mark.parametrize(
    ("settings", "places"),
    [
        (ExecuteCommandSettings(), ["*", GROUP % "own"]),
        (ExecuteCommandSettings(kms_key=KEY), [KEY, "*", GROUP % "own"]),
        (ExecuteCommandSettings(log_group="/ecs", kms_key=KEY), [KEY, "*", GROUP % "/ecs"]),
        (ExecuteCommandSettings(bucket="logs"), ["arn:aws:s3:::logs/*", "arn:aws:s3:::logs"]),
        (ExecuteCommandSettings(bucket="logs", prefix="a/b"), ["arn:aws:s3:::logs/a/b/*", "arn:aws:s3:::logs"]),
    ],
)
def test_a_task_may_record_sessions_where_they_belong_and_nowhere_else(
    settings: ExecuteCommandSettings, places: list[str]
) -> None:
    assert list(settings.problems()) == []
    statements = iam.session_statements(*WHERE, settings, "own")
    assert [place for statement in statements for place in statement["Resource"]] == places


def test_a_task_may_protect_what_is_in_its_cluster() -> None:
    assert iam.protection(*WHERE, "shop") == {
        "Effect": "Allow",
        "Action": ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"],
        "Resource": ["arn:aws:ecs:eu-central-1:123456789012:task/shop/*"],
    }


# Containers


def task(mode: NetworkMode = BRIDGE, **more: Any) -> list[str]:
    both = {"app": Container("i", memory=64, **more), "data": Container("d", memory=64)}
    return [str(problem) for problem in problems(both, mode)]


def test_what_a_container_is_given() -> None:
    container = Container(
        "i", memory=64, volumes_from=[VolumesFrom("b", read_only=True), VolumesFrom("a")],
        dns_servers=["10.0.0.2", "::1"],
        dns_search_domains=["b.example", "a.example"], repository_credentials=SECRET,
    )  # fmt: skip
    plain, written = definitions(
        {"a": Container("i", memory=64), "app": container}, BRIDGE, Awslogs("g", "r", "p"), "r"
    )
    assert written["volumesFrom"] == [
        {"sourceContainer": "a", "readOnly": False},
        {"sourceContainer": "b", "readOnly": True},
    ]
    # The first that answers is asked first, so the order is the person's.
    assert (written["dnsServers"], written["dnsSearchDomains"]) == (["10.0.0.2", "::1"], ["b.example", "a.example"])
    assert written["repositoryCredentials"] == {"credentialsParameter": SECRET}
    assert not {"dnsServers", "dnsSearchDomains", "repositoryCredentials"} & set(plain)
    assert plain["volumesFrom"] == []
    assert task(volumes_from=[VolumesFrom("data")], dns_servers=["10.0.0.2"], repository_credentials=SECRET) == []


@pytest.mark.parametrize(
    ("mode", "more", "line"),
    [
        (AWSVPC, {"dns_servers": ["10.0.0.2"]}, "dnsServers: is not supported in network mode awsvpc"),
        (AWSVPC, {"dns_search_domains": ["a.example"]}, "dnsSearchDomains: is not supported in network mode awsvpc"),
        (BRIDGE, {"dns_servers": ["ns1"]}, "dnsServers[0]: 'ns1' is no IP address"),
        (BRIDGE, {"dns_search_domains": ["a b"]}, "dnsSearchDomains[0]: 'a b' is no domain"),
        (BRIDGE, {"volumes_from": [VolumesFrom("other")]}, "volumesFrom[0].sourceContainer: 'other' is no other"),
        (BRIDGE, {"volumes_from": [VolumesFrom("app")]}, "volumesFrom[0].sourceContainer: 'app' is no other"),
        (BRIDGE, {"volumes_from": [VolumesFrom("data")] * 2}, "volumesFrom[1].sourceContainer: 'data' is there twice"),
        (BRIDGE, {"repository_credentials": "arn:aws:ssm:eu-central-1:123456789012:parameter/p"},
         "repositoryCredentials: is an SSM parameter"),
        (BRIDGE, {"repository_credentials": "hunter2"}, "repositoryCredentials: is not the ARN of a Secrets Manager"),
    ],
)  # fmt: skip
def test_what_a_container_cannot_be_given(mode: NetworkMode, more: dict[str, Any], line: str) -> None:
    (found,) = task(mode, **more)
    assert found.startswith(f"containers.app.{line}")
    assert "hunter2" not in found


def test_containers_cannot_have_each_other_s_volumes() -> None:
    circle = {key: Container("i", memory=64, volumes_from=[VolumesFrom(other)]) for key, other in ("ab", "ba")}
    assert len(list(problems(circle, BRIDGE))) == 1

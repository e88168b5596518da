"""Service Connect: what a service may offer, and who has to be let in for it."""

from dataclasses import replace
from typing import Any

import pytest

from ecs_model.container_definitions import definitions
from ecs_model.containers import Container, PortMapping
from ecs_model.log_definitions import Awslogs
from ecs_model.network_modes import AppProtocol, NetworkMode, Protocol
from ecs_model.ports import EPHEMERAL, PortRange
from ecs_model.problem import dotted
from ecs_model.service import ServiceSettings
from ecs_model.service_connect import (
    ConnectMember,
    ConnectPort,
    ServiceConnect,
    connect_links,
    connect_member,
    connect_namespace_problem,
)
from ecs_model.stack import StackSettings

BRIDGE, AWSVPC = NetworkMode.BRIDGE, NetworkMode.AWSVPC
WEB, RAW = PortMapping(8000, name="web", app_protocol=AppProtocol.HTTP), PortMapping(9000, name="raw")


def service(connect: ServiceConnect | None, mode: NetworkMode = BRIDGE, *ports: PortMapping) -> ServiceSettings:
    container = Container("i", memory=64, port_mappings=list(ports) or [WEB, RAW, PortMapping(80)])
    return ServiceSettings({"app": container}, network_mode=mode, connect=connect)


@pytest.mark.parametrize(
    ("connect", "mode"),
    [
        (ServiceConnect(), BRIDGE),
        (ServiceConnect({"web": ConnectPort(80, "web.shop", None, 0, 30), "raw": ConnectPort()}), BRIDGE),
        (ServiceConnect({"web": ConnectPort(ingress_port=8100)}), AWSVPC),
    ],
)
def test_what_works(connect: ServiceConnect, mode: NetworkMode) -> None:
    assert list(service(connect, mode).problems()) == []


@pytest.mark.parametrize(
    ("connect", "mode", "path", "says"),
    [
        (ServiceConnect(), NetworkMode.HOST, "connect", "for networkMode bridge and awsvpc, and networkMode is host"),
        (ServiceConnect({"api": ConnectPort()}), BRIDGE, "connect.ports.api", "(there is: raw, web)"),
        (ServiceConnect({"web": ConnectPort(0)}), BRIDGE, "connect.ports.web.port", "give 1-65535"),
        (ServiceConnect({"web": ConnectPort(dns_name="Web")}), BRIDGE, "connect.ports.web.dnsName", "'Web' is no name"),
        (ServiceConnect({"web": ConnectPort(ingress_port=1)}), BRIDGE, "connect.ports.web.ingressPort",
         "would be a fixed port of the instance in networkMode bridge"),
        (ServiceConnect({"web": ConnectPort(idle_timeout=-1)}), BRIDGE, "connect.ports.web.idleTimeout", "-1 is out"),
        (ServiceConnect({"raw": ConnectPort(request_timeout=1)}), BRIDGE, "connect.ports.raw.requestTimeout",
         "has no appProtocol"),
        (ServiceConnect({"web": ConnectPort(80, "a"), "raw": ConnectPort(80, "a")}), BRIDGE, "connect.ports.raw",
         "is found at a:80, as web is"),
    ],
)  # fmt: skip
def test_what_cannot_work(connect: ServiceConnect, mode: NetworkMode, path: str, says: str) -> None:
    (problem,) = service(connect, mode).problems()
    assert dotted(problem.path) == path
    assert says in problem.message


@pytest.mark.parametrize(
    ("ports", "path", "says"),
    [
        ([PortMapping(80, app_protocol=AppProtocol.GRPC)], "[0].appProtocol", "needs a name"),
        ([PortMapping(80, name="Web")], "[0].name", "'Web' is no name"),
        ([PortMapping(80, name="-web")], "[0].name", "'-web' is no name"),
        ([PortMapping(80, name="a" * 65)], "[0].name", "at most 64"),
        ([PortMapping(80, protocol=Protocol.UDP, name="web", app_protocol=AppProtocol.HTTP)], "[0].appProtocol",
         "protocol is udp"),
    ],
)  # fmt: skip
def test_ports_that_cannot_be_named_so(ports: list[PortMapping], path: str, says: str) -> None:
    (problem,) = service(None, BRIDGE, *ports).problems()
    assert dotted(problem.path) == f"containers.app.portMappings{path}"
    assert says in problem.message


def test_a_name_is_there_once_in_a_task() -> None:
    two = replace(service(None), containers={key: Container("i", memory=64, port_mappings=[WEB]) for key in "ab"})
    (problem,) = two.problems()
    assert str(problem).startswith("containers.b.portMappings[0].name: 'web' is there twice in this task")
    assert len(list(service(None, BRIDGE, WEB, replace(RAW, name="web")).problems())) == 2


def test_named_ports_in_the_container_definition() -> None:
    (written,) = definitions(service(None).containers, BRIDGE, Awslogs("g", "r", "p"), "r")
    plain, web, raw = written["portMappings"]
    assert not {"name", "appProtocol"} & set(plain)
    assert (web["name"], web["appProtocol"], raw["name"]) == ("web", "http", "raw")
    assert "appProtocol" not in raw


def told(**more: Any) -> list[str]:
    return [f"{dotted(each.path)}: {each.message}" for each in StackSettings("dev", **more).problems()]


def test_a_stack_has_the_namespace_and_each_name_once() -> None:
    both = {key: service(ServiceConnect({"web": ConnectPort()})) for key in ("a", "b")}
    lines = told(services=both)
    assert "services.a.connect: needs a namespace, and the stack has none: set connectNamespace" in lines
    assert any(line.startswith("services.b.connect.ports.web: is offered by service a already") for line in lines)
    off = {"a": service(ServiceConnect({"web": ConnectPort()}, enabled=False)), "b": both["b"]}
    assert not [line for line in told(services=off, connect_namespace="dev") if "connect" in line]
    assert any(line.startswith("connectNamespace: 'a b' is no name") for line in told(connect_namespace="a b"))
    assert connect_namespace_problem("dev.internal") is None


RANGES = {"general": EPHEMERAL, "spot": PortRange(50_000, 60_000)}


def named(members: dict[str, ConnectMember]) -> list[str]:
    return [f"{link.name} {link.port}-{link.last_port or link.port}" for link in connect_links(members)]


def test_in_bridge_mode_instances_let_themselves_and_each_other_in_once() -> None:
    server = ConnectMember(BRIDGE, RANGES, [80, 81])
    assert named({"a": server, "b": server, "c": ConnectMember(BRIDGE, RANGES)}) == [
        "capacity-general-49153-65535-from-capacity-general 49153-65535",
        "capacity-general-49153-65535-from-capacity-spot 49153-65535",
        "capacity-spot-50000-60000-from-capacity-general 50000-60000",
        "capacity-spot-50000-60000-from-capacity-spot 50000-60000",
    ]


def test_in_awsvpc_mode_the_task_s_own_group_lets_others_in_at_the_port() -> None:
    one = {"general": EPHEMERAL}
    members = {
        "a": ConnectMember(AWSVPC, one, [8100]),
        "b": ConnectMember(AWSVPC, one),
        "c": ConnectMember(BRIDGE, one),
    }
    assert named(members) == [
        "service-a-8100-from-capacity-general 8100-8100",
        "service-a-8100-from-service-b 8100-8100",
    ]


def test_clients_alone_need_no_rule() -> None:
    assert named({"a": ConnectMember(BRIDGE, RANGES), "b": ConnectMember(AWSVPC, RANGES)}) == []


def test_a_proxy_listens_at_the_container_s_port_unless_told_otherwise() -> None:
    connect = ServiceConnect({"web": ConnectPort(80, ingress_port=8100), "raw": ConnectPort(81)})
    made = connect_member(connect, service(connect).containers, AWSVPC, {})
    assert made.offered == [8100, 9000]

"""Finding services by name: what is refused, and who is let in where."""

from dataclasses import replace
from typing import Any

import pytest

from ecs_model.capacity import CapacitySettings
from ecs_model.containers import Container, PortMapping
from ecs_model.discovery import Group, Link, Member, ServiceDiscovery, links, namespace_problem, record_type
from ecs_model.network_modes import NetworkMode
from ecs_model.service import ServiceSettings
from tests.ecs_model.test_service_stack_iam import STACK, told

FOUND = ServiceDiscovery(container_name="web", container_port=80, clients=["worker"])
WORKER = ServiceSettings({"worker": Container("i", 64)})


def server(found: ServiceDiscovery = FOUND, host_port: int | None = 8080, **more: Any) -> ServiceSettings:
    containers = {"web": Container("nginx", 128, port_mappings=[PortMapping(80, host_port)])}
    return ServiceSettings(containers, discovery=found, **more)


FINDING = replace(STACK, namespace="dev.internal", services={"api": server(), "worker": WORKER})


def test_what_works() -> None:
    assert told(FINDING) == {}
    for mode in (NetworkMode.AWSVPC, NetworkMode.HOST):
        api = server(host_port=None, network_mode=mode)
        assert told(replace(FINDING, services={"api": api, "worker": WORKER})) == {}
    itself = replace(FOUND, clients=["worker", "api"], ttl=0)
    assert told(replace(FINDING, services={"api": server(itself), "worker": WORKER})) == {}


@pytest.mark.parametrize(
    ("found", "path", "says"),
    [
        (replace(FOUND, clients=[]), "clients", "is empty, so nobody could connect"),
        (replace(FOUND, clients=["worker", "worker"]), "clients", "names a service more than once"),
        (
            replace(FOUND, clients=["wroker"]),
            "clients[0]",
            "'wroker' is no service here (there is: api, worker): did you mean worker?",
        ),
        (replace(FOUND, ttl=-1), "ttl", "-1 is out of range: give 0-3600 seconds"),
        (replace(FOUND, ttl=3601), "ttl", "give 0-3600"),
        (replace(FOUND, container_name="app"), "containerName", "'app' is no container of this service"),
        (replace(FOUND, container_port=81), "containerPort", "81 is no TCP port that container web maps"),
    ],
)
def test_what_cannot_work(found: ServiceDiscovery, path: str, says: str) -> None:
    problems = told(replace(FINDING, services={"api": server(found), "worker": WORKER}))
    assert list(problems) == [f"services.api.discovery.{path}"]
    assert says in problems[f"services.api.discovery.{path}"]


def test_a_name_needs_a_namespace_a_label_and_a_network() -> None:
    assert "set namespace" in told(replace(FINDING, namespace=None))["services.api.discovery"]
    shout = replace(FINDING, services={"API": server(), "worker": WORKER})
    assert "'API' is no name of DNS: use small letters" in told(shout)["services.API.discovery"]
    cut_off = replace(
        FINDING, services={"api": server(host_port=None, network_mode=NetworkMode.NONE), "worker": WORKER}
    )
    assert "needs a network" in told(cut_off)["services.api.discovery"]
    assert "'Dev.Internal' is no domain" in told(replace(FINDING, namespace="Dev.Internal"))["namespace"]


@pytest.mark.parametrize(
    ("name", "fine"),
    [("internal", True), ("a-1.b2.internal", True), ("-a.internal", False), ("a..b", False), ("a.", False),
     (".".join(["a" * 63] * 4), False), ("a_b.internal", False)],
)  # fmt: skip
def test_domains(name: str, fine: bool) -> None:
    assert (namespace_problem(name) is None) is fine


def test_a_host_port_is_found_only_by_a_service_record() -> None:
    assert [record_type(mode) for mode in (NetworkMode.AWSVPC, NetworkMode.BRIDGE, NetworkMode.HOST)] == [
        "A", "SRV", "SRV",
    ]  # fmt: skip


def instances(*keys: str) -> list[Group]:
    return [Group("capacity", key) for key in keys]


def test_tasks_are_reached_at_their_host_port_in_the_groups_of_their_instances() -> None:
    made = links(
        {
            "api": Member(NetworkMode.BRIDGE, ["general", "spot"], FOUND, 8080),
            "worker": Member(NetworkMode.BRIDGE, ["spot"]),
        }
    )
    general, spot = instances("general", "spot")
    assert list(made) == [Link(general, spot, 8080), Link(spot, spot, 8080)]
    assert [link.name for link in made] == [
        "capacity-general-8080-from-capacity-spot",
        "capacity-spot-8080-from-capacity-spot",
    ]


def test_awsvpc_tasks_are_reached_at_the_containers_port_of_their_own_group() -> None:
    on = ["general", "spot"]
    (link,) = links({"api": Member(NetworkMode.AWSVPC, on, FOUND), "worker": Member(NetworkMode.AWSVPC, on)})
    assert link == Link(Group("service", "api"), Group("service", "worker"), 80)
    assert link.name == "service-api-80-from-service-worker"


def test_dynamic_host_ports_are_for_load_balancers_alone() -> None:
    (message,) = told(replace(FINDING, services={"api": server(host_port=None), "worker": WORKER})).values()
    assert "leads to a dynamic host port" in message
    assert "use networkMode awsvpc or host" in message


def test_a_rule_that_two_services_need_is_there_once() -> None:
    capacity = {"general": CapacitySettings(["m7i.large"], 2)}
    (general,) = instances("general")
    both = {"web": server(), "worker": WORKER, "timer": WORKER}
    both["web"] = server(replace(FOUND, clients=["worker", "timer"]))
    assert list(replace(FINDING, services=both, capacity=capacity).links()) == [Link(general, general, 8080)]
    assert STACK.links() == []

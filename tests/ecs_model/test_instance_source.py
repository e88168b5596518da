"""Container instances and tasks, as ECS describes them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ecs_model.fleet import Status
from ecs_model.instance_source import MOST_INTERFACES, TRUNK, container_instance, placed_task, task_interfaces
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.refusals import fits
from ecs_model.task_needs import HostPort, Resources
from tests.ecs_model.fleets import task

WHEN = datetime(2026, 5, 1, tzinfo=UTC)


def amounts(cpu: int, memory: int, gpus: list[str], tcp: list[str], udp: list[str]) -> list[dict[str, Any]]:
    return [
        {"name": "CPU", "type": "INTEGER", "doubleValue": 0.0, "longValue": 0, "integerValue": cpu},
        {"name": "MEMORY", "type": "INTEGER", "doubleValue": 0.0, "longValue": 0, "integerValue": memory},
        {"name": "PORTS", "type": "STRINGSET", "integerValue": 0, "stringSetValue": tcp},
        {"name": "PORTS_UDP", "type": "STRINGSET", "integerValue": 0, "stringSetValue": udp},
        *([{"name": "GPU", "type": "STRINGSET", "integerValue": 0, "stringSetValue": gpus}] if gpus else []),
    ]


DESCRIBED = {
    "containerInstanceArn": "arn:aws:ecs:eu-1:1:container-instance/shop/i-1",
    "ec2InstanceId": "i-0abc",
    "capacityProviderName": "general",
    "versionInfo": {"agentVersion": "1.82.3"},
    "registeredResources": amounts(4_096, 15_583, ["GPU-1", "GPU-2"], ["22"], []),
    "remainingResources": amounts(3_072, 15_000, ["GPU-1", "GPU-2"], ["22", "8080"], ["53"]),
    "status": "DRAINING",
    "agentConnected": False,
    "attributes": [
        {"name": "ecs.availability-zone", "value": "eu-1a"},
        {"name": "com.amazonaws.ecs.capability.task-eni"},
        {"name": "ecs.instance-type", "value": "g4dn.xlarge"},
    ],
    "registeredAt": WHEN,
}


def bindings(*each: dict[str, Any]) -> dict[str, Any]:
    return {
        "taskArn": "arn:aws:ecs:eu-1:1:task/shop/t-1",
        "containers": [{"networkBindings": list(each)}, {"name": "side"}],
    }


def test_an_instance_as_ecs_describes_it() -> None:
    web = placed_task(
        bindings({"hostPort": 49_153, "protocol": "tcp"}, {"hostPort": 8080, "protocol": "tcp"}),
        task(host_ports=frozenset({HostPort(8080)}), dynamic_ports=(Protocol.TCP,)),
    )
    inner = placed_task({"taskArn": "t-2"}, task(network_mode=NetworkMode.AWSVPC))
    found = container_instance(DESCRIBED, [web, inner], gpus_in_use=1)
    assert (found.id, found.ec2_instance_id, found.capacity_provider) == ("i-1", "i-0abc", "general")
    assert found.registered == Resources(4_096, 15_583, 2, 2)
    assert found.remaining == Resources(3_072, 15_000, 1, 1)
    udp = HostPort(53, Protocol.UDP)
    assert found.ports == frozenset({HostPort(22), HostPort(8080), HostPort(49_153), udp})
    assert (found.holder(HostPort(49_153)), found.reserved_ports) == ("t-1", 3)
    assert (found.status, found.agent_connected, found.agent_version) == (Status.DRAINING, False, "1.82.3")
    assert (found.zone, found.instance_type, found.registered_at) == ("eu-1a", "g4dn.xlarge", WHEN)
    assert found.attributes["com.amazonaws.ecs.capability.task-eni"] == ""
    assert found.tasks == (web, inner)
    ready = replace(found, status=Status.ACTIVE, agent_connected=True)
    assert fits(task(memory=15_000, cpu=3_072, gpus=1, network_mode=NetworkMode.AWSVPC), ready)
    assert not fits(task(gpus=2), ready)


def test_an_instance_of_few_words() -> None:
    bare = {
        "containerInstanceArn": "i-2",
        "registeredResources": amounts(1, 2, [], [], []),
        "remainingResources": amounts(1, 2, [], [], []),
        "status": "ACTIVE",
        "agentConnected": True,
    }
    found = container_instance(bare)
    assert (found.registered, found.ports, found.attributes) == (Resources(1, 2, 0, MOST_INTERFACES), frozenset(), {})
    assert (found.agent_version, found.registered_at, found.capacity_provider) == ("", None, None)


@pytest.mark.parametrize(
    ("binding", "ports"),
    [
        ({"hostPort": 49_160}, (HostPort(49_160),)),
        (
            {"hostPortRange": "49160-49161", "protocol": "udp"},
            tuple(HostPort(n, Protocol.UDP) for n in (49_160, 49_161)),
        ),
        ({"hostPort": 80, "protocol": "tcp"}, ()),
        ({"hostPort": 0}, ()),
        ({}, ()),
    ],
)
def test_the_dynamic_ports_of_a_task(binding: dict[str, Any], ports: tuple[HostPort, ...]) -> None:
    wanted = task(host_ports=frozenset({HostPort(80)}))
    # Docker binds a port for IPv4 and for IPv6.
    found = placed_task(bindings({"bindIP": "0.0.0.0"} | binding, {"bindIP": "::"} | binding), wanted)
    assert (found.id, found.dynamic_ports) == ("t-1", ports)


@pytest.mark.parametrize(
    ("attributes", "most"),
    [
        ({"ecs.instance-type": "m5.large"}, 2),
        ({"ecs.instance-type": "m5.large", TRUNK: "trunk-1"}, MOST_INTERFACES),
        ({"ecs.instance-type": "zz9.large"}, MOST_INTERFACES),
        ({}, MOST_INTERFACES),
    ],
)
def test_how_many_awsvpc_tasks_an_instance_holds(attributes: dict[str, str], most: int) -> None:
    assert task_interfaces(attributes) == most

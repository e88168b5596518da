"""What a task needs, by its task definition and by a service's settings."""

from typing import Any

import pytest

from ecs_model.cluster_query import QueryError, parse
from ecs_model.container_definitions import definitions
from ecs_model.containers import Container, PortMapping
from ecs_model.images import Architecture
from ecs_model.log_definitions import Awslogs
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.placement_rules import PlacementConstraint
from ecs_model.service import ServiceSettings
from ecs_model.task_needs import HostPort, RequiredAttribute, Task
from ecs_model.task_source import from_definition, from_settings

TCP, UDP = Protocol.TCP, Protocol.UDP


def definition(**changes: Any) -> dict[str, Any]:
    return {"family": "web", "containerDefinitions": [{"name": "app", "memory": 512}]} | changes


def ports(*mappings: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": "app", "memory": 512, "portMappings": list(mappings)}]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Task("web", 512)),
        ({"memory": "2048", "cpu": "256"}, Task("web", 2048, cpu=256)),
        (
            {"containerDefinitions": [{"memory": 512, "memoryReservation": 128, "cpu": 10}, {"memory": 64, "cpu": 5}]},
            Task("web", 192, cpu=15),
        ),
        (
            {
                "containerDefinitions": ports(
                    {"containerPort": 80}, {"containerPort": 53, "hostPort": 0, "protocol": "udp"}
                )
            },
            Task("web", 512, dynamic_ports=(TCP, UDP)),
        ),
        (
            {"containerDefinitions": ports({"containerPort": 80, "hostPort": 8080})},
            Task("web", 512, host_ports=frozenset({HostPort(8080)})),
        ),
        ({"containerDefinitions": ports({"containerPortRange": "80-82"})}, Task("web", 512, dynamic_ports=(TCP,) * 3)),
        (
            {
                "networkMode": "host",
                "containerDefinitions": ports({"containerPort": 80}, {"containerPortRange": "90-91"}),
            },
            Task(
                "web",
                512,
                network_mode=NetworkMode.HOST,
                host_ports=frozenset({HostPort(80), HostPort(90), HostPort(91)}),
            ),
        ),
        (
            {"networkMode": "awsvpc", "containerDefinitions": ports({"containerPort": 80, "hostPort": 80})},
            Task("web", 512, network_mode=NetworkMode.AWSVPC),
        ),
        (
            {"requiresAttributes": [{"name": "ecs.capability.task-eni"}, {"name": "stack", "value": "prod"}]},
            Task(
                "web",
                512,
                attributes=frozenset(
                    {RequiredAttribute("ecs.capability.task-eni"), RequiredAttribute("stack", "prod")}
                ),
            ),
        ),
        ({"runtimePlatform": {"cpuArchitecture": "ARM64"}}, Task("web", 512, architecture=Architecture.ARM64)),
        ({"runtimePlatform": {"operatingSystemFamily": "LINUX"}}, Task("web", 512)),
        (
            {"placementConstraints": [{"type": "memberOf", "expression": "attribute:stack exists"}]},
            Task("web", 512, expressions=(parse("attribute:stack exists"),)),
        ),
        (
            {
                "containerDefinitions": [
                    {
                        "memory": 512,
                        "resourceRequirements": [{"type": "GPU", "value": "2"}, {"type": "X", "value": "9"}],
                    }
                ]
            },
            Task("web", 512, gpus=2),
        ),
    ],
)
def test_what_a_task_definition_needs(changes: dict[str, Any], expected: Task) -> None:
    assert from_definition(definition(**changes)) == expected


def test_what_a_service_adds() -> None:
    own = [{"type": "memberOf", "expression": "attribute:stack exists"}]
    constraints = [PlacementConstraint("distinctInstance"), PlacementConstraint("memberOf", "attribute:rack == 1")]
    assert from_definition(definition(placementConstraints=own), "service:shop", constraints) == Task(
        "web",
        512,
        "service:shop",
        expressions=(parse("attribute:rack == 1"), parse("attribute:stack exists")),
        distinct_instance=True,
    )


def test_what_cannot_be_read() -> None:
    with pytest.raises(QueryError, match="there is 'stack'"):
        from_definition(definition(placementConstraints=[{"type": "memberOf", "expression": "stack == prod"}]))
    with pytest.raises(ValueError, match="task web needs 0 MiB"):
        from_definition(definition(containerDefinitions=[{"name": "app"}]))


@pytest.mark.parametrize("mode", NetworkMode)
@pytest.mark.parametrize(("cpu", "memory"), [(None, None), (512, 1024)])
def test_settings_need_what_their_task_definition_needs(mode: NetworkMode, cpu: int | None, memory: int | None) -> None:
    containers = {
        "app": Container("nginx", memory=512, cpu=64, port_mappings=[PortMapping(80), PortMapping(53, protocol=UDP)]),
        "side": Container("envoy", memory=128, memory_reservation=64, port_mappings=[PortMapping(9901, 9901)]),
    }
    service = ServiceSettings(containers, mode, cpu, memory)
    described = {
        "family": "web",
        "networkMode": mode.value,
        "cpu": cpu and str(cpu),
        "memory": memory and str(memory),
        "containerDefinitions": definitions(containers, mode, Awslogs("g", "r", "s"), "eu-central-1"),
    }
    wanted = from_settings("web", service, "general")
    read = from_definition(described, "service:web")
    assert wanted.capacity_provider == "general"
    assert (wanted.needs, wanted.group, wanted.host_ports) == (read.needs, read.group, read.host_ports)
    assert sorted(wanted.dynamic_ports) == sorted(read.dynamic_ports)
    assert wanted.needs.memory == (memory or 576)

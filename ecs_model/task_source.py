"""What a task needs, read from where it is written: a task definition as ECS describes it, or a service's settings.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecs_model.cluster_query import parse
from ecs_model.images import Architecture
from ecs_model.memory import placed_memory
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.placement_rules import ConstraintType, PlacementConstraint, expressions
from ecs_model.service import ServiceSettings
from ecs_model.task_needs import SERVICE, HostPort, RequiredAttribute, Task


def from_definition(
    definition: Mapping[str, Any], group: str = "", constraints: Sequence[PlacementConstraint] = ()
) -> Task:
    """The task of a `taskDefinition` as DescribeTaskDefinition gives it; `constraints` are its service's.

    Raises QueryError where a constraint's expression cannot be read, ValueError where no memory is given.
    """
    containers = definition["containerDefinitions"]
    mode = NetworkMode(definition.get("networkMode") or NetworkMode.BRIDGE)
    ports = [port for each in containers for mapping in each.get("portMappings", []) for port in _ports(mapping, mode)]
    kind = definition.get("runtimePlatform", {}).get("cpuArchitecture")
    own = [
        PlacementConstraint(each.get("type"), each.get("expression") or "")
        for each in definition.get("placementConstraints", [])
    ]
    return Task(
        definition["family"],
        memory=int(definition.get("memory") or sum(map(_memory, containers))),
        group=group,
        cpu=int(definition.get("cpu") or sum(each.get("cpu", 0) for each in containers)),
        gpus=sum(map(_gpus, containers)),
        network_mode=mode,
        host_ports=frozenset(port for port in ports if port.number),
        dynamic_ports=tuple(port.protocol for port in ports if not port.number),
        attributes=frozenset(
            RequiredAttribute(each["name"], each.get("value")) for each in definition.get("requiresAttributes", [])
        ),
        architecture=Architecture(kind.lower()) if kind else None,
        expressions=expressions([*constraints, *own]),
        distinct_instance=any(each.type == ConstraintType.DISTINCT_INSTANCE for each in constraints),
    )


def from_settings(name: str, service: ServiceSettings, capacity_provider: str | None = None) -> Task:
    """One copy of the service called `name`, placed on the instances of `capacity_provider`.

    Raises QueryError where a placement constraint cannot be read.
    """
    mappings = [
        {
            "containerPort": port.container_port,
            "containerPortRange": port.container_port_range,
            "hostPort": port.host_port,
            "protocol": port.protocol.value,
        }
        for container in service.containers.values()
        for port in container.port_mappings
    ]
    ports = [port for mapping in mappings for port in _ports(mapping, service.network_mode)]
    return Task(
        name,
        memory=service.placed_memory,
        group=f"{SERVICE}{name}",
        cpu=service.placed_cpu,
        gpus=sum(container.gpus or 0 for container in service.containers.values()),
        network_mode=service.network_mode,
        host_ports=frozenset(port for port in ports if port.number),
        dynamic_ports=tuple(port.protocol for port in ports if not port.number),
        architecture=service.cpu_architecture,
        capacity_provider=capacity_provider,
        expressions=tuple(map(parse, service.placement_constraints)),
        distinct_instance=service.distinct_instances,
        daemon=service.daemon,
    )


def _ports(mapping: Mapping[str, Any], mode: NetworkMode) -> Iterator[HostPort]:
    """The instance's ports that a mapping takes; number 0 for a dynamic one."""
    if mode not in (NetworkMode.BRIDGE, NetworkMode.HOST):
        return
    protocol = Protocol(mapping.get("protocol") or Protocol.TCP)
    first, _, last = str(mapping.get("containerPortRange") or mapping["containerPort"]).partition("-")
    for number in range(int(first), int(last or first) + 1):
        yield HostPort(number if mode is NetworkMode.HOST else mapping.get("hostPort") or 0, protocol)


def _memory(container: Mapping[str, Any]) -> int:
    return placed_memory(container.get("memory"), container.get("memoryReservation"))


def _gpus(container: Mapping[str, Any]) -> int:
    wanted = container.get("resourceRequirements", [])
    return sum(int(each["value"]) for each in wanted if each["type"] == "GPU")

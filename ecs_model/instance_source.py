"""Container instances and the tasks on them, as ECS describes them.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecs_model.containers import Protocol
from ecs_model.fleet import ContainerInstance, PlacedTask, Status
from ecs_model.instance_types import catalogue
from ecs_model.ports import EPHEMERAL, PortRange
from ecs_model.task_needs import HostPort, Resources, Task

TRUNK = "ecs.awsvpc-trunk-id"
"""The attribute of an instance whose tasks share a trunk network interface."""
_PORTS = {"PORTS": Protocol.TCP, "PORTS_UDP": Protocol.UDP}


def placed_task(described: Mapping[str, Any], task: Task) -> PlacedTask:
    """A task of DescribeTasks, whose needs are those of `task`; ports of it that `task` does not fix are dynamic."""
    bound = {
        port
        for container in described.get("containers", [])
        for binding in container.get("networkBindings", [])
        for port in _bound(binding)
    }
    return PlacedTask(described["taskArn"], task, tuple(sorted(bound - task.host_ports)))


def container_instance(
    described: Mapping[str, Any],
    tasks: Sequence[PlacedTask] = (),
    *,
    network_interfaces: int,
    dynamic_range: PortRange = EPHEMERAL,
) -> ContainerInstance:
    """An instance of DescribeContainerInstances, with its tasks.

    ECS tells neither how many awsvpc tasks an instance can hold (`network_interfaces`, see `awsvpc_limit`) nor where
    its agent takes dynamic ports from, nor which of these are in use: those are the tasks'.
    """
    registered = _resources(described["registeredResources"], network_interfaces)
    used = sum(placed.task.needs.network_interfaces for placed in tasks)
    return ContainerInstance(
        id=described["containerInstanceArn"],
        registered=registered,
        remaining=_resources(described["remainingResources"], network_interfaces - used),
        attributes=attributes(described),
        ec2_instance_id=described.get("ec2InstanceId", ""),
        ports=frozenset(_occupied(described["remainingResources"])).union(*(placed.ports for placed in tasks)),
        dynamic_range=dynamic_range,
        status=Status(described["status"]),
        agent_connected=described["agentConnected"],
        agent_version=described.get("versionInfo", {}).get("agentVersion", ""),
        registered_at=described.get("registeredAt"),
        capacity_provider=described.get("capacityProviderName"),
        tasks=tuple(tasks),
    )


def attributes(described: Mapping[str, Any]) -> dict[str, str]:
    """The attributes of a described instance by name; an empty value where one has none."""
    return {each["name"]: each.get("value", "") for each in described.get("attributes", [])}


def awsvpc_limit(instance_type: str, attributes: Mapping[str, str]) -> int | None:
    """How many awsvpc tasks an instance can hold by its type: one interface is its own.

    None where that is not known: for a type newer than the table, and with trunking, which lifts the limit.
    """
    type_ = catalogue().get(instance_type)
    return type_.network_interfaces - 1 if type_ and TRUNK not in attributes else None


def _resources(described: Sequence[Mapping[str, Any]], network_interfaces: int) -> Resources:
    by_name = {each["name"]: each for each in described}
    gpus = len(by_name.get("GPU", {}).get("stringSetValue", []))
    cpu, memory = (by_name[name]["integerValue"] for name in ("CPU", "MEMORY"))
    return Resources(cpu, memory, gpus, network_interfaces)


def _occupied(remaining: Sequence[Mapping[str, Any]]) -> Iterator[HostPort]:
    """The ports that are taken: against the name, `remainingResources` lists these, dynamic ones aside."""
    for each in remaining:
        protocol = _PORTS.get(each["name"])
        if protocol:
            yield from (HostPort(int(number), protocol) for number in each.get("stringSetValue", []))


def _bound(binding: Mapping[str, Any]) -> Iterator[HostPort]:
    first, _, last = str(binding.get("hostPortRange") or binding["hostPort"]).partition("-")
    protocol = Protocol(binding.get("protocol") or Protocol.TCP)
    return (HostPort(number, protocol) for number in range(int(first), int(last or first) + 1))

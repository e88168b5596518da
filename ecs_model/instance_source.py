"""Container instances and the tasks on them, as ECS describes them.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ecs_model.fleet import ContainerInstance, PlacedTask, Status
from ecs_model.instance_attributes import INSTANCE_TYPE
from ecs_model.instance_types import catalogue
from ecs_model.network_modes import Protocol
from ecs_model.task_needs import HostPort, Resources, Task

TRUNK = "ecs.awsvpc-trunk-id"
"""The attribute of an instance whose tasks share a trunk network interface."""
MOST_INTERFACES = 120
"""Network interfaces for tasks where nothing names a number (trunking, a type newer than the table): the most."""
_PORTS = {"PORTS": Protocol.TCP, "PORTS_UDP": Protocol.UDP}


def short(arn: str) -> str:
    """What an ARN ends with: an id, a name, or FAMILY:REVISION."""
    return arn.rpartition("/")[2]


def placed_task(described: Mapping[str, Any], task: Task) -> PlacedTask:
    """A task of DescribeTasks, whose needs are those of `task`; ports of it that `task` does not fix are dynamic."""
    bound = {
        port
        for container in described.get("containers", [])
        for binding in container.get("networkBindings", [])
        for port in _bound(binding)
    }
    return PlacedTask(short(described["taskArn"]), task, tuple(sorted(bound - task.host_ports)))


def container_instance(
    described: Mapping[str, Any], tasks: Sequence[PlacedTask] = (), *, gpus_in_use: int = 0
) -> ContainerInstance:
    """An instance of DescribeContainerInstances, with its tasks and how many GPUs these hold.

    ECS tells neither where its agent takes dynamic ports from, nor which of these are in use: those are the tasks'.
    """
    about = {each["name"]: each.get("value", "") for each in described.get("attributes", [])}
    registered, remaining = (
        _resources(described.get(f"{which}Resources", [])) for which in ("registered", "remaining")
    )
    interfaces = task_interfaces(about)
    used = sum(placed.task.needs.network_interfaces for placed in tasks)
    return ContainerInstance(
        id=short(described["containerInstanceArn"]),
        registered=replace(registered, network_interfaces=interfaces),
        remaining=replace(remaining, gpus=registered.gpus - gpus_in_use, network_interfaces=interfaces - used),
        attributes=about,
        ec2_instance_id=described.get("ec2InstanceId", ""),
        ports=frozenset(_occupied(described.get("remainingResources", []))).union(*(placed.ports for placed in tasks)),
        status=Status(described.get("status", Status.ACTIVE)),
        agent_connected=bool(described.get("agentConnected")),
        agent_version=described.get("versionInfo", {}).get("agentVersion", ""),
        registered_at=described.get("registeredAt"),
        capacity_provider=described.get("capacityProviderName"),
        tasks=tuple(tasks),
    )


def task_interfaces(attributes: Mapping[str, str]) -> int:
    """How many awsvpc tasks an instance can hold: one of its type's network interfaces is its own."""
    type_ = catalogue().get(attributes.get(INSTANCE_TYPE, ""))
    return MOST_INTERFACES if type_ is None or TRUNK in attributes else type_.network_interfaces - 1


def _resources(described: Iterable[Mapping[str, Any]]) -> Resources:
    amounts = {each["name"]: each for each in described}

    def amount(name: str) -> int:
        each = amounts.get(name, {})
        return int(each.get("integerValue") or each.get("longValue") or each.get("doubleValue") or 0)

    return Resources(amount("CPU"), amount("MEMORY"), len(amounts.get("GPU", {}).get("stringSetValue", [])))


def _occupied(remaining: Iterable[Mapping[str, Any]]) -> Iterator[HostPort]:
    """The ports that are taken: against the name, `remainingResources` lists these, dynamic ones aside."""
    for each in remaining:
        protocol = _PORTS.get(each["name"])
        if protocol:
            yield from (HostPort(int(number), protocol) for number in each.get("stringSetValue", []))


def _bound(binding: Mapping[str, Any]) -> Iterator[HostPort]:
    first, _, last = str(binding.get("hostPortRange") or binding.get("hostPort") or "").partition("-")
    protocol = Protocol(binding.get("protocol") or Protocol.TCP)
    if first:
        yield from (HostPort(number, protocol) for number in range(int(first), int(last or first) + 1))

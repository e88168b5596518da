"""For each requirement that an instance does not meet, the smallest change of the task or the instance for it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from ecs_model.fleet import ContainerInstance, Status
from ecs_model.images import Architecture
from ecs_model.instance_attributes import CPU_ARCHITECTURE
from ecs_model.network_modes import NetworkMode
from ecs_model.refusals import Reason, Refusal
from ecs_model.task_needs import Task

LEAST_MEMORY = 6
"""MiB that a container needs at least (API_ContainerDefinition)."""
_GIVEN_BY_AWS = ("ecs.", "com.amazonaws.")

Amended = tuple[Task, ContainerInstance, int | str] | None
"""The task and the instance as changed, and the new value; None where nothing can be changed."""


def _status(refusal: Refusal, task: Task, on: ContainerInstance) -> Amended:
    if on.status is not Status.DRAINING:
        return None
    return task, replace(on, status=Status.ACTIVE), Status.ACTIVE.value


def _agent(refusal: Refusal, task: Task, on: ContainerInstance) -> Amended:
    return task, replace(on, agent_connected=True), "connected"


def _provider(refusal: Refusal, task: Task, on: ContainerInstance) -> Amended:
    name = on.capacity_provider
    return (replace(task, capacity_provider=name), on, name) if name else None


def _zone(refusal: Refusal, task: Task, on: ContainerInstance) -> Amended:
    return (replace(task, zones=task.zones | {on.zone}), on, on.zone) if on.zone else None


def _architecture(refusal: Refusal, task: Task, on: ContainerInstance) -> Amended:
    kind = on.attributes.get(CPU_ARCHITECTURE)
    if kind not in [each.value for each in Architecture]:
        return None
    return replace(task, architecture=Architecture(kind)), on, kind


def _cpu(refusal: Refusal, task: Task, on: ContainerInstance) -> Amended:
    left = on.remaining.cpu
    return (replace(task, cpu=left), on, left) if left > 0 else None


def _memory(refusal: Refusal, task: Task, on: ContainerInstance) -> Amended:
    left = on.remaining.memory
    return (replace(task, memory=left), on, left) if left >= LEAST_MEMORY else None


def _gpus(refusal: Refusal, task: Task, on: ContainerInstance) -> Amended:
    left = on.remaining.gpus
    return (replace(task, gpus=left), on, left) if left > 0 else None


def _port(refusal: Refusal, task: Task, on: ContainerInstance) -> Amended:
    if task.network_mode is not NetworkMode.BRIDGE:
        return None
    port = next(each for each in task.host_ports if str(each) == refusal.subject)
    dynamic = (*task.dynamic_ports, port.protocol)
    return replace(task, host_ports=task.host_ports - {port}, dynamic_ports=dynamic), on, 0


def _attribute(refusal: Refusal, task: Task, on: ContainerInstance) -> Amended:
    if refusal.subject.startswith(_GIVEN_BY_AWS):
        return None
    value = str(refusal.needed)
    return task, replace(on, attributes={**on.attributes, refusal.subject: value}), value


def _distinct(refusal: Refusal, task: Task, on: ContainerInstance) -> Amended:
    return replace(task, distinct_instance=False), on, ""


def _expression(refusal: Refusal, task: Task, on: ContainerInstance) -> Amended:
    others = tuple(each for each in task.expressions if str(each) != refusal.subject)
    return replace(task, expressions=others), on, ""


AMENDMENTS: Mapping[Reason, Callable[[Refusal, Task, ContainerInstance], Amended]] = {
    Reason.STATUS: _status,
    Reason.AGENT: _agent,
    Reason.CAPACITY_PROVIDER: _provider,
    Reason.ZONE: _zone,
    Reason.ARCHITECTURE: _architecture,
    Reason.CPU: _cpu,
    Reason.MEMORY: _memory,
    Reason.GPU: _gpus,
    Reason.PORT: _port,
    Reason.ATTRIBUTE: _attribute,
    Reason.DISTINCT_INSTANCE: _distinct,
    Reason.EXPRESSION: _expression,
}
"""What can be changed; network interfaces, the quota of ports and dynamic ports take another instance."""

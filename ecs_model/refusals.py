"""Why a container instance cannot take a task: every requirement that is not met, with what decides.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ecs_model.fleet import ContainerInstance, Status
from ecs_model.instance_attributes import CPU_ARCHITECTURE
from ecs_model.query_expression import Decisive
from ecs_model.task_needs import Task

MOST_RESERVED_PORTS = 100
"""The ports an instance can reserve, its agent's own among them and dynamic ones aside (API_PortMapping)."""


class Reason(StrEnum):
    """A requirement of placement."""

    STATUS = "status"
    AGENT = "agent"
    CAPACITY_PROVIDER = "capacity provider"
    ZONE = "availability zone"
    ARCHITECTURE = "architecture"
    CPU = "CPU"
    MEMORY = "memory"
    GPU = "GPU"
    NETWORK_INTERFACE = "network interface"
    PORT = "port"
    PORT_QUOTA = "reserved ports"
    DYNAMIC_PORT = "dynamic port"
    ATTRIBUTE = "attribute"
    DISTINCT_INSTANCE = "distinctInstance"
    EXPRESSION = "memberOf"


_AMOUNTS = {
    Reason.CPU: "CPU units are",
    Reason.MEMORY: "memory is",
    Reason.GPU: "GPUs are",
    Reason.NETWORK_INTERFACE: "network interfaces are",
    Reason.PORT_QUOTA: "ports to reserve are",
    Reason.DYNAMIC_PORT: "dynamic ports are",
}


@dataclass(frozen=True)
class Refusal:
    """One requirement that an instance does not meet."""

    reason: Reason
    needed: int | str = ""
    """What the task needs: an amount, or a value; for a list, separated by commas."""
    found: int | str | None = None
    """What the instance has left, or has; None where it has nothing of the kind."""
    subject: str = ""
    """Which port, attribute or expression."""
    holder: str | None = None
    """The task in the way; None where it is the agent, or none is."""
    decisive: tuple[Decisive, ...] = ()
    """The comparisons of an expression that decide."""

    @property
    def short(self) -> int:
        """By how much an amount is short; 0 where it is not one."""
        return self.needed - self.found if isinstance(self.needed, int) and isinstance(self.found, int) else 0

    def __str__(self) -> str:
        if self.reason in _AMOUNTS:
            what = f"{self.subject} {_AMOUNTS[self.reason]}".strip()
            unit = " MiB" if self.reason is Reason.MEMORY else ""
            return f"{what} short by {self.short}{unit}: needs {self.needed}, {self.found} left"
        return _SENTENCES[self.reason](self)


_SENTENCES: Mapping[Reason, Callable[[Refusal], str]] = {
    Reason.STATUS: lambda r: f"the instance is {r.found}, and only an ACTIVE one takes tasks",
    Reason.AGENT: lambda r: "the agent is disconnected",
    Reason.CAPACITY_PROVIDER: lambda r: f"the instance is of {_provider(r.found)}, not of {_provider(r.needed)}",
    Reason.ZONE: lambda r: f"the instance is in {r.found or 'no known zone'}, and the task needs {r.needed}",
    Reason.ARCHITECTURE: lambda r: f"the instance is {r.found or 'of no known architecture'}, the task {r.needed}",
    Reason.PORT: lambda r: f"port {r.subject} is taken by {f'task {r.holder}' if r.holder else 'the instance itself'}",
    Reason.ATTRIBUTE: lambda r: f"attribute {r.subject} {_attribute(r)}",
    Reason.DISTINCT_INSTANCE: lambda r: f"task {r.holder} of the same group is here, and each needs its own instance",
    Reason.EXPRESSION: lambda r: f"{r.subject} is not met: {'; '.join(map(str, r.decisive))}",
}


def refusals(task: Task, instance: ContainerInstance) -> list[Refusal]:
    """Every requirement of `task` that `instance` does not meet now; none where it can take it."""
    return list(_refusals(task, instance))


def fits(task: Task, instance: ContainerInstance) -> bool:
    """Whether `instance` can take `task` now."""
    return next(_refusals(task, instance), None) is None


def _refusals(task: Task, instance: ContainerInstance) -> Iterator[Refusal]:
    if instance.status is not Status.ACTIVE:
        yield Refusal(Reason.STATUS, Status.ACTIVE.value, instance.status.value)
    if not instance.agent_connected:
        yield Refusal(Reason.AGENT)
    yield from _amounts(task, instance)
    yield from _kind(task, instance)
    if task.host_ports or task.dynamic_ports:
        yield from _ports(task, instance)
    if task.distinct_instance and task.group in instance.task_groups:
        other = next(placed.id for placed in instance.tasks if placed.task.group == task.group)
        yield Refusal(Reason.DISTINCT_INSTANCE, holder=other)
    for expression in task.expressions:
        if not expression.matches(instance):
            yield Refusal(Reason.EXPRESSION, subject=str(expression), decisive=expression.deciding(instance))


def _amounts(task: Task, instance: ContainerInstance) -> Iterator[Refusal]:
    needs, remaining = task.needs, instance.remaining
    if needs.cpu > remaining.cpu:
        yield Refusal(Reason.CPU, needs.cpu, remaining.cpu)
    if needs.memory > remaining.memory:
        yield Refusal(Reason.MEMORY, needs.memory, remaining.memory)
    if needs.gpus > remaining.gpus:
        yield Refusal(Reason.GPU, needs.gpus, remaining.gpus)
    if needs.network_interfaces > remaining.network_interfaces:
        yield Refusal(Reason.NETWORK_INTERFACE, needs.network_interfaces, remaining.network_interfaces)


def _kind(task: Task, instance: ContainerInstance) -> Iterator[Refusal]:
    if task.capacity_provider is not None and task.capacity_provider != instance.capacity_provider:
        yield Refusal(Reason.CAPACITY_PROVIDER, task.capacity_provider, instance.capacity_provider)
    if task.zones and instance.zone not in task.zones:
        yield Refusal(Reason.ZONE, ", ".join(sorted(task.zones)), instance.zone)
    architecture = instance.attributes.get(CPU_ARCHITECTURE)
    if task.architecture is not None and task.architecture != architecture:
        yield Refusal(Reason.ARCHITECTURE, task.architecture.value, architecture)
    for name, value in sorted(task.attributes, key=lambda each: (each.name, each.value or "")):
        found = instance.attributes.get(name)
        if found is None or value not in (None, found):
            yield Refusal(Reason.ATTRIBUTE, value or "", found, subject=name)


def _ports(task: Task, instance: ContainerInstance) -> Iterator[Refusal]:
    for port in sorted(task.host_ports & instance.ports):
        yield Refusal(Reason.PORT, subject=str(port), holder=instance.holder(port))
    left = MOST_RESERVED_PORTS - instance.reserved_ports
    if len(task.host_ports) > left:
        yield Refusal(Reason.PORT_QUOTA, len(task.host_ports), left)
    for protocol, needed in sorted(Counter(task.dynamic_ports).items()):
        own = sum(p.protocol is protocol and p.number in instance.dynamic_range for p in task.host_ports)
        free = instance.free_dynamic_ports(protocol) - own
        if needed > free:
            yield Refusal(Reason.DYNAMIC_PORT, needed, free, subject=protocol.value)


def _provider(name: int | str | None) -> str:
    return f"capacity provider {name}" if name else "no capacity provider"


def _attribute(refusal: Refusal) -> str:
    if refusal.found is None:
        return "is missing"
    return f"is {refusal.found}, and the task needs {refusal.needed}"

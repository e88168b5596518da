"""`capacity`: what each container instance registered and has left, and how many more copies of each service fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from ecs_model.fleet import ContainerInstance
from ecs_model.headroom import Headroom, Summary, headrooms, summary, takes_tasks, usable
from ecs_model.network_modes import Protocol
from ecs_model.task_needs import SERVICE, Task
from operations.report import Amounts, Model, Needs, Report, common
from operations.snapshot import Provider, Service, Snapshot


class TaskRow(Model):
    """A task on a container instance."""

    id: str
    service: str
    """The service's name, else the task's group."""
    cpu: int
    memory: int
    """MiB that it reserves."""
    ports: list[str]
    """Its host ports, such as 49153/tcp."""


class InstanceRow(Model):
    """A container instance."""

    id: str
    ec2_instance_id: str
    instance_type: str
    zone: str
    capacity_provider: str | None
    status: str
    agent_connected: bool
    agent_version: str
    registered: Amounts
    available: Amounts
    """What is left; ECS's figures for CPU and memory, counted from the tasks for GPUs and network interfaces."""
    ports_in_use: list[str]
    """Reserved by the agent, and fixed and dynamic ones of tasks."""
    tasks: list[TaskRow]
    ami: str | None
    ami_age_days: int | None
    usable: bool
    """Whether one more task of any service of the cluster fits."""


class TotalRow(Model):
    """The totals of a capacity provider's instances, or of the cluster's."""

    name: str
    """The capacity provider; empty for instances of none, and for the whole cluster."""
    instances: int
    registered: Amounts
    available: Amounts
    """Left on instances that take tasks: ACTIVE, with a connected agent."""
    unusable_memory: int
    """MiB of those available that lie where no further task of any service fits."""
    fragmentation: float
    """`unusable_memory` as a share of what is available, 0-1."""
    scaling: bool | None
    """Whether managed scaling is on; null where there is no capacity provider."""
    group_sizes: list[int] | None
    """Minimum, desired and maximum size of the Auto Scaling group."""


class ServiceRow(Model):
    """A service, and the room for it."""

    name: str
    task_definition: str
    desired: int
    running: int
    waiting: int
    """Tasks that have no instance yet (PROVISIONING)."""
    needs: Needs | None
    """Null where it does not run on container instances, or where `note` says why it is not known."""
    fits_now: int | None
    """How many more copies fit."""
    fits_after_drain: int | None
    """How many more copies fit once the instance whose loss costs most has drained."""
    worst_instance: str | None
    """That instance."""
    stranded: int | None
    """The most of its running tasks that find no other instance, whichever one drains."""
    stranding_instance: str | None
    """The instance whose drain leaves these; null where none would."""
    note: str

    def drain_note(self, names: Mapping[str, str]) -> str:
        """Which drain would leave tasks without an instance; `names` are the instances' by id. Empty where none."""
        if not self.stranded or self.stranding_instance is None:
            return ""
        return f"a drain of {names[self.stranding_instance]} would leave {self.stranded} without an instance"


class CapacityReport(Report):
    """The cluster's capacity."""

    total: TotalRow
    providers: list[TotalRow]
    instances: list[InstanceRow]
    services: list[ServiceRow]


def build(snapshot: Snapshot) -> CapacityReport:
    """The report on a snapshot."""
    instances = list(snapshot.fleet.instances.values())
    on_ec2 = {service.group: service.tasks for service in snapshot.services if service.tasks and not service.daemon}
    needs = list(on_ec2.values())
    rooms = headrooms(on_ec2, snapshot.fleet, {service.group: service.strategies for service in snapshot.services})
    services = [_service(service, rooms.get(service.group)) for service in snapshot.services]
    return CapacityReport(
        **common(snapshot),
        findings=list(_findings(snapshot, services)),
        total=_total("", summary(instances, needs), None),
        providers=_providers(snapshot, needs),
        instances=[_instance(each, snapshot, needs) for each in instances],
        services=services,
    )


def _findings(snapshot: Snapshot, services: Sequence[ServiceRow]) -> Iterator[str]:
    for instance in snapshot.fleet.instances.values():
        if not instance.agent_connected:
            name = instance.ec2_instance_id or instance.id
            yield f"container instance {name}: its agent is disconnected, so that it takes no tasks"
    for service in services:
        if service.running < service.desired and service.fits_now == 0:
            yield (
                f"service {service.name}: {service.running} of {service.desired} tasks run and no further copy fits: "
                f"see `why {service.name}`"
            )


def _providers(snapshot: Snapshot, needs: Sequence[Sequence[Task]]) -> list[TotalRow]:
    known: dict[str, Provider | None] = {provider.name: provider for provider in snapshot.providers}
    for each in snapshot.fleet.instances.values():
        known.setdefault(each.capacity_provider or "", None)
    rows = []
    for name, provider in known.items():
        own = [each for each in snapshot.fleet.instances.values() if (each.capacity_provider or "") == name]
        rows.append(_total(name, summary(own, needs), provider))
    return rows


def _total(name: str, totals: Summary, provider: Provider | None) -> TotalRow:
    group = provider.group if provider else None
    return TotalRow(
        name=name,
        instances=totals.instances,
        registered=Amounts.of(totals.registered),
        available=Amounts.of(totals.remaining),
        unusable_memory=totals.unusable_memory,
        fragmentation=round(totals.fragmentation, 4),
        scaling=provider.scaling if provider else None,
        group_sizes=[group.smallest, group.desired, group.largest] if group else None,
    )


def _instance(instance: ContainerInstance, snapshot: Snapshot, needs: Sequence[Sequence[Task]]) -> InstanceRow:
    ami = snapshot.images.get(instance.id)
    made = snapshot.image_dates.get(ami) if ami else None
    return InstanceRow(
        id=instance.id,
        ec2_instance_id=instance.ec2_instance_id,
        instance_type=instance.instance_type,
        zone=instance.zone,
        capacity_provider=instance.capacity_provider,
        status=instance.status.value,
        agent_connected=instance.agent_connected,
        agent_version=instance.agent_version,
        registered=Amounts.of(instance.registered),
        available=Amounts.of(instance.remaining),
        ports_in_use=[str(port) for port in sorted(instance.ports, key=_port)],
        tasks=[
            TaskRow(
                id=placed.id,
                service=placed.task.group.removeprefix(SERVICE),
                cpu=placed.task.cpu,
                memory=placed.task.memory,
                ports=[str(port) for port in sorted(placed.ports, key=_port)],
            )
            for placed in instance.tasks
        ],
        ami=ami,
        ami_age_days=_days(made, snapshot.read_at),
        usable=takes_tasks(instance) and usable(instance, needs),
    )


def _port(port: tuple[int, Protocol]) -> tuple[int, str]:
    return port[0], port[1].value


def _days(made: datetime | None, now: datetime) -> int | None:
    return (now - made).days if made else None


def _service(service: Service, room: Headroom | None) -> ServiceRow:
    note = service.problem
    if not note and not service.tasks:
        note = "does not run on container instances"
    if service.daemon:
        note = "one copy on every instance"
    return ServiceRow(
        name=service.name,
        task_definition=service.definition,
        desired=service.desired,
        running=service.running,
        waiting=len(service.waiting),
        needs=Needs.of_task(service.tasks[0]) if service.tasks else None,
        fits_now=room.now if room else None,
        fits_after_drain=room.after_drain if room else None,
        worst_instance=room.worst if room else None,
        stranded=room.stranded if room else None,
        stranding_instance=room.stranding if room else None,
        note=note,
    )

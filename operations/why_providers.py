"""The capacity providers' part of `why`: what keeps them from adding instances, or that they may add some."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ecs_model.managed_waiting import ManagedCapacity, obstacles
from operations.report import Happening, Model
from operations.snapshot import Provider, Service, Snapshot


class ProviderRow(Model):
    """A capacity provider that may get the service's tasks."""

    name: str
    next: bool
    """Whether the task that waits, else the next one, is meant for this one."""
    status: str
    update_status: str
    """The state of its last update, such as UPDATE_COMPLETE or UPDATE_FAILED; empty where there was none."""
    update_reason: str
    attachments: dict[str, str]
    """The state of what ECS set up for it in the cluster, by type, such as as_policy: CREATED."""
    managed_instances: bool = False
    """Whether it is of ECS Managed Instances; such have none of what follows but remarks."""
    scaling: bool | None
    """Whether managed scaling is on."""
    target: int | None
    """The CapacityProviderReservation, in percent, that managed scaling aims at."""
    reservation: float | None
    """The last CapacityProviderReservation of 15 minutes: instances needed, in percent of those there are."""
    reservation_at: datetime | None
    group_sizes: list[int] | None
    """Minimum, desired and maximum size of the Auto Scaling group."""
    in_service: int | None
    protected: int | None
    """Instances protected from scale-in."""
    warm_up_seconds: int | None
    remarks: list[str]
    """What keeps it from adding instances, or that it may add some, a sentence each."""
    activities: list[Happening]
    """The group's last scaling activities, the newest first."""


def provider_rows(snapshot: Snapshot, service: Service) -> Iterator[ProviderRow]:
    """The providers that may get the service's tasks, the next one's first."""
    known = {provider.name: provider for provider in snapshot.providers}
    managed = {provider.name: provider for provider in snapshot.managed}
    tasks = [task for task in service.tasks if task.capacity_provider]
    for position, task in enumerate(tasks):
        name = task.capacity_provider
        waits = bool(service.waiting) and position == 0
        if name in known:
            yield _provider(known[name], first=position == 0, waits=waits)
        elif name in managed:
            found = obstacles(task, managed[name], service.compatibilities)
            yield _managed(managed[name], found, first=position == 0, waits=waits)


def _managed(provider: ManagedCapacity, found: list[str], *, first: bool, waits: bool) -> ProviderRow:
    remarks = list(found)
    if not found:
        remarks.append("ECS starts an instance for a task that waits, of the types that its instanceRequirements allow")
    if not found and waits:
        also = f", {', '.join(provider.not_judged)}" if provider.not_judged else ""
        remarks.append(
            "nothing seen here keeps one from coming: look at EC2's capacity and quotas, the infrastructure role, the "
            f"subnets' free addresses and way to ECS{also}"
        )
    return ProviderRow(
        name=provider.name, next=first, status=provider.status, update_status=provider.update,
        update_reason=provider.update_reason, attachments={}, managed_instances=True, scaling=None, target=None,
        reservation=None, reservation_at=None, group_sizes=None, in_service=None, protected=None, warm_up_seconds=None,
        remarks=remarks, activities=[],
    )  # fmt: skip


def _provider(provider: Provider, *, first: bool, waits: bool) -> ProviderRow:
    group = provider.group
    return ProviderRow(
        name=provider.name,
        next=first,
        status=provider.status,
        update_status=provider.update,
        update_reason=provider.update_reason,
        attachments=dict(provider.attachments),
        target=provider.target,
        reservation=provider.reservation[1] if provider.reservation else None,
        reservation_at=provider.reservation[0] if provider.reservation else None,
        scaling=provider.scaling,
        group_sizes=[group.smallest, group.desired, group.largest] if group else None,
        in_service=group.in_service if group else None,
        protected=group.protected if group else None,
        warm_up_seconds=provider.warm_up,
        remarks=[*_remarks(provider), *_reservation(provider, waits)],
        activities=Happening.list_of(provider.activities),
    )


def _remarks(provider: Provider) -> Iterator[str]:
    group = provider.group
    yield from _attachment(provider)
    if not provider.scaling:
        yield "managed scaling is off: nothing adds an instance for a waiting task"
    if group is None:
        yield "its Auto Scaling group was not found"
        return
    if group.desired >= group.largest:
        yield f"the group is at its maximum of {group.largest}: raise maxSize to let it add instances"
    elif provider.scaling:
        yield f"managed scaling may add up to {group.largest - group.desired} instances for tasks that wait"
    if group.in_service < group.desired:
        coming = group.desired - group.in_service
        yield f"{coming} of {group.desired} instances are not in service yet: new ones count after {provider.warm_up} s"
    launching = sorted({"Launch", "AddToLoadBalancer"}.intersection(group.suspended))
    if launching:
        yield f"the group's process {' and '.join(launching)} is suspended: resume it"


def _attachment(provider: Provider) -> Iterator[str]:
    if provider.status != "ACTIVE":
        yield f"its status is {provider.status}, so that it gives no capacity"
    if provider.update.endswith("FAILED"):
        yield f"its last update failed ({provider.update}): {provider.update_reason}"
    for type_, status in sorted(provider.attachments.items()):
        if status not in ("CREATED", "ATTACHED"):
            yield f"its attachment {type_} is {status}, so that ECS does not do that part: put it on the cluster again"


def _reservation(provider: Provider, waits: bool) -> Iterator[str]:
    if not provider.scaling:
        return
    if provider.reservation is None:
        if waits:
            yield "no CapacityProviderReservation of the last minutes: managed scaling has not looked yet, or is new"
        return
    at, value = provider.reservation
    told = f"CapacityProviderReservation was {value:.0f} % at {at:%H:%M} UTC, the target is {provider.target} %"
    if value > provider.target:
        yield f"{told}: managed scaling wants more instances"
    elif waits:
        yield f"{told}: managed scaling has not counted the waiting task yet, or no instance of its types could hold it"
    else:
        yield f"{told}: managed scaling wants no more instances"

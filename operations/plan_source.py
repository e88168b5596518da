"""What a plan is for: a stack's settings, which need no AWS, or a live cluster."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ecs_model.fleet import ContainerInstance
from ecs_model.network import NetworkSettings
from ecs_model.planning.prices import Prices
from ecs_model.planning.stack_need import Need, stack_need
from ecs_model.stack import StackSettings
from ecs_model.task_needs import Task
from operations.live_need import daemons, live_need
from operations.report import NotRead
from operations.snapshot import Missing, Snapshot

USUAL_ZONES = 3
"""Of a region's default VPC, whose subnets the settings do not name."""


@dataclass(frozen=True)
class Source:
    """What to plan for, and what there is today."""

    name: str
    region: str
    need: Need
    zones: tuple[str, ...]
    read_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    daemons: tuple[Task, ...] = ()
    today: tuple[ContainerInstance, ...] | None = None
    """The cluster's instances; None where only settings are known."""
    notes: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)
    """That were made to read the cluster, by IAM action."""


@dataclass(frozen=True)
class Known:
    """The prices, and how they were come by."""

    prices: Prices | None
    notes: tuple[str, ...] = ()
    missing: tuple[NotRead, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)


def of_stack(
    settings: StackSettings, region: str | None, headroom: float, zones: tuple[str, ...], *, peak: bool
) -> Source:
    """The plan's source from a stack's settings; `zones` where they are not those that the settings imply."""
    notes: list[str] = []
    if not zones:
        number = _zone_count(settings.network)
        if number is None:
            number = USUAL_ZONES
            notes.append(f"the default VPC's zones are taken to be {number}: give --zones where they are not")
        zones = zone_names(region, number)
    need = stack_need(settings, headroom, peak=peak)
    return Source(settings.name, region or "", need, zones, daemons=need.daemons, notes=tuple(notes))


def of_cluster(snapshot: Snapshot, headroom: float, spot: Collection[str], zones: tuple[str, ...]) -> Source:
    """The plan's source from a live cluster; `zones` where not those of its instances."""
    instances = tuple(snapshot.fleet.instances.values())
    seen = tuple(sorted({each.zone for each in instances if each.zone}))
    notes = []
    if not zones and not seen:
        notes.append(f"the cluster has no instances to tell its zones, {USUAL_ZONES} are assumed: give --zones")
    return Source(
        snapshot.cluster,
        snapshot.region,
        live_need(snapshot, headroom, spot),
        zones or seen or zone_names(snapshot.region, USUAL_ZONES),
        snapshot.read_at,
        tuple(daemons(snapshot)),
        instances,
        tuple(notes),
        snapshot.missing,
        snapshot.calls,
    )


def zone_names(region: str | None, number: int) -> tuple[str, ...]:
    """The first zones of a region, as most accounts see them."""
    return tuple(f"{region or 'zone-'}{letter}" for letter in "abcdef"[:number])


def _zone_count(network: NetworkSettings) -> int | None:
    """How many zones the settings imply: those of a new network, one for each subnet of an existing one."""
    if network.create is not None:
        return network.create.zones
    if network.existing is not None:
        subnets = network.existing.private_subnet_ids or network.existing.public_subnet_ids
        return min(len(subnets), 6) or None
    return None

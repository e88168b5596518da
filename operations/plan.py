"""`plan`: the cheapest fleet for a stack's settings or a live cluster, proven, and what else it could be."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence

from ecs_model.fleet import ContainerInstance
from ecs_model.planning.fleet_need import Plan, PlannedInstance, types_of
from ecs_model.planning.planner import plan
from ecs_model.planning.prices import UNITS, WEIGHED, Prices
from ecs_model.planning.supply import candidates, nothing_offered, offers
from operations.plan_comparisons import Comparison, comparisons
from operations.plan_source import Known, Source
from operations.report import Amounts, Model, Needs, NotRead, Report


class GroupRow(Model):
    """Instances of the plan that are alike."""

    capacity_provider: str
    """Empty for container instances without one."""
    instance_type: str
    zone: str
    instances: int
    hourly: float
    """What one of them costs an hour, its root volume included; without prices its weight."""


class PlannedTasks(Model):
    """Copies of one task on an instance."""

    service: str
    copies: int


class InstanceRow(Model):
    """An instance of the plan with its tasks."""

    capacity_provider: str
    instance_type: str
    zone: str
    tasks: list[PlannedTasks]
    registered: Amounts
    """What it registers at least, or what instances of its type registered."""
    left: Amounts
    """What its tasks and the daemons leave."""


class WantedRow(Model):
    """A service on one capacity provider, or standalone tasks of one kind."""

    name: str
    capacity_provider: str
    copies: int
    """With the headroom."""
    needs: Needs
    planned: bool
    """False where its task fits no instance type on offer."""
    worth: float
    """What one more copy is worth at most, in the zone where it is dearest: these figures prove the lower bound."""


class PlanReport(Report):
    """The plan."""

    minimised: str
    """What the plan makes as small as it can: a currency an hour, or weights where there are no prices."""
    currency: str | None
    """Null without prices."""
    cost: float
    """Of an hour, of all instances with their root volumes."""
    lower_bound: float
    """No fleet that holds all tasks costs less: proven."""
    gap: float
    """The cost beyond the bound as a share of it; 0 where the plan is the cheapest fleet there is."""
    headroom_percent: float
    zones: list[str]
    groups: list[GroupRow]
    instances: list[InstanceRow]
    wanted: list[WantedRow]
    comparisons: list[Comparison]
    types_considered: int
    seconds: float
    """That the plan took, comparisons aside."""
    notes: list[str]
    """What was taken for granted."""


def build(
    source: Source,
    known: Known,
    *,
    headroom: float,
    patterns: Sequence[str],
    seconds: float,
) -> PlanReport:
    """The report; `patterns` choose instance types, `headroom` in percent is in the source already."""
    prices = known.prices
    gpus = any(each.task.gpus for each in source.need.wanted)
    supply = [
        (provider, offer)
        for provider in source.need.providers
        for offer in offers(provider, candidates(provider, patterns, gpus=gpus), source.zones, prices, source.daemons)
    ]
    started = time.monotonic()
    found = plan(source.need.wanted, [offer for _, offer in supply], seconds)
    took = time.monotonic() - started
    return PlanReport(
        cluster=source.name,
        region=source.region,
        read_at=source.read_at,
        findings=list(_findings(source, found, patterns, prices)),
        missing=[*(NotRead(action=each.action, why=each.why) for each in source.missing), *known.missing],
        calls={**source.calls, **known.calls},
        minimised=f"{prices.currency} an hour" if prices else f"{WEIGHED}, for there are no prices",
        currency=prices.currency if prices else None,
        cost=found.cost / UNITS,
        lower_bound=found.bound / UNITS,
        gap=round(found.gap, 6),
        headroom_percent=headroom,
        zones=list(source.zones),
        groups=list(_groups(found)),
        instances=[_instance(found, each) for each in found.instances],
        wanted=list(_wanted(found)),
        comparisons=list(comparisons(source, found, prices)),
        types_considered=len({offer.instance.instance_type for _, offer in supply}),
        seconds=round(took, 2),
        notes=[*source.notes, *known.notes],
    )


def _findings(source: Source, found: Plan, patterns: Sequence[str], prices: Prices | None) -> Iterator[str]:
    for name, reason in source.need.left_out:
        yield f"service {name} is left out of the plan: {reason}"
    offered = {offer.instance.capacity_provider for offer in found.offers}
    providers = {each.name: each for each in source.need.providers}
    for position in found.misfits:
        wanted = found.wanted[position]
        needs, provider = wanted.task.needs, wanted.task.capacity_provider
        where = f" of capacity provider {provider}" if provider else ""
        nothing = None if provider in offered else nothing_offered(providers.get(provider), patterns, prices)
        yield (
            f"{wanted.name}: a task of {needs.memory} MiB and {needs.cpu} CPU units fits no instance{where} that is on "
            f"offer: {nothing or 'name larger types with --types, or make the task smaller'}"
        )
    sizes = Counter(found.offers[each.offer].instance.capacity_provider for each in found.instances)
    for each in source.need.providers:
        if each.most is not None and sizes[each.name] > each.most:
            yield (
                f"capacity provider {each.name}: the plan has {sizes[each.name]} instances, and its group may have "
                f"{each.most}: raise its maximum size"
            )


def _groups(found: Plan) -> Iterator[GroupRow]:
    costs = {
        (o.instance.capacity_provider or "", o.instance.instance_type, o.instance.zone): o.cost for o in found.offers
    }
    for (provider, type_, zone), number in sorted(types_of(found.offers, found.instances).items()):
        yield GroupRow(
            capacity_provider=provider,
            instance_type=type_,
            zone=zone,
            instances=number,
            hourly=costs[provider, type_, zone] / UNITS,
        )


def _instance(found: Plan, planned: PlannedInstance) -> InstanceRow:
    instance: ContainerInstance = found.offers[planned.offer].instance
    left = instance.remaining
    for position, copies in planned.copies:
        for _ in range(copies):
            left = left - found.wanted[position].task.needs
    return InstanceRow(
        capacity_provider=instance.capacity_provider or "",
        instance_type=instance.instance_type,
        zone=instance.zone,
        tasks=[PlannedTasks(service=found.wanted[at].name, copies=copies) for at, copies in planned.copies],
        registered=Amounts.of(instance.registered),
        left=Amounts.of(left),
    )


def _wanted(found: Plan) -> Iterator[WantedRow]:
    for position, each in enumerate(found.wanted):
        yield WantedRow(
            name=each.name,
            capacity_provider=each.task.capacity_provider or "",
            copies=each.copies,
            needs=Needs.of_task(each.task),
            planned=position not in found.misfits,
            worth=round(max(found.worth[position], default=0.0) / UNITS, 6),
        )

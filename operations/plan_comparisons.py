"""What else could run the tasks of a plan, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecs_model.images import Architecture
from ecs_model.instance_types import catalogue
from ecs_model.planning.fargate import fleet_hourly
from ecs_model.planning.fleet_need import Offer, Plan, cost_of, types_of
from ecs_model.planning.planner import plan
from ecs_model.planning.prices import UNITS, Prices
from ecs_model.planning.supply import Provider, next_sizes, offers
from operations.plan_source import Source
from operations.report import Model

SECONDS = 2.0
"""That a comparison may plan for."""


class Comparison(Model):
    """Another fleet for the same tasks."""

    name: str
    """first-fit decreasing, today's fleet, today's types, one size up, Fargate, or ECS Managed Instances."""
    cost: float | None
    """Of an hour, as the plan's; null where it is not known."""
    difference: float | None
    """How much dearer it is than the plan; negative where it is cheaper."""
    fleet: str
    """What it is made of."""
    note: str
    """What to bear in mind."""


def comparisons(source: Source, found: Plan, prices: Prices | None) -> Iterator[Comparison]:
    """The comparisons that can be made."""
    first = cost_of(found.offers, found.first_fit)
    yield _row("first-fit decreasing", first / UNITS, found, _fleet(found.offers, found), "the best single type")
    if source.today is not None:
        yield _today(source, found, prices)
    own = {name for provider in source.need.providers for name in provider.types}
    if own:
        yield _types_of_today(found, own)
    if found.instances:
        yield _one_size_up(source, found, prices)
    if prices is not None:
        yield _fargate(source, found, prices)
        yield _managed(found, prices)


def _row(name: str, cost: float | None, found: Plan, fleet: str, note: str) -> Comparison:
    difference = None if cost is None else round(cost - found.cost / UNITS, 6)
    return Comparison(name=name, cost=cost, difference=difference, fleet=fleet, note=note)


def _fleet(all_offers: Sequence[Offer], found: Plan) -> str:
    """Of first-fit decreasing."""
    return _listed([(type_, n) for (_, type_, _), n in types_of(all_offers, found.first_fit).items()])


def _listed(numbers: Sequence[tuple[str, int]]) -> str:
    totals: dict[str, int] = {}
    for type_, number in numbers:
        totals[type_] = totals.get(type_, 0) + number
    return ", ".join(f"{number} {type_}" for type_, number in sorted(totals.items())) or "nothing"


def _today(source: Source, found: Plan, prices: Prices | None) -> Comparison:
    """The instances there are, empty or not."""
    kinds = {provider.name: provider for provider in source.need.providers}
    cost, unknown = 0, 0
    for instance in source.today or ():
        type_ = catalogue().get(instance.instance_type)
        provider = kinds.get(instance.capacity_provider, Provider(instance.capacity_provider))
        offer = next(offers(provider, [type_], [instance.zone], prices), None) if type_ else None
        cost, unknown = cost + (offer.cost if offer else 0), unknown + (offer is None)
    note = f"{unknown} instances have no known price" if unknown else "as it is, with whatever room it has"
    fleet = _listed([(each.instance_type or "unknown", 1) for each in source.today or ()])
    return _row("today's fleet", None if unknown else cost / UNITS, found, fleet, note)


def _types_of_today(found: Plan, own: set[str]) -> Comparison:
    return _replanned("today's types", found, [each for each in found.offers if each.instance.instance_type in own])


def _one_size_up(source: Source, found: Plan, prices: Prices | None) -> Comparison:
    """The plan on the next larger size of every type that it uses."""
    larger: list[Offer] = []
    for provider in source.need.providers:
        used = {type_ for (name, type_, _) in types_of(found.offers, found.instances) if name == (provider.name or "")}
        larger += offers(provider, next_sizes(sorted(used)), source.zones, prices, source.daemons)
    return _replanned("one size up", found, larger)


def _replanned(name: str, found: Plan, supply: Sequence[Offer]) -> Comparison:
    other = plan(found.wanted, supply, SECONDS)
    lost = [found.wanted[at].name for at in other.misfits if at not in found.misfits]
    fleet = _listed([(type_, n) for (_, type_, _), n in types_of(supply, other.instances).items()])
    if lost:
        note = f"not for {', '.join(dict.fromkeys(lost))}: they fit none of these types, or there is no price"
        return _row(name, None, found, fleet, note)
    note = f"at least {other.bound / UNITS:.4f}" if other.gap else "the cheapest of these types"
    return _row(name, other.cost / UNITS, found, fleet, note)


def _fargate(source: Source, found: Plan, prices: Prices) -> Comparison:
    kinds = {provider.name: provider.architecture for provider in source.need.providers}
    architectures = [kinds.get(each.task.capacity_provider, Architecture.X86_64) for each in found.wanted]
    planned = [at for at in range(len(found.wanted)) if at not in found.misfits]
    cost, without = fleet_hourly([found.wanted[at] for at in planned], prices, [architectures[at] for at in planned])
    copies = sum(found.wanted[at].copies for at in planned)
    note = "on demand, each task in the smallest size that holds it, in mode awsvpc"
    if without:
        note = f"not for {', '.join(dict.fromkeys(without))}: too large, with GPUs, or without a price"
    return _row("Fargate", None if without else cost, found, f"{copies} tasks", note)


def _managed(found: Plan, prices: Prices) -> Comparison:
    """The plan's instances on demand, with the fee; its root volumes are left as they are."""
    total, note = 0.0, f"the plan's instances on demand, with a fee of {prices.managed_fee:.0%}; Bottlerocket, awsvpc"
    for each in found.instances:
        offer = found.offers[each.offer]
        price = prices.on_demand.get(offer.instance.instance_type)
        if price is None:
            fleet = f"{len(found.instances)} instances"
            return _row("ECS Managed Instances", None, found, fleet, "an on-demand price is not known")
        total += price * (1 + prices.managed_fee)
    return _row("ECS Managed Instances", round(total, 6), found, f"{len(found.instances)} instances", note)

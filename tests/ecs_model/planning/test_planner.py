"""A plan is a packing that placement agrees with, never worse than first-fit decreasing, and as cheap as can be."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_model.cluster_query import parse
from ecs_model.fleet import ContainerInstance, started
from ecs_model.instance_types import catalogue
from ecs_model.planning.fleet_need import Offer, Plan, Wanted, cost_of, types_of
from ecs_model.planning.planner import plan
from ecs_model.refusals import fits
from ecs_model.task_needs import HostPort, Task
from tests.ecs_model.planning.fleets import check, homes_for, instance, random_fleet, random_type

GIB = 1024


def cheapest(wanted: list[Wanted], offers: list[Offer]) -> int:
    """The cost of the cheapest fleet, by trying every way to share the copies among zones and instances."""
    copies = [position for position, each in enumerate(wanted) for _ in range(each.copies)]
    copies = [at for at in copies if any(fits(wanted[at].task, offer.instance) for offer in offers)]
    zones = sorted({offer.instance.zone for offer in offers})
    full = (1 << len(copies)) - 1

    single: dict[tuple[str, int], int] = {}
    for offer, group in itertools.product(offers, range(1, full + 1)):
        key = (offer.instance.zone, group)
        counts = [sum(group >> bit & 1 and each == at for bit, each in enumerate(copies)) for at in range(len(wanted))]
        if offer.cost < single.get(key, 1 << 60) and _holds(offer.instance, wanted, counts):
            single[key] = offer.cost

    @cache
    def packed(zone: str, group: int) -> int:
        if not group:
            return 0
        first, best, part = group & -group, 1 << 60, group
        while part:
            if part & first and (zone, part) in single:
                best = min(best, single[zone, part] + packed(zone, group & ~part))
            part = (part - 1) & group
        return best

    best = 1 << 60
    for sharing in itertools.product(range(len(zones)), repeat=len(copies)):
        if _even(wanted, offers, [(copies[bit], zones[at]) for bit, at in enumerate(sharing)]):
            groups = [sum(1 << b for b, s in enumerate(sharing) if s == at) for at in range(len(zones))]
            best = min(best, sum(packed(zone, group) for zone, group in zip(zones, groups, strict=True)))
    return best


@pytest.mark.parametrize("hundred", range(3))
def test_small_fleets_are_the_cheapest_there_are(hundred: int) -> None:
    better = 0
    for seed in range(100 * hundred, 100 * hundred + 100):
        wanted, offers = random_fleet(seed, most_tasks=6)
        found = plan(wanted, offers)
        check(found)
        check(found, found.first_fit)
        best = cheapest(wanted, offers)
        assert (found.cost, found.bound) == (best, best), f"seed {seed}"
        assert found.gap == 0
        assert found.cost <= cost_of(offers, found.first_fit)
        better += found.cost < cost_of(offers, found.first_fit)
    # Else the search would have nothing to do.
    assert better > 10


@settings(max_examples=40, deadline=None)
@given(st.integers(1_000, 1_000_000))
def test_larger_fleets_are_never_worse_than_first_fit_decreasing(seed: int) -> None:
    wanted, offers = random_fleet(seed, most_tasks=60)
    found = plan(wanted, offers, seconds=1.0)
    check(found)
    check(found, found.first_fit)
    assert found.cost <= cost_of(offers, found.first_fit)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1_000_000))
def test_what_proves_the_bound_can_be_checked(seed: int) -> None:
    wanted, offers = random_fleet(seed, most_tasks=8)
    found = plan(wanted, offers)
    for offer in offers:
        column = found.zones.index(offer.instance.zone)
        for counts in itertools.product(*(range(_most(found, at) + 1) for at in range(len(wanted)))):
            value = sum(count * found.worth[at][column] for at, count in enumerate(counts))
            assert value <= offer.cost * (1 + 1e-6) or not _holds(offer.instance, wanted, counts)
    least = sum(_least_worth(found, at) for at in range(len(wanted)) if at not in found.misfits)
    assert least <= found.bound * (1 + 1e-6)


def _even(wanted: list[Wanted], offers: list[Offer], sharing: list[tuple[int, str]]) -> bool:
    """Whether the copies, each in its zone, are spread as they should be."""
    for position, each in enumerate(wanted):
        homes = homes_for(offers, each)
        numbers = [sharing.count((position, zone)) for zone in homes]
        if each.spread and numbers and max(numbers) - min(numbers) > 1:
            return False
        alike = [at for at, other in enumerate(wanted) if other.name == each.name and other.spread]
        alike = [at for at in alike if homes_for(offers, wanted[at])]
        if each.spread and homes and all(homes_for(offers, wanted[at]) == homes for at in alike):
            sums = [sum(sharing.count((at, zone)) for at in alike) for zone in homes]
            if max(sums) - min(sums) > 1:
                return False
    return True


def _holds(on: ContainerInstance, wanted: list[Wanted], counts: Sequence[int]) -> bool:
    for at, count in enumerate(counts):
        for _ in range(count):
            if not fits(wanted[at].task, on):
                return False
            on = on.with_task("x", wanted[at].task)
    return True


def _most(found: Plan, at: int) -> int:
    """The most copies in one zone."""
    each, homes = found.wanted[at], len(_homes(found, at))
    return -(-each.copies // homes) if each.spread and homes else each.copies


def _homes(found: Plan, at: int) -> list[int]:
    offers = [offer for offer in found.offers if fits(found.wanted[at].task, offer.instance)]
    return sorted({found.zones.index(offer.instance.zone) for offer in offers})


def _least_worth(found: Plan, at: int) -> float:
    each = found.wanted[at]
    homes = sorted(found.worth[at][column] for column in _homes(found, at))
    if not each.spread:
        return each.copies * homes[0]
    return each.copies // len(homes) * sum(homes) + sum(homes[: each.copies % len(homes)])


def test_memory_is_what_an_instance_registers_not_what_it_is_sold_with() -> None:
    large, xlarge = catalogue()["m7i.large"], catalogue()["m7i.xlarge"]
    offers = [Offer(started("new", large, "a"), 100), Offer(started("new", xlarge, "a"), 200)]
    assert _types(plan([Wanted("it", Task("it", memory=7_577), 1)], offers)) == {"m7i.large": 1}
    assert _types(plan([Wanted("it", Task("it", memory=7_578), 1)], offers)) == {"m7i.xlarge": 1}


def test_a_fixed_port_is_given_once_an_instance() -> None:
    offers = [Offer(started("new", catalogue()["m7i.4xlarge"], "a"), 100)]
    first = Task("first", memory=100, host_ports=frozenset({HostPort(80)}))
    second = Task("second", memory=100, host_ports=frozenset({HostPort(80), HostPort(81)}))
    found = plan([Wanted("first", first, 3), Wanted("second", second, 2)], offers)
    check(found)
    assert (len(found.instances), found.bound) == (5, 500)


def test_what_fits_nothing_is_named_and_the_rest_is_planned() -> None:
    offers = [Offer(started("new", catalogue()["m7i.large"], "a"), 100)]
    huge, small = Task("huge", memory=64 * GIB), Task("small", memory=512)
    found = plan([Wanted("huge", huge, 2), Wanted("small", small, 2)], offers)
    assert (found.misfits, len(found.instances), found.cost, found.bound) == ((0,), 1, 100, 100)
    assert plan([], offers).cost == plan([], []).cost == 0
    assert plan([Wanted("small", small, 1)], []).misfits == (0,)
    nothing = plan([Wanted("huge", huge, 2)], offers)
    assert (nothing.misfits, nothing.instances, nothing.cost, nothing.bound, nothing.gap) == ((0,), (), 0, 0, 0.0)


def test_constraints_choose_the_offers_and_daemons_take_their_part() -> None:
    expression = parse("attribute:ecs.instance-type =~ m7i.*")
    offers = [
        Offer(instance(catalogue()["m7a.large"], "a"), 50),
        Offer(instance(catalogue()["m7i.large"], "a", daemon=True), 100),
    ]
    found = plan([Wanted("it", Task("it", memory=7_577 // 2, expressions=(expression,)), 2)], offers)
    check(found)
    assert types_of(offers, found.instances) == {("", "m7i.large", "a"): 2}


def test_zones_are_served_evenly_unless_a_service_does_not_spread() -> None:
    offers = [Offer(started("new", catalogue()["m7i.large"], zone), 100 + at) for at, zone in enumerate("abc")]
    task = Task("it", memory=1_000)
    assert types_of(offers, plan([Wanted("it", task, 3)], offers).instances) == {
        ("", "m7i.large", zone): 1 for zone in "abc"
    }
    together = plan([Wanted("it", task, 3, spread=False)], offers)
    assert types_of(offers, together.instances) == {("", "m7i.large", "a"): 1}


def test_a_service_on_two_providers_is_spread_as_one() -> None:
    offers = [
        Offer(started("new", catalogue()["m7i.large"], zone, capacity_provider=p), 9) for p in "xy" for zone in "ab"
    ]
    wanted = [Wanted("web", Task("web", memory=500, capacity_provider=provider), 1) for provider in "xy"]
    found = plan(wanted, offers)
    check(found)
    assert {zone for _, _, zone in types_of(offers, found.instances)} == {"a", "b"}


def test_without_time_it_is_first_fit_decreasing_at_least() -> None:
    rng = random.Random(1)
    offers = [Offer(started("new", random_type(rng, number), "a"), rng.randint(50, 90)) for number in range(5)]
    wanted = [Wanted(str(at), Task(str(at), memory=100 + 37 * at), 40) for at in range(12)]
    found = plan(wanted, offers, seconds=0.0)
    check(found)
    assert 0 < found.bound <= found.cost <= cost_of(offers, found.first_fit)


def _types(found: Plan) -> dict[str, int]:
    return {name: number for (_, name, _), number in types_of(found.offers, found.instances).items()}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Wanted("it", Task("it", memory=1), -1), "-1 copies are negative: give 0 or more"),
        (
            lambda: Wanted("it", Task("it", memory=1, expressions=(parse("task:group == service:x"),)), 1),
            "asks about other tasks cannot be planned",
        ),
        (lambda: Offer(started("new", catalogue()["m7i.large"], "a"), 0), "m7i.large costs 0: give whole units"),
    ],
)
def test_what_cannot_be_planned(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=message):
        make()

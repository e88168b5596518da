"""How good the plan of a large fleet is, and what it takes: 10,000 tasks of 50 services on 300 instance types."""

import random
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from benchmarks.result import Result
from ecs_model.fleet import started
from ecs_model.images import Architecture
from ecs_model.instance_types import InstanceType, catalogue
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.planning.first_fit import first_fit
from ecs_model.planning.fleet_need import Offer, Wanted, cost_of
from ecs_model.planning.planner import plan
from ecs_model.planning.prices import units
from ecs_model.planning.rounding import demands
from ecs_model.planning.shapes import shapes
from ecs_model.planning.supply import with_daemons
from ecs_model.task_needs import HostPort, Task

SERVICES, TASKS, TYPES, ZONES = 50, 10_000, 300, ("a", "b", "c")
SEEDS = (1, 2, 3)
"""Fleets that are planned; of each figure the worst counts."""
DAEMON = Task("log-router", memory=128, cpu=128, daemon=True)
MEMORY = (128, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192)
CPU = (64, 128, 256, 512, 768, 1024, 2048)


class _Planned(NamedTuple):
    gap: float
    seconds: float
    processor: float
    """Seconds of it."""
    first: float
    """Seconds of first-fit decreasing."""
    dearer: float
    """What that costs, as a multiple of the plan's cost."""


def results() -> Iterator[Result]:
    """Every figure."""
    seen = [_planned(seed) for seed in SEEDS]
    each = f"plan of {TASKS:,} tasks of {SERVICES} services on {TYPES} types"
    yield Result(f"{each}: gap to the proven bound", max(one.gap for one in seen) * 100, "%", "<= 1")
    yield Result(f"{each}: time", max(one.seconds for one in seen), "s", "<= 10")
    yield Result(f"{each}: processor time", max(one.processor for one in seen), "s")
    yield Result(f"{each}: time / first-fit decreasing", max(one.seconds / one.first for one in seen), "x")
    yield Result(f"{each}: cost of first-fit decreasing / of the plan", min(one.dearer for one in seen), "x", ">= 1")


def _planned(seed: int) -> _Planned:
    wanted, offers = problem(seed)
    start, worked = time.perf_counter(), time.process_time()
    found = plan(wanted, offers)
    took, processor = time.perf_counter() - start, time.process_time() - worked
    assert not found.misfits
    start = time.perf_counter()
    numbers, _ = shapes(wanted, offers)
    even = demands(numbers, None)
    for zone in range(len(ZONES)):
        first_fit(numbers, zone, even[:, zone])
    first = time.perf_counter() - start
    return _Planned(found.gap, took, processor, first, cost_of(offers, found.first_fit) / found.cost)


def problem(seed: int) -> tuple[list[Wanted], list[Offer]]:
    """Services of sizes that people write, and instance types whose prices grow within a family as AWS's do."""
    rng = random.Random(seed)  # noqa: S311 - no secrets
    types = [t for t in catalogue().values() if t.name[0] in "cmr" and not t.gpus and ".metal" not in t.name]
    factors = {family: rng.uniform(0.95, 1.1) for family in sorted({t.name.partition(".")[0] for t in types})}
    offers = []
    for type_ in rng.sample(types, TYPES):
        cost = units(_price(type_) * factors[type_.name.partition(".")[0]])
        for zone in ZONES:
            instance = with_daemons(started("new", type_, zone), [DAEMON])
            if instance is not None:
                offers.append(Offer(instance, cost))
    cuts = [0, *sorted(rng.sample(range(1, TASKS), SERVICES - 1)), TASKS]
    wanted = [Wanted(f"s{at}", _task(rng, at), high - low) for at, (low, high) in enumerate(pairwise(cuts))]
    return wanted, offers


def _price(type_: InstanceType) -> float:
    graviton = Architecture.ARM64 in type_.architectures
    return (0.034 * type_.cpu / 1024 + 0.0042 * type_.memory / 1024) * (0.8 if graviton else 1)


def _task(rng: random.Random, number: int) -> Task:
    mode = rng.choices([NetworkMode.BRIDGE, NetworkMode.AWSVPC, NetworkMode.HOST], [15, 3, 2])[0]
    return Task(
        f"s{number}",
        memory=rng.choice(MEMORY),
        group=f"service:s{number}",
        cpu=rng.choice(CPU),
        network_mode=mode,
        host_ports=frozenset({HostPort(8_000 + number % 3)}) if mode is NetworkMode.HOST else frozenset(),
        dynamic_ports=(Protocol.TCP,) if mode is NetworkMode.BRIDGE else (),
        architecture=rng.choice([None, None, Architecture.X86_64]),
    )

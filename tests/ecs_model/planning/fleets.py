"""Random fleets to plan, and a checker of plans that knows placement's own rules and nothing of the planner."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from ecs_model.fleet import ContainerInstance, started
from ecs_model.images import Architecture
from ecs_model.instance_types import InstanceType
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.planning.fleet_need import Offer, Plan, PlannedInstance, Wanted
from ecs_model.refusals import fits
from ecs_model.task_needs import HostPort, Task

DAEMON = Task("log-router", memory=64, cpu=32, daemon=True, host_ports=frozenset({HostPort(2020)}))


def instance(type_: InstanceType, zone: str, *, daemon: bool = False) -> ContainerInstance:
    found = started("new", type_, zone)
    return found.with_task("daemon", DAEMON) if daemon else found


def random_type(rng: random.Random, number: int) -> InstanceType:
    cpu, memory = rng.choice([1024, 2048, 4096]), rng.choice([1024, 2048, 4096, 8192])
    kind = rng.choice([Architecture.X86_64, Architecture.X86_64, Architecture.ARM64])
    return InstanceType(f"x{number}.large", cpu, memory, (kind,), rng.choice([0, 0, 2]), rng.choice([2, 3, 4]))


def random_task(rng: random.Random, name: str, zones: list[str]) -> Task:
    mode = rng.choice([NetworkMode.BRIDGE, NetworkMode.BRIDGE, NetworkMode.HOST, NetworkMode.AWSVPC])
    ports = {HostPort(port) for port in rng.sample([80, 443, 2020], rng.choice([1, 1, 2]))}
    return Task(
        name,
        memory=rng.choice([100, 300, 500, 900, 1500]),
        group=f"service:{name}",
        cpu=rng.choice([0, 128, 256, 700, 1024]),
        gpus=int(rng.random() < 0.1),
        network_mode=mode,
        host_ports=frozenset(ports) if mode is NetworkMode.HOST else frozenset(),
        dynamic_ports=(Protocol.TCP,) if mode is NetworkMode.BRIDGE else (),
        architecture=rng.choice([None, None, None, Architecture.X86_64]),
        zones=frozenset(rng.sample(zones, rng.randint(1, len(zones)))) if mode is NetworkMode.AWSVPC else frozenset(),
        distinct_instance=rng.random() < 0.15,
    )


def random_fleet(seed: int, most_tasks: int = 7) -> tuple[list[Wanted], list[Offer]]:
    rng = random.Random(seed)
    zones = ["a", "b", "c"][: rng.choice([1, 2, 2, 3])]
    daemon = rng.random() < 0.3
    offers = []
    for number in range(rng.randint(2, 5)):
        type_, price = random_type(rng, number), rng.randint(20, 400)
        for zone in zones:
            cost = price if rng.random() < 0.7 else rng.randint(20, 400)
            offers.append(Offer(instance(type_, zone, daemon=daemon), cost))
    wanted: list[Wanted] = []
    left = rng.randint(1, most_tasks)
    while left:
        copies = rng.randint(1, min(left, 4))
        task = random_task(rng, f"s{len(wanted)}", zones)
        name = wanted[-1].name if wanted and rng.random() < 0.25 else task.family
        wanted.append(Wanted(name, task, copies, spread=rng.random() < 0.7))
        left -= copies
    return wanted, offers


def homes_for(offers: Sequence[Offer], wanted: Wanted) -> set[str]:
    """The zones where any offer takes it."""
    return {offer.instance.zone for offer in offers if fits(wanted.task, offer.instance)}


def check(plan: Plan, instances: tuple[PlannedInstance, ...] | None = None) -> None:
    """Every copy that fits anything is where placement lets it be, spread as it should be, and the cost is right."""
    instances = plan.instances if instances is None else instances
    held: Counter[tuple[int, str]] = Counter()
    for planned in instances:
        on = plan.offers[planned.offer].instance
        assert planned.copies
        for position, copies in planned.copies:
            task = plan.wanted[position].task
            assert copies > 0
            for copy in range(copies):
                assert fits(task, on), (task, on)
                on = on.with_task(f"{position}/{copy}", task)
            held[position, on.zone] += copies
    for name in {wanted.name for wanted in plan.wanted}:
        together = [at for at, each in enumerate(plan.wanted) if each.name == name and each.spread and each.copies]
        together = [at for at in together if at not in plan.misfits]
        homes_of = [homes_for(plan.offers, plan.wanted[at]) for at in together]
        if homes_of and all(homes == homes_of[0] for homes in homes_of):
            sums = [sum(held[at, zone] for at in together) for zone in homes_of[0]]
            assert max(sums) - min(sums) <= 1
    for position, wanted in enumerate(plan.wanted):
        homes = homes_for(plan.offers, wanted)
        numbers = [held[position, zone] for zone in homes]
        assert (position in plan.misfits) == (not homes and wanted.copies > 0)
        assert sum(numbers) == (wanted.copies if homes else 0)
        if wanted.spread and homes:
            assert max(numbers) - min(numbers) <= 1
    if instances == plan.instances:
        assert plan.cost == sum(plan.offers[planned.offer].cost for planned in instances)
        assert plan.bound <= plan.cost

"""The instances that a capacity provider can be given: types, zones, what they register, and what they cost."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from ecs_model.agent import AgentSettings
from ecs_model.fleet import ContainerInstance, Fleet, started
from ecs_model.images import Architecture
from ecs_model.instance_types import InstanceType, catalogue
from ecs_model.planning.fleet_need import Offer
from ecs_model.planning.prices import Prices, units, weight
from ecs_model.scheduler import place_daemon
from ecs_model.task_needs import Resources, Task

_USUAL = re.compile(r"[mcr][5-9][a-z0-9]*\.(?!metal)\w+")
"""General purpose, compute and memory optimised types that can be bought today. Burstable ones earn their CPU, others
cost more for something that placement does not know; who wants one names it."""


@dataclass(frozen=True)
class Provider:
    """A capacity provider, as far as a plan may choose its instances."""

    name: str | None
    """None for container instances without one."""
    types: tuple[str, ...] = ()
    """The instance types that it has today."""
    architecture: Architecture = Architecture.X86_64
    spot: bool = False
    agent: AgentSettings = field(default_factory=AgentSettings)
    volume: int = 30
    """GiB of the root volume."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Those that its instances have in common, beside what follows from type and zone."""
    registered: Mapping[str, Resources] = field(default_factory=dict)
    """What instances of it really registered, by type; what they surely will, where not seen."""
    most: int | None = None
    """The largest size that its Auto Scaling group may have; None where that is not known."""


def candidates(provider: Provider, patterns: Sequence[str], *, gpus: bool) -> list[InstanceType]:
    """The types to choose from: those that match one of the patterns, else its own and the usual ones.

    Of its architecture; with GPUs only where `gpus` says that a task needs them, or the type was asked for.
    """
    found = []
    for type_ in catalogue().values():
        if provider.architecture not in type_.architectures:
            continue
        if patterns:
            chosen = any(fnmatchcase(type_.name, pattern) for pattern in patterns)
        else:
            usual = bool(_USUAL.fullmatch(type_.name)) if not type_.gpus else gpus and ".metal" not in type_.name
            chosen = type_.name in provider.types or usual
        if chosen:
            found.append(type_)
    # The first of equals is taken: what it has, then the newest.
    return sorted(found, key=lambda type_: (type_.name not in provider.types, -_generation(type_), type_.name))


def nothing_offered(provider: Provider | None, patterns: Sequence[str], prices: Prices | None) -> str | None:
    """Why there is no instance for a capacity provider, and what to do; None: not for these reasons."""
    if provider is None:
        return None
    named = [each for each in catalogue().values() if any(fnmatchcase(each.name, pattern) for pattern in patterns)]
    if patterns and not named:
        return f"no instance type is called {' or '.join(patterns)}: see --types"
    own = [each for each in named if provider.architecture in each.architectures]
    if named and not own:
        theirs = " or ".join(sorted({architecture.value for each in named for architecture in each.architectures}))
        return f"what --types names is {theirs}, and these instances are {provider.architecture.value}: name such types"
    priced = None if prices is None else prices.spot if provider.spot else prices.on_demand
    if own and priced is not None and not any(each.name in priced for each in own):
        return f"no{' Spot' if provider.spot else ''} price of what --types names is known: name others, or --no-prices"
    return None


def _generation(type_: InstanceType) -> int:
    number = re.search(r"\d+", type_.name)
    return int(number.group()) if number else 0


def offers(
    provider: Provider,
    types: Iterable[InstanceType],
    zones: Iterable[str],
    prices: Prices | None,
    daemons: Sequence[Task] = (),
) -> Iterator[Offer]:
    """The types in every zone, with their daemons, as far as their prices are known and the daemons fit."""
    zones = list(zones)
    for type_ in types:
        for zone in zones:
            cost = _cost(provider, type_, zone, prices)
            instance = with_daemons(_instance(provider, type_, zone), daemons) if cost else None
            if cost and instance is not None:
                yield Offer(instance, cost)


def _cost(provider: Provider, type_: InstanceType, zone: str, prices: Prices | None) -> int | None:
    if prices is None:
        return weight(type_)
    price = prices.instance(type_.name, zone, spot=provider.spot)
    return None if price is None else units(price + prices.root_volume(provider.volume))


def _instance(provider: Provider, type_: InstanceType, zone: str) -> ContainerInstance:
    found = started(
        type_.name,
        type_,
        zone,
        agent=provider.agent,
        attributes=provider.attributes,
        capacity_provider=provider.name,
    )
    seen = provider.registered.get(type_.name)
    if seen is None:
        return found
    registered = replace(seen, network_interfaces=found.registered.network_interfaces)
    return replace(found, registered=registered, remaining=registered)


def with_daemons(instance: ContainerInstance, daemons: Sequence[Task]) -> ContainerInstance | None:
    """The instance with those of the daemons that run on it; None where one should and does not fit."""
    for daemon in daemons:
        placed = place_daemon(daemon, Fleet.of([instance]))
        if placed.waiting:
            return None
        instance = placed.fleet.instances[instance.id]
    return instance


def next_sizes(types: Iterable[str]) -> list[InstanceType]:
    """For each type the next larger one of its family; the type itself where it is the largest."""
    found = {}
    for name in types:
        type_ = catalogue()[name]
        family = name.partition(".")[0]
        larger = [
            each
            for each in catalogue().values()
            if each.name.partition(".")[0] == family and each.memory > type_.memory and each.cpu >= type_.cpu
        ]
        chosen = min(larger, key=lambda each: (each.memory, ".metal" in each.name, each.name), default=type_)
        found[chosen.name] = chosen
    return list(found.values())

"""Capacity provider strategies, as clusters and services state them."""

from typing import NamedTuple

from ecs_model.strategy import FARGATE
from policies.properties import Properties, References


class StrategyEntry(NamedTuple):
    """One entry of a capacity provider strategy as written in a program."""

    provider: References
    weight: int
    base: int


def strategy_entries(properties: Properties, key: str) -> list[StrategyEntry]:
    """The entries of the strategy at `key`."""
    return [
        StrategyEntry(item.reference("capacityProvider"), item.integer("weight") or 0, item.integer("base") or 0)
        for item in properties.children(key)
    ]


def only_fargate(providers: list[References]) -> bool:
    """Whether all of some capacity providers are Fargate's own."""
    return all(provider.known and not provider.unknown and set(provider.known) <= FARGATE for provider in providers)

"""An ECS cluster's own settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ecs_model.strategy import StrategyItem


class ContainerInsights(StrEnum):
    """How much CloudWatch Container Insights records (and bills)."""

    DISABLED = "disabled"
    ENABLED = "enabled"
    ENHANCED = "enhanced"


@dataclass(frozen=True)
class ClusterSettings:
    """The cluster, and where its services run unless they say otherwise."""

    default_capacity_provider_strategy: list[StrategyItem] = field(default_factory=list)
    """Required: without it a service that names no strategy would fall back to a launch type."""
    container_insights: ContainerInsights = ContainerInsights.ENHANCED
    """disabled, enabled or enhanced."""


def resolve(items: list[StrategyItem], names: Mapping[str, str]) -> list[StrategyItem]:
    """The strategy with capacity keys replaced by the providers' own names, sorted as AWS has no order."""
    resolved = [StrategyItem(names.get(i.capacity_provider, i.capacity_provider), i.weight, i.base) for i in items]
    return sorted(resolved, key=lambda item: item.capacity_provider)

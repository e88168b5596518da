"""An ECS cluster's own settings."""

from dataclasses import dataclass, field
from enum import StrEnum

from ecs_model.sessions import ExecuteCommandSettings
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
    execute_command: ExecuteCommandSettings | None = None
    """How sessions of ECS Exec are encrypted and recorded; ECS's defaults where absent."""
    dashboard: bool = False
    """Make a CloudWatch dashboard of the cluster and its services, called after the cluster."""

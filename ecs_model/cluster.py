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
    fargate: bool = False
    """Let strategies name FARGATE and FARGATE_SPOT as well, each strategy of one kind."""
    awsvpc_trunking: bool = False
    """Let instances that start from now on hold more awsvpc tasks than network interfaces (c5.large 10, not 2).

    A setting of the account, for all its users and clusters in this region: one stack of an account should have it,
    and it stays when the stack is destroyed.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html
    """

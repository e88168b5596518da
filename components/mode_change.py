"""Network modes that this deployment cannot change."""

from collections.abc import Mapping

from components.last_deployment import last_outputs
from ecs_model import mode_change
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import Problem


def leaving_awsvpc(modes: Mapping[str, NetworkMode]) -> list[Problem]:
    """Services that the last deployment left in mode awsvpc, which none can leave; `modes` are theirs now, by keys."""
    return list(mode_change.leaving_awsvpc(last_outputs(), modes))

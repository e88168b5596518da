"""Services with one task on every container instance."""

from typing import Any

import pytest

import settings
from ecs_model.planning.stack_need import stack_need
from ecs_model.stack import StackSettings

BASE: dict[str, Any] = {
    "network": {"default": True},
    "capacity": {
        "general": {"instanceTypes": ["t3.medium"], "maxSize": 2},
        "spot": {"instanceTypes": ["t3.medium"], "maxSize": 2},
    },
    "cluster": {"fargate": True, "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]},
}


def stack(**changed: Any) -> tuple[StackSettings | None, list[str]]:
    agent = {"daemon": True, "containers": {"agent": {"image": "agent:1", "memory": 64}}, "networkMode": "host"}
    found, problems = settings.read(BASE | {"services": {"agent": agent | changed}}, "dev")
    return found, [str(problem) for problem in problems]


def test_it_runs_on_all_container_instances_whatever_the_default_strategy_is() -> None:
    found, problems = stack()
    assert problems == []
    assert found is not None
    assert [item.capacity_provider for item in found.strategy(found.services["agent"])] == ["general", "spot"]
    assert not found.on_fargate(found.services["agent"])


def test_its_memory_is_judged_on_every_capacity() -> None:
    _, problems = stack(containers={"agent": {"image": "agent:1", "memory": 9_000}})
    assert any("t3.medium" in problem for problem in problems)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("desiredCount", 2),
        ("scaling", {"maxCount": 3, "cpu": {"target": 50}}),
        ("capacityProviderStrategy", [{"capacityProvider": "spot", "weight": 1}]),
        ("zoneRebalancing", True),
        ("placementStrategies", [{"type": "random"}]),
        ("distinctInstances", True),
        ("minimumHealthyPercent", 50),
        ("maximumPercent", 150),
    ],
)
def test_what_only_copies_have_is_refused(key: str, value: Any) -> None:
    _, problems = stack(**{key: value})
    assert f"services.agent.{key}: is not for a daemon, of which every container instance runs one: leave it out" in (
        problems
    )


def test_a_plan_puts_one_on_every_instance() -> None:
    found, _ = stack()
    assert found is not None
    need = stack_need(found)
    assert need.wanted == ()
    assert [(task.family, task.daemon) for task in need.daemons] == [("agent", True)]

"""A service on Fargate: its task definition and its service say nothing of container instances."""

from typing import Any

import pytest

import components as ecs
from ecs_model.network_modes import NetworkMode
from tests.components.component_harness import Graph, deploy, refused

SPOT = [ecs.CapacityProviderStrategyItemArgs("FARGATE_SPOT", 1)]
GENERAL = [ecs.CapacityProviderStrategyItemArgs("general", 1)]


def service(strategy: list[Any], **more: Any) -> Graph:
    args = ecs.ServiceArgs(
        "arn:aws:ecs:eu-central-1:123456789012:cluster/shop", "arn:task", strategy,
        network_mode=NetworkMode.AWSVPC, vpc_id="vpc-1", subnet_ids=["subnet-1"], **more,
    )  # fmt: skip
    return deploy(lambda: ecs.Service("job", args))


def test_no_placement_and_a_public_address_where_there_is_no_other_way() -> None:
    inputs = service(SPOT, public_addresses=True).one("ecs.Service").inputs
    assert "orderedPlacementStrategies" not in inputs
    assert inputs["networkConfiguration"]["assignPublicIp"] is True
    assert inputs["capacityProviderStrategies"] == [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    assert "assignPublicIp" not in service(SPOT).one("ecs.Service").inputs["networkConfiguration"]


def test_container_instances_get_neither() -> None:
    inputs = service(GENERAL, public_addresses=True).one("ecs.Service").inputs
    assert len(inputs["orderedPlacementStrategies"]) == 2
    assert "assignPublicIp" not in inputs["networkConfiguration"]


def test_a_strategy_is_of_one_kind() -> None:
    with pytest.raises(Exception, match="a strategy is of one kind"):
        service([*SPOT, *GENERAL])


def test_the_task_definition_is_fargate_s() -> None:
    containers = {"app": ecs.ContainerArgs(image="nginx:1", memory=256)}
    args = ecs.TaskDefinitionArgs(containers, network_mode=NetworkMode.AWSVPC, cpu=256, memory=512, fargate=True)
    inputs = deploy(lambda: ecs.TaskDefinition("job", args)).one("ecs.TaskDefinition").inputs
    assert inputs["requiresCompatibilities"] == ["FARGATE"]
    assert (inputs["cpu"], inputs["memory"]) == ("256", "512")
    other = ecs.TaskDefinitionArgs(containers, cpu=256, memory=600, fargate=True)
    lines = refused(lambda: ecs.TaskDefinition("job", other))
    assert [line.split(": ")[1] for line in lines] == ["networkMode", "memory"]

"""Renamed components: their resources keep what AWS cannot change."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import components as ecs
from components.naming import first_name
from ecs_model.capacity import CapacitySettings
from ecs_model.containers import Container, PortMapping
from ecs_model.load_balancer import LoadBalancerSettings
from ecs_model.network_modes import NetworkMode
from ecs_model.routing import Routing
from ecs_model.scheduled_task import Timing
from tests.components.component_harness import Graph, deploy

Made = Callable[[str, pulumi.ResourceOptions | None], Any]


def task(mode: NetworkMode = NetworkMode.BRIDGE) -> ecs.TaskDefinitionArgs:
    container = Container(image="app", memory=64, port_mappings=[PortMapping(80)])
    return ecs.TaskDefinitionArgs({"app": ecs.ContainerArgs(**vars(container))}, mode)


def service(name: str, opts: pulumi.ResourceOptions | None) -> None:
    routing = Routing(container_name="app", container_port=80, path_patterns=["/*"])
    attached = ecs.ServiceLoadBalancerArgs("arn:listener", "sg-1", "vpc-1", routing)
    strategy = [ecs.CapacityProviderStrategyItemArgs("general", 1)]
    args = ecs.ServiceArgs("arn:cluster", "arn:task", strategy, NetworkMode.AWSVPC, load_balancer=attached)
    args.vpc_id, args.subnet_ids = "vpc-1", ["subnet-1"]
    ecs.Service(name, args, opts)


def instances(name: str, opts: pulumi.ResourceOptions | None) -> None:
    chosen = CapacitySettings(instance_types=["t3.medium"], max_size=2)
    ecs.ContainerInstances(name, ecs.ContainerInstancesArgs("shop", "vpc-1", ["subnet-1"], chosen), opts)


def balancer(name: str, opts: pulumi.ResourceOptions | None) -> None:
    ecs.LoadBalancer(name, ecs.LoadBalancerArgs("vpc-1", ["subnet-1", "subnet-2"], LoadBalancerSettings()), opts)


def scheduled(name: str, opts: pulumi.ResourceOptions | None) -> None:
    strategy = [ecs.CapacityProviderStrategyItemArgs("general", 1)]
    args = ecs.ScheduledTaskArgs("arn:cluster", task(NetworkMode.AWSVPC), Timing(schedule="rate(1 day)"), strategy)
    args.vpc_id, args.subnet_ids = "vpc-1", ["subnet-1"]
    ecs.ScheduledTask(name, args, opts)


def task_definition(name: str, opts: pulumi.ResourceOptions | None) -> None:
    ecs.TaskDefinition(name, task(), opts)


def fixed(graph: Graph) -> dict[str, list[Any]]:
    """What AWS cannot change in place, or changes by starting tasks or instances anew, by the type of its owner."""
    told: dict[str, list[Any]] = {}
    for each in graph.resources:
        kept: dict[str, Any] = {
            key: each.inputs[key]
            for key in ("family", "priority", "tagSpecifications", "tags", "port", "protocol")
            if key in each.inputs
        }
        if each.kind == "ec2.SecurityGroup":
            kept["description"] = each.inputs["description"]
        if each.kind == "ecs.TaskDefinition":
            kept["logs"] = json.loads(each.inputs["containerDefinitions"])[0]["logConfiguration"]["options"][
                "awslogs-stream-prefix"
            ]
        if kept:
            told.setdefault(each.kind, []).append(kept)
    return told


@pytest.mark.parametrize(
    ("made", "least"), [(task_definition, 1), (service, 3), (instances, 3), (balancer, 2), (scheduled, 2)]
)
def test_a_renamed_component_keeps_what_aws_cannot_change(made: Made, least: int) -> None:
    before = fixed(deploy(lambda: made("old", None)))
    assert sum(map(len, before.values())) >= least
    aliased = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")])
    assert fixed(deploy(lambda: made("new", aliased))) == before
    assert fixed(deploy(lambda: made("new", None))) != before


def test_the_last_alias_is_the_first_name() -> None:
    aliases: list[Any] = [pulumi.Alias(name="middle"), "urn:pulumi:dev::p::t::n", pulumi.Alias(name="old")]
    assert first_name("new", pulumi.ResourceOptions(aliases=aliases)) == "old"
    assert first_name("new", pulumi.ResourceOptions()) == first_name("new", None) == "new"

"""What tasks that no service keeps have in common: something starts them where they are told to run."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import pulumi

from components.service_args import CapacityProviderStrategyItemArgs
from components.task_definition import TaskDefinitionArgs
from ecs_model.network_modes import NetworkMode
from ecs_model.placement_rules import PlacementStrategyItem, strategy_problems
from ecs_model.problem import Problem, under


class StartedTask(Protocol):
    """A task, and where it runs."""

    @property
    def task(self) -> TaskDefinitionArgs:
        """What is started."""

    @property
    def capacity_provider_strategy(self) -> Sequence[CapacityProviderStrategyItemArgs]:
        """Where it runs."""

    @property
    def placement_strategies(self) -> Sequence[PlacementStrategyItem] | None:
        """How its instance is chosen."""

    @property
    def vpc_id(self) -> pulumi.Input[str] | None:
        """Mode awsvpc: the VPC of its own security group."""

    @property
    def subnet_ids(self) -> pulumi.Input[Sequence[pulumi.Input[str]]] | None:
        """Mode awsvpc: the subnets of its network interface."""


def start_problems(args: StartedTask) -> Iterator[Problem]:
    """Why it could not be started anywhere; what is wrong with the task itself its component says."""
    if not any(item.weight > 0 for item in args.capacity_provider_strategy):
        yield Problem(("capacityProviderStrategy",), "needs a capacity provider with a weight above 0: add one")
    if args.task.network_mode is NetworkMode.AWSVPC and (args.vpc_id is None or args.subnet_ids is None):
        yield Problem(("task", "networkMode"), "awsvpc gives each task a network interface: set vpcId and subnetIds")
    yield from under(strategy_problems(args.placement_strategies or ()), "placementStrategies")
    if args.placement_strategies and (args.task.fargate or args.task.managed_instances):
        yield Problem(
            ("placementStrategies",),
            "choose among container instances, and Fargate and Managed Instances have none to choose of: leave them "
            "out",
        )

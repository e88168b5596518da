"""A task that is started by a command when it is due."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components.account import account_of
from components.arguments import typed
from components.cluster import Cluster
from components.deploy_step import deploy_step
from components.naming import first_name, within
from components.network import Network
from components.reach import reach_of
from components.service_args import CapacityProviderStrategyItemArgs
from components.started_task import start_problems
from components.task_definition import TaskDefinition, TaskDefinitionArgs
from components.task_network import tasks_group
from components.tokens import token
from ecs_model.capacity import CapacitySettings
from ecs_model.fargate import on_fargate
from ecs_model.network_modes import NetworkMode
from ecs_model.one_off_task import OnDeploy, OneOffTaskSettings, command, request
from ecs_model.placement_rules import PlacementStrategy, PlacementStrategyItem
from ecs_model.problem import Problem, refuse
from ecs_model.reach import Reach
from ecs_model.strategy import StrategyItem


@dataclass
class OneOffTaskArgs:
    """A task and where it runs."""

    cluster_arn: pulumi.Input[str]
    """The cluster."""
    task: TaskDefinitionArgs
    """What is started."""
    capacity_provider_strategy: Sequence[CapacityProviderStrategyItemArgs]
    """Where it runs."""
    vpc_id: pulumi.Input[str] | None = None
    """Mode awsvpc: the VPC of the task's own security group."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    """Mode awsvpc: the subnets of the task's network interface."""
    public_addresses: bool = False
    """On Fargate: give the task a public address, for subnets that have neither NAT nor VPC endpoints."""
    on_deploy: OnDeploy | None = None
    """Run it while the deployment waits, whenever its task definition is new, with the credentials of the shell; what
    depends on this component comes after. By the command alone where absent."""
    placement_strategies: Sequence[PlacementStrategyItem] = field(default_factory=list)
    """How its instance is chosen among those that can take it, at most 5, the first decides first; ECS takes any where
    empty."""

    @classmethod
    def of(
        cls,
        task: OneOffTaskSettings,
        strategy: Sequence[StrategyItem],
        capacity: Mapping[str, CapacitySettings],
        cluster: Cluster,
        network: Network,
    ) -> "OneOffTaskArgs":
        """The one-off task of a stack's settings beside this package's other components."""
        names = cluster.providers()
        return cls(
            cluster.arn,
            TaskDefinitionArgs.of(
                task, capacity, cluster, fargate=on_fargate(strategy), managed=cluster.managed_of(strategy)
            ),
            CapacityProviderStrategyItemArgs.named(strategy, names),
            network.vpc_id,
            network.instance_subnet_ids,
            network.public_instances,
            task.on_deploy,
            task.placement_strategies,
        )

    def problems(self) -> Iterator[Problem]:
        """What does not go together; what is wrong with the task itself its component says."""
        yield from start_problems(self)


class OneOffTask(pulumi.ComponentResource):
    """A task definition, and the command that starts it once, as on a cluster's services' own instances."""

    command: pulumi.Output[str]
    """The AWS CLI's command that starts it, for a shell, in the AWS that it is deployed to."""
    task_definition_arn: pulumi.Output[str]
    """The revision that it starts."""

    def __init__(self, name: str, args: OneOffTaskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(OneOffTaskArgs, args)
        refuse(f"OneOffTask {name}", args.problems())
        super().__init__(token("OneOffTask"), name, None, opts)
        first = first_name(name, opts)
        task = TaskDefinition(name, args.task, within(self, name, first))
        own = tasks_group(name, first, args.vpc_id, self).id if args.task.network_mode is NetworkMode.AWSVPC else ""
        strategy = [vars(item) for item in args.capacity_provider_strategy]
        whole = pulumi.Output.all(
            account_of(self).region, args.cluster_arn, task.arn, strategy, args.subnet_ids or [], own
        )
        public = args.task.fargate and args.public_addresses
        reach = reach_of(self)
        self.command = whole.apply(lambda known: _command(known, public, args.placement_strategies, reach))
        if args.on_deploy is not None:
            asked = whole.apply(lambda known: _request(known, public, args.placement_strategies))
            deploy_step(name, asked, task.log_group_name, args.on_deploy.timeout, self, reach)
        self.task_definition_arn = task.arn
        self.register_outputs({"command": self.command, "taskDefinitionArn": self.task_definition_arn})


def _command(known: list[Any], public: bool, placement: Sequence[PlacementStrategy], reach: Reach) -> str:
    region, cluster, task, strategy, subnets, group = known
    items = [StrategyItem(**item) for item in strategy]
    return command(
        region, cluster, task, items, subnets, group, public_address=public, placement=placement, reach=reach
    )


def _request(known: list[Any], public: bool, placement: Sequence[PlacementStrategy]) -> dict[str, Any]:
    _, cluster, task, strategy, subnets, group = known
    items = [StrategyItem(**item) for item in strategy]
    return request(cluster, task, items, subnets, group, public_address=public, placement=placement)

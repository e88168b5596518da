"""A task that EventBridge Scheduler starts by the clock."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import pulumi
import pulumi_aws as aws

from components.account import account_of
from components.arguments import typed
from components.cluster import Cluster
from components.naming import first_name, within
from components.network import Network
from components.role_args import made_role
from components.service_args import CapacityProviderStrategyItemArgs
from components.started_task import start_problems
from components.task_definition import TaskDefinition, TaskDefinitionArgs
from components.task_network import tasks_group
from components.tokens import token
from ecs_model.capacity import CapacitySettings
from ecs_model.container_definitions import canonical_json
from ecs_model.fargate import on_fargate
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import Problem, refuse, under
from ecs_model.scheduled_task import ScheduledTaskSettings, Timing, strategy_length_problems
from ecs_model.scheduled_task_iam import scheduler_policy, scheduler_trust
from ecs_model.strategy import StrategyItem


@dataclass
class ScheduledTaskArgs:
    """A task, when it is started, and where."""

    cluster_arn: pulumi.Input[str]
    """The cluster; give a Cluster's `arn`, which is known once its capacity providers are attached."""
    task: TaskDefinitionArgs
    """What is started."""
    timing: Timing
    """When, how many, and what happens where that does not succeed."""
    capacity_provider_strategy: Sequence[CapacityProviderStrategyItemArgs]
    """Where the tasks run, at most 6 capacity providers."""
    vpc_id: pulumi.Input[str] | None = None
    """Mode awsvpc: the VPC of the tasks' own security group."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    """Mode awsvpc: the subnets of the tasks' network interfaces."""
    public_addresses: bool = False
    """Give tasks on Fargate public addresses, where their subnets have no NAT."""

    @classmethod
    def of(
        cls,
        job: ScheduledTaskSettings,
        strategy: Sequence[StrategyItem],
        capacity: Mapping[str, CapacitySettings],
        cluster: Cluster,
        network: Network,
    ) -> "ScheduledTaskArgs":
        """The scheduled task of a stack's settings beside this package's other components."""
        names = cluster.providers()
        return cls(
            cluster_arn=cluster.arn,
            task=TaskDefinitionArgs.of(
                job, capacity, cluster, fargate=on_fargate(strategy), managed=cluster.managed_of(strategy)
            ),
            timing=Timing(**{field.name: getattr(job, field.name) for field in fields(Timing)}),
            capacity_provider_strategy=CapacityProviderStrategyItemArgs.named(strategy, names),
            vpc_id=network.vpc_id,
            subnet_ids=network.instance_subnet_ids,
            public_addresses=network.public_instances,
        )

    def problems(self) -> Iterator[Problem]:
        """What does not go together; what is wrong with the task itself its component says."""
        yield from under(self.timing.timing_problems(), "timing")
        yield from strategy_length_problems(len(self.capacity_provider_strategy))
        yield from start_problems(self)
        for name, volume in self.task.volumes.items():
            if volume.managed_ebs_volume is not None:
                yield Problem(
                    ("task", "volumes", name), "is an EBS volume, which EventBridge Scheduler attaches to no task"
                )


class ScheduledTask(pulumi.ComponentResource):
    """A task definition, and the schedule and role with which EventBridge Scheduler starts it."""

    name: pulumi.Output[str]
    """The schedule's name."""
    task_definition_arn: pulumi.Output[str]
    """The revision that is started."""
    security_group_id: pulumi.Output[str]
    """Mode awsvpc: the tasks' own security group; empty in other modes, whose tasks are in the instances'."""

    def __init__(self, name: str, args: ScheduledTaskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(ScheduledTaskArgs, args)
        refuse(f"ScheduledTask {name}", args.problems())
        super().__init__(token("ScheduledTask"), name, None, opts)
        for warning in args.timing.timing_warnings(datetime.datetime.now(datetime.UTC)):
            pulumi.log.warn(str(warning), self)
        self._child = pulumi.ResourceOptions(parent=self)
        first = first_name(name, opts)
        task = TaskDefinition(name, args.task, within(self, name, first))
        role, policy = self._role(name, args, task)
        group = tasks_group(name, first, args.vpc_id, self) if args.task.network_mode is NetworkMode.AWSVPC else None
        schedule = self._schedule(name, args, task, role, policy, group)
        self.name = schedule.name
        self.task_definition_arn = task.arn
        self.security_group_id = group.id if group else pulumi.Output.from_input("")
        self.register_outputs(
            {
                "name": self.name,
                "taskDefinitionArn": self.task_definition_arn,
                "securityGroupId": self.security_group_id,
            }
        )

    def _role(
        self, name: str, args: ScheduledTaskArgs, task: TaskDefinition
    ) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        account = account_of(self)
        trust = pulumi.Output.all(account.partition, account.region, account.id).apply(
            lambda known: canonical_json(scheduler_trust(*known))
        )
        role = made_role(f"{name}-schedule", trust, args.task.roles, self)
        roles = [task.execution_role_arn, task.task_role_arn]
        whole = pulumi.Output.all(args.cluster_arn, task.arn, roles, args.timing.dead_letter_queue_arn)
        document = whole.apply(lambda known: canonical_json(scheduler_policy(*known)))
        return role, aws.iam.RolePolicy(f"{name}-schedule", role=role.name, policy=document, opts=self._child)

    def _schedule(
        self,
        name: str,
        args: ScheduledTaskArgs,
        task: TaskDefinition,
        role: aws.iam.Role,
        policy: aws.iam.RolePolicy,
        group: aws.ec2.SecurityGroup | None,
    ) -> "aws.scheduler.Schedule":
        timing = args.timing
        return aws.scheduler.Schedule(
            name,
            description=f"Starts {name}",
            schedule_expression=timing.schedule,
            schedule_expression_timezone=timing.timezone,
            state="ENABLED" if timing.enabled else "DISABLED",
            flexible_time_window=_window(timing.flexible_window),
            target=aws.scheduler.ScheduleTargetArgs(
                arn=args.cluster_arn,
                role_arn=role.arn,
                ecs_parameters=_parameters(args, task, group),
                retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_event_age_in_seconds=timing.retry_seconds, maximum_retry_attempts=timing.retries
                ),
                dead_letter_config=aws.scheduler.ScheduleTargetDeadLetterConfigArgs(arn=timing.dead_letter_queue_arn)
                if timing.dead_letter_queue_arn
                else None,
            ),
            # Without its policy a start at once would be refused.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )


def _window(minutes: int) -> "aws.scheduler.ScheduleFlexibleTimeWindowArgs":
    if minutes == 0:
        return aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF")
    return aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="FLEXIBLE", maximum_window_in_minutes=minutes)


def _parameters(
    args: ScheduledTaskArgs, task: TaskDefinition, group: aws.ec2.SecurityGroup | None
) -> "aws.scheduler.ScheduleTargetEcsParametersArgs":
    return aws.scheduler.ScheduleTargetEcsParametersArgs(
        task_definition_arn=task.arn,
        task_count=args.timing.count,
        capacity_provider_strategies=[
            aws.scheduler.ScheduleTargetEcsParametersCapacityProviderStrategyArgs(
                capacity_provider=item.capacity_provider, weight=item.weight, base=item.base
            )
            for item in args.capacity_provider_strategy
        ],
        # Fargate has none, and on Managed Instances ECS decides.
        placement_strategies=None
        if args.task.fargate or args.task.managed_instances
        else [
            aws.scheduler.ScheduleTargetEcsParametersPlacementStrategyArgs(
                type="spread", field="attribute:ecs.availability-zone"
            ),
            aws.scheduler.ScheduleTargetEcsParametersPlacementStrategyArgs(type="binpack", field="memory"),
        ],
        network_configuration=aws.scheduler.ScheduleTargetEcsParametersNetworkConfigurationArgs(
            subnets=args.subnet_ids or [],
            security_groups=[group.id],
            assign_public_ip=True if args.task.fargate and args.public_addresses else None,
        )
        if group is not None
        else None,
    )

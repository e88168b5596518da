"""A task definition with the two roles and the log group that belong to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pulumi
import pulumi_aws as aws

from components.account import Account, account_of, together
from components.arguments import typed
from components.cluster import Cluster
from components.container_args import GIVEN_LATER, ContainerArgs
from components.naming import first_name
from components.role_args import NOWHERE_ELSE, RoleArgs
from components.roles import Fetched
from components.task_roles import judged_roles, known_keys, role_warnings, used_roles
from components.tokens import token
from components.volumes import VolumeArgs, shares, written_volumes
from ecs_model import fargate, iam, managed_tasks
from ecs_model.capacity import CapacitySettings, cpu_shortages, dynamic_ranges, idle_limits, memory_verdicts
from ecs_model.container_definitions import canonical_json, definitions
from ecs_model.container_rules import problems as container_problems
from ecs_model.containers import Container, memory_parts, needed_cpu, needed_memory
from ecs_model.environment_rules import key_problems
from ecs_model.iam import PolicyStatement
from ecs_model.images import Architecture
from ecs_model.instance_needs import need_problems
from ecs_model.log_definitions import Awslogs
from ecs_model.managed_instances import ManagedInstancesSettings
from ecs_model.memory import Fit
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import Problem, refuse, under
from ecs_model.proxy import ProxyConfiguration
from ecs_model.service import ServiceSettings, execute_command_problems
from ecs_model.sessions import ExecuteCommandSettings
from ecs_model.task import TaskSettings, log_retention_problems
from ecs_model.task_options import IpcMode, PidMode, architecture_problems, task_option_problems


@dataclass
class TaskDefinitionArgs:
    """A task: its containers, how they are networked, what they may do and how much they need."""

    containers: Mapping[str, ContainerArgs]
    """Containers by name."""
    network_mode: NetworkMode = NetworkMode.BRIDGE
    """bridge, awsvpc, host or none."""
    cpu: int | None = None
    """A limit for the whole task, in CPU units; none where absent."""
    memory: int | None = None
    """A limit for the whole task, in MiB; none where absent."""
    task_role_statements: Sequence[PolicyStatement] = field(default_factory=list)
    """What the containers may do in AWS; nothing where empty."""
    task_role_policies: Sequence[pulumi.Input[str]] = field(default_factory=list)
    """Managed policies that the containers have beside the statements, by ARN or, of AWS's own, by name, such as
    AmazonS3ReadOnlyAccess; at most 10, unless AWS has raised the account's quota (to 20 at most)."""
    task_role: pulumi.Input[str] | None = None
    """ARN of an existing role that the containers have, in place of one of their own. It is left as it is: it has to
    trust ecs-tasks.amazonaws.com, and to allow what ECS Exec, task protection and volumes with `iam` need."""
    execution_role: pulumi.Input[str] | None = None
    """ARN of an existing role with which the agent starts the task, in place of one of its own. It is left as it is: it
    has to trust ecs-tasks.amazonaws.com, to allow what AmazonECSTaskExecutionRolePolicy does, and to read the secrets,
    parameters and files that the containers name."""
    execute_command: bool = False
    """Allow the task role what ECS Exec needs."""
    pid_mode: PidMode | None = None
    """host or task: whose processes the containers see; their own where absent."""
    ipc_mode: IpcMode | None = None
    """host, task or none: with whom they share memory segments and semaphores; Docker's default where absent."""
    cpu_architecture: Architecture | None = None
    """x86_64 or arm64, where the images are for one only; it must be that of all of `capacity`."""
    placement_constraints: Sequence[str] = field(default_factory=list)
    """Expressions that a container instance must meet, such as `attribute:ecs.instance-type =~ m7i.*`, at most 10
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html)."""
    volumes: Mapping[str, VolumeArgs] = field(default_factory=dict)
    """Storage that the containers name in `mount_points`."""
    kms_keys: Sequence[pulumi.Input[str]] = field(default_factory=list)
    """ARNs of the customer managed KMS keys that the containers' secrets, parameters or environment files are encrypted
    with; the execution role may decrypt with these. AWS's own keys need no entry."""
    proxy_configuration: ProxyConfiguration | None = None
    """The App Mesh proxy that the task's traffic goes through; none where absent."""
    protected_in: pulumi.Input[str] | None = None
    """The cluster, by its name, in which the containers may protect their task from scale-in; nowhere where absent."""
    sessions: ExecuteCommandSettings | None = None
    """With `execute_command`: the cluster's settings for sessions of ECS Exec, which the task role must allow."""
    keep_revisions: bool = False
    """Leave old revisions active when a new one takes over, and the last one when this resource is deleted."""
    log_retention_days: int = 30
    """Days CloudWatch keeps the containers' logs."""
    fargate: bool = False
    """Run on Fargate instead of container instances."""
    capacity: Mapping[str, CapacitySettings] = field(default_factory=dict)
    """The container instances the task may be placed on, to check that it fits; unchecked where empty."""
    managed_instances: Mapping[str, ManagedInstancesSettings] = field(default_factory=dict)
    """The ECS Managed Instances the task may be placed on, in place of other container instances."""
    roles: RoleArgs = NOWHERE_ELSE
    """Where its roles stand in IAM, and what bounds them."""

    @classmethod
    def of(
        cls,
        task: TaskSettings,
        capacity: Mapping[str, CapacitySettings],
        cluster: Cluster,
        *,
        fargate: bool = False,
        managed: Mapping[str, ManagedInstancesSettings] | None = None,
    ) -> "TaskDefinitionArgs":
        """The task of a service's settings, or of others, to be placed on `capacity` or `managed` instances in
        `cluster`, or on Fargate."""
        entered = isinstance(task, ServiceSettings) and task.enable_execute_command
        protected = isinstance(task, ServiceSettings) and task.task_protection
        return cls(
            containers={name: ContainerArgs(**vars(container)) for name, container in task.containers.items()},
            network_mode=task.network_mode,
            cpu=task.cpu,
            memory=task.memory,
            task_role_statements=task.task_role_statements,
            task_role_policies=task.task_role_policies,
            task_role=task.task_role,
            execution_role=task.execution_role,
            execute_command=entered,
            pid_mode=task.pid_mode,
            ipc_mode=task.ipc_mode,
            cpu_architecture=task.cpu_architecture,
            placement_constraints=task.placement_constraints,
            volumes={name: VolumeArgs.of(volume) for name, volume in task.volumes.items()},
            kms_keys=task.kms_keys,
            proxy_configuration=task.proxy_configuration,
            protected_in=cluster.name if protected else None,
            sessions=cluster.sessions if entered else None,
            keep_revisions=task.keep_revisions,
            log_retention_days=task.log_retention_days,
            fargate=fargate,
            capacity=capacity,
            managed_instances=managed or {},
            roles=cluster.roles,
        )

    def problems(self) -> Iterator[Problem]:
        """What ECS would refuse, and what could never be placed."""
        containers = self.known_containers()
        volumes = {name: volume.known() for name, volume in self.volumes.items()}
        yield from dict.fromkeys(
            problem
            for dynamic in dynamic_ranges(self.capacity)
            for problem in container_problems(
                containers,
                self.network_mode,
                cpu=self.cpu,
                memory=self.memory,
                dynamic=dynamic,
                volumes=volumes,
            )
        )
        if self.fargate:
            yield from fargate.problems(
                containers,
                self.network_mode,
                cpu=self.cpu,
                memory=self.memory,
                volumes=volumes,
                placement_constraints=self.placement_constraints,
                pid_mode=self.pid_mode,
                ipc_mode=self.ipc_mode,
            )
        if self.managed_instances:
            yield from managed_tasks.problems(
                containers,
                self.network_mode,
                volumes=volumes,
                ipc_mode=self.ipc_mode,
                proxy=self.proxy_configuration,
            )
            yield from managed_tasks.fit_problems(containers, self.managed_instances, self._size)
            if self.fargate or self.capacity:
                yield Problem(("managedInstances",), "excludes fargate and capacity: a strategy is of one kind")
        if self.execute_command:
            yield from execute_command_problems(containers, "executeCommand")
        yield from task_option_problems(containers, self.ipc_mode, self.placement_constraints)
        yield from architecture_problems(self.cpu_architecture, self.capacity)
        yield from key_problems(known_keys(self), containers)
        yield from log_retention_problems(self.log_retention_days)
        yield from judged_roles(self).problems()
        yield from under(self.roles.problems(), "roles")
        yield from self._addition_problems(containers)
        for sentence in cpu_shortages(needed_cpu(containers, self.cpu), self.capacity):
            yield Problem((), sentence)
        for name, sentence in idle_limits(containers, self.capacity):
            yield Problem(("containers", name, "memory"), sentence)
        yield from need_problems(containers, self.capacity)
        for verdict, sentence in self.memory_verdicts():
            if verdict is Fit.NEVER:
                yield Problem((), sentence)

    def _addition_problems(self, containers: Mapping[str, Container]) -> Iterator[Problem]:
        if self.proxy_configuration is not None:
            yield from under(self.proxy_configuration.problems(containers, self.network_mode), "proxyConfiguration")
        if self.sessions is not None:
            yield from under(self.sessions.problems(), "sessions")
            if not self.execute_command:
                yield Problem(("sessions",), "are of ECS Exec, and executeCommand is false: set it, or leave them out")

    def memory_verdicts(self) -> Iterator[tuple[Fit, str]]:
        """Where the task may not or cannot fit."""
        containers = self.known_containers()
        needed, parts = needed_memory(containers, self.memory), memory_parts(containers, self.memory)
        return memory_verdicts(needed, self.capacity, parts)

    def warnings(self) -> Iterator[str]:
        """What may not fit, as only the instances themselves can tell, and what given roles have to allow."""
        yield from (sentence for verdict, sentence in self.memory_verdicts() if verdict is Fit.PERHAPS)
        yield from managed_tasks.fit_warnings(self.known_containers(), self.managed_instances, self._size)
        if self.task_role is not None or self.execution_role is not None:
            yield from role_warnings(self, _fetched(self))

    @property
    def compatibility(self) -> str:
        """What ECS is to check the task definition for."""
        return "FARGATE" if self.fargate else "MANAGED_INSTANCES" if self.managed_instances else "EC2"

    @property
    def _size(self) -> managed_tasks.Size:
        return managed_tasks.Size(self.cpu, self.memory, self.cpu_architecture)

    def known_containers(self) -> dict[str, Container]:
        """The containers with a stand-in for every value that another resource gives later."""
        return {name: container.known() for name, container in self.containers.items()}


class TaskDefinition(pulumi.ComponentResource):
    """A task definition, its execution role (the agent's), its task role (the containers') and its log group.

    Roles that are given are named in it, and otherwise left as they are.
    """

    arn: pulumi.Output[str]
    """The revision's ARN."""
    execution_role_arn: pulumi.Output[str]
    """The role with which the agent starts the task."""
    task_role_arn: pulumi.Output[str]
    """The role that the containers have."""
    log_group_name: pulumi.Output[str]
    """Where the containers log to."""

    def __init__(self, name: str, args: TaskDefinitionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(TaskDefinitionArgs, args)
        refuse(f"TaskDefinition {name}", args.problems())
        super().__init__(token("TaskDefinition"), name, None, opts)
        first = first_name(name, opts)
        for sentence in args.warnings():
            pulumi.log.warn(sentence, self)
        account, containers = account_of(self), args.known_containers()
        log_group = aws.cloudwatch.LogGroup(
            name, retention_in_days=args.log_retention_days, opts=pulumi.ResourceOptions(parent=self)
        )
        further = _further(args, account, log_group.name)
        shared = shares(args.volumes, containers)
        roles = used_roles(name, args, account, log_group.name, _fetched(args), shared, further, self)
        definition = aws.ecs.TaskDefinition(
            name,
            family=first,
            network_mode=args.network_mode.value,
            requires_compatibilities=[args.compatibility],
            cpu=None if args.cpu is None else str(args.cpu),
            memory=None if args.memory is None else str(args.memory),
            container_definitions=_container_definitions(first, args, log_group.name, account.region),
            execution_role_arn=roles.execution_arn,
            task_role_arn=roles.task_arn,
            volumes=written_volumes(args.volumes, containers),
            pid_mode=args.pid_mode.value if args.pid_mode else None,
            ipc_mode=args.ipc_mode.value if args.ipc_mode else None,
            proxy_configuration=_proxy(args.proxy_configuration) if args.proxy_configuration else None,
            skip_destroy=args.keep_revisions or None,
            runtime_platform=_runtime_platform(args.cpu_architecture) if args.cpu_architecture else None,
            placement_constraints=[
                aws.ecs.TaskDefinitionPlacementConstraintArgs(type="memberOf", expression=expression)
                for expression in sorted(args.placement_constraints)
            ]
            or None,
            # The policies outlive what uses them, or a service could not stop its tasks (alb-service-task#187).
            opts=pulumi.ResourceOptions(parent=self, depends_on=roles.before),
        )
        self.arn = definition.arn
        self.execution_role_arn = roles.execution_arn
        self.task_role_arn = roles.task_arn
        self.log_group_name = log_group.name
        self.register_outputs(
            {
                "arn": self.arn,
                "executionRoleArn": self.execution_role_arn,
                "taskRoleArn": self.task_role_arn,
                "logGroupName": self.log_group_name,
            }
        )


def _further(
    args: TaskDefinitionArgs, account: Account, log_group: pulumi.Output[str]
) -> pulumi.Output[Sequence[iam.Statement]] | None:
    """What the containers may do beside their own statements: protect their task, record sessions."""
    if args.task_role is not None or (args.protected_in is None and args.sessions is None):
        return None

    def statements(known: list[Any]) -> Sequence[iam.Statement]:
        partition, region, number, cluster, group = known
        where = partition, region, number
        protected = [iam.protection(*where, cluster)] if cluster else []
        return protected + (iam.session_statements(*where, args.sessions, group) if args.sessions else [])

    return pulumi.Output.all(account.partition, account.region, account.id, args.protected_in, log_group).apply(
        statements
    )


def _proxy(proxy: ProxyConfiguration) -> aws.ecs.TaskDefinitionProxyConfigurationArgs:
    return aws.ecs.TaskDefinitionProxyConfigurationArgs(
        type="APPMESH", container_name=proxy.container_name, properties=proxy.properties
    )


def _runtime_platform(architecture: Architecture) -> aws.ecs.TaskDefinitionRuntimePlatformArgs:
    # ECS spells architectures in capitals.
    return aws.ecs.TaskDefinitionRuntimePlatformArgs(
        cpu_architecture=architecture.value.upper(), operating_system_family="LINUX"
    )


def _fetched(args: TaskDefinitionArgs) -> Fetched:
    containers = args.containers.values()
    return Fetched(
        images=[container.image for container in containers],
        secrets=[arn for container in containers for arn in _secrets(container)],
        files=[arn for container in containers for arn in _files(container)],
        keys=args.kms_keys,
    )


def _secrets(container: ContainerArgs) -> Iterator[pulumi.Input[str]]:
    yield from container.secrets.values()
    if container.repository_credentials is not None:
        yield container.repository_credentials
    if container.log_configuration is not None:
        yield from container.log_configuration.secret_options.values()


def _files(container: ContainerArgs) -> Iterator[pulumi.Input[str]]:
    yield from container.environment_files
    router = container.firelens_configuration
    if router is not None and router.config_file is not None and not router.config_file.startswith("/"):
        yield router.config_file


def _container_definitions(
    name: str, args: TaskDefinitionArgs, log_group: pulumi.Output[str], region: pulumi.Output[str]
) -> pulumi.Output[str]:
    later = {
        key: {field: getattr(container, field) for field in GIVEN_LATER} for key, container in args.containers.items()
    }

    def render(group: str, in_region: str, given: dict[str, Any]) -> str:
        containers = {key: replace(container.known(), **given[key]) for key, container in args.containers.items()}
        logs = Awslogs(group, in_region, name)
        made = definitions(containers, args.network_mode, logs, in_region, execute_command=args.execute_command)
        return canonical_json(made)

    return together([log_group, region], later, render)

"""A task: its containers, what they need and may do, and where they are placed."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ecs_model.container_rules import problems as container_problems
from ecs_model.containers import Container, needed_cpu, needed_memory
from ecs_model.environment_rules import key_problems
from ecs_model.iam import PolicyStatement
from ecs_model.images import Architecture
from ecs_model.network_modes import NetworkMode
from ecs_model.ports import EPHEMERAL, PortRange
from ecs_model.problem import Problem, under
from ecs_model.proxy import ProxyConfiguration
from ecs_model.strategy import StrategyItem
from ecs_model.task_options import IpcMode, PidMode, task_option_problems
from ecs_model.task_roles import TaskRoles
from ecs_model.volumes import Volume

LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""What CloudWatch Logs accepts.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""


@dataclass(frozen=True)
class TaskSettings:
    """What services and tasks of no service have in common; memory in MiB, CPU in CPU units."""

    containers: dict[str, Container]
    """The task's containers by name."""
    network_mode: NetworkMode = NetworkMode.BRIDGE
    """bridge, awsvpc, host or none."""
    cpu: int | None = None
    """A limit for the whole task, in CPU units; none where absent."""
    memory: int | None = None
    """A limit for the whole task, in MiB; none where absent."""
    capacity_provider_strategy: list[StrategyItem] = field(default_factory=list)
    """In place of the cluster's default strategy."""
    task_role_statements: list[PolicyStatement] = field(default_factory=list)
    """What its containers may do in AWS; nothing where empty."""
    task_role_policies: list[str] = field(default_factory=list)
    """Managed policies that its containers have beside the statements, by ARN or, of AWS's own, by name, such as
    AmazonS3ReadOnlyAccess; at most 10, unless AWS has raised the account's quota (to 20 at most)."""
    task_role: str | None = None
    """ARN of an existing role that its containers have, in place of one of its own. It is left as it is: it has to
    trust ecs-tasks.amazonaws.com, and to allow what enableExecuteCommand, taskProtection and volumes with iam need."""
    execution_role: str | None = None
    """ARN of an existing role with which the agent starts it, in place of one of its own. It is left as it is: it has
    to trust ecs-tasks.amazonaws.com, to allow what AmazonECSTaskExecutionRolePolicy does, and to read the secrets,
    parameters and files that the containers name."""
    pid_mode: PidMode | None = None
    """host or task: whose processes its containers see; their own where absent."""
    ipc_mode: IpcMode | None = None
    """host, task or none: with whom they share memory segments and semaphores; Docker's default where absent."""
    cpu_architecture: Architecture | None = None
    """x86_64 or arm64, where its images are for one only; it must be that of all capacity of its strategy."""
    placement_constraints: list[str] = field(default_factory=list)
    """Expressions that a container instance must meet, such as `attribute:ecs.instance-type =~ m7i.*`, at most 10
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html)."""
    volumes: dict[str, Volume] = field(default_factory=dict)
    """Storage that its containers name in `mount_points`."""
    kms_keys: list[str] = field(default_factory=list)
    """ARNs of the customer managed KMS keys that its containers' secrets, parameters or environment files are encrypted
    with; the execution role may decrypt with these. AWS's own keys need no entry."""
    proxy_configuration: ProxyConfiguration | None = None
    """The App Mesh proxy that its traffic goes through; none where absent."""
    keep_revisions: bool = False
    """Leave old revisions of its task definition active, so that one may go back to them by hand; they stay when it is
    gone."""
    log_retention_days: int = 30
    """Days CloudWatch keeps its logs."""

    @property
    def placed_memory(self) -> int:
        """MiB that placement looks for on an instance, for one task."""
        return needed_memory(self.containers, self.memory)

    @property
    def placed_cpu(self) -> int:
        """CPU units that placement looks for on an instance, for one task."""
        return needed_cpu(self.containers, self.cpu)

    @property
    def _roles(self) -> TaskRoles:
        return TaskRoles(
            self.task_role_statements, self.task_role_policies, self.task_role, self.execution_role, self.kms_keys
        )

    def task_problems(self, dynamic: PortRange = EPHEMERAL) -> Iterator[Problem]:
        """Everything wrong with the task by itself; `dynamic` is the agents' port range."""
        yield from container_problems(
            self.containers,
            self.network_mode,
            cpu=self.cpu,
            memory=self.memory,
            dynamic=dynamic,
            volumes=self.volumes,
        )
        yield from task_option_problems(self.containers, self.ipc_mode, self.placement_constraints)
        yield from key_problems(self.kms_keys, self.containers)
        yield from log_retention_problems(self.log_retention_days)
        yield from self._roles.problems()
        if self.proxy_configuration is not None:
            problems = self.proxy_configuration.problems(self.containers, self.network_mode)
            yield from under(problems, "proxyConfiguration")


def log_retention_problems(days: int) -> Iterator[Problem]:
    """A number of days that CloudWatch Logs does not offer."""
    if days not in LOG_RETENTION_DAYS:
        allowed = ", ".join(map(str, LOG_RETENTION_DAYS))
        yield Problem(("logRetentionDays",), f"{days} is not offered by CloudWatch: give one of {allowed}")

"""A task that a person or a pipeline starts when it is due, such as a migration of a database."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ecs_model.ports import EPHEMERAL, PortRange
from ecs_model.problem import Problem
from ecs_model.strategy import StrategyItem
from ecs_model.task import TaskSettings
from ecs_model.volumes import ebs_volumes


@dataclass(frozen=True, kw_only=True)
class OneOffTaskSettings(TaskSettings):
    """A task that is started by a command, and ends by itself; memory in MiB, CPU in CPU units."""

    def problems(self, dynamic: PortRange = EPHEMERAL) -> Iterator[Problem]:
        """Everything wrong with it by itself; `dynamic` is the agents' port range."""
        yield from self.task_problems(dynamic)
        for name in ebs_volumes(self.volumes):
            yield Problem(
                ("volumes", name), "is an EBS volume, which is for services here: use another kind, such as EFS"
            )


def command(
    region: str,
    cluster: str,
    task_definition: str,
    strategy: Sequence[StrategyItem],
    subnets: Sequence[str] = (),
    security_group: str = "",
    *,
    public_address: bool = False,
) -> str:
    """The AWS CLI's command that starts the task once, for a shell; `strategy` has the capacity providers' names.

    https://docs.aws.amazon.com/cli/latest/reference/ecs/run-task.html
    """
    items = [f"capacityProvider={item.capacity_provider},weight={item.weight},base={item.base}" for item in strategy]
    words = ["aws", "ecs", "run-task", "--region", region, "--cluster", cluster, "--task-definition", task_definition]
    words += ["--capacity-provider-strategy", *items]
    if security_group:
        network = f"subnets=[{','.join(subnets)}],securityGroups=[{security_group}]"
        network += ",assignPublicIp=ENABLED" if public_address else ""
        words += ["--network-configuration", f"awsvpcConfiguration={{{network}}}"]
    return shlex.join(words)

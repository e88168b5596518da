"""A task that a person or a pipeline starts when it is due, such as a migration of a database."""

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ecs_model.placement_rules import PlacementStrategy, PlacementStrategyItem, strategy_problems
from ecs_model.ports import EPHEMERAL, PortRange
from ecs_model.problem import Problem, of_these, under
from ecs_model.reach import OF_THE_SHELL, Reach
from ecs_model.strategy import StrategyItem
from ecs_model.task import TaskSettings
from ecs_model.volumes import ebs_volumes

STARTED_BY = "pulumi-up"
"""What a task that a deployment starts says of who did."""
PATIENCE = 15
LONGEST_WAIT = 24 * 60


@dataclass(frozen=True)
class OnDeploy:
    """A task as a step of a deployment: it runs when its task definition is new, and what waits for it comes after.

    `pulumi up` fails where it fails, changes none of these services then, and starts it again in the next deployment.
    """

    before: list[str] = field(default_factory=list)
    """The services that are deployed after it, by their keys; all of the stack's where empty."""
    timeout: int = PATIENCE
    """Minutes it may take, with the time until an instance has room for it, 1-1440; `pulumi up` fails after that."""

    def problems(self, services: Collection[str]) -> Iterator[Problem]:
        """What cannot be meant; `services` are those of the stack."""
        if not 1 <= self.timeout <= LONGEST_WAIT:
            yield Problem(("timeout",), f"{self.timeout} is out of range: give 1-{LONGEST_WAIT} minutes")
        for position, name in enumerate(self.before):
            if name not in services:
                yield Problem(("before", position), f"{name!r} is no service here{of_these(name, services)}")


@dataclass(frozen=True, kw_only=True)
class OneOffTaskSettings(TaskSettings):
    """A task that is started by a command, and ends by itself; memory in MiB, CPU in CPU units."""

    on_deploy: OnDeploy | None = None
    """Run it as a step of `pulumi up` whenever its task definition is new; by the command alone where absent."""
    placement_strategies: list[PlacementStrategyItem] = field(default_factory=list)
    """How its instance is chosen among those that can take it, at most 5, the first decides first; ECS takes any where
    empty."""

    def problems(self, dynamic: PortRange = EPHEMERAL) -> Iterator[Problem]:
        """Everything wrong with it by itself; `dynamic` is the agents' port range."""
        yield from self.task_problems(dynamic)
        yield from under(strategy_problems(self.placement_strategies), "placementStrategies")
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
    placement: Sequence[PlacementStrategy] = (),
    reach: Reach = OF_THE_SHELL,
) -> str:
    """The AWS CLI's command that starts the task once, for a shell; `strategy` has the capacity providers' names.

    It goes to the AWS that `reach` names, whatever credentials the shell holds.

    https://docs.aws.amazon.com/cli/latest/reference/ecs/run-task.html
    """
    items = [f"capacityProvider={item.capacity_provider},weight={item.weight},base={item.base}" for item in strategy]
    words = ["aws", "ecs", "run-task", "--region", region, "--cluster", cluster, "--task-definition", task_definition]
    words += ["--capacity-provider-strategy", *items]
    if placement:
        words += ["--placement-strategy", *(",".join(map("=".join, given(each).items())) for each in placement)]
    if security_group:
        network = f"subnets=[{','.join(subnets)}],securityGroups=[{security_group}]"
        network += ",assignPublicIp=ENABLED" if public_address else ""
        words += ["--network-configuration", f"awsvpcConfiguration={{{network}}}"]
    return shlex.join(reach.around(words))


def request(
    cluster: str,
    task_definition: str,
    strategy: Sequence[StrategyItem],
    subnets: Sequence[str] = (),
    security_group: str = "",
    *,
    public_address: bool = False,
    placement: Sequence[PlacementStrategy] = (),
) -> dict[str, Any]:
    """RunTask's parameters for the same, by a deployment."""
    network = {
        "subnets": list(subnets),
        "securityGroups": [security_group],
        "assignPublicIp": "ENABLED" if public_address else "DISABLED",
    }
    items = [{"capacityProvider": i.capacity_provider, "weight": i.weight, "base": i.base} for i in strategy]
    return {
        "cluster": cluster,
        "taskDefinition": task_definition,
        "capacityProviderStrategy": items,
        "startedBy": STARTED_BY,
        **({"placementStrategy": [given(each) for each in placement]} if placement else {}),
        **({"networkConfiguration": {"awsvpcConfiguration": network}} if security_group else {}),
    }


def given(strategy: PlacementStrategy) -> dict[str, str]:
    """A placement strategy as RunTask takes it: without a field that is empty."""
    return {"type": str(strategy.type)} | ({"field": strategy.field} if strategy.field else {})


def failure(task: Mapping[str, Any]) -> str | None:
    """Why a stopped task, as DescribeTasks tells of it, has not done its work, as the end of a sentence; None: it has.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
    """
    codes = {each["name"]: each.get("exitCode") for each in task.get("containers", [])}
    wrong = [f"container {name} ended with exit code {code}" for name, code in codes.items() if code]
    if wrong:
        return ", ".join(wrong)
    if all(code is None for code in codes.values()) or task.get("stopCode") not in (None, "EssentialContainerExited"):
        reasons = [each["reason"] for each in task.get("containers", []) if each.get("reason")]
        return ": ".join([str(task.get("stoppedReason") or "it stopped before its containers ran"), *reasons])
    return None

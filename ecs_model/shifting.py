"""Deployments that move the traffic, not the tasks: blue/green, linear and canary, by ECS itself.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html,
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ecs_model.network_modes import NetworkMode
from ecs_model.problem import Problem, out_of_range, under
from ecs_model.routing import Routing

BALANCING_POLICY = "AmazonECSInfrastructureRolePolicyForLoadBalancers"
"""AWS's managed policy of the role with which ECS rewrites listener rules and registers targets."""
LONGEST_BAKE = 1_440
"""Minutes."""


class DeploymentStrategy(StrEnum):
    """How a new revision takes over."""

    ROLLING = "rolling"
    """Task by task, each behind the load balancer as soon as it is healthy."""
    BLUE_GREEN = "blue-green"
    """All new tasks beside the old ones, then all traffic at once."""
    LINEAR = "linear"
    """The same, with the traffic in equal steps."""
    CANARY = "canary"
    """The same, with a small part of the traffic first and then the rest."""

    @property
    def shifts(self) -> bool:
        """Whether it moves traffic between two sets of tasks."""
        return self is not DeploymentStrategy.ROLLING

    @property
    def least_percent(self) -> float:
        """The smallest step that ECS takes."""
        return 3.0 if self is DeploymentStrategy.LINEAR else 0.1

    @property
    def api_name(self) -> str:
        """What ECS calls it."""
        return self.value.upper().replace("-", "_")


class LifecycleStage(StrEnum):
    """A stage of a deployment at which a hook is called."""

    RECONCILE_SERVICE = "RECONCILE_SERVICE"
    PRE_SCALE_UP = "PRE_SCALE_UP"
    POST_SCALE_UP = "POST_SCALE_UP"
    TEST_TRAFFIC_SHIFT = "TEST_TRAFFIC_SHIFT"
    POST_TEST_TRAFFIC_SHIFT = "POST_TEST_TRAFFIC_SHIFT"
    PRODUCTION_TRAFFIC_SHIFT = "PRODUCTION_TRAFFIC_SHIFT"
    POST_PRODUCTION_TRAFFIC_SHIFT = "POST_PRODUCTION_TRAFFIC_SHIFT"


@dataclass(frozen=True)
class LifecycleHook:
    """A Lambda function that a deployment waits for, and that may end it."""

    function_arn: str
    """The function; it answers with `hookStatus` SUCCEEDED, FAILED or IN_PROGRESS."""
    role_arn: str
    """The role with which ECS calls it."""
    stages: list[LifecycleStage]
    """When it is called; at least one."""
    details: str | None = None
    """A JSON object that it is given; none where absent."""

    def problems(self) -> Iterator[Problem]:
        """What ECS would refuse."""
        for key, value, service in (("functionArn", self.function_arn, "lambda"), ("roleArn", self.role_arn, "iam")):
            if not re.match(rf"arn:aws[\w-]*:{service}:", value):
                yield Problem((key,), f"{value!r} is not an ARN of the right kind (arn:aws:{service}:…): correct it")
        if not self.stages or len(set(self.stages)) < len(self.stages):
            yield Problem(("stages",), "has to name stages, and each once: correct it")
        if self.details is not None and not _is_object(self.details):
            yield Problem(("details",), 'is not a JSON object, such as \'{"suite": "smoke"}\': correct it')


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


@dataclass(frozen=True)
class DeploymentSettings:
    """How a new revision takes over from the old one; times are in minutes."""

    strategy: DeploymentStrategy = DeploymentStrategy.ROLLING
    """rolling, blue-green, linear or canary. To go back from another one say rolling: a service of which nothing is
    said keeps what it has."""
    bake_time: int = 5
    """Minutes for which the old tasks stay after all traffic has moved, 0-1440, in which a rollback is immediate."""
    step_percent: float | None = None
    """linear: the traffic of each step, 3-100, 10 where absent; canary: that of the first, 0.1-100, 5 where absent."""
    step_time: int | None = None
    """Minutes after a step, 0-1440; 6 where absent for linear, 10 for canary."""
    hooks: dict[str, LifecycleHook] = field(default_factory=dict)
    """Functions that a deployment waits for, by names of yours; not of a rolling one."""

    def problems(self) -> Iterator[Problem]:
        """What ECS would refuse of it by itself."""
        yield from out_of_range({"bakeTime": (self.bake_time, 0, LONGEST_BAKE)})
        steps = {"stepPercent": self.step_percent, "stepTime": self.step_time}
        if self.strategy not in (DeploymentStrategy.LINEAR, DeploymentStrategy.CANARY):
            for key in (key for key, value in steps.items() if value is not None):
                yield Problem(
                    (key,), f"is for strategy linear and canary, and it is {self.strategy.value}: leave it out"
                )
        elif self.step_percent is not None and not self.strategy.least_percent <= self.step_percent <= 100:
            yield Problem(
                ("stepPercent",),
                f"{self.step_percent:g} is out of range for strategy {self.strategy.value}: give "
                f"{self.strategy.least_percent:g}-100",
            )
        if self.step_time is not None:
            yield from out_of_range({"stepTime": (self.step_time, 0, LONGEST_BAKE)})
        if self.hooks and not self.strategy.shifts:
            yield Problem(("hooks",), "are not called by strategy rolling: use another one, or leave them out")
        for key, hook in self.hooks.items():
            yield from under(hook.problems(), "hooks", key)

    def service_problems(
        self,
        mode: NetworkMode,
        routings: dict[tuple[str, ...], Routing],
        *,
        discovered: bool,
        connected: bool,
        counted: bool,
    ) -> Iterator[Problem]:
        """What ECS would refuse of a service deployed so; `routings` are its ways in by where their settings are.

        `discovered`, `connected` and `counted` say whether DNS finds it, whether it offers ports by Service Connect,
        and whether requests decide on its size.
        """
        strategy = self.strategy
        for path, routing in routings.items():
            if routing.test_headers and not strategy.shifts:
                yield Problem(
                    (*path, "testHeaders"),
                    "lead to new tasks alone, which deployment.strategy rolling has not: use another",
                )
            if routing.listener is not None and strategy.shifts and mode is not NetworkMode.AWSVPC:
                yield Problem(
                    ("deployment", "strategy"),
                    f"{strategy.value} behind a network load balancer needs networkMode awsvpc, and it is {mode.value}"
                    ": use that, or rolling",
                )
        if strategy.shifts and counted:
            yield Problem(
                ("scaling", "requests"),
                f"counts the requests of one target group, and deployment.strategy {strategy.value} moves traffic "
                "between two: use cpu, memory or another metric, or rolling",
            )
        if strategy.shifts and discovered:
            yield Problem(
                ("deployment", "strategy"),
                f"{strategy.value} and discovery exclude each other, for DNS leads to old and new tasks alike: use "
                "connect, or rolling",
            )
        if strategy in (DeploymentStrategy.LINEAR, DeploymentStrategy.CANARY) and not (routings or connected):
            yield Problem(
                ("deployment", "strategy"),
                f"{strategy.value} moves traffic, and the service has neither loadBalancer nor connect.ports: set one, "
                "or use blue-green or rolling",
            )

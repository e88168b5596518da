"""The rule on where a service runs a task definition, and where that was written for."""

from collections.abc import Iterator

from policies.placement import launch_of
from policies.relations import task_definitions
from policies.rule import ADVISORY, HIGH, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.service import Service
from policies.views.task_definition import Launch

_TAKEN = {Launch.EC2: {Launch.EC2, Launch.MANAGED_INSTANCES}}
"""Managed Instances are EC2's as well: what is written for them is not judged where a service runs on EC2."""


@rule(
    id="ecs-service-task-compatible",
    title="A service runs a task definition where that is checked to run",
    severity=HIGH,
    level=ADVISORY,
    why="ECS checks a task definition for the launch types in requiresCompatibilities alone. It refuses a service on "
    "another one that the definition does not hold to, such as Fargate's sizes of CPU and memory.",
    fix="Name the service's launch type in requiresCompatibilities, or run the service where the definition is for.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html",
)
def task_compatible(stack: Stack, options: Options) -> Iterator[Verdict]:
    """requiresCompatibilities, where given, names the launch type of each service that runs the task definition: its
    own, or that of its capacity providers or its cluster's default ones."""

    def compatible(service: Service) -> Iterator[Verdict]:
        for task in task_definitions(stack, service):
            if not task.compatibilities:
                continue
            launch = launch_of(stack, service)
            if launch and not task.compatibilities & _TAKEN.get(launch, {launch}):
                # A text that is no launch type is not quoted.
                named = " and ".join(sorted(task.compatibilities & set(Launch))) or "none of ECS's launch types"
                yield Finding(f"runs {task} on {launch}, and requiresCompatibilities has {named}", service)

    yield from each(stack.all(Service), compatible)

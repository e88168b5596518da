"""The rule on the architecture of tasks and of the instances that they are placed on."""

from collections.abc import Iterator

from ecs_model.instance_types import known
from policies.placement import placed
from policies.rule import ADVISORY, HIGH, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.service import Service


@rule(
    id="ecs-task-definition-architecture",
    title="A service's tasks have the architecture of an instance type that they may be placed on",
    severity=HIGH,
    level=ADVISORY,
    why="An image of another architecture than the instance's does not start (exec format error), and a task that asks "
    "for one that no container instance has waits in vain.",
    fix="Use instance types of the architecture, or correct runtimePlatform.cpuArchitecture and the image.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RuntimePlatform.html",
)
def architecture(stack: Stack, options: Options) -> Iterator[Verdict]:
    """At least one of the instance types has what runtimePlatform.cpuArchitecture says.

    Not judged where it says nothing, capacity lies outside the program, or a type is described instead of named, or
    newer than the table of types.
    """

    def runs(service: Service) -> Iterator[Verdict]:
        for task, places in placed(stack, service):
            wanted = task.architecture
            names = [name for room in places for name in room.types]
            types = known(names)
            if wanted and len(types) == len(names) and not any(wanted in type_.architectures for type_ in types):
                listed = ", ".join(dict.fromkeys(names))
                yield Finding(f"asks for {wanted.value}, which none of the types for {service} has ({listed})", task)

    yield from each(stack.all(Service), runs)

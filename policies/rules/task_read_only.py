"""The rule on the root filesystems of a task's containers."""

from collections.abc import Iterator

from policies.properties import Unknown
from policies.relations import services_running, task_elsewhere
from policies.rule import ADVISORY, LOW, Finding, Option, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.container import ContainerDefinition
from policies.views.task_definition import TaskDefinition


@rule(
    id="ecs-task-definition-readonly-root",
    title="The root filesystems of containers are read-only",
    severity=LOW,
    level=ADVISORY,
    why="Whoever breaks into a container with a writable root filesystem can change its programs, and leave others.",
    fix="Set readonlyRootFilesystem to true, and mount volumes or tmpfs where the container has to write.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html",
    options={"allowedContainers": Option("string", "Names of containers that may write to their root filesystem.")},
)
def readonly_root(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Every container has readonlyRootFilesystem, unless one of the task's services has ECS Exec on, which needs to
    write, or the task is for Windows, which has no such thing."""

    def judged(task: TaskDefinition) -> Iterator[Verdict]:
        exec_on = list(_allow_exec(stack, task))
        if True in exec_on or task_elsewhere(stack, task) or task.for_windows:
            return
        found = list(each(task.containers, lambda container: _writable(task, container, options)))
        # Whether ECS Exec is on matters only where something is found.
        hidden = [reason for reason in exec_on if isinstance(reason, Unknown)]
        yield from hidden if found and hidden else found

    yield from each(stack.all(TaskDefinition), judged)


def _writable(task: TaskDefinition, container: ContainerDefinition, options: Options) -> Iterator[Verdict]:
    if not container.properties.flag("readonlyRootFilesystem") and container.name not in options["allowedContainers"]:
        yield Finding(f"container {container.name} can write to its root filesystem", task)


def _allow_exec(stack: Stack, task: TaskDefinition) -> Iterator[bool | Unknown]:
    """Whether each service of the program that runs a task lets people into its containers."""
    for service in services_running(stack, task):
        try:
            yield service.allows_exec
        except Unknown as reason:
            yield reason

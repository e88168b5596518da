"""Rules on how the containers of one task definition refer to each other and to its volumes."""

from collections.abc import Iterator

from ecs_model.dependencies import waiting_forever
from ecs_model.network_modes import NetworkMode
from policies.rule import HIGH, MANDATORY, Finding, Options, Verdict, each, rule
from policies.views.container import ContainerDefinition
from policies.views.task_definition import TaskDefinition

CONDITIONS = ("START", "COMPLETE", "SUCCESS", "HEALTHY")
"""What a container may wait for.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
"""
_SOURCE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"


@rule(
    id="ecs-task-definition-essential-container",
    title="A task has an essential container",
    severity=HIGH,
    level=MANDATORY,
    why="A task ends with its essential containers: ECS refuses a task definition that has none.",
    fix="Leave essential out, or set it to true, on one container.",
    source=_SOURCE,
)
def essential_container(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """At least one container is essential, as one is where nothing is said."""
    if not task.elsewhere and not any(container.essential for container in task.containers):
        yield Finding("no container is essential" if task.containers else "has no container")


@rule(
    id="ecs-task-definition-container-names",
    title="Every container has a name of its own",
    severity=HIGH,
    level=MANDATORY,
    why="Load balancers, dependencies and overrides name containers: ECS refuses a task definition in which a name is "
    "missing or used twice.",
    fix="Give every container a name of its own.",
    source=_SOURCE,
)
def container_names(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """Names are present and unique."""
    seen: set[str] = set()

    def named(container: ContainerDefinition) -> Iterator[Verdict]:
        name = container.given_name
        if name is None:
            yield Finding(f"container {container.name} has no name")
        elif name in seen:
            yield Finding(f"two containers have the name {name}")
        else:
            seen.add(name)

    if not task.elsewhere:
        yield from each(task.containers, named)


@rule(
    id="ecs-task-definition-depends-on",
    title="Containers wait for what can happen",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses a task definition whose containers wait for one that does not exist or for each other, and a "
    "container never starts that waits for health without a health check or for an essential one to end.",
    fix="Let dependsOn name another container of the task and a condition that it can reach.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html",
)
def depends_on(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """dependsOn names other containers, in no circle; HEALTHY those with healthCheck, COMPLETE those not essential."""
    if task.elsewhere:
        return
    siblings = {container.name: container for container in task.containers}

    def waits(container: ContainerDefinition) -> Iterator[Verdict]:
        for name, condition in container.dependencies:
            other = siblings.get(name or "")
            where = f"container {container.name}, dependsOn,"
            if other is None or name == container.name:
                yield Finding(f"{where} names no other container of the task")
            elif condition not in CONDITIONS:
                yield Finding(f"{where} waits for {name} with none of the conditions {', '.join(CONDITIONS)}")
            elif condition == "HEALTHY" and not other.properties.given("healthCheck"):
                yield Finding(f"{where} waits for {name} to be HEALTHY, which has no healthCheck")
            elif condition in ("COMPLETE", "SUCCESS") and other.essential:
                yield Finding(f"{where} waits for the end ({condition}) of {name}, which is essential")

    def circle(task: TaskDefinition) -> Iterator[Verdict]:
        stuck = waiting_forever(
            {c.name: {*c.links, *(name for name, _ in c.dependencies if name)} for c in task.containers}
        )
        if stuck:
            yield Finding(f"its containers {', '.join(stuck)} never start, for they wait for each other")

    yield from each(task.containers, waits)
    yield from each([task], circle)


@rule(
    id="ecs-task-definition-links",
    title="Links exist in bridge mode only, and lead to containers of the task",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses links in any other network mode, and links to what is no container of the task.",
    fix="Use localhost in network modes awsvpc and host; in bridge mode name another container of the task.",
    source=_SOURCE,
)
def links(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """Links are written in bridge mode only, and each names another container of the task."""
    if task.elsewhere:
        return
    names = {container.name for container in task.containers}

    def linked(container: ContainerDefinition) -> Iterator[Verdict]:
        if not container.links:
            return
        if task.network_mode is not NetworkMode.BRIDGE:
            yield Finding(f"container {container.name} has links in network mode {task.network_mode.value}")
        elif not set(container.links) <= names - {container.name}:
            yield Finding(f"container {container.name} has a link to no other container of the task")

    yield from each(task.containers, linked)


@rule(
    id="ecs-task-definition-mount-points",
    title="Containers mount volumes that the task or its other containers have",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses a task definition whose mount point names a volume that the task does not declare, or that takes "
    "the volumes of a container which it does not have.",
    fix="Declare the volume under volumes, or name one that is there; in volumesFrom name another container.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html",
)
def mount_points(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """Every mount point's sourceVolume is the name of a volume of the task, and every sourceContainer of volumesFrom
    that of another container."""
    if task.elsewhere:
        return
    names = {container.name for container in task.containers}

    def mounted(container: ContainerDefinition) -> Iterator[Verdict]:
        for written in container.properties.children("mountPoints"):
            source = written.text("sourceVolume")
            if source is not None and source not in task.volume_names:
                yield Finding(
                    f"container {container.name}, mountPoints[{written.path[-1]}], names no volume of the task"
                )
        for written in container.properties.children("volumesFrom"):
            if written.text("sourceContainer") not in names - {container.name}:
                yield Finding(
                    f"container {container.name}, volumesFrom[{written.path[-1]}], names no other container of the task"
                )

    yield from each(task.containers, mounted)

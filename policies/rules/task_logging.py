"""Rules on what containers log and which images they run."""

from collections.abc import Iterator

from policies.rule import ADVISORY, HIGH, LOW, MANDATORY, MEDIUM, Finding, Option, Options, Verdict, each, rule
from policies.views.container import ContainerDefinition
from policies.views.task_definition import TaskDefinition


@rule(
    id="ecs-task-definition-logging",
    title="Containers log to where the logs outlive the instance",
    severity=MEDIUM,
    level=ADVISORY,
    why="Without a log configuration, or with the drivers none and json-file, what a container said is lost with its "
    "instance, and json-file may fill the disk.",
    fix="Give the container a logConfiguration, such as awslogs with a log group and a region.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
)
def logging(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """Every container has a log driver that sends logs off the container instance."""

    def logs(container: ContainerDefinition) -> Iterator[Verdict]:
        driver = container.log_driver
        if driver is None:
            yield Finding(f"container {container.name} has no logConfiguration")
        elif driver in ("none", "json-file"):
            yield Finding(f"container {container.name} has the log driver {driver}")

    if not task.elsewhere:
        yield from each(task.containers, logs)


@rule(
    id="ecs-task-definition-awslogs-options",
    title="The log driver awslogs is told a log group and a region",
    severity=HIGH,
    level=MANDATORY,
    why="On container instances awslogs has no default for its log group: ECS or Docker refuses the container.",
    fix="Set the options awslogs-group and awslogs-region.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html",
)
def awslogs_options(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """awslogs-group and awslogs-region are given where the driver is awslogs."""

    def complete(container: ContainerDefinition) -> Iterator[Verdict]:
        if container.log_driver != "awslogs":
            return
        missing = [key for key in ("awslogs-group", "awslogs-region") if not container.has_log_option(key)]
        if missing:
            yield Finding(f"container {container.name} has the log driver awslogs without {' and '.join(missing)}")

    if not task.elsewhere:
        yield from each(task.containers, complete)


@rule(
    id="ecs-task-definition-image-pinned",
    title="A container's image has a tag of its own, or a digest",
    severity=LOW,
    level=ADVISORY,
    why="What latest means changes: two copies of one task may run different programs, and a rollback brings nothing "
    "back.",
    fix="Name a version's tag, or the image's digest.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-considerations.html",
    options={"requireDigest": Option("integer", "1 where a tag is not enough and a digest is asked for.", 0)},
)
def image_pinned(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """The image is named with a tag other than latest, or with a digest."""

    def pinned(container: ContainerDefinition) -> Iterator[Verdict]:
        image = container.properties.text("image") or ""
        name = image.rsplit("/", 1)[-1]
        if "@sha256:" in name:
            return
        if options["requireDigest"]:
            yield Finding(f"container {container.name} has an image without a digest")
        elif ":" not in name or name.endswith(":latest"):
            yield Finding(f"container {container.name} has an image without a tag, or with the tag latest")

    if not task.elsewhere:
        yield from each(task.containers, pinned)

"""Rules on secrets in the plain text of task definitions."""

from collections.abc import Iterator

from ecs_model.secrets import secret_by_name, secret_by_shape
from policies.properties import Properties
from policies.rule import HIGH, MANDATORY, Finding, Options, Verdict, each, rule
from policies.views.container import ContainerDefinition
from policies.views.task_definition import TaskDefinition


@rule(
    id="ecs-task-definition-no-secrets",
    title="No secret stands in a container's environment, command, entry point or labels",
    severity=HIGH,
    level=MANDATORY,
    why="Whoever may describe the task definition, or reads the instance's Docker, reads what stands in it, and every "
    "revision keeps it.",
    fix="Put the value into Secrets Manager or an SSM parameter, and name that under secrets.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
)
def no_secrets(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """No environment variable or label is a secret by its name or shape, no word of a command by its shape."""

    def of_container(container: ContainerDefinition) -> Iterator[Verdict]:
        def variable(written: Properties) -> Iterator[Verdict]:
            yield from judged(f"environment[{written.path[-1]}]", written.text("name") or "", written.text("value"))

        def label(name: str) -> Iterator[Verdict]:
            labels = container.properties.child("dockerLabels")
            if labels:
                yield from judged("a label", name, labels.text(name))

        def words(key: str) -> Iterator[Verdict]:
            for position, word in enumerate(container.properties.texts(key).known):
                yield from judged(f"{key}[{position}]", "", word)

        def judged(place: str, name: str, value: str | None) -> Iterator[Verdict]:
            kind = secret_by_shape(value or "") or ("a secret" if value and secret_by_name(name, value) else None)
            if kind:
                yield Finding(f"container {container.name}: {place} holds what looks like {kind}")

        yield from each(container.properties.children("environment"), variable)
        yield from each(("command", "entryPoint"), words)
        yield from each(container.labels, label)

    if not task.elsewhere:
        yield from each(task.containers, of_container)

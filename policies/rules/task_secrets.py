"""Rules on secrets in the plain text of task definitions."""

from collections.abc import Iterator

from ecs_model.secrets import secret_by_name, secret_in
from policies.properties import Properties
from policies.rule import HIGH, MANDATORY, Finding, Options, Verdict, each, rule
from policies.views.container import ContainerDefinition
from policies.views.task_definition import TaskDefinition


@rule(
    id="ecs-task-definition-no-secrets",
    title="No secret stands in what a task definition tells its containers",
    severity=HIGH,
    level=MANDATORY,
    why="Whoever may describe the task definition, or reads the instance's Docker, reads what stands in it, and every "
    "revision keeps it.",
    fix="Put the value into Secrets Manager or an SSM parameter, and name that under secrets, or under secretOptions "
    "of a log configuration.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
)
def no_secrets(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """No environment variable, label or log option is a secret by its name or what it holds, and no word of a command,
    entry point or health check is one by its shape, or by the words before it (`--password x`, `curl -u user:x`)."""

    if not task.elsewhere:
        yield from each(task.containers, _of_container)


def _of_container(container: ContainerDefinition) -> Iterator[Verdict]:
    def variable(written: Properties) -> Iterator[Verdict]:
        name = written.text("name")
        yield from _told(container, f"environment variable {name}", name, written.text("value"))

    def label(name: str) -> Iterator[Verdict]:
        yield from _told(container, f"label {name}", name, container.label(name))

    def option(name: str) -> Iterator[Verdict]:
        yield from _told(container, f"log option {name}", name, container.log_option(name))

    yield from each(container.properties.children("environment"), variable)
    yield from each(("command", "entryPoint", "healthCheck"), lambda key: _commanded(container, key))
    yield from each(container.labels, label)
    yield from each(container.log_options, option)


def _told(container: ContainerDefinition, place: str, name: str | None, value: str | None) -> Iterator[Verdict]:
    """A finding where a value that has a name is a secret, or holds one."""
    kind = secret_in(value) if value else None
    if kind or (value and secret_by_name(name or "", value)):
        yield _finding(container, place, kind or "a secret")


def _commanded(container: ContainerDefinition, key: str) -> Iterator[Verdict]:
    """A finding for each word of a command that is or holds a secret, or one for all of them together."""
    words = container.command(key)
    kinds = [(f"{key}[{position}]", secret_in(word)) for position, word in enumerate(words)]
    if not any(kind for _, kind in kinds):
        # What one word says of the next shows in the whole alone.
        kinds = [(key, secret_in(" ".join(words)))]
    yield from (_finding(container, place, kind) for place, kind in kinds if kind)


def _finding(container: ContainerDefinition, place: str, kind: str) -> Finding:
    return Finding(f"container {container.name}: {place} holds what looks like {kind}")

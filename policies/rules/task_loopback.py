"""The rule on how the containers of a task reach each other."""

from collections.abc import Iterator

from ecs_model.loopback import loopback_pairs, loopback_ports
from ecs_model.network_modes import NetworkMode
from policies.rule import ADVISORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.views.container import ContainerDefinition
from policies.views.task_definition import TaskDefinition


@rule(
    id="ecs-task-definition-sibling-localhost",
    title="In bridge mode a container does not look for another one at localhost",
    severity=MEDIUM,
    level=ADVISORY,
    why="In bridge mode every container has a network and a localhost of its own: nothing of another container listens "
    "there. Containers share localhost in network modes awsvpc and host alone.",
    fix="Link the other container and use its name, or use network mode awsvpc.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html",
)
def sibling_localhost(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """No environment value, pair of them (`DB_HOST`, `DB_PORT`), command or entry point names localhost with a port
    that another container of the task maps, and the container itself does not.

    A health check asks its own container, at a port that nobody need map.
    """
    if task.elsewhere or task.network_mode is not NetworkMode.BRIDGE:
        return

    def judged(container: ContainerDefinition) -> Iterator[Verdict]:
        # What the text holds beside the port may be a secret.
        for place, text in container.texts:
            for port in loopback_ports(text):
                yield from told(container, place, port)
        places = {name: f"environment[{position}]" for position, name in enumerate(container.variables)}
        for name, port in loopback_pairs(container.variables):
            yield from told(container, places[name], port)

    def told(container: ContainerDefinition, place: str, port: int) -> Iterator[Verdict]:
        sibling = _listener(task, container, port)
        if sibling:
            yield Finding(
                f"container {container.name}: {place} names port {port} of localhost, which container {sibling.name} "
                "listens on"
            )

    yield from each(task.containers, judged)


def _listener(task: TaskDefinition, container: ContainerDefinition, port: int) -> ContainerDefinition | None:
    """The other container that listens on a port; None where this one does, or none."""
    if any(port in ports for ports in container.ports):
        return None
    return next((other for other in task.containers if any(port in ports for ports in other.ports)), None)

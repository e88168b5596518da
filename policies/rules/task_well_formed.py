"""The rule on whether container definitions can be read at all."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from ecs_model.ports import HIGHEST, LOWEST
from policies.properties import Properties, Unknown
from policies.rule import HIGH, MANDATORY, Finding, Options, Verdict, each, rule
from policies.views.container import ContainerDefinition, port_mapping
from policies.views.task_definition import TaskDefinition


@rule(
    id="ecs-task-definition-container-definitions",
    title="Container definitions are a JSON list of what ECS takes, and the network mode is one of its own",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses a task definition whose containers it cannot read, and no other rule can judge them.",
    fix="Write containerDefinitions as a JSON list of objects, each value with the type that ECS has for it.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
)
def container_definitions(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """containerDefinitions is a JSON list of objects, what rules read in it has the type that ECS takes, and ports lie
    within 1-65535; networkMode is one that ECS has.

    It is reported here alone: other rules leave out what they cannot read.
    """

    def readable(container: ContainerDefinition) -> Iterator[Verdict]:
        def read(reading: Callable[[ContainerDefinition], object]) -> Iterator[Verdict]:
            # What cannot be read raises.
            reading(container)
            yield from ()

        def mapped(written: Properties) -> Iterator[Verdict]:
            port = port_mapping(written)
            # A host port of 0 is a dynamic one.
            for key, number in (("containerPort", port.container_port), ("hostPort", port.host_port or None)):
                if number is not None and not LOWEST <= number <= HIGHEST:
                    yield Finding(f"container {container.name}, {port.place}, has the {key} {number}", fix=_PORTS)

        yield from each(_READINGS, read)
        yield from each(container.port_mappings, mapped)

    def attached(task: TaskDefinition) -> Iterator[Verdict]:
        # One that is not known yet is for those to report who need it.
        with suppress(Unknown):
            _ = task.network_mode
        yield from ()

    if not task.elsewhere:
        yield from each([task], attached)
        yield from each(task.containers, readable)


_PORTS = f"Give a port within {LOWEST}-{HIGHEST}, or hostPort 0 for a dynamic one."
_READINGS: tuple[Callable[[ContainerDefinition], object], ...] = (
    lambda container: container.given_name,
    lambda container: (container.memory, container.memory_reservation, container.cpu),
    lambda container: container.essential,
    lambda container: (container.links, container.capabilities),
    lambda container: list(container.dependencies),
    lambda container: list(container.texts),
    lambda container: container.command("healthCheck"),
    lambda container: [container.label(name) for name in container.labels],
    lambda container: [container.log_option(name) for name in container.log_options],
    lambda container: list(container.secret_sources),
    lambda container: [container.log_driver, *(container.properties.text(key) for key in ("image", "user"))],
    lambda container: [container.properties.flag(key) for key in ("privileged", "readonlyRootFilesystem")],
    lambda container: [mount.text("sourceVolume") for mount in container.properties.children("mountPoints")],
    lambda container: [source.text("sourceContainer") for source in container.properties.children("volumesFrom")],
)
"""What the rules read of a container, each to be read by itself."""

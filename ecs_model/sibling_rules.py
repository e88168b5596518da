"""What cannot work between the containers of one task."""

from collections.abc import Iterator, Mapping

from ecs_model.containers import Container, DependencyCondition
from ecs_model.dependencies import waiting_forever
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import Problem, of_these, under


def sibling_problems(
    name: str, container: Container, siblings: Mapping[str, Container], mode: NetworkMode
) -> Iterator[Problem]:
    """Everything wrong with how one container refers to the others of its task."""
    others = set(siblings) - {name}
    for position, link in enumerate(container.links):
        if mode is not NetworkMode.BRIDGE:
            yield Problem(("links", position), f"links exist in mode bridge only, not {mode.value}: use localhost")
        elif link.split(":")[0] not in siblings or link.split(":")[0] == name:
            yield Problem(("links", position), f"{link!r} is no other container of this task{_advice(link, others)}")
    for position, dependency in enumerate(container.depends_on):
        yield from under(
            _dependency_problems(name, dependency.container_name, dependency.condition, siblings, others),
            "dependsOn",
            position,
        )
    sources = [each.source_container for each in container.volumes_from]
    for position, source in enumerate(sources):
        path = ("volumesFrom", position, "sourceContainer")
        if source not in siblings or source == name:
            yield Problem(path, f"{source!r} is no other container of this task (there is: {others})")
        elif source in sources[:position]:
            yield Problem(path, f"{source!r} is there twice: keep it once")
    if container.start_timeout is not None and not _awaited(name, siblings):
        yield Problem(
            ("startTimeout",),
            "does nothing: no container waits in dependsOn for this one to be COMPLETE, SUCCESS or HEALTHY",
        )


def _advice(name: str, others: set[str]) -> str:
    return of_these(name.split(":")[0], others, "name one of them, or leave this out")


def _awaited(name: str, siblings: Mapping[str, Container]) -> bool:
    """Whether a container waits for more than another's start, which alone the agent measures."""
    return any(
        dependency.container_name == name and dependency.condition is not DependencyCondition.START
        for container in siblings.values()
        for dependency in container.depends_on
    )


def circle_problems(containers: Mapping[str, Container]) -> Iterator[Problem]:
    """Containers that wait for each other: a link waits as dependsOn does."""
    waits = {
        name: {link.split(":")[0] for link in c.links}
        | {dependency.container_name for dependency in c.depends_on}
        | {each.source_container for each in c.volumes_from}
        for name, c in containers.items()
    }
    stuck = waiting_forever(waits)
    if stuck:
        yield Problem(
            ("containers",), f"never start, for they wait for each other ({', '.join(stuck)}): break the circle"
        )


def _dependency_problems(
    name: str, other: str, condition: DependencyCondition, siblings: Mapping[str, Container], others: set[str]
) -> Iterator[Problem]:
    if other not in siblings or other == name:
        yield Problem(("containerName",), f"{other!r} is no other container of this task{_advice(other, others)}")
    elif condition is DependencyCondition.HEALTHY and siblings[other].health_check is None:
        yield Problem(("condition",), f"HEALTHY needs a healthCheck on {other}: add it, or use START")
    elif condition in (DependencyCondition.COMPLETE, DependencyCondition.SUCCESS) and siblings[other].essential:
        yield Problem(
            ("condition",), f"{condition.value} needs essential: false on {other}, for its end would end the task"
        )


def shared_control_problems(containers: Mapping[str, Container], mode: NetworkMode) -> Iterator[Problem]:
    """Mode awsvpc: the containers share one network, whose kernel parameters the last to start would set for all.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SystemControl.html
    """
    if mode is not NetworkMode.AWSVPC:
        return
    first: dict[str, tuple[str, str]] = {}
    for name, container in containers.items():
        for control, value in container.system_controls.items():
            other, wanted = first.setdefault(control, (name, value))
            if control.startswith("net.") and wanted != value:
                yield Problem(
                    ("containers", name, "systemControls", control),
                    f"{value!r} is not {other}'s {wanted!r}, and in mode awsvpc they share it: give both the same",
                )

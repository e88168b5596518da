"""What ECS refuses, or what cannot work, in a task's containers; each network mode has port rules of its own."""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from ecs_model.container_option_rules import option_problems
from ecs_model.containers import Container, PortMapping
from ecs_model.environment_rules import environment_problems
from ecs_model.log_rules import log_problems
from ecs_model.memory import LEAST_MEMORY
from ecs_model.mount_rules import mount_problems
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.port_range_rules import overlap_problems, range_problems, shared_range_problems
from ecs_model.ports import EPHEMERAL, HIGHEST, LOWEST, PortRange, host_port_problem
from ecs_model.problem import Problem, out_of_range, under
from ecs_model.sibling_rules import circle_problems, shared_control_problems, sibling_problems
from ecs_model.volume_rules import volume_problems
from ecs_model.volumes import Volume

LEAST_CPU, MOST_CPU = 128, 196_608
MOST_CONTAINERS = 10


def problems(
    containers: Mapping[str, Container],
    mode: NetworkMode,
    *,
    cpu: int | None = None,
    memory: int | None = None,
    dynamic: PortRange = EPHEMERAL,
    volumes: Mapping[str, Volume] | None = None,
) -> Iterator[Problem]:
    """Everything wrong with a task of these containers; `cpu` and `memory` are the task's own limits, if any.

    `dynamic` is the agent's range of dynamic host ports, `volumes` are the task's by their names.
    """
    stored = volumes or {}
    if not 1 <= len(containers) <= MOST_CONTAINERS:
        yield Problem(("containers",), f"has {len(containers)} containers: a task has 1-{MOST_CONTAINERS}")
    elif not any(container.essential for container in containers.values()):
        yield Problem(("containers",), "has no essential container: leave essential out, or set it to true, on one")
    yield from _task_size_problems(containers, cpu, memory)
    for name, container in containers.items():
        yield from under(_container_problems(name, container, containers, mode, dynamic, memory), "containers", name)
        yield from under(mount_problems(name, container, stored), "containers", name)
    yield from _port_conflicts(containers, mode)
    yield from _port_name_problems(containers)
    yield from circle_problems(containers)
    yield from shared_control_problems(containers, mode)
    yield from volume_problems(stored, containers)
    yield from log_problems(containers)


def _task_size_problems(containers: Mapping[str, Container], cpu: int | None, memory: int | None) -> Iterator[Problem]:
    if cpu is not None and not LEAST_CPU <= cpu <= MOST_CPU:
        yield Problem(("cpu",), f"{cpu} CPU units: a task's CPU is {LEAST_CPU}-{MOST_CPU}")
    total_cpu = sum(container.cpu for container in containers.values())
    if cpu is not None and total_cpu > cpu:
        yield Problem(("cpu",), f"{cpu} CPU units are less than the {total_cpu} of its containers: raise it")
    if memory is not None and memory < LEAST_MEMORY:
        yield Problem(("memory",), f"{memory} MiB is too little: give at least {LEAST_MEMORY}, or leave it out")
        return
    total = sum(container.placed_memory for container in containers.values())
    if memory is not None and total > memory:
        yield Problem(("memory",), f"{memory} MiB are less than the {total} MiB of its containers: raise it")


def _container_problems(
    name: str,
    container: Container,
    siblings: Mapping[str, Container],
    mode: NetworkMode,
    dynamic: PortRange,
    task_memory: int | None,
) -> Iterator[Problem]:
    if not name or len(name) > 255 or not all(c.isascii() and (c.isalnum() or c in "_-") for c in name):
        yield Problem((), f"{name!r} is not a container name: use at most 255 letters, digits, hyphens and underscores")
    if not container.image.strip():
        yield Problem(("image",), "is empty: name the image")
    elif any(letter.isspace() for letter in container.image):
        yield Problem(("image",), f"{container.image!r} holds a space: name one image")
    if container.cpu < 0:
        yield Problem(("cpu",), f"{container.cpu} CPU units are negative: give 0 or more")
    yield from _memory_problems(container, task_memory)
    for position, port in enumerate(container.port_mappings):
        yield from under(port_problems(port, mode, dynamic), "portMappings", position)
    yield from overlap_problems(container)
    yield from sibling_problems(name, container, siblings, mode)
    yield from environment_problems(container)
    yield from _health_check_problems(container)
    yield from option_problems(container, mode)


def _memory_problems(container: Container, task_memory: int | None) -> Iterator[Problem]:
    memory, reservation = container.memory, container.memory_reservation
    if memory is None and reservation is None and task_memory is None:
        yield Problem((), "has neither memory nor memoryReservation: set one (MiB), or the task's memory")
    for key, value in (("memory", memory), ("memoryReservation", reservation)):
        if value is not None and value < LEAST_MEMORY:
            yield Problem((key,), f"{value} MiB is too little: Docker needs at least {LEAST_MEMORY}")
    if memory is not None and reservation is not None and memory < reservation:
        yield Problem(("memoryReservation",), f"{reservation} MiB is more than memory ({memory} MiB): lower it")
    if memory is not None and task_memory is not None and memory > task_memory:
        yield Problem(("memory",), f"{memory} MiB is more than the task's memory ({task_memory} MiB): lower it")


def port_problems(port: PortMapping, mode: NetworkMode, dynamic: PortRange = EPHEMERAL) -> Iterator[Problem]:
    """What is wrong with one port mapping in a network mode; `dynamic` is the agent's range."""
    if port.container_port_range is not None:
        yield from range_problems(port, mode, dynamic)
        return
    if port.container_port is None:
        yield Problem(("containerPort",), "is missing: give the port the container listens on, or containerPortRange")
        return
    if not LOWEST <= port.container_port <= HIGHEST:
        yield Problem(("containerPort",), f"{port.container_port} is not a port: give {LOWEST}-{HIGHEST}")
    if mode is NetworkMode.NONE:
        yield Problem((), "cannot be had in network mode none: leave portMappings out")
        return
    fixed = port.host_port
    if mode is NetworkMode.BRIDGE:
        if fixed and not LOWEST <= fixed <= HIGHEST:
            yield Problem(
                ("hostPort",), f"{fixed} is not a port: leave it out for a dynamic one, or give {LOWEST}-{HIGHEST}"
            )
        elif fixed and (reason := host_port_problem(fixed, dynamic)):
            yield Problem(("hostPort",), f"{reason}: leave it out for a dynamic one")
        return
    if fixed is not None and fixed != port.container_port:
        yield Problem(
            ("hostPort",),
            f"{fixed} differs from containerPort {port.container_port}, which mode {mode.value} forbids: leave it out",
        )
    elif mode is NetworkMode.HOST and (reason := host_port_problem(port.container_port, dynamic)):
        yield Problem(("containerPort",), f"{reason}, and in mode host the container's port is the host's: use another")


def _health_check_problems(container: Container) -> Iterator[Problem]:
    check = container.health_check
    if check is None:
        return
    if not check.command or check.command[0] not in ("CMD", "CMD-SHELL", "NONE"):
        yield Problem(("healthCheck", "command"), f"{check.command!r} must begin with CMD or CMD-SHELL")
    limits = {
        "interval": (check.interval, 5, 300),
        "timeout": (check.timeout, 2, 60),
        "retries": (check.retries, 1, 10),
        "startPeriod": (check.start_period, 0, 300),
    }
    yield from under(out_of_range(limits), "healthCheck")


def _port_conflicts(containers: Mapping[str, Container], mode: NetworkMode) -> Iterator[Problem]:
    """Two mappings that want the same port: of the instance (bridge, host) or of the task (awsvpc)."""
    wanted = [
        (name, position, port.protocol, port.container_port if mode is NetworkMode.AWSVPC else fixed_port(port, mode))
        for name, container in containers.items()
        for position, port in enumerate(container.port_mappings)
    ]
    if mode is NetworkMode.AWSVPC:
        yield from shared_range_problems(containers)
    for (first, _, protocol, port), (second, position, other_protocol, other_port) in combinations(wanted, 2):
        if port and (protocol, port) == (other_protocol, other_port):
            key = "hostPort" if mode is NetworkMode.BRIDGE else "containerPort"
            yield Problem(
                ("containers", second, "portMappings", position, key),
                f"{port}/{protocol.value} is mapped twice (also by {first}): give each its own"
                + (", or leave hostPort out" if mode is NetworkMode.BRIDGE else ""),
            )


def _port_name_problems(containers: Mapping[str, Container]) -> Iterator[Problem]:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html"""
    taken: dict[str, str] = {}
    for container, settings in containers.items():
        for position, port in enumerate(settings.port_mappings):
            path = ("containers", container, "portMappings", position)
            if port.name is None:
                if port.app_protocol is not None:
                    yield Problem(
                        (*path, "appProtocol"), "is for Service Connect, which needs a name: set that as well"
                    )
            elif not re.fullmatch(r"[a-z0-9_][a-z0-9_-]{0,63}", port.name):
                yield Problem(
                    (*path, "name"),
                    f"{port.name!r} is no name: use at most 64 small letters, digits, underscores and hyphens",
                )
            elif taken.setdefault(port.name, container) != container or _names(settings).count(port.name) > 1:
                yield Problem((*path, "name"), f"{port.name!r} is there twice in this task: give each its own")
            if port.app_protocol is not None and port.protocol is Protocol.UDP:
                yield Problem(
                    (*path, "appProtocol"), "is spoken over TCP, and protocol is udp: leave one of the two out"
                )


def _names(container: Container) -> list[str | None]:
    return [port.name for port in container.port_mappings]


def fixed_port(port: PortMapping, mode: NetworkMode) -> int | None:
    """The instance's port that a mapping always takes; None where it is dynamic or the instance's are not used."""
    if mode is NetworkMode.HOST:
        return port.container_port
    return port.host_port or None if mode is NetworkMode.BRIDGE else None

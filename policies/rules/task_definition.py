"""Rules on the host ports of task definitions in bridge mode."""

from collections.abc import Iterator

from ecs_model.network_modes import NetworkMode
from policies.properties import Properties
from policies.relations import services_running, task_elsewhere
from policies.rule import ADVISORY, HIGH, LOW, MANDATORY, Finding, Option, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.container import ContainerDefinition, port_mapping
from policies.views.task_definition import TaskDefinition

_OPTIONS = {
    "allowedHostPorts": Option("integer", "Host ports that may be fixed, such as a monitoring daemon's."),
    "allowedContainers": Option("string", "Names of containers that may have fixed host ports."),
}


@rule(
    id="ecs-task-definition-dynamic-host-port",
    title="Containers in bridge mode take a dynamic host port",
    severity=HIGH,
    level=MANDATORY,
    why="With a fixed host port an instance holds one copy of the task, and a deployment has nowhere to start the "
    "next one.",
    fix="Set hostPort to 0 or leave it out.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
    options=_OPTIONS,
)
def dynamic_host_port(stack: Stack, options: Options) -> Iterator[Verdict]:
    """hostPort is 0 or absent in bridge mode, where a service needs several copies of the task or none is seen.

    A service needs several where it is load-balanced or wants two or more, and is no daemon.
    """
    yield from each(stack.all(TaskDefinition), lambda task: _fixed_ports(stack, task, options, several=True))


@rule(
    id="ecs-task-definition-static-host-port",
    title="Containers in bridge mode have no fixed host port without need",
    severity=LOW,
    level=ADVISORY,
    why="A fixed host port is taken once an instance: a second copy, or another task with the same port, finds no "
    "place there. Daemons and single tasks can live with it.",
    fix="Set hostPort to 0 or leave it out, or allow the port in the configuration.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
    options=_OPTIONS,
)
def static_host_port(stack: Stack, options: Options) -> Iterator[Verdict]:
    """No fixed host port in bridge mode either where only daemons and services of one copy run the task."""
    tasks = [task for task in stack.all(TaskDefinition) if services_running(stack, task)]
    yield from each(tasks, lambda task: _fixed_ports(stack, task, options, several=False))


def _fixed_ports(stack: Stack, task: TaskDefinition, options: Options, *, several: bool) -> Iterator[Verdict]:
    if task_elsewhere(stack, task) or task.network_mode is not NetworkMode.BRIDGE:
        return

    def of_container(container: ContainerDefinition) -> Iterator[Verdict]:
        def fixed_port(written: Properties) -> Iterator[Verdict]:
            port = port_mapping(written)
            if not port.host_port or port.host_port in options["allowedHostPorts"]:
                return
            # Asked last, since how many copies a service wants matters to fixed ports alone.
            if _in_several_copies(stack, task) is several:
                fixed = f"the fixed host port {port.host_port}"
                maps = f"maps container port {port.container_port} to {fixed}"
                said = f"has {fixed} and no containerPort" if port.container_port is None else maps
                yield Finding(f"container {container.name}, {port.place}, {said}", task)

        if container.name not in options["allowedContainers"]:
            yield from each(container.port_mappings, fixed_port)

    yield from each(task.containers, of_container)


def _in_several_copies(stack: Stack, task: TaskDefinition) -> bool:
    """Whether a service needs more than one copy of a task at a time; so presumed where no service is seen."""
    services = services_running(stack, task)
    replicas = [service for service in services if not service.is_daemon]
    balanced = any(service.is_load_balanced for service in replicas)
    return not services or balanced or any((service.desired_count or 0) > 1 for service in replicas)

"""Rules on task definitions."""

from collections.abc import Iterator

from ecs_model.containers import NetworkMode
from policies.properties import Properties
from policies.rule import HIGH, MANDATORY, Finding, Option, Options, Verdict, each, rule
from policies.views.task_definition import ContainerDefinition, TaskDefinition, port_mapping


@rule(
    id="ecs-task-definition-dynamic-host-port",
    title="Containers in bridge mode take a dynamic host port",
    severity=HIGH,
    level=MANDATORY,
    why="With a fixed host port an instance holds one copy of the task, and a deployment has nowhere to start the "
    "next one.",
    fix="Set hostPort to 0 or leave it out.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
    options={
        "allowedHostPorts": Option("integer", "Host ports that may be fixed, such as a monitoring daemon's."),
        "allowedContainers": Option("string", "Names of containers that may have fixed host ports."),
    },
)
def dynamic_host_port(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """A container's hostPort is 0 or absent in bridge mode, which is the mode where none is named."""
    if task.elsewhere or task.network_mode is not NetworkMode.BRIDGE:
        return

    def fixed_ports(container: ContainerDefinition) -> Iterator[Verdict]:
        def fixed_port(written: Properties) -> Iterator[Verdict]:
            port = port_mapping(written)
            if port.host_port and port.host_port not in options["allowedHostPorts"]:
                fixed = f"the fixed host port {port.host_port}"
                maps = f"maps container port {port.container_port} to {fixed}"
                said = f"has {fixed} and no containerPort" if port.container_port is None else maps
                yield Finding(f"container {container.name}, {port.place}, {said}")

        if container.name not in options["allowedContainers"]:
            yield from each(container.port_mappings, fixed_port)

    yield from each(task.containers, fixed_ports)

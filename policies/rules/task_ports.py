"""Rules on the port mappings of one task definition."""

from collections.abc import Iterator

from ecs_model.network_modes import NetworkMode
from ecs_model.ports import RESERVED_TCP
from policies.properties import Properties
from policies.rule import HIGH, MANDATORY, Finding, Options, Verdict, each, rule
from policies.views.container import ContainerDefinition, port_mapping
from policies.views.task_definition import TaskDefinition


@rule(
    id="ecs-task-definition-host-port-conflict",
    title="A task takes each host port once, and none that the container instance needs itself",
    severity=HIGH,
    level=MANDATORY,
    why="Two containers cannot listen on one port of an instance, or of an awsvpc task, and ports 22, 2375, 2376, "
    "51678 and 51679 belong to ssh, Docker and the agent on every instance: such a task is refused, or never placed.",
    fix="Give each mapping a host port of its own, or in bridge mode leave hostPort out.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
)
def host_port_conflict(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """No host port is mapped twice by the same protocol, nor in bridge and host mode a reserved one by TCP.

    In awsvpc and host mode a mapping's host port is its container port, whether it is written or not.
    """
    if task.elsewhere or task.network_mode is NetworkMode.NONE:
        return
    shares_the_instance = task.network_mode is not NetworkMode.AWSVPC
    taken: set[tuple[int, str]] = set()

    def of_container(container: ContainerDefinition) -> Iterator[Verdict]:
        def mapped(written: Properties) -> Iterator[Verdict]:
            port = port_mapping(written)
            fixed = port.host_port or (port.container_port if task.network_mode is not NetworkMode.BRIDGE else 0)
            if not fixed:
                return
            where = f"container {container.name}, {port.place},"
            if (fixed, port.protocol) in taken:
                yield Finding(f"{where} takes host port {fixed}/{port.protocol}, which another mapping takes already")
            elif shares_the_instance and port.protocol == "tcp" and fixed in RESERVED_TCP:
                yield Finding(f"{where} takes host port {fixed}, which every container instance needs itself")
            taken.add((fixed, port.protocol))

        yield from each(container.port_mappings, mapped)

    yield from each(task.containers, of_container)


@rule(
    id="ecs-task-definition-host-port-matches",
    title="Port mappings are such as the network mode has",
    severity=HIGH,
    level=MANDATORY,
    why="In network modes awsvpc and host nothing maps ports: ECS refuses a task definition whose hostPort differs "
    "from containerPort, and in network mode none, which has no network, any port mapping.",
    fix="Leave hostPort out, or set it to containerPort; in network mode none leave portMappings out.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
)
def host_port_matches(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """hostPort is absent, 0 or equal to containerPort in awsvpc and host mode, and there is no mapping in mode none."""
    if task.elsewhere or task.network_mode is NetworkMode.BRIDGE:
        return
    mode = task.network_mode.value

    def of_container(container: ContainerDefinition) -> Iterator[Verdict]:
        def mapped(written: Properties) -> Iterator[Verdict]:
            port = port_mapping(written)
            if task.network_mode is NetworkMode.NONE:
                yield Finding(f"container {container.name} has {port.place} in network mode none")
            elif port.host_port and port.container_port is not None and port.host_port != port.container_port:
                yield Finding(
                    f"container {container.name}, {port.place}, has host port {port.host_port} for container port "
                    f"{port.container_port} in network mode {mode}"
                )

        yield from each(container.port_mappings, mapped)

    yield from each(task.containers, of_container)

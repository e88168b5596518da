"""Rules on a service's way to its load balancer: target group and task definition fit."""

from collections.abc import Iterator

from ecs_model.network_modes import NetworkMode
from policies.relations import service_elsewhere, target_groups, task_definitions
from policies.rule import HIGH, MANDATORY, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.container import port_mapping
from policies.views.load_balancing import TargetGroup
from policies.views.service import Service, ServiceTarget
from policies.views.task_definition import TaskDefinition

_WANTED = {NetworkMode.BRIDGE: "instance", NetworkMode.HOST: "instance", NetworkMode.AWSVPC: "ip"}


@rule(
    id="ecs-service-target-type",
    title="A target group's type fits the network mode of the tasks behind it",
    severity=HIGH,
    level=MANDATORY,
    why="In bridge and host mode a task is reached at a port of its instance, in awsvpc mode at an address of its own: "
    "ECS refuses a service whose target group registers the other.",
    fix="Set targetType to instance for bridge and host mode, to ip for awsvpc.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html",
)
def target_type(stack: Stack, options: Options) -> Iterator[Verdict]:
    """`instance` for bridge and host, `ip` for awsvpc, as far as service, task and target group are in the program."""

    def fits(service: Service) -> Iterator[Verdict]:
        if service_elsewhere(stack, service):
            return
        groups = target_groups(stack, service)

        def with_task(task: TaskDefinition) -> Iterator[Verdict]:
            wanted = _WANTED.get(task.network_mode) if groups else None
            for group in groups:
                if wanted and group.target_type != wanted:
                    yield Finding(
                        f"its targetType is not {wanted}, as the network mode {task.network_mode} of {service} needs",
                        group,
                    )

        yield from each(task_definitions(stack, service), with_task)

    yield from each(stack.all(Service), fits)


@rule(
    id="ecs-target-group-health-check-port",
    title="Health checks go to the port of each task",
    severity=HIGH,
    level=MANDATORY,
    why="With dynamic host ports every task has a port of its own, so that a health check at a fixed one fails, and "
    "ECS stops and starts the tasks for ever.",
    fix="Set the health check's port to traffic-port, or leave it out.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html",
)
def health_check_port(stack: Stack, options: Options) -> Iterator[Verdict]:
    """`traffic-port` where the tasks of a service in the program take dynamic host ports, unless they have the fixed
    one as well."""

    def fits(service: Service) -> Iterator[Verdict]:
        if service_elsewhere(stack, service):
            return
        tasks = task_definitions(stack, service)

        def of(group: TargetGroup) -> Iterator[Verdict]:
            port = group.health_check_port if group.holds_instances else "traffic-port"
            if port != "traffic-port" and any(
                _takes_dynamic_ports(task) and not _maps_host(task, port) for task in tasks
            ):
                yield Finding(f"its health check has a fixed port, but {service} takes dynamic host ports", group)

        yield from each(target_groups(stack, service), of)

    yield from each(stack.all(Service), fits)


def _maps_host(task: TaskDefinition, port: str) -> bool:
    """Whether a container takes a fixed host port."""
    mappings = [port_mapping(written) for container in task.containers for written in container.port_mappings]
    return any(str(mapping.host_port) == port for mapping in mappings)


def _takes_dynamic_ports(task: TaskDefinition) -> bool:
    """Whether a container takes a dynamic host port. Raises Unknown, where a presumption would refuse good programs."""
    return task.network_mode is NetworkMode.BRIDGE and any(
        port_mapping(written).host_port == 0 for container in task.containers for written in container.port_mappings
    )


@rule(
    id="ecs-service-load-balancer-container",
    title="A load balancer's container and port exist in the service's task definition",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses a service that registers a container or a port that its task definition does not have, or a port "
    "that its container maps more than once.",
    fix="Name a container of the task definition, and a containerPort of its port mappings.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html",
)
def load_balancer_container(stack: Stack, options: Options) -> Iterator[Verdict]:
    """containerName and containerPort of each loadBalancers entry, where the task definition is in the program."""

    def fits(service: Service) -> Iterator[Verdict]:
        def in_task(task: TaskDefinition) -> Iterator[Verdict]:
            yield from each(service.load_balancers, lambda target: _registered(service, task, target))

        yield from each(task_definitions(stack, service), in_task)

    yield from each(stack.all(Service), fits)


def _registered(service: Service, task: TaskDefinition, target: ServiceTarget) -> Iterator[Verdict]:
    if target.container is None or target.port is None:
        return
    named = [container for container in task.containers if container.name == target.container]
    if not named:
        yield Finding(f"loadBalancers names a container that {task} does not have", service)
        return
    ports = [[port_mapping(written).container_port for written in container.port_mappings] for container in named]
    # A mapping by a range may have it.
    if not any({target.port, None} & set(mapped) for mapped in ports):
        yield Finding(f"loadBalancers names container port {target.port}, which its container does not map", service)
    elif any(mapped.count(target.port) > 1 for mapped in ports):
        yield Finding(f"loadBalancers names container port {target.port}, which its container maps twice", service)

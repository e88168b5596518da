"""One environment: its tasks, by themselves and on the instances that they are to be placed on."""

from collections.abc import Iterator, Mapping

from ecs_model import fargate, managed_tasks
from ecs_model.capacity import cpu_shortages, dynamic_ranges, idle_limits, memory_verdicts
from ecs_model.capacity_rules import reserves_everything
from ecs_model.constraint_needs import constraint_problems, distinct_room_problems
from ecs_model.container_rules import fixed_port
from ecs_model.containers import memory_parts
from ecs_model.instance_needs import need_problems
from ecs_model.managed_instances import ManagedInstancesSettings
from ecs_model.memory import Fit
from ecs_model.one_off_task import OneOffTaskSettings
from ecs_model.problem import Path, Problem, under
from ecs_model.scheduled_task import ScheduledTaskSettings
from ecs_model.service import ServiceSettings
from ecs_model.stack_parts import StackParts
from ecs_model.strategy import problems as strategy_problems
from ecs_model.task import TaskSettings
from ecs_model.task_options import architecture_problems


def task_problems(
    stack: StackParts, task: ServiceSettings | ScheduledTaskSettings | OneOffTaskSettings
) -> Iterator[Problem]:
    """What is wrong with it by itself, and on the instances that it is to be placed on."""
    ranges = dynamic_ranges(stack.capacity_of(task))
    yield from dict.fromkeys(problem for ports in ranges for problem in task.problems(ports))
    yield from _reserved_port_problems(stack, task)
    own = task.capacity_provider_strategy
    if own:
        found = strategy_problems(own, stack.attached, stack.own_managed)
        yield from under(found, "capacityProviderStrategy")
    if stack.cluster.fargate and stack.on_fargate(task):  # else that it is off says enough
        yield from fargate.problems(
            task.containers,
            task.network_mode,
            cpu=task.cpu,
            memory=task.memory,
            volumes=task.volumes,
            placement_constraints=task.placement_constraints,
            pid_mode=task.pid_mode,
            ipc_mode=task.ipc_mode,
        )
    if managed := stack.managed_of(task):
        yield from managed_tasks.problems(
            task.containers,
            task.network_mode,
            volumes=task.volumes,
            ipc_mode=task.ipc_mode,
            proxy=task.proxy_configuration,
        )
        yield from _managed_fit_problems(stack, task, managed)
    yield from _placement_problems(stack, task)
    yield from _fit_problems(stack, task)


def _placement_problems(
    stack: StackParts, task: ServiceSettings | ScheduledTaskSettings | OneOffTaskSettings
) -> Iterator[Problem]:
    """Where ECS alone decides nothing is chosen, and where tasks stay apart there is an instance for each."""
    managed = next(iter(stack.managed_of(task)), None)
    apart = isinstance(task, ServiceSettings) and task.distinct_instances
    if stack.on_fargate(task) or managed:
        where = f"managedInstances {managed} is where ECS alone decides" if managed else "Fargate has none"
        if apart:
            yield Problem(("distinctInstances",), f"is for container instances of capacity, and {where}: leave it out")
        if task.placement_strategies:
            yield Problem(
                ("placementStrategies",), f"choose among container instances of capacity, and {where}: leave them out"
            )
    elif isinstance(task, ServiceSettings) and apart and not task.daemon:
        yield from distinct_room_problems(stack.strategy(task), task.desired_count, task.copies_beside, stack.capacity)


def _managed_fit_problems(
    stack: StackParts, task: TaskSettings, managed: Mapping[str, ManagedInstancesSettings]
) -> Iterator[Problem]:
    size = managed_tasks.Size(task.cpu, task.memory, task.cpu_architecture)
    deciding: dict[Path, Path] = {("cpu",): _cpu_path(task), ("memory",): _memory_path(task)}
    for problem in managed_tasks.fit_problems(task.containers, managed, size):
        yield Problem(deciding.get(problem.path, problem.path), problem.message)


def _reserved_port_problems(stack: StackParts, service: TaskSettings) -> Iterator[Problem]:
    """A fixed host port that the agent was told to keep from tasks."""
    reserved = {
        port: key for key, capacity in stack.capacity_of(service).items() for port in capacity.agent.reserved_ports
    }
    for name, container in service.containers.items():
        for position, mapping in enumerate(container.port_mappings):
            port = fixed_port(mapping, service.network_mode)
            if port in reserved:
                yield Problem(
                    ("containers", name, "portMappings", position),
                    f"host port {port} is in capacity {reserved[port]}'s agent.reservedPorts, so no task gets it: "
                    "use another",
                )


def _fit_problems(stack: StackParts, service: TaskSettings) -> Iterator[Problem]:
    """Only what cannot fit; what may not is the task definition's warning."""
    for sentence in cpu_shortages(service.placed_cpu, stack.capacity_of(service)):
        yield Problem(_cpu_path(service), sentence)
    for name, sentence in idle_limits(service.containers, stack.capacity_of(service)):
        yield Problem(("containers", name, "memory"), sentence)
    yield from need_problems(service.containers, stack.capacity_of(service))
    yield from architecture_problems(service.cpu_architecture, stack.capacity_of(service))
    yield from constraint_problems(service.placement_constraints, stack.capacity_of(service))
    parts = memory_parts(service.containers, service.memory)
    # Of one that keeps all memory from tasks, that says enough.
    ample = {key: each for key, each in stack.capacity_of(service).items() if not reserves_everything(each)}
    for verdict, sentence in memory_verdicts(service.placed_memory, ample, parts):
        if verdict is Fit.NEVER:
            yield Problem(_memory_path(service), sentence)


def _cpu_path(service: TaskSettings) -> Path:
    """The setting that decides how much CPU the task needs: the task's own, else its largest container's."""
    if service.cpu or not service.containers:
        return ("cpu",)
    return ("containers", max(service.containers, key=lambda name: service.containers[name].cpu), "cpu")


def _memory_path(service: TaskSettings) -> Path:
    """The setting that decides how much memory the task needs: the task's own, else its largest container's."""
    if service.memory or not service.containers:
        return ("memory",)
    name, largest = max(service.containers.items(), key=lambda item: item[1].placed_memory)
    return ("containers", name, "memoryReservation" if largest.memory_reservation else "memory")

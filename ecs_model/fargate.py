"""What a task must be to run on Fargate, beside container instances in the same cluster.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
"""

from collections.abc import Iterator, Mapping, Sequence

from ecs_model.containers import Container
from ecs_model.log_options import LogDriver
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import Problem, under
from ecs_model.strategy import FARGATE, StrategyItem
from ecs_model.task_options import IpcMode, PidMode
from ecs_model.volumes import Volume

_GIB = 1024
_SIZES: dict[int, tuple[int, ...]] = {
    256: (512, 1 * _GIB, 2 * _GIB),
    512: tuple(range(1 * _GIB, 4 * _GIB + 1, _GIB)),
    1024: tuple(range(2 * _GIB, 8 * _GIB + 1, _GIB)),
    2048: tuple(range(4 * _GIB, 16 * _GIB + 1, _GIB)),
    4096: tuple(range(8 * _GIB, 30 * _GIB + 1, _GIB)),
    8192: tuple(range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB)),
    16384: tuple(range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB)),
}
"""CPU units -> the MiB that go with them."""
_DRIVERS = (LogDriver.AWSLOGS, LogDriver.AWSFIRELENS)
_CAPABILITY = "SYS_PTRACE"
"""The only one that Fargate adds."""


def on_fargate(strategy: Sequence[StrategyItem]) -> bool:
    """Whether tasks of a strategy run on Fargate; none is of both kinds."""
    return any(item.capacity_provider in FARGATE for item in strategy)


def problems(
    containers: Mapping[str, Container],
    mode: NetworkMode,
    *,
    cpu: int | None,
    memory: int | None,
    volumes: Mapping[str, Volume],
    placement_constraints: Sequence[str],
    pid_mode: PidMode | None,
    ipc_mode: IpcMode | None,
) -> Iterator[Problem]:
    """Everything of a task that Fargate would refuse, though container instances take it."""
    if mode is not NetworkMode.AWSVPC:
        yield Problem(("networkMode",), f"{mode.value} is not possible on Fargate: use awsvpc")
    yield from _size_problems(cpu, memory)
    if placement_constraints:
        yield Problem(("placementConstraints",), "are for container instances, and Fargate has none: leave them out")
    if pid_mode is PidMode.HOST:
        yield Problem(("pidMode",), "host is not possible on Fargate: use task, or leave it out")
    if ipc_mode is not None:
        yield Problem(("ipcMode",), "is not possible on Fargate: leave it out")
    for name, volume in volumes.items():
        if volume.docker_volume_configuration is not None or volume.host_path is not None:
            yield Problem(("volumes", name), "is on a container instance, and Fargate has none: use EFS, or EBS")
    for name, container in containers.items():
        yield from under(_container_problems(container), "containers", name)


def _size_problems(cpu: int | None, memory: int | None) -> Iterator[Problem]:
    offered = _SIZES.get(cpu or 0)
    if offered is None:
        sizes = ", ".join(map(str, _SIZES))
        yield Problem(("cpu",), f"{cpu or 'nothing'} is no size of Fargate's: give one of {sizes}")
    elif memory not in offered:
        listed = ", ".join(map(str, offered if len(offered) < 5 else (*offered[:2], "…", offered[-1])))
        yield Problem(("memory",), f"{memory or 'nothing'} does not go with cpu {cpu} on Fargate: give one of {listed}")


def _container_problems(container: Container) -> Iterator[Problem]:
    if container.gpus:
        yield Problem(("gpus",), "are not to be had on Fargate: use container instances with amiFamily gpu")
    if container.extra_hosts:
        yield Problem(("extraHosts",), "is not possible on Fargate: leave it out")
    powers = {
        "privileged": container.privileged,
        "dockerSecurityOptions": container.docker_security_options,
        "disableNetworking": container.disable_networking,
    }
    for key, given in powers.items():
        if given:
            yield Problem((key,), "is not possible on Fargate: leave it out")
    logs = container.log_configuration
    if logs is not None and logs.log_driver not in _DRIVERS:
        allowed = " or ".join(driver.value for driver in _DRIVERS)
        yield Problem(
            ("logConfiguration", "logDriver"), f"{logs.log_driver.value} is not offered by Fargate: use {allowed}"
        )
    linux = container.linux_parameters
    if linux is None:
        return
    given = {
        "devices": linux.devices,
        "sharedMemorySize": linux.shared_memory_size,
        "tmpfs": linux.tmpfs,
        "maxSwap": linux.max_swap,
        "swappiness": linux.swappiness,
    }
    for key, value in given.items():
        if value:
            yield Problem(("linuxParameters", key), "is not possible on Fargate: leave it out")
    added = [each.value for each in linux.capabilities.add] if linux.capabilities else []
    wrong = ", ".join(name for name in added if name != _CAPABILITY)
    if wrong:
        yield Problem(
            ("linuxParameters", "capabilities", "add"),
            f"{wrong} is not possible on Fargate, only {_CAPABILITY}",
        )

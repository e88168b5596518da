"""What a task's containers need of the container instances beside memory, CPU and ports."""

from collections.abc import Iterator, Mapping

from ecs_model.capacity import CapacitySettings
from ecs_model.containers import Container
from ecs_model.images import AmiFamily
from ecs_model.instance_types import known
from ecs_model.log_options import LogDriver
from ecs_model.problem import Problem
from ecs_model.security_option_rules import power_problems

_ON_BOTTLEROCKET = (LogDriver.AWSLOGS, LogDriver.AWSFIRELENS, LogDriver.JSON_FILE)
"""Log drivers that Bottlerocket's agent offers unasked (https://bottlerocket.dev/en/os/latest/api/settings/ecs/)."""
_WITH_GPUS = (AmiFamily.GPU, AmiFamily.BOTTLEROCKET)


def need_problems(containers: Mapping[str, Container], capacity: Mapping[str, CapacitySettings]) -> Iterator[Problem]:
    """Everything that the instances of some capacity provider could not give, by the containers' settings."""
    for name, settings in capacity.items():
        yield from _gpu_problems(containers, name, settings)
        yield from _swappiness_problems(containers, name, settings)
        yield from _driver_problems(containers, name, settings)
        yield from power_problems(containers, name, settings)


def _gpu_problems(containers: Mapping[str, Container], key: str, settings: CapacitySettings) -> Iterator[Problem]:
    """Judged on the type with the fewest GPUs, for ECS may start any."""
    poorest = min(known(settings.types), key=lambda type_: (type_.gpus, type_.name), default=None)
    asking = [name for name, container in containers.items() if container.gpus]
    needed = sum(containers[name].gpus or 0 for name in asking)
    if poorest is not None and needed > poorest.gpus:
        yield Problem(
            ("containers", asking[0], "gpus"),
            f"a task of {_gpus(needed)} cannot fit {poorest.name} ({_gpus(poorest.gpus)}), the type with the fewest of "
            f"capacity {key}: use an instance type with more, or a capacityProviderStrategy without {key}",
        )
    elif needed and settings.ami_family not in _WITH_GPUS:
        yield Problem(
            ("containers", asking[0], "gpus"),
            f"{settings.ami_family.value}, the amiFamily of capacity {key}, has no drivers for GPUs: set that to gpu",
        )


def _gpus(number: int) -> str:
    return f"{number} GPU{'' if number == 1 else 's'}"


def _swappiness_problems(
    containers: Mapping[str, Container], key: str, settings: CapacitySettings
) -> Iterator[Problem]:
    if settings.ami_family is AmiFamily.AL2:
        return
    for name, container in containers.items():
        if container.linux_parameters and container.linux_parameters.swappiness is not None:
            yield Problem(
                ("containers", name, "linuxParameters", "swappiness"),
                f"does nothing on {settings.ami_family.value}, the amiFamily of capacity {key}: leave it out",
            )


def _driver_problems(containers: Mapping[str, Container], key: str, settings: CapacitySettings) -> Iterator[Problem]:
    if settings.ami_family is not AmiFamily.BOTTLEROCKET or settings.agent.log_drivers:
        return
    for name, container in containers.items():
        logs = container.log_configuration
        if logs is not None and logs.log_driver not in _ON_BOTTLEROCKET:
            yield Problem(
                ("containers", name, "logConfiguration", "logDriver"),
                f"{logs.log_driver.value} is not offered on bottlerocket, the amiFamily of capacity {key}, so no task "
                f"would start: add it to capacity.{key}.agent.logDrivers",
            )

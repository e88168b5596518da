"""What a task must be to run on ECS Managed Instances, and whether one of their types holds it.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-tasks-services.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ecs_model.containers import Container, memory_parts, needed_cpu, needed_memory
from ecs_model.fitting import Demand, Shortage, shortages_of_largest
from ecs_model.images import Architecture
from ecs_model.instance_types import known
from ecs_model.managed_instances import ManagedInstancesSettings
from ecs_model.memory import Fit
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import Path, Problem, under
from ecs_model.proxy import ProxyConfiguration
from ecs_model.task_options import IpcMode
from ecs_model.volumes import Volume

_MODES = (NetworkMode.AWSVPC, NetworkMode.HOST)
_WHERE = "on ECS Managed Instances"


def problems(
    containers: Mapping[str, Container],
    mode: NetworkMode,
    *,
    volumes: Mapping[str, Volume],
    ipc_mode: IpcMode | None,
    proxy: ProxyConfiguration | None,
) -> Iterator[Problem]:
    """Everything of a task that Managed Instances would refuse, though other container instances take it."""
    if mode not in _MODES:
        yield Problem(("networkMode",), f"{mode.value} is not possible {_WHERE}: use awsvpc, or host")
    if ipc_mode is not None:
        yield Problem(("ipcMode",), f"is not possible {_WHERE}: leave it out")
    if proxy is not None:
        yield Problem(("proxyConfiguration",), f"is not possible {_WHERE}: leave it out")
    for name, volume in volumes.items():
        if volume.docker_volume_configuration is not None or volume.host_path is not None:
            yield Problem(
                ("volumes", name), f"is of a host, and nobody gets at those {_WHERE}: use EFS, EBS, or an empty one"
            )
    for name, container in containers.items():
        yield from under(_container_problems(container), "containers", name)


def _container_problems(container: Container) -> Iterator[Problem]:
    linux = container.linux_parameters
    given = {
        ("dnsServers",): container.dns_servers,
        ("dnsSearchDomains",): container.dns_search_domains,
        ("dockerLabels",): container.docker_labels,
        ("dockerSecurityOptions",): container.docker_security_options,
        ("disableNetworking",): container.disable_networking,
        ("extraHosts",): container.extra_hosts,
        ("hostname",): container.hostname,
        ("links",): container.links,
        ("linuxParameters", "sharedMemorySize"): linux and linux.shared_memory_size,
        ("linuxParameters", "tmpfs"): linux and linux.tmpfs,
        # 0 and no setting at all are not the same.
        ("linuxParameters", "maxSwap"): linux is not None and linux.max_swap is not None,
        ("linuxParameters", "swappiness"): linux is not None and linux.swappiness is not None,
    }
    for path, value in given.items():
        if value:
            yield Problem(path, f"is not possible {_WHERE}: leave it out")


@dataclass(frozen=True)
class Size:
    """What a task as a whole asks for, where it does."""

    cpu: int | None = None
    """CPU units, 1,024 a vCPU."""
    memory: int | None = None
    """MiB."""
    architecture: Architecture | None = None
    """x86_64 or arm64; x86_64 where absent (ECS)."""


def fit_problems(
    containers: Mapping[str, Container], managed: Mapping[str, ManagedInstancesSettings], task: Size
) -> Iterator[Problem]:
    """Why a task could never run on some of them. ECS starts what its tasks fit on, so the largest type decides."""
    for key, settings in managed.items():
        names = _names(settings, task)
        if settings.instance_requirements is not None and not names:
            wanted = task.architecture.value if task.architecture else f"absent, which is {Architecture.X86_64.value}"
            yield Problem(
                ("cpuArchitecture",),
                f"{wanted}, is that of no type of managedInstances {key}: set another, or change their "
                "instanceRequirements",
            )
            continue
        yield from _gpu_problems(containers, key, names)
        for path, shortage in _shortages(containers, key, names, task):
            if shortage.verdict is Fit.NEVER:
                yield Problem(path, str(shortage))


def fit_warnings(
    containers: Mapping[str, Container], managed: Mapping[str, ManagedInstancesSettings], task: Size
) -> Iterator[str]:
    """A sentence for each of them whose largest type may turn out too small."""
    for key, settings in managed.items():
        for _, shortage in _shortages(containers, key, _names(settings, task), task):
            if shortage.verdict is Fit.PERHAPS:
                yield str(shortage)


def _names(settings: ManagedInstancesSettings, task: Size) -> list[str]:
    return settings.types(task.architecture or Architecture.X86_64)


def _shortages(
    containers: Mapping[str, Container], key: str, names: Sequence[str], task: Size
) -> Iterator[tuple[Path, Shortage]]:
    demand = Demand(needed_memory(containers, task.memory), needed_cpu(containers, task.cpu))
    most = max((type_.cpu for type_ in known(names)), default=demand.cpu)
    path: Path = ("cpu",) if demand.cpu > most else ("memory",)
    parts = memory_parts(containers, task.memory)
    for shortage in shortages_of_largest(demand, names, f"managedInstances {key}", parts=parts):
        yield path, shortage


def _gpu_problems(containers: Mapping[str, Container], key: str, names: Sequence[str]) -> Iterator[Problem]:
    asking = [name for name, container in containers.items() if container.gpus]
    needed = sum(containers[name].gpus or 0 for name in asking)
    most = max((type_.gpus for type_ in known(names)), default=needed)
    if needed > most:
        yield Problem(
            ("containers", asking[0], "gpus"),
            f"a task of {needed} GPU{'' if needed == 1 else 's'} cannot fit managedInstances {key}, whose types have "
            f"at most {most}: set instanceRequirements.accelerators there, or use a capacityProviderStrategy without "
            f"{key}",
        )

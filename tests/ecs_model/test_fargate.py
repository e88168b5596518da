"""Fargate beside container instances: what a task must be, and that no strategy is of both kinds."""

from dataclasses import replace
from typing import Any

import pytest

from ecs_model.container_options import Device, KernelCapabilities, LinuxCapability, LinuxParameters, Tmpfs
from ecs_model.containers import Container
from ecs_model.fargate import on_fargate, problems
from ecs_model.log_options import LogConfiguration, LogDriver
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import dotted
from ecs_model.strategy import StrategyItem
from ecs_model.task_options import IpcMode, PidMode
from ecs_model.volumes import DockerVolume, EfsVolume, Volume
from tests.ecs_model.test_service_stack_iam import STACK, service

APP = Container("nginx", memory=256)


def told(container: Container = APP, mode: NetworkMode = NetworkMode.AWSVPC, **more: Any) -> dict[str, str]:
    task: dict[str, Any] = {
        "cpu": 256, "memory": 512, "volumes": {}, "placement_constraints": [], "pid_mode": None, "ipc_mode": None
    }  # fmt: skip
    return {dotted(each.path): each.message for each in problems({"app": container}, mode, **(task | more))}


@pytest.mark.parametrize(
    ("cpu", "memory"), [(256, 2048), (1024, 3072), (4096, 30_720), (8192, 20_480), (16_384, 122_880)]
)
def test_sizes_that_fargate_has(cpu: int, memory: int) -> None:
    assert told(cpu=cpu, memory=memory) == {}


@pytest.mark.parametrize(
    ("container", "more", "path", "says"),
    [
        ({}, {"mode": NetworkMode.BRIDGE}, "networkMode", "bridge is not possible on Fargate: use awsvpc"),
        ({}, {"cpu": None}, "cpu", "nothing is no size of Fargate's: give one of 256, 512"),
        ({}, {"cpu": 300}, "cpu", "300 is no size of Fargate's"),
        ({}, {"memory": None}, "memory", "nothing does not go with cpu 256 on Fargate: give one of 512, 1024, 2048"),
        ({}, {"cpu": 8192, "memory": 17_408}, "memory", "give one of 16384, 20480, …, 61440"),
        ({}, {"placement_constraints": ["x"]}, "placementConstraints", "Fargate has none"),
        ({}, {"pid_mode": PidMode.HOST}, "pidMode", "host is not possible on Fargate"),
        ({}, {"ipc_mode": IpcMode.TASK}, "ipcMode", "is not possible on Fargate"),
        ({}, {"volumes": {"v": Volume(host_path="/srv")}}, "volumes.v", "is on a container instance"),
        ({}, {"volumes": {"v": Volume(docker_volume_configuration=DockerVolume())}}, "volumes.v", "use EFS"),
        ({"gpus": 1}, {}, "containers.app.gpus", "are not to be had on Fargate"),
        ({"extra_hosts": {"a": "10.0.0.1"}}, {}, "containers.app.extraHosts", "is not possible on Fargate"),
        (
            {"log_configuration": LogConfiguration(LogDriver.SYSLOG)},
            {},
            "containers.app.logConfiguration.logDriver",
            "syslog is not offered by Fargate: use awslogs or awsfirelens",
        ),
        (
            {"linux_parameters": LinuxParameters(devices=[Device("/dev/x")])},
            {},
            "containers.app.linuxParameters.devices",
            "",
        ),
        ({"linux_parameters": LinuxParameters(tmpfs=[Tmpfs("/t", 1)])}, {}, "containers.app.linuxParameters.tmpfs", ""),
        (
            {"linux_parameters": LinuxParameters(KernelCapabilities(add=[LinuxCapability.CHOWN]))},
            {},
            "containers.app.linuxParameters.capabilities.add",
            "CHOWN is not possible on Fargate, only SYS_PTRACE",
        ),
    ],
)
def test_what_fargate_refuses(container: dict[str, Any], more: dict[str, Any], path: str, says: str) -> None:
    found = told(replace(APP, **container), **more)
    assert list(found) == [path]
    assert says in found[path]


def test_what_fargate_takes() -> None:
    assert told(replace(APP, linux_parameters=LinuxParameters(KernelCapabilities(drop=[LinuxCapability.ALL])))) == {}
    assert told(volumes={"v": Volume(efs_volume_configuration=EfsVolume("fs-0123456789abcdef0"))}) == {}


def test_a_strategy_is_of_one_kind_and_of_what_the_cluster_has() -> None:
    both = [StrategyItem("FARGATE", 1, 1), StrategyItem("FARGATE_SPOT", 3)]
    assert on_fargate(both)
    assert not on_fargate([StrategyItem("general", 1)])
    own = service(network_mode=NetworkMode.AWSVPC, cpu=256, capacity_provider_strategy=both, load_balancer=None)
    own = replace(own, memory=512)
    off = replace(STACK, services={"job": own})
    on = replace(off, cluster=replace(STACK.cluster, fargate=True))
    refused = {dotted(each.path): each.message for each in off.problems()}
    assert "services.job.capacityProviderStrategy[0].capacityProvider" in refused
    assert list(on.problems()) == []
    assert on.capacity_of(own) == {}
    mixed = replace(own, capacity_provider_strategy=[StrategyItem("FARGATE", 1), StrategyItem("general", 1)])
    found = {dotted(each.path): each.message for each in replace(on, services={"job": mixed}).problems()}
    assert "a strategy is of one kind" in found["services.job.capacityProviderStrategy"]
    (size,) = replace(on, services={"job": replace(own, memory=600)}).problems()
    assert dotted(size.path) == "services.job.memory"


def test_where_fargate_is_off_that_alone_is_told() -> None:
    there = service(capacity_provider_strategy=[StrategyItem("FARGATE", 1)])
    stack = replace(STACK, services={"web": there}, cluster=replace(STACK.cluster, fargate=False))
    (problem,) = stack.problems()
    assert str(problem) == (
        "services.web.capacityProviderStrategy[0].capacityProvider: 'FARGATE' is not attached to this cluster: set "
        "cluster.fargate: true, or name another (there is: general, spare)"
    )
    on = replace(stack, cluster=replace(STACK.cluster, fargate=True))
    assert {dotted(each.path) for each in on.problems()} == {"services.web.networkMode", "services.web.cpu"}

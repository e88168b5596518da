"""A container's options: what is written of them, and everything that cannot work."""

from dataclasses import fields
from typing import Any

import pytest

from ecs_model.capacity import CapacitySettings
from ecs_model.container_definitions import definitions
from ecs_model.container_options import (
    Device,
    DevicePermission,
    KernelCapabilities,
    LinuxCapability,
    LinuxParameters,
    RestartPolicy,
    Tmpfs,
    Ulimit,
    UlimitName,
)
from ecs_model.container_rules import problems
from ecs_model.containers import Container, ContainerHealthCheck, Dependency, DependencyCondition
from ecs_model.images import AmiFamily
from ecs_model.instance_needs import need_problems
from ecs_model.log_definitions import Awslogs
from ecs_model.log_options import LogConfiguration, LogDriver
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import dotted

BRIDGE, AWSVPC, HOST, NONE = NetworkMode.BRIDGE, NetworkMode.AWSVPC, NetworkMode.HOST, NetworkMode.NONE
NOFILE = UlimitName.NOFILE
ALL, NET_ADMIN, CHOWN = LinuxCapability.ALL, LinuxCapability.NET_ADMIN, LinuxCapability.CHOWN
LOGS = Awslogs("group", "eu-central-1", "web")


def c(**more: Any) -> Container:
    given: dict[str, Any] = {"image": "i", "memory": 64}
    return Container(**(given | more))


def linux(**more: Any) -> Container:
    return c(linux_parameters=LinuxParameters(**more))


def written(container: Container, **more: Any) -> dict[str, Any]:
    (made,) = definitions({"a": container}, BRIDGE, LOGS, "eu-central-1", **more)
    return made


EVERYTHING = LinuxParameters(
    capabilities=KernelCapabilities(add=[NET_ADMIN, CHOWN], drop=[ALL]),
    init_process_enabled=True,
    shared_memory_size=32,
    tmpfs=[Tmpfs("/scratch", 16, ["noexec", "mode=0700"]), Tmpfs("/cache", 8)],
    devices=[Device("/dev/fuse", "/dev/f", [DevicePermission.WRITE, DevicePermission.READ]), Device("/dev/a")],
    max_swap=128,
    swappiness=10,
)


def test_linux_parameters() -> None:
    assert written(c(linux_parameters=EVERYTHING))["linuxParameters"] == {
        "capabilities": {"add": ["CHOWN", "NET_ADMIN"], "drop": ["ALL"]},
        "initProcessEnabled": True,
        "sharedMemorySize": 32,
        "tmpfs": [
            {"containerPath": "/cache", "size": 8},
            {"containerPath": "/scratch", "size": 16, "mountOptions": ["noexec", "mode=0700"]},
        ],
        "devices": [
            {"hostPath": "/dev/a"},
            {"hostPath": "/dev/fuse", "containerPath": "/dev/f", "permissions": ["read", "write"]},
        ],
        "maxSwap": 128,
        "swappiness": 10,
    }
    assert {field.name for field in fields(LinuxParameters)} == set(vars(EVERYTHING))
    assert all(vars(EVERYTHING).values())


def test_ecs_exec_adds_its_init_process_to_the_containers_own_parameters() -> None:
    assert written(linux(max_swap=0), execute_command=True)["linuxParameters"] == {
        "initProcessEnabled": True,
        "maxSwap": 0,
    }
    assert written(c(), execute_command=True)["linuxParameters"] == {"initProcessEnabled": True}


@pytest.mark.parametrize(
    ("setting", "value", "key", "made"),
    [
        ("ulimits", [Ulimit(NOFILE, 1024, 4096), Ulimit(UlimitName.CORE, 0, 0)], "ulimits",
         [{"name": "core", "softLimit": 0, "hardLimit": 0}, {"name": "nofile", "softLimit": 1024, "hardLimit": 4096}]),
        ("docker_labels", {"team": "web"}, "dockerLabels", {"team": "web"}),
        ("stop_timeout", 120, "stopTimeout", 120),
        ("start_timeout", 60, "startTimeout", 60),
        ("working_directory", "/srv", "workingDirectory", "/srv"),
        ("hostname", "web", "hostname", "web"),
        ("extra_hosts", {"db": "10.0.0.7", "b.example": "::1"}, "extraHosts",
         [{"hostname": "b.example", "ipAddress": "::1"}, {"hostname": "db", "ipAddress": "10.0.0.7"}]),
        ("gpus", 2, "resourceRequirements", [{"type": "GPU", "value": "2"}]),
        ("restart_policy", RestartPolicy(), "restartPolicy", {"enabled": True, "restartAttemptPeriod": 300}),
        ("restart_policy", RestartPolicy([2, 0], 60), "restartPolicy",
         {"enabled": True, "restartAttemptPeriod": 60, "ignoredExitCodes": [0, 2]}),
    ],
)  # fmt: skip
def test_an_option_is_written_where_it_is_set(setting: str, value: Any, key: str, made: Any) -> None:
    assert written(c(**{setting: value}))[key] == made
    assert key not in written(c())


def test_kernel_parameters_are_sorted() -> None:
    controls = {"net.core.somaxconn": "1024", "kernel.sem": "1 2 3 4"}
    assert written(c(system_controls=controls))["systemControls"] == [
        {"namespace": "kernel.sem", "value": "1 2 3 4"},
        {"namespace": "net.core.somaxconn", "value": "1024"},
    ]
    assert written(c())["systemControls"] == []


CONTROL = {"net.core.somaxconn": "1024"}


@pytest.mark.parametrize(
    ("container", "mode"),
    [
        (c(linux_parameters=EVERYTHING), AWSVPC),
        (c(user="1000"), BRIDGE),
        (c(user="web:www-data"), BRIDGE),
        (c(ulimits=[Ulimit(NOFILE, 1, 1), Ulimit(UlimitName.CORE, -1, -1), Ulimit(UlimitName.STACK, 5, -1)]), HOST),
        (c(system_controls=CONTROL | {"fs.mqueue.msg_max": "20"}), NONE),
        (c(system_controls={"kernel.shmmax": "1"}), HOST),
        (c(hostname="web-1.example", extra_hosts={"db": "fd00::1"}), HOST),
        (c(restart_policy=RestartPolicy([*range(50)], 1800)), BRIDGE),
        (c(stop_timeout=1, gpus=1, working_directory="/"), BRIDGE),
        (linux(capabilities=KernelCapabilities(add=[ALL], drop=[CHOWN])), BRIDGE),
    ],
)
def test_options_that_work(container: Container, mode: NetworkMode) -> None:
    assert list(problems({"a": container}, mode)) == []


@pytest.mark.parametrize(
    ("container", "mode", "path", "says"),
    [
        (c(user=""), BRIDGE, "user", "'' is no user"),
        (c(user="a:b:c"), BRIDGE, "user", "give a name or number, or two as user:group"),
        (c(working_directory="srv"), BRIDGE, "workingDirectory", "'srv' is not an absolute path"),
        (c(ulimits=[Ulimit(NOFILE, 1, 1), Ulimit(NOFILE, 2, 2)]), BRIDGE, "ulimits[1].name", "nofile is limited twice"),
        (c(ulimits=[Ulimit(NOFILE, 2, 1)]), BRIDGE, "ulimits[0].softLimit", "2 is above hardLimit (1)"),
        (c(ulimits=[Ulimit(NOFILE, -1, 1)]), BRIDGE, "ulimits[0].softLimit", "-1 is above hardLimit (1)"),
        (c(ulimits=[Ulimit(NOFILE, 1, -2)]), BRIDGE, "ulimits[0].hardLimit", "-2 is no limit: give 0 or more"),
        (linux(capabilities=KernelCapabilities([CHOWN], [CHOWN])), BRIDGE, "linuxParameters.capabilities",
         "both adds and drops CHOWN"),
        (linux(capabilities=KernelCapabilities([], [ALL, CHOWN])), BRIDGE, "linuxParameters.capabilities.drop",
         "names ALL beside others"),
        (linux(capabilities=KernelCapabilities([ALL, CHOWN], [])), BRIDGE, "linuxParameters.capabilities.add",
         "names ALL beside others"),
        (linux(shared_memory_size=0), BRIDGE, "linuxParameters.sharedMemorySize", "0 MiB is no size"),
        (linux(shared_memory_size=65), BRIDGE, "linuxParameters.sharedMemorySize", "more than its limit (64 MiB)"),
        (linux(tmpfs=[Tmpfs("/a", 65)]), BRIDGE, "linuxParameters.tmpfs[0].size", "more than its limit (64 MiB)"),
        (linux(tmpfs=[Tmpfs("a", 1)]), BRIDGE, "linuxParameters.tmpfs[0].containerPath", "not an absolute path"),
        (linux(tmpfs=[Tmpfs("/a", 1), Tmpfs("/a", 1)]), BRIDGE, "linuxParameters.tmpfs[1].containerPath",
         "/a is mounted twice"),
        (linux(tmpfs=[Tmpfs("/a", 1, ["fast"])]), BRIDGE, "linuxParameters.tmpfs[0].mountOptions[0]",
         "'fast' is no mount option"),
        (linux(devices=[Device("fuse")]), BRIDGE, "linuxParameters.devices[0].hostPath", "such as /dev/fuse"),
        (linux(devices=[Device("/dev/f", "f")]), BRIDGE, "linuxParameters.devices[0].containerPath", "'f' is not"),
        (linux(max_swap=-1), BRIDGE, "linuxParameters.maxSwap", "-1 MiB is negative"),
        (linux(max_swap=1, swappiness=101), BRIDGE, "linuxParameters.swappiness", "give 0-100"),
        (linux(swappiness=1), BRIDGE, "linuxParameters.swappiness", "is ignored without maxSwap"),
        (c(docker_labels={" ": "x"}), BRIDGE, "dockerLabels. ", "is no label of yours"),
        (c(docker_labels={"com.amazonaws.ecs.cluster": "x"}), BRIDGE, 'dockerLabels["com.amazonaws.ecs.cluster"]',
         "begins with com.amazonaws.ecs."),
        (c(stop_timeout=0), BRIDGE, "stopTimeout", "0 is out of range: give 1-"),
        (c(start_timeout=5), BRIDGE, "startTimeout", "does nothing: no container waits in dependsOn"),
        (c(restart_policy=RestartPolicy(restart_attempt_period=59)), BRIDGE, "restartPolicy.restartAttemptPeriod",
         "give 60-1800"),
        (c(restart_policy=RestartPolicy([0] * 51)), BRIDGE, "restartPolicy.ignoredExitCodes", "give at most 50"),
        (c(restart_policy=RestartPolicy([256])), BRIDGE, "restartPolicy.ignoredExitCodes[0]", "256 is no exit code"),
        (c(system_controls=CONTROL), HOST, 'systemControls["net.core.somaxconn"]', "network mode host"),
        (c(system_controls={"vm.swappiness": "1"}), BRIDGE, 'systemControls["vm.swappiness"]',
         "is not a container's own: give net.*, fs.mqueue.*"),
        (c(system_controls={"net.core.somaxconn": ""}), BRIDGE, 'systemControls["net.core.somaxconn"]', "is empty"),
        (c(gpus=0), BRIDGE, "gpus", "0 is no number of GPUs"),
        (c(hostname="a"), AWSVPC, "hostname", "not supported in network mode awsvpc"),
        (c(hostname="-a"), BRIDGE, "hostname", "'-a' is no host name"),
        (c(extra_hosts={"a": "::1"}), AWSVPC, "extraHosts", "not supported in network mode awsvpc"),
        (c(extra_hosts={"a_b": "::1"}), BRIDGE, "extraHosts.a_b", "'a_b' is no host name"),
        (c(extra_hosts={"a": "10.0.0"}), BRIDGE, "extraHosts.a", "'10.0.0' is no IP address"),
    ],
)  # fmt: skip
def test_options_that_cannot_work(container: Container, mode: NetworkMode, path: str, says: str) -> None:
    found = list(problems({"a": container}, mode))
    assert [dotted(problem.path) for problem in found] == [f"containers.a.{path}"], found
    assert says in found[0].message


@pytest.mark.parametrize(
    ("condition", "waited"), [(DependencyCondition.START, False), (DependencyCondition.HEALTHY, True)]
)
def test_a_start_timeout_is_for_those_that_others_wait_for(condition: DependencyCondition, waited: bool) -> None:
    healthy = c(start_timeout=60, health_check=ContainerHealthCheck(["CMD", "true"]))
    found = list(problems({"a": c(depends_on=[Dependency("b", condition)]), "b": healthy}, BRIDGE))
    assert [dotted(problem.path) for problem in found] == ([] if waited else ["containers.b.startTimeout"])


@pytest.mark.parametrize(("mode", "value", "told"), [(AWSVPC, "2", 1), (AWSVPC, "1024", 0), (BRIDGE, "2", 0)])
def test_containers_of_one_network_agree_on_its_parameters(mode: NetworkMode, value: str, told: int) -> None:
    other = c(system_controls={"net.core.somaxconn": value, "kernel.sem": value})
    found = list(problems({"a": c(system_controls=CONTROL | {"kernel.sem": "9"}), "b": other}, mode))
    assert len(found) == told
    assert all("'2' is not a's '1024'" in problem.message for problem in found)


def test_gpus_and_swappiness_need_instances_that_have_them() -> None:
    def told(containers: dict[str, Container], *types: str, family: AmiFamily = AmiFamily.AL2023) -> list[str]:
        capacity = {"general": CapacitySettings([*types], 1, ami_family=family)}
        return [str(problem) for problem in need_problems(containers, capacity)]

    two = {"a": c(), "b": c(gpus=1), "c": c(gpus=1)}
    (short,) = told(two, "g5.12xlarge", "g5.xlarge")
    assert short.startswith("containers.b.gpus: a task of 2 GPUs cannot fit g5.xlarge (1 GPU), the type with the few")
    assert (
        told(two, "g5.12xlarge", family=AmiFamily.GPU)
        == told({"a": c(), "b": c(gpus=1)}, "g5.xlarge", family=AmiFamily.BOTTLEROCKET)
        == told({"a": c()}, "m7i.large")
        == []
    )
    syslog = {"a": c(log_configuration=LogConfiguration(LogDriver.SYSLOG))}
    (unlogged,) = told(syslog, "m7i.large", family=AmiFamily.BOTTLEROCKET)
    assert unlogged.startswith("containers.a.logConfiguration.logDriver: syslog is not offered on bottlerocket")
    assert told(syslog, "m7i.large") == []
    (undriven,) = told(two, "g5.12xlarge")
    assert undriven.endswith("al2023, the amiFamily of capacity general, has no drivers for GPUs: set that to gpu")
    assert told(two, "future.large", family=AmiFamily.GPU) == []

    tuned = {"a": linux(max_swap=1, swappiness=0)}
    (idle,) = told(tuned, "m7i.large")
    assert idle.startswith("containers.a.linuxParameters.swappiness: does nothing on al2023")
    assert told(tuned, "m7i.large", family=AmiFamily.AL2) == told({"a": linux(max_swap=1)}, "m7i.large") == []

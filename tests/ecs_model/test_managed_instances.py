"""ECS Managed Instances: what AWS refuses of them, what a task must be to run there, and strategies of one kind."""

from dataclasses import replace
from typing import Any

import pytest

from ecs_model.capacity_options import PurchaseOption
from ecs_model.container_options import LinuxParameters, Tmpfs
from ecs_model.containers import Container
from ecs_model.images import Architecture
from ecs_model.instance_requirements import Bounds, InstanceRequirements
from ecs_model.managed_instances import (
    ManagedInstancesSettings,
    ManagedReservations,
    ReservationPreference,
    instance_role_prefix,
)
from ecs_model.managed_tasks import Size, fit_problems, fit_warnings, problems
from ecs_model.network import ExistingNetwork, NetworkSettings
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import dotted
from ecs_model.proxy import ProxyConfiguration
from ecs_model.strategy import StrategyItem
from ecs_model.strategy import problems as strategy_problems
from ecs_model.task_options import IpcMode
from ecs_model.volumes import DockerVolume, EfsVolume, Volume
from tests.ecs_model.test_service_stack_iam import STACK, service

SOME = InstanceRequirements(Bounds(2, 4), Bounds(4096, 16_384), allowed_types=["m7i.*"])
OWN = ManagedInstancesSettings(instance_requirements=SOME)
APP = Container("nginx", memory=256)
GROUP = "arn:aws:resource-groups:eu-central-1:123456789012:group/ours"


def told(settings: ManagedInstancesSettings) -> dict[str, str]:
    return {dotted(each.path): each.message for each in settings.problems()}


@pytest.mark.parametrize(
    "settings",
    [
        ManagedInstancesSettings(),
        OWN,
        replace(OWN, purchase_option=PurchaseOption.SPOT, storage_size=1, scale_in_after=-1),
        replace(OWN, capacity_reservations=ManagedReservations()),
        replace(OWN, capacity_reservations=ManagedReservations(ReservationPreference.ONLY, GROUP), scale_in_after=3600),
        ManagedInstancesSettings(capacity_reservations=ManagedReservations(ReservationPreference.EXCLUDED)),
        ManagedInstancesSettings(instance_profile="arn:aws:iam::123456789012:instance-profile/ecsInstanceRole"),
        ManagedInstancesSettings(infrastructure_role="arn:aws-cn:iam::123456789012:role/teams/ecs"),
    ],
)
def test_what_aws_takes(settings: ManagedInstancesSettings) -> None:
    assert told(settings) == {}


@pytest.mark.parametrize(
    ("changes", "path", "says"),
    [
        ({"storage_size": 0}, "storageSize", "0 is out of range: give 1-"),
        ({"storage_size": 30, "use_local_storage": True}, "storageSize", "excludes useLocalStorage"),
        ({"scale_in_after": -2}, "scaleInAfter", "-2 is out of range: give -1 to 3600"),
        ({"scale_in_after": 3601}, "scaleInAfter", "3601 is out of range"),
        ({"extra_security_groups": ["web"]}, "extraSecurityGroups[0]", "'web' is no security group"),
        (
            {"infrastructure_role": "ecs"},
            "infrastructureRole",
            "'ecs' is no ARN such as arn:aws:iam::ACCOUNT:role/NAME",
        ),
        (
            {"instance_profile": "arn:aws:iam::123456789012:role/x"},
            "instanceProfile",
            "is no ARN such as arn:aws:iam::ACCOUNT:instance-profile/NAME",
        ),
        (
            {"instance_requirements": replace(SOME, memory=Bounds(4096, 1024))},
            "instanceRequirements.memory.max",
            "1024 is below min (4096)",
        ),
        (
            {"instance_requirements": replace(SOME, allowed_types=["m7x.*"])},
            "instanceRequirements",
            "are met by no type of this version's table",
        ),
        (
            {"purchase_option": PurchaseOption.SPOT, "capacity_reservations": ManagedReservations()},
            "capacityReservations",
            "excludes purchaseOption spot",
        ),
        (
            {"capacity_reservations": ManagedReservations(resource_group=GROUP)},
            "capacityReservations.resourceGroup",
            "goes with preference only, not first",
        ),
        (
            {"capacity_reservations": ManagedReservations(ReservationPreference.ONLY, "ours")},
            "capacityReservations.resourceGroup",
            "'ours' is no resource group's ARN",
        ),
        (
            {"instance_requirements": None, "capacity_reservations": ManagedReservations()},
            "capacityReservations.preference",
            "first needs instanceRequirements",
        ),
    ],
)
def test_what_aws_refuses(changes: dict[str, Any], path: str, says: str) -> None:
    found = told(replace(OWN, **changes))
    assert list(found) == [path]
    assert says in found[path]


@pytest.mark.parametrize("name", ["dev-own", "a" * 60])
def test_the_role_is_called_as_aws_s_policy_wants(name: str) -> None:
    prefix = instance_role_prefix(name)
    assert prefix.startswith("ecsInstanceRole-")
    assert len(prefix) <= 38
    assert prefix[-1] == "-"


def of_task(container: Container = APP, mode: NetworkMode = NetworkMode.AWSVPC, **more: Any) -> dict[str, str]:
    task: dict[str, Any] = {"volumes": {}, "ipc_mode": None, "proxy": None}
    return {dotted(each.path): each.message for each in problems({"app": container}, mode, **(task | more))}


@pytest.mark.parametrize("mode", [NetworkMode.AWSVPC, NetworkMode.HOST])
def test_tasks_that_run_there(mode: NetworkMode) -> None:
    volumes = {"files": Volume(efs_volume_configuration=EfsVolume("fs-1")), "scratch": Volume()}
    linux = LinuxParameters(init_process_enabled=True)
    assert of_task(replace(APP, linux_parameters=linux, gpus=1), mode, volumes=volumes) == {}


@pytest.mark.parametrize(
    ("container", "more", "path"),
    [
        ({}, {"mode": NetworkMode.BRIDGE}, "networkMode"),
        ({}, {"mode": NetworkMode.NONE}, "networkMode"),
        ({}, {"ipc_mode": IpcMode.TASK}, "ipcMode"),
        (
            {},
            {
                "proxy": ProxyConfiguration(
                    container_name="app", app_ports=[80], ingress_port=15_000, egress_port=15_001
                )
            },
            "proxyConfiguration",
        ),
        ({}, {"volumes": {"v": Volume(host_path="/srv")}}, "volumes.v"),
        ({}, {"volumes": {"v": Volume(docker_volume_configuration=DockerVolume())}}, "volumes.v"),
        ({"links": ["other"]}, {}, "containers.app.links"),
        ({"hostname": "a"}, {}, "containers.app.hostname"),
        ({"extra_hosts": {"a": "10.0.0.1"}}, {}, "containers.app.extraHosts"),
        ({"docker_labels": {"a": "b"}}, {}, "containers.app.dockerLabels"),
        ({"dns_servers": ["10.0.0.2"]}, {}, "containers.app.dnsServers"),
        ({"dns_search_domains": ["x"]}, {}, "containers.app.dnsSearchDomains"),
        (
            {"linux_parameters": LinuxParameters(shared_memory_size=64)},
            {},
            "containers.app.linuxParameters.sharedMemorySize",
        ),
        ({"linux_parameters": LinuxParameters(tmpfs=[Tmpfs("/t", 1)])}, {}, "containers.app.linuxParameters.tmpfs"),
        ({"linux_parameters": LinuxParameters(max_swap=0)}, {}, "containers.app.linuxParameters.maxSwap"),
        ({"linux_parameters": LinuxParameters(swappiness=0)}, {}, "containers.app.linuxParameters.swappiness"),
    ],
)
def test_tasks_that_do_not(container: dict[str, Any], more: dict[str, Any], path: str) -> None:
    found = of_task(replace(APP, **container), **more)
    assert list(found) == [path]
    assert "on ECS Managed Instances: " in found[path]


@pytest.mark.parametrize(
    ("container", "size", "path", "says"),
    [
        ({}, Size(), None, ""),
        ({"memory": 14_000}, Size(), None, ""),
        ({"memory": 17_000}, Size(), "memory", "cannot fit m7i.xlarge (16384 MiB installed), the largest type of"),
        ({"cpu": 4097}, Size(), "cpu", "cannot fit m7i.xlarge (4096 CPU units), the type with the most of"),
        ({}, Size(memory=20_000), "memory", "managedInstances own"),
        ({"gpus": 1}, Size(), "containers.app.gpus", "a task of 1 GPU cannot fit managedInstances own"),
        (
            {},
            Size(architecture=Architecture.ARM64),
            "cpuArchitecture",
            "arm64, is that of no type of managedInstances own",
        ),
    ],
)
def test_the_largest_type_decides(container: dict[str, Any], size: Size, path: str | None, says: str) -> None:
    found = {dotted(p.path): p.message for p in fit_problems({"app": replace(APP, **container)}, {"own": OWN}, size)}
    assert list(found) == ([path] if path else [])
    assert says in "".join(found.values())


def test_what_may_not_fit_is_a_warning_and_what_ecs_chooses_is_not_judged() -> None:
    close = {"app": replace(APP, memory=16_000)}
    (warning,) = fit_warnings(close, {"own": OWN}, Size())
    assert "a task of 16000 MiB may not fit m7i.xlarge" in warning
    assert list(fit_problems(close, {"own": OWN}, Size())) == []
    huge = {"app": replace(APP, memory=900_000, gpus=16)}
    assert list(fit_problems(huge, {"any": ManagedInstancesSettings()}, Size())) == []
    assert list(fit_warnings(huge, {"any": ManagedInstancesSettings()}, Size())) == []


ARM = replace(SOME, allowed_types=["m7g.*"])


def test_without_an_architecture_a_task_is_x86_64() -> None:
    (problem,) = fit_problems({"app": APP}, {"own": replace(OWN, instance_requirements=ARM)}, Size())
    assert problem.path == ("cpuArchitecture",)
    assert problem.message.startswith("absent, which is x86_64, is that of no type")


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["own", "general"], "mixes own of ECS Managed Instances with EC2 capacity"),
        (["own", "FARGATE"], "mixes FARGATE with own of ECS Managed Instances"),
        (["FARGATE", "own", "general"], "mixes FARGATE with own of ECS Managed Instances with EC2 capacity"),
        (["own", "other"], ""),
    ],
)
def test_a_strategy_is_of_one_kind(names: list[str], says: str) -> None:
    found = strategy_problems([StrategyItem(name, 1) for name in names], None, {"own", "other"})
    assert [says in problem.message for problem in found] == ([True] if says else [])


def stack(**changes: Any) -> dict[str, str]:
    managed = {"own": OWN}
    return {
        dotted(each.path): each.message
        for each in replace(STACK, **({"managed_instances": managed} | changes)).problems()
    }


AWSVPC: dict[str, Any] = {"network_mode": NetworkMode.AWSVPC, "load_balancer": None}


def test_a_service_of_a_stack_on_managed_instances() -> None:
    own = [StrategyItem("own", 1)]
    assert stack(services={"web": service(capacity_provider_strategy=own, **AWSVPC)}) == {}
    found = stack(services={"web": service(capacity_provider_strategy=own, load_balancer=None)})
    assert found == {"services.web.networkMode": "bridge is not possible on ECS Managed Instances: use awsvpc, or host"}
    big = {"app": Container("nginx", memory=17_000)}
    found = stack(services={"web": service(capacity_provider_strategy=own, containers=big, **AWSVPC)})
    assert list(found) == ["services.web.containers.app.memory"]
    mixed = [*own, StrategyItem(next(iter(STACK.capacity)), 1)]
    found = stack(services={"web": service(capacity_provider_strategy=mixed, **AWSVPC)})
    assert "a strategy is of one kind" in found["services.web.capacityProviderStrategy"]


def test_a_stack_may_have_managed_instances_alone() -> None:
    cluster = replace(STACK.cluster, default_capacity_provider_strategy=[StrategyItem("own", 1)])
    assert stack(capacity={}, cluster=cluster, services={"web": service(**AWSVPC)}) == {}
    assert list(stack(capacity={}, managed_instances={}, cluster=cluster, services={})) == ["capacity"]


@pytest.mark.parametrize("private", [[], ["subnet-0123456789abcdef0"]])
def test_public_subnets_have_to_assign_addresses_themselves(private: list[str]) -> None:
    public = ["subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]
    network = NetworkSettings(existing=ExistingNetwork("vpc-0123456789abcdef0", public, private))
    for managed in ({"own": OWN}, {}):
        said = [str(each) for each in replace(STACK, network=network, managed_instances=managed).warnings()]
        assert any("only if the subnets assign them" in each for each in said) is (bool(managed) and not private)


@pytest.mark.parametrize("key", ["own two", "general", "FARGATE"])
def test_their_keys_are_names_of_their_own(key: str) -> None:
    general = next(iter(STACK.capacity.values()))
    found = stack(capacity={"general": general}, managed_instances={key: OWN}, services={})
    assert f"managedInstances.{key}" in found

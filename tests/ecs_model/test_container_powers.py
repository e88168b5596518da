"""What a container may do to its instance, ranges of its ports, and further options of Docker's."""

from typing import Any

import pytest

import settings
from ecs_model.container_definitions import definitions
from ecs_model.containers import Container, PortMapping
from ecs_model.log_definitions import Awslogs
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.planning.stack_need import stack_need
from tests.ecs_model.test_daemon import BASE
from tests.ecs_model.test_placement_settings import ON_FARGATE, ON_INSTANCES

ALL: dict[str, Any] = {
    "privileged": True,
    "dockerSecurityOptions": ["no-new-privileges", "label:type:svirt_t"],
    "versionConsistency": "disabled",
    "interactive": True,
    "pseudoTerminal": True,
    "disableNetworking": True,
}
SELINUX = {"variables": {"ECS_SELINUX_CAPABLE": "true"}}
RANGE = {"containerPortRange": "5000-5010"}


def read(
    container: dict[str, Any], capacity: dict[str, Any] | None = None, section: Any = None, **service: Any
) -> list[str]:
    fleet = BASE["capacity"] | {"general": BASE["capacity"]["general"] | (capacity or {})}
    app = {"image": "app:1", "memory": 64} | container
    task = ON_INSTANCES | {"containers": {"app": app}} | service
    _, problems = settings.read(BASE | {"capacity": fleet, "services": {"it": task}} | (section or {}), "dev")
    return [str(problem) for problem in problems]


def written(container: Container, mode: NetworkMode = NetworkMode.BRIDGE) -> dict[str, Any]:
    (found,) = definitions({"app": container}, mode, Awslogs("group", "eu-central-1", "app"), "eu-central-1")
    return found


def test_they_stand_in_the_container_definition_only_where_they_are_set() -> None:
    assert not set(ALL) & set(written(Container(image="app:1", memory=64)))
    found, problems = settings.read(
        BASE
        | {
            "capacity": {"general": BASE["capacity"]["general"] | {"agent": SELINUX}, "spot": BASE["capacity"]["spot"]},
            "services": {"it": ON_INSTANCES | {"containers": {"app": {"image": "app:1", "memory": 64} | ALL}}},
        },
        "dev",
    )
    assert problems == []
    assert found is not None
    told = written(found.services["it"].containers["app"])
    assert {key: told[key] for key in ALL} == ALL | {"dockerSecurityOptions": sorted(ALL["dockerSecurityOptions"])}


@pytest.mark.parametrize(
    ("capacity", "said"),
    [
        ({}, None),
        ({"agent": {"allowPrivileged": True}}, None),
        ({"amiFamily": "bottlerocket", "agent": {"allowPrivileged": True}}, None),
        ({"agent": {"allowPrivileged": False}}, "whose allowPrivileged is false"),
        ({"amiFamily": "bottlerocket"}, "as Bottlerocket has it unless told otherwise"),
    ],
)
def test_where_privileged_containers_may_run(capacity: dict[str, Any], said: str | None) -> None:
    assert read({"privileged": False}, capacity) == []
    assert read({"privileged": True}, capacity) == (
        [
            f"services.it.containers.app.privileged: true is refused by the agents of capacity general, {said}: set "
            "capacity.general.agent.allowPrivileged to true, or leave it out"
        ]
        if said
        else []
    )


@pytest.mark.parametrize(
    ("options", "capacity", "said"),
    [
        (["no-new-privileges"], {}, None),
        (["label:type:svirt_t"], {"agent": SELINUX}, None),
        (["apparmor:mine"], {"agent": {"variables": {"ECS_APPARMOR_CAPABLE": "true"}}}, None),
        (["label:type:svirt_t"], {}, "general, which need ECS_SELINUX_CAPABLE: set it to 'true' in capacity.general"),
        (["apparmor:mine"], {"agent": SELINUX}, "general, which need ECS_APPARMOR_CAPABLE: set it"),
        (["label:disable"], {"amiFamily": "bottlerocket"}, "whose amiFamily bottlerocket has no setting for that"),
        (["credentialspec:file://x"], {}, "is no option that ECS takes on Linux: give no-new-privileges, label:…"),
        (["label:"], {"agent": SELINUX}, "'label:' is no option that ECS takes"),
        (["no-new-privileges"] * 2, {}, "'no-new-privileges' is there twice: keep it once"),
    ],
)
def test_security_options(options: list[str], capacity: dict[str, Any], said: str | None) -> None:
    problems = read({"dockerSecurityOptions": options}, capacity)
    assert len(problems) == (1 if said else 0)
    assert all(said in problem for problem in problems if said)
    assert all(problem.startswith("services.it.containers.app.dockerSecurityOptions[") for problem in problems)


@pytest.mark.parametrize("key", ["privileged", "dockerSecurityOptions", "disableNetworking"])
def test_not_on_fargate(key: str) -> None:
    where: dict[str, Any] = ON_FARGATE | {"capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]}
    value = ["no-new-privileges"] if key == "dockerSecurityOptions" else True
    assert f"services.it.containers.app.{key}: is not possible on Fargate: leave it out" in read({key: value}, **where)
    assert read({"interactive": True, "pseudoTerminal": True, "versionConsistency": "enabled"}, **where) == []


@pytest.mark.parametrize("key", ["dockerSecurityOptions", "disableNetworking"])
def test_not_on_managed_instances(key: str) -> None:
    value = ["no-new-privileges"] if key == "dockerSecurityOptions" else True
    where: dict[str, Any] = {
        "networkMode": "awsvpc",
        "capacityProviderStrategy": [{"capacityProvider": "own", "weight": 1}],
    }
    problems = read({key: value}, section={"managedInstances": {"own": {}}}, **where)
    expected = f"services.it.containers.app.{key}: is not possible on ECS Managed Instances: leave it out"
    assert expected in problems


@pytest.mark.parametrize(
    ("container", "mode", "said"),
    [
        ({}, "bridge", None),
        ({}, "awsvpc", "is for networkMode bridge, and this is awsvpc: leave it out"),
        ({}, "host", "is for networkMode bridge, and this is host: leave it out"),
        ({"portMappings": [{"containerPort": 80}]}, "bridge", "leaves nothing to portMappings"),
    ],
)
def test_a_container_without_a_network(container: dict[str, Any], mode: str, said: str | None) -> None:
    problems = read({"disableNetworking": True} | container, networkMode=mode)
    assert problems == ([problems[0]] if said else [])
    assert not said or problems[0].startswith(f"services.it.containers.app.disableNetworking: {said}")


@pytest.mark.parametrize(
    ("mappings", "mode", "place", "said"),
    [
        ([RANGE], "bridge", "", None),
        ([RANGE, {"containerPort": 80}, {"containerPortRange": "5011-5012"}], "awsvpc", "", None),
        ([{}], "bridge", "[0].containerPort", "is missing: give the port the container listens on, or"),
        ([RANGE], "host", "[0].containerPortRange", "is for networkMode bridge and awsvpc, and this is host"),
        ([RANGE | {"containerPort": 80}], "bridge", "[0].containerPort", "80 does not go with containerPortRange"),
        ([RANGE | {"hostPort": 0}], "bridge", "[0].hostPort", "0 does not go with containerPortRange"),
        ([RANGE | {"name": "a"}], "bridge", "[0].name", "is for Service Connect, which offers no containerPortRange"),
        ([{"containerPortRange": "9-8"}], "bridge", "[0].containerPortRange", "9-8 is not a port range"),
        ([{"containerPortRange": "x"}], "bridge", "[0].containerPortRange", "'x' is not a port range: write it as"),
        ([{"containerPortRange": "8-8"}], "bridge", "[0].containerPortRange", "8-8 is one port: give containerPort 8"),
        ([{"containerPortRange": "1-30000"}], "bridge", "[0].containerPortRange", "1-30000 has 30000 ports, more than"),
        ([RANGE, {"containerPort": 5003}], "bridge", "[1]", "maps 5003, as another mapping of this container does"),
        ([RANGE, {"containerPortRange": "5010-5020", "protocol": "udp"}], "bridge", "[1]", "maps 5010, as another"),
        ([RANGE, {"containerPortRange": "5005-5020"}], "bridge", "[1]", "maps 5005-5010, as another mapping of"),
        ([{"containerPortRange": f"{n}0-{n}1"} for n in range(1, 102)], "bridge", "", "has 101 ranges of ports"),
    ],
)
def test_ranges_of_ports(mappings: list[dict[str, Any]], mode: str, place: str, said: str | None) -> None:
    problems = read({"portMappings": mappings}, networkMode=mode)
    assert len(problems) == (1 if said else 0), problems
    assert not said or problems[0].startswith(f"services.it.containers.app.portMappings{place}: {said}")


def test_containers_of_awsvpc_share_the_ports_of_a_range() -> None:
    other = {"image": "other:1", "memory": 64, "portMappings": [{"containerPort": 5010}]}
    app = {"image": "app:1", "memory": 64, "portMappings": [RANGE]}
    both = {"containers": {"app": app, "other": other}}
    assert read({}, networkMode="bridge", **both) == []
    assert read({}, networkMode="awsvpc", **both) == [
        "services.it.containers.other.portMappings[0]: maps 5010/tcp, as container app does, and in mode awsvpc they "
        "share the task's ports: give each its own"
    ]


def test_no_load_balancer_reaches_a_range() -> None:
    way = {"name": "public", "containerName": "app", "containerPort": 5003, "pathPatterns": ["/*"]}
    section = {"loadBalancers": {"public": {"ingressCidrs": ["0.0.0.0/0"], "http": "serve"}}}
    problems = read({"portMappings": [RANGE]}, section=section, loadBalancer=way)
    assert [each for each in problems if "containerPort:" in each] == [
        "services.it.loadBalancer.containerPort: 5003 lies in containerPortRange 5000-5010, of which ECS registers no "
        "port anywhere: map 5003 by itself, outside the range"
    ]


def test_a_range_in_the_container_definition() -> None:
    mappings = [PortMapping(9000), PortMapping(container_port_range="53-60", protocol=Protocol.UDP)]
    container = Container(image="app:1", memory=64, port_mappings=mappings)
    for mode, host_port in ((NetworkMode.BRIDGE, 0), (NetworkMode.AWSVPC, 9000)):
        assert written(container, mode)["portMappings"] == [
            {"containerPortRange": "53-60", "protocol": "udp"},
            {"containerPort": 9000, "hostPort": host_port, "protocol": "tcp"},
        ]


def test_each_port_of_a_range_is_a_dynamic_one_to_placement() -> None:
    app = {"image": "app:1", "memory": 64, "portMappings": [RANGE, {"containerPort": 80, "hostPort": 8080}]}
    found, problems = settings.read(BASE | {"services": {"it": ON_INSTANCES | {"containers": {"app": app}}}}, "dev")
    assert problems == []
    assert found is not None
    (wanted,) = stack_need(found).wanted
    assert len(wanted.task.dynamic_ports) == 11
    assert [port.number for port in wanted.task.host_ports] == [8080]

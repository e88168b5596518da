"""The agent's settings by their meaning: what is refused, and what the agent reads back on its instance."""

import json
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from ecs_model import bottlerocket
from ecs_model.agent import AgentSettings, ImageCleanup, ImagePullBehavior, LogLevel, RequestLimit, config
from ecs_model.agent_variables import CONFIG_FILE, WRITTEN_FROM
from ecs_model.capacity import CapacitySettings, PurchaseOption
from ecs_model.capacity_options import WarmPool
from ecs_model.durations import seconds
from ecs_model.images import AmiFamily
from ecs_model.problem import dotted
from ecs_model.user_data import agent_variables
from ecs_model.user_data_parts import UserDataParts
from ecs_model.user_data_script import encode

EVERYTHING = AgentSettings(
    dynamic_host_port_range="40000-45000",
    reserved_memory=256,
    reserved_ports=[9000, 22],
    image_pull_behavior=ImagePullBehavior.ONCE,
    block_instance_metadata=False,
    variables={"ECS_POLL_METRICS": "true", "ECS_NOTE": 'it\'s "quoted" $HOME `x` \\n'},
    reserved_udp_ports=[53, 53],
    image_cleanup=ImageCleanup(interval="10m", minimum_age="1h30m", images_per_round=7),
    task_cleanup_wait="10m",
    stop_timeout="1m30s",
    start_timeout="45s",
    container_metadata_file=True,
    task_metadata_limit=RequestLimit(100, 150),
    log_drivers=["gelf", "awslogs"],
    allow_privileged=False,
    attributes={"tier": "web one", "a.b": "x@y"},
    log_level=LogLevel.WARN,
)


def of_agent(text: str) -> dict[str, str]:
    """As ecs-init hands ecs.config to the agent: each line trimmed and split at the first `=`; the last one wins.

    Written apart from the core's own reader (amazon-ecs-agent, `ecs-init/docker`, `getEnvVars`).
    """
    found = {}
    for line in text.split("\n"):
        name, sign, value = line.strip().partition("=")
        if sign:
            found[name] = value
    return found


def on_the_instance(user_data: str, tmp_path: Path) -> dict[str, str]:
    """What the agent finds after a shell has run user data on an instance that has an ecs.config already."""
    file = tmp_path / "ecs.config"
    file.write_text("ECS_CLUSTER=ami\n")
    script = user_data.replace(CONFIG_FILE, str(file))
    subprocess.run(["bash", "-eu"], input=script, text=True, check=True, timeout=20)
    return of_agent(file.read_text())


def test_every_setting_is_among_those_that_are_read_back() -> None:
    assert not [field.name for field in fields(AgentSettings) if getattr(EVERYTHING, field.name) in (None, [], {})]
    assert list(EVERYTHING.problems()) == []


def test_the_agent_reads_what_was_chosen(tmp_path: Path) -> None:
    settings = CapacitySettings(["g5.xlarge"], 2, ami_family=AmiFamily.GPU, agent=EVERYTHING, warm_pool=WarmPool())
    found = on_the_instance(settings.user_data_text("web"), tmp_path)
    assert found["ECS_CLUSTER"] == "web"
    assert found["ECS_DYNAMIC_HOST_PORT_RANGE"].split("-") == ["40000", "45000"]
    assert int(found["ECS_RESERVED_MEMORY"]) == 256
    # The agent's own stay reserved.
    assert json.loads(found["ECS_RESERVED_PORTS"]) == [22, 2375, 2376, 9000, 51678, 51679]
    assert json.loads(found["ECS_RESERVED_PORTS_UDP"]) == [53]
    assert found["ECS_IMAGE_PULL_BEHAVIOR"] == "once"
    assert found["ECS_AWSVPC_BLOCK_IMDS"] == "false"
    assert (found["ECS_IMAGE_CLEANUP_INTERVAL"], found["ECS_IMAGE_MINIMUM_CLEANUP_AGE"]) == ("10m", "1h30m")
    assert found["ECS_NUM_IMAGES_DELETE_PER_CYCLE"] == "7"
    assert "ECS_DISABLE_IMAGE_CLEANUP" not in found
    assert seconds(found["ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION"]) == 600
    assert seconds(found["ECS_CONTAINER_STOP_TIMEOUT"]) == 90
    assert seconds(found["ECS_CONTAINER_START_TIMEOUT"]) == 45
    assert found["ECS_ENABLE_CONTAINER_METADATA"] == "true"
    assert found["ECS_TASK_METADATA_RPS_LIMIT"] == "100,150"
    drivers = json.loads(found["ECS_AVAILABLE_LOGGING_DRIVERS"])
    assert drivers == ["json-file", "syslog", "awslogs", "fluentd", "none", "gelf"]
    assert found["ECS_DISABLE_PRIVILEGED"] == "true"
    assert json.loads(found["ECS_INSTANCE_ATTRIBUTES"]) == {"tier": "web one", "a.b": "x@y"}
    assert found["ECS_LOGLEVEL"] == "warn"
    assert found["ECS_ENABLE_GPU_SUPPORT"] == "true"
    assert found["ECS_WARM_POOLS_CHECK"] == "true"
    assert found["ECS_POLL_METRICS"] == "true"
    assert found["ECS_NOTE"] == EVERYTHING.variables["ECS_NOTE"]
    assert "ECS_ENABLE_SPOT_INSTANCE_DRAINING" not in found


@pytest.mark.parametrize(
    ("chosen", "name", "value"),
    [
        ({"purchase_option": PurchaseOption.SPOT}, "ECS_ENABLE_SPOT_INSTANCE_DRAINING", "true"),
        ({"agent": AgentSettings(image_cleanup=ImageCleanup(enabled=False))}, "ECS_DISABLE_IMAGE_CLEANUP", "true"),
        ({"agent": AgentSettings(allow_privileged=True)}, "ECS_DISABLE_PRIVILEGED", "false"),
    ],
)
def test_what_else_the_agent_reads(chosen: dict[str, Any], name: str, value: str, tmp_path: Path) -> None:
    usual = on_the_instance(CapacitySettings(["m7i.large"], 2).user_data_text("web"), tmp_path)
    assert set(usual) == {
        "ECS_CLUSTER", "ECS_DYNAMIC_HOST_PORT_RANGE", "ECS_AWSVPC_BLOCK_IMDS", "ECS_IMAGE_PULL_BEHAVIOR"
    }  # fmt: skip
    found = on_the_instance(CapacitySettings(["m7i.large"], 2, **chosen).user_data_text("web"), tmp_path)
    assert found == usual | {name: value}


@pytest.mark.parametrize(
    ("settings", "path", "says"),
    [
        (AgentSettings(reserved_memory=65_536), "reservedMemory", "65536 MiB are more than the agent can read"),
        (AgentSettings(reserved_udp_ports=[0]), "reservedUdpPorts[0]", "0 is not a port"),
        (AgentSettings(reserved_ports=[*range(1000, 1096)]), "reservedPorts", "makes 101 reserved ports"),
        (AgentSettings(stop_timeout="60"), "stopTimeout", "'60' is no duration, such as 90s"),
        (AgentSettings(stop_timeout="0.5s"), "stopTimeout", "0.5s is too short, and the agent would ignore it"),
        (AgentSettings(start_timeout="44s"), "startTimeout", "give at least 45s"),
        (AgentSettings(task_cleanup_wait=""), "taskCleanupWait", "'' is no duration"),
        (AgentSettings(image_cleanup=ImageCleanup(interval="9m")), "imageCleanup.interval", "give at least 10m"),
        (AgentSettings(image_cleanup=ImageCleanup(minimum_age="1d")), "imageCleanup.minimumAge", "no duration"),
        (AgentSettings(image_cleanup=ImageCleanup(images_per_round=0)), "imageCleanup.imagesPerRound", "give 1-10000"),
        (
            AgentSettings(image_cleanup=ImageCleanup(), image_pull_behavior=ImagePullBehavior.PREFER_CACHED),
            "imageCleanup",
            "excludes imagePullBehavior prefer-cached",
        ),
        (AgentSettings(task_metadata_limit=RequestLimit(9, 8)), "taskMetadataLimit", "steady 9 and burst 8"),
        (AgentSettings(log_drivers=["gelf", "loki"]), "logDrivers[1]", "'loki' is no log driver of Docker's"),
        (AgentSettings(attributes={"ecs.x": "a"}), 'attributes["ecs.x"]', "begins with 'ecs.'"),
        (AgentSettings(attributes={"a b": "a"}), "attributes.a b", "is not an attribute's name"),
        (AgentSettings(attributes={"a": " a"}), "attributes.a", "is not an attribute's value"),
        (
            AgentSettings(variables={"ECS_CONTAINER_STOP_TIMEOUT": "1m"}),
            "variables.ECS_CONTAINER_STOP_TIMEOUT",
            "set stopTimeout instead",
        ),
        (
            AgentSettings(variables={"ECS_ENGINE_AUTH_DATA": '{"registry": {"auth": "abc"}}'}),
            "variables.ECS_ENGINE_AUTH_DATA",
            "looks like a secret",
        ),
    ],
)
def test_what_the_agent_would_ignore(settings: AgentSettings, path: str, says: str) -> None:
    (problem,) = settings.problems()
    assert dotted(problem.path) == path
    assert says in problem.message


def test_every_variable_of_a_setting_is_refused_by_name() -> None:
    camel = {to_camel(field.name) for field in fields(AgentSettings)}
    for name, setting in WRITTEN_FROM.items():
        (problem,) = AgentSettings(variables={name: "x"}).problems()
        assert ("leave it out" if name == "ECS_CLUSTER" else f"set {setting} instead") in problem.message
        assert " " in setting or setting in camel


ON_BOTTLEROCKET = AgentSettings(
    **{
        field.name: getattr(EVERYTHING, field.name)
        for field in fields(AgentSettings)
        if field.name not in ("reserved_ports", "reserved_udp_ports", "start_timeout", "variables")
    }
)


@pytest.mark.parametrize("spot", [False, True])
@pytest.mark.parametrize(
    "settings",
    [AgentSettings(), ON_BOTTLEROCKET, AgentSettings(image_cleanup=ImageCleanup(enabled=False), allow_privileged=True)],
)
def test_bottlerocket_gets_the_same_in_its_own_words(settings: AgentSettings, spot: bool) -> None:
    assert list(bottlerocket.lacking(config("any", settings), settings.variables)) == []
    wanted = config("web", settings, spot=spot)
    assert agent_variables(encode(bottlerocket.render(wanted))) == wanted


def test_bottlerocket_s_settings_in_full() -> None:
    settings = CapacitySettings(
        ["m7i.large"], 2, ami_family=AmiFamily.BOTTLEROCKET, purchase_option=PurchaseOption.SPOT,
        agent=AgentSettings(reserved_memory=256, attributes={"a.b": "c"}, stop_timeout="60s"),
    )  # fmt: skip
    assert settings.user_data_text("web") == (
        "[settings.ecs]\n"
        'cluster = "web"\n'
        'image-pull-behavior = "default"\n'
        'container-stop-timeout = "60s"\n'
        "reserved-memory = 256\n"
        "awsvpc-block-imds = true\n"
        "enable-spot-instance-draining = true\n"
        "[settings.ecs.instance-attributes]\n"
        '"a.b" = "c"\n'
        "[settings.kernel.sysctl]\n"
        '"net.ipv4.ip_local_port_range" = "49153 65535"\n'
    )


@pytest.mark.parametrize(
    ("chosen", "path"),
    [
        ({"agent": AgentSettings(reserved_ports=[80])}, "agent.reservedPorts"),
        ({"agent": AgentSettings(reserved_udp_ports=[80])}, "agent.reservedUdpPorts"),
        ({"agent": AgentSettings(start_timeout="1m")}, "agent.startTimeout"),
        ({"agent": AgentSettings(variables={"ECS_X": "1"})}, "agent.variables.ECS_X"),
        ({"warm_pool": WarmPool()}, "warmPool"),
        ({"user_data": UserDataParts(["#!/bin/sh\n"])}, "userData"),
    ],
)
def test_what_bottlerocket_lacks_is_refused(chosen: dict[str, Any], path: str) -> None:
    (problem,) = CapacitySettings(["m7i.large"], 2, ami_family=AmiFamily.BOTTLEROCKET, **chosen).problems()
    assert dotted(problem.path) == path
    assert "Bottlerocket lacks" in problem.message
    assert list(CapacitySettings(["m7i.large"], 2, **chosen).problems()) == []


@pytest.mark.parametrize(
    ("settings", "warned"),
    [
        (EVERYTHING, {}),
        (AgentSettings(variables={"ECS_POLL_METRIX": "true", "FOO": "1", "ECS_POLL_METRICS": "true"}),
         {"variables.ECS_POLL_METRIX": "is no variable that the agent's README knows: is ECS_POLL_METRICS meant?"}),
        (AgentSettings(variables={"ECS_RESERVD_MEMORY": "1"}), {"variables.ECS_RESERVD_MEMORY": "ECS_RESERVED_MEMORY"}),
        (AgentSettings(reserved_ports=[8080, 50_000, 51_678]),
         {"reservedPorts[1]": "50000 lies in the range 49153-65535 of dynamic host ports"}),
        (AgentSettings("40000-45000", reserved_ports=[50_000]), {}),
    ],
)  # fmt: skip
def test_what_the_agent_takes_otherwise_than_it_looks(settings: AgentSettings, warned: dict[str, str]) -> None:
    assert list(settings.problems()) == []
    found = {dotted(each.path): each.message for each in settings.warnings()}
    assert set(found) == set(warned)
    assert all(says in found[path] for path, says in warned.items())
    of_capacity = CapacitySettings(["m7i.large"], 2, agent=settings).warnings("2026-01-01")
    assert [dotted(each.path) for each in of_capacity] == [f"agent.{path}" for path in warned]

"""Container definitions byte for byte, and every rule on containers."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_model.container_definitions import canonical_json, definitions
from ecs_model.container_rules import fixed_port, problems
from ecs_model.containers import (
    Container,
    ContainerHealthCheck,
    Dependency,
    DependencyCondition,
    PortMapping,
    needed_memory,
)
from ecs_model.log_definitions import Awslogs
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.ports import PortRange
from ecs_model.problem import dotted

BRIDGE, AWSVPC, HOST, NONE = NetworkMode.BRIDGE, NetworkMode.AWSVPC, NetworkMode.HOST, NetworkMode.NONE
LOGS = Awslogs("group", "eu-central-1", "web")
REGION = "eu-central-1"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db"
FILE = "arn:aws:s3:::settings/web/prod.env"
PARAMETER = "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/db"


def test_the_json_byte_for_byte() -> None:
    containers = {
        "web": Container(
            image="nginx:1",
            memory=256,
            memory_reservation=128,
            port_mappings=[PortMapping(443), PortMapping(80, 8080)],
            environment={"Z": "1", "A": "ü"},
            secrets={"S": SECRET},
            links=["cache:redis"],
            depends_on=[Dependency("cache", DependencyCondition.HEALTHY)],
            command=["run"],
            entry_point=["/init"],
            user="1000",
        ),
        "cache": Container(image="redis", memory=64, health_check=ContainerHealthCheck(["CMD", "true"])),
    }
    log = (
        '"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"group",'
        '"awslogs-region":"eu-central-1","awslogs-stream-prefix":"web","max-buffer-size":"25m","mode":"non-blocking"}}'
    )
    assert canonical_json(definitions(containers, BRIDGE, LOGS, REGION)) == (
        '[{"cpu":0,"environment":[{"name":"AWS_REGION","value":"eu-central-1"}],"essential":true,'
        '"healthCheck":{"command":["CMD","true"],"interval":30,"retries":3,"startPeriod":0,"timeout":5},'
        f'"image":"redis",{log},"memory":64,"mountPoints":[],"name":"cache","portMappings":[],'
        '"readonlyRootFilesystem":false,"systemControls":[],"volumesFrom":[]},'
        '{"command":["run"],"cpu":0,"dependsOn":[{"condition":"HEALTHY","containerName":"cache"}],'
        '"entryPoint":["/init"],"environment":[{"name":"A","value":"\\u00fc"},'
        '{"name":"AWS_REGION","value":"eu-central-1"},{"name":"Z","value":"1"}],"essential":true,'
        f'"image":"nginx:1","links":["cache:redis"],{log},"memory":256,"memoryReservation":128,"mountPoints":[],'
        '"name":"web","portMappings":[{"containerPort":80,"hostPort":8080,"protocol":"tcp"},'
        '{"containerPort":443,"hostPort":0,"protocol":"tcp"}],"readonlyRootFilesystem":false,'
        f'"secrets":[{{"name":"S","valueFrom":"{SECRET}"}}],"systemControls":[],"user":"1000","volumesFrom":[]}}]'
    )


words = st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=5), max_size=6)


@given(words, st.randoms())
def test_the_order_of_entries_makes_no_difference(environment: dict[str, str], shuffle: random.Random) -> None:
    names = [*environment]
    shuffle.shuffle(names)
    other = {name: environment[name] for name in names}
    one = {"a": Container("i", 6, environment=environment), "b": Container("j", 6)}
    two = {"b": Container("j", 6), "a": Container("i", 6, environment=other)}
    first = canonical_json(definitions(one, BRIDGE, LOGS, REGION))
    assert first == canonical_json(definitions(two, BRIDGE, LOGS, REGION))
    assert {e["name"]: e["value"] for e in json.loads(first)[0]["environment"]} == {"AWS_REGION": REGION} | environment


def test_the_region_can_be_set_but_not_twice() -> None:
    (own,) = definitions({"a": Container("i", environment={"AWS_REGION": "x"})}, BRIDGE, LOGS, REGION)
    assert own["environment"] == [{"name": "AWS_REGION", "value": "x"}]
    (secret,) = definitions({"a": Container("i", secrets={"AWS_REGION": SECRET})}, BRIDGE, LOGS, REGION)
    assert secret["environment"] == []


@pytest.mark.parametrize(
    ("mode", "mapping", "written", "taken"),
    [
        (BRIDGE, PortMapping(80), 0, None),
        (BRIDGE, PortMapping(80, 0), 0, None),
        (BRIDGE, PortMapping(80, 8080), 8080, 8080),
        (AWSVPC, PortMapping(80), 80, None),
        (HOST, PortMapping(80), 80, 80),
        (HOST, PortMapping(80, 80), 80, 80),
        (NONE, PortMapping(80), 80, None),
    ],
)
def test_host_ports(mode: NetworkMode, mapping: PortMapping, written: int, taken: int | None) -> None:
    (made,) = definitions({"a": Container("i", port_mappings=[mapping])}, mode, LOGS, REGION)
    assert made["portMappings"][0]["hostPort"] == written
    assert fixed_port(mapping, mode) == taken


def test_memory_that_placement_counts() -> None:
    both = {"a": Container("i", memory=200, memory_reservation=100), "b": Container("j", memory=50)}
    assert needed_memory(both, None) == 150
    assert needed_memory(both, 500) == 500
    assert needed_memory({"a": Container("i")}, None) == 0


def c(**more: Any) -> Container:
    given: dict[str, Any] = {"image": "i", "memory": 64}
    return Container(**(given | more))


CHECK = ContainerHealthCheck(["CMD-SHELL", "true"])


@pytest.mark.parametrize(
    ("containers", "mode", "more"),
    [
        ({"a": c()}, BRIDGE, {}),
        ({"a": c(), "b": c(essential=False)}, BRIDGE, {"cpu": 128, "memory": 128}),
        ({"a": c(memory=None, memory_reservation=6)}, BRIDGE, {}),
        ({"a": c(memory_reservation=64)}, BRIDGE, {}),
        ({"a": c(memory=None)}, BRIDGE, {"memory": 512}),
        ({"a": c(port_mappings=[PortMapping(80), PortMapping(80, 8080), PortMapping(81)])}, BRIDGE, {}),
        ({"a": c(port_mappings=[PortMapping(53, 53), PortMapping(53, 53, Protocol.UDP)])}, BRIDGE, {}),
        ({"a": c(port_mappings=[PortMapping(80)]), "b": c(port_mappings=[PortMapping(80)])}, BRIDGE, {}),
        ({"a": c(port_mappings=[PortMapping(80, 50_000)])}, BRIDGE, {"dynamic": PortRange(40_000, 45_000)}),
        ({"a": c(port_mappings=[PortMapping(50_000)])}, AWSVPC, {}),
        ({"a": c(port_mappings=[PortMapping(22, 22)])}, AWSVPC, {}),
        ({"a": c(links=["b:db"]), "b": c()}, BRIDGE, {}),
        ({"a": c(depends_on=[Dependency("b", DependencyCondition.HEALTHY)]), "b": c(health_check=CHECK)}, HOST, {}),
        ({"a": c(depends_on=[Dependency("b", DependencyCondition.SUCCESS)]), "b": c(essential=False)}, NONE, {}),
        ({"a": c(secrets={"S": SECRET, "P": PARAMETER})}, BRIDGE, {}),
        ({"a": c(secrets={"S": f"{SECRET}:key::", "T": f"{SECRET}::AWSCURRENT:", "U": f"{SECRET}:::1"})}, BRIDGE, {}),
        ({"a": c(environment_files=[f"{FILE}{n}.env" for n in range(10)])}, BRIDGE, {}),
    ],
)
def test_what_works(containers: dict[str, Container], mode: NetworkMode, more: dict[str, Any]) -> None:
    assert list(problems(containers, mode, **more)) == []


@pytest.mark.parametrize(
    ("containers", "mode", "more", "path", "says"),
    [
        ({}, BRIDGE, {}, "containers", "has 0 containers: a task has 1-10"),
        ({f"c{n}": c() for n in range(11)}, BRIDGE, {}, "containers", "has 11 containers"),
        ({"a": c(essential=False)}, BRIDGE, {}, "containers", "no essential container"),
        ({"a": c()}, BRIDGE, {"cpu": 127}, "cpu", "127 CPU units: a task's CPU is 128-196608"),
        ({"a": c(cpu=300)}, BRIDGE, {"cpu": 256}, "cpu", "256 CPU units are less than the 300 of its containers"),
        ({"a": c(), "b": c()}, BRIDGE, {"memory": 127}, "memory", "127 MiB are less than the 128 MiB"),
        ({"a b": c()}, BRIDGE, {}, "containers.a b", "'a b' is not a container name"),
        ({"a": c(image=" ")}, BRIDGE, {}, "containers.a.image", "is empty"),
        ({"a": c(cpu=-1)}, BRIDGE, {}, "containers.a.cpu", "-1 CPU units are negative"),
        ({"a": c(memory=None)}, BRIDGE, {}, "containers.a", "neither memory nor memoryReservation"),
        ({"a": c(memory=5)}, BRIDGE, {}, "containers.a.memory", "5 MiB is too little: Docker needs at least 6"),
        ({"a": c(memory_reservation=5)}, BRIDGE, {}, "containers.a.memoryReservation", "5 MiB is too little"),
        ({"a": c(memory_reservation=65)}, BRIDGE, {}, "containers.a.memoryReservation", "is more than memory (64 MiB)"),
        ({"a": c(memory_reservation=32)}, BRIDGE, {"memory": 63}, "containers.a.memory", "more than the task's memory"),
        ({"a": c(port_mappings=[PortMapping(0)])}, BRIDGE, {}, "containers.a.portMappings[0].containerPort",
         "0 is not a port: give 1-65535"),
        ({"a": c(port_mappings=[PortMapping(80, -1)])}, BRIDGE, {}, "containers.a.portMappings[0].hostPort",
         "-1 is not a port: leave it out"),
        ({"a": c(port_mappings=[PortMapping(80, 22)])}, BRIDGE, {}, "containers.a.portMappings[0].hostPort",
         "host port 22 is taken by ssh"),
        ({"a": c(port_mappings=[PortMapping(80, 50_000)])}, BRIDGE, {}, "containers.a.portMappings[0].hostPort",
         "lies in the range 49153-65535"),
        ({"a": c(port_mappings=[PortMapping(80)])}, NONE, {}, "containers.a.portMappings[0]", "network mode none"),
        ({"a": c(port_mappings=[PortMapping(80, 0)])}, AWSVPC, {}, "containers.a.portMappings[0].hostPort",
         "0 differs from containerPort 80, which mode awsvpc forbids"),
        ({"a": c(port_mappings=[PortMapping(80, 81)])}, HOST, {}, "containers.a.portMappings[0].hostPort",
         "81 differs from containerPort 80"),
        ({"a": c(port_mappings=[PortMapping(22)])}, HOST, {}, "containers.a.portMappings[0].containerPort",
         "in mode host the container's port is the host's"),
        ({"a": c(port_mappings=[PortMapping(80, 8080)]), "b": c(port_mappings=[PortMapping(81, 8080)])}, BRIDGE, {},
         "containers.b.portMappings[0].hostPort", "8080/tcp is mapped twice (also by a)"),
        ({"a": c(port_mappings=[PortMapping(80)]), "b": c(port_mappings=[PortMapping(80)])}, AWSVPC, {},
         "containers.b.portMappings[0].containerPort", "80/tcp is mapped twice"),
        ({"a": c(port_mappings=[PortMapping(80), PortMapping(80)])}, HOST, {},
         "containers.a.portMappings[1].containerPort", "80/tcp is mapped twice"),
        ({"a": c(links=["c"]), "b": c()}, BRIDGE, {}, "containers.a.links[0]",
         "'c' is no other container of this task (there is: b)"),
        ({"a": c(links=["a"])}, BRIDGE, {}, "containers.a.links[0]", "(there is: none)"),
        ({"a": c(links=["b"]), "b": c()}, AWSVPC, {}, "containers.a.links[0]", "not awsvpc: use localhost"),
        ({"a": c(depends_on=[Dependency("c")]), "b": c()}, BRIDGE, {}, "containers.a.dependsOn[0].containerName",
         "'c' is no other container"),
        ({"a": c(depends_on=[Dependency("b", DependencyCondition.HEALTHY)]), "b": c()}, BRIDGE, {},
         "containers.a.dependsOn[0].condition", "HEALTHY needs a healthCheck on b"),
        ({"a": c(depends_on=[Dependency("b", DependencyCondition.COMPLETE)]), "b": c()}, BRIDGE, {},
         "containers.a.dependsOn[0].condition", "COMPLETE needs essential: false on b"),
        ({"a": c(depends_on=[Dependency("b")]), "b": c(links=["a"]), "x": c()}, BRIDGE, {}, "containers",
         "wait for each other (a, b)"),
        ({"a": c(secrets={"S": "hunter2"})}, BRIDGE, {}, "containers.a.secrets.S", "is not the ARN of a Secrets"),
        ({"a": c(secrets={"S": f"{SECRET}:password"})}, BRIDGE, {}, "containers.a.secrets.S",
         "needs three parts after"),
        ({"a": c(secrets={"S": f"{SECRET}:password::hunter2:x"})}, BRIDGE, {}, "containers.a.secrets.S",
         "…:secret:NAME:JSON-KEY:VERSION-STAGE:VERSION-ID"),
        ({"a": c(secrets={"S": f"{SECRET}:password:AWSCURRENT:1"})}, BRIDGE, {}, "containers.a.secrets.S",
         "names both a version stage and a version id"),
        ({"a": c(secrets={"S": f"{PARAMETER} hunter2"})}, BRIDGE, {}, "containers.a.secrets.S", "is not the ARN"),
        ({"a": c(environment_files=["s3://settings/web.env"])}, BRIDGE, {}, "containers.a.environmentFiles[0]",
         "'s3://settings/web.env' is no ARN of a file, such as arn:aws:s3:::settings/web.env"),
        ({"a": c(environment_files=[FILE.removesuffix(".env")])}, BRIDGE, {}, "containers.a.environmentFiles[0]",
         "is no ARN of a file"),
        ({"a": c(environment_files=[FILE, FILE])}, BRIDGE, {}, "containers.a.environmentFiles[1]", "is there twice"),
        ({"a": c(environment_files=[f"{FILE}{n}.env" for n in range(11)])}, BRIDGE, {},
         "containers.a.environmentFiles", "has 11 files: give at most 10"),
        ({"a": c(secrets={"S": SECRET}, environment={"S": "x"})}, BRIDGE, {}, "containers.a.secrets.S",
         "is set in environment as well"),
        ({"a": c(health_check=ContainerHealthCheck([]))}, BRIDGE, {}, "containers.a.healthCheck.command",
         "must begin with CMD"),
        ({"a": c(health_check=ContainerHealthCheck(["curl"]))}, BRIDGE, {}, "containers.a.healthCheck.command",
         "must begin with CMD"),
        ({"a": c(health_check=ContainerHealthCheck(["CMD", "x"], interval=4))}, BRIDGE, {},
         "containers.a.healthCheck.interval", "4 is out of range: give 5-300"),
        ({"a": c(health_check=ContainerHealthCheck(["CMD", "x"], timeout=61))}, BRIDGE, {},
         "containers.a.healthCheck.timeout", "give 2-60"),
        ({"a": c(health_check=ContainerHealthCheck(["CMD", "x"], retries=0))}, BRIDGE, {},
         "containers.a.healthCheck.retries", "give 1-10"),
        ({"a": c(health_check=ContainerHealthCheck(["CMD", "x"], start_period=301))}, BRIDGE, {},
         "containers.a.healthCheck.startPeriod", "give 0-300"),
    ],
)  # fmt: skip
def test_what_cannot_work(
    containers: dict[str, Container], mode: NetworkMode, more: dict[str, Any], path: str, says: str
) -> None:
    found = list(problems(containers, mode, **more))
    assert [dotted(problem.path) for problem in found] == [path], found
    assert says in found[0].message
    assert "hunter2" not in found[0].message

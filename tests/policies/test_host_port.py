"""ecs-task-definition-dynamic-host-port: judged from a task definition that no service is seen to run."""

import json
from typing import Any

import pytest

from tests.policies.harness import CANNOT_JUDGE, UNKNOWN, Diagnostic, Pack, Res, secret
from tests.policies.programs import container, containers

RULE = "ecs-task-definition-dynamic-host-port"


def task(definitions: object, **properties: Any) -> Res:
    inputs = {"family": "web", "containerDefinitions": definitions, **properties}
    return Res("aws:ecs/taskDefinition:TaskDefinition", "web", inputs)


def judge(pack: Pack, resource: Res) -> list[Diagnostic]:
    return [found for found in pack.stack(resource) if found.rule == RULE]


@pytest.mark.parametrize("mapping", [{}, {"hostPort": 0}, {"hostPort": "0"}, {"hostPort": None}])
@pytest.mark.parametrize("mode", ["bridge", None, "", "default"])
def test_a_dynamic_port_is_good_in_bridge_mode(pack: Pack, mapping: dict[str, Any], mode: str | None) -> None:
    assert judge(pack, task(containers(container(**mapping)), networkMode=mode)) == []


@pytest.mark.parametrize("mode", ["bridge", None, "", "default"])
def test_a_fixed_port_is_not(pack: Pack, mode: str | None) -> None:
    (found,) = judge(pack, task(containers(container(hostPort=8080)), networkMode=mode))
    assert found.level == "mandatory"
    assert found.text == (
        "Containers in bridge mode take a dynamic host port\n"
        "task definition web: container app, portMappings[0], maps container port 80 to the fixed host port 8080. "
        "Set hostPort to 0 or leave it out."
    )


def test_a_fixed_port_without_a_container_port(pack: Pack) -> None:
    (found,) = judge(pack, task(containers({"name": "app", "portMappings": [{"hostPort": 8080}]})))
    assert "container app, portMappings[0], has the fixed host port 8080 and no containerPort. Set" in found.message


def test_every_fixed_port_of_every_container_is_reported(pack: Pack) -> None:
    definitions = containers(
        {"name": "a", "portMappings": [{"containerPort": 1, "hostPort": 1001}, {"containerPort": 2}]},
        {"name": "b", "portMappings": [{"containerPort": 3, "hostPort": 0}, {"containerPort": 4, "hostPort": 1004}]},
        {"portMappings": [{"containerPort": 5, "hostPort": "1005"}]},
        {"name": "d"},
    )
    messages = [found.message for found in judge(pack, task(definitions))]
    assert [message.split(" maps ")[0] for message in messages] == [
        "task definition web: container a, portMappings[0],",
        "task definition web: container b, portMappings[1],",
        "task definition web: container number 3, portMappings[0],",
    ]


def test_capitals_do_not_hide_a_fixed_port(pack: Pack) -> None:
    definitions = json.dumps([{"Name": "app", "PortMappings": [{"ContainerPort": 80, "HostPort": 8080}]}])
    (found,) = judge(pack, task(definitions))
    assert "container app" in found.message
    assert "8080" in found.message


@pytest.mark.parametrize(
    "properties",
    [
        {"networkMode": "awsvpc"},
        {"networkMode": "host"},
        {"networkMode": "none"},
        {"requiresCompatibilities": ["FARGATE"]},
        {"requiresCompatibilities": ["EXTERNAL"]},
        {"requiresCompatibilities": ["FARGATE", "EXTERNAL"]},
    ],
    ids=str,
)
@pytest.mark.parametrize("definitions", [containers(container(hostPort=80)), UNKNOWN])
def test_other_modes_and_launch_types_are_not_judged(pack: Pack, properties: dict[str, Any], definitions: str) -> None:
    assert judge(pack, task(definitions, **properties)) == []


def test_a_task_for_ec2_and_fargate_is_judged(pack: Pack) -> None:
    both = task(containers(container(hostPort=8080)), requiresCompatibilities=["EC2", "FARGATE"])
    assert len(judge(pack, both)) == 1


def test_a_range_of_container_ports_has_no_host_port(pack: Pack) -> None:
    definitions = containers({"name": "app", "portMappings": [{"containerPortRange": "8000-8010"}]})
    assert judge(pack, task(definitions)) == []


@pytest.mark.parametrize("key", ["containerDefinitions", "networkMode", "requiresCompatibilities"])
def test_what_is_not_known_is_said(pack: Pack, key: str) -> None:
    config = Res("pulumi:pulumi:StackReference", "config", {})
    program = task(containers(container(hostPort=8080))).but(**{key: UNKNOWN}).made(**{key: ["config"]})
    (found,) = [found for found in pack.stack(config, program) if found.rule == RULE]
    assert found.level == "advisory"
    assert CANNOT_JUDGE in found.text
    assert f"task definition web: {key}" in found.text


@pytest.mark.parametrize(
    ("definitions", "problem"),
    [
        ('[{"name": "app",}]', "containerDefinitions is not valid JSON (line 1, column 17"),
        ("", "containerDefinitions is missing"),
        (None, "containerDefinitions is missing"),
        ([{"name": "app"}], "containerDefinitions is not a text: write the list as JSON"),
        ('{"name": "app"}', "containerDefinitions is not a JSON list"),
        ("[" * 100_000, "containerDefinitions is not JSON that can be read: it is nested too deeply"),
        (
            '[{"portMappings": [{"hostPort": ' + "9" * 5_000 + "}]}]",
            "containerDefinitions is not JSON that can be read: a number in it is too long",
        ),
        ('["app"]', "containerDefinitions[0] is a text, not an object"),
        ('[{"portMappings": {}}]', "containerDefinitions[0].portMappings is an object, not a list"),
        ('[{"portMappings": [8080]}]', "containerDefinitions[0].portMappings[0] is a number, not an object"),
        (
            '[{"portMappings": [{"hostPort": "hunter2"}]}]',
            "containerDefinitions[0].portMappings[0].hostPort is a text, not a whole number",
        ),
        ('[{"portMappings": [{"hostPort": NaN}]}]', "hostPort is a number, not a whole number"),
        ('[{"portMappings": [{"hostPort": 1e999}]}]', "hostPort is a number, not a whole number"),
        ('[{"portMappings": [{"hostPort": true}]}]', "hostPort is a boolean, not a whole number"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_malformed_definitions_are_a_violation(pack: Pack, definitions: object, problem: str) -> None:
    (found,) = judge(pack, task(definitions))
    assert found.level == "mandatory"
    assert problem in found.message
    assert "hunter2" not in found.text


def test_one_malformed_mapping_does_not_hide_the_next(pack: Pack) -> None:
    definitions = containers(
        {"name": "a", "portMappings": "none"},
        {"name": "b", "portMappings": [{"hostPort": []}, {"containerPort": 80, "hostPort": 8080}]},
    )
    malformed, mapping, fixed = judge(pack, task(definitions))
    assert "containerDefinitions[0].portMappings is a text" in malformed.message
    assert "containerDefinitions[1].portMappings[0].hostPort is a list" in mapping.message
    assert "fixed host port 8080" in fixed.message


def test_an_unknown_network_mode_is_named_but_not_quoted(pack: Pack) -> None:
    (found,) = judge(pack, task(containers(container()), networkMode="hunter2"))
    assert "networkMode is none of bridge, awsvpc, host, none" in found.message
    assert "hunter2" not in found.text


def test_secret_definitions_are_judged_and_not_quoted(pack: Pack) -> None:
    definition = container(hostPort=8080) | {"environment": [{"name": "PASSWORD", "value": "hunter2"}]}
    (found,) = judge(pack, task(secret(containers(definition))))
    assert "8080" in found.message
    assert "hunter2" not in found.text
    (broken,) = judge(pack, task(secret(containers(definition) + "hunter2")))
    assert "is not valid JSON" in broken.message
    assert "hunter2" not in broken.text


@pytest.mark.parametrize("option", [{"allowedHostPorts": [8126]}, {"allowedContainers": ["datadog"]}], ids=str)
def test_a_fixed_port_can_be_allowed(pack: Pack, option: dict[str, Any]) -> None:
    pack.configure({RULE: option})
    daemon = container("datadog", hostPort=8126)
    assert judge(pack, task(containers(daemon))) == []
    (found,) = judge(pack, task(containers(daemon, container("app", hostPort=8080))))
    assert "container app" in found.message


def test_other_resources_are_not_judged(pack: Pack) -> None:
    other = Res("aws:batch/jobDefinition:JobDefinition", "job", {"containerDefinitions": "no JSON"})
    assert judge(pack, other) == []

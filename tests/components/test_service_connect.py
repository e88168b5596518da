"""Service Connect: the namespace, what a service is told, and a whole program's rules."""

import json
from typing import Any

import pytest
import yaml

import components as ecs
from ecs_model.network_modes import NetworkMode
from ecs_model.ports import EPHEMERAL
from ecs_model.service_connect import ConnectPort
from tests.components.component_harness import Graph, deploy, refused
from tests.components.test_program import ROOT, run

OFFER = ecs.ServiceConnectPortArgs(ConnectPort(80, "web.shop", idle_timeout=60, request_timeout=5), 8000)


def service(connect: ecs.ServiceConnectArgs, mode: NetworkMode = NetworkMode.BRIDGE) -> Graph:
    strategy = [ecs.CapacityProviderStrategyItemArgs("general", 1)]
    args = ecs.ServiceArgs("arn:cluster", "arn:task", strategy, network_mode=mode, connect=connect)
    return deploy(lambda: ecs.Service("dev-web", args))


def test_a_namespace() -> None:
    graph = deploy(lambda: ecs.ConnectNamespace("dev", ecs.ConnectNamespaceArgs("shop")))
    assert graph.one("servicediscovery.HttpNamespace").inputs["name"] == "shop"
    outputs = graph.one("ConnectNamespace").outputs
    assert outputs
    assert outputs["arn"].endswith(":dev")
    (line,) = refused(lambda: ecs.ConnectNamespace("dev", ecs.ConnectNamespaceArgs("")))
    assert line.startswith("ConnectNamespace dev: namespace: '' is no name of a namespace")


def test_what_a_service_is_told() -> None:
    made = service(ecs.ServiceConnectArgs("arn:shop", {"web": OFFER}, "logs")).one("ecs.Service").inputs
    assert made["serviceConnectConfiguration"] == {
        "enabled": True,
        "namespace": "arn:shop",
        "services": [
            {
                "portName": "web",
                "discoveryName": "web",
                "clientAlias": [{"port": 80, "dnsName": "web.shop"}],
                "timeout": {"idleTimeoutSeconds": 60, "perRequestTimeoutSeconds": 5},
            }
        ],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "logs", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "dev-web-connect",
                "mode": "non-blocking",
            },
        },
    }  # fmt: skip


def test_a_client_alone_and_one_that_leaves() -> None:
    client = service(ecs.ServiceConnectArgs("arn:shop")).one("ecs.Service").inputs
    assert client["serviceConnectConfiguration"] == {"enabled": True, "namespace": "arn:shop"}
    leaving = service(ecs.ServiceConnectArgs(None, enabled=False)).one("ecs.Service").inputs
    assert leaving["serviceConnectConfiguration"] == {"enabled": False}


@pytest.mark.parametrize(
    ("connect", "mode", "says"),
    [
        (ecs.ServiceConnectArgs("arn:shop"), NetworkMode.HOST, "connect: is for bridge and awsvpc, and networkMode is"),
        (ecs.ServiceConnectArgs(None), NetworkMode.BRIDGE, "connect.namespaceArn: is missing"),
    ],
)
def test_what_cannot_work(connect: ecs.ServiceConnectArgs, mode: NetworkMode, says: str) -> None:
    strategy = [ecs.CapacityProviderStrategyItemArgs("general", 1)]
    args = ecs.ServiceArgs("arn:cluster", "arn:task", strategy, network_mode=mode, connect=connect)
    (line,) = refused(lambda: ecs.Service("dev-web", args))
    assert says in line


def test_in_a_whole_program_each_fleet_lets_itself_in_once() -> None:
    services: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]["ecs-on-ec2:services"]
    services["api"]["containers"]["app"]["portMappings"][0]["name"] = "api"
    services["api"]["connect"] = {"ports": {"api": {}}}
    services["web"]["connect"] = {}
    change = {"ecs-on-ec2:services": services, "ecs-on-ec2:connectNamespace": "dev"}
    graph = run("dev", preview=False, change=change)
    between = [
        (rule.inputs["securityGroupId"], rule.inputs["referencedSecurityGroupId"])
        for rule in graph.all("vpc.SecurityGroupIngressRule")
        if rule.inputs["description"].startswith("Tasks that call")
        and (rule.inputs["fromPort"], rule.inputs["toPort"]) == (EPHEMERAL.first, EPHEMERAL.last)
    ]
    fleets = [f"SecurityGroup/dev-{key}-instances" for key in ("general", "spot")]
    assert sorted(between) == sorted((one, other) for one in fleets for other in fleets)
    told: dict[str, Any] = {
        each.name: each.inputs.get("serviceConnectConfiguration") for each in graph.all("ecs.Service")
    }
    assert told["dev-worker"] is None
    assert "services" not in told["dev-web"]
    assert told["dev-api"]["services"][0]["clientAlias"] == [{"port": 8000}]
    task = graph.one("ecs.TaskDefinition", "dev-api").inputs["containerDefinitions"]
    assert [port["name"] for each in json.loads(task) for port in each["portMappings"]] == ["api"]

"""Finding services by name: the namespace, the registry, and the rules that let clients in."""

from dataclasses import replace
from typing import Any

import pytest
import yaml

import components as ecs
from ecs_model.network_modes import NetworkMode
from tests.components.component_harness import Graph, deploy, refused
from tests.components.test_program import ROOT, run

FOUND = ecs.ServiceDiscoveryArgs("ns-1", "api", "web", 8080, 60)


def service(mode: NetworkMode) -> Graph:
    args = ecs.ServiceArgs(
        "arn:cluster",
        "arn:task",
        [ecs.CapacityProviderStrategyItemArgs("general", 1)],
        network_mode=mode,
        discovery=FOUND,
        vpc_id="vpc-1",
        subnet_ids=["subnet-1"],
    )
    return deploy(lambda: ecs.Service("dev-api", args))


def test_a_namespace() -> None:
    graph = deploy(lambda: ecs.Namespace("dev", ecs.NamespaceArgs("vpc-1", "dev.internal")))
    made = graph.one("servicediscovery.PrivateDnsNamespace").inputs
    assert (made["name"], made["vpc"]) == ("dev.internal", "vpc-1")
    assert graph.one("Namespace").outputs == {"id": "PrivateDnsNamespace/dev"}
    (line,) = refused(lambda: ecs.Namespace("dev", ecs.NamespaceArgs("vpc-1", "Dev")))
    assert line.startswith("Namespace dev: domain: 'Dev' is no domain")


@pytest.mark.parametrize(
    ("mode", "record", "told"),
    [
        (NetworkMode.AWSVPC, "A", set()),
        (NetworkMode.BRIDGE, "SRV", {("containerName", "web"), ("containerPort", 8080)}),
        (NetworkMode.HOST, "SRV", {("containerName", "web"), ("containerPort", 8080)}),
    ],
)
def test_a_service_is_registered(mode: NetworkMode, record: str, told: set[tuple[str, Any]]) -> None:
    graph = service(mode)
    registry, made = graph.one("servicediscovery.Service"), graph.one("ecs.Service")
    assert registry.inputs["name"] == "api"
    assert registry.inputs["dnsConfig"] == {
        "namespaceId": "ns-1",
        "dnsRecords": [{"ttl": 60, "type": record}],
        "routingPolicy": "MULTIVALUE",
    }
    assert registry.inputs["healthCheckCustomConfig"] == {"failureThreshold": 1}
    assert registry.inputs["forceDestroy"] is True
    found = dict(made.inputs["serviceRegistries"])
    assert registry.urn in made.property_dependencies["serviceRegistries"]
    assert found.pop("registryArn").endswith(":dev-api")
    assert set(found.items()) == told


@pytest.mark.parametrize(
    ("mode", "found", "says"),
    [
        (NetworkMode.NONE, FOUND, "discovery: needs a network"),
        (NetworkMode.BRIDGE, replace(FOUND, name="API"), "discovery.name: 'API' is no name of DNS"),
        (NetworkMode.BRIDGE, replace(FOUND, ttl=3601), "discovery.ttl: 3601 is out of range: give 0-3600"),
    ],
)
def test_what_cannot_be_found(mode: NetworkMode, found: ecs.ServiceDiscoveryArgs, says: str) -> None:
    args = ecs.ServiceArgs("c", "t", [ecs.CapacityProviderStrategyItemArgs("a", 1)], mode, discovery=found)
    (line,) = refused(lambda: ecs.Service("api", args))
    assert line.startswith(f"Service api: {says}")


def test_clients_are_let_in() -> None:
    args = ecs.ServiceAccessArgs({"a-from-b": ecs.AccessRuleArgs("sg-a", "sg-b", 8000)})
    rule = deploy(lambda: ecs.ServiceAccess("dev", args)).one("vpc.SecurityGroupIngressRule", "dev-a-from-b").inputs
    assert (rule["securityGroupId"], rule["referencedSecurityGroupId"]) == ("sg-a", "sg-b")
    assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("tcp", 8000, 8000)
    assert "cidrIpv4" not in rule
    none = ecs.ServiceAccessArgs({"a": ecs.AccessRuleArgs("sg-a", "sg-b", 0)})
    (line,) = refused(lambda: ecs.ServiceAccess("dev", none))
    assert line == "ServiceAccess dev: rules.a.port: 0 is out of range: give 1-65535"


def test_in_a_whole_program_each_group_lets_in_the_clients_of_its_services() -> None:
    services = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]["ecs-on-ec2:services"]
    services["api"]["discovery"] = {"containerName": "app", "containerPort": 8000, "clients": ["worker", "web"]}
    services["api"]["containers"]["app"]["portMappings"] = [{"containerPort": 8000, "hostPort": 8080}]
    services["web"]["networkMode"] = "awsvpc"
    services["web"]["discovery"] = {"containerName": "nginx", "containerPort": 8080, "clients": ["worker"]}
    change = {"ecs-on-ec2:services": services, "ecs-on-ec2:namespace": "dev.internal"}
    graph = run("dev", preview=False, change=change)
    access = graph.one("ServiceAccess")
    rules = {rule.name: rule for rule in graph.children(access)}
    assert set(rules) == {
        "dev-capacity-general-8080-from-capacity-spot",
        "dev-capacity-spot-8080-from-capacity-spot",
        "dev-capacity-general-8080-from-service-web",
        "dev-capacity-spot-8080-from-service-web",
        "dev-service-web-8080-from-capacity-spot",
    }
    own = graph.one("ec2.SecurityGroup", "dev-web-tasks")
    spot = graph.one("ec2.SecurityGroup", "dev-spot-instances")
    rule = rules["dev-service-web-8080-from-capacity-spot"]
    assert own.urn in rule.property_dependencies["securityGroupId"]
    assert spot.urn in rule.property_dependencies["referencedSecurityGroupId"]
    assert len(graph.all("servicediscovery.Service")) == 2

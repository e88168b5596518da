"""The whole program with each committed environment: what its parts are to each other."""

import json
import runpy
from collections import Counter
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from ecs_model.platform_contract import read as read_platform
from ecs_model.ports import EPHEMERAL, PortRange
from ecs_model.user_data import agent_variables
from tests.components.component_harness import Graph, deploy

ROOT = Path(__file__).parents[2]
STACKS = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))


def run(
    stack: str,
    *,
    preview: bool,
    change: Mapping[str, Any] | None = None,
    without: Set[str] = frozenset(),
    before: Mapping[str, Any] | None = None,
) -> Graph:
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"] | dict(change or {})
    config = {key: value for key, value in config.items() if key not in without}
    return deploy(
        lambda: runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__"),
        stack=stack, preview=preview, config=config, before=before,
    )  # fmt: skip


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "aws:1")
    name: str = request.param
    return name


def checked_roles(graph: Graph) -> int:
    for task in graph.all("ecs.TaskDefinition"):
        roles = task.property_dependencies
        assert roles["executionRoleArn"]
        assert roles["executionRoleArn"] != roles["taskRoleArn"]
    return len(graph.all("ecs.TaskDefinition"))


@pytest.mark.parametrize("preview", [False, True])
def test_the_practices(stack: str, preview: bool) -> None:
    graph = run(stack, preview=preview)
    assert graph.warnings == []
    assert {"Network", "Cluster", "ContainerInstances", "LoadBalancer", "TaskDefinition", "Service"} <= set(
        graph.kinds()
    )
    assert graph.one("ecs.ClusterCapacityProviders").inputs["defaultCapacityProviderStrategies"]
    assert checked_roles(graph) == 3
    ports = [
        (json_port["hostPort"], task.inputs["networkMode"], json_port["containerPort"])
        for task in graph.all("ecs.TaskDefinition")
        for container in json.loads(task.inputs["containerDefinitions"])
        for json_port in container["portMappings"]
    ]
    assert len(ports) == 2
    assert all(host == (container if mode == "awsvpc" else 0) for host, mode, container in ports)
    for template in graph.all("ec2.LaunchTemplate"):
        variables = agent_variables(template.inputs["userData"])
        assert PortRange.parse(variables["ECS_DYNAMIC_HOST_PORT_RANGE"]) == EPHEMERAL
        assert variables["ECS_CLUSTER"] == f"{stack}-1a2b3c4"
    for service in graph.all("ecs.Service"):
        assert service.inputs["capacityProviderStrategies"]
        assert "launchType" not in service.inputs


def test_one_ephemeral_rule_for_each_pair_however_many_services(stack: str) -> None:
    graph = run(stack, preview=False)
    pairs = Counter(
        (rule.inputs["securityGroupId"], rule.inputs["referencedSecurityGroupId"])
        for rule in graph.all("vpc.SecurityGroupIngressRule")
        if rule.inputs["fromPort"] == EPHEMERAL.first and rule.inputs["toPort"] == EPHEMERAL.last
    )
    assert set(pairs.values()) == {1}
    assert len(pairs) == len(graph.all("LoadBalancer")) * len(graph.all("ContainerInstances"))
    assert len(graph.all("lb.TargetGroup")) > len(graph.all("LoadBalancer"))


def test_nobody_may_use_ssh(stack: str) -> None:
    rules = run(stack, preview=False).all("vpc.SecurityGroupIngressRule")
    assert not [rule for rule in rules if rule.inputs["fromPort"] <= 22 <= rule.inputs["toPort"]]


def test_services_come_after_all_they_need_and_end_before_it(stack: str) -> None:
    graph = run(stack, preview=False)
    association = graph.one("ecs.ClusterCapacityProviders")
    policies = {each.name: each for each in graph.all("iam.RolePolicy")}
    for service in graph.all("ecs.Service"):
        assert association.urn in service.property_dependencies["cluster"]
        assert graph.waits_for(service, policies[f"{service.name}-execution"])
        assert all(graph.waits_for(service, group) for group in graph.all("autoscaling.Group"))
        rule = [each for each in graph.all("lb.ListenerRule") if each.name == service.name]
        assert all(graph.waits_for(service, each) for each in rule)
    assert not any(graph.waits_for(association, service) for service in graph.all("ecs.Service"))


def test_every_component_ends_with_its_outputs_and_every_resource_has_a_parent(stack: str) -> None:
    graph = run(stack, preview=False)
    components = [each for each in graph.resources if each.type.startswith("ecs-on-ec2:")]
    assert len(components) >= 11
    assert all(each.outputs for each in components)
    urns = {each.urn for each in components}
    assert all(each.parent in urns for each in graph.resources if each not in components)
    assert all(each.name.startswith(stack) for each in graph.resources)


def test_no_physical_name_stands_in_the_way_of_a_replacement(stack: str) -> None:
    graph = run(stack, preview=False)
    # A name of DNS is what others know; such a resource is deleted before it is replaced.
    named = [each.kind for each in graph.resources if "name" in each.inputs]
    assert set(named) <= {"route53.Record", "servicediscovery.PrivateDnsNamespace", "servicediscovery.Service"}


def test_exports(stack: str) -> None:
    exports = run(stack, preview=False).exports
    assert exports["cluster"] == f"{stack}-1a2b3c4"
    assert exports["services"] == {key: f"{stack}-{key}-1a2b3c4" for key in ("web", "api", "worker")}
    assert exports["capacityProviders"] == {key: f"{stack}-{key}-1a2b3c4" for key in ("general", "spot")}
    assert exports["loadBalancers"] == {"public": f"{stack}-public.example.com"}
    roles = {key: f"arn:aws:mock:eu-central-1:123456789012:{stack}-{key}-task" for key in ("web", "api", "worker")}
    assert exports["taskRoles"] == roles


def test_another_stack_learns_of_the_platform_and_of_each_task_of_its_own_group(stack: str) -> None:
    exports = run(stack, preview=False).exports
    platform = read_platform(exports["platform"], stack)
    assert platform.cluster_name == exports["cluster"]
    assert platform.capacity_providers == exports["capacityProviders"]
    groups = {key: f"SecurityGroup/{stack}-{key}-instances" for key in ("general", "spot")}
    assert platform.instance_security_groups == groups
    assert platform.vpc_id
    assert len(platform.instance_subnet_ids) > 1 < len(platform.public_subnet_ids)
    assert platform.load_balancers["public"].arn.endswith(f":{stack}-public")
    services = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]["ecs-on-ec2:services"]
    own = {key for key, service in services.items() if service.get("networkMode") == "awsvpc"}
    told = {key: f"SecurityGroup/{stack}-{key}-tasks" for key in own}
    assert exports.get("taskSecurityGroups", {}) == told


def test_a_service_of_mode_awsvpc_tells_its_tasks_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "aws:1")
    worker = {"containers": {"app": {"image": "app:1", "memory": 64}}, "networkMode": "awsvpc"}
    services = {"a": worker, "b": worker | {"networkMode": "bridge"}}
    exports = run("local", preview=False, change={"ecs-on-ec2:services": services}).exports
    assert exports["taskSecurityGroups"] == {"a": "SecurityGroup/local-a-tasks"}
    assert set(exports["taskRoles"]) == {"a", "b"}


def test_two_runs_say_the_same(stack: str) -> None:
    first, second = run(stack, preview=False), run(stack, preview=False)
    assert {each.urn: each.inputs for each in first.resources} == {each.urn: each.inputs for each in second.resources}
    assert len(first.resources) > 50


def test_several_load_balancers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "aws:1")
    graph = run("dev", preview=False, change={"ecs-on-ec2:loadBalancers": {"public": {}, "office": {"internal": True}}})
    ephemeral = [
        rule.name for rule in graph.all("vpc.SecurityGroupIngressRule") if rule.inputs["fromPort"] == EPHEMERAL.first
    ]
    assert sorted(ephemeral) == [
        f"dev-{fleet}-instances-from-{balancer}" for fleet in ("general", "spot") for balancer in ("office", "public")
    ]
    internal = graph.one("lb.LoadBalancer", "dev-office").inputs
    assert internal["internal"] is True
    assert internal["subnets"] == ["Subnet/dev-private-0", "Subnet/dev-private-1"]


def test_a_fixed_host_port_is_opened_by_its_service(monkeypatch: pytest.MonkeyPatch) -> None:
    services = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]["ecs-on-ec2:services"]
    services["web"]["containers"]["nginx"]["portMappings"][0]["hostPort"] = 8080
    graph = run("dev", preview=False, change={"ecs-on-ec2:services": services})
    fixed = [rule for rule in graph.all("vpc.SecurityGroupIngressRule") if rule.inputs["fromPort"] == 8080]
    assert sorted(rule.name for rule in fixed) == ["dev-web-to-general", "dev-web-to-spot"]
    balancer = graph.one("ec2.SecurityGroup", "dev-public-balancer")
    assert all(balancer.urn in rule.property_dependencies["referencedSecurityGroupId"] for rule in fixed)


def test_a_fixed_host_port_is_opened_only_where_the_service_runs() -> None:
    services = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]["ecs-on-ec2:services"]
    services["web"]["containers"]["nginx"]["portMappings"][0]["hostPort"] = 8080
    services["web"]["capacityProviderStrategy"] = [{"capacityProvider": "general", "weight": 1}]
    graph = run("dev", preview=False, change={"ecs-on-ec2:services": services})
    fixed = [rule for rule in graph.all("vpc.SecurityGroupIngressRule") if rule.inputs["fromPort"] == 8080]
    assert [rule.name for rule in fixed] == ["dev-web-to-general"]


def test_a_wrong_setting_registers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Exception, match=r"Pulumi\.dev\.yaml, ecs-on-ec2:network: chooses none"):
        run("dev", preview=False, change={"ecs-on-ec2:network": {}})


def test_services_in_a_file_of_their_own_change_no_resource(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi, "get_root_directory", lambda: str(tmp_path))
    services = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]["ecs-on-ec2:services"]
    (tmp_path / "services").mkdir()
    for key in ("web", "worker"):
        (tmp_path / "services" / f"{key}.yaml").write_text(yaml.safe_dump({key: services.pop(key)}))
    files = {"ecs-on-ec2:services": services, "ecs-on-ec2:serviceFiles": ["services/*.yaml"]}
    whole, split = run("dev", preview=False), run("dev", preview=False, change=files)
    inputs = [{each.urn: (each.inputs, each.dependencies) for each in graph.resources} for graph in (whole, split)]
    assert len(inputs[0]) > 50
    assert inputs[0] == inputs[1]
    assert split.exports == whole.exports


def test_a_wrong_setting_in_a_file_of_services_registers_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulumi, "get_root_directory", lambda: str(tmp_path))
    (tmp_path / "more.yaml").write_text("shop: { desiredCount: 1 }\n")
    with pytest.raises(
        pulumi.RunError, match=r"  more\.yaml, shop\.containers: is missing, and has no default: set it"
    ):
        run("dev", preview=False, change={"ecs-on-ec2:serviceFiles": ["more.yaml"]})


@pytest.mark.parametrize("preview", [True, False])
def test_what_is_adopted_by_a_wrong_name_is_told_as_any_setting_is(preview: bool) -> None:
    adopt = {"ecs.Cluster": {"prd": "shop"}, "iam.Role": {"dev-general-instance": "shop", "dev-generl": "x"}}
    with pytest.raises(pulumi.RunError) as refused:
        run("dev", preview=preview, change={"ecs-on-ec2:adopt": adopt})
    head, *lines = str(refused.value).splitlines()
    assert head == ("2 settings cannot work; nothing was deployed:" if preview else "2 settings cannot work:")
    assert lines[0].startswith(
        '  Pulumi.dev.yaml, ecs-on-ec2:adopt["ecs.Cluster"].prd: is no ecs.Cluster of this program (there is: dev): '
    )
    assert lines[1].startswith('  Pulumi.dev.yaml, ecs-on-ec2:adopt["iam.Role"].dev-generl: is no iam.Role of this')
    assert len(lines) == 2


def test_a_service_that_was_awsvpc_cannot_be_another_under_its_key() -> None:
    prod = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text())["config"]
    services = prod["ecs-on-ec2:services"]
    left = run("prod", preview=False).exports
    assert list(left["taskSecurityGroups"]) == ["api"]
    assert "taskSecurityGroups" not in run("dev", preview=False).exports
    services["shop"] = services.pop("api") | {"networkMode": "bridge"}
    del services["shop"]["discovery"]
    change = {"ecs-on-ec2:services": services}
    assert "taskSecurityGroups" not in run("prod", preview=False, change=change, before=left).exports
    with pytest.raises(
        pulumi.RunError, match=r"yaml, ecs-on-ec2:services\.shop\.networkMode: bridge follows on awsvpc"
    ):
        run(
            "prod", preview=False, before=left,
            change=change | {"ecs-on-ec2:formerNames": {"services": {"shop": "api"}}},
        )  # fmt: skip

"""Services: the strategy, what comes before them, and how load balancers reach them."""

import json
from dataclasses import replace
from typing import Any

import pulumi
import pytest

import components as ecs
from ecs_model.ebs import EbsVolume, FilesystemType
from ecs_model.network_listener import ListenerProtocol, NetworkListener
from ecs_model.network_modes import NetworkMode
from ecs_model.placement_rules import PlacementStrategyItem, StrategyType
from ecs_model.routing import Routing, Stickiness
from ecs_model.rule_conditions import QueryString
from ecs_model.shifting import DeploymentSettings, DeploymentStrategy, LifecycleHook, LifecycleStage
from ecs_model.target_health import TargetHealthCheck
from ecs_model.target_version import Algorithm, ProtocolVersion
from tests.components.component_harness import Graph, deploy, refused

STRATEGY = [ecs.CapacityProviderStrategyItemArgs("general", 1, 1), ecs.CapacityProviderStrategyItemArgs("spot", 3)]
FARGATE = ecs.CapacityProviderStrategyItemArgs("FARGATE", 1)
ZONES = PlacementStrategyItem(StrategyType.SPREAD, "attribute:ecs.availability-zone")
PACK_CPU = PlacementStrategyItem(StrategyType.BINPACK, "cpu")
RANDOM = PlacementStrategyItem(StrategyType.RANDOM)
ROUTING = Routing(container_name="web", container_port=8080, priority=10, path_patterns=["/b", "/a"])
BALANCER = ecs.ServiceLoadBalancerArgs("arn:listener", "sg-balancer", "vpc-1", ROUTING)
ELB = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:"
LISTENER = NetworkListener(5432, ListenerProtocol.TLS)
EDGE = ecs.ServiceLoadBalancerArgs(
    None,
    "sg-edge",
    "vpc-1",
    Routing(container_name="web", container_port=5432, listener=LISTENER),
    ecs.NetworkBalancerArgs("arn:edge", ["10.0.0.0/8"], "arn:certificate"),
)


def args(**more: Any) -> ecs.ServiceArgs:
    given: dict[str, Any] = {
        "cluster_arn": "arn:cluster",
        "task_definition_arn": "arn:task",
        "capacity_provider_strategy": STRATEGY,
    }
    return ecs.ServiceArgs(**(given | more))


def service(preview: bool = False, **more: Any) -> Graph:
    return deploy(lambda: ecs.Service("web", args(**more)), preview=preview)


def test_a_worker_without_a_load_balancer() -> None:
    graph = service()
    assert graph.kinds() == {"Service": 1, "ecs.Service": 1}
    inputs = graph.one("ecs.Service").inputs
    assert inputs["capacityProviderStrategies"] == [
        {"capacityProvider": "general", "weight": 1, "base": 1},
        {"capacityProvider": "spot", "weight": 3, "base": 0},
    ]
    assert inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert inputs["orderedPlacementStrategies"] == [
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
        {"type": "binpack", "field": "memory"},
    ]
    assert inputs["forceNewDeployment"] is True
    assert inputs["waitForSteadyState"] is inputs["sigintRollback"] is False
    assert inputs["alarms"] == {"alarmNames": [], "enable": False, "rollback": False}
    assert inputs["availabilityZoneRebalancing"] == "ENABLED"
    absent = {"launchType", "loadBalancers", "networkConfiguration", "healthCheckGracePeriodSeconds", "name", "iamRole"}
    assert not absent & set(inputs)
    component = graph.one("Service")
    assert graph.one("ecs.Service").parent == component.urn
    assert component.outputs == {"name": "web-1a2b3c4", "targetGroupArn": "", "requestLabel": "", "securityGroupId": ""}


@pytest.mark.parametrize(
    ("chosen", "told", "rebalanced"),
    [
        ([PACK_CPU, RANDOM], [{"type": "binpack", "field": "cpu"}, {"type": "random"}], "DISABLED"),
        ([ZONES, PACK_CPU], [vars(ZONES), vars(PACK_CPU)], "ENABLED"),
        ([], None, "ENABLED"),
    ],
)
def test_how_instances_are_chosen(
    chosen: list[PlacementStrategyItem], told: list[dict[str, str]] | None, rebalanced: str
) -> None:
    inputs = service(placement_strategies=chosen).one("ecs.Service").inputs
    assert inputs.get("orderedPlacementStrategies") == told
    assert inputs["availabilityZoneRebalancing"] == rebalanced


def test_an_instance_for_each_task() -> None:
    inputs = service(distinct_instances=True).one("ecs.Service").inputs
    assert inputs["placementConstraints"] == [{"type": "distinctInstance"}]
    assert "placementConstraints" not in service().one("ecs.Service").inputs


def test_behind_a_load_balancer_in_bridge_mode() -> None:
    graph = service(load_balancer=BALANCER, health_check_grace_period=60)
    assert graph.kinds() == {"Service": 1, "ecs.Service": 1, "lb.ListenerRule": 1, "lb.TargetGroup": 1}
    group = graph.one("lb.TargetGroup").inputs
    assert group["targetType"] == "instance"
    assert group["healthCheck"]["port"] == "traffic-port"
    assert "name" not in group
    rule = graph.one("lb.ListenerRule")
    assert rule.inputs["conditions"] == [{"pathPattern": {"values": ["/a", "/b"]}}]
    assert rule.inputs["priority"] == 10
    made = graph.one("ecs.Service")
    # ECS refuses a target group that no listener uses yet.
    assert rule.urn in made.dependencies
    (balancer,) = made.inputs["loadBalancers"]
    assert balancer["containerName"] == "web"
    assert balancer["containerPort"] == 8080
    assert balancer["targetGroupArn"] == rule.inputs["actions"][0]["targetGroupArn"]
    assert made.inputs["healthCheckGracePeriodSeconds"] == 60
    outputs = graph.one("Service").outputs
    assert outputs
    assert outputs["targetGroupArn"].endswith(":web")


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (None, {"enabled": False, "type": "lb_cookie"}),
        (Stickiness(60), {"enabled": True, "type": "lb_cookie", "cookieDuration": 60}),
        (Stickiness(60, "SESSION"), {"enabled": True, "type": "app_cookie", "cookieDuration": 60,
                                     "cookieName": "SESSION"}),
    ],
)  # fmt: skip
def test_which_task_answers(chosen: Stickiness | None, told: dict[str, Any]) -> None:
    routing = replace(ROUTING, stickiness=chosen, slow_start=30, deregistration_delay=5)
    group = service(load_balancer=replace(BALANCER, routing=routing)).one("lb.TargetGroup").inputs
    assert group["stickiness"] == told
    assert (group["slowStart"], group["deregistrationDelay"]) == (30, 5)


def test_further_conditions_of_a_rule() -> None:
    routing = replace(
        ROUTING,
        query_strings=[QueryString("b", "v"), QueryString("a")],
        source_ips=["10.0.0.0/8"],
        methods=["POST", "GET"],
        path_patterns=[],
    )
    rule = service(load_balancer=replace(BALANCER, routing=routing)).one("lb.ListenerRule").inputs
    assert rule["conditions"] == [
        {"queryStrings": [{"value": "a"}, {"key": "v", "value": "b"}]},
        {"sourceIp": {"values": ["10.0.0.0/8"]}},
        {"httpRequestMethod": {"values": ["GET", "POST"]}},
    ]


@pytest.mark.parametrize(
    ("version", "check", "path", "codes"),
    [
        (None, TargetHealthCheck(), "/", "200-399"),
        (ProtocolVersion.HTTP2, TargetHealthCheck(), "/", "200-399"),
        (ProtocolVersion.GRPC, TargetHealthCheck(), "/AWS.ALB/healthcheck", "12"),
        (ProtocolVersion.GRPC, TargetHealthCheck("/grpc.health.v1.Health/Check", "0"), "/grpc.health.v1.Health/Check",
         "0"),
    ],
)  # fmt: skip
def test_what_is_spoken_with_a_task(
    version: ProtocolVersion | None, check: TargetHealthCheck, path: str, codes: str
) -> None:
    routing = replace(ROUTING, protocol_version=version, health_check=check)
    group = service(load_balancer=replace(BALANCER, routing=routing)).one("lb.TargetGroup").inputs
    assert group.get("protocolVersion") == version
    assert (group["healthCheck"]["path"], group["healthCheck"]["matcher"]) == (path, codes)
    assert (group["healthCheck"]["protocol"], group["protocol"]) == ("HTTP", "HTTP")
    assert "loadBalancingAlgorithmType" not in group


def test_how_a_task_is_chosen() -> None:
    routing = replace(ROUTING, algorithm=Algorithm.LEAST_OUTSTANDING_REQUESTS)
    group = service(load_balancer=replace(BALANCER, routing=routing)).one("lb.TargetGroup").inputs
    assert group["loadBalancingAlgorithmType"] == "least_outstanding_requests"


def test_host_headers() -> None:
    routing = Routing(container_name="web", container_port=80, priority=1, host_headers=["b.example", "a.example"])
    balancer = ecs.ServiceLoadBalancerArgs("arn:listener", "sg", "vpc", routing)
    rule = service(load_balancer=balancer).one("lb.ListenerRule").inputs
    assert rule["conditions"] == [{"hostHeader": {"values": ["a.example", "b.example"]}}]


@pytest.mark.parametrize("preview", [False, True])
def test_awsvpc_has_a_group_of_its_own(preview: bool) -> None:
    graph = service(
        preview, network_mode=NetworkMode.AWSVPC, vpc_id="vpc-1", subnet_ids=["subnet-1"], load_balancer=BALANCER
    )
    assert graph.kinds() == {
        "Service": 1,
        "ec2.SecurityGroup": 1,
        "ecs.Service": 1,
        "lb.ListenerRule": 1,
        "lb.TargetGroup": 1,
        "vpc.SecurityGroupEgressRule": 1,
        "vpc.SecurityGroupIngressRule": 1,
    }
    assert graph.one("lb.TargetGroup").inputs["targetType"] == "ip"
    rule = graph.one("vpc.SecurityGroupIngressRule").inputs
    assert (rule["fromPort"], rule["toPort"], rule["referencedSecurityGroupId"]) == (8080, 8080, "sg-balancer")
    assert "cidrIpv4" not in rule
    network = graph.one("ecs.Service").inputs["networkConfiguration"]
    assert network["subnets"] == ["subnet-1"]
    assert len(network["securityGroups"]) == 1
    assert not {"ingress", "egress"} & set(graph.one("ec2.SecurityGroup").inputs)


def test_awsvpc_without_a_load_balancer_lets_nobody_in() -> None:
    graph = service(network_mode=NetworkMode.AWSVPC, vpc_id="vpc-1", subnet_ids=["subnet-1"])
    assert "vpc.SecurityGroupIngressRule" not in graph.kinds()


def test_a_fixed_host_port_gets_a_rule_on_every_fleet() -> None:
    graph = service(
        network_mode=NetworkMode.HOST,
        load_balancer=replace(BALANCER, fixed_host_port=8080),
        instance_security_group_ids={"general": "sg-1", "spot": "sg-2"},
    )
    rules = graph.all("vpc.SecurityGroupIngressRule")
    assert [(r.name, r.inputs["securityGroupId"], r.inputs["fromPort"], r.inputs["toPort"]) for r in rules] == [
        ("web-to-general", "sg-1", 8080, 8080),
        ("web-to-spot", "sg-2", 8080, 8080),
    ]
    assert {r.urn for r in rules} <= graph.one("ecs.Service").dependencies
    assert graph.one("lb.TargetGroup").inputs["targetType"] == "instance"


def test_several_ways_to_one_service() -> None:
    graph = service(load_balancer=BALANCER, load_balancers={"edge": EDGE}, health_check_grace_period=5)
    groups = {each.name: each.inputs for each in graph.all("lb.TargetGroup")}
    assert {name: (group["port"], group["protocol"]) for name, group in groups.items()} == {
        "web": (8080, "HTTP"),
        "web-edge": (5432, "TCP"),
    }
    edge = groups["web-edge"]
    assert edge["stickiness"] == {"enabled": False, "type": "source_ip"}
    assert not {"path", "matcher"} & set(edge["healthCheck"])
    assert (edge["healthCheck"]["protocol"], edge["healthCheck"]["port"]) == ("TCP", "traffic-port")
    assert "slowStart" not in edge
    listener = graph.one("lb.Listener").inputs
    assert (listener["loadBalancerArn"], listener["port"], listener["protocol"]) == ("arn:edge", 5432, "TLS")
    assert listener["certificateArn"] == "arn:certificate"
    assert listener["defaultActions"][0]["targetGroupArn"].endswith(":web-edge")
    (clients,) = graph.all("vpc.SecurityGroupIngressRule")
    assert (clients.name, clients.inputs["securityGroupId"]) == ("web-edge-clients-10.0.0.0-8", "sg-edge")
    assert (clients.inputs["cidrIpv4"], clients.inputs["fromPort"], clients.inputs["ipProtocol"]) == (
        "10.0.0.0/8", 5432, "tcp",
    )  # fmt: skip
    made = graph.one("ecs.Service")
    assert [each["targetGroupArn"].rpartition(":")[2] for each in made.inputs["loadBalancers"]] == ["web", "web-edge"]
    assert {clients.urn, graph.one("lb.Listener").urn, graph.one("lb.ListenerRule").urn} <= made.dependencies
    outputs = graph.one("Service").outputs
    assert outputs
    assert outputs["targetGroupArn"].endswith(":web")


def test_udp_in_a_network_of_its_own_is_let_in_at_both_ports() -> None:
    routing = Routing(
        container_name="web", container_port=53, listener=NetworkListener(53, ListenerProtocol.UDP),
        health_check=TargetHealthCheck(port=8080),
    )  # fmt: skip
    balancers = {"udp": replace(EDGE, routing=routing), "again": replace(EDGE, routing=routing)}
    graph = service(network_mode=NetworkMode.AWSVPC, vpc_id="vpc-1", subnet_ids=["subnet-1"], load_balancers=balancers)
    rules = [r.inputs for r in graph.all("vpc.SecurityGroupIngressRule") if "referencedSecurityGroupId" in r.inputs]
    assert [(rule["ipProtocol"], rule["fromPort"]) for rule in rules] == [("udp", 53), ("tcp", 8080)]
    assert {group.inputs["targetType"] for group in graph.all("lb.TargetGroup")} == {"ip"}
    assert graph.all("lb.TargetGroup")[0].inputs["healthCheck"]["port"] == "8080"


def test_a_rule_without_a_priority_gets_its_own() -> None:
    def rule(name: str, **more: Any) -> dict[str, Any]:
        routing = replace(ROUTING, priority=None, **more)
        made = args(load_balancer=replace(BALANCER, routing=routing))
        return deploy(lambda: ecs.Service(name, made)).one("lb.ListenerRule").inputs

    web, headed = rule("web"), rule("web", http_headers={"X-Client": ["b", "a"]})
    assert web["priority"] == rule("web")["priority"] != rule("api")["priority"]
    assert headed["priority"] < web["priority"]
    assert headed["conditions"][1] == {"httpHeader": {"httpHeaderName": "X-Client", "values": ["a", "b"]}}


HOOK = LifecycleHook("arn:aws:lambda:x", "arn:aws:iam:x", [LifecycleStage.POST_SCALE_UP], '{"a": 1}')


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (DeploymentSettings(), {"strategy": "ROLLING"}),
        (DeploymentSettings(DeploymentStrategy.BLUE_GREEN, hooks={"a": HOOK}),
         {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": "5", "lifecycleHooks": [{
             "hookTargetArn": "arn:aws:lambda:x", "roleArn": "arn:aws:iam:x", "lifecycleStages": ["POST_SCALE_UP"],
             "hookDetails": '{"a": 1}'}]}),
        (DeploymentSettings(DeploymentStrategy.LINEAR, 0),
         {"strategy": "LINEAR", "bakeTimeInMinutes": "0",
          "linearConfiguration": {"stepPercent": 10.0, "stepBakeTimeInMinutes": "6"}}),
        (DeploymentSettings(DeploymentStrategy.CANARY, step_percent=2.5, step_time=0),
         {"strategy": "CANARY", "bakeTimeInMinutes": "5",
          "canaryConfiguration": {"canaryPercent": 2.5, "canaryBakeTimeInMinutes": "0"}}),
    ],
)  # fmt: skip
def test_how_a_new_revision_takes_over(chosen: DeploymentSettings, told: dict[str, Any]) -> None:
    made = service(load_balancer=BALANCER, deployment=chosen).one("ecs.Service")
    assert made.inputs["deploymentConfiguration"] == told
    assert ("deploymentCircuitBreaker" in made.inputs) is (chosen.strategy is DeploymentStrategy.ROLLING)
    assert ("advancedConfiguration" in made.inputs["loadBalancers"][0]) is chosen.strategy.shifts


def test_traffic_moves_between_two_target_groups() -> None:
    routing = replace(ROUTING, test_headers={"X-Test": ["1"]}, test_priority=9)
    graph = service(
        load_balancer=replace(BALANCER, routing=routing), deployment=DeploymentSettings(DeploymentStrategy.BLUE_GREEN)
    )
    first, second = graph.all("lb.TargetGroup")
    assert (first.name, second.name) == ("web", "web-2")
    assert {k: v for k, v in first.inputs.items() if k != "name"} == {
        k: v for k, v in second.inputs.items() if k != "name"
    }
    production, test = graph.all("lb.ListenerRule")
    assert (production.inputs["priority"], test.inputs["priority"]) == (10, 9)
    assert test.inputs["conditions"][-1] == {"httpHeader": {"httpHeaderName": "X-Test", "values": ["1"]}}
    assert test.inputs["conditions"][:-1] == production.inputs["conditions"]
    for rule in (production, test):
        assert rule.ignored == ["actions"]
        weights = [
            (g["arn"].rpartition(":")[2], g["weight"]) for g in rule.inputs["actions"][0]["forward"]["targetGroups"]
        ]
        assert weights == [("web", 100), ("web-2", 0)]
    made = graph.one("ecs.Service")
    (way,) = made.inputs["loadBalancers"]
    assert {key: arn.rpartition(":")[2] for key, arn in way["advancedConfiguration"].items()} == {
        "alternateTargetGroupArn": "web-2",
        "productionListenerRule": "web",
        "testListenerRule": "web-test",
        "roleArn": "web-balancing",
    }
    role, attached = graph.one("iam.Role"), graph.one("iam.RolePolicyAttachment")
    assert "ecs.amazonaws.com" in role.inputs["assumeRolePolicy"]
    assert attached.inputs["policyArn"] == "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"
    assert graph.waits_for(made, attached)


def test_behind_a_network_load_balancer_ecs_rewrites_the_listener() -> None:
    graph = service(
        load_balancer=EDGE, deployment=DeploymentSettings(DeploymentStrategy.CANARY),
        network_mode=NetworkMode.AWSVPC, vpc_id="vpc-1", subnet_ids=["subnet-1"],
    )  # fmt: skip
    listener = graph.one("lb.Listener")
    assert listener.ignored == ["defaultActions"]
    assert listener.inputs["defaultActions"][0]["targetGroupArn"].endswith(":web")
    (way,) = graph.one("ecs.Service").inputs["loadBalancers"]
    assert way["advancedConfiguration"]["productionListenerRule"].endswith(":web")
    assert "testListenerRule" not in way["advancedConfiguration"]


def test_all_target_groups_of_a_service_are_known_to_alarms() -> None:
    edge = replace(EDGE, network=ecs.NetworkBalancerArgs(f"{ELB}loadbalancer/net/e/1", ["10.0.0.0/8"]))
    balancer = replace(BALANCER, listener_arn=f"{ELB}listener/app/a/1/2")
    moved = DeploymentSettings(DeploymentStrategy.BLUE_GREEN)
    found: dict[str, Any] = {}

    def known(**more: Any) -> dict[str, Any]:
        found.clear()

        def program() -> pulumi.Output[Any]:
            made = ecs.MonitoredServiceArgs.of(ecs.Service("web", args(**more)))
            every = {key: [each.label, each.network] for key, each in made.targets.items()}
            return pulumi.Output.from_input(every).apply(found.update)

        deploy(program)
        return found

    group = "targetgroup/web"
    assert known(load_balancer=balancer, deployment=moved) == {
        "": [f"app/a/1/{group}/0", False],
        "2": [f"app/a/1/{group}-2/0", False],
    }
    assert known(load_balancer=balancer, load_balancers={"x": edge})["x"] == [f"net/e/1/{group}-x/0", True]
    assert known(load_balancer=edge) == {"": [f"net/e/1/{group}/0", True]}
    assert known() == {}


def test_without_traffic_to_move_there_is_no_role_for_it() -> None:
    graph = service(deployment=DeploymentSettings(DeploymentStrategy.BLUE_GREEN))
    assert graph.kinds() == {"Service": 1, "ecs.Service": 1}


def test_a_deployment_is_watched_and_given_up() -> None:
    graph = service(deployment_alarms=["b", "a"], sigint_rollback=True, wait_for_steady_state=True)
    inputs = graph.one("ecs.Service").inputs
    assert inputs["alarms"] == {"alarmNames": ["b", "a"], "enable": True, "rollback": True}
    assert inputs["sigintRollback"] is inputs["waitForSteadyState"] is True


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "ENABLED"),
        ({"maximum_percent": 100, "minimum_healthy_percent": 0}, "DISABLED"),
        ({"zone_rebalancing": False}, "DISABLED"),
        ({"zone_rebalancing": True}, "ENABLED"),
    ],
)
def test_zones_are_kept_even_where_ecs_can(more: dict[str, Any], told: str) -> None:
    assert service(**more).one("ecs.Service").inputs["availabilityZoneRebalancing"] == told


@pytest.mark.parametrize(
    ("more", "paths"),
    [
        ({"sigint_rollback": True}, ["sigintRollback"]),
        ({"deployment_alarms": ["a", "a"]}, ["deploymentAlarms"]),
        ({"deployment_alarms": [""]}, ["deploymentAlarms[0]"]),
        ({"zone_rebalancing": True, "maximum_percent": 100, "minimum_healthy_percent": 0}, ["zoneRebalancing"]),
        ({"zone_rebalancing": True, "placement_strategies": [PACK_CPU]}, ["zoneRebalancing"]),
        ({"placement_strategies": [RANDOM] * 6}, ["placementStrategies"]),
        ({"placement_strategies": [RANDOM], "managed_instances": True}, ["placementStrategies"]),
        ({"placement_strategies": [RANDOM], "capacity_provider_strategy": [FARGATE]}, ["placementStrategies"]),
        ({"placement_strategies": [], "daemon": True}, ["placementStrategies"]),
        ({"distinct_instances": True, "managed_instances": True}, ["distinctInstances"]),
        ({"distinct_instances": True, "capacity_provider_strategy": [FARGATE]}, ["distinctInstances"]),
        ({"distinct_instances": True, "daemon": True}, ["distinctInstances"]),
        ({"capacity_provider_strategy": []}, ["capacityProviderStrategy"]),
        ({"capacity_provider_strategy": [ecs.CapacityProviderStrategyItemArgs("a", 0)]}, ["capacityProviderStrategy"]),
        ({"capacity_provider_strategy": [ecs.CapacityProviderStrategyItemArgs("a", 1, 1),
                                         ecs.CapacityProviderStrategyItemArgs("b", 1001, 1)]},
         ["capacityProviderStrategy[1].weight", "capacityProviderStrategy"]),
        ({"network_mode": NetworkMode.AWSVPC}, ["networkMode"]),
        ({"network_mode": NetworkMode.NONE, "load_balancer": BALANCER}, ["loadBalancer"]),
        ({"load_balancer": replace(BALANCER, fixed_host_port=8080)}, ["loadBalancer.fixedHostPort"]),
        ({"load_balancers": {"a": replace(BALANCER, listener_arn=None)}}, ["loadBalancers.a.listenerArn"]),
        ({"load_balancers": {"a": replace(EDGE, network=None)}}, ["loadBalancers.a.network"]),
        ({"desired_count": -1, "minimum_healthy_percent": 101, "maximum_percent": 50, "health_check_grace_period": -1},
         ["desiredCount", "minimumHealthyPercent", "maximumPercent", "healthCheckGracePeriod",
          "healthCheckGracePeriod"]),
        ({"load_balancer": ecs.ServiceLoadBalancerArgs("l", "s", "v", Routing(
            container_name="a", container_port=1, priority=0))},
         ["loadBalancer.routing.priority", "loadBalancer.routing"]),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused(more: dict[str, Any], paths: list[str]) -> None:
    lines = refused(lambda: ecs.Service("web", args(**more)))
    assert [line.removeprefix("Service web: ").split(": ")[0] for line in lines] == paths


def test_a_dictionary() -> None:
    given: Any = {
        "cluster_arn": "arn:cluster",
        "task_definition_arn": "arn:task",
        "desired_count": 3.0,
        "capacity_provider_strategy": [{"capacity_provider": "general", "weight": 1.0}],
        "network_mode": "awsvpc",
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-1"],
        "load_balancer": {
            "listener_arn": "arn:listener", "security_group_id": "sg-1", "vpc_id": "vpc-1",
            "routing": {"container_name": "web", "container_port": 80.0, "priority": 1.0, "path_patterns": ["/*"],
                        "health_check": {"interval": 30.0}},
        },
    }  # fmt: skip
    graph = deploy(lambda: ecs.Service("web", given))
    assert graph.one("ecs.Service").inputs["desiredCount"] == 3
    assert graph.one("lb.TargetGroup").inputs["healthCheck"]["interval"] == 30


@pytest.mark.parametrize("preview", [False, True])
def test_an_ebs_volume_of_each_task_and_the_role_that_makes_it(preview: bool) -> None:
    graph = service(preview, ebs_volumes={"data": EbsVolume(20, iops=4_000, filesystem_type=FilesystemType.EXT4)})
    made = graph.one("ecs.Service")
    volume = made.inputs["volumeConfiguration"]
    role = graph.one("iam.Role", "web-infrastructure")
    if not preview:
        assert volume["managedEbsVolume"].pop("roleArn").endswith(":web-infrastructure")
        assert volume == {
            "name": "data",
            "managedEbsVolume": {
                "encrypted": True,
                "sizeInGb": 20,
                "volumeType": "gp3",
                "iops": 4_000,
                "fileSystemType": "ext4",
            },
        }
    (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "ecs.amazonaws.com"}
    attached = graph.one("iam.RolePolicyAttachment")
    assert attached.inputs["policyArn"] == (
        "arn:aws:iam::aws:policy/service-role/AmazonECSInfrastructureRolePolicyForVolumes"
    )
    assert graph.waits_for(made, attached)
    assert graph.kinds() == {"Service": 1, "ecs.Service": 1, "iam.Role": 1, "iam.RolePolicyAttachment": 1}


def test_ebs_volumes_that_cannot_be_are_refused() -> None:
    volumes = {"data": EbsVolume(20), "more": EbsVolume()}
    lines = refused(lambda: ecs.Service("web", args(ebs_volumes=volumes)))
    assert [line.removeprefix("Service web: ").split(": ")[0] for line in lines] == ["ebsVolumes.more"] * 2

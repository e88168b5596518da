"""Services with what they can be given: AWS has each as it was given, and a second deployment changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ecs_model.load_balancer import balancer_arn
from ecs_model.ports import EPHEMERAL
from tests.end_to_end.deployment import Deployment
from tests.end_to_end.harness import Run, edited_config

SETTINGS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("every_service_setting.yaml").read_text())
pytestmark = pytest.mark.parametrize(
    "environment_", [pytest.param("local", marks=pytest.mark.xdist_group("local"))], indirect=True
)


class Extended(Deployment):
    """The environment with these services, and with what they presuppose of others."""

    def __init__(self, deployed: Deployment) -> None:
        super().__init__(deployed.bench)
        self.foreign = _foreign_balancer(deployed)
        self.certificate = self.account.acm.request_certificate(DomainName="*.example.com")["CertificateArn"]
        whole = yaml.safe_load(self.config.read_text())
        for section, given in SETTINGS.items():
            key = f"ecs-on-ec2:{section}"
            whole["config"][key] = whole["config"].get(key, {}) | given if isinstance(given, dict) else given
        # It takes every request that others leave, and these have priorities that follow from what they ask for.
        whole["config"]["ecs-on-ec2:services"]["web"]["loadBalancer"]["priority"] = 50_000
        balancers = whole["config"]["ecs-on-ec2:loadBalancers"]
        balancers["theirs"] = {"existing": self.foreign}
        balancers["edge"]["certificateArn"] = self.certificate
        self.config.write_text(yaml.safe_dump(whole))


def _foreign_balancer(deployed: Deployment) -> dict[str, str]:
    """An application load balancer that another team made, as settings name it."""
    ec2, elbv2 = deployed.account.ec2, deployed.account.elbv2
    (ours,) = deployed.balancers().values()
    subnets = [zone["SubnetId"] for zone in ours["AvailabilityZones"]]
    group = ec2.create_security_group(GroupName="theirs", Description="theirs", VpcId=ours["VpcId"])["GroupId"]
    (balancer,) = elbv2.create_load_balancer(Name="theirs", Subnets=subnets, SecurityGroups=[group])["LoadBalancers"]
    nobody = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    (listener,) = elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Port=80, Protocol="HTTP", DefaultActions=[nobody]
    )["Listeners"]
    return {"securityGroupId": group, "listenerArn": listener["ListenerArn"]}


@pytest.fixture
def extended(deployed: Deployment) -> Iterator[Extended]:
    """The environment with these services; afterwards it is as it was, at the first attempt."""
    before = deployed.config.read_text()
    made = Extended(deployed)
    yield made
    deployed.config.write_text(before)
    back = deployed.bench.up()
    assert back.code == 0, back.said
    _take_away(made)


def _take_away(made: Extended) -> None:
    """What others made goes, and nothing of ours is in its way; and so does what `keepRevisions` kept."""
    arn = balancer_arn(made.foreign["listenerArn"])
    made.account.elbv2.delete_load_balancer(LoadBalancerArn=arn)
    made.account.ec2.delete_security_group(GroupId=made.foreign["securityGroupId"])
    made.account.acm.delete_certificate(CertificateArn=made.certificate)
    (kept,) = made.account.ecs.list_task_definitions(familyPrefix="local-proxied")["taskDefinitionArns"]
    made.account.ecs.deregister_task_definition(taskDefinition=kept)


KNOWN = ("awsvpc tasks get no public address", "that of service web, whose rule matches every request of this one")
"""The services here have rules without a priority, which come after the one of the stack's own web for all paths."""


def _clean(run: Run) -> None:
    assert run.code == 0, run.said
    assert [finding for finding in run.findings if finding[1] != "advisory"] == []
    assert [said for said in run.complaints if not any(each in said for each in KNOWN)] == []


def test_every_setting_of_a_service_is_kept_as_given(extended: Extended) -> None:
    preview = extended.bench.preview()
    _clean(preview)
    up, again, refreshed = extended.bench.up(), extended.bench.up(), extended.bench.refresh()
    for run in (up, again, refreshed):
        _clean(run)
    assert again.steps == set()
    assert refreshed.altered == {}
    assert set(extended.settings["services"]) > set(SETTINGS["services"])
    _check_ways(extended)
    _check_existing(extended)
    _check_connect(extended)
    _check_proxy(extended)
    _check_sessions(extended)
    _check_moved(extended)
    _check_both(extended)
    _check_everywhere(extended)
    _check_spoken(extended)
    _check_chosen(extended)


def _check_ways(extended: Extended) -> None:
    """Every way to the service `many`: its target group, its listener, and who may come in."""
    service, groups = extended.services()["many"], extended.target_groups()
    edge = _balancer(extended, "local-edge")
    ways = {groups[each["targetGroupArn"]]["TargetGroupName"][:-8]: each for each in service["loadBalancers"]}
    assert set(ways) == {"local-many", "local-many-admin", "local-many-tcp", "local-many-tls"}
    protocols = {name: groups[way["targetGroupArn"]]["Protocol"] for name, way in ways.items()}
    assert list(protocols.values()).count("HTTP") == 2
    assert (protocols["local-many-tls"], protocols["local-many-tcp"]) == ("TCP", "TCP")
    assert (edge["Type"], edge["State"]["Code"]) == ("network", "active")
    listeners = extended.listeners(edge)
    assert {port: each["Protocol"] for port, each in listeners.items()} == {
        53: "UDP",
        443: "TLS",
        5353: "TCP_UDP",
        8000: "TCP",
    }
    assert listeners[443]["Certificates"][0]["CertificateArn"].startswith("arn:aws:acm:eu-central-1:")
    _check_targets(extended, {name: way["targetGroupArn"] for name, way in ways.items()})
    (group,) = edge["SecurityGroups"]
    clients = {(rule["IpProtocol"], rule["FromPort"], rule["CidrIpv4"]) for rule in extended.ingress(group)}
    entered = {("tcp", 443), ("udp", 53), ("tcp", 8000), ("tcp", 5353), ("udp", 5353)}
    assert clients == {(*way, "10.0.0.0/8") for way in entered}
    for fleet in extended.fleets().values():
        (instances,) = fleet.security_groups
        entering = [rule for rule in extended.ingress(instances) if "ReferencedGroupInfo" in rule]
        found = [
            (rule["IpProtocol"], rule["FromPort"], rule["ToPort"])
            for rule in entering
            if rule["ReferencedGroupInfo"]["GroupId"] == group
        ]
        dynamic = (EPHEMERAL.first, EPHEMERAL.last)
        assert found == [("tcp", *dynamic)]
        assert len(entering) == 3 + 3
    dns = extended.services()["dns"]
    group_of_targets = groups[dns["loadBalancers"][0]["targetGroupArn"]]
    assert (group_of_targets["Protocol"], group_of_targets["TargetType"]) == ("UDP", "ip")
    assert (group_of_targets["HealthCheckPort"], group_of_targets["HealthCheckPath"]) == ("8053", "/up")
    (own,) = dns["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
    opened = {(r["IpProtocol"], r["FromPort"], r["ReferencedGroupInfo"]["GroupId"]) for r in extended.ingress(own)}
    assert opened == {("udp", 53, group), ("tcp", 8053, group)}


def _check_existing(extended: Extended) -> None:
    """The service `guest` has a rule on the listener of others, and they come in as our own do."""
    rules = extended.account.elbv2.describe_rules(ListenerArn=extended.foreign["listenerArn"])["Rules"]
    (rule,) = [each for each in rules if each["Priority"] != "default"]
    assert 10_000 <= int(rule["Priority"]) < 50_000
    (way,) = extended.services()["guest"]["loadBalancers"]
    assert rule["Actions"][0]["TargetGroupArn"] == way["targetGroupArn"]
    let_in = [
        rule["ReferencedGroupInfo"]["GroupId"]
        for fleet in extended.fleets().values()
        for rule in extended.ingress(fleet.security_groups[0])
        if "ReferencedGroupInfo" in rule
    ]
    assert let_in.count(extended.foreign["securityGroupId"]) == len(extended.fleets()) == 2
    assert extended.outputs["loadBalancers"]["theirs"] == ""


def _check_connect(extended: Extended) -> None:
    """What ECS was told of Service Connect, and who reaches the proxies."""
    services = extended.services()
    told = {key: services[key]["deployments"][0]["serviceConnectConfiguration"] for key in ("caller", "called")}
    (namespace,) = extended.account.servicediscovery.list_namespaces()["Namespaces"]
    assert (namespace["Name"], namespace["Type"]) == ("shop", "HTTP")
    assert {each["namespace"] for each in told.values()} == {namespace["Arn"]}
    caller, raw = told["caller"]["services"]
    assert caller == {
        "portName": "caller",
        "discoveryName": "caller",
        "clientAliases": [{"port": 80, "dnsName": "caller.shop"}],
        "timeout": {"idleTimeoutSeconds": 60, "perRequestTimeoutSeconds": 5},
    }
    assert (raw["portName"], raw["clientAliases"]) == ("caller-raw", [{"port": 9000}])
    (called,) = told["called"]["services"]
    assert called["ingressPortOverride"] == 8100
    written = SETTINGS["services"]["called"]["connect"]["ports"]["called"]["tls"]
    assert called["tls"]["issuerCertificateAuthority"] == {"awsPcaAuthorityArn": written["authorityArn"]}
    assert called["tls"]["kmsKey"] == written["kmsKey"]
    role = called["tls"]["roleArn"].rpartition("/")[2]
    (attached,) = extended.account.iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert attached["PolicyName"] == "AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity"
    logs = extended.tasks()["caller"]["containerDefinitions"][0]["logConfiguration"]["options"]["awslogs-group"]
    assert told["caller"]["logConfiguration"]["options"]["awslogs-group"] == logs
    mapped = extended.tasks()["caller"]["containerDefinitions"][0]["portMappings"]
    assert [(each["name"], each.get("appProtocol")) for each in mapped] == [("caller", "http"), ("caller-raw", None)]
    (own,) = services["called"]["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
    instances = {fleet.security_groups[0] for fleet in extended.fleets().values()}
    entering = {(r["FromPort"], r["ToPort"], r["ReferencedGroupInfo"]["GroupId"]) for r in extended.ingress(own)}
    assert entering == {(8100, 8100, group) for group in instances}
    for group in instances:
        proxies = [
            rule["ReferencedGroupInfo"]["GroupId"]
            for rule in extended.ingress(group)
            if rule.get("ReferencedGroupInfo", {}).get("GroupId") in {own, *instances}
            and (rule["FromPort"], rule["ToPort"]) == (EPHEMERAL.first, EPHEMERAL.last)
        ]
        assert sorted(proxies) == sorted({own, *instances})


def _check_moved(extended: Extended) -> None:
    """A new revision of the service `moved` takes its traffic from one target group to the other, which stays so."""
    service = extended.services()["moved"]
    told = service["deploymentConfiguration"]
    assert (told["strategy"], told["bakeTimeInMinutes"]) == ("CANARY", 3)
    assert told["canaryConfiguration"] == {"canaryPercent": 12.5, "canaryBakeTimeInMinutes": 2}
    assert told["deploymentCircuitBreaker"] == {"enable": False, "rollback": False}
    (hook,) = told["lifecycleHooks"]
    assert (hook["lifecycleStages"], hook["hookDetails"]) == (["POST_TEST_TRAFFIC_SHIFT"], {"suite": "smoke"})
    (way,) = service["loadBalancers"]
    advanced = way["advancedConfiguration"]
    groups = [way["targetGroupArn"], advanced["alternateTargetGroupArn"]]
    assert advanced["roleArn"].rpartition("/")[2].startswith("local-moved-balancing-")
    weights = [_weights(extended, advanced[rule]) for rule in ("productionListenerRule", "testListenerRule")]
    assert weights == [dict(zip(groups, (100, 0), strict=True))] * 2
    assert [len(_targets(extended, group)) for group in groups] == [2, 0]

    with edited_config(extended.config, "services") as services:
        services["moved"]["containers"]["app"]["environment"] = {"REVISION": "2"}
    up, again = extended.bench.up(), extended.bench.up()
    _clean(up)
    _clean(again)
    assert again.steps == set()
    assert _weights(extended, advanced["productionListenerRule"]) == dict(zip(groups, (0, 100), strict=True))
    assert [len(_targets(extended, group)) for group in groups] == [0, 2]


def _check_proxy(extended: Extended) -> None:
    task = extended.tasks()["proxied"]
    told = {each["name"]: each["value"] for each in task["proxyConfiguration"]["properties"]}
    assert (task["proxyConfiguration"]["type"], task["proxyConfiguration"]["containerName"]) == ("APPMESH", "envoy")
    assert told == {
        "AppPorts": "8000",
        "ProxyIngressPort": "15000",
        "ProxyEgressPort": "15001",
        "IgnoredUID": "1337",
        "EgressIgnoredPorts": "22",
        "EgressIgnoredIPs": "169.254.169.254,169.254.170.2",
    }
    (protection,) = extended.role_policies(task["taskRoleArn"])
    assert protection["Action"] == ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]
    cluster = extended.outputs["cluster"]
    assert protection["Resource"] == [f"arn:aws:ecs:eu-central-1:123456789012:task/{cluster}/*"]


def _check_sessions(extended: Extended) -> None:
    ecs = extended.account.ecs
    (cluster,) = ecs.describe_clusters(clusters=[extended.cluster["clusterArn"]], include=["CONFIGURATIONS"])[
        "clusters"
    ]
    written = SETTINGS["cluster"]["executeCommand"]
    assert cluster["configuration"]["executeCommandConfiguration"] == {
        "kmsKeyId": written["kmsKey"],
        "logging": "OVERRIDE",
        "logConfiguration": {
            "cloudWatchLogGroupName": "/ecs/sessions",
            "cloudWatchEncryptionEnabled": True,
            "s3BucketName": "shop-sessions",
            "s3KeyPrefix": "local",
            "s3EncryptionEnabled": True,
        },
    }
    task = extended.tasks()["entered"]
    assert task["containerDefinitions"][0]["linuxParameters"] == {"initProcessEnabled": True}
    allowed = {
        (action, place)
        for statement in extended.role_policies(task["taskRoleArn"])
        for action in statement["Action"]
        for place in statement["Resource"]
        if not action.startswith("ssmmessages:")
    }
    group = "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/sessions:*"
    assert allowed == {
        ("kms:Decrypt", written["kmsKey"]),
        ("logs:DescribeLogGroups", "*"),
        *((f"logs:{action}", group) for action in ("CreateLogStream", "DescribeLogStreams", "PutLogEvents")),
        ("s3:PutObject", "arn:aws:s3:::shop-sessions/local/*"),
        ("s3:GetEncryptionConfiguration", "arn:aws:s3:::shop-sessions"),
    }


def _check_both(extended: Extended) -> None:
    """TCP and UDP reach the task at one port, from the load balancer alone; a client comes back to its task."""
    service = extended.services()["both"]
    (way,) = service["loadBalancers"]
    assert extended.target_groups()[way["targetGroupArn"]]["Protocol"] == "TCP_UDP"
    told = extended.account.elbv2.describe_target_group_attributes(TargetGroupArn=way["targetGroupArn"])["Attributes"]
    attributes = {item["Key"]: item["Value"] for item in told}
    assert (attributes["stickiness.enabled"], attributes["stickiness.type"]) == ("true", "source_ip")
    (group,) = service["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
    rules = extended.ingress(group)
    assert {(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in rules} == {
        ("tcp", 5353, 5353),
        ("udp", 5353, 5353),
    }
    (edge,) = _balancer(extended, "local-edge")["SecurityGroups"]
    assert {rule["ReferencedGroupInfo"]["GroupId"] for rule in rules} == {edge}


def _check_everywhere(extended: Extended) -> None:
    """One on every container instance, by no strategy."""
    service = extended.services()["everywhere"]
    assert (service["schedulingStrategy"], service["launchType"]) == ("DAEMON", "EC2")
    assert not service.get("capacityProviderStrategy")
    assert not service.get("placementStrategy")
    where = extended.cluster["clusterArn"]
    instances = extended.account.ecs.list_container_instances(cluster=where, status="ACTIVE")["containerInstanceArns"]
    running = _running(extended, "everywhere")
    assert sorted(task["containerInstanceArn"] for task in running) == sorted(instances)
    assert len(instances) > 1


def _check_spoken(extended: Extended) -> None:
    """The rule asks for all that it was given, and the target group speaks gRPC."""
    (way,) = extended.services()["spoken"]["loadBalancers"]
    group = extended.target_groups()[way["targetGroupArn"]]
    assert (group["Protocol"], group["ProtocolVersion"]) == ("HTTP", "GRPC")
    assert (group["HealthCheckPath"], group["Matcher"]) == ("/AWS.ALB/healthcheck", {"GrpcCode": "12"})
    told = extended.account.elbv2.describe_target_group_attributes(TargetGroupArn=way["targetGroupArn"])["Attributes"]
    attributes = {item["Key"]: item["Value"] for item in told}
    assert attributes["load_balancing.algorithm.type"] == "least_outstanding_requests"
    listener = extended.listeners(_balancer(extended, "local-public"))[443]["ListenerArn"]
    rules = extended.account.elbv2.describe_rules(ListenerArn=listener)["Rules"]
    (rule,) = [each for each in rules if each["Actions"][0].get("TargetGroupArn") == way["targetGroupArn"]]
    found = {each["Field"]: each for each in rule["Conditions"]}
    assert found["query-string"]["QueryStringConfig"]["Values"] == [
        {"Value": "test*"},
        {"Key": "version", "Value": "beta"},
    ]
    assert found["source-ip"]["SourceIpConfig"]["Values"] == ["10.0.0.0/8"]
    assert found["http-request-method"]["HttpRequestMethodConfig"]["Values"] == ["POST"]
    assert set(found) == {"path-pattern", "query-string", "source-ip", "http-request-method"}


def _check_chosen(extended: Extended) -> None:
    """Instances are chosen as it says, one copy on each; a change of that is no new service."""
    before = extended.services()["chosen"]
    assert before["placementStrategy"] == SETTINGS["services"]["chosen"]["placementStrategies"]
    assert before["placementConstraints"] == [{"type": "distinctInstance"}]
    assert before["availabilityZoneRebalancing"] == "DISABLED"
    running = _running(extended, "chosen")
    assert len(running) == len({task["containerInstanceArn"] for task in running}) == 2

    with edited_config(extended.config, "services") as services:
        services["chosen"] |= {"placementStrategies": [], "distinctInstances": False}
    up, again = extended.bench.up(), extended.bench.up()
    _clean(up)
    _clean(again)
    assert again.steps == set()
    after = extended.services()["chosen"]
    assert (after["placementStrategy"], after["placementConstraints"]) == ([], [])
    assert after["availabilityZoneRebalancing"] == "ENABLED"
    assert after["serviceArn"] == before["serviceArn"]
    assert after["createdAt"] == before["createdAt"]


def _weights(extended: Extended, rule: str) -> dict[str, int]:
    (found,) = extended.account.elbv2.describe_rules(RuleArns=[rule])["Rules"]
    return {each["TargetGroupArn"]: each["Weight"] for each in found["Actions"][0]["ForwardConfig"]["TargetGroups"]}


def _targets(extended: Extended, group: str) -> list[Any]:
    health = extended.account.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return [each for each in health if each["TargetHealth"]["State"] != "draining"]


def _balancer(extended: Extended, name: str) -> dict[str, Any]:
    found = extended.account.all("elbv2", "describe_load_balancers", "LoadBalancers")
    (balancer,) = [each for each in found if each["LoadBalancerName"].startswith(name)]
    return dict(balancer)


def _running(extended: Extended, service: str) -> list[dict[str, Any]]:
    ecs, where = extended.account.ecs, extended.cluster["clusterArn"]
    arns = ecs.list_tasks(cluster=where, serviceName=extended.outputs["services"][service])["taskArns"]
    tasks: list[dict[str, Any]] = ecs.describe_tasks(cluster=where, tasks=arns)["tasks"]
    return [task for task in tasks if task["lastStatus"] == "RUNNING"]


def _check_targets(extended: Extended, groups: dict[str, str]) -> None:
    """The one task is a target of every group, at the port of the right container."""
    (task,) = _running(extended, "many")
    bound = {
        (container["name"], binding["containerPort"]): binding["hostPort"]
        for container in task["containers"]
        for binding in container["networkBindings"]
    }
    wanted = {
        "local-many": ("app", 8000), "local-many-admin": ("app", 9000), "local-many-tcp": ("app", 8000),
        "local-many-tls": ("app", 9000),
    }  # fmt: skip
    for name, arn in groups.items():
        (target,) = extended.account.elbv2.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        assert target["Target"]["Port"] == bound[wanted[name]]

"""No setting of services and their neighbours does nothing: a change of any alters what is deployed."""

from copy import deepcopy
from typing import Any

import pytest
import yaml

from tests.components.component_harness import Graph
from tests.components.test_program import ROOT, run

CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-1111-2222-3333-444455556666"
QUEUE = {"namespace": "AWS/SQS", "name": "Visible", "dimensions": {"QueueName": "jobs"}, "statistic": "Maximum"}
STEPS = {
    "metric": QUEUE,
    "threshold": 1,
    "adjustment": "percent",
    "minimumChange": 2,
    "steps": [{"beyond": 0, "change": 9}],
}
PROXY = {
    "containerName": "cache", "appPorts": [8000], "ingressPort": 15000, "egressPort": 15001, "ignoredUid": 1,
    "egressIgnoredPorts": [22], "egressIgnoredIps": ["10.0.0.1"],
}  # fmt: skip
AUTHORITY = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/0a1b2c3d-1111-2222-3333-444455556666"
HOOK = {"functionArn": "arn:aws:lambda:x", "roleArn": "arn:aws:iam:x", "stages": ["PRE_SCALE_UP"], "details": "{}"}
LISTENER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/theirs/1/2"
EDGE = {"name": "edge", "containerName": "app", "containerPort": 8000, "listener": {"port": 80}}
GUEST = {"name": "theirs", "containerName": "worker", "containerPort": 9000, "pathPatterns": ["/worker"]}
MORE = {
    "services.api.scaling.steps": {"queue": STEPS},
    "services.web.scaling": {"maxCount": 9, "metrics": {"own": {"metric": QUEUE, "target": 5}}},
    "services.web.loadBalancer.stickiness": {"duration": 3600, "cookieName": "SESSION"},
    "connectNamespace": "prod",
    "services.api.containers.app.portMappings": [{"containerPort": 8000, "name": "api", "appProtocol": "http"}],
    "services.api.connect": {"ports": {"api": {"port": 80, "dnsName": "api", "idleTimeout": 9, "requestTimeout": 9}}},
    "services.worker.connect": {},
    "services.api.proxyConfiguration": PROXY,
    "services.web.deployment": {"strategy": "linear", "hooks": {"smoke": HOOK}},
    "services.web.loadBalancer.testHeaders": {"X-Test": ["1"]},
    "services.web.loadBalancer.testPriority": 90,
    "services.web.loadBalancer.httpHeaders": {"X-Client": ["a"]},
    "services.web.enableExecuteCommand": True,
    "services.web.containers.nginx.readonlyRootFilesystem": False,
    "services.web.containers.nginx.writablePaths": [],
    "loadBalancers.edge": {"type": "network", "certificateArn": CERTIFICATE},
    "loadBalancers.theirs": {"existing": {"listenerArn": LISTENER, "securityGroupId": "sg-1"}},
    "services.api.loadBalancers": {"edge": EDGE},
    "services.worker.containers.worker.portMappings": [{"containerPort": 9000}],
    "services.worker.loadBalancer": GUEST,
    "services.batch": {"containers": {"batch": {"image": "batch:1", "memory": 64}}},
    "loadBalancers.plain": {},
    "run": {"migrate": {"containers": {"app": {"image": "app:1", "memory": 64}}}},
    "cluster.executeCommand": {"logGroup": "/ecs", "bucket": "logs", "prefix": "a"},
    "alarms.memoryReservation": {"above": 80, "minutes": 10},
}
"""What prod's settings lack of those that are changed here."""
CHANGES: list[tuple[str, Any]] = [
    ("services.api.scaling.minCount", 2),
    ("services.api.scaling.maxCount", 25),
    ("services.api.scaling.cpu.target", 61),
    ("services.api.scaling.cpu.scaleInCooldown", 1),
    ("services.api.scaling.cpu.scaleOutCooldown", 1),
    ("services.api.scaling.cpu.scaleIn", False),
    ("services.api.scaling.memory", None),
    ("services.api.scaling.requests.target", 5),
    ("services.api.scaling.schedules.morning.schedule", "rate(1 day)"),
    ("services.api.scaling.schedules.morning.timezone", "UTC"),
    ("services.api.scaling.schedules.morning.minCount", 4),
    ("services.api.scaling.schedules.morning.maxCount", 40),
    ("services.api.scaling.steps.queue.threshold", 2),
    ("services.api.scaling.steps.queue.side", "below"),
    ("services.api.scaling.steps.queue.steps", [{"beyond": 0, "change": 10}]),
    ("services.api.scaling.steps.queue.steps", [{"beyond": 0, "change": 9}, {"beyond": 5, "change": 20}]),
    ("services.api.scaling.steps.queue.minimumChange", 3),
    ("services.api.scaling.steps.queue.cooldown", 1),
    ("services.api.scaling.steps.queue.period", 120),
    ("services.api.scaling.steps.queue.evaluationPeriods", 2),
    ("services.api.scaling.steps.queue.metric", QUEUE | {"statistic": "Sum"}),
    ("services.web.scaling.metrics.own.target", 6),
    ("services.web.scaling.metrics.own.metric", QUEUE | {"namespace": "Own"}),
    ("services.web.scaling.metrics.own.metric", QUEUE | {"name": "Hidden"}),
    ("services.web.scaling.metrics.own.metric", QUEUE | {"dimensions": {}}),
    ("services.web.scaling.metrics.own.metric", QUEUE | {"statistic": "Minimum"}),
    ("services.web.desiredCount", 4),
    ("services.web.loadBalancer.stickiness", None),
    ("services.web.loadBalancer.stickiness.duration", 60),
    ("services.web.loadBalancer.stickiness.cookieName", "OTHER"),
    ("services.api.loadBalancer.slowStart", 90),
    ("services.api.loadBalancer.deregistrationDelay", 5),
    ("services.api.sigintRollback", False),
    ("services.api.deploymentAlarms", ["other"]),
    ("services.api.zoneRebalancing", False),
    ("services.api.discovery", None),
    ("services.api.discovery.clients", ["api"]),
    ("services.api.discovery.ttl", 60),
    ("namespace", "other.internal"),
    ("connectNamespace", "other"),
    ("services.worker.connect", None),
    ("services.worker.connect.enabled", False),
    ("services.api.connect.ports", {}),
    ("services.api.connect.ports.api.port", 81),
    ("services.api.connect.ports.api.dnsName", "other"),
    ("services.api.connect.ports.api.ingressPort", 8100),
    ("services.api.connect.ports.api.idleTimeout", 8),
    ("services.api.connect.ports.api.requestTimeout", 8),
    ("services.api.connect.ports.api.tls", {"authorityArn": AUTHORITY}),
    ("services.api.loadBalancers.edge.listener", {"port": 80, "protocol": "tcp_udp"}),
    ("services.api.loadBalancers.edge.stickiness", {}),
    ("services.batch.daemon", True),
    ("run.migrate.onDeploy", {}),
    ("formerNames", {"services": {"batch": "jobs"}}),
    ("adopt", {"ecs.Cluster": {"prod": "shop"}}),
    ("loadBalancers.public.accessLogs", {"retentionDays": 7}),
    ("loadBalancers.plain.domain", {"names": ["a.example.com"], "zone": "example.com"}),
    ("loadBalancers.plain.domain", {"names": ["a.example.com", "b.example.com"], "zone": "example.com"}),
    ("services.api.containers.app.portMappings", [{"containerPort": 8000, "name": "api", "appProtocol": "grpc"}]),
    ("services.api.proxyConfiguration", None),
    ("services.api.proxyConfiguration.containerName", "app"),
    ("services.api.proxyConfiguration.appPorts", [8001]),
    ("services.api.proxyConfiguration.ingressPort", 1),
    ("services.api.proxyConfiguration.egressPort", 1),
    ("services.api.proxyConfiguration.ignoredUid", 2),
    ("services.api.proxyConfiguration.ignoredGid", 2),
    ("services.api.proxyConfiguration.egressIgnoredPorts", []),
    ("services.api.proxyConfiguration.egressIgnoredIps", []),
    ("services.api.taskProtection", True),
    ("services.api.keepRevisions", True),
    ("services.api.containers.app.volumesFrom", [{"sourceContainer": "cache"}]),
    (
        "services.api.containers.app.repositoryCredentials",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:r-AbCdEf",
    ),
    ("services.web.containers.nginx.dnsServers", ["10.0.0.2"]),
    ("services.web.containers.nginx.dnsSearchDomains", ["example.com"]),
    ("services.web.deployment.bakeTime", 6),
    ("services.web.deployment.stepPercent", 11.5),
    ("services.web.deployment.stepTime", 7),
    ("services.web.deployment.strategy", "canary"),
    ("services.web.deployment.strategy", "blue-green"),
    ("services.web.deployment.hooks", {}),
    ("services.web.deployment.hooks.smoke.functionArn", "arn:aws:lambda:y"),
    ("services.web.deployment.hooks.smoke.roleArn", "arn:aws:iam:y"),
    ("services.web.deployment.hooks.smoke.stages", ["POST_SCALE_UP"]),
    ("services.web.deployment.hooks.smoke.details", None),
    ("services.web.loadBalancer.testHeaders", {"X-Test": ["2"]}),
    ("services.web.loadBalancer.testPriority", 91),
    ("services.web.loadBalancer.httpHeaders", {}),
    ("services.web.loadBalancer.priority", 99),
    ("services.web.loadBalancer.healthCheck", {"protocol": "http", "interval": 16}),
    ("services.api.loadBalancers", {}),
    ("services.api.loadBalancers.edge.listener.port", 81),
    ("services.api.loadBalancers.edge.listener.protocol", "tls"),
    ("services.api.loadBalancers.edge.healthCheck", {"protocol": "http"}),
    ("services.api.loadBalancers.edge.healthCheck", {"port": 8000}),
    ("loadBalancers.edge.internal", True),
    ("loadBalancers.edge.ingressCidrs", ["10.0.0.0/8"]),
    ("loadBalancers.theirs.existing.securityGroupId", "sg-2"),
    ("loadBalancers.theirs.existing.listenerArn", f"{LISTENER}0"),
    ("cluster.executeCommand", None),
    ("cluster.executeCommand.kmsKey", "arn:aws:kms:eu-central-1:123456789012:key/1"),
    ("cluster.executeCommand.logGroup", "/other"),
    ("cluster.executeCommand.bucket", "other"),
    ("cluster.executeCommand.prefix", "other"),
    ("cluster.executeCommand.encryptedLogs", True),
    ("loadBalancers.public.accessLogs", None),
    ("loadBalancers.public.accessLogs.bucket", "other"),
    ("loadBalancers.public.accessLogs.prefix", "other"),
    ("loadBalancers.public.idleTimeout", 60),
    ("loadBalancers.public.tlsPolicy", "ELBSecurityPolicy-TLS13-1-3-2021-06"),
    ("cluster.dashboard", False),
    ("alarms", None),
    ("alarms.topicArns", ["arn:aws:sns:eu-central-1:123456789012:others"]),
    ("alarms.cpuReservation", None),
    ("alarms.memoryReservation.above", 81),
    ("alarms.memoryReservation.minutes", 11),
    ("alarms.capacityProviderReservation", {"above": 150}),
    ("alarms.missingTasks", {"above": 1}),
    ("alarms.unhealthyTargets", {"above": 1}),
    ("alarms.diskUtilization", {"above": 80}),
    ("cluster.awsvpcTrunking", True),
    ("cluster.fargate", True),
]


def prod() -> dict[str, Any]:
    config = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text())["config"]
    found = {key.removeprefix("ecs-on-ec2:"): value for key, value in config.items() if "ecs-on-ec2:" in key}
    for path, value in MORE.items():
        put(found, path, value)
    return found


def put(settings: dict[str, Any], path: str, value: Any) -> None:
    *places, last = path.split(".")
    for place in places:
        settings = settings[place]
    settings[last] = value


def deployed(settings: dict[str, Any]) -> Graph:
    config = {f"ecs-on-ec2:{key}": value for key, value in settings.items() if value is not None}
    return run("prod", preview=False, change=config, without={"ecs-on-ec2:alarms"} - set(config))


def said(graph: Graph) -> dict[str, Any]:
    return {each.urn: (each.inputs, each.import_id) for each in graph.resources}


@pytest.fixture(scope="module")
def before() -> dict[str, Any]:
    return said(deployed(prod()))


@pytest.mark.parametrize(("path", "value"), CHANGES, ids=[f"{path}={value}" for path, value in CHANGES])
def test_a_change_of_a_setting_alters_a_resource(before: dict[str, Any], path: str, value: Any) -> None:
    settings = deepcopy(prod())
    put(settings, path, value)
    assert said(deployed(settings)) != before


def test_without_a_change_nothing_is_altered(before: dict[str, Any]) -> None:
    assert said(deployed(prod())) == before

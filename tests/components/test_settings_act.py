"""No setting of services and their neighbours does nothing: a change of any alters what is deployed."""

from copy import deepcopy
from typing import Any

import pytest
import yaml

from tests.components.component_harness import Graph
from tests.components.test_program import ROOT, run

QUEUE = {"namespace": "AWS/SQS", "name": "Visible", "dimensions": {"QueueName": "jobs"}, "statistic": "Maximum"}
STEPS = {
    "metric": QUEUE,
    "threshold": 1,
    "adjustment": "percent",
    "minimumChange": 2,
    "steps": [{"beyond": 0, "change": 9}],
}
MORE = {
    "services.api.scaling.steps": {"queue": STEPS},
    "services.web.scaling": {"maxCount": 9, "metrics": {"own": {"metric": QUEUE, "target": 5}}},
    "services.web.loadBalancer.stickiness": {"duration": 3600, "cookieName": "SESSION"},
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
    return {each.urn: each.inputs for each in graph.resources}


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

"""Alarms and dashboards: which limits are refused, and what is shown."""

import json
from dataclasses import replace
from typing import Any

import pytest

from ecs_model import dashboard
from ecs_model.alarms import AlarmSettings, Limit
from ecs_model.cluster import ClusterSettings, ContainerInsights
from ecs_model.dashboard import Shown, body
from ecs_model.problem import dotted
from tests.ecs_model.test_service_stack_iam import STACK, service
from tests.ecs_model.test_service_stack_iam import told as stack_told

TOPIC = "arn:aws:sns:eu-central-1:123456789012:operations"


def alarms(**more: Any) -> AlarmSettings:
    return AlarmSettings(**({"topic_arns": [TOPIC]} | more))


@pytest.mark.parametrize(
    "settings",
    [
        alarms(),
        alarms(cpu_reservation=Limit(0, 1), memory_reservation=Limit(99.9, 1440), missing_tasks=None),
        alarms(capacity_provider_reservation=Limit(199), unhealthy_targets=Limit(5)),
        alarms(topic_arns=[TOPIC, TOPIC.replace("aws", "aws-us-gov")]),
    ],
)
def test_alarms_that_work(settings: AlarmSettings) -> None:
    assert list(settings.problems(container_insights=True)) == []


@pytest.mark.parametrize(
    ("settings", "path", "says"),
    [
        (alarms(topic_arns=[]), "topicArns", "names 0 topics: give 1-5"),
        (alarms(topic_arns=[f"{TOPIC}{n}" for n in range(6)]), "topicArns", "names 6 topics"),
        (alarms(topic_arns=[TOPIC, TOPIC]), "topicArns", "names a topic more than once"),
        (alarms(topic_arns=["operations"]), "topicArns[0]", "'operations' is not a standard topic's ARN"),
        (alarms(topic_arns=[f"{TOPIC}.fifo"]), "topicArns[0]", "is not a standard topic's ARN"),
        (alarms(cpu_reservation=Limit(100)), "cpuReservation.above", "100 is never exceeded: give less than 100"),
        (alarms(cpu_reservation=Limit(-1)), "cpuReservation.above", "-1 is exceeded always: give 0 or more"),
        (alarms(memory_reservation=Limit(50, 0)), "memoryReservation.minutes", "0 is out of range: give 1-1440"),
        (alarms(capacity_provider_reservation=Limit(200)), "capacityProviderReservation.above", "less than 200"),
        (alarms(disk_utilization=Limit(100)), "diskUtilization.above", "100 is never exceeded: give less than 100"),
        (alarms(missing_tasks=Limit(0, 1441)), "missingTasks.minutes", "give 1-1440"),
        (alarms(unhealthy_targets=Limit(float("nan"))), "unhealthyTargets.above", "nan is exceeded always"),
        (alarms(cpu_reservation=None, memory_reservation=None, capacity_provider_reservation=None,
                missing_tasks=None, unhealthy_targets=None), "", "leaves every alarm out"),
    ],
)  # fmt: skip
def test_alarms_that_cannot_work(settings: AlarmSettings, path: str, says: str) -> None:
    (problem,) = settings.problems(container_insights=True)
    assert dotted(problem.path) == path
    assert says in problem.message


def test_missing_tasks_are_counted_by_container_insights() -> None:
    blind = replace(STACK.cluster, container_insights=ContainerInsights.DISABLED)
    found = stack_told(replace(STACK, cluster=blind, alarms=alarms()))
    assert list(found) == ["alarms.missingTasks"]
    assert "cluster.containerInsights disables: enable them, or set null" in found["alarms.missingTasks"]
    assert stack_told(replace(STACK, cluster=blind, alarms=alarms(missing_tasks=None))) == {}
    assert stack_told(replace(STACK, alarms=alarms())) == {}


def test_a_dashboard_has_an_end() -> None:
    most = {f"s{n}": service(load_balancer=None) for n in range(dashboard.MOST_SERVICES)}
    shown = replace(STACK, cluster=ClusterSettings(STACK.cluster.default_capacity_provider_strategy, dashboard=True))
    assert stack_told(replace(shown, services=most)) == {}
    found = stack_told(replace(shown, services=most | {"web": service()}))
    assert found == {"cluster.dashboard": "would show 125 services, and at most 124 fit: leave it out"}
    full = dict.fromkeys(most, Shown("name", "app/a/1/targetgroup/b/2"))
    assert len(json.loads(body("c", "r", [], full, insights=True))["widgets"]) <= 500


def charts(services: dict[str, Shown], *, insights: bool = True) -> dict[str, Any]:
    widgets = json.loads(body("dev", "eu-central-1", ["spot-1", "general-1"], services, insights=insights))["widgets"]
    places = {(widget["x"], widget["y"]) for widget in widgets}
    assert len(places) == len(widgets)
    assert all(widget["x"] + widget["width"] <= 24 for widget in widgets)
    return {widget["properties"]["title"]: widget["properties"]["metrics"] for widget in widgets}


def test_what_a_dashboard_shows() -> None:
    found = charts({"worker": Shown("w-1"), "api": Shown("a-1", "app/a/1/targetgroup/b/2")})
    assert list(found) == [
        "Reservation (%)",
        "Capacity provider reservation (%)",
        "api: utilization (%)",
        "api: tasks",
        "api: targets",
        "api: requests a minute for each target",
        "worker: utilization (%)",
        "worker: tasks",
    ]
    assert found["Reservation (%)"] == [
        ["AWS/ECS", "CPUReservation", "ClusterName", "dev"],
        ["AWS/ECS", "MemoryReservation", "ClusterName", "dev"],
    ]
    provider = ["AWS/ECS/ManagedScaling", "CapacityProviderReservation", "ClusterName", "dev", "CapacityProviderName"]
    assert found["Capacity provider reservation (%)"] == [[*provider, "general-1"], [*provider, "spot-1"]]
    assert found["worker: tasks"][1] == [
        "ECS/ContainerInsights", "RunningTaskCount", "ClusterName", "dev", "ServiceName", "w-1",
    ]  # fmt: skip
    assert found["api: targets"][1] == [
        "AWS/ApplicationELB", "UnHealthyHostCount", "LoadBalancer", "app/a/1", "TargetGroup", "targetgroup/b/2",
        {"stat": "Maximum"},
    ]  # fmt: skip


def test_without_container_insights_nobody_counts_tasks() -> None:
    assert "worker: tasks" not in charts({"worker": Shown("w-1")}, insights=False)


def test_the_same_dashboard_is_the_same_text() -> None:
    one, other = Shown("a"), Shown("b")
    assert body("c", "r", ["x", "y"], {"a": one, "b": other}, insights=True) == body(
        "c", "r", ["y", "x"], {"b": other, "a": one}, insights=True
    )

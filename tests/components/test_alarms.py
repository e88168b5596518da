"""Alarms and dashboards of a cluster: what they look at, and who is told."""

import json
from typing import Any

import pytest

import components as ecs
from ecs_model.alarms import AlarmSettings, Limit
from tests.components.component_harness import Graph, deploy, refused

TOPIC = "arn:aws:sns:eu-central-1:123456789012:operations"
SERVICES = {
    "api": ecs.MonitoredServiceArgs("api-1", "app/a/1/targetgroup/b/2"),
    "worker": ecs.MonitoredServiceArgs("worker-1"),
}
PROVIDERS = {"general": "general-1", "cpu": "cpu-1"}


def alarms(*, preview: bool = False, insights: bool = True, **limits: Any) -> Graph:
    settings = AlarmSettings(topic_arns=[TOPIC], **limits)
    args = ecs.AlarmsArgs("dev-1", settings, PROVIDERS, SERVICES, insights)
    return deploy(lambda: ecs.Alarms("dev", args), preview=preview)


def test_every_alarm_tells_its_topics_when_it_begins_and_ends() -> None:
    graph = alarms()
    made = graph.all("cloudwatch.MetricAlarm")
    assert [each.name for each in made] == [
        "dev-api-missing-tasks",
        "dev-api-unhealthy-targets",
        "dev-cpu-reservation",
        "dev-memory-reservation",
        "dev-provider-cpu-reservation",
        "dev-provider-general-reservation",
        "dev-worker-missing-tasks",
    ]
    component = graph.one("Alarms")
    for each in made:
        assert each.parent == component.urn
        assert each.inputs["alarmActions"] == each.inputs["okActions"] == [TOPIC]
        assert each.inputs["comparisonOperator"] == "GreaterThanThreshold"
        assert each.inputs["treatMissingData"] == "notBreaching"
        assert "name" not in each.inputs
    assert component.outputs
    assert sorted(component.outputs["names"]) == [f"{each.name}-1a2b3c4" for each in made]


def test_what_is_measured_and_for_how_long() -> None:
    graph = alarms(cpu_reservation=Limit(80.5, 30))
    cpu = graph.one("cloudwatch.MetricAlarm", "dev-cpu-reservation").inputs
    expected = {
        "namespace": "AWS/ECS",
        "metricName": "CPUReservation",
        "dimensions": {"ClusterName": "dev-1"},
        "statistic": "Average",
        "threshold": 80.5,
        "period": 60,
        "evaluationPeriods": 30,
        "alarmDescription": "Tasks reserve more than 80.5 % of the container instances' cpu, for 30 minutes.",
    }
    assert expected.items() <= cpu.items()
    provider = graph.one("cloudwatch.MetricAlarm", "dev-provider-general-reservation").inputs
    assert provider["namespace"] == "AWS/ECS/ManagedScaling"
    assert provider["dimensions"] == {"ClusterName": "dev-1", "CapacityProviderName": "general-1"}
    targets = graph.one("cloudwatch.MetricAlarm", "dev-api-unhealthy-targets").inputs
    assert targets["dimensions"] == {"LoadBalancer": "app/a/1", "TargetGroup": "targetgroup/b/2"}
    assert (targets["statistic"], targets["threshold"], targets["evaluationPeriods"]) == ("Maximum", 0, 5)


def test_the_fullest_disk_is_measured_where_wanted() -> None:
    disk = alarms(disk_utilization=Limit(85, 10)).one("cloudwatch.MetricAlarm", "dev-disk-utilization").inputs
    assert (disk["namespace"], disk["metricName"]) == ("ECS/ContainerInsights", "instance_filesystem_utilization")
    assert (disk["dimensions"], disk["statistic"]) == ({"ClusterName": "dev-1"}, "Maximum")
    assert (disk["threshold"], disk["evaluationPeriods"]) == (85, 10)


def test_every_target_group_is_looked_at() -> None:
    further = {
        "2": ecs.MonitoredTargetsArgs("app/a/1/targetgroup/c/3"),
        "tcp": ecs.MonitoredTargetsArgs("net/e/1/targetgroup/d/4", network=True),
    }
    service = ecs.MonitoredServiceArgs("api-1", "app/a/1/targetgroup/b/2", further)
    args = ecs.AlarmsArgs("dev-1", AlarmSettings(topic_arns=[TOPIC], missing_tasks=None), services={"api": service})
    graph = deploy(lambda: ecs.Alarms("dev", args))
    made = [each for each in graph.all("cloudwatch.MetricAlarm") if "unhealthy" in each.name]
    found = {each.name: (each.inputs["namespace"], each.inputs["dimensions"]["TargetGroup"]) for each in made}
    assert found == {
        "dev-api-unhealthy-targets": ("AWS/ApplicationELB", "targetgroup/b/2"),
        "dev-api-unhealthy-targets-2": ("AWS/ApplicationELB", "targetgroup/c/3"),
        "dev-api-unhealthy-targets-tcp": ("AWS/NetworkELB", "targetgroup/d/4"),
    }


def test_missing_tasks_are_those_that_should_run_and_do_not() -> None:
    inputs = alarms().one("cloudwatch.MetricAlarm", "dev-worker-missing-tasks").inputs
    assert "metricName" not in inputs
    missing, desired, running = inputs["metricQueries"]
    assert (missing["expression"], missing["returnData"]) == ("desired - running", True)
    for query, id_, name in ((desired, "desired", "DesiredTaskCount"), (running, "running", "RunningTaskCount")):
        assert (query["id"], query["returnData"]) == (id_, False)
        assert query["metric"]["metricName"] == name
        assert query["metric"]["dimensions"] == {"ClusterName": "dev-1", "ServiceName": "worker-1"}


@pytest.mark.parametrize(
    ("limit", "left"),
    [
        ("cpu_reservation", 6),
        ("memory_reservation", 6),
        ("capacity_provider_reservation", 5),
        ("missing_tasks", 5),
        ("unhealthy_targets", 6),
    ],
)
def test_no_limit_no_alarm(limit: str, left: int) -> None:
    none: dict[str, Any] = {limit: None}
    graph = alarms(insights=limit != "missing_tasks", **none)
    assert len(graph.all("cloudwatch.MetricAlarm")) == left


def test_what_cannot_work_is_refused() -> None:
    args = ecs.AlarmsArgs("dev-1", AlarmSettings(topic_arns=[]), container_insights=False)
    lines = refused(lambda: ecs.Alarms("dev", args))
    assert [line.split(": ")[1] for line in lines] == ["settings.topicArns", "settings.missingTasks"]


@pytest.mark.parametrize("preview", [False, True])
def test_a_dashboard_is_called_after_its_cluster(preview: bool) -> None:
    args = ecs.DashboardArgs("dev-1", PROVIDERS, SERVICES)
    graph = deploy(lambda: ecs.Dashboard("dev", args), preview=preview)
    made = graph.one("cloudwatch.Dashboard")
    assert made.inputs["dashboardName"] == "dev-1"
    widgets = json.loads(made.inputs["dashboardBody"])["widgets"]
    assert {widget["properties"]["region"] for widget in widgets} == {"eu-central-1"}
    assert len(widgets) == 8
    assert graph.one("Dashboard").outputs == {"name": "dev-1"}


def test_a_dashboard_without_container_insights_from_a_dictionary() -> None:
    given: Any = {"cluster_name": "c", "services": {"api": {"name": "api-1"}}, "container_insights": False}
    widgets = json.loads(
        deploy(lambda: ecs.Dashboard("dev", given)).one("cloudwatch.Dashboard").inputs["dashboardBody"]
    )["widgets"]
    assert [widget["properties"]["title"] for widget in widgets][2:] == ["api: utilization (%)"]


def test_too_many_services_are_refused() -> None:
    services = {str(n): ecs.MonitoredServiceArgs("x") for n in range(125)}
    (line,) = refused(lambda: ecs.Dashboard("dev", ecs.DashboardArgs("c", services=services)))
    assert line.startswith("Dashboard dev: services: would show 125 services")

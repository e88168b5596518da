"""Service auto scaling: the scalable target, its policies and their alarms, and who decides on the number of tasks."""

from typing import Any

import pytest

import components as ecs
from ecs_model.metrics import Metric, Side, Statistic
from ecs_model.routing import Routing
from ecs_model.scaling_policies import Adjustment, CustomTracking, ScheduledScaling, Step, StepScaling, TargetTracking
from ecs_model.service_scaling import ScalingSettings
from tests.components.component_harness import Graph, deploy, refused

LISTENER = "arn:aws:elasticloadbalancing:eu-central-1:1:listener/app/public/50dc/6d0e"
ROUTING = Routing(container_name="web", container_port=80, priority=1, path_patterns=["/*"])
BALANCER = ecs.ServiceLoadBalancerArgs(LISTENER, "sg-1", "vpc-1", ROUTING)
QUEUE = Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": "jobs"}, Statistic.MAXIMUM)
CPU = TargetTracking(target=60.5, scale_out_cooldown=30)
ECS = {"serviceNamespace": "ecs", "scalableDimension": "ecs:service:DesiredCount"}


def service(scaling: ScalingSettings | None, **more: Any) -> Graph:
    given: dict[str, Any] = {
        "cluster_arn": "arn:aws:ecs:eu-central-1:1:cluster/dev",
        "task_definition_arn": "arn:task",
        "capacity_provider_strategy": [ecs.CapacityProviderStrategyItemArgs("general", 1)],
        "scaling": scaling,
    }
    return deploy(lambda: ecs.Service("web", ecs.ServiceArgs(**(given | more))))


def tracking(graph: Graph, name: str) -> dict[str, Any]:
    inputs = graph.one("appautoscaling.Policy", name).inputs
    assert inputs["policyType"] == "TargetTrackingScaling"
    assert "stepScalingPolicyConfiguration" not in inputs
    assert "name" not in inputs
    found: dict[str, Any] = inputs["targetTrackingScalingPolicyConfiguration"]
    return found


def test_a_service_by_itself_keeps_its_number_of_tasks() -> None:
    graph = service(None, desired_count=3)
    assert graph.kinds() == {"Service": 1, "ecs.Service": 1}
    made = graph.one("ecs.Service")
    assert (made.inputs["desiredCount"], made.ignored) == (3, [])


@pytest.mark.parametrize(("desired", "begins_with"), [(1, 2), (3, 3)])
def test_a_scaled_service_only_begins_with_it(desired: int, begins_with: int) -> None:
    graph = service(ScalingSettings(min_count=2, max_count=6, cpu=CPU), desired_count=desired)
    made = graph.one("ecs.Service")
    assert (made.inputs["desiredCount"], made.ignored) == (begins_with, ["desiredCount"])
    target = graph.one("appautoscaling.Target")
    expected = {**ECS, "resourceId": "service/dev/web-1a2b3c4", "minCapacity": 2, "maxCapacity": 6}
    assert target.inputs == expected
    assert graph.waits_for(target, made)
    component = graph.one("ServiceScaling")
    assert component.parent == graph.one("Service").urn
    assert component.outputs == {"resourceId": "service/dev/web-1a2b3c4"}
    assert {each.kind for each in graph.children(component)} == {"appautoscaling.Target", "appautoscaling.Policy"}


def test_cpu_memory_and_requests() -> None:
    settings = ScalingSettings(
        max_count=6,
        cpu=CPU,
        memory=TargetTracking(target=80, scale_in=False),
        requests=TargetTracking(target=1000, scale_in_cooldown=0),
    )
    graph = service(settings, load_balancer=BALANCER)
    assert len(graph.all("appautoscaling.Policy")) == 3
    assert tracking(graph, "web-cpu") == {
        "targetValue": 60.5,
        "scaleInCooldown": 300,
        "scaleOutCooldown": 30,
        "disableScaleIn": False,
        "predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"},
    }
    memory = tracking(graph, "web-memory")
    assert memory["disableScaleIn"] is True
    assert memory["predefinedMetricSpecification"] == {"predefinedMetricType": "ECSServiceAverageMemoryUtilization"}
    requests = tracking(graph, "web-requests")
    assert requests["scaleInCooldown"] == 0
    assert requests["predefinedMetricSpecification"] == {
        "predefinedMetricType": "ALBRequestCountPerTarget",
        "resourceLabel": "app/public/50dc/targetgroup/web/0",
    }
    target = graph.one("appautoscaling.Target")
    for policy in graph.all("appautoscaling.Policy"):
        assert ECS.items() <= policy.inputs.items()
        assert target.urn in policy.property_dependencies["resourceId"]


def test_a_metric_of_your_own() -> None:
    custom = CustomTracking(target=20, metric=Metric("Shop", "Backlog", {"b": "2", "a": "1"}))
    found = tracking(service(ScalingSettings(max_count=2, metrics={"backlog": custom})), "web-metric-backlog")
    assert found["customizedMetricSpecification"] == {
        "namespace": "Shop",
        "metricName": "Backlog",
        "statistic": "Average",
        "dimensions": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}],
    }
    assert "predefinedMetricSpecification" not in found


def test_steps_have_an_alarm_that_starts_them() -> None:
    chosen = StepScaling(
        metric=QUEUE,
        threshold=100,
        side=Side.BELOW,
        adjustment=Adjustment.PERCENT,
        minimum_change=2,
        cooldown=60,
        period=120,
        evaluation_periods=3,
        steps=[Step(0.0, -10), Step(7.5, -50)],
    )
    graph = service(ScalingSettings(max_count=2, steps={"queue": chosen}))
    policy = graph.one("appautoscaling.Policy", "web-step-queue")
    assert policy.inputs["policyType"] == "StepScaling"
    assert policy.inputs["stepScalingPolicyConfiguration"] == {
        "adjustmentType": "PercentChangeInCapacity",
        "cooldown": 60,
        "metricAggregationType": "Maximum",
        "minAdjustmentMagnitude": 2,
        "stepAdjustments": [
            {"metricIntervalLowerBound": "-7.5", "metricIntervalUpperBound": "0", "scalingAdjustment": -10},
            {"metricIntervalUpperBound": "-7.5", "scalingAdjustment": -50},
        ],
    }
    alarm = graph.one("cloudwatch.MetricAlarm", "web-step-queue")
    assert policy.urn in alarm.property_dependencies["alarmActions"]
    expected = {
        "namespace": "AWS/SQS",
        "metricName": "ApproximateNumberOfMessagesVisible",
        "dimensions": {"QueueName": "jobs"},
        "statistic": "Maximum",
        "comparisonOperator": "LessThanOrEqualToThreshold",
        "threshold": 100,
        "period": 120,
        "evaluationPeriods": 3,
    }
    assert expected.items() <= alarm.inputs.items()


def test_schedules() -> None:
    night = ScheduledScaling(schedule="rate(1 day)", timezone="Europe/Berlin", min_count=0)
    graph = service(ScalingSettings(max_count=2, schedules={"night": night}))
    action = graph.one("appautoscaling.ScheduledAction", "web-schedule-night").inputs
    assert (action["schedule"], action["timezone"]) == ("rate(1 day)", "Europe/Berlin")
    assert action["scalableTargetAction"] == {"minCapacity": 0}
    assert ECS.items() <= action.items()


def test_a_service_made_elsewhere_from_a_dictionary() -> None:
    given: Any = {
        "cluster_name": "theirs",
        "service_name": "web",
        "settings": {"max_count": 3.0, "requests": {"target": 10.0}},
        "request_label": "app/a/1/targetgroup/b/2",
    }
    graph = deploy(lambda: ecs.ServiceScaling("web", given))
    assert graph.one("appautoscaling.Target").inputs["resourceId"] == "service/theirs/web"
    assert (
        tracking(graph, "web-requests")["predefinedMetricSpecification"]["resourceLabel"] == "app/a/1/targetgroup/b/2"
    )


def test_what_cannot_work_is_refused() -> None:
    settings = ScalingSettings(max_count=2, requests=TargetTracking(target=1))
    lines = refused(lambda: ecs.ServiceScaling("web", ecs.ServiceScalingArgs("c", "s", settings)))
    assert [line.split(": ")[1] for line in lines] == ["settings.requests"]
    args = ecs.ServiceArgs("c", "t", [ecs.CapacityProviderStrategyItemArgs("a", 1)], desired_count=3, scaling=settings)
    lines = refused(lambda: ecs.Service("web", args))
    assert [line.split(": ")[1] for line in lines] == ["scaling.maxCount", "scaling.requests"]


def test_a_schedule_that_has_passed_is_a_warning() -> None:
    times = {"past": "at(2020-12-24T18:00:00)", "future": "at(2199-12-24T18:00:00)"}
    schedules = {key: ScheduledScaling(schedule=at, max_count=2) for key, at in times.items()}
    (warned,) = service(ScalingSettings(max_count=2, schedules=schedules)).warnings
    assert "schedules.past.schedule: at(2020-12-24T18:00:00) has passed in UTC" in warned

"""Application Auto Scaling and EventBridge Scheduler."""

from __future__ import annotations

import json
from typing import Any

from tests.localaws.case import Case
from tests.localaws.making import TRUST, Properties, scaled, task


def scalable(lab: Any) -> Properties:
    """A service that has a scalable target."""
    what = scaled(lab)
    lab.boto("application-autoscaling").register_scalable_target(**_titled(what), MinCapacity=1, MaxCapacity=4)
    return what


def _titled(what: Properties) -> Properties:
    names = ("serviceNamespace", "scalableDimension", "resourceId")
    return {name[0].upper() + name[1:]: what[name] for name in names}


def _put_policy(lab: Any, made: Any, target: float) -> None:
    lab.boto("application-autoscaling").put_scaling_policy(
        **_titled(made.inputs),
        PolicyName=made.id,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": target,
            "ScaleInCooldown": 60,
            "ScaleOutCooldown": 30,
            "DisableScaleIn": False,
            "CustomizedMetricSpecification": {
                "Namespace": "Shop",
                "MetricName": "Backlog",
                "Statistic": "Average",
                "Dimensions": [{"Name": "Queue", "Value": "b"}, {"Name": "Kind", "Value": "a"}],
            },
        },
    )


def _long_id(made: Any, *more: str) -> str:
    return "/".join(["ecs", made.inputs["resourceId"], "ecs:service:DesiredCount", *more])


def scheduled(lab: Any) -> Properties:
    trust = json.loads(TRUST.replace("ecs-tasks", "scheduler"))
    made = lab.boto("iam").create_role(RoleName=lab.name("role"), AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    lab.boto("ecs").create_cluster(clusterName=(name := lab.name("cluster")))
    return {
        "arn": f"arn:aws:ecs:us-east-1:123456789012:cluster/{name}",
        "roleArn": made["Arn"],
        "deadLetterConfig": {"arn": "arn:aws:sqs:us-east-1:123456789012:failed"},
        "retryPolicy": {"maximumEventAgeInSeconds": 600, "maximumRetryAttempts": 2},
        "ecsParameters": {
            "taskDefinitionArn": task(lab),
            "taskCount": 2,
            "capacityProviderStrategies": [{"capacityProvider": "general", "base": 1, "weight": 2}],
            "placementStrategies": [{"type": "binpack", "field": "memory"}],
            "networkConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]},
        },
    }


SAID_OF_A_SCHEDULE = {"Name", "Description", "ScheduleExpressionTimezone", "State", "FlexibleTimeWindow", "Target"}


def schedule(lab: Any, id_: str) -> Properties:
    found: Properties = lab.boto("scheduler").get_schedule(Name=id_.partition("/")[2])
    return found


CASES = [
    Case(
        "aws:appautoscaling/target:Target",
        lambda lab: {**scaled(lab), "minCapacity": 1, "maxCapacity": 4, "tags": {"a": "1"}},
        lambda lab, r: {"minCapacity": 0, "maxCapacity": 8, "tags": {"b": "2"}},
        {"resourceId": "service/other/other"},
        lambda lab, r: lab.boto("application-autoscaling").register_scalable_target(
            **_titled(r.inputs), MinCapacity=2, MaxCapacity=4
        ),
        "minCapacity",
        imported=_long_id,
    ),
    Case(
        "aws:appautoscaling/policy:Policy",
        lambda lab: {
            **scalable(lab),
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 62.5,
                "scaleInCooldown": 60,
                "scaleOutCooldown": 30,
                "disableScaleIn": False,
                "customizedMetricSpecification": {
                    "namespace": "Shop",
                    "metricName": "Backlog",
                    "statistic": "Average",
                    "dimensions": [{"name": "Kind", "value": "a"}, {"name": "Queue", "value": "b"}],
                },
            },
        },
        lambda lab, r: {
            "policyType": "StepScaling",
            "targetTrackingScalingPolicyConfiguration": None,
            "stepScalingPolicyConfiguration": {
                "adjustmentType": "PercentChangeInCapacity",
                "cooldown": 120,
                "metricAggregationType": "Maximum",
                "minAdjustmentMagnitude": 2,
                "stepAdjustments": [
                    {"metricIntervalLowerBound": "0", "metricIntervalUpperBound": "7.5", "scalingAdjustment": 10},
                    {"metricIntervalLowerBound": "7.5", "scalingAdjustment": 30},
                ],
            },
        },
        {"name": "other"},
        lambda lab, r: _put_policy(lab, r, 70.5),
        "targetTrackingScalingPolicyConfiguration",
        imported=lambda r: _long_id(r, r.inputs["name"]),
    ),
    Case(
        "aws:appautoscaling/scheduledAction:ScheduledAction",
        lambda lab: {
            **scalable(lab),
            "schedule": "cron(0 8 ? * MON-FRI *)",
            "timezone": "Europe/Berlin",
            "scalableTargetAction": {"minCapacity": 3, "maxCapacity": 9},
        },
        lambda lab, r: {"schedule": "rate(1 day)", "scalableTargetAction": {"maxCapacity": 5}},
        {"name": "other"},
        lambda lab, r: lab.boto("application-autoscaling").put_scheduled_action(
            **_titled(r.inputs),
            ScheduledActionName=r.inputs["name"],
            Schedule="cron(0 9 ? * * *)",
            Timezone="Europe/Berlin",
            ScalableTargetAction={"MinCapacity": 3, "MaxCapacity": 9},
        ),
        "schedule",
    ),
    Case(
        "aws:scheduler/schedule:Schedule",
        lambda lab: {
            "description": "d",
            "scheduleExpression": "rate(1 day)",
            "scheduleExpressionTimezone": "Europe/Berlin",
            "state": "DISABLED",
            "flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": 5},
            "target": scheduled(lab),
        },
        lambda lab, r: {
            "scheduleExpression": "cron(0 3 ? * * *)",
            "state": None,
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": {key: value for key, value in r.inputs["target"].items() if key != "deadLetterConfig"},
        },
        {"name": "other"},
        lambda lab, r: lab.boto("scheduler").update_schedule(
            **{key: value for key, value in schedule(lab, r.id).items() if key in SAID_OF_A_SCHEDULE},
            ScheduleExpression="rate(2 days)",
        ),
        "scheduleExpression",
    ),
]

"""Application Auto Scaling as boto3 sees it: what needs what, and what ends with what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.localaws.ground import refused
from tests.localaws.making import cluster, scaled, task

Parameters = dict[str, Any]
TRACKING: Parameters = {
    "PolicyName": "cpu",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 60.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    },
}
NIGHT: Parameters = {
    "ScheduledActionName": "night",
    "Schedule": "rate(1 day)",
    "ScalableTargetAction": {"MinCapacity": 0},
}


@pytest.fixture
def scaling(lab: Any) -> Any:
    return lab.boto("application-autoscaling")


@pytest.fixture
def service(lab: Any) -> Parameters:
    return {name[0].upper() + name[1:]: value for name, value in scaled(lab).items()}


def alarms(lab: Any, service: Parameters) -> list[str]:
    found = lab.boto("cloudwatch").describe_alarms(AlarmNamePrefix=f"TargetTracking-{service['ResourceId']}-")
    return [alarm["AlarmName"] for alarm in found["MetricAlarms"]]


def test_nothing_scales_without_a_target(scaling: Any, service: Parameters) -> None:
    assert refused(scaling.put_scaling_policy, **service, **TRACKING)[0] == "ObjectNotFoundException"
    assert refused(scaling.put_scheduled_action, **service, **NIGHT)[0] == "ObjectNotFoundException"
    assert refused(scaling.deregister_scalable_target, **service)[0] == "ObjectNotFoundException"
    scaling.register_scalable_target(**service, MinCapacity=1, MaxCapacity=2)
    code, _ = refused(scaling.delete_scaling_policy, **service, PolicyName="cpu")
    assert code == "ObjectNotFoundException"
    code, _ = refused(scaling.delete_scheduled_action, **service, ScheduledActionName="night")
    assert code == "ObjectNotFoundException"


@pytest.mark.parametrize("bounds", [{"MinCapacity": 3, "MaxCapacity": 2}, {"MinCapacity": 1}, {"MaxCapacity": 1}])
def test_a_new_target_has_bounds_in_order(scaling: Any, service: Parameters, bounds: Parameters) -> None:
    assert refused(scaling.register_scalable_target, **service, **bounds)[0] == "ValidationException"


def test_a_bound_that_is_not_named_stays(scaling: Any, service: Parameters) -> None:
    scaling.register_scalable_target(**service, MinCapacity=2, MaxCapacity=4)
    scaling.register_scalable_target(**service, MaxCapacity=6)
    assert refused(scaling.register_scalable_target, **service, MaxCapacity=1)[0] == "ValidationException"
    resource = service.pop("ResourceId")
    (found,) = scaling.describe_scalable_targets(**service, ResourceIds=[resource])["ScalableTargets"]
    assert (found["MinCapacity"], found["MaxCapacity"]) == (2, 6)
    assert found["RoleARN"].endswith("/AWSServiceRoleForApplicationAutoScaling_ECSService")
    assert set(found["SuspendedState"].values()) == {False}


def test_a_deleted_service_cannot_be_scaled(lab: Any, scaling: Any, service: Parameters) -> None:
    cluster_, name = service["ResourceId"].split("/")[1:]
    lab.boto("ecs").delete_service(cluster=cluster_, service=name, force=True)
    code, message = refused(scaling.register_scalable_target, **service, MinCapacity=1, MaxCapacity=2)
    assert (code, message) == ("ValidationException", f"ECS service doesn't exist: {service['ResourceId']}")


def test_a_policy_put_again_leaves_no_alarms_of_its_past(lab: Any, scaling: Any, service: Parameters) -> None:
    scaling.register_scalable_target(**service, MinCapacity=1, MaxCapacity=2)
    for _ in range(2):
        scaling.put_scaling_policy(**service, **TRACKING)
    assert len(alarms(lab, service)) == 2
    scaling.delete_scaling_policy(**service, PolicyName="cpu")
    assert alarms(lab, service) == []


def test_all_that_scales_ends_with_the_target(lab: Any, scaling: Any, service: Parameters) -> None:
    scaling.register_scalable_target(**service, MinCapacity=1, MaxCapacity=2)
    scaling.put_scaling_policy(**service, **TRACKING)
    scaling.put_scheduled_action(**service, **NIGHT)
    assert len(scaling.describe_scheduled_actions(**service)["ScheduledActions"]) == 1
    scaling.deregister_scalable_target(**service)
    assert scaling.describe_scaling_policies(**service)["ScalingPolicies"] == []
    assert scaling.describe_scheduled_actions(**service)["ScheduledActions"] == []
    assert alarms(lab, service) == []


def test_an_update_of_the_service_leaves_the_number_that_was_scaled(lab: Any) -> None:
    name = cluster(lab)
    made = lab.made("aws:ecs/service:Service", cluster=name, taskDefinition=task(lab), desiredCount=1, launchType="EC2")
    lab.boto("ecs").update_service(cluster=name, service=made.id, desiredCount=5)
    lab.update(made, lab.checked(made, {**made.inputs, "deploymentMinimumHealthyPercent": 50}))
    assert made.state["desiredCount"] == 5
    lab.update(made, lab.checked(made, {**made.inputs, "desiredCount": 2}))
    assert made.state["desiredCount"] == 2

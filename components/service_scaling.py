"""Service auto scaling: what changes an ECS service's number of tasks."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.arguments import typed
from components.tokens import token
from ecs_model.metrics import Metric
from ecs_model.problem import Problem, refuse, under
from ecs_model.scaling_policies import ScheduledScaling, StepScaling, TargetTracking
from ecs_model.service_scaling import ScalingSettings

_NAMESPACE, _DIMENSION = "ecs", "ecs:service:DesiredCount"
_PREDEFINED = {
    "cpu": "ECSServiceAverageCPUUtilization",
    "memory": "ECSServiceAverageMemoryUtilization",
    "requests": "ALBRequestCountPerTarget",
}
"""Setting -> the metric that Application Auto Scaling knows by itself."""


@dataclass
class ServiceScalingArgs:
    """A service, and how its number of tasks follows its load."""

    cluster_name: pulumi.Input[str]
    """The cluster's name."""
    service_name: pulumi.Input[str]
    """The service's name."""
    settings: ScalingSettings
    """Bounds, and what moves the number of tasks between them."""
    request_label: pulumi.Input[str] | None = None
    """The load balancer and target group whose requests count: both ARNs' suffixes with a slash between them, such as
    `app/public/50dc6c495c0c9188/targetgroup/web/943f017f100becff`; needed with `settings.requests`."""

    def problems(self) -> Iterator[Problem]:
        """What cannot work."""
        yield from under(self.settings.problems(balanced=self.request_label is not None), "settings")


class ServiceScaling(pulumi.ComponentResource):
    """The scalable target of an ECS service with its scaling policies, their alarms, and its scheduled actions."""

    resource_id: pulumi.Output[str]
    """The service as Application Auto Scaling knows it: `service/CLUSTER/SERVICE`."""

    def __init__(self, name: str, args: ServiceScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(ServiceScalingArgs, args)
        refuse(f"ServiceScaling {name}", args.problems())
        super().__init__(token("ServiceScaling"), name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        settings = args.settings
        for key, schedule in settings.schedules.items():
            for warning in schedule.warnings(datetime.datetime.now(datetime.UTC)):
                pulumi.log.warn(str(warning.under("schedules", key)), self)
        self._target = aws.appautoscaling.Target(
            name,
            service_namespace=_NAMESPACE,
            scalable_dimension=_DIMENSION,
            resource_id=pulumi.Output.concat("service/", args.cluster_name, "/", args.service_name),
            min_capacity=settings.min_count,
            max_capacity=settings.max_count,
            opts=self._child,
        )
        self.resource_id = self._target.resource_id
        for key, tracking in settings.predefined.items():
            metric = {"predefined_metric_type": _PREDEFINED[key]}
            label = {"resource_label": args.request_label} if key == "requests" else {}
            self._track(f"{name}-{key}", tracking, {"predefined_metric_specification": {**metric, **label}})
        for key, custom in settings.metrics.items():
            self._track(f"{name}-metric-{key}", custom, {"customized_metric_specification": _customized(custom.metric)})
        for key, steps in settings.steps.items():
            self._step(f"{name}-step-{key}", steps)
        for key, schedule in settings.schedules.items():
            self._schedule(f"{name}-schedule-{key}", schedule)
        self.register_outputs({"resourceId": self.resource_id})

    def _track(self, name: str, tracking: TargetTracking, metric: Mapping[str, Any]) -> None:
        configuration = aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs
        aws.appautoscaling.Policy(
            name,
            service_namespace=_NAMESPACE,
            scalable_dimension=_DIMENSION,
            resource_id=self.resource_id,
            policy_type="TargetTrackingScaling",
            target_tracking_scaling_policy_configuration=configuration(
                target_value=tracking.target,
                scale_in_cooldown=tracking.scale_in_cooldown,
                scale_out_cooldown=tracking.scale_out_cooldown,
                disable_scale_in=not tracking.scale_in,
                **metric,
            ),
            opts=self._child,
        )

    def _step(self, name: str, chosen: StepScaling) -> None:
        policy = aws.appautoscaling.Policy(
            name,
            service_namespace=_NAMESPACE,
            scalable_dimension=_DIMENSION,
            resource_id=self.resource_id,
            policy_type="StepScaling",
            step_scaling_policy_configuration=aws.appautoscaling.PolicyStepScalingPolicyConfigurationArgs(
                adjustment_type=chosen.adjustment.type,
                cooldown=chosen.cooldown,
                metric_aggregation_type=chosen.aggregation,
                min_adjustment_magnitude=chosen.minimum_change,
                step_adjustments=[
                    aws.appautoscaling.PolicyStepScalingPolicyConfigurationStepAdjustmentArgs(
                        metric_interval_lower_bound=_bound(lower),
                        metric_interval_upper_bound=_bound(upper),
                        scaling_adjustment=change,
                    )
                    for lower, upper, change in chosen.intervals
                ],
            ),
            opts=self._child,
        )
        metric = chosen.metric
        aws.cloudwatch.MetricAlarm(
            name,
            alarm_description=pulumi.Output.concat("Changes the number of tasks of ", self.resource_id),
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=metric.dimensions or None,
            statistic=metric.statistic.value,
            comparison_operator=chosen.side.operator,
            threshold=chosen.threshold,
            period=chosen.period,
            evaluation_periods=chosen.evaluation_periods,
            alarm_actions=[policy.arn],
            opts=self._child,
        )

    def _schedule(self, name: str, chosen: ScheduledScaling) -> None:
        aws.appautoscaling.ScheduledAction(
            name,
            service_namespace=_NAMESPACE,
            scalable_dimension=_DIMENSION,
            resource_id=self.resource_id,
            schedule=chosen.schedule,
            timezone=chosen.timezone,
            scalable_target_action=aws.appautoscaling.ScheduledActionScalableTargetActionArgs(
                min_capacity=chosen.min_count, max_capacity=chosen.max_count
            ),
            opts=self._child,
        )


def _customized(metric: Metric) -> dict[str, Any]:
    return {
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "statistic": metric.statistic.value,
        "dimensions": [{"name": key, "value": value} for key, value in sorted(metric.dimensions.items())],
    }


def _bound(distance: float | None) -> str | None:
    """As AWS writes it back: whole numbers without a point."""
    return None if distance is None else f"{distance:.15g}"

"""Amazon EC2 Auto Scaling: a group with instances, and instance refreshes.

Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteAutoScalingGroup.html,
API_StartInstanceRefresh.html. A refresh ends at once: the instances are replaced, whatever the preferences say.
"""

from __future__ import annotations

from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from localaws.moto_fixes.patch import around, give


@around(AutoScalingResponse, "delete_auto_scaling_group")
def _delete(original: Any, self: Any) -> Any:
    group = self.autoscaling_backend.autoscaling_groups.get(self._get_param("AutoScalingGroupName"))
    forced = self._get_param("ForceDelete", False) in (True, "true")
    waiting = [] if group is None else getattr(group, "warm_states", [])
    if group is not None and (group.instance_states or waiting) and not forced:
        raise AutoscalingClientError(
            "ResourceInUse",
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) "
            "still in the group.",
        )
    if group is not None:
        # Scale-in protection does not hold back a forced deletion; moto would leave such instances running.
        for state in group.instance_states:
            state.protected_from_scale_in = False
    return original(self)


_KEPT = {
    "DefaultInstanceWarmup": "default_instance_warmup",
    "MaxInstanceLifetime": "max_instance_lifetime",
    "DesiredCapacityType": "desired_capacity_type",
    "Context": "context",
    "CapacityRebalance": "capacity_rebalance",
    "TerminationPolicies": "termination_policies",
    "DefaultCooldown": "default_cooldown",
    "PlacementGroup": "placement_group",
}
"""Parameter -> moto's attribute: what moto drops at creation or on an update."""


def _keep(original: Any, self: Any) -> Any:
    answer = original(self)
    parameters, group = self._get_params(), _group(self)
    for parameter, attribute in _KEPT.items():
        if parameter in parameters:
            setattr(group, attribute, parameters[parameter])
    if getattr(group, "default_instance_warmup", None) == -1:
        group.default_instance_warmup = None  # how UpdateAutoScalingGroup takes it back
    return answer


around(AutoScalingResponse, "create_auto_scaling_group")(_keep)
around(AutoScalingResponse, "update_auto_scaling_group")(_keep)


@around(FakeAutoScalingGroup, "update")
def _update(original: Any, self: Any, **changes: Any) -> None:
    """UpdateAutoScalingGroup: what the request does not name stays."""
    if not changes.get("launch_template") and not changes.get("launch_config_name"):
        changes["mixed_instances_policy"] = changes.get("mixed_instances_policy") or self.mixed_instances_policy
    original(self, **changes)


def _group(response: Any) -> Any:
    name = response._get_param("AutoScalingGroupName")
    group = response.autoscaling_backend.autoscaling_groups.get(name)
    if group is None:
        raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    return group


def _start_refresh(self: Any) -> ActionResult:
    group = _group(self)
    wanted = len(group.instance_states)
    protected = group.new_instances_protected_from_scale_in
    for state in group.instance_states:
        state.protected_from_scale_in, state.outdated = False, True
    # Nothing comes from the warm pool or goes there, for all are to be new.
    waiting, group.warm_pool = group.warm_pool, None
    group.set_desired_capacity(0)
    group.new_instances_protected_from_scale_in = protected
    group.set_desired_capacity(wanted)
    group.warm_pool = waiting
    refresh = {
        "InstanceRefreshId": str(mock_random.uuid4()),
        "AutoScalingGroupName": group.name,
        "Status": "Successful",
        "StartTime": utcnow(),
        "EndTime": utcnow(),
        "PercentageComplete": 100,
        "InstancesToUpdate": 0,
        "Preferences": self._get_param("Preferences", {}),
    }
    group.instance_refreshes = [refresh, *getattr(group, "instance_refreshes", [])]
    return ActionResult({"InstanceRefreshId": refresh["InstanceRefreshId"]})


def _describe_refreshes(self: Any) -> ActionResult:
    wanted = self._get_param("InstanceRefreshIds", [])
    found = [
        item
        for item in getattr(_group(self), "instance_refreshes", [])
        if not wanted or item["InstanceRefreshId"] in wanted
    ]
    return ActionResult({"InstanceRefreshes": found})


def _disable_metrics(self: Any) -> ActionResult:
    gone = self._get_param("Metrics", [])
    group = _group(self)
    group.metrics = [metric for metric in group.metrics if gone and metric not in gone]
    return EmptyResult()


give(AutoScalingResponse, "disable_metrics_collection", _disable_metrics)
give(AutoScalingResponse, "start_instance_refresh", _start_refresh)
give(AutoScalingResponse, "describe_instance_refreshes", _describe_refreshes)

"""Calls to Auto Scaling that end instances: where ECS drains, they wait until they are empty."""

from __future__ import annotations

from typing import Any

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, TerminateInstanceActivity
from moto.autoscaling.responses import AutoScalingResponse

from localaws.agents import draining
from localaws.moto_fixes.patch import around, before


@around(AutoScalingBackend, "terminate_instance")
def _terminate(original: Any, self: Any, instance_id: str, should_decrement: bool) -> Any:
    """TerminateInstanceInAutoScalingGroup: where ECS drains, the instance waits until it is empty."""
    state = next(iter(self.describe_auto_scaling_instances([instance_id])), None)
    if state is None or not draining.begin(state):
        return original(self, instance_id, should_decrement)
    group, before_ = state.auto_scaling_group, state.auto_scaling_group.desired_capacity
    group.set_desired_capacity(before_ - should_decrement)
    return TerminateInstanceActivity(state.instance, before_)


@before(FakeAutoScalingGroup, "set_desired_capacity")
def _drain_surplus(self: Any, new_capacity: int | None) -> None:
    """A group that shrinks: where ECS drains, its instances wait until they are empty."""
    serving = self.active_instances()
    wanted = self.min_size if new_capacity is None else new_capacity
    for state in [each for each in serving if not each.protected_from_scale_in][: max(0, len(serving) - wanted)]:
        draining.begin(state)


@before(AutoScalingResponse, "delete_auto_scaling_group")
def _delete_group(self: Any) -> None:
    """DeleteAutoScalingGroup: a forced deletion waits for no hook."""
    group = self.autoscaling_backend.autoscaling_groups.get(self._get_param("AutoScalingGroupName"))
    if group is not None and self._get_param("ForceDelete", False) in (True, "true"):
        draining.forget(group)

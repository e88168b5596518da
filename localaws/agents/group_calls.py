"""Calls to Auto Scaling that end instances: where ECS drains, they wait until they are empty."""

from __future__ import annotations

from typing import Any

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, TerminateInstanceActivity
from moto.autoscaling.responses import AutoScalingResponse

from localaws.agents import draining, warm_pools
from localaws.moto_fixes.patch import around, before, give


@around(AutoScalingBackend, "terminate_instance")
def _terminate(original: Any, self: Any, instance_id: str, should_decrement: bool) -> Any:
    """TerminateInstanceInAutoScalingGroup: where ECS drains, the instance waits until it is empty."""
    state = next(iter(self.describe_auto_scaling_instances([instance_id])), None)
    if state is not None and should_decrement and not draining.would(state):
        group, before_ = state.auto_scaling_group, state.auto_scaling_group.desired_capacity
        group.desired_capacity = before_ - 1
        if warm_pools.give_back(group, state):
            return TerminateInstanceActivity(state.instance, before_)
        group.desired_capacity = before_
    if state is None or not draining.begin(state):
        return original(self, instance_id, should_decrement)
    group, before_ = state.auto_scaling_group, state.auto_scaling_group.desired_capacity
    group.set_desired_capacity(before_ - should_decrement)
    return TerminateInstanceActivity(state.instance, before_)


@around(FakeAutoScalingGroup, "replace_autoscaling_group_instances")
def _from_the_warm_pool(original: Any, self: Any, count_needed: int, propagated_tags: dict[str, str]) -> None:
    """A group that grows takes what waits before it starts anything."""
    missing = count_needed - warm_pools.take(self, count_needed)
    if missing:
        original(self, missing, propagated_tags)


@before(FakeAutoScalingGroup, "set_desired_capacity")
def _drain_surplus(self: Any, new_capacity: int | None) -> None:
    """A group that shrinks: where ECS drains, its instances wait until they are empty."""
    serving = self.active_instances()
    wanted = self.min_size if new_capacity is None else new_capacity
    self.desired_capacity = wanted
    for state in [each for each in serving if not each.protected_from_scale_in][: max(0, len(serving) - wanted)]:
        if not draining.begin(state):
            warm_pools.give_back(self, state)


@before(AutoScalingResponse, "delete_auto_scaling_group")
def _delete_group(self: Any) -> None:
    """DeleteAutoScalingGroup: a forced deletion waits for no hook."""
    group = self.autoscaling_backend.autoscaling_groups.get(self._get_param("AutoScalingGroupName"))
    if group is not None and self._get_param("ForceDelete", False) in (True, "true"):
        draining.forget(group)
        group.warm_pool = None
        warm_pools.empty(group)


@before(AutoScalingResponse, "start_instance_refresh")
def _renew_warm_pool(self: Any) -> None:
    """StartInstanceRefresh: what waits is replaced as well."""
    group = self.autoscaling_backend.autoscaling_groups.get(self._get_param("AutoScalingGroupName"))
    if group is not None:
        warm_pools.empty(group)


@before(AutoScalingResponse, "put_warm_pool")
def _check_warm_pool(self: Any) -> None:
    """PutWarmPool."""
    group = self.autoscaling_backend.autoscaling_groups.get(self._get_param("AutoScalingGroupName"))
    if group is None:
        raise ValidationError("AutoScalingGroup name not found")
    kind = self._get_param("PoolState")
    if kind not in (None, "Stopped", "Running", "Hibernated"):
        raise ValidationError(f"'{kind}' is no state of a warm pool: Stopped, Running or Hibernated")


@around(AutoScalingResponse, "delete_warm_pool")
def _delete_warm_pool(original: Any, self: Any) -> Any:
    """DeleteWarmPool: its instances end."""
    group = self.autoscaling_backend.autoscaling_groups.get(self._get_param("AutoScalingGroupName"))
    if group is not None:
        warm_pools.empty(group)
    return original(self)


@around(AutoScalingResponse, "describe_warm_pool")
def _describe_warm_pool(original: Any, self: Any) -> Any:
    """DescribeWarmPool: the instances that wait."""
    answer = original(self)
    answer.result["Instances"] = warm_pools.pool(
        self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")]
    )
    return answer


# DescribeAutoScalingGroups
give(FakeAutoScalingGroup, "warm_pool_size", property(lambda self: len(warm_pools.pool(self)) or None))

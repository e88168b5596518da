"""Amazon EC2 Auto Scaling: the instances of a group, warm, refreshed and ended."""

from __future__ import annotations

from localaws.convert import to_api
from localaws.kind import Failed, Target
from localaws.wire import Properties

DRAIN_SECONDS = 10 * 60.0
"""How long the provider waits for instances to end on deletion."""
_REFRESHED = frozenset({"launchTemplate", "mixedInstancesPolicy"})


def describe(target: Target) -> Properties | None:
    found: Properties | None = target.call(
        "describe_auto_scaling_groups", "AutoScalingGroups[0]", AutoScalingGroupNames=[target.id]
    )
    return found


def put_warm_pool(target: Target) -> None:
    wanted = None if "warmPool" in target.removed else target.inputs.get("warmPool")
    if wanted is None:
        if (describe(target) or {}).get("WarmPoolConfiguration"):
            target.call("delete_warm_pool", AutoScalingGroupName=target.id, ForceDelete=True)
        return
    given = {key: value for key, value in wanted.items() if key != "instanceReusePolicy"}
    shape = target.region.model("autoscaling", "put_warm_pool").input_shape
    policy = {"ReuseOnScaleIn": wanted.get("instanceReusePolicy", {}).get("reuseOnScaleIn", False)}
    parameters = to_api(given, shape, "warmPool", {})
    target.call("put_warm_pool", AutoScalingGroupName=target.id, InstanceReusePolicy=policy, **parameters)


def refresh_instances(target: Target) -> None:
    """Roll out a new template, where the program has an instanceRefresh and something that triggers it changed."""
    wanted = target.inputs.get("instanceRefresh")
    if not wanted or not target.changed & (_REFRESHED | set(wanted.get("triggers", []))):
        return
    shape = target.region.model("autoscaling", "start_instance_refresh").input_shape.members["Preferences"]
    preferences = (
        {"Preferences": to_api(wanted["preferences"], shape, "instanceRefresh.preferences", {})}
        if wanted.get("preferences")
        else {}
    )
    target.call("start_instance_refresh", AutoScalingGroupName=target.id, Strategy=wanted["strategy"], **preferences)


def delete(target: Target) -> None:
    if describe(target) is None:
        return
    if target.state.get("forceDelete"):
        target.call("delete_auto_scaling_group", AutoScalingGroupName=target.id, ForceDelete=True)
        return
    if target.state.get("warmPool"):
        target.call("delete_warm_pool", AutoScalingGroupName=target.id, ForceDelete=True)
    target.call("update_auto_scaling_group", AutoScalingGroupName=target.id, MinSize=0, MaxSize=0, DesiredCapacity=0)
    for over in target.polls(DRAIN_SECONDS):
        if not (describe(target) or {}).get("Instances"):
            break
        if over:
            raise Failed("its instances do not end; set forceDelete, or take their scale-in protection away")
    target.call("delete_auto_scaling_group", AutoScalingGroupName=target.id)

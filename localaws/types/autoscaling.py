"""Amazon EC2 Auto Scaling: groups."""

from __future__ import annotations

from localaws.convert import to_api
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Failed, Kind, Step, Target
from localaws.wire import Properties

DRAIN_SECONDS = 10 * 60.0
"""How long the provider waits for instances to end on deletion."""
_REFRESHED = frozenset({"launchTemplate", "mixedInstancesPolicy"})


def _tags(target: Target) -> list[Properties]:
    return [
        {
            "ResourceId": target.inputs["name"],
            "ResourceType": "auto-scaling-group",
            "Key": tag["key"],
            "Value": tag["value"],
            "PropagateAtLaunch": tag["propagateAtLaunch"] in (True, "true"),
        }
        for tag in target.inputs.get("tags", [])
    ]


def _subnets(target: Target) -> Properties:
    subnets = target.inputs.get("vpcZoneIdentifiers")
    return {"VPCZoneIdentifier": ",".join(subnets)} if subnets else {}


def _created(target: Target) -> Properties:
    return {**_subnets(target), "Tags": _tags(target)}


def _describe(target: Target) -> Properties | None:
    found: Properties | None = target.call(
        "describe_auto_scaling_groups", "AutoScalingGroups[0]", AutoScalingGroupNames=[target.id]
    )
    return found


def _read(target: Target) -> ApiObject | None:
    found = _describe(target)
    if found is None:
        return None
    found = {key: value for key, value in found.items() if key != "Tags"}
    told = target.call("describe_tags", "Tags", Filters=[{"Name": "auto-scaling-group", "Values": [target.id]}])
    return {
        **found,
        "vpcZoneIdentifiers": [item for item in found.get("VPCZoneIdentifier", "").split(",") if item],
        "tags": [
            {"key": tag["Key"], "value": tag.get("Value", ""), "propagateAtLaunch": tag["PropagateAtLaunch"]}
            for tag in told
            if not tag["Key"].startswith("aws:")
        ],
        "enabledMetrics": [item["Metric"] for item in found.get("EnabledMetrics", [])],
        "suspendedProcesses": [item["ProcessName"] for item in found.get("SuspendedProcesses", [])],
    }


def _put_tags(target: Target) -> None:
    wanted = _tags(target)
    keys = {tag["Key"] for tag in wanted}
    found = dict(_read(target) or {}).get("tags", [])
    gone = [tag["key"] for tag in found if tag["key"] not in keys]
    if gone:
        about = {"ResourceId": target.id, "ResourceType": "auto-scaling-group"}
        target.call("delete_tags", Tags=[{**about, "Key": key} for key in gone])
    if wanted:
        target.call("create_or_update_tags", Tags=wanted)


def _put_metrics(target: Target) -> None:
    wanted = target.inputs.get("enabledMetrics", [])
    target.call("disable_metrics_collection", AutoScalingGroupName=target.id)
    if wanted:
        granularity = target.inputs.get("metricsGranularity", "1Minute")
        target.call(
            "enable_metrics_collection", AutoScalingGroupName=target.id, Metrics=wanted, Granularity=granularity
        )


def _put_suspended(target: Target) -> None:
    wanted = set(target.inputs.get("suspendedProcesses", []))
    now = {item["ProcessName"] for item in (_describe(target) or {}).get("SuspendedProcesses", [])}
    if now - wanted:
        target.call("resume_processes", AutoScalingGroupName=target.id, ScalingProcesses=sorted(now - wanted))
    if wanted - now:
        target.call("suspend_processes", AutoScalingGroupName=target.id, ScalingProcesses=sorted(wanted - now))


def _put_target_groups(target: Target) -> None:
    wanted = set(target.inputs.get("targetGroupArns", []))
    now = set((_describe(target) or {}).get("TargetGroupARNs", []))
    for operation, arns in (("attach", wanted - now), ("detach", now - wanted)):
        if arns:
            target.call(
                f"{operation}_load_balancer_target_groups", AutoScalingGroupName=target.id, TargetGroupARNs=sorted(arns)
            )


def _put_warm_pool(target: Target) -> None:
    wanted = None if "warmPool" in target.removed else target.inputs.get("warmPool")
    if wanted is None:
        if (_describe(target) or {}).get("WarmPoolConfiguration"):
            target.call("delete_warm_pool", AutoScalingGroupName=target.id, ForceDelete=True)
        return
    given = {key: value for key, value in wanted.items() if key != "instanceReusePolicy"}
    shape = target.region.model("autoscaling", "put_warm_pool").input_shape
    policy = {"ReuseOnScaleIn": wanted.get("instanceReusePolicy", {}).get("reuseOnScaleIn", False)}
    parameters = to_api(given, shape, "warmPool", {})
    target.call("put_warm_pool", AutoScalingGroupName=target.id, InstanceReusePolicy=policy, **parameters)


def _refresh_instances(target: Target) -> None:
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


def _delete(target: Target) -> None:
    if _describe(target) is None:
        return
    if target.state.get("forceDelete"):
        target.call("delete_auto_scaling_group", AutoScalingGroupName=target.id, ForceDelete=True)
        return
    if target.state.get("warmPool"):
        target.call("delete_warm_pool", AutoScalingGroupName=target.id, ForceDelete=True)
    target.call("update_auto_scaling_group", AutoScalingGroupName=target.id, MinSize=0, MaxSize=0, DesiredCapacity=0)
    for over in target.polls(DRAIN_SECONDS):
        if not (_describe(target) or {}).get("Instances"):
            break
        if over:
            raise Failed("its instances do not end; set forceDelete, or take their scale-in protection away")
    target.call("delete_auto_scaling_group", AutoScalingGroupName=target.id)


_BY_NAME = frozenset(
    {
        "availabilityZones",
        "capacityRebalance",
        "context",
        "defaultCooldown",
        "defaultInstanceWarmup",
        "desiredCapacity",
        "desiredCapacityType",
        "healthCheckGracePeriod",
        "healthCheckType",
        "launchConfiguration",
        "launchTemplate",
        "loadBalancers",
        "maxInstanceLifetime",
        "maxSize",
        "minSize",
        "mixedInstancesPolicy",
        "placementGroup",
        "protectFromScaleIn",
        "serviceLinkedRoleArn",
        "terminationPolicies",
    }
)
_TRIGGERS = _BY_NAME | {"tags", "vpcZoneIdentifiers"}
GROUP = Kind(
    "aws:autoscaling/group:Group",
    service="autoscaling",
    source=REGISTRY + "autoscaling/group/",
    create=Call(
        "create_auto_scaling_group",
        _created,
        only=_BY_NAME | {"name", "targetGroupArns", "initialLifecycleHooks"},
        also=frozenset({"tags", "vpcZoneIdentifiers"}),
    ),
    identity=lambda r, _: str(r.inputs["name"]),
    read=_read,
    updates=(
        Call(
            "update_auto_scaling_group",
            lambda r: {"AutoScalingGroupName": r.id, **_subnets(r)},
            only=_BY_NAME,
            also=frozenset({"vpcZoneIdentifiers"}),
        ),
        Step(frozenset({"tags"}), _put_tags),
        Step(frozenset({"enabledMetrics"}), _put_metrics),
        Step(frozenset({"suspendedProcesses"}), _put_suspended),
        Step(frozenset({"targetGroupArns"}), _put_target_groups),
        Step(frozenset({"warmPool"}), _put_warm_pool),
        Step(_TRIGGERS, _refresh_instances),
    ),
    delete=_delete,
    name=AutoName(),
    retry=frozenset({"ScalingActivityInProgress", "ResourceInUse", "ResourceContention"}),
    replaces=frozenset({"name", "namePrefix", "initialLifecycleHooks"}),
    computed=frozenset(
        {
            "availabilityZones",
            "availabilityZoneDistribution",
            "capacityReservationSpecification",
            "defaultCooldown",
            "desiredCapacity",
            "healthCheckType",
            "instanceLifecyclePolicy",
            "launchTemplate",
            "loadBalancers",
            "mixedInstancesPolicy",
            "serviceLinkedRoleArn",
            "targetGroupArns",
            "trafficSources",
            "vpcZoneIdentifiers",
            "terminationPolicies",
            "initialLifecycleHooks",
        }
    ),
    defaults={
        "forceDelete": False,
        "forceDeleteWarmPool": False,
        "healthCheckGracePeriod": 300,
        "ignoreFailedScalingActivities": False,
        "metricsGranularity": "1Minute",
        "protectFromScaleIn": False,
        "waitForCapacityTimeout": "10m",
    },
    settings=frozenset(
        {
            "forceDelete",
            "forceDeleteWarmPool",
            "ignoreFailedScalingActivities",
            "instanceRefresh",
            "metricsGranularity",
            "minElbCapacity",
            "waitForCapacityTimeout",
            "waitForElbCapacity",
        }
    ),
    ordered=frozenset({"terminationPolicies"}),
    empties={"defaultInstanceWarmup": -1},
    names={
        "name": "AutoScalingGroupName",
        "warmPool": "WarmPoolConfiguration",
        "arn": "AutoScalingGroupARN",
        "launchTemplate.id": "LaunchTemplateId",
        "launchTemplate.name": "LaunchTemplateName",
        "protectFromScaleIn": "NewInstancesProtectedFromScaleIn",
        "launchConfiguration": "LaunchConfigurationName",
        "loadBalancers": "LoadBalancerNames",
        "initialLifecycleHooks": "LifecycleHookSpecificationList",
        "initialLifecycleHooks.name": "LifecycleHookName",
        "initialLifecycleHooks.notificationTargetArn": "NotificationTargetARN",
        "initialLifecycleHooks.roleArn": "RoleARN",
        "serviceLinkedRoleArn": "ServiceLinkedRoleARN",
        "enabledMetrics": "enabledMetrics",
        "suspendedProcesses": "suspendedProcesses",
    },
)

KINDS = (GROUP,)

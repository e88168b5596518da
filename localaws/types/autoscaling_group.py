"""Amazon EC2 Auto Scaling: groups."""

from __future__ import annotations

from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Step, Target
from localaws.types.autoscaling_instances import delete, describe, put_warm_pool, refresh_instances
from localaws.wire import Properties


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


def _read(target: Target) -> ApiObject | None:
    found = describe(target)
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
    now = {item["ProcessName"] for item in (describe(target) or {}).get("SuspendedProcesses", [])}
    if now - wanted:
        target.call("resume_processes", AutoScalingGroupName=target.id, ScalingProcesses=sorted(now - wanted))
    if wanted - now:
        target.call("suspend_processes", AutoScalingGroupName=target.id, ScalingProcesses=sorted(wanted - now))


def _put_target_groups(target: Target) -> None:
    wanted = set(target.inputs.get("targetGroupArns", []))
    now = set((describe(target) or {}).get("TargetGroupARNs", []))
    for operation, arns in (("attach", wanted - now), ("detach", now - wanted)):
        if arns:
            target.call(
                f"{operation}_load_balancer_target_groups", AutoScalingGroupName=target.id, TargetGroupARNs=sorted(arns)
            )


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
        Step(frozenset({"warmPool"}), put_warm_pool),
        Step(_TRIGGERS, refresh_instances),
    ),
    delete=delete,
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

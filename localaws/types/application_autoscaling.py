"""Application Auto Scaling: scalable targets, scaling policies, scheduled actions."""

from __future__ import annotations

from dataclasses import replace

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Step, Target
from localaws.wire import Properties

_PARTS = ("serviceNamespace", "resourceId", "scalableDimension")


def _key(target: Target) -> Properties:
    """What is scaled; of an import, which knows nothing but an id, as the id says it."""
    parts = [target.get(prop) for prop in _PARTS]
    if not all(parts):
        parts = list(_split(target.id))
    return dict(zip(("ServiceNamespace", "ResourceId", "ScalableDimension"), parts, strict=True))


def _split(id_: str) -> tuple[str, str, str]:
    """`ecs/service/cluster/name/ecs:service:DesiredCount` -> its three parts."""
    namespace, _, rest = id_.partition("/")
    resource, _, dimension = rest.rpartition("/")
    return namespace, resource, dimension


def _target(target: Target) -> ApiObject | None:
    key = _key(target)
    where = {**key, "ResourceIds": [key.pop("ResourceId")]}
    del where["ResourceId"]
    found: Properties | None = target.call("describe_scalable_targets", "ScalableTargets[0]", **where)
    if found is None:
        return None
    target.id = found["ResourceId"]
    told = target.call("list_tags_for_resource", "Tags", ResourceARN=found["ScalableTargetARN"])
    return {**found, "tags": told}


TARGET = Kind(
    "aws:appautoscaling/target:Target",
    service="application-autoscaling",
    source=REGISTRY + "appautoscaling/target/",
    create=Call("register_scalable_target"),
    identity=lambda r, _: str(r.inputs["resourceId"]),
    read=_target,
    updates=(
        Call(
            "register_scalable_target",
            only=frozenset({*_PARTS, "maxCapacity", "minCapacity", "roleArn", "suspendedState"}),
        ),
    ),
    delete=lambda r: r.call("deregister_scalable_target", **_key(r)),
    tag=tags.application_autoscaling,
    replaces=frozenset(_PARTS),
    computed=frozenset({"roleArn", "suspendedState"}),
    names={"arn": "ScalableTargetARN"},
)


def _policy(target: Target) -> ApiObject | None:
    if not target.state and "/" in target.id:
        # An import's id, also of a refresh that knows nothing yet: that of the target, and the policy's name.
        whole, _, target.id = target.id.rpartition("/")
        key = _key(replace(target, id=whole, inputs={}))
    else:
        key = _key(target)
    policies = target.call("describe_scaling_policies", "ScalingPolicies", **key, PolicyNames=[target.id])
    found = next((policy for policy in policies if policy["PolicyName"] == target.id), None)
    return found and {**found, "alarmArns": [alarm["AlarmARN"] for alarm in found.get("Alarms", [])]}


_PUT_POLICY = Call(
    "put_scaling_policy",
    only=frozenset(
        {*_PARTS, "name", "policyType", "stepScalingPolicyConfiguration", "targetTrackingScalingPolicyConfiguration"}
    ),
)
POLICY = Kind(
    "aws:appautoscaling/policy:Policy",
    service="application-autoscaling",
    source=REGISTRY + "appautoscaling/policy/",
    create=_PUT_POLICY,
    identity=lambda r, _: str(r.inputs["name"]),
    read=_policy,
    updates=(
        Step(
            frozenset({"policyType", "stepScalingPolicyConfiguration", "targetTrackingScalingPolicyConfiguration"}),
            _PUT_POLICY.again,
        ),
    ),
    delete=lambda r: r.call("delete_scaling_policy", **_key(r), PolicyName=r.id),
    name=AutoName(256),
    replaces=frozenset({*_PARTS, "name"}),
    defaults={"policyType": "StepScaling"},
    recomputed=frozenset({"alarmArns"}),
    names={"name": "PolicyName", "arn": "PolicyARN"},
)


def _action_key(target: Target) -> tuple[str, Properties]:
    """The action's name and what it scales; an import's id says both for a service of ECS."""
    if target.get("resourceId"):
        return str(target.get("name")), _key(target)
    name, _, service = target.id.partition("-ecs-service/")
    return name, _key(replace(target, id=f"ecs/service/{service}/ecs:service:DesiredCount"))


def _action(target: Target) -> ApiObject | None:
    name, key = _action_key(target)
    found: Properties | None = target.call(
        "describe_scheduled_actions", "ScheduledActions[0]", **key, ScheduledActionNames=[name]
    )
    return found


_PUT_ACTION = Call(
    "put_scheduled_action", only=frozenset({*_PARTS, "name", "schedule", "timezone", "scalableTargetAction"})
)
SCHEDULED_ACTION = Kind(
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    service="application-autoscaling",
    source=REGISTRY + "appautoscaling/scheduledaction/",
    create=_PUT_ACTION,
    identity=lambda r, _: f"{r.inputs['name']}-{r.inputs['serviceNamespace']}-{r.inputs['resourceId']}",
    read=_action,
    updates=(Step(frozenset({"schedule", "timezone", "scalableTargetAction"}), _PUT_ACTION.again),),
    delete=lambda r: r.call("delete_scheduled_action", **_key(r), ScheduledActionName=_action_key(r)[0]),
    name=AutoName(256),
    replaces=frozenset({*_PARTS, "name"}),
    defaults={"timezone": "UTC"},
    names={"name": "ScheduledActionName", "arn": "ScheduledActionARN"},
)

KINDS = (TARGET, POLICY, SCHEDULED_ACTION)

"""Elastic Load Balancing: target groups."""

from __future__ import annotations

from localaws import tags
from localaws.convert import to_api
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Step, Target
from localaws.types.elbv2_attributes import Attributes, pairs, told
from localaws.wire import Properties

_OF_TARGETS: Attributes = {
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "slowStart": "slow_start.duration_seconds",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "loadBalancingAnomalyMitigation": "load_balancing.algorithm.anomaly_mitigation",
    "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
    "preserveClientIp": "preserve_client_ip.enabled",
    "proxyProtocolV2": "proxy_protocol_v2.enabled",
    "connectionTermination": "deregistration_delay.connection_termination.enabled",
}
_OF_STICKINESS: Attributes = {"enabled": "stickiness.enabled", "type": "stickiness.type"}
_COOKIES: dict[str, Attributes] = {
    "lb_cookie": {"cookieDuration": "stickiness.lb_cookie.duration_seconds"},
    "app_cookie": {
        "cookieDuration": "stickiness.app_cookie.duration_seconds",
        "cookieName": "stickiness.app_cookie.cookie_name",
    },
}
_HEALTH: Attributes = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "path": "HealthCheckPath",
    "interval": "HealthCheckIntervalSeconds",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}


def _health(target: Target) -> Properties:
    check = target.inputs.get("healthCheck", {})
    members = target.region.model("elbv2", "create_target_group").input_shape.members
    result = {name: to_api(check[prop], members[name], prop, {}) for prop, name in _HEALTH.items() if prop in check}
    if "matcher" in check:
        key = "GrpcCode" if target.get("protocolVersion") == "GRPC" else "HttpCode"
        result["Matcher"] = {key: str(check["matcher"])}
    return result


def _stickiness_names(stickiness: Properties) -> Attributes:
    return _OF_STICKINESS | _COOKIES.get(stickiness.get("type", ""), {})


def _put_target_attributes(target: Target) -> None:
    stickiness = target.inputs.get("stickiness", {})
    wanted = pairs(target.inputs, _OF_TARGETS) + pairs(stickiness, _stickiness_names(stickiness))
    target.call("modify_target_group_attributes", TargetGroupArn=target.id, Attributes=wanted)


def _target_group(target: Target) -> ApiObject | None:
    found: Properties = target.call("describe_target_groups", "TargetGroups[0]", TargetGroupArns=[target.id])
    values = target.call("describe_target_group_attributes", "Attributes", TargetGroupArn=target.id)
    stickiness = told(values, _OF_STICKINESS)
    matcher = found.get("Matcher", {})
    return {
        **found,
        **told(values, _OF_TARGETS),
        "stickiness": told(values, _stickiness_names(stickiness)),
        "healthCheck": {
            **{prop: found.get(name) for prop, name in _HEALTH.items()},
            "matcher": matcher.get("HttpCode") or matcher.get("GrpcCode"),
        },
        "arnSuffix": target.id.rpartition(":")[2],
        "tags": target.call("describe_tags", "TagDescriptions[0].Tags", ResourceArns=[target.id]),
    }


TARGET_GROUP = Kind(
    "aws:lb/targetGroup:TargetGroup",
    service="elbv2",
    source=REGISTRY + "lb/targetgroup/",
    create=Call(
        "create_target_group",
        _health,
        also=frozenset({"healthCheck"}),
        only=frozenset({"ipAddressType", "name", "port", "protocol", "protocolVersion", "targetType", "vpcId"}),
    ),
    identity="TargetGroups[0].TargetGroupArn",
    read=_target_group,
    updates=(
        Call(
            "modify_target_group",
            lambda r: {"TargetGroupArn": r.id, **_health(r)},
            only=frozenset(),
            also=frozenset({"healthCheck"}),
        ),
        Step(frozenset({*_OF_TARGETS, "stickiness"}), _put_target_attributes),
    ),
    delete=lambda r: r.call("delete_target_group", TargetGroupArn=r.id),
    tag=tags.elbv2,
    name=AutoName(32),
    retry=frozenset({"ResourceInUse"}),
    replaces=frozenset(
        {
            "ipAddressType",
            "name",
            "namePrefix",
            "port",
            "protocol",
            "protocolVersion",
            "targetType",
            "vpcId",
        }
    ),
    computed=frozenset(
        {
            "connectionTermination",
            "healthCheck",
            "ipAddressType",
            "loadBalancingAlgorithmType",
            "loadBalancingAnomalyMitigation",
            "loadBalancingCrossZoneEnabled",
            "preserveClientIp",
            "protocolVersion",
            "stickiness",
            "targetFailovers",
            "targetGroupHealth",
            "targetHealthStates",
        }
    ),
    defaults={"deregistrationDelay": 300, "proxyProtocolV2": False, "slowStart": 0, "targetType": "instance"},
    names={"name": ("Name", "TargetGroupName"), "arn": "TargetGroupArn"},
)

KINDS = (TARGET_GROUP,)

"""Elastic Load Balancing: load balancers, target groups, listeners, listener rules."""

from __future__ import annotations

from typing import Any

from localaws import tags
from localaws.convert import to_api
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Failed, Kind, Step, Target
from localaws.wire import Properties

ACTIVE_SECONDS = 10 * 60.0
"""The provider's default time-out for a load balancer."""

Attributes = dict[str, str]
_OF_BALANCER: Attributes = {
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
}
_OF_ALB: Attributes = {
    "idleTimeout": "idle_timeout.timeout_seconds",
    "clientKeepAlive": "client_keep_alive.seconds",
    "enableHttp2": "routing.http2.enabled",
    "enableWafFailOpen": "waf.fail_open.enabled",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
}
_OF_LOGS: Attributes = {
    "enabled": "access_logs.s3.enabled",
    "bucket": "access_logs.s3.bucket",
    "prefix": "access_logs.s3.prefix",
}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _pairs(values: Properties, names: Attributes) -> list[Properties]:
    return [{"Key": name, "Value": _text(values[prop])} for prop, name in names.items() if prop in values]


def _told(found: list[Properties], names: Attributes) -> Properties:
    values = {item["Key"]: item["Value"] for item in found}
    return {prop: values[name] for prop, name in names.items() if name in values}


def _is_alb(target: Target) -> bool:
    return bool(target.get("loadBalancerType") == "application")


def _put_balancer_attributes(target: Target) -> None:
    """ALBs have attributes that others do not, and spread over zones without being told."""
    names = _OF_BALANCER | _OF_ALB if _is_alb(target) else _OF_BALANCER
    if _is_alb(target):
        names = {prop: name for prop, name in names.items() if prop != "enableCrossZoneLoadBalancing"}
    logs = target.inputs.get("accessLogs", {})
    if logs and not logs.get("enabled"):
        logs = {"enabled": False}
    pairs = _pairs(target.inputs, names) + _pairs(logs, _OF_LOGS)
    target.call("modify_load_balancer_attributes", LoadBalancerArn=target.id, Attributes=pairs)


def _balancer(target: Target) -> ApiObject | None:
    found: Properties = target.call("describe_load_balancers", "LoadBalancers[0]", LoadBalancerArns=[target.id])
    values = target.call("describe_load_balancer_attributes", "Attributes", LoadBalancerArn=target.id)
    # Of others the provider keeps what is an application load balancer's alone.
    kept = {} if _is_alb(target) else {prop: target.get(prop) for prop in _OF_ALB if target.get(prop) is not None}
    return {
        **found,
        **kept,
        **_told(values, _OF_BALANCER | _OF_ALB),
        "accessLogs": _logs(target, _told(values, _OF_LOGS)),
        "subnets": [zone["SubnetId"] for zone in found["AvailabilityZones"]],
        "internal": found.get("Scheme") == "internal",
        "arnSuffix": target.id.partition(":loadbalancer/")[2],
        "tags": target.call("describe_tags", "TagDescriptions[0].Tags", ResourceArns=[target.id]),
    }


def _logs(target: Target, found: Properties) -> Properties | None:
    """While they are off, the provider looks neither at the bucket nor at the prefix."""
    if found.get("enabled") == "true":
        return found
    written = target.get("accessLogs")
    return {**written, "enabled": False} if written else None


def _until_active(target: Target) -> None:
    for over in target.polls(ACTIVE_SECONDS):
        state = target.call("describe_load_balancers", "LoadBalancers[0].State.Code", LoadBalancerArns=[target.id])
        if state == "active":
            return
        if state == "failed" or over:
            raise Failed(f"the load balancer is {state}, not active")


_ATTRIBUTES = frozenset({*_OF_BALANCER, *_OF_ALB, "accessLogs"})
LOAD_BALANCER = Kind(
    "aws:lb/loadBalancer:LoadBalancer",
    service="elbv2",
    source=REGISTRY + "lb/loadbalancer/",
    create=Call(
        "create_load_balancer",
        lambda r: {"Scheme": "internal" if r.inputs.get("internal") else "internet-facing"},
        only=frozenset({"name", "subnets", "subnetMappings", "securityGroups", "loadBalancerType", "ipAddressType"}),
        also=frozenset({"internal"}),
    ),
    identity="LoadBalancers[0].LoadBalancerArn",
    read=_balancer,
    updates=(
        Step(_ATTRIBUTES, _put_balancer_attributes),
        Call("set_security_groups", lambda r: {"LoadBalancerArn": r.id}, only=frozenset({"securityGroups"})),
        Call("set_subnets", lambda r: {"LoadBalancerArn": r.id}, only=frozenset({"subnets"})),
        Call("set_ip_address_type", lambda r: {"LoadBalancerArn": r.id}, only=frozenset({"ipAddressType"})),
    ),
    delete=lambda r: r.call("delete_load_balancer", LoadBalancerArn=r.id),
    settle=_until_active,
    tag=tags.elbv2,
    name=AutoName(32),
    replaces=frozenset({"name", "namePrefix", "internal", "loadBalancerType"}),
    computed=frozenset(
        {
            "internal",
            "ipAddressType",
            "securityGroups",
            "subnets",
            "subnetMappings",
            "customerOwnedIpv4Pool",
            "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
        }
    ),
    defaults={
        "clientKeepAlive": 3600,
        "desyncMitigationMode": "defensive",
        "dropInvalidHeaderFields": False,
        "enableCrossZoneLoadBalancing": False,
        "enableDeletionProtection": False,
        "enableHttp2": True,
        "enableTlsVersionAndCipherSuiteHeaders": False,
        "enableWafFailOpen": False,
        "enableXffClientPort": False,
        "idleTimeout": 60,
        "loadBalancerType": "application",
        "preserveHostHeader": False,
        "xffHeaderProcessingMode": "append",
    },
    names={
        "name": ("Name", "LoadBalancerName"),
        "arn": "LoadBalancerArn",
        "loadBalancerType": "Type",
        "zoneId": "CanonicalHostedZoneId",
    },
)

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
    pairs = _pairs(target.inputs, _OF_TARGETS) + _pairs(stickiness, _stickiness_names(stickiness))
    target.call("modify_target_group_attributes", TargetGroupArn=target.id, Attributes=pairs)


def _target_group(target: Target) -> ApiObject | None:
    found: Properties = target.call("describe_target_groups", "TargetGroups[0]", TargetGroupArns=[target.id])
    values = target.call("describe_target_group_attributes", "Attributes", TargetGroupArn=target.id)
    stickiness = _told(values, _OF_STICKINESS)
    matcher = found.get("Matcher", {})
    return {
        **found,
        **_told(values, _OF_TARGETS),
        "stickiness": _told(values, _stickiness_names(stickiness)),
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


def _action_names(prop: str) -> dict[str, str]:
    return {
        f"{prop}.forward": "ForwardConfig",
        f"{prop}.forward.targetGroups.arn": "TargetGroupArn",
        f"{prop}.forward.stickiness": "TargetGroupStickinessConfig",
        f"{prop}.forward.stickiness.duration": "DurationSeconds",
        f"{prop}.redirect": "RedirectConfig",
        f"{prop}.fixedResponse": "FixedResponseConfig",
        f"{prop}.authenticateCognito": "AuthenticateCognitoConfig",
        f"{prop}.authenticateOidc": "AuthenticateOidcConfig",
    }


def _certificate(target: Target) -> Properties:
    arn = target.inputs.get("certificateArn")
    return {"Certificates": [{"CertificateArn": arn}]} if arn else {}


def _listener(target: Target) -> ApiObject | None:
    found: Properties = target.call("describe_listeners", "Listeners[0]", ListenerArns=[target.id])
    certificates = [item["CertificateArn"] for item in found.get("Certificates", [])]
    return {
        **found,
        "certificateArn": certificates[0] if certificates else None,
        # A list in the API, a single one in the provider.
        "AlpnPolicy": next(iter(found.get("AlpnPolicy", [])), None),
        "tags": target.call("describe_tags", "TagDescriptions[0].Tags", ResourceArns=[target.id]),
    }


_LISTENER_PROPS = frozenset({"alpnPolicy", "defaultActions", "mutualAuthentication", "port", "protocol", "sslPolicy"})
LISTENER = Kind(
    "aws:lb/listener:Listener",
    service="elbv2",
    source=REGISTRY + "lb/listener/",
    create=Call(
        "create_listener",
        _certificate,
        only=_LISTENER_PROPS | {"loadBalancerArn"},
        also=frozenset({"certificateArn"}),
    ),
    identity="Listeners[0].ListenerArn",
    read=_listener,
    updates=(
        Call(
            "modify_listener",
            lambda r: {"ListenerArn": r.id, **_certificate(r)},
            only=_LISTENER_PROPS,
            also=frozenset({"certificateArn"}),
        ),
    ),
    delete=lambda r: r.call("delete_listener", ListenerArn=r.id),
    tag=tags.elbv2,
    replaces=frozenset({"loadBalancerArn"}),
    computed=frozenset({"mutualAuthentication", "protocol", "sslPolicy"}),
    names={"arn": "ListenerArn", **_action_names("defaultActions")},
)

_FIELDS = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "queryStrings": ("query-string", "QueryStringConfig"),
}


def _condition(wanted: Properties) -> Properties:
    prop = next(iter(wanted))
    field, config = _FIELDS[prop]
    value = wanted[prop]
    if prop == "queryStrings":
        pairs = [{name.title(): item[name] for name in ("key", "value") if name in item} for item in value]
        return {"Field": field, config: {"Values": pairs}}
    named = {"HttpHeaderName": value["httpHeaderName"]} if "httpHeaderName" in value else {}
    return {"Field": field, config: {"Values": value["values"], **named}}


def _inverse(found: Properties) -> Properties:
    prop, config = next((prop, config) for prop, (field, config) in _FIELDS.items() if field == found["Field"])
    values = found.get(config, {}).get("Values") or found.get("Values", [])
    if prop == "queryStrings":
        return {prop: [{name.lower(): item[name] for name in item} for item in values]}
    name = found.get(config, {}).get("HttpHeaderName")
    return {prop: {"values": values, **({"httpHeaderName": name} if name else {})}}


def _conditions(target: Target) -> Properties:
    return {"Conditions": [_condition(item) for item in target.inputs["conditions"]]}


def _new_rule(target: Target) -> Properties:
    """Without a priority the rule gets the one after the last, as with the provider."""
    result = _conditions(target)
    if "priority" not in target.inputs:
        found = target.call("describe_rules", "Rules[].Priority", ListenerArn=target.inputs["listenerArn"])
        result["Priority"] = max((int(item) for item in found if item != "default"), default=0) + 1
    return result


def _rule(target: Target) -> ApiObject | None:
    found: Properties | None = target.call("describe_rules", "Rules[0]", RuleArns=[target.id])
    if found is None:
        return None
    return {
        **found,
        "conditions": [_inverse(item) for item in found["Conditions"]],
        "listenerArn": target.id.replace(":listener-rule/", ":listener/").rpartition("/")[0],
        "tags": target.call("describe_tags", "TagDescriptions[0].Tags", ResourceArns=[target.id]),
    }


def _put_priority(target: Target) -> None:
    """A rule that was imported may have it already, which moto would call taken."""
    wanted = int(target.inputs["priority"])
    if wanted != target.state.get("priority"):
        target.call("set_rule_priorities", RulePriorities=[{"RuleArn": target.id, "Priority": wanted}])


def _one_condition_each(inputs: Properties) -> list[tuple[str, str]]:
    found = inputs.get("conditions")
    if not isinstance(found, list):
        return []
    return [
        (f"conditions[{index}]", f"exactly one of {', '.join(_FIELDS)} must be set; seen: {sorted(item)}")
        for index, item in enumerate(found)
        if isinstance(item, dict) and (len(item) != 1 or not set(item) <= set(_FIELDS))
    ]


LISTENER_RULE = Kind(
    "aws:lb/listenerRule:ListenerRule",
    service="elbv2",
    source=REGISTRY + "lb/listenerrule/",
    create=Call(
        "create_rule",
        _new_rule,
        only=frozenset({"actions", "listenerArn", "priority"}),
        also=frozenset({"conditions"}),
    ),
    identity="Rules[0].RuleArn",
    read=_rule,
    updates=(
        Call(
            "modify_rule",
            lambda r: {"RuleArn": r.id, **_conditions(r)},
            only=frozenset({"actions"}),
            also=frozenset({"conditions"}),
        ),
        Step(frozenset({"priority"}), _put_priority),
    ),
    delete=lambda r: r.call("delete_rule", RuleArn=r.id),
    tag=tags.elbv2,
    check=_one_condition_each,
    replaces=frozenset({"listenerArn"}),
    computed=frozenset({"priority"}),
    names={"arn": "RuleArn", **_action_names("actions")},
)

KINDS = (LOAD_BALANCER, TARGET_GROUP, LISTENER, LISTENER_RULE)

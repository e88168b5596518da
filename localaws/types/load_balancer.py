"""Elastic Load Balancing: load balancers."""

from __future__ import annotations

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Failed, Kind, Step, Target
from localaws.types.elbv2_attributes import Attributes, pairs, told
from localaws.wire import Properties

ACTIVE_SECONDS = 10 * 60.0
"""The provider's default time-out for a load balancer."""

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
    wanted = pairs(target.inputs, names) + pairs(logs, _OF_LOGS)
    target.call("modify_load_balancer_attributes", LoadBalancerArn=target.id, Attributes=wanted)


def _balancer(target: Target) -> ApiObject | None:
    found: Properties = target.call("describe_load_balancers", "LoadBalancers[0]", LoadBalancerArns=[target.id])
    values = target.call("describe_load_balancer_attributes", "Attributes", LoadBalancerArn=target.id)
    # Of others the provider keeps what is an application load balancer's alone.
    kept = {} if _is_alb(target) else {prop: target.get(prop) for prop in _OF_ALB if target.get(prop) is not None}
    return {
        **found,
        **kept,
        **told(values, _OF_BALANCER | _OF_ALB),
        "accessLogs": _logs(target, told(values, _OF_LOGS)),
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

KINDS = (LOAD_BALANCER,)

"""Elastic Load Balancing."""

from __future__ import annotations

from tests.localaws.case import Case
from tests.localaws.making import MADE_BY_HAND, balancer, bucket, group, listener, subnets, targets, vpc

NOT_FOUND = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "404"}}


CASES = [
    Case(
        "aws:lb/loadBalancer:LoadBalancer",
        lambda lab: {
            "subnets": subnets(lab, network := vpc(lab)),
            "securityGroups": [group(lab, network)],
            "internal": True,
            "loadBalancerType": "application",
            "idleTimeout": 30,
            "enableDeletionProtection": False,
            "dropInvalidHeaderFields": True,
            "accessLogs": {"enabled": True, "bucket": bucket(lab), "prefix": "a/b"},
            "tags": {"a": "1"},
        },
        lambda lab, r: {
            "idleTimeout": 90,
            "tags": {"a": "2"},
            "securityGroups": [group(lab, r.state["vpcId"])],
            "accessLogs": {"enabled": False, "bucket": ""},
        },
        {"internal": False},
        lambda lab, r: lab.boto("elbv2").modify_load_balancer_attributes(
            LoadBalancerArn=r.id, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "45"}]
        ),
        "idleTimeout",
    ),
    Case(
        "aws:lb/targetGroup:TargetGroup",
        lambda lab: {
            "vpcId": vpc(lab),
            "port": 80,
            "protocol": "HTTP",
            "targetType": "instance",
            "deregistrationDelay": 30,
            "slowStart": 30,
            "healthCheck": {
                "path": "/health",
                "port": "traffic-port",
                "protocol": "HTTP",
                "matcher": "200-299",
                "interval": 15,
                "timeout": 5,
                "healthyThreshold": 2,
                "unhealthyThreshold": 3,
                "enabled": True,
            },
            "stickiness": {"type": "lb_cookie", "enabled": True, "cookieDuration": 600},
            "tags": {"a": "1"},
        },
        lambda lab, r: {
            "deregistrationDelay": 60,
            "slowStart": 0,
            "stickiness": {"type": "app_cookie", "enabled": True, "cookieDuration": 60, "cookieName": "SESSION"},
            "healthCheck": {**r.inputs["healthCheck"], "path": "/up", "matcher": "200"},
        },
        {"port": 81},
        lambda lab, r: lab.boto("elbv2").modify_target_group(TargetGroupArn=r.id, HealthCheckPath="/behind"),
        "healthCheck",
    ),
    Case(
        "aws:lb/listener:Listener",
        lambda lab: {
            "loadBalancerArn": balancer(lab),
            "port": 80,
            "protocol": "HTTP",
            "defaultActions": [NOT_FOUND],
            "tags": {"a": "1"},
        },
        lambda lab, r: {
            "port": 8080,
            "defaultActions": [
                {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
            ],
        },
        {"loadBalancerArn": "arn:other"},
        lambda lab, r: lab.boto("elbv2").modify_listener(ListenerArn=r.id, DefaultActions=MADE_BY_HAND),
        "defaultActions",
    ),
    Case(
        "aws:lb/listenerRule:ListenerRule",
        lambda lab: {
            "listenerArn": listener(lab),
            "priority": 10,
            "actions": [{"type": "forward", "targetGroupArn": targets(lab)}],
            "conditions": [{"pathPattern": {"values": ["/api/*"]}}, {"hostHeader": {"values": ["a.example.com"]}}],
            "tags": {"a": "1"},
        },
        lambda lab, r: {
            "priority": 20,
            "conditions": [{"pathPattern": {"values": ["/v2/*"]}}],
            "actions": [{"type": "forward", "forward": {"targetGroups": [{"arn": targets(lab), "weight": 1}]}}],
        },
        {"listenerArn": "arn:other"},
        lambda lab, r: lab.boto("elbv2").set_rule_priorities(RulePriorities=[{"RuleArn": r.id, "Priority": 77}]),
        "priority",
    ),
]

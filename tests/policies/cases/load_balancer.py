"""What the load balancers of services have to have."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import arn, shop

HTTPS = "ecs-load-balancer-https"
TLS = "ecs-load-balancer-tls-policy"
HEADERS = "ecs-load-balancer-drop-invalid-headers"
DESYNC = "ecs-load-balancer-desync-mitigation"
PROTECTION = "ecs-load-balancer-deletion-protection"
LOGS = "ecs-load-balancer-access-logs"
ALL = (HTTPS, TLS, HEADERS, DESYNC, PROTECTION, LOGS)
SWITCHES: dict[str, tuple[dict[str, Any], str]] = {
    HEADERS: ({"dropInvalidHeaderFields": False}, "passes invalid headers"),
    PROTECTION: ({"enableDeletionProtection": False}, "may be deleted"),
    LOGS: ({"accessLogs": {"bucket": "logs", "enabled": False}}, "no access logs"),
}

NEW, DONE = shop(deployed=False), shop(deployed=True)
_alb, _listener, _service = DONE["alb"], DONE["listener"], DONE["service"]
BARE = _alb.but(dropInvalidHeaderFields=None, enableDeletionProtection=None, accessLogs=None)
NETWORK = BARE.but(loadBalancerType="network")
PLAIN = _listener.but(port=80, protocol="HTTP", sslPolicy=None, certificateArn=None)
TARGET = DONE["targets"].properties["arn"]
FORWARD = [{"type": "forward", "targetGroupArn": TARGET}]
HTTP_ARN = arn("elasticloadbalancing", "listener/app/web/50dc6c495c0c9188/1")
FARGATE = _service.but(launchType="FARGATE", capacityProviderStrategies=[])


def redirect(protocol: str) -> list[dict[str, object]]:
    return [{"type": "redirect", "redirect": {"protocol": protocol, "port": "443", "statusCode": "HTTP_301"}}]


HTTP = Res(
    "aws:lb/listener:Listener",
    "http",
    {
        "arn": HTTP_ARN,
        "loadBalancerArn": _alb.properties["arn"],
        "port": 80,
        "protocol": "HTTP",
        "defaultActions": redirect("HTTPS"),
    },
)
RULE = Res("aws:lb/listenerRule:ListenerRule", "rule", {"listenerArn": HTTP_ARN, "actions": FORWARD})

CASES = [
    *(good(rule, "shop, previewed", NEW) for rule in ALL),
    *(good(rule, "shop, deployed", DONE) for rule in ALL),
    *(good(rule, "nobody's load balancer", DONE.but(BARE, PLAIN).without("service")) for rule in ALL),
    *(good(rule, "of Fargate", DONE.but(BARE, PLAIN, FARGATE)) for rule in ALL),
    good(PROTECTION, "may be deleted", DONE.but(BARE), **{"allowedLoadBalancers": ["alb"]}),
    bad(
        PROTECTION, "another may be deleted", DONE.but(BARE), ("alb", "may be deleted"), allowedLoadBalancers=["others"]
    ),
    good(HTTPS, "internal", DONE.but(_alb.but(internal=True), PLAIN)),
    good(HTTPS, "network", DONE.but(NETWORK, _listener.but(protocol="TCP"))),
    good(HTTPS, "redirected", DONE.but(HTTP)),
    good(HTTPS, "answers by itself", DONE.but(HTTP.but(defaultActions=[{"type": "fixed-response"}]))),
    bad(HTTPS, "HTTP alone", DONE.but(PLAIN), ("alb", "has no HTTPS listener")),
    bad(HTTPS, "HTTP alone, previewed", NEW.but(NEW["listener"].but(protocol="HTTP")), ("alb", "no HTTPS listener")),
    bad(HTTPS, "HTTP beside it", DONE.but(HTTP.but(defaultActions=FORWARD)), ("http", "serves by HTTP")),
    bad(HTTPS, "redirects to HTTP", DONE.but(HTTP.but(defaultActions=redirect("#{protocol}"))), ("http", "serves")),
    bad(HTTPS, "a rule forwards", DONE.but(HTTP, RULE), ("rule", "serves by HTTP")),
    unknown(HTTPS, "action not known", DONE.but(HTTP.but(defaultActions=UNKNOWN)), "http: defaultActions"),
    good(TLS, "1.3 alone", DONE.but(_listener.but(sslPolicy="ELBSecurityPolicy-TLS13-1-3-2021-06"))),
    good(TLS, "HTTP", DONE.but(PLAIN)),
    good(
        TLS,
        "allowed",
        DONE.but(_listener.but(sslPolicy="ELBSecurityPolicy-2016-08")),
        **{"allowedPolicies": ["ELBSecurityPolicy-2016-08"]},
    ),
    bad(TLS, "old", DONE.but(_listener.but(sslPolicy="ELBSecurityPolicy-TLS-1-1-2017-01")), ("listener", "sslPolicy")),
    bad(TLS, "none", DONE.but(_listener.but(protocol="TLS", sslPolicy=None)), ("listener", "has no sslPolicy")),
    bad(TLS, "none, previewed", NEW.but(NEW["listener"].but(sslPolicy=UNKNOWN)), ("listener", "has no sslPolicy")),
    unknown(TLS, "protocol not known", DONE.but(_listener.but(protocol=UNKNOWN).made(protocol=["alb"])), "protocol"),
    unknown(HTTPS, "service not known", DONE.but(_service.but(loadBalancers=UNKNOWN)), "service: loadBalancers"),
    *(bad(rule, "off", DONE.but(_alb.but(**off)), ("alb", said)) for rule, (off, said) in SWITCHES.items()),
    *(bad(rule, "not said", DONE.but(BARE), ("alb", said)) for rule, (_, said) in SWITCHES.items()),
    *(
        unknown(rule, "not known", DONE.but(_alb.but(**dict.fromkeys(off, UNKNOWN))), f"alb: {next(iter(off))}")
        for rule, (off, _) in SWITCHES.items()
    ),
    good(HEADERS, "network", DONE.but(NETWORK)),
    bad(
        DESYNC,
        "monitor",
        DONE.but(_alb.but(desyncMitigationMode="monitor")),
        ("alb", "desyncMitigationMode monitor"),
    ),
    unknown(DESYNC, "not known", DONE.but(_alb.but(desyncMitigationMode=UNKNOWN)), "alb: desyncMitigationMode"),
    good(DESYNC, "strictest", DONE.but(DONE["alb"].but(desyncMitigationMode="strictest"))),
    good(DESYNC, "network", DONE.but(NETWORK.but(desyncMitigationMode="monitor"))),
    good(LOGS, "network", DONE.but(NETWORK)),
]

"""Rules on the load balancers that reach services on container instances."""

from collections.abc import Iterator

from ecs_model.tls import DEFAULT_TLS_POLICY, TLS_POLICY, is_modern_tls
from policies.balancers import judge_balancers, listeners_of, rules_of
from policies.rule import ADVISORY, HIGH, LOW, MEDIUM, Finding, Option, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.load_balancing import Listener, ListenerRule, LoadBalancer


@rule(
    id="ecs-load-balancer-https",
    title="What the internet asks of a service, it asks by HTTPS",
    severity=HIGH,
    level=ADVISORY,
    why="Requests and answers by HTTP, with their cookies and passwords, can be read and changed on the way.",
    fix="Add an HTTPS listener with a certificate of ACM, and let the HTTP listener redirect to it.",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html",
)
def https(stack: Stack, options: Options) -> Iterator[Verdict]:
    """An internet-facing application load balancer has an HTTPS listener, and forwards nothing that came by HTTP.

    Redirects to HTTPS and fixed responses are fine. What only the VPC reaches may be served by HTTP.
    """

    def plain(source: Listener | ListenerRule) -> Iterator[Verdict]:
        if source.serves_plainly:
            yield Finding("serves by HTTP", source, "Let it redirect, with protocol HTTPS, and forward by HTTPS alone.")

    def secured(balancer: LoadBalancer) -> Iterator[Verdict]:
        if not balancer.is_application or balancer.is_internal:
            return
        listeners = listeners_of(stack, balancer)
        if not any(listener.protocol == "HTTPS" for listener in listeners):
            yield Finding("is internet-facing, and has no HTTPS listener", balancer)
            return
        for listener in listeners:
            if listener.protocol == "HTTP":
                sources: list[Listener | ListenerRule] = [listener, *rules_of(stack, listener)]
                yield from each(sources, plain)

    yield from judge_balancers(stack, secured)


@rule(
    id="ecs-load-balancer-tls-policy",
    title="Listeners take nothing older than TLS 1.2",
    severity=MEDIUM,
    level=ADVISORY,
    why="TLS 1.0 and 1.1 are broken. A listener that names no policy gets ELBSecurityPolicy-2016-08 from the API, "
    "which takes both.",
    fix=f"Set sslPolicy to {TLS_POLICY}.",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html",
    options={"allowedPolicies": Option("string", "Further security policies that listeners may have.")},
)
def tls_policy(stack: Stack, options: Options) -> Iterator[Verdict]:
    """HTTPS and TLS listeners of application and network load balancers have a policy for TLS 1.2 and later alone."""

    def modern(listener: Listener) -> Iterator[Verdict]:
        if listener.protocol not in ("HTTPS", "TLS"):
            return
        policy = listener.tls_policy
        effective = policy or DEFAULT_TLS_POLICY
        if is_modern_tls(effective) or effective in options["allowedPolicies"]:
            return
        said = "its sslPolicy takes TLS older than 1.2, or is not known to do without"
        yield Finding(said if policy else f"has no sslPolicy, so that it gets {DEFAULT_TLS_POLICY}", listener)

    yield from judge_balancers(stack, lambda balancer: each(listeners_of(stack, balancer), modern))


@rule(
    id="ecs-load-balancer-drop-invalid-headers",
    title="Load balancers drop invalid HTTP headers",
    severity=MEDIUM,
    level=ADVISORY,
    why="Load balancer and container may read a header with an invalid name differently, which is how requests are "
    "smuggled past the one to the other. Desync mitigation judges whole requests, and removes no header.",
    fix="Set dropInvalidHeaderFields to true.",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",
)
def drop_invalid_headers(stack: Stack, options: Options) -> Iterator[Verdict]:
    """`dropInvalidHeaderFields` of application load balancers."""

    def dropping(balancer: LoadBalancer) -> Iterator[Verdict]:
        if balancer.is_application and not balancer.drops_invalid_headers:
            yield Finding("passes invalid headers on to the tasks", balancer)

    yield from judge_balancers(stack, dropping)


@rule(
    id="ecs-load-balancer-desync-mitigation",
    title="Load balancers defend the tasks against requests that can be read in two ways",
    severity=MEDIUM,
    level=ADVISORY,
    why="In monitor mode a load balancer counts requests that it and a container may read differently, and passes them "
    "on, so that one request can be smuggled within another.",
    fix="Set desyncMitigationMode to defensive, AWS's default, or to strictest.",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",
)
def desync_mitigation(stack: Stack, options: Options) -> Iterator[Verdict]:
    """`desyncMitigationMode` of application load balancers."""

    def defending(balancer: LoadBalancer) -> Iterator[Verdict]:
        if balancer.is_application and balancer.only_monitors_desync:
            yield Finding("has the desyncMitigationMode monitor", balancer)

    yield from judge_balancers(stack, defending)


@rule(
    id="ecs-load-balancer-deletion-protection",
    title="Load balancers are protected from deletion",
    severity=LOW,
    level=ADVISORY,
    why="A load balancer deleted by mistake takes its DNS name along: every service behind it is gone for its clients, "
    "and one made anew has another name.",
    fix="Set enableDeletionProtection to true; switch it off and deploy before a destroy.",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
    options={
        "allowedLoadBalancers": Option(
            "string", "Names of load balancers that may be deleted, such as those of an environment to be thrown away."
        )
    },
)
def deletion_protection(stack: Stack, options: Options) -> Iterator[Verdict]:
    """`enableDeletionProtection` of application and network load balancers."""

    def protected(balancer: LoadBalancer) -> Iterator[Verdict]:
        if balancer.name not in options["allowedLoadBalancers"] and not balancer.is_protected:
            yield Finding("may be deleted without a warning", balancer)

    yield from judge_balancers(stack, protected)


@rule(
    id="ecs-load-balancer-access-logs",
    title="Load balancers log who asked for what",
    severity=LOW,
    level=ADVISORY,
    why="Without access logs nobody can tell afterwards who asked a service for what, and which task answered how.",
    fix="Set accessLogs with a bucket that Elastic Load Balancing may write to, and enabled: true.",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
)
def access_logs(stack: Stack, options: Options) -> Iterator[Verdict]:
    """`accessLogs.enabled` of application load balancers; a network load balancer logs TLS connections alone."""

    def logging(balancer: LoadBalancer) -> Iterator[Verdict]:
        if balancer.is_application and not balancer.logs_requests:
            yield Finding("writes no access logs", balancer)

    yield from judge_balancers(stack, logging)

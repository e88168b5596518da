"""Elastic Load Balancing: listeners and their rules."""

from __future__ import annotations

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, Call, Kind, Step, Target
from localaws.wire import Properties


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

KINDS = (LISTENER, LISTENER_RULE)

"""Amazon EC2: security groups and their rules."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from localaws import tags
from localaws.aws import ACCOUNT
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Step, Target
from localaws.wire import Properties


def _permission(rule: Properties) -> Properties:
    """An inline rule as the API's IpPermission."""
    text = {"Description": rule["description"]} if rule.get("description") else {}
    groups = list(rule.get("securityGroups", []))
    if rule.get("self"):
        groups.append(rule["own"])
    result: Properties = {"IpProtocol": str(rule["protocol"])}
    if result["IpProtocol"] not in ("-1", "all"):
        result |= {"FromPort": int(rule["fromPort"]), "ToPort": int(rule["toPort"])}
    for key, name, values in (
        ("IpRanges", "CidrIp", rule.get("cidrBlocks")),
        ("Ipv6Ranges", "CidrIpv6", rule.get("ipv6CidrBlocks")),
        ("PrefixListIds", "PrefixListId", rule.get("prefixListIds")),
        ("UserIdGroupPairs", "GroupId", groups),
    ):
        if values:
            result[key] = [{name: value, **text} for value in values]
    return result


def _inline(permissions: list[Properties], own: str) -> list[Properties]:
    """The API's permissions as inline rules: one for each protocol, port range and description."""
    rules: dict[tuple[Any, ...], Properties] = {}
    for item in permissions:
        for key, name, prop in (
            ("IpRanges", "CidrIp", "cidrBlocks"),
            ("Ipv6Ranges", "CidrIpv6", "ipv6CidrBlocks"),
            ("PrefixListIds", "PrefixListId", "prefixListIds"),
            ("UserIdGroupPairs", "GroupId", "securityGroups"),
        ):
            for source in item.get(key, []):
                start, end, text = item.get("FromPort", 0), item.get("ToPort", 0), source.get("Description", "")
                rule = rules.setdefault(
                    (item["IpProtocol"], start, end, text),
                    {
                        "protocol": item["IpProtocol"],
                        "fromPort": start,
                        "toPort": end,
                        "description": text,
                        "self": False,
                    },
                )
                if source.get(name) == own:
                    rule["self"] = True
                else:
                    rule.setdefault(prop, []).append(source[name])
    return list(rules.values())


def _group(target: Target) -> ApiObject | None:
    found: Properties | None = target.call("describe_security_groups", "SecurityGroups[0]", GroupIds=[target.id])
    if found is None:
        return None
    own = target.id
    return {
        **found,
        "ingress": _inline(found["IpPermissions"], own),
        "egress": _inline(found["IpPermissionsEgress"], own),
        "arn": target.region.ec2_arn(found["OwnerId"], "security-group", own),
    }


def _create_group(target: Target) -> str:
    """As the provider does, take off the rule to anywhere that AWS gives a new group."""
    parameters = SECURITY_GROUP_CALL.parameters(target) | tags.at_creation(SECURITY_GROUP_CALL, target)
    id_ = str(target.call("create_security_group", "GroupId", **parameters))
    try:
        given = target.call("describe_security_groups", "SecurityGroups[0].IpPermissionsEgress", GroupIds=[id_])
        if given:
            target.call("revoke_security_group_egress", GroupId=id_, IpPermissions=given)
    except ClientError:
        # Nobody would know of a group that is open to anywhere.
        target.call("delete_security_group", GroupId=id_)
        raise
    return id_


def _replace_rules(prop: str) -> Step:
    key = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}[prop]

    def put(target: Target) -> None:
        found = target.call("describe_security_groups", f"SecurityGroups[0].{key}", GroupIds=[target.id])
        if found:
            target.call(f"revoke_security_group_{prop}", GroupId=target.id, IpPermissions=found)
        wanted = [_permission({**rule, "own": target.id}) for rule in target.inputs.get(prop, [])]
        if wanted:
            target.call(f"authorize_security_group_{prop}", GroupId=target.id, IpPermissions=wanted)

    return Step(frozenset({prop}), put)


def _delete_group(target: Target) -> None:
    if target.state.get("revokeRulesOnDelete"):
        found = target.call("describe_security_groups", "SecurityGroups[0]", GroupIds=[target.id])
        for direction, key in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
            if found[key]:
                target.call(f"revoke_security_group_{direction}", GroupId=target.id, IpPermissions=found[key])
    target.call("delete_security_group", GroupId=target.id)


SECURITY_GROUP_CALL = Call("create_security_group")
SECURITY_GROUP = Kind(
    "aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    source=REGISTRY + "ec2/securitygroup/",
    create=_create_group,
    read=_group,
    updates=(_replace_rules("ingress"), _replace_rules("egress")),
    delete=_delete_group,
    tag=tags.ec2,
    tag_specification="security-group",
    name=AutoName(),
    replaces=frozenset({"name", "namePrefix", "description", "vpcId"}),
    computed=frozenset({"ingress", "egress", "vpcId"}),
    defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
    settings=frozenset({"revokeRulesOnDelete"}),
    names={"name": "GroupName"},
    also_created=frozenset({"name", "description", "vpcId"}),
)


def _rule_permission(target: Target) -> Properties:
    inputs = target.inputs
    text = {"Description": inputs["description"]} if inputs.get("description") else {}
    result: Properties = {"IpProtocol": str(inputs["ipProtocol"])}
    if result["IpProtocol"] != "-1":
        result |= {key: int(inputs[prop]) for key, prop in _PORTS.items() if prop in inputs}
    for prop, (key, name) in _SOURCES.items():
        if prop in inputs:
            result[key] = [{name: inputs[prop], **text}]
    return result


_PORTS = {"FromPort": "fromPort", "ToPort": "toPort"}
_SOURCES = {
    "cidrIpv4": ("IpRanges", "CidrIp"),
    "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListId": ("PrefixListIds", "PrefixListId"),
    "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}
_RULE_PROPS = frozenset({"ipProtocol", "description", *_PORTS.values(), *_SOURCES})


def _rule(target: Target) -> ApiObject | None:
    found: Properties | None = target.call(
        "describe_security_group_rules", "SecurityGroupRules[0]", SecurityGroupRuleIds=[target.id]
    )
    if found is None:
        return None
    ports = {} if found["IpProtocol"] != "-1" else {"FromPort": None, "ToPort": None}
    return {
        **found,
        **ports,
        "referencedSecurityGroupId": found.get("ReferencedGroupInfo", {}).get("GroupId"),
        "arn": found.get("SecurityGroupRuleArn") or target.region.ec2_arn(ACCOUNT, "security-group-rule", target.id),
    }


def _modify(target: Target) -> None:
    names = {
        "cidrIpv4": "CidrIpv4",
        "cidrIpv6": "CidrIpv6",
        "prefixListId": "PrefixListId",
        "referencedSecurityGroupId": "ReferencedGroupId",
        "description": "Description",
        "fromPort": "FromPort",
        "toPort": "ToPort",
        "ipProtocol": "IpProtocol",
    }
    rule = {name: target.inputs[prop] for prop, name in names.items() if prop in target.inputs}
    target.call(
        "modify_security_group_rules",
        GroupId=target.inputs["securityGroupId"],
        SecurityGroupRules=[{"SecurityGroupRuleId": target.id, "SecurityGroupRule": rule}],
    )


def _one_source(inputs: Properties) -> list[tuple[str, str]]:
    given = sorted(set(_SOURCES) & set(inputs))
    if len(given) == 1:
        return []
    seen = ", ".join(given) or "none"
    return [("cidrIpv4", f"exactly one of {', '.join(sorted(_SOURCES))} must be set; seen: {seen}")]


def _rule_kind(class_: str, direction: str) -> Kind:
    def create(target: Target) -> str:
        pairs = [{"Key": key, "Value": value} for key, value in target.all_tags.items()]
        tagged = {"TagSpecifications": [{"ResourceType": "security-group-rule", "Tags": pairs}]} if pairs else {}
        return str(
            target.call(
                f"authorize_security_group_{direction}",
                "SecurityGroupRules[0].SecurityGroupRuleId",
                GroupId=target.inputs["securityGroupId"],
                IpPermissions=[_rule_permission(target)],
                **tagged,
            )
        )

    return Kind(
        f"aws:vpc/s{class_[1:]}:{class_}",
        service="ec2",
        source=f"{REGISTRY}vpc/{class_.lower()}/",
        create=create,
        read=_rule,
        updates=(Step(_RULE_PROPS, _modify),),
        delete=lambda r: r.call(
            f"revoke_security_group_{direction}", GroupId=r.state["securityGroupId"], SecurityGroupRuleIds=[r.id]
        ),
        tag=tags.ec2,
        replaces=frozenset({"securityGroupId"}),
        check=_one_source,
        names={"securityGroupId": "GroupId"},
        also_created=_RULE_PROPS | {"securityGroupId"},
    )


KINDS = (
    SECURITY_GROUP,
    _rule_kind("SecurityGroupIngressRule", "ingress"),
    _rule_kind("SecurityGroupEgressRule", "egress"),
)

"""Amazon EC2: security groups in use, and what moto leaves out of their rules.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html, API_SecurityGroupRule.html.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses.security_groups import SecurityGroups

from localaws.moto_fixes.ec2 import balancers, live_endpoints, live_interfaces
from localaws.moto_fixes.patch import around, before, give


def _source(rule: Any) -> dict[str, Any]:
    """Where moto keeps the description: at the source, whichever it is."""
    found: dict[str, Any] = rule.ip_range or rule.source_group
    return found


give(SecurityGroupRule, "description", property(lambda self: _source(self).get("Description")))
give(SecurityGroupRule, "group_owner_id", property(lambda self: self.ec2_backend.account_id))


@around(EC2Backend, "modify_security_group_rules")
def _modify(original: Any, self: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
    """ModifySecurityGroupRules: a rule takes the source that it is given, and drops the description that it is not."""
    whole = {id_: {"FromPort": -1, "ToPort": -1, **rule} for id_, rule in rules.items()}
    original(self, group_id, whole)
    group = self.get_security_group_from_id(group_id)
    for id_, new in rules.items():
        rule = group.get_rule(id_)
        text = {"Description": new["Description"]} if new.get("Description") else {}
        cidrs = {key: new[name] for name, key in (("CidrIpv4", "CidrIp"), ("CidrIpv6", "CidrIpv6")) if name in new}
        referenced = new.get("ReferencedGroupId")
        rule.ip_range = {**cidrs, **text} if cidrs else {}
        rule.source_group = {"GroupId": referenced, "OwnerId": self.account_id, **text} if referenced else {}
        rule.prefix_list_id = new.get("PrefixListId")
        rule.from_port, rule.to_port = new.get("FromPort"), new.get("ToPort")


def _referring(backend: Any, group_id: str) -> list[str]:
    """The other groups that have a rule about this one."""
    return [
        group.id
        for groups in backend.groups.values()
        for group in groups.values()
        if group.id != group_id
        for rule in (*group.ingress_rules, *group.egress_rules)
        if rule.source_group.get("GroupId") == group_id
    ]


@before(EC2Backend, "delete_security_group")
def _delete(self: Any, name: str | None = None, group_id: str | None = None) -> None:
    group = self.get_security_group_from_id(group_id) if group_id else None
    if group is None:
        return
    used = any(
        (
            _referring(self, group.id),
            any(group.id in (item.security_groups or []) for item in balancers(self)),
            any(group.id in (item.security_group_ids or []) for item in live_endpoints(self)),
            any(group in item.group_set for item in live_interfaces(self)),
        )
    )
    if used:
        raise DependencyViolationError(f"resource {group.id} has a dependent object")


@around(SecurityGroups, "delete_security_group")
def _delete_default(original: Any, self: Any) -> Any:
    """The default group goes with its VPC only."""
    group = self.ec2_backend.get_security_group_from_id(self._get_param("GroupId"))
    if group is not None and group.is_default:
        raise EC2ClientError(
            "CannotDelete", f'the specified group: "{group.id}" name: "default" cannot be deleted by a user'
        )
    return original(self)

"""What security groups let out, however the rules were written."""

from collections.abc import Iterable

from ecs_model.ports import PortRange
from policies.security_groups import rules_of_group
from policies.stack import Stack
from policies.views.security_group import DefaultSecurityGroup, SecurityGroup
from policies.views.security_group_rule import SecurityGroupEgressRule, SecurityGroupRule


def lets_out(stack: Stack, groups: Iterable[SecurityGroup], ports: PortRange) -> bool:
    """Whether some of the groups surely or possibly let TCP out at one of some ports. Raises Unknown and Malformed."""
    return any(
        isinstance(group, DefaultSecurityGroup)
        or any(opened and opened.overlaps(ports) for opened in _all(stack, group))
        for group in groups
    )


def _all(stack: Stack, group: SecurityGroup) -> list[PortRange | None]:
    standalone = [
        rule.lets_out
        for rule in rules_of_group(stack, group, "egress")
        if isinstance(rule, SecurityGroupRule | SecurityGroupEgressRule)
    ]
    return [*standalone, *group.lets_out]

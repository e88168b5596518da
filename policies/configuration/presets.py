"""Enforcement presets: a level for every policy of the pack, computed from the declarations."""

from collections.abc import Callable, Mapping, Sequence

from pulumi_policy import EnforcementLevel

from policies.reserved import SUPPRESSED, SUPPRESSIONS
from policies.rule import ADVISORY, DISABLED, MANDATORY, Rule

PRACTICES = (
    "ecs-cluster-default-capacity-provider-strategy",
    "ecs-instances-ephemeral-ingress",
    "ecs-task-definition-dynamic-host-port",
    "ecs-task-definition-execution-role",
    "ecs-task-definition-secrets-execution-role",
    "ecs-task-definition-separate-roles",
    "ecs-task-definition-task-role",
)
"""The rules of the four practices: default strategy, ephemeral ingress, dynamic host port, two separate roles."""


def _relaxed(rule: Rule) -> EnforcementLevel:
    return ADVISORY if rule.level is MANDATORY else rule.level


def _recommended(rule: Rule) -> EnforcementLevel:
    return rule.level


def _strict(rule: Rule) -> EnforcementLevel:
    # Mandatory here, it would accept no suppression; that is for a team to choose.
    return ADVISORY if rule.id == SUPPRESSED else MANDATORY


def _notes(rule: Rule) -> EnforcementLevel:
    if rule.id in PRACTICES:
        return MANDATORY
    # Disabled, they would take the suppressions of the practices with them. They say nothing where there are none.
    return ADVISORY if rule.id in (SUPPRESSIONS, SUPPRESSED) else DISABLED


_LEVELS: Mapping[str, Callable[[Rule], EnforcementLevel]] = {
    "relaxed": _relaxed,
    "recommended": _recommended,
    "strict": _strict,
    "notes": _notes,
}
NAMES = tuple(_LEVELS)
"""From the most lenient to the strictest, and the one with the practices alone."""


def preset(name: str, policies: Sequence[Rule]) -> dict[str, str]:
    """The level of each policy by its id, as the engine takes it. Raises KeyError for a name that is not in NAMES."""
    level = _LEVELS[name]
    return {policy.id: level(policy).value for policy in policies}

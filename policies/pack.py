"""The policy pack: every rule, assembled."""

from pulumi_policy import PolicyPack

import policies.rules
from policies.rule import RULES, Rule

NAME = "ecs-on-ec2"


def rules() -> list[Rule]:
    """Every rule of the pack, sorted by id."""
    policies.rules.load()
    return [RULES[id] for id in sorted(RULES)]


def serve() -> None:
    """Serves the pack to the engine until the engine ends it."""
    PolicyPack(
        name=NAME,
        description="The practices of Amazon ECS on EC2, checked on any Pulumi program",
        policies=[rule.policy for rule in rules()],
        provider="aws",
    )

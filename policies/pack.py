"""The policy pack: every rule, assembled."""

from collections.abc import Callable, Sequence

from pulumi_policy import PolicyPack

import policies.rules
from policies.reserved import reserved
from policies.rule import RULES, Rule
from policies.servicer import install

NAME = "ecs-on-ec2"
WELL_FORMED = "ecs-task-definition-container-definitions"
"""The rule whose subject is whether container definitions can be read at all."""


def rules() -> list[Rule]:
    """Every rule of the pack, sorted by id."""
    policies.rules.load()
    return [RULES[id] for id in sorted(RULES)]


def all_policies() -> list[Rule]:
    """The rules between the reserved policies, in the order in which they are asked.

    The first is the one that says what is wrong with container definitions which no other rule can read.
    """
    known = rules()
    first, last = reserved([rule.id for rule in known])
    return [first, *sorted(known, key=lambda rule: rule.id != WELL_FORMED), *last]


def serve(install: Callable[[Sequence[Rule]], bool] = install) -> None:
    """Serves the pack to the engine until the engine ends it; `install` chooses the analyzer."""
    served = all_policies()
    install(served)
    PolicyPack(
        name=NAME,
        description="The practices of Amazon ECS on EC2, checked on any Pulumi program",
        policies=[rule.policy for rule in served],
        provider="aws",
    )

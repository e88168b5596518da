"""Whether an expression of the cluster query language can match instances of which little is known."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from ecs_model.instance_attributes import is_custom
from ecs_model.java_pattern import translate
from ecs_model.query_expression import Comparison, Expression, Not
from ecs_model.query_subjects import ATTRIBUTE, PATTERNS


@dataclass(frozen=True)
class Outlook:
    """What is known of an instance before there is one. Its fields are what an expression may ask of an instance."""

    attributes: Mapping[str, str]
    complete: bool = False
    """Whether it has no custom attribute but those of `attributes`."""
    agent_connected: bool = True
    agent_version: str = ""
    ec2_instance_id: str = ""
    registered_at: datetime | None = None
    running_tasks_count: int = 0
    task_groups: Collection[str] = ()

    def shows(self, subject: str) -> bool:
        """Whether the instance's values of a subject are known."""
        name = subject.removeprefix(ATTRIBUTE)
        return name != subject and (name in self.attributes or (self.complete and is_custom(name)))


def outcome(expression: Expression, instance: Outlook) -> bool | None:
    """Whether an instance matches; None where that depends on what else it has."""
    if isinstance(expression, Comparison):
        return _compared(expression, instance)
    if isinstance(expression, Not):
        inner = outcome(expression.operand, instance)
        return None if inner is None else not inner
    found = [outcome(operand, instance) for operand in expression.operands]
    # One that does not match decides an `and`, one that does an `or`.
    if (not expression.all) in found:
        return not expression.all
    return None if None in found else expression.all


def _compared(comparison: Comparison, instance: Outlook) -> bool | None:
    if not instance.shows(comparison.subject):
        return None
    if comparison.operator in PATTERNS:
        pattern = translate(comparison.arguments[0])
        value = instance.attributes.get(comparison.subject.removeprefix(ATTRIBUTE), "")
        # Whether a pattern must match all of a value is not documented.
        if bool(pattern.search(value)) is not bool(pattern.fullmatch(value)):
            return None
    return comparison.matches(instance)

"""Whether an expression of the cluster query language can match instances of which little is known."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from ecs_model.java_pattern import translate
from ecs_model.query_expression import Comparison, Expression, Not
from ecs_model.query_subjects import ATTRIBUTE, PATTERNS


def outcome(expression: Expression, attributes: Mapping[str, str]) -> bool | None:
    """Whether an instance with these attributes matches; None where that depends on what else it has."""
    if isinstance(expression, Comparison):
        return _compared(expression, attributes)
    if isinstance(expression, Not):
        inner = outcome(expression.operand, attributes)
        return None if inner is None else not inner
    found = [outcome(operand, attributes) for operand in expression.operands]
    # One that does not match decides an `and`, one that does an `or`.
    if (not expression.all) in found:
        return not expression.all
    return None if None in found else expression.all


def _compared(comparison: Comparison, attributes: Mapping[str, str]) -> bool | None:
    value = attributes.get(comparison.subject.removeprefix(ATTRIBUTE))
    if value is None or not comparison.subject.startswith(ATTRIBUTE):
        return None
    if comparison.operator in PATTERNS:
        pattern = translate(comparison.arguments[0])
        # Whether a pattern must match all of a value is not documented.
        if bool(pattern.search(value)) is not bool(pattern.fullmatch(value)):
            return None
    return comparison.matches(_Known(attributes))


@dataclass(frozen=True)
class _Known:
    """An instance of which only attributes are asked."""

    attributes: Mapping[str, str]
    agent_connected: bool = True
    agent_version: str = ""
    ec2_instance_id: str = ""
    registered_at: datetime | None = None
    running_tasks_count: int = 0
    task_groups: Collection[str] = ()

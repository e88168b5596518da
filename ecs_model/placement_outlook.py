"""Whether instances that are yet to be started can meet a placement expression."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ecs_model.instance_types import InstanceType
from ecs_model.query_expression import Comparison, Compound, Expression, Not
from ecs_model.query_subjects import ATTRIBUTE

INSTANCE_TYPE, ARCHITECTURE = "ecs.instance-type", "ecs.cpu-architecture"
_DECIDED = frozenset({f"{ATTRIBUTE}{INSTANCE_TYPE}", f"{ATTRIBUTE}{ARCHITECTURE}"})
"""What the instance type alone decides."""


@dataclass(frozen=True)
class Prospect:
    """What an expression may ask of an instance of some type, before it is started."""

    attributes: Mapping[str, str]
    agent_connected: bool = True
    agent_version: str = ""
    ec2_instance_id: str = ""
    registered_at: datetime | None = None
    running_tasks_count: int = 0
    task_groups: Collection[str] = ()


def prospects(type_: InstanceType) -> Iterator[Prospect]:
    """What instances of a type register: its name, and each architecture that it runs."""
    for architecture in type_.architectures:
        yield Prospect({INSTANCE_TYPE: type_.name, ARCHITECTURE: architecture.value})


def unmet(expression: Expression, types: Iterable[InstanceType]) -> str | None:
    """The subject of what no instance of any of the types can meet; None where some may, as far as the type decides.

    Of an `and` each operand is looked at by itself; one that asks for anything else than the type decides is left out.
    """
    instances = [prospect for type_ in types for prospect in prospects(type_)]
    for operand in expression.operands if isinstance(expression, Compound) and expression.all else (expression,):
        asked = set(_subjects(operand))
        if asked <= _DECIDED and not any(operand.matches(instance) for instance in instances):
            return min(asked)
    return None


def _subjects(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Comparison):
        yield expression.subject
    elif isinstance(expression, Not):
        yield from _subjects(expression.operand)
    else:
        for operand in expression.operands:
            yield from _subjects(operand)

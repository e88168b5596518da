"""Task placement: strategies, which order the instances that may take a task, and constraints, which choose them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ecs_model.problem import Problem

MOST_STRATEGIES = 5
MOST_CONSTRAINTS = 10
"""Of a task: those of its definition and of its service together."""
LONGEST_EXPRESSION = 2_000
ON_SERVICES = ("distinctInstance", "memberOf")
ON_TASK_DEFINITIONS = ("memberOf",)
_PACKED = ("cpu", "memory")
_SPREAD = ("instanceid", "host")
_ATTRIBUTE = "attribute:"


@dataclass(frozen=True)
class PlacementStrategy:
    """One step of the order in which instances are taken. ECS reads fields without regard to capitals."""

    type: str | None
    """random, spread or binpack."""
    field: str | None = None
    """What to spread over (instanceId, host, or an attribute) or to pack by (cpu or memory); none for random."""


@dataclass(frozen=True)
class PlacementConstraint:
    """Something that an instance must meet to take a task."""

    type: str | None
    """distinctInstance or memberOf."""
    expression: str | None = None
    """For memberOf, in the cluster query language."""


def strategy_problems(strategies: Sequence[PlacementStrategy]) -> Iterator[Problem]:
    """What ECS would refuse in a service's placement strategies. What is written is not quoted.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementStrategy.html
    """
    if len(strategies) > MOST_STRATEGIES:
        yield Problem((), f"has {len(strategies)} entries, at most {MOST_STRATEGIES} are allowed: leave some out")
    for position, strategy in enumerate(strategies):
        field = (strategy.field or "").lower()
        match strategy.type:
            case "random":
                if field:
                    yield Problem((position, "field"), "is not for the type random: leave it out")
            case "spread":
                if field not in _SPREAD and not (field.startswith(_ATTRIBUTE) and field != _ATTRIBUTE):
                    yield Problem(
                        (position, "field"),
                        "is nothing to spread over: give instanceId, or an attribute such as "
                        "attribute:ecs.availability-zone",
                    )
            case "binpack":
                if field not in _PACKED:
                    yield Problem((position, "field"), "is nothing to pack by: give cpu or memory")
            case _:
                yield Problem((position, "type"), "is no placement strategy: give random, spread or binpack")


def constraint_problems(constraints: Sequence[PlacementConstraint], types: Collection[str]) -> Iterator[Problem]:
    """What ECS would refuse in placement constraints; `types` are those allowed where they stand.

    Expressions are neither parsed nor quoted.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementConstraint.html
    """
    yield from count_problems(len(constraints))
    for position, constraint in enumerate(constraints):
        expression = constraint.expression or ""
        if constraint.type not in types:
            yield Problem((position, "type"), f"is no placement constraint here: give {' or '.join(types)}")
        elif constraint.type == "distinctInstance":
            if expression:
                yield Problem((position, "expression"), "is not for the type distinctInstance: leave it out")
        elif not expression.strip():
            yield Problem(
                (position, "expression"),
                "is missing: say which instances are meant, such as attribute:ecs.instance-type =~ t3.*",
            )
        elif len(expression) > LONGEST_EXPRESSION:
            yield Problem(
                (position, "expression"),
                f"has {len(expression)} characters, at most {LONGEST_EXPRESSION} are allowed: shorten it",
            )


def count_problems(constraints: int) -> Iterator[Problem]:
    """Whether a task has more constraints than ECS takes."""
    if constraints > MOST_CONSTRAINTS:
        yield Problem((), f"has {constraints} entries, at most {MOST_CONSTRAINTS} are allowed: leave some out")

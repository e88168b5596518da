"""Placement strategies and constraints as ECS takes them, and what it would refuse in them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ecs_model.problem import Problem

if TYPE_CHECKING:
    from ecs_model.cluster_query import QueryError
    from ecs_model.query_expression import Expression

MOST_STRATEGIES = 5
MOST_CONSTRAINTS = 10
"""Of a task: those of its definition and of its service together."""
LONGEST_EXPRESSION = 2_000
_PACKED = ("cpu", "memory")
_SPREAD = ("instanceid", "host")
_ATTRIBUTE = "attribute:"
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z0-9_./\\-]{1,128}")


class StrategyType(StrEnum):
    """How an instance is chosen of those that can take a task."""

    BINPACK = "binpack"
    """The one with the least left of the field, so that few instances are in use."""
    RANDOM = "random"
    SPREAD = "spread"
    """One of those that, by the field's value, have the fewest tasks of the group."""


class ConstraintType(StrEnum):
    """What an instance must be to take a task."""

    DISTINCT_INSTANCE = "distinctInstance"
    MEMBER_OF = "memberOf"


ON_SERVICES = (ConstraintType.DISTINCT_INSTANCE, ConstraintType.MEMBER_OF)
ON_TASK_DEFINITIONS = (ConstraintType.MEMBER_OF,)


@dataclass(frozen=True)
class PlacementStrategy:
    """One step of the choice among instances; each chooses of those that the step before left."""

    type: str | None
    """binpack, random or spread; what a program wrote may be something else, or nothing."""
    field: str = ""
    """For binpack cpu or memory; for spread instanceId (or host) or attribute:NAME; for random nothing.

    ECS reads it without regard to capitals, and gives MEMORY back for memory.
    """

    @property
    def attribute(self) -> str | None:
        """The attribute that it spreads over; None where it goes by something else."""
        if self.type != StrategyType.SPREAD or not self.field.lower().startswith(_ATTRIBUTE):
            return None
        return self.field[len(_ATTRIBUTE) :]

    @property
    def packs_cpu(self) -> bool:
        """Whether it packs by CPU units, and not by memory."""
        return self.type == StrategyType.BINPACK and self.field.lower() == "cpu"


@dataclass(frozen=True)
class PlacementStrategyItem(PlacementStrategy):
    """One step of the choice among instances; each chooses of those that the step before left."""

    type: StrategyType
    """spread, binpack or random."""
    field: str = ""
    """For spread `attribute:ecs.availability-zone`, another attribute, or instanceId; for binpack cpu or memory; for
    random nothing."""


@dataclass(frozen=True)
class PlacementConstraint:
    """A rule that an instance must meet to take a task."""

    type: str | None
    """distinctInstance or memberOf; what a program wrote may be something else, or nothing."""
    expression: str = ""
    """For memberOf: an expression of the cluster query language."""


SPREAD_ZONES = PlacementStrategy(StrategyType.SPREAD, "attribute:ecs.availability-zone")
SPREAD_INSTANCES = PlacementStrategy(StrategyType.SPREAD, "instanceId")
SERVICE_DEFAULT = (SPREAD_ZONES, SPREAD_INSTANCES)
"""What a service gets without a strategy: zones first, then instances with the fewest of its tasks (CreateService)."""
PACK_MEMORY = PlacementStrategy(StrategyType.BINPACK, "memory")
STANDALONE_DEFAULT = (PlacementStrategy(StrategyType.RANDOM),)
"""What RunTask does without a strategy."""
EVEN_AND_PACKED = (SPREAD_ZONES, PACK_MEMORY)
"""What services and scheduled tasks of settings get that say nothing: zones first, then as few instances as can be."""


def chosen_strategies(written: Sequence[PlacementStrategy] | None) -> Sequence[PlacementStrategy]:
    """The placement strategies of a service or a scheduled task of settings; none leaves the choice to ECS."""
    return EVEN_AND_PACKED if written is None else written


def spreads_zones(strategies: Sequence[PlacementStrategy]) -> bool:
    """Whether copies of a task come to lie evenly over the zones."""
    return any((each.attribute or "").lower() == SPREAD_ZONES.attribute for each in strategies)


def may_rebalance(strategies: Sequence[PlacementStrategy]) -> bool:
    """Whether ECS may move a service's tasks to other zones: an even spread over them comes first, or nothing does.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
    """
    return not strategies or spreads_zones(strategies[:1])


def strategy_problems(strategies: Sequence[PlacementStrategy], *, quoting: bool = True) -> Iterator[Problem]:
    """What ECS would refuse in the placement strategies of a service.

    What is written is quoted, unless it may be anybody's text: then `quoting` is false.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementStrategy.html
    """
    yield from _count_problems(len(strategies), MOST_STRATEGIES)
    for position, strategy in enumerate(strategies):
        if wrong := _wrong_strategy(strategy):
            key, seen, message = wrong
            yield Problem((position, key), _said(seen, message, quoting))


def constraint_problems(constraints: Sequence[PlacementConstraint], types: Collection[str]) -> Iterator[Problem]:
    """What ECS would refuse in placement constraints, what is written quoted; `types` are those allowed there.

    An expression whose meaning is not documented is refused as well: nothing could judge it.
    """
    yield from shape_problems(constraints, types)
    for position, found in read(constraints):
        if isinstance(found, ValueError):
            yield Problem((position, "expression"), str(found))


def expression_problems(expressions: Sequence[str]) -> Iterator[Problem]:
    """The same of the expressions of memberOf constraints in somebody's settings, each with its place in the list."""
    constraints = [PlacementConstraint(ConstraintType.MEMBER_OF, text) for text in expressions]
    for problem in constraint_problems(constraints, ON_TASK_DEFINITIONS):
        yield Problem(problem.path[:1], problem.message)


def distinct_problems(others: int) -> Iterator[Problem]:
    """`distinctInstances` beside the most `placementConstraints` that a task may have: it is one of them."""
    if others == MOST_CONSTRAINTS:
        yield Problem(
            ("distinctInstances",),
            f"is a constraint as well as the {others} placementConstraints, and a task has at most {MOST_CONSTRAINTS}: "
            "join two of those with `and`",
        )


def shape_problems(
    constraints: Sequence[PlacementConstraint], types: Collection[str], *, quoting: bool = True
) -> Iterator[Problem]:
    """What ECS would refuse in placement constraints whatever their expressions say: types, lengths and numbers.

    `types` are those allowed where they stand. Without `quoting` nothing that is written is quoted.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementConstraint.html
    """
    yield from count_problems(len(constraints))
    for position, constraint in enumerate(constraints):
        if wrong := _wrong_constraint(constraint, types):
            key, seen, message = wrong
            yield Problem((position, key), _said(seen, message, quoting))


def read(constraints: Sequence[PlacementConstraint]) -> "Iterator[tuple[int, Expression | QueryError]]":
    """The expressions of memberOf constraints by their positions, or why they cannot be read; none of a wrong shape."""
    for position, constraint in enumerate(constraints):
        if constraint.type == ConstraintType.MEMBER_OF and not _wrong_constraint(constraint, ON_SERVICES):
            # Only here, because loading it takes time in every start of the policy pack, and of most programs.
            from ecs_model.cluster_query import QueryError, parse

            try:
                yield position, parse(constraint.expression)
            except QueryError as error:
                yield position, error


def count_problems(constraints: int) -> Iterator[Problem]:
    """Whether a task has more constraints than ECS takes."""
    return _count_problems(constraints, MOST_CONSTRAINTS)


def expressions(constraints: Sequence[PlacementConstraint]) -> "tuple[Expression, ...]":
    """The expressions of the memberOf constraints. Raises QueryError for one that is wrong."""
    from ecs_model.cluster_query import parse

    return tuple(parse(each.expression) for each in constraints if each.type == ConstraintType.MEMBER_OF)


_Wrong = tuple[str, str, str]
"""Which setting is wrong, what stands there, and what to say of it."""


def _count_problems(number: int, most: int) -> Iterator[Problem]:
    if number > most:
        yield Problem((), f"has {number} entries, at most {most} are allowed: leave some out")


def _said(seen: str, message: str, quoting: bool) -> str:
    return f"{seen!r} {message}" if seen and quoting else message


def _wrong_strategy(strategy: PlacementStrategy) -> _Wrong | None:
    field = strategy.field.lower()
    match strategy.type:
        case StrategyType.RANDOM:
            message = "is not for the type random: leave it out" if field else None
        case StrategyType.BINPACK:
            message = None if field in _PACKED else "is nothing to pack by: give cpu or memory"
        case StrategyType.SPREAD:
            spreads = field in _SPREAD or _ATTRIBUTE_NAME.fullmatch(strategy.attribute or "")
            message = (
                None
                if spreads
                else f"is nothing to spread over: give instanceId, or an attribute such as {SPREAD_ZONES.field}"
            )
        case _:
            return "type", strategy.type or "", "is no placement strategy: give random, spread or binpack"
    return ("field", strategy.field, message) if message else None


def _wrong_constraint(constraint: PlacementConstraint, types: Collection[str]) -> _Wrong | None:
    text = constraint.expression
    if constraint.type not in types:
        return "type", constraint.type or "", f"is no placement constraint here: give {' or '.join(types)}"
    if constraint.type == ConstraintType.DISTINCT_INSTANCE:
        return ("expression", text, "is not for the type distinctInstance: leave it out") if text else None
    if not text.strip():
        example = "attribute:ecs.instance-type =~ t3.*"
        return "expression", "", f"is missing: say which instances are meant, such as {example}"
    if len(text) > LONGEST_EXPRESSION:
        what = f"has {len(text)} characters, at most {LONGEST_EXPRESSION} are allowed: shorten it"
        return "expression", "", what
    return None

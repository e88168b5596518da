"""Placement strategies that ECS takes by itself, and placement constraints as expressions that can be judged.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
"""

from collections.abc import Iterator, Sequence

from ecs_model.cluster_query import QueryError, parse
from ecs_model.placement_limits import LONGEST_EXPRESSION, PlacementConstraint, PlacementStrategy, count_problems
from ecs_model.problem import Problem
from ecs_model.query_expression import Expression

DISTINCT_INSTANCE, MEMBER_OF = "distinctInstance", "memberOf"
SPREAD_ZONES = PlacementStrategy("spread", "attribute:ecs.availability-zone")
SPREAD_INSTANCES = PlacementStrategy("spread", "instanceId")
PACK_MEMORY = PlacementStrategy("binpack", "memory")
SERVICE_DEFAULT = (SPREAD_ZONES, SPREAD_INSTANCES)
"""What a service gets without a strategy: zones first, then instances with the fewest of its tasks (CreateService)."""
STANDALONE_DEFAULT = (PlacementStrategy("random"),)
"""What RunTask does without a strategy."""


def expression_problems(expressions: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with the expressions of memberOf constraints in somebody's settings, each with the place in it.

    Refuses what ECS would, and what cannot be judged since its meaning is not documented.
    """
    yield from count_problems(len(expressions))
    for position, text in enumerate(expressions):
        if len(text) > LONGEST_EXPRESSION:
            message = f"has {len(text)} characters, at most {LONGEST_EXPRESSION} are allowed: shorten it"
            yield Problem((position,), message)
            continue
        try:
            parse(text)
        except QueryError as error:
            yield Problem((position,), str(error))


def expressions(constraints: Sequence[PlacementConstraint]) -> tuple[Expression, ...]:
    """The expressions of the memberOf constraints. Raises QueryError for one that cannot be read."""
    return tuple(parse(each.expression or "") for each in constraints if each.type == MEMBER_OF)

"""The rule on what placement constraints say of instances."""

from collections.abc import Iterator
from functools import partial

from ecs_model.instance_types import InstanceType, known
from ecs_model.problem import dotted
from policies.placement import placed
from policies.properties import Properties
from policies.relations import service_elsewhere, task_definitions
from policies.rule import ADVISORY, HIGH, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.resource import Resource
from policies.views.service import Service


@rule(
    id="ecs-service-placement-expression",
    title="The placement constraints of a service can be read, and instances of its types can meet them",
    severity=HIGH,
    level=ADVISORY,
    why="A constraint is binding: where no container instance meets its expression, no task is ever placed, and "
    "ECS refuses an expression that is not of the cluster query language.",
    fix="Correct the expression, or use instance types that meet it.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html",
)
def placement_expression(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The memberOf expressions of services on EC2 and of their task definitions, against the instance types.

    Of an expression only what the instance type decides is judged: ecs.instance-type and ecs.cpu-architecture, and that
    only where all types of the service are known. The expression is not quoted.
    """

    def met(service: Service) -> Iterator[Verdict]:
        if service_elsewhere(stack, service):
            return
        for holder in (service, *task_definitions(stack, service)):
            written = holder.properties.children("placementConstraints")
            if written:
                yield from each(written, partial(_met, holder, _types(stack, service)))

    yield from each(stack.all(Service), met)


def _types(stack: Stack, service: Service) -> list[InstanceType]:
    """The instance types of a service's tasks; none where one is not known."""
    names = [name for _, places in placed(stack, service) for room in places for name in room.types]
    types = known(names)
    return types if len(types) == len(names) else []


def _met(holder: Resource, types: list[InstanceType], constraint: Properties) -> Iterator[Verdict]:
    text = constraint.text("expression")
    if not text or constraint.text("type") != "memberOf":
        return
    # Few programs have an expression, and the language takes long to load.
    from ecs_model.cluster_query import QueryError, parse
    from ecs_model.placement_outlook import unmet

    place = dotted((*constraint.path, "expression"))
    try:
        expression = parse(text)
    except QueryError as error:
        yield Finding(f"{place} cannot be read from character {error.position} on", holder)
        return
    subject = unmet(expression, types) if types else None
    if subject:
        names = ", ".join(dict.fromkeys(type_.name for type_ in types))
        yield Finding(f"{place} asks for {subject} in a way that none of the instance types meets ({names})", holder)

"""Rules on the expressions of placement constraints."""

from collections.abc import Iterator

from ecs_model.placement_rules import PlacementConstraint, read
from ecs_model.problem import dotted
from policies.rule import HIGH, MANDATORY, Finding, Options, Verdict, rule
from policies.views.service import Service
from policies.views.task_definition import TaskDefinition

_CONSTRAINTS = "placementConstraints"
_WHY = (
    "ECS refuses a placement constraint with an expression that it cannot read (InvalidParameterException): the "
    "deployment fails."
)
_FIX = (
    "Write it as SUBJECT OPERATOR ARGUMENT, such as attribute:ecs.instance-type =~ t3.*, and join several by `and` or "
    "`or`."
)
_SOURCE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html"


@rule(
    id="ecs-service-placement-expression",
    title="The expressions of a service's placement constraints are such as ECS can read",
    severity=HIGH,
    level=MANDATORY,
    why=_WHY,
    fix=_FIX,
    source=_SOURCE,
)
def placement_expression(service: Service, options: Options) -> Iterator[Verdict]:
    """Every memberOf expression of a service on container instances is one of the cluster query language.

    What is not documented, and regular expressions that are Java's alone, are not judged here.
    """
    if service.properties.given(_CONSTRAINTS) and not service.elsewhere:
        yield from _unreadable(service.placement_constraints)


@rule(
    id="ecs-task-definition-placement-expression",
    title="The expressions of a task definition's placement constraints are such as ECS can read",
    severity=HIGH,
    level=MANDATORY,
    why=_WHY,
    fix=_FIX,
    source=_SOURCE,
)
def task_placement_expression(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """The same of a task definition that may run on container instances."""
    if task.properties.given(_CONSTRAINTS) and not task.elsewhere:
        yield from _unreadable(task.placement_constraints)


def _unreadable(constraints: list[PlacementConstraint]) -> Iterator[Verdict]:
    for position, found in read(constraints):
        if isinstance(found, ValueError) and found.certain:
            # Nothing of the text is quoted.
            place = dotted((_CONSTRAINTS, position, "expression"))
            yield Finding(f"{place} is no expression of the cluster query language from character {found.position} on")

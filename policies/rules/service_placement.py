"""Rules on where the tasks of a service are placed."""

from collections.abc import Iterable, Iterator

from ecs_model.placement_rules import (
    MOST_CONSTRAINTS,
    ON_SERVICES,
    ON_TASK_DEFINITIONS,
    count_problems,
    shape_problems,
    strategy_problems,
)
from ecs_model.problem import Problem, dotted
from ecs_model.strategy import FARGATE
from policies.relations import service_elsewhere, task_definitions
from policies.rule import HIGH, MANDATORY, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.service import Service
from policies.views.task_definition import Launch, TaskDefinition

_STRATEGIES, _CONSTRAINTS = "orderedPlacementStrategies", "placementConstraints"


@rule(
    id="ecs-service-daemon",
    title="A daemon service states nothing that ECS does not take from one",
    severity=HIGH,
    level=MANDATORY,
    why="A daemon has one task on each container instance, so that there is nothing to choose and nothing to replace "
    "side by side: ECS refuses one with placement strategies, on Fargate, or deployed by CodeDeploy or task sets.",
    fix="Leave it out, or make schedulingStrategy REPLICA.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
)
def daemon(service: Service, options: Options) -> Iterator[Verdict]:
    """A service with the scheduling strategy DAEMON has no placement strategies, Fargate, CODE_DEPLOY or EXTERNAL."""
    if service.is_daemon:
        yield from each((_daemon_strategies, _daemon_on_fargate, _daemon_controller), lambda judge: judge(service))


def _daemon_strategies(service: Service) -> Iterator[Verdict]:
    if service.properties.children(_STRATEGIES):
        yield Finding(f"is a daemon with {_STRATEGIES}")


def _daemon_on_fargate(service: Service) -> Iterator[Verdict]:
    if service.launch_type == Launch.FARGATE:
        yield Finding("is a daemon with the launch type FARGATE")
    named = {name for entry in service.strategy for name in entry.provider.known}
    for name in sorted(named & FARGATE):
        yield Finding(f"is a daemon with the capacity provider {name}")


def _daemon_controller(service: Service) -> Iterator[Verdict]:
    if service.controller in ("CODE_DEPLOY", "EXTERNAL"):
        yield Finding(f"is a daemon with the deployment controller {service.controller}")


@rule(
    id="ecs-service-placement",
    title="A service's placement strategies and constraints are such as ECS takes",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses a placement strategy by a field that its type does not have, a constraint without what it needs, "
    "and more of them than it has room for: the deployment fails.",
    fix="Give at most 5 strategies and 10 constraints, each as its type needs it.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementStrategy.html",
)
def placement(service: Service, options: Options) -> Iterator[Verdict]:
    """Types, fields, the presence and length of expressions, and numbers.

    What an expression says is not judged here.
    """
    yield from each((_strategies, _constraints), lambda judge: judge(service))


def _strategies(service: Service) -> Iterator[Verdict]:
    yield from _findings(_STRATEGIES, strategy_problems(service.placement_strategies, quoting=False))


def _constraints(service: Service) -> Iterator[Verdict]:
    yield from _findings(_CONSTRAINTS, shape_problems(service.placement_constraints, ON_SERVICES, quoting=False))


@rule(
    id="ecs-task-definition-placement",
    title="A task definition's placement constraints are such as ECS takes",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses a task definition with a constraint of another type than memberOf, without an expression, or with "
    "more constraints than it has room for: the deployment fails.",
    fix="Give at most 10 constraints of the type memberOf, each with an expression.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinitionPlacementConstraint.html",
)
def task_placement(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """Types, the presence and length of expressions, and the number, where the task may run on container instances."""
    if task.properties.given(_CONSTRAINTS) and not task.elsewhere:
        found = shape_problems(task.placement_constraints, ON_TASK_DEFINITIONS, quoting=False)
        yield from _findings(_CONSTRAINTS, found)


@rule(
    id="ecs-service-placement-constraint-count",
    title="A service and its task definition together have no more placement constraints than ECS takes",
    severity=HIGH,
    level=MANDATORY,
    why="A task is placed by the constraints of its definition and of its service together, and ECS takes 10: it "
    "refuses the service.",
    fix="Join constraints into one expression with `and`, or leave some out.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
)
def placement_constraint_count(stack: Stack, options: Options) -> Iterator[Verdict]:
    """At most 10 over both; where one of them alone has more, that is reported of itself."""

    def together(service: Service) -> Iterator[Verdict]:
        own = len(service.properties.children(_CONSTRAINTS))
        if not own or own > MOST_CONSTRAINTS or service_elsewhere(stack, service):
            return

        def with_task(task: TaskDefinition) -> Iterator[Verdict]:
            others = len(task.properties.children(_CONSTRAINTS))
            if others <= MOST_CONSTRAINTS and any(count_problems(own + others)):
                yield Finding(
                    f"has {own} {_CONSTRAINTS}, and {task} has {others}: "
                    f"at most {MOST_CONSTRAINTS} together are allowed",
                    service,
                )

        yield from each(task_definitions(stack, service), with_task)

    yield from each(stack.all(Service), together)


def _findings(key: str, problems: Iterable[Problem]) -> Iterator[Verdict]:
    for problem in problems:
        message, _, fix = problem.message.partition(": ")
        yield Finding(f"{dotted((key, *problem.path))} {message}", None, f"{fix[:1].upper()}{fix[1:]}.")

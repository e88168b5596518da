"""Rules on what an ECS service says of itself."""

from collections.abc import Iterator

from ecs_model.problem import dotted
from ecs_model.strategy import StrategyItem, problems
from policies.relations import service_elsewhere
from policies.rule import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.service import Service

_STRATEGY = "capacityProviderStrategies"


@rule(
    id="ecs-service-launch-type-or-strategy",
    title="A service states a launch type or a capacity provider strategy, not both",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses a service that states both.",
    fix="Leave launchType out, so that the capacity providers scale out for the service.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
)
def launch_type_or_strategy(service: Service, options: Options) -> Iterator[Verdict]:
    """launchType and capacityProviderStrategies are not both given."""
    if service.properties.given(_STRATEGY) and service.launch_type:
        yield Finding(f"states launchType and {_STRATEGY}")


@rule(
    id="ecs-service-capacity-provider-strategy",
    title="A service's own capacity provider strategy is one that ECS accepts",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses a strategy that is not valid, and one of weights that are all 0 places no task.",
    fix="Name each capacity provider once, one of them with a weight above 0.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html",
)
def capacity_provider_strategy(service: Service, options: Options) -> Iterator[Verdict]:
    """The strategy on the service itself holds to ECS's limits; a service without one is not judged."""
    items = [
        # A name that only the deployment will know is that of a provider in the program, unlike every other.
        StrategyItem(
            entry.provider.known[0] if entry.provider.known else f"the provider of entry {position + 1}",
            entry.weight,
            entry.base,
        )
        for position, entry in enumerate(service.strategy)
    ]
    for problem in problems(items) if items else ():
        message, _, fix = problem.message.rpartition(": ")
        place = dotted((_STRATEGY, *problem.path)) + (":" if problem.path else "")
        yield Finding(f"{place} {message}", None, f"{fix[:1].upper()}{fix[1:]}.")


@rule(
    id="ecs-service-cluster",
    title="A service names its cluster",
    severity=HIGH,
    level=ADVISORY,
    why="A service that names none goes to the account's cluster called default, where the container instances of the "
    "program are not.",
    fix="Set cluster to the cluster's ARN.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
)
def names_cluster(service: Service, options: Options) -> Iterator[Verdict]:
    """cluster is given, but for services on Fargate or outside AWS."""
    if not service.cluster and not service.elsewhere:
        yield Finding("names no cluster")


@rule(
    id="ecs-service-circuit-breaker",
    title="A rolling deployment that fails is rolled back",
    severity=MEDIUM,
    level=ADVISORY,
    why="Without the deployment circuit breaker ECS starts tasks that fail again and again, and nobody is told.",
    fix="Set deploymentCircuitBreaker to enable and rollback.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html",
)
def circuit_breaker(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The circuit breaker is on, with rollback, for replica services that ECS deploys by rolling.

    Whether a service runs on Fargate may be its cluster's to say, so the whole program is judged.
    """

    def broken(service: Service) -> Iterator[Verdict]:
        if service.is_daemon or not service.rolls or service_elsewhere(stack, service):
            return
        breaker = service.properties.child("deploymentCircuitBreaker")
        missing = [key for key in ("enable", "rollback") if not (breaker and breaker.flag(key))]
        if missing:
            yield Finding(f"deploymentCircuitBreaker does not set {' and '.join(missing)}", service)

    yield from each(stack.all(Service), broken)

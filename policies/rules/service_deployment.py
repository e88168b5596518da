"""Rules on the copies that a service keeps, and keeps while it is deployed."""

from collections.abc import Iterator

from ecs_model.deployment import can_replace
from policies.relations import service_elsewhere
from policies.rule import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Option, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.service import Service


@rule(
    id="ecs-service-desired-count",
    title="A service behind a load balancer has more than one copy",
    severity=MEDIUM,
    level=ADVISORY,
    why="The only copy is lost with its instance, and clients get errors until another one is placed and healthy.",
    fix="Set desiredCount to 2 or more.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/capacity-availability-best-practice.html",
    options={"least": Option("integer", "The number of copies that is enough.", 2)},
)
def desired_count(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Load-balanced replica services on container instances; a count that is not said is ECS's default of 0."""

    def enough(service: Service) -> Iterator[Verdict]:
        if not service.is_load_balanced or service.is_daemon or service_elsewhere(stack, service):
            return
        # Whoever leaves the count to something else, such as service auto scaling, ignores its changes.
        if "desiredCount" not in service.surroundings.ignored and (service.desired_count or 0) < options["least"]:
            yield Finding(f"desiredCount is {service.desired_count or 0}, below {options['least']}", service)

    yield from each(stack.all(Service), enough)


@rule(
    id="ecs-service-minimum-healthy-percent",
    title="A service behind a load balancer keeps copies while it is deployed",
    severity=MEDIUM,
    level=ADVISORY,
    why="With a minimum of 0 percent ECS may stop every copy before the first new one is healthy.",
    fix="Set deploymentMinimumHealthyPercent above 0, such as 100 with a deploymentMaximumPercent of 200.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html",
)
def minimum_healthy_percent(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Load-balanced replica services that ECS deploys by rolling; ECS's own default is 100."""

    def keeps(service: Service) -> Iterator[Verdict]:
        balanced = service.is_load_balanced and service.rolls and not service.is_daemon
        if balanced and service.minimum_healthy_percent == 0 and not service_elsewhere(stack, service):
            yield Finding("deploymentMinimumHealthyPercent is 0", service)

    yield from each(stack.all(Service), keeps)


@rule(
    id="ecs-service-deployment-can-proceed",
    title="A deployment may end a task, or start one more",
    severity=HIGH,
    level=MANDATORY,
    why="Where as many tasks have to stay as there may be, a rolling deployment neither starts a new task nor ends an "
    "old one: it stands still for ever. ECS rounds the minimum up and the maximum down to whole tasks.",
    fix="Lower deploymentMinimumHealthyPercent, or raise deploymentMaximumPercent.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html",
)
def deployment_can_proceed(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Replica services that ECS deploys by rolling; ECS's own defaults, 100 and 200, let every deployment proceed."""

    def proceeds(service: Service) -> Iterator[Verdict]:
        maximum = service.maximum_percent
        if maximum is None or service.is_daemon or not service.rolls or service_elsewhere(stack, service):
            return
        minimum = service.minimum_healthy_percent
        copies = None if "desiredCount" in service.surroundings.ignored else service.desired_count
        if not can_replace(copies, 100 if minimum is None else minimum, maximum):
            tasks = f"{copies} tasks" if copies and copies > 1 else "its task" if copies else "all tasks"
            yield Finding(f"has to keep {tasks}, and may have no more: no deployment can proceed", service)

    yield from each(stack.all(Service), proceeds)

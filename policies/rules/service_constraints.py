"""Rules on placement constraints that the instances of a program cannot meet."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ecs_model.placement_rules import ConstraintType
from policies.attributes import built_in, custom
from policies.constraints import Asked, asked
from policies.placement import providers_used, rooms, strategy_of
from policies.relations import groups_of_provider
from policies.rule import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.service import Service

if TYPE_CHECKING:
    from ecs_model.query_outcome import Outlook

_SOURCE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html"


@rule(
    id="ecs-service-placement-constraints-met",
    title="A service's placement constraints can be met by the instances that it may use",
    severity=HIGH,
    level=MANDATORY,
    why="A constraint is binding: ECS places no task on an instance that its expression does not match (memberOf), and "
    "no second one of the service on the same instance (distinctInstance). Tasks beyond that are never placed, and the "
    "service never gets steady.",
    fix="Correct the expression, or give the capacity instances that it matches.",
    source=_SOURCE,
)
def placement_constraints_met(stack: Stack, options: Options) -> Iterator[Verdict]:
    """With distinctInstance a service wants no more tasks than the groups of its capacity providers may have instances.

    With memberOf, its own or its task definition's, an instance of the service's capacity matches by its type, zone,
    architecture and operating system, so far as the program shows these; what else decides is not judged here.
    """

    def met(service: Service) -> Iterator[Verdict]:
        yield from each((_enough, _matched), lambda judge: judge(stack, service))

    yield from each(stack.all(Service), met)


@rule(
    id="ecs-service-placement-attributes",
    title="The instances of a service get the custom attributes that its placement constraints ask for",
    severity=MEDIUM,
    level=ADVISORY,
    why="ECS places no task on an instance without an attribute that its constraints ask for, and gives instances none "
    "but its own: where nobody calls PutAttributes for each of them, the tasks are never placed.",
    fix="Set ECS_INSTANCE_ATTRIBUTES in the user data, or correct the expression.",
    source=_SOURCE,
)
def placement_attributes(stack: Stack, options: Options) -> Iterator[Verdict]:
    """An instance matches each memberOf expression by the attributes that its user data gives it.

    Not judged where that data calls PutAttributes itself, and where ECS's own attributes decide already.
    """

    def given(service: Service) -> Iterator[Verdict]:
        constraints, unread = asked(stack, service)
        yield from unread
        instances = _instances(stack, service) if constraints else []
        told = _told(stack, service) if instances else []
        for constraint in constraints if told else ():
            if all(map(constraint.refuses, told)) and not all(map(constraint.refuses, instances)):
                what = f"{constraint.place} asks for attributes that the user data of no instance gives"
                yield Finding(what, constraint.owner)

    yield from each(stack.all(Service), given)


def _matched(stack: Stack, service: Service) -> Iterator[Verdict]:
    constraints, unread = asked(stack, service)
    yield from unread
    instances = _instances(stack, service) if constraints else []
    if not instances:
        return
    unmet = [constraint for constraint in constraints if all(map(constraint.refuses, instances))]
    for constraint in unmet:
        of = "" if constraint.owner is service else f" of {service}"
        subjects = _subjects(constraint, instances)
        what = f"{constraint.place} asks for {subjects} in a way that no instance meets that tasks{of} may be placed on"
        yield Finding(what, constraint.owner)
    if not unmet and all(any(constraint.refuses(instance) for constraint in constraints) for instance in instances):
        yield Finding("has placementConstraints, with its task definition's, that no instance matches all of", service)


def _instances(stack: Stack, service: Service) -> "list[Outlook]":
    from ecs_model.query_outcome import Outlook

    return [Outlook(found) for room in rooms(stack, service) for found in built_in(stack, room)]


def _told(stack: Stack, service: Service) -> "list[Outlook]":
    """The same with the attributes of user data; none where one of the instances may have others."""
    from ecs_model.query_outcome import Outlook

    found: list[Outlook] = []
    for room in rooms(stack, service):
        own = custom(room.launches)
        if own is None:
            return []
        found += [Outlook({**own, **known}, complete=True) for known in built_in(stack, room)]
    return found


def _subjects(constraint: Asked, instances: "list[Outlook]") -> str:
    """What decides against instances, of what is known of them."""
    found = {
        decisive.comparison.subject
        for instance in instances
        for decisive in constraint.expression.deciding(instance)
        if instance.shows(decisive.comparison.subject)
    }
    return " and ".join(sorted(found))


def _enough(stack: Stack, service: Service) -> Iterator[Verdict]:
    if "desiredCount" in service.surroundings.ignored or service.is_daemon:
        return
    if any(constraint.type == ConstraintType.DISTINCT_INSTANCE for constraint in service.placement_constraints):
        wanted, most = service.desired_count, _most_instances(stack, service)
        if wanted is not None and most is not None and wanted > most:
            yield Finding(
                f"wants {wanted} tasks on an instance each (distinctInstance), and its capacity providers have at most "
                f"{most} instances",
                service,
                "Raise maxSize of the Auto Scaling group, lower desiredCount, or spread over instanceId instead.",
            )


def _most_instances(stack: Stack, service: Service) -> int | None:
    """How many instances a service's capacity providers have at most; None where the program does not show it."""
    strategy = strategy_of(stack, service)
    providers = providers_used(stack, strategy) if strategy else []
    groups = [groups_of_provider(stack, provider) for provider in providers]
    sizes = [group.most_instances for group in dict.fromkeys(group for found in groups for group in found)]
    known = [size for size in sizes if size is not None]
    return sum(known) if groups and all(groups) and len(known) == len(sizes) else None

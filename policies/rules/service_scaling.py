"""Rules on who changes the number of a service's tasks."""

from collections.abc import Iterator

from policies.properties import References
from policies.relations import clusters_of_service, service_elsewhere
from policies.rule import ADVISORY, HIGH, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.scaling import ScalableTarget
from policies.views.service import Service


@rule(
    id="ecs-service-desired-count-autoscaling",
    title="A program leaves the number of a service's tasks to its auto scaling",
    severity=HIGH,
    level=ADVISORY,
    why="Once Pulumi has seen the number that service auto scaling set, after a refresh or any change of the service, "
    "the next update puts it back to desiredCount: under load that stops most of the tasks.",
    fix="Name desiredCount in the service's ignoreChanges; the one that is set is where auto scaling begins.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html",
)
def desired_count_autoscaling(stack: Stack, options: Options) -> Iterator[Verdict]:
    """A service on container instances that a scaling target of the program scales ignores changes of desiredCount."""

    def scales(target: ScalableTarget) -> Iterator[Verdict]:
        if not target.counts_tasks:
            return
        yield from each(_scaled(stack, target), lambda service: left_alone(service, target))
        if stack.reaches_out(Service, target, _RESOURCE, target.service):
            yield target.properties.unknown(_RESOURCE)

    def left_alone(service: Service, target: ScalableTarget) -> Iterator[Verdict]:
        counted = service.properties.given("desiredCount") and "desiredCount" not in service.surroundings.ignored
        if counted and not service_elsewhere(stack, service):
            yield Finding(f"desiredCount is not among its ignoreChanges, and {target} scales it", service)

    yield from each(stack.all(ScalableTarget), scales)


_RESOURCE = "resourceId"


def _scaled(stack: Stack, target: ScalableTarget) -> list[Service]:
    """The services of the program that a target scales."""
    found = stack.find(Service, target, _RESOURCE, target.service)
    return [service for service in found if _runs_on(stack, service, target.cluster)]


def _runs_on(stack: Stack, service: Service, cluster: References) -> bool:
    """Whether a service may run on a cluster of some name: one name may be that of a service on each cluster."""
    names = {text.rsplit("/", 1)[-1] for text in service.cluster.known}
    names.update(name for found in clusters_of_service(stack, service) for name in found.identities())
    return not names or not cluster.known or not names.isdisjoint(cluster.known)

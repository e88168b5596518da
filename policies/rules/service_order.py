"""Rules on what a service has to come after, in a deployment and, the other way round, when it is destroyed."""

from collections.abc import Iterator

from policies.exposure import forwarders
from policies.relations import associations, clusters_of_service, service_elsewhere, target_groups
from policies.rule import HIGH, MANDATORY, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.cluster import ClusterCapacityProviders
from policies.views.service import Service


@rule(
    id="ecs-service-depends-on-capacity",
    title="A service comes after the capacity providers of its cluster",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses a service whose strategy names a capacity provider that the cluster does not have yet, and takes "
    "none away that a service uses. A cluster's providers are attached by a resource of their own, so that a service "
    "made at the same time fails by chance, and a destroy hangs.",
    fix="Name the aws.ecs.ClusterCapacityProviders in the service's dependsOn.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html",
)
def depends_on_capacity(stack: Stack, options: Options) -> Iterator[Verdict]:
    """A service that runs by a strategy, its own or its cluster's default, comes after what attaches the cluster's
    providers, if the program does."""

    def ordered(service: Service) -> Iterator[Verdict]:
        if service.launch_type or service_elsewhere(stack, service):
            return
        attached = [
            association
            for cluster in clusters_of_service(stack, service)
            for association in associations(stack, cluster)
            if isinstance(association, ClusterCapacityProviders) and (service.strategy or association.default_strategy)
        ]
        waited_for = [association for association in attached if stack.comes_after(service, [association])]
        for association in attached:
            # One that follows the services takes off what they have left, once another one has attached what they need.
            if association not in waited_for and not (waited_for and stack.comes_after(association, [service])):
                yield Finding(f"does not come after {association}, which attaches its capacity providers", service)

    yield from each(stack.all(Service), ordered)


@rule(
    id="ecs-service-depends-on-listener",
    title="A service comes after the listener that forwards to its target group",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses a service whose target group no load balancer has yet. The service is made from the target group "
    "alone, so that without an order of its own it fails by chance.",
    fix="Name the listener, or the listener rule, in the service's dependsOn.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html",
)
def depends_on_listener(stack: Stack, options: Options) -> Iterator[Verdict]:
    """A service comes after a listener or listener rule that forwards to each of its target groups, if here is one."""

    def ordered(service: Service) -> Iterator[Verdict]:
        if service_elsewhere(stack, service):
            return
        for group in target_groups(stack, service):
            forwarding = forwarders(stack).get(group)
            if forwarding and not stack.comes_after(service, forwarding):
                yield Finding(f"does not come after {forwarding[0]}, which forwards to its target group", service)

    yield from each(stack.all(Service), ordered)

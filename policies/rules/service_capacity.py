"""Rules on the capacity that a service runs on."""

from collections.abc import Iterator

from policies.relations import clusters_of_service, offers_ec2
from policies.rule import ADVISORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.service import Service
from policies.views.task_definition import Launch


@rule(
    id="ecs-service-launch-type-bypasses-strategy",
    title="A service runs by its cluster's capacity providers, not past them",
    severity=MEDIUM,
    level=ADVISORY,
    why="Tasks with the launch type EC2 belong to no capacity provider, whatever the cluster's default strategy is: no "
    "instance is started for one that finds no room.",
    fix="Leave launchType out and set capacityProviderStrategies, with forceNewDeployment for a service that is there.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/capacity-launch-type-comparison.html",
)
def launch_type_bypasses_strategy(stack: Stack, options: Options) -> Iterator[Verdict]:
    """No replica service has the launch type EC2 on a cluster of the program with EC2 capacity providers.

    A daemon needs no other instance than those there are, and ECS takes no strategy for one
    (aws/containers-roadmap#692). A service with both is refused (ecs-service-launch-type-or-strategy).
    """

    def bypasses(service: Service) -> Iterator[Verdict]:
        if service.launch_type != Launch.EC2 or service.is_daemon or service.strategy:
            return
        for cluster in clusters_of_service(stack, service):
            if offers_ec2(stack, cluster):
                yield Finding(f"has the launch type EC2, and so bypasses the capacity providers of {cluster}", service)

    yield from each(stack.all(Service), bypasses)

"""Rules on what a cluster records."""

from collections.abc import Iterator

from policies.relations import clusters_of_service, service_elsewhere
from policies.rule import ADVISORY, LOW, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.use import Use, use_of
from policies.views.cluster import Cluster
from policies.views.service import Service


@rule(
    id="ecs-cluster-container-insights",
    title="A cluster records Container Insights",
    severity=LOW,
    level=ADVISORY,
    why="Without it nobody sees how much of their CPU and memory the tasks and container instances use, and what a "
    "capacity plan could save. CloudWatch bills the metrics.",
    fix="Add {name: containerInsights, value: enhanced} or enabled to the cluster's settings.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html",
)
def container_insights(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Every cluster has Container Insights, but for those that serve Fargate or ECS Anywhere alone.

    One that says nothing is reported: what the account's default is, a program does not show before it is deployed.
    """

    def records(cluster: Cluster) -> Iterator[Verdict]:
        value = cluster.container_insights
        if value not in ("enabled", "enhanced") and use_of(stack, cluster) is not Use.ELSEWHERE:
            yield Finding("Container Insights is not enabled", cluster)

    yield from each(stack.all(Cluster), records)


@rule(
    id="ecs-cluster-execute-command-logging",
    title="What people do in containers by ECS Exec is recorded",
    severity=LOW,
    level=ADVISORY,
    why="With the logging NONE nobody can tell afterwards what was done in a container by ECS Exec.",
    fix="Set configuration.executeCommandConfiguration.logging to OVERRIDE with a logConfiguration, or to DEFAULT, "
    "the log of the task.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html",
)
def execute_command_logging(stack: Stack, options: Options) -> Iterator[Verdict]:
    """No cluster with a service on container instances that allows ECS Exec switches the recording off.

    A cluster that says nothing of it records as DEFAULT does, into the log of the task.
    """

    def recorded(service: Service) -> Iterator[Verdict]:
        if not service.allows_exec or service_elsewhere(stack, service):
            return
        for cluster in clusters_of_service(stack, service):
            if cluster.exec_logging == "NONE":
                yield Finding(f"executeCommandConfiguration.logging is NONE, and {service} allows ECS Exec", cluster)

    yield from each(stack.all(Service), recorded)

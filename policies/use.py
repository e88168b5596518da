"""What a program uses its clusters and their container instances for."""

from enum import Enum, auto

from policies.properties import Malformed, Unknown
from policies.relations import (
    Fleet,
    associations,
    clusters_of_service,
    fleet,
    offers_ec2,
    service_elsewhere,
    services_of,
    task_definitions,
)
from policies.stack import Stack, by_owner, remembered
from policies.views.cluster import Cluster
from policies.views.launches import Launches
from policies.views.service import Service
from policies.views.task_definition import TaskDefinition


class Use(Enum):
    """What a program uses a cluster for."""

    EC2 = auto()
    """Container instances, EC2 capacity, or tasks that run on such."""
    ELSEWHERE = auto()
    """Fargate or ECS Anywhere alone."""
    NONE = auto()
    """Nothing that the program shows."""


@remembered
def use_of(stack: Stack, cluster: Cluster) -> Use:
    """What the program uses a cluster for. Raises Unknown."""
    written = [a.capacity_providers for a in associations(stack, cluster) if a.capacity_providers]
    if offers_ec2(stack, cluster) or cluster in _with_instances(stack):
        return Use.EC2
    services = services_of(stack, cluster)
    if services:
        return Use.ELSEWHERE if all(service_elsewhere(stack, service) for service in services) else Use.EC2
    if written:
        return Use.ELSEWHERE
    return _of_tasks(stack)


@remembered
def _of_tasks(stack: Stack) -> Use:
    """What a cluster is used for that only the program's task definitions can show. Raises Unknown."""
    tasks = stack.all(TaskDefinition)
    if tasks and all(task.elsewhere for task in tasks):
        return Use.ELSEWHERE
    # A task definition that no service has is run by itself, on whichever cluster.
    return Use.NONE if _of_services(stack).issuperset(tasks) else Use.EC2


@remembered
def _with_instances(stack: Stack) -> frozenset[Cluster]:
    """The clusters that some instances of the program join, as far as it shows."""
    found: set[Cluster] = set()
    for launches in stack.all(Launches):
        try:
            instances = fleet(stack, launches)
        except Unknown:
            continue
        found.update(instances.clusters if instances else ())
    return frozenset(found)


@remembered
def _of_services(stack: Stack) -> frozenset[TaskDefinition]:
    """The task definitions that the program's services have."""
    return frozenset(task for service in stack.all(Service) for task in task_definitions(stack, service))


def services_beside(stack: Stack, instances: Fleet) -> list[Service]:
    """The services of the clusters that some container instances join, and those whose cluster cannot be read."""
    index = _services(stack)
    keys = (*instances.clusters, instances.cluster_name, None)
    return stack.in_order([service for key in keys for service in index.get(key, [])])


@remembered
def _services(stack: Stack) -> dict[Cluster | str | None, list[Service]]:
    """The services by their cluster and its name; under None those whose cluster cannot be read."""

    def clusters(service: Service) -> list[Cluster | str | None]:
        try:
            return [*clusters_of_service(stack, service), *service.cluster_names]
        except Malformed:
            return [None]

    return by_owner(stack.all(Service), clusters)

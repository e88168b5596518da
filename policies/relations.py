"""How the parts of ECS in a program belong together: clusters, capacity, container instances, services."""

from typing import NamedTuple

from ecs_model.agent_variables import CLUSTER
from policies.properties import References, Unknown
from policies.stack import Stack, by_owner, remembered
from policies.views.auto_scaling_group import AutoScalingGroup
from policies.views.cluster import CapacityProvider, Cluster, ClusterCapacityProviders
from policies.views.launches import Launches
from policies.views.load_balancing import TargetGroup
from policies.views.service import Service
from policies.views.strategy import only_fargate
from policies.views.task_definition import TaskDefinition

Association = Cluster | ClusterCapacityProviders
"""What names a cluster's capacity providers and its default strategy."""


@remembered
def associations(stack: Stack, cluster: Cluster) -> list[Association]:
    """What gives a cluster its capacity providers; the cluster itself where they are written on it."""
    found: list[Association] = [*_associations(stack).get(cluster, [])]
    if cluster.has_capacity:
        found.append(cluster)
    return found


@remembered
def _associations(stack: Stack) -> dict[Cluster, list[ClusterCapacityProviders]]:
    return by_owner(stack.all(ClusterCapacityProviders), lambda association: clusters_of(stack, association))


@remembered
def clusters_of(stack: Stack, association: Association) -> list[Cluster]:
    """The clusters that an association is for."""
    if isinstance(association, Cluster):
        return [association]
    return stack.find(Cluster, association, "clusterName", association.cluster)


@remembered
def services_of(stack: Stack, cluster: Cluster) -> list[Service]:
    """The services of a cluster."""
    return _services(stack).get(cluster, [])


@remembered
def _services(stack: Stack) -> dict[Cluster, list[Service]]:
    return by_owner(stack.all(Service), lambda service: clusters_of_service(stack, service))


@remembered
def providers_of(stack: Stack, cluster: Cluster) -> list[CapacityProvider]:
    """The EC2 capacity providers of a cluster, as far as they are in the program."""
    found = [
        provider
        for association in associations(stack, cluster)
        for provider in stack.find(CapacityProvider, association, "capacityProviders", association.capacity_providers)
    ]
    return [*found, *_managed(stack).get(cluster, [])]


def offers_ec2(stack: Stack, cluster: Cluster) -> bool:
    """Whether a cluster has capacity providers of EC2 instances, the program's own or such as it names."""
    written = [a.capacity_providers for a in associations(stack, cluster) if a.capacity_providers]
    return bool(providers_of(stack, cluster)) or not only_fargate(written)


@remembered
def _managed(stack: Stack) -> dict[Cluster, list[CapacityProvider]]:
    """Providers of ECS Managed Instances, each made for one cluster."""
    return by_owner(stack.all(CapacityProvider), lambda p: stack.find(Cluster, p, "cluster", p.cluster))


@remembered
def clusters_of_service(stack: Stack, service: Service) -> list[Cluster]:
    """The cluster that a service runs on, if it is in the program."""
    return stack.find(Cluster, service, "cluster", service.cluster)


@remembered
def service_elsewhere(stack: Stack, service: Service) -> bool:
    """Whether a service's tasks run on Fargate or outside AWS, by itself or by its cluster's default."""
    if service.elsewhere is not None:
        return service.elsewhere
    defaults = [
        association.default_strategy
        for cluster in clusters_of_service(stack, service)
        for association in associations(stack, cluster)
    ]
    return any(strategy and only_fargate([entry.provider for entry in strategy]) for strategy in defaults)


def task_elsewhere(stack: Stack, task: TaskDefinition) -> bool:
    """Whether a task definition can be seen to run on Fargate or outside AWS only."""
    if task.compatibilities:
        return task.elsewhere
    services = services_running(stack, task)
    return bool(services) and all(service_elsewhere(stack, service) for service in services)


def services_running(stack: Stack, task: TaskDefinition) -> list[Service]:
    """The services of the program that run a task definition."""
    return _services_by_task(stack).get(task.urn, [])


@remembered
def _services_by_task(stack: Stack) -> dict[str, list[Service]]:
    found: dict[str, list[Service]] = {}
    for service in stack.all(Service):
        for task in task_definitions(stack, service):
            found.setdefault(task.urn, []).append(service)
    return found


@remembered
def task_definitions(stack: Stack, service: Service) -> list[TaskDefinition]:
    """A service's task definition, if it is in the program."""
    return stack.find(TaskDefinition, service, "taskDefinition", service.task_definition)


class Fleet(NamedTuple):
    """Container instances that are launched alike."""

    launches: Launches
    providers: list[CapacityProvider]
    clusters: list[Cluster]
    cluster_name: str | None
    """The cluster named in the user data, as far as that is known."""

    def __str__(self) -> str:
        return f"the container instances of {self.launches}"


@remembered
def fleet(stack: Stack, launches: Launches) -> Fleet | None:
    """The container instances that something launches; None where its instances join no cluster."""
    groups = groups_launching(stack).get(launches, [])
    providers = list(dict.fromkeys(p for group in groups for p in _providers(stack).get(group, [])))
    name, clusters = _joined(stack, launches)
    attached = [cluster for provider in providers for cluster in clusters_of_provider(stack, provider)]
    if not (providers or clusters or name):
        return None
    return Fleet(launches, providers, list(dict.fromkeys([*clusters, *attached])), name)


@remembered
def groups_of_provider(stack: Stack, provider: CapacityProvider) -> list[AutoScalingGroup]:
    """A capacity provider's Auto Scaling group, if it is in the program."""
    written = provider.auto_scaling_group
    return stack.find(AutoScalingGroup, provider, "autoScalingGroupProvider", written)


@remembered
def launched(stack: Stack, group: AutoScalingGroup) -> list[Launches]:
    """What a group launches its instances from, as far as it is in the program."""
    return [found for key, written in group.launches for found in stack.find(Launches, group, key, written)]


@remembered
def groups_launching(stack: Stack) -> dict[Launches, list[AutoScalingGroup]]:
    """The Auto Scaling groups by what they launch their instances from."""
    return by_owner(stack.all(AutoScalingGroup), lambda group: launched(stack, group))


@remembered
def _providers(stack: Stack) -> dict[AutoScalingGroup, list[CapacityProvider]]:
    return by_owner(stack.all(CapacityProvider), lambda provider: groups_of_provider(stack, provider))


def clusters_of_provider(stack: Stack, provider: CapacityProvider) -> list[Cluster]:
    """The clusters that a capacity provider is attached to."""
    return _attached(stack).get(provider, [])


@remembered
def _attached(stack: Stack) -> dict[CapacityProvider, list[Cluster]]:
    return by_owner(stack.all(Cluster), lambda cluster: providers_of(stack, cluster))


def _joined(stack: Stack, launches: Launches) -> tuple[str | None, list[Cluster]]:
    try:
        name = launches.agent.get(CLUSTER)
    except Unknown:
        # User data made from a cluster is that of its instances, whatever its text will be.
        unknown = References(unknown=True)
        return None, [c for key in launches.user_data_keys for c in stack.find(Cluster, launches, key, unknown)]
    return name, stack.find(Cluster, launches, "userData", References((name,))) if name else []


@remembered
def target_groups(stack: Stack, service: Service) -> list[TargetGroup]:
    """The target groups that a service registers its tasks with, as far as they are in the program."""
    return list(
        dict.fromkeys(
            group
            for target in service.load_balancers
            for group in stack.find(TargetGroup, service, "loadBalancers", target.target_group)
        )
    )

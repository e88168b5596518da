"""Where the tasks of a service are placed, as far as the program shows."""

from collections.abc import Iterator
from dataclasses import dataclass

from ecs_model.instance_types import known
from policies.instance_types import types_in_group
from policies.relations import (
    associations,
    clusters_of_service,
    fleet,
    groups_launching,
    groups_of_provider,
    launched,
    service_elsewhere,
    task_definitions,
)
from policies.stack import Stack, remembered
from policies.views.auto_scaling_group import AutoScalingGroup
from policies.views.cluster import CapacityProvider, Cluster
from policies.views.launches import Instance, LaunchConfiguration, Launches
from policies.views.resource import Resource
from policies.views.service import Service
from policies.views.strategy import StrategyEntry, only_fargate
from policies.views.task_definition import Launch, TaskDefinition


@dataclass(frozen=True)
class Strategy:
    """A capacity provider strategy, and where it is written."""

    holder: Resource
    key: str
    entries: list[StrategyEntry]


@remembered
def strategy_of(stack: Stack, service: Service) -> Strategy | None:
    """The strategy of a service without a launch type: its own, else its cluster's default. Raises Unknown."""
    if service.strategy:
        return Strategy(service, "capacityProviderStrategies", service.strategy)
    for cluster in () if service.launch_type else clusters_of_service(stack, service):
        for association in associations(stack, cluster):
            if association.default_strategy:
                key = "defaultCapacityProviderStrategies"
                return Strategy(association, key, association.default_strategy)
    return None


def launch_of(stack: Stack, service: Service) -> Launch | None:
    """The launch type that a service's tasks have in the end. Raises Unknown.

    None where another program decides it, and with ECS Managed Instances, which take most definitions for Fargate too.
    """
    if service.launch_type:
        return next((launch for launch in Launch if launch == service.launch_type), None)
    strategy = strategy_of(stack, service)
    if strategy is None:
        return Launch.EC2 if clusters_of_service(stack, service) else None
    used = [entry.provider for entry in strategy.entries]
    if only_fargate(used):
        return Launch.FARGATE
    providers = [stack.find(CapacityProvider, strategy.holder, strategy.key, one) for one in used]
    on_ec2 = all(providers) and all(provider.of_a_group for found in providers for provider in found)
    return Launch.EC2 if on_ec2 else None


@dataclass(frozen=True)
class Room:
    """Container instances that are launched alike, for tasks to be placed on."""

    launches: Launches
    types: tuple[str, ...]
    """Their instance types; the empty text for those that the program does not name."""
    provider: CapacityProvider | None = None
    """The capacity provider by which tasks get there; None where they go to any instance of the cluster."""
    group: AutoScalingGroup | None = None
    """The Auto Scaling group that launches them; None for a single instance."""

    def __str__(self) -> str:
        return str(self.provider or self.launches)


@remembered
def rooms(stack: Stack, service: Service) -> list[Room]:
    """Where a service's tasks may be placed; nothing where some of it lies outside the program. Raises Unknown."""
    strategy = strategy_of(stack, service)
    if strategy is None:
        return [room for cluster in clusters_of_service(stack, service) for room in _rooms_of_cluster(stack, cluster)]
    return _complete([_room(stack, provider) for provider in providers_used(stack, strategy)])


def providers_used(stack: Stack, strategy: Strategy) -> list[CapacityProvider]:
    """The capacity providers that take tasks; nothing where one lies outside the program. Raises Unknown."""
    used = [entry.provider for entry in strategy.entries if entry.weight or entry.base]
    found = [stack.find(CapacityProvider, strategy.holder, strategy.key, one) for one in used]
    providers = list(dict.fromkeys(provider for several in found for provider in several))
    # Entries that are not known cannot be told apart: each means all of them, and fewer of them than entries not all.
    return providers if all(found) and len(providers) >= len(used) else []


def _room(stack: Stack, provider: CapacityProvider) -> Room | None:
    groups = groups_of_provider(stack, provider)
    return _room_of_group(stack, groups[0], provider) if len(groups) == 1 else None


def _room_of_group(stack: Stack, group: AutoScalingGroup, provider: CapacityProvider | None) -> Room | None:
    templates = dict.fromkeys(launched(stack, group))
    if len(templates) != 1 or group.overrides_templates:
        return None
    (launches,) = templates
    return Room(launches, tuple(types_in_group(group, launches)), provider, group)


@remembered
def _rooms_of_cluster(stack: Stack, cluster: Cluster) -> list[Room]:
    found: list[Room | None] = []
    for launches in _launches(stack).get(cluster, []):
        groups = groups_launching(stack).get(launches, [])
        found += [_room_of_group(stack, group, None) for group in groups]
        if not groups:
            # What launches from a template without a group of the program may choose other types; from a launch
            # configuration it may not.
            alone = isinstance(launches, Instance | LaunchConfiguration)
            found.append(Room(launches, (launches.instance_type or "",)) if alone else None)
    return _complete(found)


@remembered
def _launches(stack: Stack) -> dict[Cluster, list[Launches]]:
    found: dict[Cluster, list[Launches]] = {}
    for launches in stack.all(Launches):
        instances = fleet(stack, launches)
        for cluster in instances.clusters if instances else ():
            found.setdefault(cluster, []).append(launches)
    return found


def _complete(found: list[Room | None]) -> list[Room]:
    rooms = [room for room in found if room is not None]
    return rooms if len(rooms) == len(found) else []


def placed(stack: Stack, service: Service) -> Iterator[tuple[TaskDefinition, list[Room]]]:
    """The task definition of a service on EC2 with the places of its tasks, where the program shows what they have.

    Raises Unknown.
    """
    tasks = [task for task in task_definitions(stack, service) if not task.elsewhere]
    if tasks and not service_elsewhere(stack, service):
        places = rooms(stack, service)
        if any(known(room.types) for room in places):
            yield from ((task, places) for task in tasks)

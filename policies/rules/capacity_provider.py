"""Rules on capacity providers."""

from collections.abc import Iterator

from ecs_model.strategy import name_problem
from policies.relations import Association, groups_of_provider
from policies.rule import ADVISORY, HIGH, LOW, MANDATORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.auto_scaling_group import AutoScalingGroup
from policies.views.cluster import CapacityProvider, Cluster, ClusterCapacityProviders


@rule(
    id="ecs-capacity-provider-termination-protection",
    title="Managed termination protection has managed scaling and scale-in protection to work with",
    severity=HIGH,
    level=ADVISORY,
    why="It works by the scale-in protection of the group's instances, and through managed scaling alone. ECS used to "
    "refuse it for a group without that protection and now turns it on itself, whereupon a program that leaves it out "
    "turns it off again.",
    fix="Set managedScaling.status to ENABLED and the group's protectFromScaleIn to true, or "
    "managedTerminationProtection to DISABLED.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-termination-protection.html",
)
def termination_protection(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Every capacity provider with managed termination protection scales its group, which protects its instances."""

    def holds(provider: CapacityProvider) -> Iterator[Verdict]:
        if not provider.termination_protection:
            return
        yield from each(groups_of_provider(stack, provider), lambda group: _protects(provider, group))
        if not provider.managed_scaling:
            yield Finding("has managed termination protection without managed scaling", provider)

    yield from each(stack.all(CapacityProvider), holds)


def _protects(provider: CapacityProvider, group: AutoScalingGroup) -> Iterator[Verdict]:
    if not group.protects_from_scale_in:
        yield Finding(
            f"does not protect its instances from scale-in, and {provider} has managed termination protection", group
        )


@rule(
    id="ecs-capacity-provider-name",
    title="A capacity provider has a name that ECS takes",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses names with other characters, longer ones, and such that begin with aws, ecs or fargate: the "
    "deployment fails.",
    fix="Choose at most 255 letters, digits, hyphens and underscores that do not begin with aws, ecs or fargate.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html",
)
def name(provider: CapacityProvider, options: Options) -> Iterator[Verdict]:
    """The name is made of what ECS allows, and begins with none of the prefixes that AWS keeps for itself."""
    given = provider.name_given
    problem = name_problem(given) if given is not None else None
    if problem:
        message, _, fix = problem.rpartition(": ")
        yield Finding(f"the name {message}", fix=f"{fix[:1].upper()}{fix[1:]}.")


@rule(
    id="ecs-capacity-provider-managed-draining",
    title="A capacity provider drains instances before they end",
    severity=MEDIUM,
    level=ADVISORY,
    why="Without managed draining a scale-in or an instance refresh ends an instance with the tasks on it, before "
    "others have taken their place.",
    fix="Set managedDraining to ENABLED, which is also what ECS does where it is left out.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html",
)
def managed_draining(provider: CapacityProvider, options: Options) -> Iterator[Verdict]:
    """No capacity provider of an Auto Scaling group switches managed draining off."""
    if not provider.managed_draining:
        yield Finding("managedDraining is DISABLED")


@rule(
    id="ecs-capacity-provider-managed-scaling",
    title="A capacity provider scales its group",
    severity=MEDIUM,
    level=ADVISORY,
    why="Without managed scaling no instance is started for a task that finds no room, and none is ended when idle: "
    "tasks wait, or instances are paid for nothing.",
    fix="Set managedScaling.status to ENABLED.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html",
)
def managed_scaling(provider: CapacityProvider, options: Options) -> Iterator[Verdict]:
    """Every capacity provider of an Auto Scaling group has managed scaling."""
    if provider.of_a_group and not provider.managed_scaling:
        yield Finding("managed scaling is not enabled")


@rule(
    id="ecs-capacity-provider-attached",
    title="A capacity provider is attached to a cluster",
    severity=LOW,
    level=ADVISORY,
    why="A capacity provider that no cluster has serves no task, and nothing scales its group for one.",
    fix="Name it in the capacityProviders of the cluster's aws.ecs.ClusterCapacityProviders, or remove it.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html",
)
def attached(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Every capacity provider of an Auto Scaling group is named by what gives a cluster its capacity.

    A program without any cluster, and without anything that gives one its capacity, leaves that to another program.
    """
    holders: list[Association] = [*stack.all(ClusterCapacityProviders), *stack.all(Cluster)]
    named: set[CapacityProvider] = set()
    hidden: list[Verdict] = []
    for holder in holders:
        written = holder.capacity_providers
        named.update(stack.find(CapacityProvider, holder, "capacityProviders", written))
        if stack.reaches_out(CapacityProvider, holder, "capacityProviders", written):
            hidden.append(holder.properties.unknown("capacityProviders"))
    lonely = [p for p in stack.all(CapacityProvider) if p.of_a_group and p not in named] if holders else []
    if lonely and hidden:
        yield from hidden
        return
    for provider in lonely:
        yield Finding("no cluster of the program has it", provider)

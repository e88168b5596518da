"""The Auto Scaling groups that have to do with ECS."""

from policies.relations import fleet, groups_of_provider, launched
from policies.stack import Stack, remembered
from policies.views.auto_scaling_group import AutoScalingGroup
from policies.views.cluster import CapacityProvider


@remembered
def provided_groups(stack: Stack) -> list[AutoScalingGroup]:
    """The Auto Scaling groups that capacity providers of the program have."""
    found = [group for provider in stack.all(CapacityProvider) for group in groups_of_provider(stack, provider)]
    return list(dict.fromkeys(found))


@remembered
def groups_of_instances(stack: Stack) -> list[AutoScalingGroup]:
    """The Auto Scaling groups of container instances: capacity providers' and those whose instances join a cluster."""
    joining = [
        group
        for group in stack.all(AutoScalingGroup)
        if any(fleet(stack, launches) for launches in launched(stack, group))
    ]
    return list(dict.fromkeys([*provided_groups(stack), *joining]))

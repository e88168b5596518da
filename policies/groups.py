"""The Auto Scaling groups that have to do with ECS."""

from policies.properties import Properties
from policies.relations import fleet, groups_of_provider, launched
from policies.stack import Stack, by_owner, remembered
from policies.views.auto_scaling_group import AutoScalingGroup, AutoScalingGroupTag
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


def tag_of(stack: Stack, group: AutoScalingGroup, name: str) -> Properties | None:
    """A group's tag of that name, written on it or as a resource of its own. Raises Unknown."""
    own = group.tag(name)
    if own is not None:
        return own
    tags = (written.tag for written in _tags(stack).get(group, []))
    return next((tag for tag in tags if tag and tag.text("key") == name), None)


@remembered
def _tags(stack: Stack) -> dict[AutoScalingGroup, list[AutoScalingGroupTag]]:
    return by_owner(
        stack.all(AutoScalingGroupTag), lambda tag: stack.find(AutoScalingGroup, tag, "autoscalingGroupName", tag.group)
    )

"""The instance types that launch templates and Auto Scaling groups name."""

from collections.abc import Iterator

from policies.relations import groups_launching
from policies.stack import Stack
from policies.views.auto_scaling_group import AutoScalingGroup
from policies.views.launches import Launches
from policies.views.resource import Resource


def types_launched(stack: Stack, launches: Launches) -> Iterator[tuple[Resource, list[str]]]:
    """The instance types that something launches, each with the resource that names them. Raises Unknown.

    The empty text stands for types that are not named but described (instance requirements).
    """
    groups = groups_launching(stack).get(launches, [])
    if not groups or not all(group.overrides for group in groups):
        yield launches, [launches.instance_type or ""]
    for group in groups:
        # Overrides with templates of their own may have images and user data of their own.
        if group.overrides and not group.overrides_templates:
            yield group, _named(group)


def types_in_group(group: AutoScalingGroup, launches: Launches) -> list[str]:
    """The same of one group that launches its instances from `launches`."""
    return _named(group) if group.overrides else [launches.instance_type or ""]


def _named(group: AutoScalingGroup) -> list[str]:
    return list(dict.fromkeys(override.text("instanceType") or "" for override in group.overrides))

"""Amazon ECS: capacity providers."""

from __future__ import annotations

from copy import deepcopy

from localaws import tags
from localaws.convert import to_api
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Step, Target
from localaws.types.ecs_cluster import BUSY
from localaws.wire import Properties


def _capacity_provider(target: Target) -> ApiObject | None:
    found: ApiObject | None = target.call(
        "describe_capacity_providers",
        "capacityProviders[?status!='INACTIVE'] | [0]",
        capacityProviders=[target.id],
        include=["TAGS"],
    )
    if found:
        target.id = found["capacityProviderArn"]
    return found


def _update_managed_instances(target: Target) -> None:
    shape = target.region.model("ecs", "update_capacity_provider").input_shape.members["managedInstancesProvider"]
    wanted = deepcopy(target.inputs["managedInstancesProvider"])
    # A change of it makes a new one.
    wanted["instanceLaunchTemplate"].pop("capacityOptionType", None)
    target.call(
        "update_capacity_provider",
        name=target.get("name"),
        cluster=target.get("cluster"),
        managedInstancesProvider=to_api(wanted, shape, "managedInstancesProvider", {}),
    )


def _update_capacity_provider(target: Target) -> None:
    shape = target.region.model("ecs", "update_capacity_provider").input_shape.members["autoScalingGroupProvider"]
    wanted = {k: v for k, v in target.inputs["autoScalingGroupProvider"].items() if k != "autoScalingGroupArn"}
    target.call(
        "update_capacity_provider",
        name=target.get("name"),
        autoScalingGroupProvider=to_api(wanted, shape, "autoScalingGroupProvider", {}),
    )


def _delete_capacity_provider(target: Target) -> None:
    if _capacity_provider(target) is not None:
        target.call("delete_capacity_provider", capacityProvider=target.id)


_KINDS = ("autoScalingGroupProvider", "managedInstancesProvider")


def _one_kind(inputs: Properties) -> list[tuple[str, str]]:
    """The AWS provider's own validation."""
    given = [prop for prop in _KINDS if prop in inputs]
    if len(given) != 1:
        return [(_KINDS[0], f"exactly one of {' or '.join(_KINDS)} must be specified")]
    managed = given == ["managedInstancesProvider"]
    if managed and "cluster" not in inputs:
        return [("cluster", "cluster is required when using managedInstancesProvider")]
    if not managed and "cluster" in inputs:
        return [("cluster", "cluster must not be set when using autoScalingGroupProvider")]
    return []


def _other_kind(old: Properties, new: Properties) -> set[str]:
    """A provider does not change from one kind to the other."""
    return {prop for prop in _KINDS if (prop in old) is not (prop in new)}


CAPACITY_PROVIDER = Kind(
    "aws:ecs/capacityProvider:CapacityProvider",
    service="ecs",
    source=REGISTRY + "ecs/capacityprovider/",
    create=Call(
        "create_capacity_provider",
        only=frozenset({"name", "autoScalingGroupProvider", "managedInstancesProvider", "cluster"}),
    ),
    identity="capacityProvider.capacityProviderArn",
    read=_capacity_provider,
    updates=(
        Step(frozenset({"autoScalingGroupProvider"}), _update_capacity_provider),
        Step(frozenset({"managedInstancesProvider"}), _update_managed_instances),
    ),
    delete=_delete_capacity_provider,
    retry=BUSY,
    tag=tags.ecs,
    name=AutoName(),
    replaces=frozenset(
        {
            "name",
            "cluster",
            "autoScalingGroupProvider.autoScalingGroupArn",
            "managedInstancesProvider.instanceLaunchTemplate.capacityOptionType",
        }
    ),
    replaces_too=_other_kind,
    check=_one_kind,
    names={"arn": "capacityProviderArn"},
)

KINDS = (CAPACITY_PROVIDER,)

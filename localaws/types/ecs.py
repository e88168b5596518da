"""Amazon ECS: clusters, capacity providers, task definitions."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from localaws import tags
from localaws.convert import to_api
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Step, Target
from localaws.types import ecs_service
from localaws.wire import UNKNOWN, Properties

BUSY = frozenset(
    {
        "ClusterContainsContainerInstancesException",
        "ClusterContainsServicesException",
        "ClusterContainsTasksException",
        "ClusterContainsCapacityProviderException",
        "ResourceInUseException",
        "UpdateInProgressException",
    }
)


def _cluster(target: Target) -> ApiObject | None:
    found: ApiObject | None = target.call(
        "describe_clusters",
        "clusters[?status!='INACTIVE'] | [0]",
        clusters=[target.id],
        include=["TAGS", "SETTINGS", "CONFIGURATIONS"],
    )
    if found:
        target.id = found["clusterArn"]
    return found


CLUSTER = Kind(
    "aws:ecs/cluster:Cluster",
    service="ecs",
    source=REGISTRY + "ecs/cluster/",
    create=Call("create_cluster"),
    identity="cluster.clusterArn",
    read=_cluster,
    updates=(Call("update_cluster", lambda r: {"cluster": r.id}),),
    delete=lambda r: r.call("delete_cluster", cluster=r.id),
    retry=BUSY,
    tag=tags.ecs,
    name=AutoName(),
    replaces=frozenset({"name"}),
    computed=frozenset({"settings"}),
    names={
        "name": "clusterName",
        "arn": "clusterArn",
        "configuration.executeCommandConfiguration.logConfiguration.s3BucketEncryptionEnabled": "s3EncryptionEnabled",
    },
)


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


def _association(target: Target) -> ApiObject | None:
    found: ApiObject | None = target.call(
        "describe_clusters", "clusters[?status!='INACTIVE'] | [0]", clusters=[target.id]
    )
    return found


def _no_providers(target: Target) -> None:
    target.call(
        "put_cluster_capacity_providers", cluster=target.id, capacityProviders=[], defaultCapacityProviderStrategy=[]
    )


_PUT_PROVIDERS = Call(
    "put_cluster_capacity_providers",
    lambda r: (
        {}
        if {"capacityProviders", "defaultCapacityProviderStrategies"} <= set(r.inputs)
        else {
            name: []
            for prop, name in (
                ("capacityProviders", "capacityProviders"),
                ("defaultCapacityProviderStrategies", "defaultCapacityProviderStrategy"),
            )
            if prop not in r.inputs
        }
    ),
)
CLUSTER_CAPACITY_PROVIDERS = Kind(
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    service="ecs",
    source=REGISTRY + "ecs/clustercapacityproviders/",
    create=_PUT_PROVIDERS,
    identity="cluster.clusterName",
    read=_association,
    updates=(_PUT_PROVIDERS,),
    delete=_no_providers,
    retry=BUSY,
    replaces=frozenset({"clusterName"}),
    told=frozenset({"capacityProviders", "defaultCapacityProviderStrategies"}),
    names={"clusterName": ("clusterName", "cluster")},
)


def _register(target: Target) -> Properties:
    members = target.region.model("ecs", "register_task_definition").input_shape.members
    wanted: Properties = {"containerDefinitions": json.loads(target.inputs["containerDefinitions"])}
    if "volumes" in target.inputs:
        volumes = [_with_host(volume) for volume in target.inputs["volumes"]]
        wanted["volumes"] = to_api(volumes, members["volumes"], "volumes", TASK_DEFINITION.names)
    if "proxyConfiguration" in target.inputs:
        proxy = target.inputs["proxyConfiguration"]
        pairs = [{"name": name, "value": value} for name, value in sorted(proxy.get("properties", {}).items())]
        wanted["proxyConfiguration"] = {**proxy, "properties": pairs}
    return wanted


def _proxy(found: Properties) -> Properties | None:
    proxy = found.get("proxyConfiguration")
    if not proxy:
        return None
    return {**proxy, "properties": {item["name"]: item["value"] for item in proxy.get("properties", [])}}


def _with_host(volume: Properties) -> Properties:
    rest = {key: value for key, value in volume.items() if key != "hostPath"}
    return {**rest, "host": {"sourcePath": volume["hostPath"]}} if "hostPath" in volume else rest


def _task_definition(target: Target) -> ApiObject | None:
    latest = target.get("trackLatest")
    name = target.id if latest or "arn" not in target.state else target.state["arn"]
    response = target.call("describe_task_definition", taskDefinition=name, include=["TAGS"])
    found: Properties = response["taskDefinition"]
    if found.get("status") == "INACTIVE":
        return None
    target.id = found["family"]
    volumes = [{**volume, "hostPath": volume.get("host", {}).get("sourcePath")} for volume in found.get("volumes", [])]
    return {
        **found,
        "volumes": volumes,
        "proxyConfiguration": _proxy(found),
        "tags": response.get("tags", []),
        "containerDefinitions": json.dumps(found["containerDefinitions"], sort_keys=True),
        "arnWithoutRevision": found["taskDefinitionArn"].rpartition(":")[0],
    }


def _deregister(target: Target) -> None:
    if not target.state.get("skipDestroy"):
        target.call("deregister_task_definition", taskDefinition=target.state["arn"])


def _valid_json(inputs: Properties) -> list[tuple[str, str]]:
    text = inputs.get("containerDefinitions", UNKNOWN)
    if text is UNKNOWN:
        return []
    try:
        found: Any = json.loads(text)
    except (TypeError, ValueError) as error:
        return [("containerDefinitions", f"not valid JSON: {error}")]
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        return [("containerDefinitions", "expected a JSON list of container definitions")]
    return []


TASK_DEFINITION = Kind(
    "aws:ecs/taskDefinition:TaskDefinition",
    service="ecs",
    source=REGISTRY + "ecs/taskdefinition/",
    create=Call(
        "register_task_definition", _register, also=frozenset({"containerDefinitions", "proxyConfiguration", "volumes"})
    ),
    identity="taskDefinition.family",
    read=_task_definition,
    delete=_deregister,
    tag=tags.ecs,
    check=_valid_json,
    replaces=frozenset(
        {
            "containerDefinitions",
            "cpu",
            "enableFaultInjection",
            "ephemeralStorage",
            "executionRoleArn",
            "family",
            "ipcMode",
            "memory",
            "networkMode",
            "pidMode",
            "placementConstraints",
            "proxyConfiguration",
            "requiresCompatibilities",
            "runtimePlatform",
            "taskRoleArn",
            "volumes",
        }
    ),
    computed=frozenset({"networkMode", "enableFaultInjection"}),
    defaults={"skipDestroy": False, "trackLatest": False},
    settings=frozenset({"skipDestroy", "trackLatest"}),
    documents=frozenset({"containerDefinitions"}),
    names={
        "arn": "taskDefinitionArn",
        "volumes.configureAtLaunch": "configuredAtLaunch",
    },
)


def _account_setting(target: Target) -> ApiObject | None:
    found: ApiObject | None = target.call(
        "list_account_settings", "settings[0]", name=target.id, effectiveSettings=True
    )
    return found


ACCOUNT_SETTING_DEFAULT = Kind(
    "aws:ecs/accountSettingDefault:AccountSettingDefault",
    service="ecs",
    source=REGISTRY + "ecs/accountsettingdefault/",
    create=Call("put_account_setting_default"),
    identity="setting.name",
    read=_account_setting,
    updates=(Call("put_account_setting_default"),),
    delete=lambda r: r.call("put_account_setting_default", name=r.id, value="disabled"),
    replaces=frozenset({"name"}),
)

KINDS = (
    ACCOUNT_SETTING_DEFAULT,
    CLUSTER,
    CAPACITY_PROVIDER,
    CLUSTER_CAPACITY_PROVIDERS,
    TASK_DEFINITION,
    ecs_service.SERVICE,
)

"""Amazon ECS: clusters, what is attached to them, and the account's settings."""

from __future__ import annotations

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Target

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

KINDS = (ACCOUNT_SETTING_DEFAULT, CLUSTER, CLUSTER_CAPACITY_PROVIDERS)

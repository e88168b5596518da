"""Amazon ECS: services."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from localaws import tags
from localaws.convert import from_api, to_api
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Target
from localaws.types.ecs_steady_state import wait
from localaws.wire import Properties

_DEPLOYMENT = {
    "deploymentCircuitBreaker": "deploymentCircuitBreaker",
    "alarms": "alarms",
    "deploymentMaximumPercent": "maximumPercent",
    "deploymentMinimumHealthyPercent": "minimumHealthyPercent",
}
_ALARMS = {"alarmNames": ["string"], "enable": "boolean", "rollback": "boolean"}


def _given(target: Target) -> Properties:
    """The parameters whose shape differs from the property's."""
    inputs, result = target.inputs, Properties()
    deployment = {api: inputs[prop] for prop, api in _DEPLOYMENT.items() if prop in inputs}
    if inputs.get("deploymentConfiguration"):
        deployment |= _strategy(target)
    if deployment:
        result["deploymentConfiguration"] = deployment
    if inputs.get("networkConfiguration"):
        network = inputs["networkConfiguration"]
        public = {"assignPublicIp": "ENABLED" if network.get("assignPublicIp") else "DISABLED"}
        result["networkConfiguration"] = {"awsvpcConfiguration": {**network, **public}}
    if inputs.get("serviceConnectConfiguration"):
        shape = target.region.model("ecs", "create_service").input_shape.members["serviceConnectConfiguration"]
        prop = "serviceConnectConfiguration"
        result[prop] = to_api(inputs[prop], shape, prop, SERVICE.names)
    return result


def _strategy(target: Target) -> Properties:
    """The details of a hook are a JSON text in the provider and any JSON in the API."""
    prop = "deploymentConfiguration"
    shape = target.region.model("ecs", "create_service").input_shape.members[prop]
    hooks = target.inputs[prop].get("lifecycleHooks", [])
    plain = [{key: value for key, value in hook.items() if key != "hookDetails"} for hook in hooks]
    wanted = {**target.inputs[prop], **({"lifecycleHooks": plain} if plain else {})}
    result: Properties = to_api(wanted, shape, prop, SERVICE.names)
    for given, hook in zip(result.get("lifecycleHooks", []), hooks, strict=True):
        if "hookDetails" in hook:
            given["hookDetails"] = json.loads(hook["hookDetails"])
    return result


def _told(deployment: Properties) -> Properties:
    hooks = [
        {**hook, **({"hookDetails": json.dumps(hook["hookDetails"])} if "hookDetails" in hook else {})}
        for hook in deployment.get("lifecycleHooks", [])
    ]
    return {**deployment, **({"lifecycleHooks": hooks} if hooks else {})}


def _update(target: Target) -> Properties:
    lists = {"serviceRegistries": "serviceRegistries", "volumeConfiguration": "volumeConfigurations"}
    taken_back: Properties = {api: [] for prop, api in lists.items() if prop in target.removed}
    return (
        _given(target)
        | taken_back
        | {
            "cluster": _cluster_of(target),
            "service": target.id,
            "forceNewDeployment": bool(target.inputs.get("forceNewDeployment")),
        }
    )


def _cluster_of(target: Target) -> str:
    if target.get("cluster"):
        return str(target.get("cluster"))
    parts = target.id.split("/")
    return parts[-2] if len(parts) > 1 else "default"


def _describe(target: Target) -> Properties | None:
    found: Properties | None = target.call(
        "describe_services",
        "services[?status=='ACTIVE'] | [0]",
        cluster=_cluster_of(target),
        services=[target.id.rpartition("/")[2]],
        include=["TAGS"],
    )
    return found


def _read(target: Target) -> ApiObject | None:
    found = _describe(target)
    if found is None:
        return None
    target.id = found["serviceArn"]
    deployment = found.get("deploymentConfiguration", {})
    network = found.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if network:
        network = {**network, "assignPublicIp": network.get("assignPublicIp") == "ENABLED"}
    alarms = deployment.get("alarms")
    return {
        **found,
        **{prop: deployment.get(api) for prop, api in _DEPLOYMENT.items()},
        "deploymentConfiguration": _told(deployment),
        "networkConfiguration": network,
        "volumeConfigurations": found.get("deployments", [{}])[0].get("volumeConfigurations"),
        "serviceConnectConfiguration": found.get("deployments", [{}])[0].get("serviceConnectConfiguration"),
        "alarms": from_api(_ALARMS, alarms, "", {}) if alarms else None,
        "cluster": _as_written(found.get("clusterArn", ""), target.get("cluster")),
        "taskDefinition": _as_written(found.get("taskDefinition", ""), target.get("taskDefinition")),
    }


def _as_written(arn: str, written: Any) -> str:
    """The program's short form of an ARN, where it names the same thing: no difference then."""
    return written if isinstance(written, str) and arn.rpartition("/")[2] == written else arn


def _settle(target: Target) -> None:
    """Wait for a steady state where the program asks for it."""
    if target.inputs.get("waitForSteadyState"):
        wait(target, partial(_describe, target), _cluster_of(target))


def _delete(target: Target) -> None:
    cluster, force = _cluster_of(target), bool(target.state.get("forceDelete"))
    if _describe(target) is None:
        return
    if target.state.get("schedulingStrategy") != "DAEMON":
        target.call("update_service", cluster=cluster, service=target.id, desiredCount=0)
    target.call("delete_service", cluster=cluster, service=target.id, force=force)


def _changed_strategy(old: Properties, new: Properties) -> set[str]:
    """Without forceNewDeployment, taking or leaving a strategy needs a new service."""
    prop = "capacityProviderStrategies"
    one_is_empty = bool(old.get(prop)) != bool(new.get(prop))
    return {prop} if one_is_empty and not new.get("forceNewDeployment") else set()


_IN_DEPLOYMENT = frozenset(
    {*_DEPLOYMENT, "deploymentConfiguration", "networkConfiguration", "serviceConnectConfiguration"}
)
SERVICE = Kind(
    "aws:ecs/service:Service",
    service="ecs",
    source=REGISTRY + "ecs/service/",
    create=Call("create_service", _given, also=_IN_DEPLOYMENT),
    identity="service.serviceArn",
    read=_read,
    updates=(
        Call(
            "update_service",
            _update,
            also=_IN_DEPLOYMENT | {"triggers", "forceNewDeployment"},
            when_changed=frozenset({"desiredCount"}),
        ),
    ),
    delete=_delete,
    settle=_settle,
    tag=tags.ecs,
    name=AutoName(),
    replaces=frozenset(
        {
            "cluster",
            "name",
            "launchType",
            "schedulingStrategy",
            "iamRole",
            "deploymentController.type",
        }
    ),
    replaces_too=_changed_strategy,
    computed=frozenset(
        {
            "cluster",
            "launchType",
            "iamRole",
            "platformVersion",
            "availabilityZoneRebalancing",
            "desiredCount",
            "deploymentConfiguration",
            "deploymentController",
            "healthCheckGracePeriodSeconds",
            "deploymentMaximumPercent",
            "deploymentMinimumHealthyPercent",
            "deploymentCircuitBreaker",
            "capacityProviderStrategies",
            "propagateTags",
            "networkConfiguration",
            "alarms",
        }
    ),
    defaults={
        "deploymentMaximumPercent": 200,
        "deploymentMinimumHealthyPercent": 100,
        "enableEcsManagedTags": False,
        "enableExecuteCommand": False,
        "schedulingStrategy": "REPLICA",
        "waitForSteadyState": False,
    },
    settings=frozenset({"forceDelete", "forceNewDeployment", "sigintRollback", "triggers", "waitForSteadyState"}),
    ordered=frozenset({"orderedPlacementStrategies"}),
    names={
        "name": "serviceName",
        "arn": "serviceArn",
        "iamRole": ("role", "roleArn"),
        "orderedPlacementStrategies": "placementStrategy",
        "loadBalancers.elbName": "loadBalancerName",
        "serviceConnectConfiguration.services.clientAlias": "clientAliases",
        "serviceConnectConfiguration.services.tls.issuerCertAuthority": "issuerCertificateAuthority",
        "volumeConfiguration.managedEbsVolume.sizeInGb": "sizeInGiB",
        "vpcLatticeConfigurations": "vpcLatticeConfigurations",
    },
)

KINDS = (SERVICE,)

"""Amazon ECS: task definitions."""

from __future__ import annotations

import json
from typing import Any

from localaws import tags
from localaws.convert import to_api
from localaws.kind import REGISTRY, ApiObject, Call, Kind, Target
from localaws.wire import UNKNOWN, Properties


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

KINDS = (TASK_DEFINITION,)

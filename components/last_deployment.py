"""What this stack's last deployment left: its outputs, and what was attached to its clusters."""

import time
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import pulumi

ATTEMPTS, PAUSE = 60, 0.05
_ATTACHED = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
_PROVIDER = "aws:ecs/capacityProvider:CapacityProvider"
_SERVICE = "aws:ecs/service:Service"


_KNOWN: WeakKeyDictionary[pulumi.Resource, Mapping[str, Any]] = WeakKeyDictionary()
"""By stack: the engine reads the whole state for every answer."""


def last_outputs() -> Mapping[str, Any]:
    """The outputs of this stack's last deployment; none in the first one."""
    stack = pulumi.runtime.get_root_resource()
    if stack is None:
        return _asked("readStackOutputs", "name")
    if stack not in _KNOWN:
        _KNOWN[stack] = _asked("readStackOutputs", "name")
    return _KNOWN[stack]


def attached_providers() -> set[str]:
    """The names of the capacity providers that are attached by the last deployment, or that a refresh has found since.

    It reads the whole state, so that it is asked only where a name has gone.
    """
    return {str(name) for each in _of_type(_ATTACHED) for name in each.get("capacityProviders") or []}


def used_providers() -> dict[str, set[str]]:
    """The capacity providers that the strategies of services name, by the services' names; it reads the whole state.

    Not those of ECS Managed Instances, which nobody has to take off a cluster.
    """
    managed = {str(each["name"]) for each in _of_type(_PROVIDER) if each.get("managedInstancesProvider")}
    return {
        str(each["name"]): {str(item["capacityProvider"]) for item in each.get("capacityProviderStrategies") or []}
        - managed
        for each in _of_type(_SERVICE)
    }


def _of_type(type_: str) -> list[dict[str, Any]]:
    """What AWS told of the last deployment's resources of a type."""
    found = _asked("readStackResourceOutputs", "stackName").values()
    return [each["outputs"] for each in found if each["type"] == type_]


def _asked(function: str, argument: str) -> dict[str, Any]:
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    for attempt in range(ATTEMPTS):
        try:
            found = pulumi.runtime.invoke(f"pulumi:pulumi:{function}", {argument: name}).value or {}
            return dict(found.get("outputs") or {})
        except Exception as error:  # the SDK raises no other class
            # A state in files is half-written for a moment, while the engine keeps what it does.
            if "failed to load checkpoint" not in str(error) or attempt == ATTEMPTS - 1:
                raise
            time.sleep(PAUSE)
    return {}

"""What this stack's last deployment left: its outputs, and what was attached to its clusters."""

import time
from collections.abc import Mapping
from typing import Any

import pulumi

ATTEMPTS, PAUSE = 60, 0.05
_ATTACHED = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"


def last_outputs() -> Mapping[str, Any]:
    """The outputs of this stack's last deployment; none in the first one."""
    return _asked("readStackOutputs", "name")


def attached_providers() -> set[str]:
    """The names of the capacity providers that are attached by the last deployment, or that a refresh has found since.

    It reads the whole state, so that it is asked only where a name has gone.
    """
    found = _asked("readStackResourceOutputs", "stackName").values()
    lists = [each["outputs"].get("capacityProviders") for each in found if each["type"] == _ATTACHED]
    return {str(name) for names in lists for name in names or []}


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

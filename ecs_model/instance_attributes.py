"""The attributes of container instances: those of ECS itself, and those that an agent is told.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
"""

import json
from collections.abc import Mapping

AVAILABILITY_ZONE = "ecs.availability-zone"
INSTANCE_TYPE = "ecs.instance-type"
CPU_ARCHITECTURE = "ecs.cpu-architecture"
OS_TYPE = "ecs.os-type"
_OF_ECS = ("ecs.", "com.amazonaws.ecs.")


def is_custom(name: str) -> bool:
    """Whether an attribute is none of ECS itself."""
    return not name.startswith(_OF_ECS)


def told(written: str | None) -> Mapping[str, str] | None:
    """The custom attributes in a value of ECS_INSTANCE_ATTRIBUTES; None where it cannot be read."""
    try:
        found = json.loads(written or "{}")
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        return None
    return found

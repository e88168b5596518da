"""The agent's configuration file: written as text, and read as the agent reads it.

https://github.com/aws/amazon-ecs-agent/blob/master/README.md#environment-variables
"""

import re
from collections.abc import Mapping

from ecs_model.agent_variables import BLOCK_IMDS, EXTERNAL, PORT_RANGE, RESERVED_MEMORY, SPOT_DRAINING
from ecs_model.ports import KERNEL, PortRange


def render(variables: Mapping[str, str]) -> str:
    """ecs.config's text: one `NAME=value` a line."""
    return "".join(f"{name}={value}\n" for name, value in variables.items())


def parse(text: str) -> dict[str, str]:
    """ecs.config as the agent reads it: lines trimmed, split at the first `=`, the last one wins, quotes are kept."""
    pairs = (line.strip().partition("=") for line in text.split("\n") if not line.strip().startswith("#"))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def dynamic_ports(variables: Mapping[str, str]) -> PortRange:
    """The range the agent takes host ports from; without a range it can read, the kernel's."""
    try:
        return PortRange.parse(variables.get(PORT_RANGE, ""))
    except ValueError:
        return KERNEL


def drains_spot(variables: Mapping[str, str]) -> bool:
    """Whether the agent drains its instance when Spot takes it back."""
    return _is_true(variables, SPOT_DRAINING)


def blocks_metadata(variables: Mapping[str, str]) -> bool:
    """Whether the agent keeps awsvpc tasks away from the instance metadata service."""
    return _is_true(variables, BLOCK_IMDS)


def takes_the_instance_role(variables: Mapping[str, str]) -> bool:
    """Whether the agent calls ECS with its instance's role: it has no keys of its own, and is not on ECS Anywhere."""
    return "AWS_ACCESS_KEY_ID" not in variables and not _is_true(variables, EXTERNAL)


def _is_true(variables: Mapping[str, str], name: str) -> bool:
    """The agent reads a value as Go's strconv.ParseBool does."""
    return variables.get(name) in ("1", "t", "T", "true", "TRUE", "True")


def reserved_memory(variables: Mapping[str, str]) -> int | None:
    """MiB that the agent keeps from tasks, none where it cannot read the number; None where a shell computes it.

    The agent takes a whole number of 16 bits (`parseEnvVariableUint16` in its config).
    """
    written = variables.get(RESERVED_MEMORY, "")
    if re.search("[$`]", written):
        return None
    return int(written) if re.fullmatch("[0-9]{1,9}", written) and int(written) < 1 << 16 else 0

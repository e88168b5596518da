"""Our part of the user data: the script that writes the agent's settings before the agent starts."""

import base64
from collections.abc import Mapping

from ecs_model.agent_config import render
from ecs_model.agent_variables import CONFIG_FILE


def script(variables: Mapping[str, str]) -> str:
    """The shell script, in plain text, that writes ecs.config before the agent starts."""
    return f"#!/bin/bash\ncat >> {CONFIG_FILE} <<'ECS_CONFIG'\n{render(variables)}ECS_CONFIG\n"


def encode(text: str) -> str:
    """Base64, as a launch template wants its user data."""
    return base64.b64encode(text.encode()).decode()

"""What pulumi_aws calls each property, and its type: `schema.json`, read once (see `make_schema`)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("schema.json")


@cache
def _all() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(PATH.read_text())
    return loaded


def bare(properties: dict[str, Any]) -> dict[str, Any]:
    """Property name -> type, without the mark of required ones."""
    return {name.rstrip("!"): type_ for name, type_ in properties.items()}


def required(properties: dict[str, Any]) -> list[str]:
    """The names of the required properties."""
    return [name[:-1] for name in properties if name.endswith("!")]


def inputs(token: str) -> dict[str, Any]:
    """What a program may set, required names marked with `!`."""
    found: dict[str, Any] = _all()[token]["inputs"]
    return found


def outputs(token: str) -> dict[str, Any]:
    """What AWS adds: the state's properties that a program cannot set."""
    found: dict[str, Any] = _all()[token]["outputs"]
    return found


def state(token: str) -> dict[str, Any]:
    """All properties of a resource's state, or of a function's result."""
    return bare(inputs(token)) | bare(outputs(token))

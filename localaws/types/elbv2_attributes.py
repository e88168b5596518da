"""Elastic Load Balancing: what its API takes and tells as pairs of a key and a text."""

from __future__ import annotations

from typing import Any

from localaws.wire import Properties

Attributes = dict[str, str]
"""Property -> the API's key."""


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def pairs(values: Properties, names: Attributes) -> list[Properties]:
    """The properties that are given, as the API takes them."""
    return [{"Key": name, "Value": _text(values[prop])} for prop, name in names.items() if prop in values]


def told(found: list[Properties], names: Attributes) -> Properties:
    """What the API tells, by property."""
    values = {item["Key"]: item["Value"] for item in found}
    return {prop: values[name] for prop, name in names.items() if name in values}

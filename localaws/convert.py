"""Between pulumi_aws's property names and values and those of AWS's API, led by botocore's service models.

A property is found in the API by its name: the same letters, in the singular or the plural. Where AWS calls it
something else, the declaration of the type says so: `{"path.of.property": "apiName"}`, several names as a tuple
where operations disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from botocore.model import Shape

from localaws.wire import UNKNOWN, Properties

Names = Mapping[str, str | tuple[str, ...]]


class NotServed(Exception):  # noqa: N818
    """A property that the API of the local AWS does not take."""


def find(key: str, path: str, names: Names, members: Iterable[str]) -> str | None:
    """The API's member for a property, or None."""
    members = list(members)
    if path in names:
        stated = names[path]
        return next((name for name in ((stated,) if isinstance(stated, str) else stated) if name in members), None)
    plain = {member.lower(): member for member in members}
    return next((plain[form] for form in _forms(key.lower()) if form in plain), None)


def _forms(key: str) -> Iterable[str]:
    yield key
    yield key + "s"
    if key.endswith("ies"):
        yield key[:-3] + "y"
    if key.endswith("s"):
        yield key[:-1]
    if key.endswith("es"):
        yield key[:-2]


def to_api(value: Any, shape: Shape, path: str, names: Names) -> Any:
    """A property's value as the operation's shape wants it. Raises NotServed for a part that it does not know."""
    if value is UNKNOWN:
        return value
    kind = shape.type_name
    if kind == "list" and isinstance(value, dict) and shape.member.type_name == "structure" and _is_tag(shape.member):
        return [{"Key": key, "Value": item} for key, item in value.items()]
    if kind == "list":
        items = value if isinstance(value, list) else [value]
        return [to_api(item, shape.member, path, names) for item in items]
    if kind == "structure":
        return _structure(value[0] if isinstance(value, list) and value else value, shape, path, names)
    if kind == "map":
        return {key: to_api(item, shape.value, f"{path}.*", names) for key, item in value.items()}
    return _scalar(value, kind)


def _is_tag(shape: Shape) -> bool:
    return set(shape.members) == {"Key", "Value"}


def _structure(value: Any, shape: Shape, path: str, names: Names) -> Properties:
    if not isinstance(value, dict):
        raise NotServed(path)
    result = {}
    for key, item in value.items():
        inner = f"{path}.{key}"
        member = find(key, inner, names, shape.members)
        if member is None:
            raise NotServed(inner)
        result[member] = to_api(item, shape.members[member], inner, names)
    return result


def _scalar(value: Any, kind: str) -> Any:
    if kind == "boolean" and isinstance(value, str):
        return value == "true"
    if kind in ("integer", "long") and isinstance(value, str | float):
        return int(value)
    if kind in ("double", "float") and isinstance(value, str):
        return float(value)
    if kind == "string" and isinstance(value, bool):
        return str(value).lower()
    if kind == "string" and isinstance(value, int | float):
        return str(value)
    return value


def from_api(properties: Mapping[str, Any], found: Mapping[str, Any], path: str, names: Names) -> Properties:
    """The properties (name -> type of the schema) that an API response holds."""
    result = {}
    for key, type_ in properties.items():
        name, inner = key.rstrip("!"), f"{path}.{key.rstrip('!')}".lstrip(".")
        member = find(name, inner, names, found)
        if member is not None and found[member] is not None:
            result[name] = typed(found[member], type_, inner, names)
    return result


def typed(value: Any, type_: Any, path: str = "", names: Names | None = None) -> Any:  # noqa: C901, PLR0911
    """A value in the form that pulumi_aws gives its property."""
    names = names or {}
    if value is UNKNOWN:
        return value
    if isinstance(type_, list):
        return [typed(item, type_[0], path, names) for item in (value if isinstance(value, list) else [value])]
    if isinstance(type_, dict) and isinstance(value, list) and "*" in type_:
        return {tag["Key"]: tag.get("Value", "") for tag in value}
    if isinstance(type_, dict) and isinstance(value, list):
        value = value[0] if value else {}
    if isinstance(type_, dict) and "*" in type_:
        return {key: typed(item, type_["*"]) for key, item in value.items()}
    if isinstance(type_, dict):
        return from_api(type_, value, path, names)
    if isinstance(value, datetime):
        return value.isoformat()
    if type_ == "string" and isinstance(value, bool):
        return str(value).lower()
    if type_ == "string" and isinstance(value, float):
        return f"{value:.15g}"
    if type_ == "string" and isinstance(value, int):
        return str(value)
    if type_ == "integer" and isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    if type_ == "boolean" and value in ("true", "false"):
        return value == "true"
    return value

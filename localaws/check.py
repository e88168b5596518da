"""The provider's Check: names, defaults, and what is wrong with a program's inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from localaws import schema
from localaws.aws import Region
from localaws.convert import NotServed, to_api
from localaws.kind import AutoName, Call, Kind
from localaws.wire import UNKNOWN, Properties

Failure = tuple[str, str]
DEFAULTED = "__defaults"
_HUMAN = {"string": "a string", "boolean": "a boolean", "integer": "a whole number", "number": "a number"}


def check(
    kind: Kind, region: Region, name: str, seed: bytes, old: Properties, new: Properties
) -> tuple[Properties, list[Failure]]:
    """The inputs completed with name and defaults, and the failures (property, reason)."""
    new = {key: value for key, value in new.items() if key != DEFAULTED}
    failures = list(_failures(kind, region, new))
    defaulted = [key for key in kind.defaults if key not in new]
    inputs = {**{key: kind.defaults[key] for key in defaulted}, **new}
    if kind.name is not None and kind.name.prop not in new:
        try:
            inputs[kind.name.prop] = _auto_name(kind.name, name, seed, old, new)
            defaulted.append(kind.name.prop)
        except ValueError as error:
            failures.append((kind.name.prop, str(error)))
    return {**inputs, DEFAULTED: sorted(defaulted)}, failures


def _auto_name(rule: AutoName, name: str, seed: bytes, old: Properties, new: Properties) -> Any:
    prefix = new.get("namePrefix")
    if prefix is UNKNOWN:
        return UNKNOWN
    before = old.get(rule.prop)
    if rule.prop in old.get(DEFAULTED, []) and isinstance(before, str) and before.startswith(prefix or ""):
        return before
    stem = name + "-" if prefix is None else prefix
    if len(stem) + 7 > rule.length:
        raise ValueError(
            f"name {stem!r} plus 7 random characters is longer than the {rule.length} characters that AWS allows; "
            "give the resource a shorter name, or set the property"
        )
    return stem + hashlib.sha256(seed).hexdigest()[:7]


def _failures(kind: Kind, region: Region, new: Properties) -> Iterator[Failure]:
    known = schema.bare(schema.inputs(kind.token))
    served = served_properties(kind, region)
    for prop, value in new.items():
        if prop not in known:
            yield prop, f"{kind.token} has no property {prop!r}; it has {', '.join(sorted(known))}"
        elif prop not in served:
            yield prop, _unserved(kind, prop)
        else:
            mistakes = list(_mistyped(prop, known[prop], value))
            yield from mistakes or _unserved_parts(kind, region, prop, value)
    for prop in schema.required(schema.inputs(kind.token)):
        if prop not in new:
            yield prop, f"{kind.token} requires the property {prop!r}"
    yield from kind.check(new)


def _unserved(kind: Kind, path: str) -> str:
    return f"the local AWS does not serve the property {path!r} of {kind.token}; leave it out for the local stack"


def served_properties(kind: Kind, region: Region) -> set[str]:
    """The properties that reach AWS, or steer the provider."""
    served = {"region", "namePrefix", *kind.settings, *kind.also_created}
    if kind.tag is not None:
        served.add("tags")
    for call in (kind.create, *kind.updates):
        if not callable(call):
            served.update(call.taken(kind, region))
    return served


def _mistyped(path: str, type_: Any, value: Any) -> Iterator[Failure]:
    if value is UNKNOWN:
        return
    if isinstance(type_, list):
        if not isinstance(value, list):
            yield path, f"expected a list, got {_shown(value)}"
            return
        for index, item in enumerate(value):
            yield from _mistyped(f"{path}[{index}]", type_[0], item)
    elif isinstance(type_, dict):
        yield from _mistyped_object(path, type_, value)
    elif type_ in _HUMAN and not _is(type_, value):
        yield path, f"expected {_HUMAN[type_]}, got {_shown(value)}"


def _mistyped_object(path: str, type_: dict[str, Any], value: Any) -> Iterator[Failure]:
    if not isinstance(value, dict):
        yield path, f"expected an object, got {_shown(value)}"
        return
    known = schema.bare(type_)
    for key, item in value.items():
        inner = known.get(key, known.get("*"))
        if inner is None:
            yield f"{path}.{key}", f"there is no property {key!r}; there is {', '.join(sorted(known))}"
        else:
            yield from _mistyped(f"{path}.{key}", inner, item)
    for key in schema.required(type_):
        if key not in value:
            yield f"{path}.{key}", f"missing: {path} requires {key!r}"


def _is(type_: str, value: Any) -> bool:
    if type_ == "string":
        return isinstance(value, str | bool | int | float)
    if type_ == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if isinstance(value, str):
        return value.lstrip("-").isdigit()
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return not isinstance(value, bool) and (whole if type_ == "integer" else isinstance(value, int | float))


def _shown(value: Any) -> str:
    """The kind of a value: the value itself may be a secret."""
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "something else")


def _unserved_parts(kind: Kind, region: Region, prop: str, value: Any) -> Iterator[Failure]:
    for call in (kind.create, *kind.updates):
        member = call.taken(kind, region).get(prop) if isinstance(call, Call) else None
        if not isinstance(call, Call) or not member:
            continue
        shape = region.model(kind.service, call.operation).input_shape
        try:
            to_api(value, shape.members[member], prop, kind.names)
        except NotServed as path:
            yield prop, _unserved(kind, str(path))
        return

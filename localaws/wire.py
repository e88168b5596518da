"""Property values between the engine (protobuf `Struct`) and Python."""

from __future__ import annotations

from typing import Any, Final

from google.protobuf import struct_pb2

_UNKNOWNS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""The engine's sentinels for a value not yet known, one a kind (pulumi, sdk/go/common/resource/plugin/rpc.go)."""
_UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105


class Unknown:
    """A value that a preview does not know yet."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
Properties = dict[str, Any]


class Secret:
    """A value that the engine must keep encrypted."""

    def __init__(self, value: Any) -> None:
        self.value = value


def load(struct: struct_pb2.Struct) -> Properties:
    """Python values; nulls are dropped, whole numbers are ints, secrets are opened, unknowns are `UNKNOWN`."""
    found = ((key, _load(value)) for key, value in struct.fields.items())
    return {key: value for key, value in found if value is not None}


def _load(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_load(item) for item in value.list_value.values]
    if kind == "struct_value":
        loaded = load(value.struct_value)
        return loaded.get("value") if loaded.get(SIGNATURE) == _SECRET else loaded
    return None


def marks(struct: struct_pb2.Struct) -> Properties:
    """Which parts are secret: property -> True, or the marks of the parts of an object or a list."""
    found = ((key, _marks(value)) for key, value in struct.fields.items())
    return {key: mark for key, mark in found if mark}


def _marks(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "list_value":
        each = [_marks(item) for item in value.list_value.values]
        return each if any(each) else None
    if kind == "struct_value":
        signature = value.struct_value.fields.get(SIGNATURE)
        secret = signature is not None and signature.string_value == _SECRET
        return True if secret else marks(value.struct_value)
    return None


def hide(value: Any, mark: Any) -> Any:
    """The value with its secret parts as Secrets; a list that has lost its order or length is secret as a whole."""
    if not mark:
        return value
    if isinstance(mark, dict) and isinstance(value, dict):
        return {key: hide(item, mark.get(key)) for key, item in value.items()}
    if isinstance(mark, list) and isinstance(value, list) and len(mark) == len(value) == 1:
        return [hide(value[0], mark[0])]
    return Secret(value)


def dump(properties: Properties) -> struct_pb2.Struct:
    """The engine's form of Python values."""
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        struct.fields[key].CopyFrom(_dump(value))
    return struct


def _dump(value: Any) -> struct_pb2.Value:  # noqa: PLR0911
    if isinstance(value, Unknown):
        return struct_pb2.Value(string_value=_UNKNOWN_STRING)
    if isinstance(value, Secret):
        return struct_pb2.Value(struct_value=dump({SIGNATURE: _SECRET, "value": value.value}))
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, dict):
        return struct_pb2.Value(struct_value=dump(value))
    if isinstance(value, list):
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[_dump(item) for item in value]))
    return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)


def has_unknown(value: Any) -> bool:
    """Whether some part of the value is not known yet."""
    if isinstance(value, dict):
        return any(map(has_unknown, value.values()))
    if isinstance(value, list):
        return any(map(has_unknown, value))
    return value is UNKNOWN

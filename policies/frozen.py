"""Properties as every rule sees them: plain values that nothing can change, however they reached the pack.

Rules share what was decoded once, so no rule may be able to change it for the next one.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from google.protobuf.struct_pb2 import Struct, Value
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.proxy import (
    UNKNOWN_ARCHIVE_VALUE,
    UNKNOWN_ARRAY_VALUE,
    UNKNOWN_ASSET_VALUE,
    UNKNOWN_BOOLEAN_VALUE,
    UNKNOWN_NUMBER_VALUE,
    UNKNOWN_OBJECT_VALUE,
    UNKNOWN_STRING_VALUE,
    UnknownValueError,
)

REDACTED = "[secret]"
"""What `pulumi policy analyze --file` shows in place of a secret that it cannot decrypt, whatever its type."""


class Opaque:
    """A value that no rule can look into."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __repr__(self) -> str:
        return self._what


class Hidden(Opaque):
    """A value that the pack is not shown."""


LATER = Hidden("not known yet")
"""Stands for what only the deployment will know."""
WITHHELD = Hidden("a secret")
"""Stands for a redacted secret."""
ASSET = Opaque("an asset")
"""Stands for a file or an archive."""

_HIDDEN: dict[str, Hidden] = {REDACTED: WITHHELD} | dict.fromkeys(
    (
        UNKNOWN_ARCHIVE_VALUE,
        UNKNOWN_ARRAY_VALUE,
        UNKNOWN_ASSET_VALUE,
        UNKNOWN_BOOLEAN_VALUE,
        UNKNOWN_NUMBER_VALUE,
        UNKNOWN_OBJECT_VALUE,
        UNKNOWN_STRING_VALUE,
    ),
    LATER,
)


def frozen(value: object) -> object:
    """A value as the SDK hands it over, its unknowns included, made unchangeable."""
    if isinstance(value, str):
        return _HIDDEN.get(value, value)
    if isinstance(value, Mapping):
        return MappingProxyType({key: _at(value, key) for key in value})
    if isinstance(value, Sequence):
        return tuple(_at(value, position) for position in range(len(value)))
    return value if value is None or isinstance(value, bool | int | float) else ASSET


def _at(holder: Any, key: object) -> object:
    try:
        return frozen(holder[key])
    except UnknownValueError:
        return LATER


def decoded(struct: Struct) -> Mapping[str, object]:
    """The same of a message as the engine sends it."""
    return _Decoded(struct)


class _Decoded(Mapping[str, object]):
    """A message's properties, each decoded when it is first asked for: no rule asks for most of them."""

    __slots__ = ("_fields", "_seen")

    def __init__(self, struct: Struct) -> None:
        self._fields: Any = struct.fields
        self._seen: dict[str, object] = {}

    def __getitem__(self, key: str) -> object:
        if key not in self._fields:
            raise KeyError(key)
        return self.get(key)

    def get(self, key: str, default: object = None) -> object:
        """The value, or what to take for one that is not there."""
        if key not in self._seen:
            # The message would make a value of its own for a key that it does not have.
            if key not in self._fields:
                return default
            self._seen[key] = _decoded(self._fields[key])
        return self._seen[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


_STRUCT, _LIST, _TEXT = 5, 6, 3


def _decoded(value: Value) -> Any:
    set_fields = value.ListFields()
    if not set_fields:
        return None
    descriptor, content = set_fields[0]
    kind = descriptor.number
    if kind == _TEXT:
        return _HIDDEN.get(content, content)
    if kind == _STRUCT:
        return _object(content)
    if kind == _LIST:
        return tuple([_decoded(item) for item in content.values])
    return content if kind != Value.NULL_VALUE_FIELD_NUMBER else None


def _object(struct: Struct) -> object:
    fields = struct.fields
    if SPECIAL_SIG_KEY not in fields:
        return MappingProxyType({key: _decoded(value) for key, value in fields.items()})
    if fields[SPECIAL_SIG_KEY].string_value == SPECIAL_SECRET_SIG:
        return _decoded(fields["value"]) if "value" in fields else None
    return ASSET

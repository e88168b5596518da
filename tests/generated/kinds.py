"""The settings' types, walked beside their raw values: what may stand where, and what stands there elsewhere."""

import dataclasses
import re
import types
import typing
from collections import defaultdict
from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Any

from pydantic.alias_generators import to_camel

from ecs_model.stack import StackSettings
from scripts.configuration import classes, schema
from tests.generated.bases import bases

Path = tuple[str | int, ...]
NOTHING: Any = object()
"""In place of a setting that is not given; null is a value."""


@dataclasses.dataclass(frozen=True)
class Kind:
    """The type of a setting, and where it was declared: `Container`, `memory`."""

    type: Any
    owner: str = ""
    key: str = ""

    @property
    def inner(self) -> "Kind":
        """Of an optional setting its type, of a list or map that of its items."""
        (first, *more) = [part for part in typing.get_args(self.type) if part is not types.NoneType]
        return Kind(more[-1] if more else first, self.owner, self.key)

    @property
    def optional(self) -> bool:
        return types.NoneType in typing.get_args(self.type)

    @property
    def origin(self) -> Any:
        return typing.get_origin(self.type)

    @property
    def fields(self) -> dict[str, "Kind"]:
        """The settings of a class of settings; none of anything else."""
        is_class: bool = dataclasses.is_dataclass(self.type)
        return _fields(self.type) if is_class else {}

    @property
    def required(self) -> list[str]:
        """Those of its settings that have no default."""
        return _required(self.type)

    @property
    def choices(self) -> list[str]:
        """The values of an enumeration."""
        return [item.value for item in self.type] if _is_enumeration(self.type) else []


WHOLE = Kind(StackSettings)


def _is_enumeration(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, Enum)


@cache
def _fields(class_: Any) -> dict[str, Kind]:
    hints = typing.get_type_hints(class_)
    return {
        to_camel(field.name): Kind(hints[field.name], class_.__name__, to_camel(field.name))
        for field in dataclasses.fields(class_)
    }


@cache
def _required(class_: Any) -> list[str]:
    nothing = dataclasses.MISSING
    return [
        to_camel(field.name)
        for field in dataclasses.fields(class_)
        if field.default is nothing and field.default_factory is nothing
    ]


@cache
def settings_of_all_classes() -> frozenset[tuple[str, str]]:
    """Every setting there is, by the class that declares it."""
    return frozenset((class_.__name__, key) for class_ in classes(StackSettings) for key in _fields(class_))


@cache
def enumerations() -> dict[str, list[str]]:
    """Of every setting that is one of several words these words, by its name, such as `Metric.statistic`."""
    kinds = [kind for class_ in classes(StackSettings) for kind in _fields(class_).values()]
    words = {f"{kind.owner}.{kind.key}": (kind.inner if kind.optional else kind).choices for kind in kinds}
    return {name: choices for name, choices in words.items() if choices}


def walk(kind: Kind, value: Any, path: Path = ()) -> Iterator[tuple[Path, Kind, Any]]:
    """Every setting that is given in a raw value, with its path and type; the value itself first."""
    if kind.optional:
        yield from walk(kind.inner, value, path) if value is not None else ()
        return
    yield path, kind, value
    if isinstance(value, dict):
        items: Any = value.items()
    else:
        items = enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from walk(kind.fields[key] if kind.fields else kind.inner, inner, (*path, key))


@cache
def donors() -> dict[tuple[str, str, Any], list[Any]]:
    """Values that stand in settings that work, by their setting and type."""
    found: dict[tuple[str, str, Any], list[Any]] = defaultdict(list)
    for base in bases().values():
        for _, kind, value in walk(WHOLE, base):
            known = found[kind.owner, kind.key, kind.type]
            if value not in known:
                known.append(value)
    return found


@cache
def bounds() -> dict[tuple[str, str], list[int]]:
    """The numbers that a setting's description names, such as the ends of `1-365`, and those beside them."""
    found = {}
    for class_, definition in schema()["$defs"].items():
        for key, property_ in definition.get("properties", {}).items():
            numbers = [int(text) for text in re.findall(r"\d{1,7}", property_["description"])]
            found[class_, key] = sorted({number + beside for number in numbers for beside in (-1, 0, 1)})
    return found

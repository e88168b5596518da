"""Arguments of components: dataclasses in Python, plain dictionaries from programs in other languages."""

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar, cast

T = TypeVar("T")


def typed(cls: type[T], args: T | Mapping[str, Any]) -> T:
    """`args` as an instance of `cls`.

    A program in another language, served by `component_provider_host`, hands over nested dictionaries with Python
    names. Raises TypeError for a key that `cls` does not have, or a missing one.
    """
    return args if isinstance(args, cls) else cast(T, _convert(cls, args))


def _convert(type_: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(type_) and isinstance(value, Mapping):
        return _instance(cast(Any, type_), value)
    origin, arguments = typing.get_origin(type_), typing.get_args(type_)
    if origin in (types.UnionType, typing.Union):
        chosen = next((part for part in arguments if _convertible(part)), None)
        return value if chosen is None or value is None else _convert(chosen, value)
    if isinstance(value, Mapping) and origin and issubclass(origin, Mapping):
        return {key: _convert(arguments[1], inner) for key, inner in value.items()}
    if isinstance(value, list | tuple) and origin and issubclass(origin, Sequence):
        return [_convert(arguments[0], inner) for inner in value]
    return _scalar(type_, value)


def _instance(cls: Any, value: Mapping[str, Any]) -> Any:
    fields = {field.name: field.type for field in dataclasses.fields(cls)}
    unknown = sorted(set(value) - set(fields))
    if unknown:
        raise TypeError(f"{cls.__name__} has no {', '.join(unknown)}: it takes {', '.join(sorted(fields))}")
    return cls(**{key: _convert(fields[key], inner) for key, inner in value.items()})


def _scalar(type_: Any, value: Any) -> Any:
    if isinstance(type_, type) and issubclass(type_, Enum):
        return type_(value)
    # The engine's numbers are all floating.
    return int(value) if type_ is int and isinstance(value, float) and value.is_integer() else value


def _convertible(type_: Any) -> bool:
    if dataclasses.is_dataclass(type_) or type_ is int or (isinstance(type_, type) and issubclass(type_, Enum)):
        return True
    return any(_convertible(part) for part in typing.get_args(type_))

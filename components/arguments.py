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
        hints = typing.get_type_hints(type_)
        unknown = sorted(set(value) - set(hints))
        if unknown:
            name = cast(type, type_).__name__
            raise TypeError(f"{name} has no {', '.join(unknown)}: it takes {', '.join(sorted(hints))}")
        return cast(Any, type_)(**{key: _convert(hints[key], inner) for key, inner in value.items()})
    origin, arguments = typing.get_origin(type_), typing.get_args(type_)
    if origin in (types.UnionType, typing.Union):
        chosen = next((part for part in arguments if _convertible(part)), None)
        return value if chosen is None or value is None else _convert(chosen, value)
    if isinstance(type_, type) and issubclass(type_, Enum):
        return type_(value)
    if type_ is int and isinstance(value, float) and value.is_integer():
        # The engine's numbers are all floating.
        return int(value)
    if isinstance(value, Mapping) and origin and issubclass(origin, Mapping):
        return {key: _convert(arguments[1], inner) for key, inner in value.items()}
    if isinstance(value, list | tuple) and origin and issubclass(origin, Sequence):
        return [_convert(arguments[0], inner) for inner in value]
    return value


def _convertible(type_: Any) -> bool:
    if dataclasses.is_dataclass(type_) or type_ is int or (isinstance(type_, type) and issubclass(type_, Enum)):
        return True
    return any(_convertible(part) for part in typing.get_args(type_))

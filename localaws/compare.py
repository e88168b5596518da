"""Whether two values of a property mean the same to AWS."""

from __future__ import annotations

import json
from typing import Any

from localaws.convert import typed
from localaws.kind import Kind
from localaws.wire import has_unknown

CONTAINERS = "containerDefinitions"
EMPTY: tuple[Any, ...] = (None, "", [], {}, False, 0)


def same(kind: Kind, prop: str, type_: Any, one: Any, other: Any) -> bool:
    """Whether a change from one value to the other changes nothing. What is unknown may be anything."""
    if has_unknown(one) or has_unknown(other):
        return False
    if one in (None, [], {}) and other in (None, [], {}):
        return True
    return bool(_canonical(kind, prop, type_, one) == _canonical(kind, prop, type_, other))


def agrees(kind: Kind, prop: str, type_: Any, wanted: Any, found: Any) -> bool:
    """Whether what AWS tells is what a program wants; parts that the program leaves to AWS are not compared."""
    if prop in kind.documents and prop != CONTAINERS:
        return bool(_canonical(kind, prop, type_, wanted) == _canonical(kind, prop, type_, found))
    return _within(_canonical(kind, prop, type_, wanted), _canonical(kind, prop, type_, found))


def _within(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_within(value, found.get(key)) for key, value in wanted.items())
    if isinstance(wanted, _Set) and isinstance(found, _Set | list):
        return len(wanted) == len(found) and _matched(wanted, found)
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(_within, wanted, found))
    return bool(wanted == found) or (found is None and wanted in EMPTY)


def _matched(wanted: _Set, found: list[Any]) -> bool:
    left = list(found)
    for item in wanted:
        match = next((index for index, other in enumerate(left) if _within(item, other)), None)
        if match is None:
            return False
        del left[match]
    return True


class _Set(list[Any]):
    """A list whose order means nothing, sorted."""


def _canonical(kind: Kind, prop: str, type_: Any, value: Any) -> Any:
    if prop in kind.documents and isinstance(value, str):
        parsed = _parsed(value)
        return _unordered(parsed, scalars=False) if prop == CONTAINERS else _unordered(_statements(parsed))
    if value is None:
        return None
    value = typed(value, type_)
    return value if prop in kind.ordered else _unordered(value)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _statements(value: Any) -> Any:
    """A policy document with lists of one as their item, which IAM holds to be the same."""
    if isinstance(value, dict):
        return {key: _statements(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_statements(item) for item in value]
        return items[0] if len(items) == 1 else items
    return value


def _unordered(value: Any, *, scalars: bool = True) -> Any:
    """Lists as sets; with `scalars=False` a list of strings keeps its order, as a container's command does."""
    if isinstance(value, dict):
        return {key: _unordered(item, scalars=scalars) for key, item in value.items()}
    if isinstance(value, list) and (scalars or any(isinstance(item, dict) for item in value)):
        items = (_unordered(item, scalars=scalars) for item in value)
        return _Set(sorted(items, key=lambda item: json.dumps(item, sort_keys=True)))
    return value

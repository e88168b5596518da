"""Raw properties, read with a type: the one place that knows how Pulumi spells them.

Numbers arrive as floats, some booleans as text, and text that was never set as "".
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeGuard

from ecs_model.problem import Path, dotted
from policies.frozen import Hidden


class Unknown(Exception):  # noqa: N818 - not an error: a value that the pack is not shown, mostly since only the deployment will know it
    """A value that this preview cannot know; `str()` says where it stands."""

    def __init__(self, owner: object, path: Path) -> None:
        self.owner, self.path = owner, path
        super().__init__(f"{owner}: {dotted(path)}" if path else owner)


class Malformed(Exception):  # noqa: N818 - a finding about the program, not an error of the pack
    """A value that AWS cannot take; `str()` says where and what was expected, and never quotes it."""

    def __init__(
        self, owner: object, path: Path, message: str, fix: str = "Correct it: AWS cannot take it as it stands."
    ) -> None:
        self.owner, self.path, self.fix = owner, path, fix
        super().__init__(f"{owner}: {dotted(path)} {message}" if path else f"{owner}: {message}")


class References(NamedTuple):
    """What a property refers to: ids, names or ARNs that are known, and whether there are more that are not."""

    known: tuple[str, ...] = ()
    unknown: bool = False

    def __bool__(self) -> bool:
        return bool(self.known) or self.unknown


class Properties:
    """The properties of a resource, or an object within them.

    Reading raises Unknown for a value that is not known yet, and Malformed for one of the wrong type.
    """

    __slots__ = ("_owner", "_raw", "path")

    def __init__(self, raw: Mapping[str, object], owner: object, path: Path = ()) -> None:
        self._raw, self._owner, self.path = raw, owner, path

    def value(self, key: str) -> object:
        """The value as it came; None where absent, null or the empty text."""
        value = self._raw.get(key)
        if isinstance(value, Hidden):
            raise Unknown(self._owner, (*self.path, key))
        return None if value == "" else value

    def text(self, key: str) -> str | None:
        """A text, or a number as text."""
        value = self.value(key)
        if value is None or isinstance(value, str):
            return value
        if _is_number(value):
            return f"{value:.15g}"
        raise self._malformed(key, value, "a text")

    def integer(self, key: str) -> int | None:
        """A whole number, also one written as text."""
        value = self.value(key)
        if isinstance(value, str) and value.strip().lstrip("-").isdecimal() and len(value) < 20:
            return int(value)
        if value is None:
            return None
        if _is_number(value) and value == int(value):
            return int(value)
        raise self._malformed(key, value, "a whole number")

    def flag(self, key: str) -> bool:
        """A boolean, also one written as text; false where absent."""
        value = self.value(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        raise self._malformed(key, value, "true or false")

    def child(self, key: str) -> "Properties | None":
        """The object at `key`."""
        value = self.value(key)
        if value is None:
            return None
        if isinstance(value, Mapping):
            return Properties(value, self._owner, (*self.path, key))
        raise self._malformed(key, value, "an object")

    def children(self, key: str) -> list["Properties"]:
        """The objects of a list; one that is not known, or is none, raises when it is read itself."""
        return [self._element((*self.path, key, position), item) for position, item in self._items(key)]

    def texts(self, key: str) -> References:
        """The texts of a list; those that are not known leave the others readable."""
        known: list[str] = []
        unknown = False
        try:
            items = list(self._items(key))
        except Unknown:
            return References(unknown=True)
        for position, item in items:
            if isinstance(item, Hidden):
                unknown = True
            elif isinstance(item, str):
                known.append(item)
            else:
                raise Malformed(self._owner, (*self.path, key, position), f"is {_kind(item)}, not a text")
        return References(tuple(known), unknown)

    def reference(self, key: str) -> References:
        """The text at `key` as a reference to something."""
        try:
            value = self.text(key)
        except Unknown:
            return References(unknown=True)
        return References() if value is None else References((value,))

    def references(self, key: str) -> References:
        """The text or the texts at `key` as references."""
        try:
            several = isinstance(self.value(key), Sequence) and not isinstance(self.value(key), str)
        except Unknown:
            return References(unknown=True)
        return self.texts(key) if several else self.reference(key)

    def nested(self, key: str, *further: str) -> References:
        """The reference at the end of a path through objects; unknown where a step of it is."""
        if not further:
            return self.reference(key)
        try:
            child = self.child(key)
        except Unknown:
            return References(unknown=True)
        return child.nested(*further) if child else References()

    def given(self, key: str) -> bool:
        """Whether there is a value at `key` that is not empty; one that is not known counts."""
        try:
            return bool(self.value(key))
        except Unknown:
            return True

    def unknown(self, key: str) -> Unknown:
        """What to report when the value at `key` was needed and not known."""
        return Unknown(self._owner, (*self.path, key))

    def _items(self, key: str) -> Iterator[tuple[int, object]]:
        value = self.value(key)
        if value is None:
            return
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise self._malformed(key, value, "a list")
        yield from enumerate(value)

    def _element(self, path: Path, item: object) -> "Properties":
        return Properties(
            item if isinstance(item, Mapping) else _Unreadable(self._owner, path, item), self._owner, path
        )

    def _malformed(self, key: str, value: object, wanted: str) -> Malformed:
        return Malformed(self._owner, (*self.path, key), f"is {_kind(value)}, not {wanted}")


class _Unreadable(Mapping[str, object]):
    """Stands for a list's element that is unknown or no object: whoever reads it learns so."""

    def __init__(self, owner: object, path: Path, item: object) -> None:
        self._owner, self._path, self._item = owner, path, item

    def __getitem__(self, key: str) -> object:
        if isinstance(self._item, Hidden):
            return self._item
        raise Malformed(self._owner, self._path, f"is {_kind(self._item)}, not an object")

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "an object" if isinstance(value, Mapping) else "a list" if isinstance(value, Sequence) else "an asset"

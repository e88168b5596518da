"""What the provider has created, for an engine that was killed before it heard of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Creation:
    """One creation that has begun."""

    id: str = ""
    """The resource's id, once it exists."""


class Creations:
    """The last creation of each resource, by its URN. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[str, Creation] = {}
        self._done: dict[str, str] = {}

    @contextmanager
    def of(self, urn: str) -> Iterator[Creation]:
        """A creation from its beginning to its end, successful where it has an id by then."""
        creation = Creation()
        with self._lock:
            self._done.pop(urn, None)
            self._under_way[urn] = creation
        try:
            yield creation
        finally:
            with self._lock:
                if self._under_way.get(urn) is creation:
                    del self._under_way[urn]
                if creation.id:
                    self._done[urn] = creation.id

    def told(self) -> bytes:
        """As JSON: `created` has ids by URN, `creating` the URNs of those that are not done yet."""
        with self._lock:
            return json.dumps({"created": self._done, "creating": [*self._under_way]}).encode()

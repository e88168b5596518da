"""Where the pieces of a set-up lie until they are whole."""

from __future__ import annotations

import tempfile
from pathlib import Path

UNFINISHED = "unfinished"
"""A folder of the cache; whatever lies in it when a set-up begins belongs to one that was killed."""


def workplace(cache: Path) -> tempfile.TemporaryDirectory[str]:
    """A temporary directory on the cache's own file system, so that what is made there can be moved into place."""
    place = cache / UNFINISHED
    place.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=place)

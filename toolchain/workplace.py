"""The user's cache: where what was set up is kept for all clones, and where its pieces lie until they are whole."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from .errors import ToolchainError

UNFINISHED = "unfinished"
"""A folder of the cache; whatever lies in it when a set-up begins belongs to one that was killed."""


def workplace(cache: Path) -> tempfile.TemporaryDirectory[str]:
    """A temporary directory on the cache's own file system, so that what is made there can be moved into place."""
    place = cache / UNFINISHED
    place.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=place)


def cache_directory(folder: str, environ: Mapping[str, str]) -> Path:
    """Where something is kept for all clones: `${XDG_CACHE_HOME:-~/.cache}/ecs-on-ec2/<folder>`."""
    given = environ.get("XDG_CACHE_HOME", "")
    home = Path(environ.get("HOME") or Path.home())
    # The XDG specification has relative paths ignored.
    cache = Path(given) if Path(given).is_absolute() else home / ".cache"
    return cache / "ecs-on-ec2" / folder


@contextmanager
def locked(cache: Path, what: str, say: Callable[[str], None]) -> Iterator[None]:
    """Make a directory of the cache and hold it alone, to get `what`. Raises ToolchainError where it cannot be made."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ToolchainError(
            f"cannot make the cache directory {cache}: {error.strerror}; set XDG_CACHE_HOME to a directory of yours"
        ) from None
    lock = FileLock(cache.with_name(cache.name + ".lock"))
    try:
        lock.acquire(timeout=0.1)
    except Timeout:
        say(f"Another set-up is getting {what}: waiting for it …")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()

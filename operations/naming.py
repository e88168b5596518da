"""Finds the container instance or the task that a person names: by its id, its ARN, or the beginning of its id."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST = 4
"""Characters of an id that may stand for it."""


class NotOneError(Exception):
    """A name that stands for nothing, or for several; a sentence says so."""


def the_one(name: str, ids: Iterable[str], what: str) -> str:
    """The id that `name` is, ends with (an ARN), or begins. Raises NotOneError."""
    wanted = name.rpartition("/")[2]
    known = sorted(set(ids))
    if wanted in known:
        return wanted
    found = [id_ for id_ in known if len(wanted) >= SHORTEST and id_.startswith(wanted)]
    if len(found) > 1:
        raise NotOneError(f"{name!r} begins the ids of {len(found)} {what}s: {', '.join(found[:5])}")
    if not found:
        raise NotOneError(f"there is no {what} {name!r}: see `capacity`, which lists them (all ids with --json)")
    return found[0]

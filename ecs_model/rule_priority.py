"""The priority of a listener rule that was given none.

It follows from the service's name and the rule's own conditions alone, so that no other service moves it.
"""

import hashlib
from collections.abc import Sequence

FIRST_AUTOMATIC = 10_000
"""Priorities below are left to people, who thereby come first."""
MOST_DEPTH = 4
_BANDS = 3 * (MOST_DEPTH + 1)
_SLOTS = (50_000 - FIRST_AUTOMATIC) // (_BANDS + 1)


def automatic_priority(name: str, path_patterns: Sequence[str], host_headers: Sequence[str], *, narrowed: bool) -> int:
    """The priority of the rule called `name`: 10000-49999, the more particular of two rules first.

    Rules with exact hosts come before those with wildcard hosts, and these before those with none; within that, deeper
    paths come first: `/api/v2/*`, `/api/*`, `/*`. `narrowed` rules have further conditions and come before all others.
    Among rules that are alike in this, a hash of the name decides.
    """
    host, depth = min(map(_exactness, host_headers), default=0), min(map(_depth, path_patterns), default=0)
    band = 0 if narrowed else _BANDS - host * (MOST_DEPTH + 1) - depth
    slot = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % _SLOTS
    return FIRST_AUTOMATIC + band * _SLOTS + slot


def _exactness(host: str) -> int:
    return 1 if set(host) & {"*", "?"} else 2


def _depth(pattern: str) -> int:
    """How many parts of a path are written out, from the left."""
    written = pattern.replace("?", "*").partition("*")[0]
    return min(len([part for part in written.split("/") if part]), MOST_DEPTH)

"""How settings differ from the working ones that they are nearest to."""

import json
from collections.abc import Iterator
from typing import Any

from tests.generated.bases import Raw, bases


def changes(raw: Raw) -> list[str]:
    """The base, and a line for each place where these settings are otherwise."""
    found = {name: [*_between(base, raw, "")] for name, base in bases().items()}
    nearest = min(found, key=lambda name: len(json.dumps(found[name], default=str)))
    return [f"of {nearest}", *found[nearest]]


def _between(before: Any, after: Any, path: str) -> Iterator[str]:
    if before == after and type(before) is type(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            inner = f"{path}.{key}" if path else key
            if key not in after:
                yield f"{inner} gone"
            else:
                yield from _between(before.get(key), after[key], inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for position, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _between(one, other, f"{path}[{position}]")
    else:
        yield f"{path}: {json.dumps(before)[:300]} -> {json.dumps(after)[:600]}"

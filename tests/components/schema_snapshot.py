"""The schema that other languages were given: `python -m tests.components.schema_snapshot` writes it anew."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pulumi.provider.experimental import component

from components.serving import DefaultsAnalyzer, all_components
from components.tokens import PACKAGE

PATH = Path(__file__).with_name("schema_snapshot.json")
Schema = dict[str, Any]


def current() -> Schema:
    """Every component's inputs and outputs and every type, without descriptions: what a program can depend on."""
    with patch.object(component, "Analyzer", DefaultsAnalyzer):
        served = component.ComponentProvider(all_components(), PACKAGE, None, "1.2.3").schema
    schema = json.loads(served or "")
    return {kind: _without_words(schema[kind]) for kind in ("resources", "types")}


def _without_words(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_words(inner) for key, inner in sorted(value.items()) if not _is_text(key, inner)}
    return [_without_words(inner) for inner in value] if isinstance(value, list) else value


def _is_text(key: str, value: Any) -> bool:
    return key == "description" and isinstance(value, str)


def text(schema: Schema) -> str:
    """The file's text."""
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"


def breaks(before: Schema, now: Schema) -> Iterator[str]:
    """What a program that was written for `before` would stumble over."""
    for kind in ("resources", "types"):
        for token, old in before[kind].items():
            new = now[kind].get(token)
            if new is None:
                yield f"{token} is gone"
                continue
            for group in ("inputProperties", "properties"):
                yield from _changed(token, old.get(group, {}), new.get(group, {}))
            key = "requiredInputs" if kind == "resources" else "required"
            for name in sorted(set(new.get(key, [])) - set(old.get(key, []))):
                yield f"{token}.{name} is required now"


def _changed(token: str, old: Schema, new: Schema) -> Iterator[str]:
    for name, property_ in old.items():
        if name not in new:
            yield f"{token}.{name} is gone"
        elif new[name] != property_:
            yield f"{token}.{name} has another type"


if __name__ == "__main__":
    PATH.write_text(text(current()))

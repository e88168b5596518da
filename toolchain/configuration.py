"""A stack's configuration as Pulumi hands it to a program, to refuse what is too long before Pulumi cannot say why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from .errors import ToolchainError
from .language_host import room

_FILE = "--config-file"


def check(root: Path, stack: str, arguments: Sequence[str]) -> None:
    """Raise ToolchainError where the configuration of a stack is longer than the system lets a variable be.

    `arguments` are pulumi's, which may name another file.
    """
    file = root / (named(arguments) or f"Pulumi.{stack}.yaml")
    length, limit = least_length(file), room.most()
    if limit is not None and length > limit:
        raise ToolchainError(f"{file.name}: {room.too_long(length, limit)}")


def named(arguments: Sequence[str]) -> str | None:
    """The file that pulumi's arguments name in place of the stack's own, the last one where there are several."""
    file = None
    for position, argument in enumerate(arguments):
        if argument == _FILE:
            file = next(iter(arguments[position + 1 :]), None)
        elif argument.startswith(f"{_FILE}="):
            file = argument.partition("=")[2]
    return file


def least_length(file: Path) -> int:
    """The bytes that the JSON of a file's configuration has at least: its secrets, which are encrypted, count nothing.

    0 of a file that pulumi will not be able to read either.
    """
    try:
        # The same in C is ten times as fast, where PyYAML was built with it.
        whole = yaml.load(file.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
        config = whole["config"]
        texts = {str(key): _text(_open(value)) for key, value in config.items()}
    except (OSError, yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return 0
    return len(_json(texts).encode(errors="surrogatepass"))


def _open(value: Any) -> Any:
    """A value without its secrets."""
    if isinstance(value, dict):
        secret = list(value) == ["secure"] and isinstance(value["secure"], str)
        return "" if secret else {key: _open(inner) for key, inner in value.items()}
    return [_open(item) for item in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    """What is no text is handed over as JSON within the JSON."""
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    """As Go writes it; what JSON does not know, such as a date, counts nothing."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=lambda _: "")
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text

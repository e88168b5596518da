"""JSON files, read without a mistake passing and written whole or not at all."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn


def load(path: Path) -> Any:
    """What a JSON file says. Raises ValueError where it cannot be read, is no JSON, or says a thing twice."""
    try:
        return json.loads(path.read_text("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"it is not JSON: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} is there twice in one object: keep one of the two")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"it is not JSON: {name} is not a number there")


def canonical(value: Any) -> str:
    """Sorted, indented JSON, the same for what is the same."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def write(path: Path, text: str) -> None:
    """Replaces a file in one step. Raises ValueError where that cannot be done; then it is as it was."""
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        # Not to put a file in the place of a device such as /dev/null.
        if target.exists() and not target.is_file():
            raise ValueError(f"{path} is not a file: name one to write to")
        beside.write_text(text, "utf-8")
        beside.replace(target)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)

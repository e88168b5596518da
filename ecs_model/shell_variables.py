"""Variables of a shell script whose values stand in it."""

import re
from collections.abc import Mapping

_ASSIGNMENT = re.compile(
    r"^[ \t]*(?:(?:export|readonly|declare)[ \t]+)?([A-Za-z_]\w*)="
    r"(\"[^\"\n]*\"|'[^'\n]*'|[^\s\"';|&()]*)[ \t]*;?[ \t]*$",
    re.MULTILINE,
)
_CHANGE = re.compile(r"(?:\b([A-Za-z_]\w*)\+?=|\bread\s+(?:-\w+\s+)*([A-Za-z_]\w*)|\bfor\s+([A-Za-z_]\w*)\s)")
_USE = re.compile(r"(?<!\\)\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")


def literals(script: str) -> dict[str, str]:
    """The variables that a script sets once, each to a value that it does not compute."""
    changed = [name for found in _CHANGE.findall(script) for name in found if name]
    return {
        name: value.strip("\"'")
        for name, value in _ASSIGNMENT.findall(script)
        if changed.count(name) == 1 and not re.search("[$`]", value)
    }


def substituted(line: str, variables: Mapping[str, str]) -> str:
    """A line with the values in place of variables; of others the names stay."""
    return _USE.sub(lambda use: variables.get(use[1] or use[2], use[0]), line)

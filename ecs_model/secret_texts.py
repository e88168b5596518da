"""Where texts that people write, such as commands, scripts and connection strings, say what is a secret."""

import re
from collections.abc import Iterator
from functools import cache

_VALUE = r"""("[^"\n]*"|'[^'\n]*'|[^\s"';|&]+)"""
_ASSIGNMENT = re.compile(rf"\b([A-Za-z_][\w-]{{0,127}})={_VALUE}")
_OPTION = re.compile(rf"(?<![^\s'\"(])--?([A-Za-z][\w.-]{{0,127}})[ \t]+(?!-){_VALUE}")
_HEADER = re.compile(r"""(?<!\S)(?:-H|--header)[ =]['"]?([\w-]{1,128}):[ \t]*([^\s'"]+)""")
_MEMBER = re.compile(
    r"""(?:"([\w.-]{1,128})"[ \t]*:[ \t]*"([^"\n]+)"|"""
    r"""^[ \t]*(?:-[ \t]+)?\$?['"]?([A-Za-z][\w.-]{0,127})['"]?(?:[ \t]*:[ \t]+|[ \t]+=[ \t]*)"""
    r"""(?:['"]([^'"\n]+)['"]|([^\s'"#,{}()]+))[ \t]*(?:\#[^\n]*)?$)""",
    re.MULTILINE,
)
"""`"name": "value"` of JSON, and a line `name: value` of YAML or `name = value` of TOML, INI or PowerShell."""

_UNTIL = r"\s(?:[^\n|;&]{0,300}?\s)?"
"""The other words of a command, up to the one that matters."""
_PASSED = (
    rf"\b(?:curl|wget){_UNTIL}(?:-u|--user|--proxy-user)[ =]?['\"]?[\w.@+-]{{1,128}}:([^\s'\"]+)",
    rf"\b(?:docker|podman)\s+login{_UNTIL}-p[ =]?['\"]?([^\s'\"]+)",
    rf"\b(?:mysql|mysqldump|mysqladmin|mariadb){_UNTIL}-p([^\s'\"]+)",
    r"\bsshpass\s+-p\s*['\"]?([^\s'\"]+)",
    rf"\bredis-cli{_UNTIL}-a\s+['\"]?([^\s'\"]+)",
    r"\becho\s+(?:-n\s+)?['\"]?[\w-]{1,128}:([^\s'\"|]+)['\"]?\s*\|\s*(?:sudo\s+)?chpasswd\b",
    r"\becho\s+(?:-n\s+)?['\"]?([^\s'\"|]+)['\"]?\s*\|[^\n|]{0,300}--password-stdin\b",
)
"""Commands that take a password under no name."""


@cache
def _passed() -> tuple[re.Pattern[str], ...]:
    # Compiled when the first command is read: every start of the policy pack loads this module.
    return tuple(map(re.compile, _PASSED))


_CONFIGURE = re.compile(r"\bconfigure\s+set\s+(?:[\w.-]{1,64}\.)?(\w{1,64})\s+['\"]?([^\s'\"]+)")


def assignments(text: str) -> Iterator[tuple[str, str]]:
    """The `NAME=value` of a script, a here-document or an environment file, but for what the shell computes."""
    for name, value in _ASSIGNMENT.findall(text):
        if value.lstrip("\"'\\")[:1] not in ("$", "`", ""):
            yield name, value.strip("\"'")


def named_values(text: str) -> Iterator[tuple[str, str]]:
    """What some text gives a name: assignments, options of commands, headers, and members of JSON, YAML or TOML."""
    if "=" in text:
        yield from assignments(text)
    if " " in text:
        for pattern in (_OPTION, _HEADER, _CONFIGURE):
            yield from pattern.findall(text)
    if ":" in text or "=" in text:
        for found in _MEMBER.finditer(text):
            name, value = (group for group in found.groups() if group is not None)
            yield name, value


def passed_values(text: str) -> Iterator[str]:
    """What some text hands to a command as a password, without a name."""
    if " " in text:
        for pattern in _passed():
            yield from pattern.findall(text)

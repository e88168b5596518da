"""Suppressions: findings that a team has decided to live with, until a day that it names."""

import datetime
import re
from collections.abc import Callable, Collection, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

UNSUPPRESSIBLE = ("ecs-suppressions", "ecs-suppressed-findings", "ecs-could-not-judge")
"""The policies that judge what the others made of a resource."""
_WORDS = 3
_QUOTED = 80
_LONGEST_ID = 100


class Suppression(NamedTuple):
    """One rule's findings on some resources, not to be reported up to and including a day."""

    rule: str
    """The rule's id."""
    urn: str
    """A glob over the resources' URNs: `*`, `?` and `[…]`, in which case counts."""
    reason: str
    expires: datetime.date
    """The last day on which it holds."""

    def covers(self, rule: str, urn: str) -> bool:
        """Whether it is about this rule's finding on this resource."""
        return rule == self.rule and fnmatchcase(urn, self.urn)


def read(raw: object, known: Collection[str], today: datetime.date) -> tuple[list[Suppression], list[str]]:
    """The suppressions that hold today, and a sentence without a full stop for each that is invalid or expired.

    `raw` is what the option `suppressions` was given, whatever that is. `known` are the ids that a suppression may
    name. Never raises.
    """
    if not isinstance(raw, list | tuple):
        return [], [f"suppressions is {shown(raw)}, not a list, so nothing is suppressed"]
    valid, sentences = [], []
    for index, entry in enumerate(raw):
        problems = _problems(entry, known, today)
        if problems:
            sentences.append(f"suppressions[{index}] suppresses nothing: {'; '.join(problems)}")
        else:
            expires = datetime.date.fromisoformat(entry["expires"])
            valid.append(Suppression(entry["rule"], entry["urn"], entry["reason"], expires))
    return valid, sentences


def _problems(entry: object, known: Collection[str], today: datetime.date) -> list[str]:
    if not isinstance(entry, Mapping):
        return [f"it is {shown(entry)}, not an object with {', '.join(_KEYS)}"]
    unknown = [f"the key {shown(key)} does not exist: there is {', '.join(_KEYS)}" for key in entry if key not in _KEYS]
    return unknown + [
        f"{key} {wrong}" for key, check in _KEYS.items() if (wrong := check(entry.get(key), known, today))
    ]


def _wrong_rule(value: Any, known: Collection[str], today: datetime.date) -> str | None:
    if isinstance(value, str) and value in known:
        return None
    if value in UNSUPPRESSIBLE:
        return f"is {shown(value)}, which cannot be suppressed: disable it, or make it advisory"
    return f"is {shown(value)}, not the id of a rule{did_you_mean(value, known)}"


def _wrong_urn(value: Any, known: Collection[str], today: datetime.date) -> str | None:
    if isinstance(value, str) and value.startswith(("urn:", "*")):
        return None
    return f"is {shown(value)}, not a glob over URNs, which begins with urn: or *, such as *::api-task"


def _wrong_reason(value: Any, known: Collection[str], today: datetime.date) -> str | None:
    if isinstance(value, str) and len(value.split()) >= _WORDS:
        return None
    return f"is {shown(value)}, not a sentence of at least {_WORDS} words"


def _wrong_expiry(value: Any, known: Collection[str], today: datetime.date) -> str | None:
    day = _date(value)
    if day is None:
        return f"is {shown(value)}, not the last day on which it holds, such as {today.year + 1}-06-30"
    if day < today:
        return f"is {day}, which has passed: mend what it suppresses, or decide anew and name a later day"
    return None


def _date(value: Any) -> datetime.date | None:
    # fromisoformat alone would take 20270131 and 2027-W04-7 as well.
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            return None
    return None


_KEYS: dict[str, Callable[[Any, Collection[str], datetime.date], str | None]] = {
    "rule": _wrong_rule,
    "urn": _wrong_urn,
    "reason": _wrong_reason,
    "expires": _wrong_expiry,
}


def did_you_mean(value: object, known: Collection[str]) -> str:
    """A question that names the nearest of what is known, or nothing."""
    # Comparing takes time with the square of the length.
    if not isinstance(value, str) or len(value) > _LONGEST_ID:
        return ""
    # Only here, because loading it takes time in every start of the pack.
    from difflib import get_close_matches

    near = get_close_matches(value, known, n=1)
    return f": did you mean {near[0]}?" if near else ""


def shown(value: object) -> str:
    """A value of a configuration as a message quotes it: short, on one line, and without what is nested in it."""
    if isinstance(value, str):
        return repr(value if len(value) <= _QUOTED else f"{value[:_QUOTED]}…")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        # Python writes no integer of more than 4,300 digits.
        return f"{value:.15g}" if abs(value) < 10**15 else "a large number"
    kinds = {type(None): "missing", list: "a list", tuple: "a list", dict: "an object"}
    return kinds.get(type(value), f"a value of type {type(value).__name__}")

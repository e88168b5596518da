"""Findings that a team accepts for a while: which rule, on which resources, why, and until when."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

KEYS = ("rule", "urn", "reason", "expires")
SHORTEST_REASON = 10
"""Characters; less explains nothing to whoever meets the suppression next."""


@dataclass(frozen=True)
class Suppression:
    """A rule's findings on some resources that are accepted until a day, that day included."""

    rule: str
    urn: str
    """A glob that matches the resources' whole URNs, such as `*::aws:ecs/service:Service::legacy-*`."""
    reason: str
    expires: datetime.date

    def covers(self, rule: str, urn: str) -> bool:
        """Whether it is about a rule's finding on a resource."""
        return rule == self.rule and fnmatchcase(urn, self.urn)


def read(raw: object, known: Collection[str], today: datetime.date) -> tuple[list[Suppression], list[str]]:
    """The suppressions that hold today, and a sentence for each that does not.

    `raw` is what the configuration says, whatever that is; `known` are the ids of the rules there are.
    """
    if not isinstance(raw, list | tuple):
        return [], ["suppressions is not a list: give a list of objects with rule, urn, reason and expires"]
    valid: list[Suppression] = []
    problems: list[str] = []
    for position, item in enumerate(raw):
        found = _suppression(item, known, today)
        if isinstance(found, Suppression):
            valid.append(found)
        else:
            problems.append(f"suppressions[{position}] {found}")
    return valid, problems


def _suppression(item: object, known: Collection[str], today: datetime.date) -> Suppression | str:
    if not isinstance(item, Mapping):
        return f"is not an object: give it {', '.join(KEYS)}"
    strangers = sorted(str(key) for key in item if key not in KEYS)
    if strangers:
        return f"has the key {strangers[0]}: there are {', '.join(KEYS)}"
    texts = [value.strip() for key in KEYS if isinstance(value := item.get(key), str) and value.strip()]
    if len(texts) < len(KEYS):
        missing = [key for key in KEYS if not (isinstance(item.get(key), str) and item[key].strip())]
        return f"lacks {' and '.join(missing)}: each is a text that is not empty"
    rule, urn, reason, expires = texts
    if rule not in known:
        return f"names the rule {rule}, which does not exist: docs/policies.md lists the rules"
    if len(reason) < SHORTEST_REASON:
        return f"has a reason of {len(reason)} characters: say in a sentence why the finding is accepted"
    return _dated(rule, urn, reason, expires, today)


def _dated(rule: str, urn: str, reason: str, expires: str, today: datetime.date) -> Suppression | str:
    try:
        day = datetime.datetime.strptime(expires, "%Y-%m-%d").replace(tzinfo=datetime.UTC).date()
    except ValueError:
        return f"ends on {expires!r}, which is not a day: write it as YYYY-MM-DD"
    if day < today:
        return f"of {rule} ended on {day}: mend what it hid, or give it a later day"
    return Suppression(rule, urn, reason, day)

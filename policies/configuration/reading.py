"""A configuration, checked against what the policies declare."""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policies import suppressions
from policies.reserved import COULD_NOT_JUDGE, SUPPRESSED, SUPPRESSIONS
from policies.rule import ADVISORY, DISABLED, MANDATORY, Option, Rule
from policies.suppressions import did_you_mean, shown

ALL = "all"
"""Stands for every policy, as it does for the engine."""
RESERVED = frozenset({SUPPRESSIONS, COULD_NOT_JUDGE, SUPPRESSED})
"""Policies whose findings cannot be suppressed: they judge no resource."""
LEVEL = "enforcementLevel"
LEVELS = tuple(level.value for level in (MANDATORY, ADVISORY, DISABLED))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


TYPES: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "string": ("a string", lambda value: isinstance(value, str)),
    # JSON Schema counts 1.0 among the integers, and so does the engine.
    "integer": ("an integer", lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer())),
    "number": ("a number", _is_number),
    "boolean": ("true or false", lambda value: isinstance(value, bool)),
    "object": ("an object", lambda value: isinstance(value, dict)),
    "array": ("a list", lambda value: isinstance(value, list)),
}


@dataclass(frozen=True)
class Entry:
    """What a configuration says of one policy."""

    level: str | None = None
    """None where it names none: the policy's own holds."""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """Reads configurations for some policies."""

    policies: Mapping[str, Rule]
    """By id."""
    today: datetime.date
    """On which suppressions must not have expired."""

    @classmethod
    def of(cls, policies: Sequence[Rule], today: datetime.date) -> "Reader":
        return cls({policy.id: policy for policy in policies}, today)

    def read(self, raw: object) -> dict[str, Entry]:
        """The entries by policy, `all` expanded. Raises ValueError with everything that is wrong, a sentence a line."""
        problems = list(self._problems(raw))
        if problems or not isinstance(raw, dict):
            raise ValueError("\n".join(problems))
        everywhere = {id: Entry(_entry(raw[ALL]).level) for id in self.policies if ALL in raw}
        given = {id: _entry(value) for id, value in raw.items() if id != ALL}
        return everywhere | {
            id: Entry(entry.level or everywhere.get(id, entry).level, entry.options) for id, entry in given.items()
        }

    def _problems(self, raw: object) -> Iterator[str]:
        if not isinstance(raw, dict):
            yield f"it is {shown(raw)}, not an object of levels by policy"
            return
        for id, value in raw.items():
            if id != ALL and id not in self.policies:
                yield f"there is no policy {shown(id)}{did_you_mean(id, self.policies) or _listed(self.policies)}"
            elif isinstance(value, dict):
                options = {} if id == ALL else self.policies[id].options
                yield from self._entry_problems(id, options, value)
            else:
                yield from _level_problems(id, value)

    def _entry_problems(self, id: str, options: Mapping[str, Option], given: Mapping[str, Any]) -> Iterator[str]:
        for name, value in given.items():
            place = f"{id}.{name}"
            if name == LEVEL:
                yield from _level_problems(place, value)
            elif name not in options:
                question = did_you_mean(name, [LEVEL, *options]) or _listed([LEVEL, *options])
                yield f"{id} has no option {shown(name)}{question}"
            elif place == f"{SUPPRESSIONS}.suppressions":
                yield from (f"{SUPPRESSIONS}.{wrong}" for wrong in self._suppression_problems(value))
            else:
                yield from _type_problems(place, value, options[name].schema)

    def _suppression_problems(self, value: Any) -> list[str]:
        suppressible = [id for id in self.policies if id not in RESERVED]
        return suppressions.read(value, suppressible, self.today)[1]


def _entry(value: Any) -> Entry:
    if isinstance(value, str):
        return Entry(value)
    return Entry(value.get(LEVEL), {name: option for name, option in value.items() if name != LEVEL})


def _level_problems(place: str, value: Any) -> Iterator[str]:
    if not isinstance(value, str) or value not in LEVELS:
        yield f"{place} is {shown(value)}, not a level{did_you_mean(value, LEVELS) or _listed(LEVELS)}"


def _type_problems(place: str, value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    name, holds = TYPES[schema["type"]]
    if not holds(value):
        yield f"{place} is {shown(value)}, not {name}"
    elif schema["type"] == "array":
        for index, item in enumerate(value):
            yield from _type_problems(f"{place}[{index}]", item, schema["items"])


def _listed(allowed: Sequence[str] | Mapping[str, Any]) -> str:
    return f": there is {', '.join(allowed)}"

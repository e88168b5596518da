"""What the cluster query language compares, and by which operators.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

ATTRIBUTE = "attribute:"


class Queried(Protocol):
    """What an expression may ask of a container instance."""

    @property
    def agent_connected(self) -> bool: ...
    @property
    def agent_version(self) -> str: ...
    @property
    def attributes(self) -> Mapping[str, str]: ...
    @property
    def ec2_instance_id(self) -> str: ...
    @property
    def registered_at(self) -> datetime | None: ...
    @property
    def running_tasks_count(self) -> int: ...
    @property
    def task_groups(self) -> Collection[str]: ...


class Operator(StrEnum):
    """A comparison, by its sign; `WORDS` has the words for it."""

    EQUALS = "=="
    NOT_EQUALS = "!="
    GREATER_THAN = ">"
    GREATER_THAN_EQUAL = ">="
    LESS_THAN = "<"
    LESS_THAN_EQUAL = "<="
    EXISTS = "exists"
    NOT_EXISTS = "!exists"
    IN = "in"
    NOT_IN = "!in"
    MATCHES = "=~"
    NOT_MATCHES = "!~"


WORDS = {operator.name.lower(): operator for operator in Operator}
"""`not_equals`, `greater_than`, …: the operators as words."""

_EQUALITY = frozenset({Operator.EQUALS, Operator.NOT_EQUALS})
_ORDER = frozenset({Operator.GREATER_THAN, Operator.GREATER_THAN_EQUAL, Operator.LESS_THAN, Operator.LESS_THAN_EQUAL})
PATTERNS = frozenset({Operator.MATCHES, Operator.NOT_MATCHES})
WITHOUT_ARGUMENT = frozenset({Operator.EXISTS, Operator.NOT_EXISTS})
WITH_LIST = frozenset({Operator.IN, Operator.NOT_IN})


@dataclass(frozen=True)
class Subject:
    """What is compared: its values on an instance as text, how they are ordered, and by which operators."""

    read: Callable[[Queried], Collection[str]]
    key: Callable[[str], Any]
    """A value that compares as ECS compares it. Raises ValueError, which says what a value has to look like."""
    operators: frozenset[Operator]


def _boolean(text: str) -> str:
    if text not in ("true", "false"):
        raise ValueError("true or false")
    return text


def _count(text: str) -> int:
    if not re.fullmatch("[0-9]+", text):
        raise ValueError("a whole number")
    return int(text)


def _version(text: str) -> tuple[int, ...]:
    match = re.fullmatch(r"([0-9]+)\.([0-9]+)\.([0-9]+)", text)
    if not match:
        raise ValueError("a version such as 1.14.5")
    return tuple(map(int, match.groups()))


def _instant(text: str) -> datetime:
    shape = r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)?"
    try:
        if not re.fullmatch(shape, text, re.ASCII):
            raise ValueError(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a date such as 2018-06-18 or 2018-06-18T22:28:28Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _registered(instance: Queried) -> Collection[str]:
    return [instance.registered_at.isoformat()] if instance.registered_at else []


_TEXT = _EQUALITY | WITH_LIST | PATTERNS
_ORDERED = _EQUALITY | _ORDER
SUBJECTS: Mapping[str, Subject] = {
    "agentConnected": Subject(lambda i: ["true" if i.agent_connected else "false"], _boolean, _TEXT),
    "agentVersion": Subject(lambda i: [i.agent_version] if i.agent_version else [], _version, _ORDERED),
    "ec2InstanceId": Subject(lambda i: [i.ec2_instance_id], str, _TEXT),
    "registeredAt": Subject(_registered, _instant, _ORDERED),
    "runningTasksCount": Subject(lambda i: [str(i.running_tasks_count)], _count, _ORDERED),
    # An instance has many groups, and whether one or all of them must differ is not documented: not(…) says it.
    "task:group": Subject(
        lambda i: i.task_groups, str, WITHOUT_ARGUMENT | {Operator.EQUALS, Operator.IN, Operator.MATCHES}
    ),
}
"""The subjects with fixed names and the operators that AWS documents for them."""
OF_TASKS = ("runningTasksCount", "task:group")
"""The subjects that a task's start or end changes."""


def subject(name: str) -> Subject:
    """The subject called `name`. Raises KeyError where the language has none."""
    if name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE):
        # How attributes are ordered, as text or as numbers, is not documented, so they have no order here.
        return Subject(lambda i: _attribute(i, name.removeprefix(ATTRIBUTE)), str, _TEXT | WITHOUT_ARGUMENT)
    return SUBJECTS[name]


def _attribute(instance: Queried, name: str) -> Collection[str]:
    return [instance.attributes[name]] if name in instance.attributes else []

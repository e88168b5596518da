"""What expressions of the cluster query language mean: which container instances they match, and what decides it.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ecs_model.java_pattern import translate
from ecs_model.query_subjects import OF_TASKS, PATTERNS, WITH_LIST, Operator, Queried, Subject, subject


@dataclass(frozen=True)
class Comparison:
    """`subject operator [argument]`; where the instance has no such value, only `!exists` is true.

    So `attribute:stack != prod` asks for an instance that has the attribute (aws/containers-roadmap#486).
    """

    subject: str
    operator: Operator
    arguments: tuple[str, ...] = ()

    def matches(self, instance: Queried) -> bool:
        """Whether the comparison is true of the instance."""
        values = self._subject.read(instance)
        if self.operator is Operator.NOT_EXISTS:
            return not values
        return any(self._holds(value) for value in values)

    def deciding(self, instance: Queried, *, wanted: bool = True) -> "tuple[Decisive, ...]":
        """Itself, where it is not as wanted."""
        if self.matches(instance) is wanted:
            return ()
        return (Decisive(self, tuple(sorted(self._subject.read(instance))), wanted),)

    @property
    def of_tasks(self) -> bool:
        """Whether it asks about the tasks on the instance, so that placing one may change it."""
        return self.subject in OF_TASKS

    @cached_property
    def _subject(self) -> Subject:
        return subject(self.subject)

    @cached_property
    def _keys(self) -> tuple[Any, ...]:
        return tuple(map(self._subject.key, self.arguments))

    def _holds(self, value: str) -> bool:
        if self.operator in PATTERNS:
            found = translate(self.arguments[0]).fullmatch(value) is not None
            return found is (self.operator is Operator.MATCHES)
        try:
            return _TESTS[self.operator](self._subject.key(value), self._keys)
        except ValueError:
            # An agent may report a version that is none.
            return False

    def __str__(self) -> str:
        arguments = ", ".join(map(_quoted, self.arguments))
        return f"{self.subject} {self.operator}" + (
            f" [{arguments}]" if self.operator in WITH_LIST else f" {arguments}" if arguments else ""
        )


_TESTS: Mapping[Operator, Callable[[Any, tuple[Any, ...]], bool]] = {
    Operator.EQUALS: lambda value, keys: value == keys[0],
    Operator.NOT_EQUALS: lambda value, keys: value != keys[0],
    Operator.GREATER_THAN: lambda value, keys: value > keys[0],
    Operator.GREATER_THAN_EQUAL: lambda value, keys: value >= keys[0],
    Operator.LESS_THAN: lambda value, keys: value < keys[0],
    Operator.LESS_THAN_EQUAL: lambda value, keys: value <= keys[0],
    Operator.EXISTS: lambda value, keys: True,
    Operator.IN: lambda value, keys: value in keys,
    Operator.NOT_IN: lambda value, keys: value not in keys,
}


@dataclass(frozen=True)
class Not:
    """True where its operand is not."""

    operand: "Expression"

    def matches(self, instance: Queried) -> bool:
        """Whether the operand does not match."""
        return not self.operand.matches(instance)

    def deciding(self, instance: Queried, *, wanted: bool = True) -> "tuple[Decisive, ...]":
        """What decides the operand the other way."""
        return self.operand.deciding(instance, wanted=not wanted)

    @property
    def of_tasks(self) -> bool:
        """Whether the operand asks about tasks."""
        return self.operand.of_tasks

    def __str__(self) -> str:
        return f"not({self.operand})"


@dataclass(frozen=True)
class Compound:
    """Several expressions, of which all (`and`) or one (`or`) must match."""

    all: bool
    operands: "tuple[Expression, ...]"

    def matches(self, instance: Queried) -> bool:
        """Whether all, or any, match."""
        results = (operand.matches(instance) for operand in self.operands)
        return all(results) if self.all else any(results)

    def deciding(self, instance: Queried, *, wanted: bool = True) -> "tuple[Decisive, ...]":
        """Of all that must be as wanted those that are not; where one is enough, every one if none is."""
        each = [operand.deciding(instance, wanted=wanted) for operand in self.operands]
        if self.all is not wanted and not all(each):
            return ()
        return tuple(decisive for found in each for decisive in found)

    @property
    def of_tasks(self) -> bool:
        """Whether one of the operands asks about tasks."""
        return any(operand.of_tasks for operand in self.operands)

    def __str__(self) -> str:
        inner = (f"({o})" if isinstance(o, Compound) else str(o) for o in self.operands)
        return (" and " if self.all else " or ").join(inner)


Expression = Comparison | Not | Compound
"""`matches` says whether an instance satisfies it; `deciding` which comparisons stand in the way, if any."""


@dataclass(frozen=True)
class Decisive:
    """A comparison that is not as it must be for an instance to match."""

    comparison: Comparison
    seen: tuple[str, ...]
    """The instance's values of the subject; empty where it has none."""
    wanted: bool
    """Whether the comparison would have to be true, or, under a `not`, false."""

    def __str__(self) -> str:
        seen = f"it is {' and '.join(self.seen)}" if self.seen else "the instance has none"
        return f"{self.comparison} is {'false' if self.wanted else 'true'}: {seen}"


def _quoted(argument: str) -> str:
    if argument and not re.search(r"[\s()\[\],'\"]|&&|\|\|", argument):
        return argument
    quote = "'" if '"' in argument else '"'
    return f"{quote}{argument}{quote}"

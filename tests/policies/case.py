"""A case of a rule: a few resources, and what the rule has to say of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.policies.harness import Res

GOOD, BAD, UNKNOWN_CASE = "good", "bad", "unknown"


@dataclass(frozen=True)
class Case:
    """What one rule says of some resources, whatever the other rules say."""

    rule: str
    kind: str
    """GOOD: the rule is silent. BAD: it finds something. UNKNOWN_CASE: it says what it could not judge, and no more."""
    what: str
    """The case in a few words, for the test's name."""
    resources: tuple[Res, ...]
    finds: tuple[tuple[str, str], ...] = ()
    """For BAD the findings in any order, for UNKNOWN_CASE what could not be judged: the resource's name and a part of
    the message. A finding that no resource owns has the name ""."""
    config: tuple[tuple[str, object], ...] = ()
    """The rule's options."""


def good(rule: str, what: str, resources: Iterable[Res], **config: object) -> Case:
    """The rule is silent."""
    return Case(rule, GOOD, what, tuple(resources), config=tuple(config.items()))


def bad(rule: str, what: str, resources: Iterable[Res], *finds: tuple[str, str], **config: object) -> Case:
    """The rule finds exactly `finds`: (the resource's name, a part of the message)."""
    assert finds
    return Case(rule, BAD, what, tuple(resources), finds, tuple(config.items()))


def unknown(rule: str, what: str, resources: Iterable[Res], *places: str) -> Case:
    """The rule finds nothing, and says that it could not judge for want of `places`, such as `service web: cluster`."""
    assert places
    return Case(rule, UNKNOWN_CASE, what, tuple(resources), tuple(("", place) for place in places))

"""What a suppression must say, and which findings it covers."""

import datetime
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.suppressions import Suppression, read

TODAY = datetime.date(2027, 3, 31)
KNOWN = ["ecs-instances-ephemeral-ingress", "ecs-task-definition-dynamic-host-port"]
GOOD = {
    "rule": "ecs-task-definition-dynamic-host-port",
    "urn": "urn:pulumi:prod::shop::*::statsd",
    "reason": "The agents of our hosts expect statsd at 8125.",
    "expires": "2027-12-31",
}
PORT = Suppression(GOOD["rule"], GOOD["urn"], GOOD["reason"], datetime.date(2027, 12, 31))
STATSD = "urn:pulumi:prod::shop::aws:ecs/taskDefinition:TaskDefinition::statsd"


def without(key: str) -> dict[str, str]:
    return {name: value for name, value in GOOD.items() if name != key}


def test_a_complete_suppression_holds() -> None:
    assert read([GOOD], KNOWN, TODAY) == ([PORT], [])
    assert read((MappingProxyType(GOOD),), KNOWN, TODAY) == ([PORT], [])


def test_no_suppressions_are_no_mistake() -> None:
    assert read([], KNOWN, TODAY) == read((), KNOWN, TODAY) == ([], [])


@pytest.mark.parametrize(
    ("expires", "holds"), [("2027-03-30", False), ("2027-03-31", True), ("2027-04-01", True), ("9999-12-31", True)]
)
def test_it_holds_to_the_end_of_its_last_day(expires: str, holds: bool) -> None:
    valid, sentences = read([GOOD | {"expires": expires}], KNOWN, TODAY)
    assert [suppression.expires for suppression in valid] == [datetime.date.fromisoformat(expires)] * holds
    passed = f"suppressions[0] suppresses nothing: expires is {expires}, which has passed: mend what it suppresses, "
    assert [sentence.startswith(passed) for sentence in sentences] == [True] * (not holds)


RULE = "not the id of a rule"
URN = "not a glob over URNs, which begins with urn: or *, such as *::api-task"
REASON = "not a sentence of at least 3 words"
EXPIRES = "not the last day on which it holds, such as 2028-06-30"


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (without("rule"), f"rule is missing, {RULE}"),
        (without("urn"), f"urn is missing, {URN}"),
        (without("reason"), f"reason is missing, {REASON}"),
        (without("expires"), f"expires is missing, {EXPIRES}"),
        (GOOD | {"rule": "ecs-task-definition-dynamic-port"}, f"{RULE}: did you mean {GOOD['rule']}?"),
        (GOOD | {"rule": "s3-public"}, f"rule is 's3-public', {RULE}"),
        (GOOD | {"rule": "*"}, f"rule is '*', {RULE}"),
        (GOOD | {"rule": [GOOD["rule"]]}, f"rule is a list, {RULE}"),
        (GOOD | {"urn": "statsd"}, f"urn is 'statsd', {URN}"),
        (GOOD | {"urn": ""}, f"urn is '', {URN}"),
        (GOOD | {"urn": 7.0}, f"urn is 7, {URN}"),
        (GOOD | {"reason": "legacy"}, f"reason is 'legacy', {REASON}"),
        (GOOD | {"reason": "  known  issue "}, f"reason is '  known  issue ', {REASON}"),
        (GOOD | {"reason": True}, f"reason is true, {REASON}"),
        (GOOD | {"expires": "never"}, f"expires is 'never', {EXPIRES}"),
        (GOOD | {"expires": "2027-02-30"}, f"expires is '2027-02-30', {EXPIRES}"),
        (GOOD | {"expires": "20271231"}, f"expires is '20271231', {EXPIRES}"),
        (GOOD | {"expires": "2027-12-31T00:00:00Z"}, f"expires is '2027-12-31T00:00:00Z', {EXPIRES}"),
        (GOOD | {"expires": 20271231.0}, f"expires is 20271231, {EXPIRES}"),
        (GOOD | {"expires": 10**5000}, f"expires is a large number, {EXPIRES}"),
        (GOOD | {"until": "2027"}, "the key 'until' does not exist: there is rule, urn, reason, expires"),
        (GOOD | {7: "x"}, "the key 7 does not exist: there is rule, urn, reason, expires"),
        ("statsd", "it is 'statsd', not an object with rule, urn, reason, expires"),
        (None, "it is missing, not an object with rule, urn, reason, expires"),
        (object(), "it is a value of type object, not an object with rule, urn, reason, expires"),
    ],
)
def test_what_is_wrong_is_said_and_suppresses_nothing(entry: object, problem: str) -> None:
    valid, (sentence,) = read([entry], KNOWN, TODAY)
    assert valid == []
    assert sentence.startswith("suppressions[0] suppresses nothing: ")
    assert sentence.endswith(problem)


def test_everything_wrong_with_one_is_said_at_once_and_the_others_hold() -> None:
    wrong = {"rule": "x", "urn": "y", "reason": "z", "expires": "2020-01-01"}
    valid, (sentence,) = read([GOOD, wrong, GOOD], KNOWN, TODAY)
    assert valid == [PORT, PORT]
    assert sentence.startswith("suppressions[1] ")
    assert all(f"{key} is " in sentence for key in wrong)


def test_a_long_value_is_quoted_in_part_and_on_one_line() -> None:
    _, (sentence,) = read([GOOD | {"rule": "a\nb" * 100_000}], KNOWN, TODAY)
    assert len(sentence) < 250
    assert "\n" not in sentence


@pytest.mark.parametrize("raw", [GOOD, "x", 1.0, False, None])
def test_something_other_than_a_list_suppresses_nothing(raw: object) -> None:
    valid, (sentence,) = read(raw, KNOWN, TODAY)
    assert valid == []
    assert sentence.startswith("suppressions is ")
    assert sentence.endswith(", not a list, so nothing is suppressed")


@pytest.mark.parametrize(
    ("glob", "covered"),
    [
        (STATSD, True),
        ("*", True),
        ("*::statsd", True),
        ("urn:pulumi:*::shop::aws:ecs/taskDefinition:TaskDefinition::stats?", True),
        ("urn:pulumi:[dp]*::shop::*", True),
        ("*::STATSD", False),
        ("*::stats", False),
        ("urn:pulumi:prod::shop", False),
        ("urn:pulumi:dev::*", False),
    ],
)
def test_it_covers_the_resources_of_its_glob_for_its_own_rule(glob: str, covered: bool) -> None:
    ((suppression,), _) = read([GOOD | {"urn": glob}], KNOWN, TODAY)
    assert suppression.covers(GOOD["rule"], STATSD) is covered
    assert not suppression.covers(GOOD["rule"].upper(), STATSD)
    assert not suppression.covers("ecs-instances-ephemeral-ingress", STATSD)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates()
anything = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text() | st.integers(), inner)
)
entries = st.fixed_dictionaries({}, optional={key: st.just(value) | anything for key, value in GOOD.items()})


@given(raw=anything | st.lists(entries | anything))
def test_nothing_makes_it_raise(raw: Any) -> None:
    valid, sentences = read(raw, KNOWN, TODAY)
    if isinstance(raw, list | tuple):
        assert len(valid) + len(sentences) == len(raw)
    assert all(isinstance(suppression.covers(GOOD["rule"], STATSD), bool) for suppression in valid)


@given(glob=st.text(), urn=st.text())
def test_no_glob_makes_it_raise(glob: str, urn: str) -> None:
    ((suppression,), _) = read([GOOD | {"urn": f"*{glob}"}], KNOWN, TODAY)
    assert suppression.covers(GOOD["rule"], urn) in (True, False)


def test_a_deeply_nested_value_is_only_named() -> None:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    _, (sentence,) = read([GOOD | {"reason": nested}], KNOWN, TODAY)
    assert f"reason is a list, {REASON}" in sentence

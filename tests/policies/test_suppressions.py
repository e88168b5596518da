"""What is a suppression, what it covers, and what is said of one that is none."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.suppressions import Suppression, read

TODAY = datetime.date(2026, 11, 24)
KNOWN = ["ecs-cluster-x", "ecs-service-y"]
GOOD = {"rule": "ecs-cluster-x", "urn": "*::legacy-*", "reason": "Goes with the migration.", "expires": "2026-11-24"}


def test_a_suppression_holds_to_its_last_day() -> None:
    (valid,), problems = read([GOOD], KNOWN, TODAY)
    assert valid == Suppression("ecs-cluster-x", "*::legacy-*", "Goes with the migration.", TODAY)
    assert problems == []
    assert read([GOOD], KNOWN, TODAY + datetime.timedelta(days=1))[0] == []


@pytest.mark.parametrize(
    ("rule", "urn", "covered"),
    [
        ("ecs-cluster-x", "urn:pulumi:dev::shop::aws:ecs/cluster:Cluster::legacy-1", True),
        ("ecs-cluster-x", "urn:pulumi:dev::shop::aws:ecs/cluster:Cluster::Legacy-1", False),
        ("ecs-cluster-x", "urn:pulumi:dev::shop::aws:ecs/cluster:Cluster::new", False),
        ("ecs-service-y", "urn:pulumi:dev::shop::aws:ecs/cluster:Cluster::legacy-1", False),
        ("ecs-cluster-x", "", False),
    ],
)
def test_what_it_covers(rule: str, urn: str, covered: bool) -> None:
    ((valid,), _) = read([GOOD], KNOWN, TODAY)
    assert valid.covers(rule, urn) is covered


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rule": "ecs-no-such"}, "names the rule ecs-no-such, which does not exist"),
        ({"rule": None}, "lacks rule: each"),
        ({"reason": " "}, "lacks reason"),
        ({"reason": "because"}, "has a reason of 7 characters"),
        ({"urn": 7.0, "expires": None}, "lacks urn and expires"),
        ({"expires": "soon"}, "ends on 'soon', which is not a day: write it as YYYY-MM-DD"),
        ({"expires": "2026-02-30"}, "is not a day"),
        ({"expires": "2026-11-23"}, "of ecs-cluster-x ended on 2026-11-23"),
        ({"until": "2026-11-23"}, "has the key until: there are rule, urn, reason, expires"),
    ],
    ids=str,
)
def test_what_is_none(changed: dict[str, object], said: str) -> None:
    valid, problems = read([GOOD, {**GOOD, **changed}], KNOWN, TODAY)
    assert len(valid) == 1
    assert len(problems) == 1
    assert problems[0].startswith("suppressions[1] ")
    assert said in problems[0]


@pytest.mark.parametrize("raw", [None, "x", 1.0, {}])
def test_only_a_list_holds_suppressions(raw: object) -> None:
    assert read(raw, KNOWN, TODAY)[0] == []
    assert "is not a list" in read(raw, KNOWN, TODAY)[1][0]


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.text(),
            st.floats(),
            st.dictionaries(st.sampled_from([*GOOD, "x"]), st.one_of(st.none(), st.text(), st.floats(), st.binary())),
        )
    )
)
def test_each_is_one_or_is_told_why_not(raw: list[object]) -> None:
    valid, problems = read(raw, KNOWN, TODAY)
    assert len(valid) + len(problems) == len(raw)

"""The life of a resource of every served type, and what a refresh sees of a change behind its back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from localaws.tokens import TYPES
from localaws.types import KINDS
from localaws.wire import UNKNOWN
from tests.localaws.case import Case
from tests.localaws.cases import every
from tests.localaws.making import Properties, cluster

CASES = every()
UPDATABLE = [case for case in CASES if case.update is not None]
each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.token.rpartition(":")[2])
each_updatable = pytest.mark.parametrize("case", UPDATABLE, ids=lambda case: case.token.rpartition(":")[2])


def test_every_served_type_has_a_case() -> None:
    assert sorted(case.token for case in CASES) == sorted(TYPES) == sorted(KINDS)
    never_updated = {
        "aws:acm/certificateValidation:CertificateValidation",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    }
    assert {case.token for case in CASES} - {case.token for case in UPDATABLE} == never_updated
    assert all(case.behind and case.seen for case in UPDATABLE)


@each
def test_preview_knows_inputs_and_not_outputs(lab: Any, case: Case) -> None:
    resource = lab.resource(case.token)
    inputs = lab.checked(resource, case.inputs(lab))
    preview = lab.previewed(resource, inputs)
    assert {key: preview[key] for key in inputs if key != "__defaults"} == {
        key: value for key, value in inputs.items() if key != "__defaults"
    }
    if case.computed:
        assert preview[case.computed] is UNKNOWN


@each
def test_life_cycle(lab: Any, case: Case) -> None:
    made = lab.create(lab.resource(case.token), case.inputs(lab))
    assert made.id
    assert _unlike(lab, made) == []
    assert list(lab.diff(made, made.inputs).diffs) == []

    if case.update is not None:
        changed = {**_program(made), **case.update(lab, made)}
        wanted = lab.checked(made, {key: value for key, value in changed.items() if value is not None})
        difference = lab.diff(made, wanted)
        assert difference.changes == difference.DIFF_SOME
        assert sorted(difference.diffs) == sorted(difference.detailedDiff)
        assert list(difference.replaces) == []
        lab.update(made, wanted)
        assert _unlike(lab, made) == []

    if case.replace:
        replaced = lab.diff(made, {**made.inputs, **case.replace})
        assert list(replaced.replaces) == list(case.replace)

    lab.delete(made)
    if case.token == "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders":
        _cluster_without_providers(lab, made.id)
        lab.boto("ecs").delete_cluster(cluster=made.id)
    if case.token == "aws:acm/certificateValidation:CertificateValidation":
        # A certificate stays issued.
        assert lab.read(made)[0] == made.id
        return
    if case.token == "aws:ecs/accountSettingDefault:AccountSettingDefault":
        # An account's setting is never gone: it goes back to AWS's own value.
        assert lab.read(made)[1]["value"] == "disabled"
        return
    assert lab.read(made)[0] == ""
    lab.delete(made)


def _cluster_without_providers(lab: Any, name: str) -> None:
    """What is left of an association: as with the real provider, it is gone when its cluster is."""
    found = lab.boto("ecs").describe_clusters(clusters=[name])["clusters"][0]
    assert (found["capacityProviders"], found["defaultCapacityProviderStrategy"]) == ([], [])


def _program(made: Any) -> Properties:
    """The inputs as the program wrote them: without names and defaults."""
    added = made.inputs["__defaults"]
    return {key: value for key, value in made.inputs.items() if key not in added and key != "__defaults"}


def _unlike(lab: Any, made: Any) -> list[str]:
    """The inputs that AWS, asked again, does not confirm."""
    id_, state, inputs = lab.read(made)
    assert id_ == made.id
    missing = [key for key in made.inputs if key not in ("__defaults", "namePrefix") and key not in state]
    return missing + list(lab.diff(made, made.inputs, old=inputs).diffs)


@each_updatable
def test_refresh_reports_a_change_behind_its_back(lab: Any, case: Case) -> None:
    made = lab.create(lab.resource(case.token), case.inputs(lab))
    assert case.behind is not None
    case.behind(lab, made)
    id_, state, inputs = lab.read(made)
    assert id_ == made.id
    assert state.get(case.seen) != made.state.get(case.seen)
    assert list(lab.diff(made, made.inputs, old=inputs).diffs) == [case.seen]


@each
def test_import_finds_the_same_state(lab: Any, case: Case) -> None:
    made = lab.create(lab.resource(case.token), case.inputs(lab))
    found = replace(made, id=case.imported(made))
    id_, state, _ = lab.read(found, known=False)
    assert id_ in (made.id, made.state.get("arn"))
    settings = KINDS[case.token].settings | {"inlinePolicies", "cluster", "taskDefinition"}
    differing = {key for key in made.state if key not in settings and state.get(key) != made.state[key]}
    assert differing == set()


def test_what_a_cluster_lists_beyond_what_it_is_told_is_a_difference(lab: Any) -> None:
    token = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
    made = lab.made(token, clusterName=cluster(lab), capacityProviders=["FARGATE"])
    assert lab.diff(made, made.inputs).changes == lab.diff(made, made.inputs).DIFF_NONE
    # As AWS tells of a capacity provider of Managed Instances that is to be deleted.
    made.state["capacityProviders"] = ["FARGATE", "leaving"]
    assert list(lab.diff(made, made.inputs).diffs) == ["capacityProviders"]


@each
def test_what_was_taken_into_the_state_and_not_read_yet_is_found_by_the_id_of_an_import(lab: Any, case: Case) -> None:
    made = lab.create(lab.resource(case.token), case.inputs(lab))
    id_, state, _ = lab.read(replace(made, id=case.imported(made), state={}))
    assert id_ in (made.id, made.state.get("arn"))
    settings = KINDS[case.token].settings | {"inlinePolicies"}
    assert {key for key in made.state if key not in settings and state.get(key) != made.state[key]} == set()

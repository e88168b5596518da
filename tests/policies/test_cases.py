"""Every rule has a good, a bad and an unknown case, written in the AWS schema's words, and says what it has to."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
import pytest

from policies.pack import rules
from policies.views.resource import canonical
from tests.policies.case import BAD, GOOD, UNKNOWN_CASE, Case
from tests.policies.cases import every
from tests.policies.harness import CANNOT_JUDGE, Diagnostic, Pack, Res
from tests.policies.schema import names_of

CASES = every()
IDS = [f"{case.rule}-{case.kind}-{case.what}" for case in CASES]
every_case = pytest.mark.parametrize("case", CASES, ids=IDS)


@pytest.mark.parametrize("id", [declared.id for declared in rules()])
def test_a_rule_has_a_good_a_bad_and_an_unknown_case(id: str) -> None:
    assert {case.kind for case in CASES if case.rule == id} == {GOOD, BAD, UNKNOWN_CASE}


def test_every_case_is_of_a_rule_and_has_a_name_of_its_own() -> None:
    assert {case.rule for case in CASES} <= {declared.id for declared in rules()}
    assert len(set(IDS)) == len(IDS)


def said(pack: Pack, case: Case) -> list[Diagnostic]:
    """What the case's rule says: of each resource alone, and of all together."""
    found = [diagnostic for resource in case.resources for diagnostic in pack.resource(resource)]
    return [diagnostic for diagnostic in [*found, *pack.stack(*case.resources)] if diagnostic.rule == case.rule]


@every_case
def test_the_rule_says_what_it_has_to(process: Pack, case: Case) -> None:
    (level,) = [declared.level.value for declared in rules() if declared.id == case.rule]
    active = {"enforcementLevel": "advisory"} if level == "disabled" else {}
    process.configure({case.rule: {**active, **dict(case.config)}})
    told = said(process, case)
    unjudged = [diagnostic.text for diagnostic in told if diagnostic.text.startswith(CANNOT_JUDGE)]
    findings = [diagnostic for diagnostic in told if not diagnostic.text.startswith(CANNOT_JUDGE)]
    if case.kind == UNKNOWN_CASE:
        assert findings == []
        assert all(any(place in text for text in unjudged) for _, place in case.finds), unjudged
        return
    assert unjudged == []
    left = list(findings)
    for name, part in case.finds:
        match = next((found for found in left if found.resource == name and part in found.message), None)
        assert match, f"nothing said of {name!r} with {part!r} in {left}"
        left.remove(match)
    assert left == []


@every_case
def test_a_case_is_written_in_the_words_of_the_schema(case: Case) -> None:
    for resource in case.resources:
        assert list(_strangers(resource)) == []


def _strangers(resource: Res) -> Iterator[str]:
    known = names_of(canonical(resource.type))
    if known is not None:
        yield from (f"{resource.type}: {key}" for key in _keys(resource.properties) if key not in known)
    text = resource.properties.get("containerDefinitions")
    if isinstance(text, str) and text.startswith("["):
        for definition in json.loads(text):
            yield from (f"container definition: {key}" for key in _misfits(definition, _containers()))


FREE = {"tags", "options", "dockerLabels", "tagsAll", "driverOpts", "labels", "policy", "assumeRolePolicy"}
"""Maps whose keys are the program's own, or IAM's."""


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in ("4dabf18193072939515e22adb298388d", "value"):
                # A secret's envelope.
                yield from _keys(inner)
                continue
            yield key
            yield from () if key in FREE else _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


@cache
def _containers() -> Any:
    model = botocore.session.get_session().get_service_model("ecs")
    return model.shape_for("ContainerDefinition")


def _misfits(value: object, shape: Any) -> Iterator[str]:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in shape.members:
                yield str(key)
            else:
                yield from _misfits(inner, shape.members[key])
    elif shape.type_name == "list" and isinstance(value, list):
        for inner in value:
            yield from _misfits(inner, shape.member)

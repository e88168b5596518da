"""Every rule's level and options through the configuration, as the engine sends it."""

from typing import Any

import pytest

from policies.pack import rules
from tests.policies.case import BAD, Case
from tests.policies.cases import every
from tests.policies.harness import Diagnostic, Pack

DECLARED = {declared.id: declared for declared in rules()}
every_id = pytest.mark.parametrize("id", sorted(DECLARED))


def said(pack: Pack, id: str, config: dict[str, Any]) -> list[Diagnostic]:
    """What a rule says of a program that it has something against."""
    case = _bad(id)
    pack.configure({id: {**dict(case.config), **config}})
    found = [*(d for resource in case.resources for d in pack.resource(resource)), *pack.stack(*case.resources)]
    return [diagnostic for diagnostic in found if diagnostic.rule == id]


def _bad(id: str) -> Case:
    return next(case for case in every() if case.rule == id and case.kind == BAD)


@every_id
def test_a_rule_has_the_level_it_declares(pack: Pack, id: str) -> None:
    level = DECLARED[id].level.value
    assert {diagnostic.level for diagnostic in said(pack, id, {})} == ({level} - {"disabled"})


@every_id
@pytest.mark.parametrize("level", ["advisory", "mandatory"])
def test_a_rule_can_have_another_level(pack: Pack, id: str, level: str) -> None:
    assert {diagnostic.level for diagnostic in said(pack, id, {"enforcementLevel": level})} == {level}


@every_id
def test_a_rule_can_be_switched_off(pack: Pack, id: str) -> None:
    assert said(pack, id, {"enforcementLevel": "disabled"}) == []


@every_id
def test_an_option_that_does_not_exist_is_reported(pack: Pack, id: str) -> None:
    messages = [d.message for d in said(pack, id, {"enforcementLevel": "advisory", "alowedThings": ["x"]})]
    assert messages
    there_is = ", ".join(DECLARED[id].options) or "none"
    for message in messages:
        assert f"the option alowedThings does not exist: there is {there_is}" in message
        assert message.endswith(" Correct what --policy-pack-config names.")

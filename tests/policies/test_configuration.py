"""Every rule's level and options through the configuration, as the engine sends it."""

from typing import Any

import pytest

from policies.pack import rules
from tests.policies.harness import Pack, Res
from tests.policies.programs import container, containers, shop

BAD = [
    Res("aws:ecs/cluster:Cluster", "bare", {"name": "bare"}),
    Res("aws:ecs/taskDefinition:TaskDefinition", "fixed", {"containerDefinitions": containers(container(hostPort=80))}),
    *shop(True).without("tasks"),
]
IDS = sorted(declared.id for declared in rules())
every_id = pytest.mark.parametrize("id", IDS)


def levels(pack: Pack, config: dict[str, dict[str, Any]]) -> dict[str, str]:
    pack.configure(config)
    found = [*pack.stack(*BAD), *(d for resource in BAD for d in pack.resource(resource))]
    return {diagnostic.rule: diagnostic.level for diagnostic in found}


def test_everything_is_mandatory_by_default(pack: Pack) -> None:
    assert levels(pack, {}) == dict.fromkeys(IDS, "mandatory")


@every_id
def test_a_rule_can_be_advisory(pack: Pack, id: str) -> None:
    assert levels(pack, {id: {"enforcementLevel": "advisory"}}) == dict.fromkeys(IDS, "mandatory") | {id: "advisory"}


@every_id
def test_a_rule_can_be_switched_off(pack: Pack, id: str) -> None:
    assert sorted(levels(pack, {id: {"enforcementLevel": "disabled"}})) == [other for other in IDS if other != id]


@every_id
def test_an_option_that_does_not_exist_is_reported(pack: Pack, id: str) -> None:
    pack.configure({id: {"alowedThings": ["x"]}})
    found = [*pack.stack(*BAD), *(d for resource in BAD for d in pack.resource(resource))]
    messages = [diagnostic.message for diagnostic in found if "alowedThings" in diagnostic.text]
    assert messages
    for message in messages:
        assert "the option alowedThings does not exist: there is allowed" in message
        assert message.endswith(" Correct what --policy-pack-config names.")

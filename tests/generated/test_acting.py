"""No setting does nothing: of each there is a change that alters a resource in the preview."""

from typing import Any

import pytest

import settings
from tests.generated.acting import LATER, differ, exported, pair, table
from tests.generated.kinds import settings_of_all_classes
from tests.generated.outcome import STACK

TOLD = {"OneOffTaskSettings.capacityProviderStrategy", "OneOffTaskSettings.placementStrategies"}
"""The settings that act when a person runs the command in the stack's outputs."""


def test_no_setting_is_forgotten() -> None:
    known = {f"{owner}.{key}" for owner, key in settings_of_all_classes()}
    assert set(table()) == known - LATER, "run `python -m tests.generated.acting`"
    assert len(known) > 400
    assert {name for name, change in table().items() if change.get("told")} == TOLD


@pytest.mark.parametrize(("name", "change"), sorted(table().items()), ids=sorted(table()))
def test_a_change_of_a_setting_alters_a_resource(name: str, change: dict[str, Any]) -> None:
    assert name.endswith(f".{change['path'][-1]}")
    before, after = pair(change)
    assert [settings.read(raw, STACK)[1] for raw in (before, after)] == [[], []]
    if name in TOLD:
        assert exported(before) != exported(after)
    else:
        assert differ(before, after)


def test_without_a_change_nothing_is_altered() -> None:
    before, _ = pair(table()["Container.image"])
    assert not differ(before, before)

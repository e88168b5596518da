"""No setting does nothing: of each there is a change that alters a resource in the preview."""

from itertools import combinations
from typing import Any

import pytest

import settings
from tests.generated.acting import LATER, differ, exported, pair, put, table, told, works
from tests.generated.kinds import enumerations, settings_of_all_classes
from tests.generated.outcome import STACK, previewed

TOLD = {"OneOffTaskSettings.capacityProviderStrategy", "OneOffTaskSettings.placementStrategies"}
"""The settings that act when a person runs the command in the stack's outputs."""
DECIDED = {
    "OneOffTaskSettings.cpuArchitecture",
    "ScheduledTaskSettings.cpuArchitecture",
    "PlacementStrategyItem.type",
    "ServiceSettings.cpuArchitecture",
    "ServiceSettings.ipcMode",
}
"""Of these one choice alone works with the settings around it."""


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


@pytest.mark.parametrize(("name", "choices"), sorted(enumerations().items()), ids=sorted(enumerations()))
def test_each_choice_of_a_setting_gives_a_program_of_its_own(name: str, choices: list[str]) -> None:
    path = tuple(table()[name]["path"])
    tries = [{choice: put(raw, path, choice) for choice in choices} for raw in pair(table()[name])]
    working = max(({choice: raw for choice, raw in given.items() if works(raw)} for given in tries), key=len)
    graphs = {choice: previewed(raw) for choice, raw in working.items()}
    # Of an AMI's family AWS is asked.
    programs = {choice: (told(graph), sorted(map(repr, graph.calls))) for choice, graph in graphs.items()}
    assert len(programs) > 1 or name in DECIDED
    assert [two for two in combinations(programs, 2) if programs[two[0]] == programs[two[1]]] == []


def test_without_a_change_nothing_is_altered() -> None:
    before, _ = pair(table()["Container.image"])
    assert not differ(before, before)

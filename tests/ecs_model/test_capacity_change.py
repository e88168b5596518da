"""What the last deployment had and this one does not."""

from typing import Any

import pytest

from ecs_model.capacity_change import CapacityChange, gone

BEFORE = {"general": "dev-general-1", "spot": "dev-spot-1"}
LAST = {"capacityProviders": BEFORE}
FARGATE = {"FARGATE": "FARGATE", "FARGATE_SPOT": "FARGATE_SPOT"}


@pytest.mark.parametrize(
    ("outputs", "wanted", "managed", "before", "settles"),
    [
        ({}, ["general"], [], {}, False),
        ({}, ["general", "own"], ["own"], {}, False),
        (LAST, ["general", "spot"], [], BEFORE, False),
        (LAST, ["general", "spot", "gpu"], [], BEFORE, False),
        (LAST, ["general", "spot", "own"], ["own"], BEFORE, True),
        (LAST, ["general", "spot"], ["spot"], BEFORE, False),
        (LAST, ["general"], [], BEFORE, True),
        (LAST, ["main", "spot"], [], BEFORE, True),
        (LAST | {"capacityProvidersSettled": True}, ["general", "spot"], [], BEFORE, True),
        (LAST, ["general", "spot", *FARGATE], [], BEFORE, False),
        (LAST | {"fargate": True}, ["general", "spot", *FARGATE], [], BEFORE | FARGATE, False),
        (LAST | {"fargate": True}, ["general", "spot"], [], BEFORE | FARGATE, True),
    ],
)
def test_changes(
    outputs: dict[str, Any], wanted: list[str], managed: list[str], before: dict[str, str], settles: bool
) -> None:
    change = CapacityChange.of(outputs, wanted, managed)
    assert (change.before, change.settles) == (before, settles)


def test_names_that_have_gone_are_those_of_keys_that_left_and_of_what_was_replaced() -> None:
    assert gone(["dev-general-1", "dev-spot-1", "dev-old-1"], ["dev-general-2", "dev-spot-1", "dev-new-1"]) == [
        "dev-general-1",
        "dev-old-1",
    ]

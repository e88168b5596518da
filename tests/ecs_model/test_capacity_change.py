"""What the last deployment had and this one does not."""

from typing import Any

import pytest

from ecs_model.capacity_change import CapacityChange

BEFORE = {"general": "dev-general-1", "spot": "dev-spot-1"}


@pytest.mark.parametrize(
    ("outputs", "wanted", "leaving", "joining", "settles", "keeps"),
    [
        ({}, ["general"], {}, False, False, False),
        ({"capacityProviders": BEFORE}, ["general", "spot"], {}, False, False, False),
        ({"capacityProviders": BEFORE}, ["general", "spot", "gpu"], {}, True, False, False),
        ({"capacityProviders": BEFORE}, ["general"], {"spot": "dev-spot-1"}, False, True, False),
        ({"capacityProviders": BEFORE}, ["main", "spot"], {"general": "dev-general-1"}, True, True, False),
        ({"capacityProviders": BEFORE, "capacityProvidersSettled": True}, ["general", "spot"], {}, False, True, True),
        ({"capacityProviders": BEFORE, "capacityProvidersSettled": True}, ["spot"], BEFORE, False, True, False),
        ({"capacityProviders": BEFORE, "capacityProvidersSettled": True}, [*BEFORE, "gpu"], {}, True, True, False),
    ],
)
def test_changes(
    outputs: dict[str, Any], wanted: list[str], leaving: dict[str, str], joining: bool, settles: bool, keeps: bool
) -> None:
    change = CapacityChange.of(outputs, wanted)
    assert dict(change.leaving) == {key: name for key, name in leaving.items() if key not in wanted}
    assert (change.joining, change.settles, change.keeps_attachment) == (joining, settles, keeps)

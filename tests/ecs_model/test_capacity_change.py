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


RUNNING = {"dev-api-1": {"dev-general-1"}, "dev-job-1": {"dev-spot-1", "dev-general-1"}, "dev-cron-1": {"FARGATE"}}


@pytest.mark.parametrize(
    ("capacity", "services", "said"),
    [
        (["general", "spot", *FARGATE], ["api", "job", "cron"], []),
        (["general", "spot", *FARGATE], ["api"], []),
        (["general", *FARGATE], ["api", "job", "cron"], []),
        # The one that goes is on what stays.
        (["general", *FARGATE], ["job", "cron"], []),
        (["general", *FARGATE], ["api", "cron"], ["capacity.spot: goes together with services.job"]),
        (["general", "spot"], ["api", "job"], ["cluster.fargate: goes together with services.cron"]),
        (
            ["other"],
            [],
            [
                "capacity.general: goes together with services.api",
                "cluster.fargate: goes together with services.cron",
                "capacity.general: goes together with services.job",
                "capacity.spot: goes together with services.job",
            ],
        ),
    ],
)
def test_capacity_that_goes_with_its_last_services(capacity: list[str], services: list[str], said: list[str]) -> None:
    names = {"api": "dev-api-1", "job": "dev-job-1", "cron": "dev-cron-1"}
    change = CapacityChange.of(LAST | {"fargate": True, "services": names}, capacity)
    found = list(change.left_with_services(capacity, services, lambda: RUNNING))
    assert [str(each).partition(",")[0] for each in found] == said


def test_the_state_is_read_only_where_capacity_and_services_go() -> None:
    change = CapacityChange.of(LAST | {"services": {"api": "dev-api-1"}}, ["general"])

    def never() -> dict[str, set[str]]:
        raise AssertionError

    assert list(change.left_with_services(["general"], ["api"], never)) == []
    assert list(change.left_with_services(["general", "spot"], [], never)) == []

"""Whether container instances have what a task needs."""

import pytest

from ecs_model.capacity import CapacitySettings, cpu_shortages, memory_verdicts
from ecs_model.fitting import (
    Demand,
    best_fit,
    cpu_shortage,
    memory_shortage,
    shortages_of_largest,
    shortages_of_smallest,
)
from ecs_model.instance_types import catalogue
from ecs_model.memory import Fit

LARGE = catalogue()["m4.large"]  # 8,192 MiB and 2 vCPUs
BOTH = ["m4.large", "m4.xlarge"]


def test_a_demand_as_text() -> None:
    assert str(Demand(100, 0)) == "100 MiB"
    assert str(Demand(100, 256)) == "100 MiB and 256 CPU units"


def test_a_shortage_of_memory() -> None:
    assert memory_shortage(7_577, LARGE, "the type") is None
    perhaps = memory_shortage(7_000, LARGE, "it", 600)
    assert perhaps
    assert perhaps.verdict is Fit.PERHAPS
    assert perhaps.what == "a task of 7000 MiB may not fit m4.large (8192 MiB installed less 600 MiB reserved), it"
    assert str(perhaps).endswith(
        "it. Keep it within 6977 MiB to be sure, reserve at most 577 MiB (agent.reservedMemory, ECS_RESERVED_MEMORY), "
        "or use a larger instance type (m4.xlarge is the next)"
    )
    never = memory_shortage(8_193, LARGE, "the type")
    assert never
    assert never.verdict is Fit.NEVER


def test_a_shortage_of_cpu() -> None:
    assert cpu_shortage(2_048, LARGE, "the type") is None
    never = cpu_shortage(2_049, LARGE, "the type")
    assert never
    assert never.verdict is Fit.NEVER
    assert str(never) == (
        "a task of 2049 CPU units cannot fit m4.large (2048 CPU units), the type. "
        "Keep it within 2048, or use a larger instance type"
    )


@pytest.mark.parametrize(
    ("demand", "names", "reserved", "verdict"),
    [
        (Demand(7_000, 0), BOTH, 0, Fit.SURELY),
        (Demand(8_193, 0), BOTH, 0, Fit.SURELY),
        (Demand(8_193, 0), ["m4.large"], 0, Fit.NEVER),
        (Demand(16_000, 0), BOTH, 0, Fit.PERHAPS),
        (Demand(15_000, 0), BOTH, 600, Fit.PERHAPS),
        (Demand(15_000, 0), BOTH, 1_600, Fit.NEVER),
        (Demand(100, 4_096), BOTH, 0, Fit.SURELY),
        (Demand(100, 4_097), BOTH, 0, Fit.NEVER),
        (Demand(100, 0), ["z99.large", "m4.large"], 0, Fit.SURELY),
        (Demand(8_000, 0), ["z99.large", "m4.large"], 0, None),
        (Demand(8_193, 0), ["z99.large", "m4.large"], 0, None),
        (Demand(100, 0), ["z99.large"], 0, None),
        (Demand(100, 0), [], 0, None),
    ],
)
def test_the_type_that_suits_best(demand: Demand, names: list[str], reserved: int, verdict: Fit | None) -> None:
    assert best_fit(demand, names, reserved) is verdict


@pytest.mark.parametrize(
    ("demand", "names", "smallest", "largest"),
    [
        (Demand(7_000, 1_024), BOTH, [], []),
        (Demand(8_000, 0), BOTH, ["may not fit m4.large"], []),
        (Demand(8_193, 0), BOTH, ["cannot fit m4.large"], []),
        (Demand(100, 2_049), BOTH, ["cannot fit m4.large (2048 CPU units), the type with the fewest of x"], []),
        (Demand(8_193, 2_049), BOTH, ["8193 MiB cannot fit m4.large", "2049 CPU units cannot fit m4.large"], []),
        (Demand(16_000, 0), BOTH, ["cannot fit m4.large"], ["may not fit m4.xlarge (16384 MiB installed), the"]),
        (Demand(9_000, 4_000), ["m4.large", "c4.xlarge"], ["cannot fit c4.xlarge", "cannot fit m4.large"],
         ["9000 MiB cannot fit c4.xlarge"]),
        (Demand(100, 4_097), BOTH, ["cannot fit m4.large"],
         ["cannot fit m4.xlarge (4096 CPU units), the type with the most of x"]),
        (Demand(8_193, 0), ["m4.large", "z99.large"], ["cannot fit m4.large"], []),
        (Demand(8_193, 0), ["z99.large"], [], []),
    ],
)  # fmt: skip
def test_what_several_types_lack(demand: Demand, names: list[str], smallest: list[str], largest: list[str]) -> None:
    for found, wanted in (
        (shortages_of_smallest(demand, names, "x"), smallest),
        (shortages_of_largest(demand, names, "x"), largest),
    ):
        assert len(found) == len(wanted)
        assert all(part in shortage.what for shortage, part in zip(found, wanted, strict=True))


def test_the_smallest_type_of_some_capacity_decides() -> None:
    capacity = {
        "both": CapacitySettings(["m4.xlarge", "m4.large", "z99.large"], 2),
        "new": CapacitySettings(["z99.large"], 2),
    }
    ((verdict, sentence),) = memory_verdicts(8_193, capacity)
    assert verdict is Fit.NEVER
    assert "cannot fit m4.large (8192 MiB installed), the smallest type of capacity both" in sentence
    (short,) = cpu_shortages(2_049, capacity)
    assert "cannot fit m4.large (2048 CPU units), the type with the fewest of capacity both. Keep it" in short

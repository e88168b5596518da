"""Capacity provider strategies: which provider the next task goes to."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_model.strategy import StrategyItem, next_provider


def spread(items: list[StrategyItem], tasks: int) -> list[str]:
    running: Counter[str] = Counter()
    order = []
    for _ in range(tasks):
        order.append(next_provider(items, running))
        running[order[-1]] += 1
    return order


@pytest.mark.parametrize(
    ("items", "order"),
    [
        ([StrategyItem("general", 1)], ["general"] * 3),
        ([StrategyItem("general", 1), StrategyItem("spot", 1)], ["general", "spot", "general", "spot"]),
        ([StrategyItem("general", 1), StrategyItem("spot", 3)], ["spot", "spot", "general", "spot", "spot", "spot"]),
        (
            [StrategyItem("spot", 3), StrategyItem("general", 1, base=2)],
            ["general", "general", "spot", "spot", "spot", "general"],
        ),
        ([StrategyItem("general", 0, base=1), StrategyItem("spot", 1)], ["general", "spot", "spot"]),
        ([StrategyItem("general", 0), StrategyItem("spot", 1)], ["spot", "spot"]),
    ],
)
def test_the_base_first_and_then_by_weight(items: list[StrategyItem], order: list[str]) -> None:
    assert spread(items, len(order)) == order


def test_a_provider_that_lost_tasks_gets_them_back() -> None:
    items = [StrategyItem("general", 1, base=2), StrategyItem("spot", 1)]
    assert next_provider(items, {"general": 1, "spot": 9}) == "general"
    assert next_provider(items, {"general": 4, "spot": 0}) == "spot"
    with pytest.raises(ValueError, match="empty"):
        next_provider([StrategyItem("general", 0, base=1)], {"general": 1})


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(0, 5), st.integers(0, 60))
def test_shares_are_near_their_weights(weights: list[int], base: int, tasks: int) -> None:
    items = [StrategyItem(f"p{n}", weight, base if n == 0 else 0) for n, weight in enumerate(weights)]
    counts = Counter(spread(items, tasks))
    assert counts.total() == tasks
    beyond = max(0, tasks - base)
    for item in items:
        ideal = beyond * item.weight / sum(weights)
        assert abs(counts[item.capacity_provider] - min(item.base, tasks) - ideal) < len(items)

"""The three ways to find the worthiest pattern agree with a plain enumeration, and their bounds are true."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from ecs_model.fleet import started
from ecs_model.images import Architecture
from ecs_model.instance_types import InstanceType
from ecs_model.planning.fleet_need import Offer, Wanted
from ecs_model.planning.pricing import Pricer
from ecs_model.planning.search import every, search
from ecs_model.planning.shapes import shapes
from ecs_model.planning.table import LARGE, tabulated
from ecs_model.task_needs import Task


@pytest.mark.parametrize("seed", range(60))
def test_table_search_and_solver_find_the_same(seed: int) -> None:
    rng = random.Random(seed)
    type_ = InstanceType("x.large", rng.choice([1024, 2048]), 2048, (Architecture.X86_64,), 0, 3)
    tasks = [Task(str(at), rng.randrange(100, 1_000, 50), cpu=rng.choice([0, 128, 300, 512])) for at in range(5)]
    offers = [Offer(started("new", type_, "a"), 100)]
    found, _ = shapes([Wanted(task.family, task, rng.randint(1, 4)) for task in tasks], offers)
    worth = np.array([rng.uniform(0, 60) for _ in found.copies])
    most, pricer = found.most[0], Pricer(found)
    counts = [np.array(each) for each in itertools.product(*(range(int(limit) + 1) for limit in most))]
    values = [float(each @ worth) for each in counts if (each @ found.weights <= found.capacity[0]).all()]
    best, target = max(values), rng.choice([0.0, max(values) * 0.9, max(values) * 1.1])

    rounded = pricer.fractional(0, worth, most)
    assert float(rounded.pattern @ worth) <= best + 1e-9
    assert rounded.bound >= best - 1e-9
    for answer in (
        tabulated(found, 0, pricer.prices[0], worth, most, target, LARGE),
        search(found, 0, pricer.prices[0], worth, most, target),
    ):
        assert answer is not None
        assert answer.bound == pytest.approx(max(best, target))
        assert (answer.pattern is None) == (best <= target)
        if answer.pattern is not None:
            assert float(answer.pattern @ worth) == pytest.approx(best)
            assert (answer.pattern @ found.weights <= found.capacity[0]).all()
    whole = pricer.whole(0, worth, most, max(target, 1.0))
    assert whole.bound >= best - 1e-6

    full = [
        each
        for each in counts
        if (each @ found.weights <= found.capacity[0]).all()
        and all(
            each[at] >= most[at] or (each @ found.weights + found.weights[at] > found.capacity[0]).any()
            for at in range(len(most))
        )
        and float(each @ worth) >= target
    ]
    listed = every(found, 0, pricer.prices[0], worth, most, target - 1e-9, 100_000)
    assert listed is not None
    assert {tuple(each) for each in listed} == {tuple(each) for each in full}


def test_what_is_too_large_is_left_to_others() -> None:
    type_ = InstanceType("x.large", 2048, 8192, (Architecture.X86_64,), 0, 3)
    found, _ = shapes(
        [Wanted("a", Task("a", 101), 50), Wanted("b", Task("b", 102), 50)], [Offer(started("n", type_, "a"), 1)]
    )
    pricer = Pricer(found)
    worth = np.array([1.0, 1.0])
    pricer.fractional(0, worth, found.most[0])
    assert tabulated(found, 0, pricer.prices[0], worth, found.most[0], 0.0, 1) is None
    assert every(found, 0, pricer.prices[0], worth, found.most[0], 0.0, 1) is None

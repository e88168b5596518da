"""The engine is killed between a call that creates, or deletes, and its answer: nothing is orphaned.

`python -m tests.end_to_end.kills` kills it at many more moments.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.end_to_end.faults import stage
from tests.end_to_end.kills import Tally, Untroubled, round_

USUAL = {"up": Untroubled(5.0, 12, 0), "destroy": Untroubled(3.0, 0, 30)}
"""About what they are: the first dozen creations are independent of each other."""


def test_what_a_killed_engine_never_heard_of_is_not_orphaned(tmp_path: Path) -> None:
    tally = Tally()
    with stage(tmp_path / "stage") as on:
        round_(on, USUAL, random.Random(1), 3, tally)
        assert on.left() == {}
    assert tally.wrong == []
    assert tally.kills == {
        "up, between a creating call and its answer": 1,
        "destroy, between a deleting call and its answer": 1,
    }
    assert tally.pending["creating"] >= 1

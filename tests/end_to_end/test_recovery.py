"""`recover` after a killed run, by asking AWS alone: what was created unheard is taken in, and nothing is orphaned.

`python -m tests.end_to_end.kills recover` kills the engine at many more moments.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ecs_model.adoption import short_type
from ecs_model.recovery.verdict import FINDERS
from tests.end_to_end.faults import stage
from tests.end_to_end.kills import Tally, between_call_and_answer, by_recover, go_on
from tests.end_to_end.recovering import Recoverer
from tests.end_to_end.troubled_aws import CREATING

EARLY = 5
"""Which creation is not heard of: the first dozen are independent of each other."""
IN_USE = "aws:ec2/eip:Eip"
"""An address that is in use is not one of which nobody heard."""


def test_what_a_killed_engine_never_heard_of_is_found_in_aws(tmp_path: Path) -> None:
    tally = Tally()
    with stage(tmp_path / "stage") as on:
        assert between_call_and_answer(on, "up", EARLY, CREATING)
        assert Recoverer(on).recover().output.count("is locked: ") == 1
        go_on(on, "up", "one kill", tally, by_recover)
        assert on.run("destroy").code == 0
        assert on.left() == {}
    assert tally.wrong == []
    assert tally.fates["creating found"] >= 1


def test_every_type_that_the_components_make_is_found(tmp_path: Path) -> None:
    """As if nobody had heard of any creation: all of them are found, and the next run has nothing left to make."""
    with stage(tmp_path / "stage") as on:
        assert on.run("up").code == 0
        by, state = Recoverer(on), json.loads(on.files().state.read_text())
        forgotten = forget(state["checkpoint"]["latest"])
        on.files().state.write_text(json.dumps(state))

        looked = by.report()
        assert [each for each in looked["operations"] if each["fate"] != "found"] == []
        assert len(looked["operations"]) == forgotten
        assert len({each["type"] for each in looked["operations"]}) > 35
        taken = by.recover("--import")
        assert taken.code == 0, taken.output

        again, unchanged = on.run("up"), on.run("up")
        assert again.code == 0, again.said
        assert {step.op for step in again.steps} <= {"create", "update"}
        assert (unchanged.code, unchanged.steps) == (0, set()), unchanged.said
        assert on.run("destroy").code == 0
        assert on.left() == {}


def forget(deployment: dict[str, Any]) -> int:
    """Make a pending creation of every resource that can be looked for; how many."""
    resources = deployment["resources"]
    chosen = [each for each in resources if short_type(each["type"]) in FINDERS and each["type"] != IN_USE]
    deployment["resources"] = [each for each in resources if each not in chosen]
    unheard = ("id", "outputs", "created", "modified")
    deployment["pending_operations"] = [
        {"type": "creating", "resource": {key: value for key, value in each.items() if key not in unheard}}
        for each in chosen
    ]
    return len(chosen)

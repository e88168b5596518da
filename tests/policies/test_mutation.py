"""The mutants of our own recorded stacks are each one change, and all that are meant are made."""

from tests.policies.mutation import ADDED, mutants
from tests.policies.recording import recorded


def test_every_mutant_is_one_change_of_its_own() -> None:
    seen: set[str] = set()
    made: set[tuple[str, str]] = set()
    for mutant in mutants():
        assert mutant.id not in seen
        assert mutant.recording != recorded(mutant.stack), mutant.id
        seen.add(mutant.id)
        made.add((mutant.type, str(mutant.steps[-1])))
    assert len(seen) >= 150
    assert {(kind, str(steps[-1])) for kind, added in ADDED.items() for steps, _ in added} <= made

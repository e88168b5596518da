"""Every single change that breaks a practice in our own stacks is found by the right rules, and none else is."""

from policies.pack import rules
from tests.policies.mutation import mutants
from tests.policies.mutation_harmless import HARMLESS, UNBROKEN
from tests.policies.mutation_mistakes import ADDED
from tests.policies.mutation_table import excuse, judged, reviewed, table
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
    assert {(kind, str(mistake[0][0][-1])) for kind, added in ADDED.items() for mistake in added} <= made


def test_the_rules_find_every_mutant_that_breaks_a_practice() -> None:
    verdicts = list(judged())
    missed = [mutant.id for mutant, rules in verdicts if not rules and not excuse(mutant)]
    assert missed == [], "no rule finds them: write one, or give the reason in mutation_harmless.py"
    assert table(verdicts) == reviewed(), "run `python -m tests.policies.mutation_table write`, and review what changes"
    excuses = {excuse(mutant) for mutant, rules in verdicts if not rules}
    assert [row.changes for row in HARMLESS if row not in excuses] == [], "these reasons are no longer needed"
    found = {rule for _, together in verdicts for rule in together.split(", ")}
    assert {declared.id for declared in rules()} - found == set(UNBROKEN), "add the mistake to mutation_mistakes.py"

"""What the pack says of every mutant: `python -m tests.policies.mutation_table` judges them all and prints the score.

With `write` it writes the table anew, whose difference is then to be reviewed: a row says which rules find a change,
and every change that none finds is listed in mutation_harmless.py with the reason.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from policies.reserved import COULD_NOT_JUDGE
from tests.policies.inprocess import analyzer, diagnostics
from tests.policies.mutation import Mutant, dotted, mutants
from tests.policies.mutation_harmless import HARMLESS, Harmless
from tests.policies.recording import STACKS, recorded

TABLE = Path(__file__).with_name("mutants.json")

Rules = str
"""The ids of the rules that find a mutant, in one line; empty where none does."""
Rows = dict[str, Rules | dict[Rules, list[str]]]
"""Rules by change; where they differ between resources, the mutants by the rules that find them."""


def judged() -> Iterator[tuple[Mutant, Rules]]:
    """Every mutant with the rules that say more of it than of the untouched stack."""
    asked = analyzer()
    before = {
        stack: {(said.policyName, said.message) for said in diagnostics(asked, recorded(stack))} for stack in STACKS
    }
    for mutant in mutants():
        said = {(said.policyName, said.message) for said in diagnostics(asked, mutant.recording)}
        found = {rule for rule, _ in said - before[mutant.stack]} - {COULD_NOT_JUDGE}
        yield mutant, ", ".join(sorted(found))


def change(mutant: Mutant) -> str:
    """What is changed, whichever element of a list it is: `volumes.*.name dropped`."""
    path = re.sub(r"[.]\d+(?=[.]|$)", ".*", dotted(mutant.steps))
    return f"{path} {mutant.change}"


def place(mutant: Mutant) -> str:
    """Which of the resources and list elements: `local local-web volumes.0.name`."""
    return f"{mutant.stack} {mutant.name} {dotted(mutant.steps)}"


def table(verdicts: Iterable[tuple[Mutant, Rules]]) -> dict[str, Rows]:
    """The table of what finds which change, by resource type."""
    grouped: dict[str, dict[str, dict[Rules, list[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for mutant, rules in verdicts:
        grouped[mutant.type][change(mutant)][rules].append(place(mutant))
    return {
        type_: {
            what: next(iter(found)) if len(found) == 1 else found
            for what, found in changes.items()
            if set(found) != {""}
        }
        for type_, changes in grouped.items()
    }


@cache
def reviewed() -> dict[str, Rows]:
    """The table as it was reviewed."""
    read: dict[str, Rows] = json.loads(TABLE.read_text())
    return read


def expected(mutant: Mutant) -> Rules:
    """The rules that have to find a mutant, by the table."""
    row = reviewed().get(mutant.type, {}).get(change(mutant), "")
    if isinstance(row, str):
        return row
    return next((rules for rules, places in row.items() if place(mutant) in places), "")


def excuse(mutant: Mutant) -> Harmless | None:
    """Why no rule has to find a mutant."""
    said = (f"{mutant.type} {change(mutant)}", f"{mutant.type} {mutant.name}: {change(mutant)}")
    return next((row for row in HARMLESS if any(fnmatchcase(it, row.changes) for it in said)), None)


if __name__ == "__main__":
    verdicts = list(judged())
    if sys.argv[1:] == ["write"]:
        TABLE.write_text(json.dumps(table(verdicts), indent=1, sort_keys=True) + "\n")
    harmful = [(mutant, rules) for mutant, rules in verdicts if rules or not excuse(mutant)]
    missed = [mutant.id for mutant, rules in harmful if not rules]
    print(*missed, sep="\n")
    found = len(harmful) - len(missed)
    print(
        f"{len(verdicts)} mutants: {len(verdicts) - len(harmful)} break no practice, each with a reason; "
        f"{len(harmful)} do, and the pack finds {found} of them ({100 * found / len(harmful):.1f} %)"
    )
    sys.exit(bool(missed))

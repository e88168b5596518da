"""Judges many generated settings, and tells what became of them: `python -m tests.generated [COUNT [SEED]]`.

Each third outcome is told once, with the smallest change of working settings that was seen to make it.
"""

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.database import InMemoryExampleDatabase

from tests.generated.bases import Raw, bases
from tests.generated.outcome import Outcome, Verdict, outcome, same_defect
from tests.generated.smaller import changes
from tests.generated.strategy import raw_settings


@dataclass
class Tally:
    """What became of the settings seen so far."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    thirds: dict[str, tuple[Outcome, list[str]]] = field(default_factory=dict)
    often: Counter[str] = field(default_factory=Counter)

    def add(self, raw: Raw) -> None:
        found = outcome(raw)
        self.verdicts[found.verdict] += 1
        if found.verdict is not Verdict.THIRD:
            return
        reason = same_defect(found.reason)
        self.often[reason] += 1
        differs = changes(raw)
        if reason not in self.thirds or len(json.dumps(differs)) < len(json.dumps(self.thirds[reason][1])):
            self.thirds[reason] = found, differs


def main(count: int, number: int) -> int:
    """Returns 1 where there was any third outcome."""
    tally, began = Tally(), time.monotonic()

    @seed(number)
    @settings(
        max_examples=count, deadline=None, phases=[Phase.generate], database=InMemoryExampleDatabase(),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(raw_settings())
    def judge(raw: Raw) -> None:
        tally.add(raw)

    judge()
    took = time.monotonic() - began
    for reason, (found, differs) in sorted(tally.thirds.items()):
        print(f"\n{tally.often[reason]} x {reason}\n{found.detail}\n  by: " + "\n      ".join(differs))
    figures = ", ".join(f"{tally.verdicts[verdict]} {verdict.value}" for verdict in Verdict)
    print(
        f"\n{sum(tally.verdicts.values())} settings, seed {number}: {figures}; {took:.0f} s, from {len(bases())} bases"
    )
    return 1 if tally.thirds else 0


if __name__ == "__main__":
    given_ = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*[*given_, *[2000, 1][len(given_) :]]))

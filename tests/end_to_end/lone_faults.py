"""Each kind of call of AWS fails alone, once: `python -m tests.end_to_end.lone_faults [SECONDS [SEED [FIRST]]]`.

One case is one fault, throttling or an internal error, that befalls one kind of call in a run in which nothing else
fails. Each round is an `up` from nothing with one case, the next `up`, which has to find nothing to do, and a `destroy`
with another case, which has to leave nothing. A run that the fault ends has to say so clearly, and the next run of the
same command has to make it good.

Every kind comes with one of the two faults before any comes with the other. No round begins after SECONDS (0, which is
the default: without end); FIRST is how many rounds to leave out, which an earlier run with the same seed did. One round
took 20 to 50 seconds on two busy cores, and there are about 210.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from tests.end_to_end.faults import FAULTS, Case, Stage, Tally, kinds, listed, plan_of, stage
from tests.end_to_end.troubled_aws import Operation

ALONE = "alone, once"
Round = tuple[Case | None, Case | None]
"""The case of the `up` and that of the `destroy`; None where there is none left."""


def cases(known: Sequence[Operation], chance: random.Random) -> list[Case]:
    """Every kind with every fault, each kind first with one of them, about half of all with each."""
    shuffled = chance.sample(known, len(known))
    turns = range(len(FAULTS))
    return [(kind, FAULTS[(place + turn) % len(FAULTS)]) for turn in turns for place, kind in enumerate(shuffled)]


def suffer(on: Stage, command: str, case: Case | None, tally: Tally) -> None:
    """A command with one fault, or none; where that ended it, the same command again, which has to succeed."""
    told = [case] if case else []
    run = on.run(command, plan_of(told, 1) if case else None)
    befallen = on.befallen()
    tally.expect(len(befallen) <= 1, f"{command} met {listed(befallen)}, and was to meet {listed(told)} alone")
    if case and not befallen:
        tally.unreached.setdefault(command, []).append(case)
    tally.add(command, ALONE if befallen else "untroubled", befallen, run)
    if run.code:
        again = on.run(command)
        tally.expect(again.code == 0, f"the {command} after {listed(told)} failed: {again.said}")


def round_(on: Stage, pair: Round, tally: Tally) -> None:
    """From nothing to nothing."""
    suffer(on, "up", pair[0], tally)
    again = on.run("up")
    what = listed([pair[0]] if pair[0] else [])
    tally.expect((again.code, again.steps) == (0, set()), f"the up after {what}: {again.steps or again.said}")
    suffer(on, "destroy", pair[1], tally)
    tally.expect(on.left() == {}, f"{pair} left {on.left()}")


def main(seconds: int = 0, number: int = 1, first: int = 0) -> int:
    """Returns 1 where anything was not as it should be."""
    chance, began, tally, done = random.Random(number), time.monotonic(), Tally(), 0
    with tempfile.TemporaryDirectory() as directory, stage(Path(directory)) as on:
        known = kinds(on)
        ups, destroys = (cases(known[command], chance) for command in ("up", "destroy"))
        rounds: list[Round] = list(zip_longest(ups, destroys))
        print(", ".join(f"{len(found)} kinds of call in {command}" for command, found in known.items()), flush=True)
        for pair in rounds[first:]:
            if seconds and time.monotonic() - began > seconds:
                break
            print(f"{first + done}: {' | '.join(listed([case]) if case else '-' for case in pair)}", flush=True)
            round_(on, pair, tally)
            done += 1
    print(tally.figures())
    for command, found in tally.unreached.items():
        print(f"did not come to pass in {command}: {listed(found)}")
    took = f"{time.monotonic() - began:.0f} s"
    print(f"{done} of {len(rounds)} rounds, from round {first}: {len(tally.cases)} cases, {len(tally.wrong)} wrong")
    print(f"seed {number}, {took}")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

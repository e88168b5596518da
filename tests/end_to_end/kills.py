"""The engine is killed at random moments: `python -m tests.end_to_end.kills [recover] [ROUNDS [SEED]]`.

Each round (14 unless given) kills an `up`, goes on by `up` or begins anew by `destroy`, kills a `destroy` and ends
that. Half of all kills come between a call that creates or deletes and its answer, the others at a moment drawn over
the time that the command takes. What is left behind is mended as `make` does it for the stack `local`; with `recover`
as on a real account, by `pulumi cancel` and `operations recover --import`, which find everything by asking AWS. What is
left afterwards is asked of AWS. Took 11 minutes on two busy cores, with `recover` and 11 rounds 17.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.end_to_end.faults import Stage, stage
from tests.end_to_end.harness import SECONDS, prepared
from tests.end_to_end.recovering import Recoverer
from tests.end_to_end.troubled_aws import CREATING, DELETING, Plan, wait


@dataclass(frozen=True)
class Untroubled:
    """How long a command takes that nobody kills, and how many calls of each sort it makes."""

    seconds: float
    creating: int
    deleting: int

    @classmethod
    def measured(cls, on: Stage, command: str) -> Untroubled:
        began = time.monotonic()
        run = on.run(command)
        assert run.code == 0, run.said
        names = [operation.name for operation, _ in on.aws.calls()]
        return cls(
            time.monotonic() - began,
            sum(name.startswith(CREATING) for name in names),
            sum(name.startswith(DELETING) for name in names),
        )


@dataclass
class Tally:
    """What became of killed commands."""

    kills: Counter[str] = field(default_factory=Counter)
    pending: Counter[str] = field(default_factory=Counter)
    """The operations that the state had begun and not ended, by their kind, such as `creating`."""
    fates: Counter[str] = field(default_factory=Counter)
    """What `recover` said of them, such as `creating found`."""
    types: Counter[str] = field(default_factory=Counter)
    """The types of what it found."""
    mended: Counter[str] = field(default_factory=Counter)
    """What had to be mended before."""
    wrong: list[str] = field(default_factory=list)

    def expect(self, true: bool, said: str) -> None:
        if not true:
            print(f"WRONG: {said}", file=sys.stderr, flush=True)
            self.wrong.append(said)


def killed(on: Stage, command: str, plan: Plan, when: Callable[[], bool]) -> bool:
    """Runs a command until `when` is true, and ends all its processes at once; whether it was still at work."""
    on.aws.plan(plan)
    invocation = on.bench.invocation(command, "--skip-preview")
    with subprocess.Popen(
        invocation.argv, env=invocation.env, cwd=on.bench.project, stdin=subprocess.DEVNULL, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as engine:  # fmt: skip
        wait(lambda: when() or engine.poll() is not None, SECONDS)
        ended = engine.poll() is not None
        if not ended:
            os.killpg(engine.pid, signal.SIGKILL)
    on.aws.release()
    return not ended


def between_call_and_answer(on: Stage, command: str, number: int, held: tuple[str, ...]) -> bool:
    """Kills while AWS has done the call of this number, and the engine does not know it yet."""
    return killed(on, command, Plan(hold=number, held=held), lambda: on.aws.held() is not None)


def after(on: Stage, command: str, seconds: float) -> bool:
    """Kills after a time."""
    deadline = time.monotonic() + seconds
    return killed(on, command, Plan(), lambda: time.monotonic() > deadline)


Mend = Callable[[Stage, str, Tally], None]
"""What comes before the next command after a kill, of which the text tells."""


def by_make(on: Stage, what: str, tally: Tally) -> None:
    """What `make` does for the stack `local` before every command."""
    del what, tally
    prepared(on.bench)


def by_recover(on: Stage, what: str, tally: Tally) -> None:
    """What a person does on a real account: whether something is pending or not, and first without `--import`."""
    by = Recoverer(on)
    by.settle()
    if on.files().restore():
        tally.mended["a state that was half written, and so the one before"] += 1
    by.cancel()
    before = by.state()
    looked = by.report()
    tally.expect(by.state() == before, f"recover changed the state after {what}")
    tally.fates.update(f"{each['operation']} {each['fate']}" for each in looked["operations"])
    tally.types.update(each["type"] for each in looked["operations"] if each["fate"] == "found")
    run = by.recover("--import")
    tally.expect(run.code == 0, f"recover after {what}: {run.output}")
    tally.expect(not on.files().pending(), f"recover after {what} left {on.files().pending()}")


def go_on(on: Stage, command: str, what: str, tally: Tally, mend: Mend = by_make) -> None:
    """What a person does after a kill: the same command, or the other."""
    tally.pending.update(each.type for each in on.files().pending())
    on.aws.plan(Plan())
    mend(on, what, tally)
    run = on.run(command)
    tally.expect(run.code == 0, f"{command} after {what}: {run.said}")
    if command == "up":
        again = on.run("up")
        tally.expect((again.code, again.steps) == (0, set()), f"the up after {what}: {again.steps} {again.said}")
    else:
        tally.expect(on.left() == {}, f"destroy after {what} left {on.left()}")


def round_(
    on: Stage, usual: dict[str, Untroubled], chance: random.Random, number: int, tally: Tally, mend: Mend = by_make
) -> None:
    """A killed `up`, and a killed `destroy`."""
    up, destroy = usual["up"], usual["destroy"]
    # Half of all kills, or a few more, come between a call and its answer, nearly all of them such as create.
    if number % 8 != 7:
        call = chance.randint(1, up.creating)
        what = f"up killed between creating call {call} and its answer"
        at_work = between_call_and_answer(on, "up", call, CREATING)
    else:
        moment = chance.uniform(0, up.seconds)
        what = f"up killed after {moment:.1f} s"
        at_work = after(on, "up", moment)
    _tell(what, at_work, tally)
    go_on(on, chance.choice(["up", "up", "destroy"]), what, tally, mend)
    if on.bench.resources().total() < 2:
        run = on.run("up")
        tally.expect(run.code == 0, f"up anew: {run.said}")
    if number % 4 == 3:
        call = chance.randint(1, destroy.deleting)
        what = f"destroy killed between deleting call {call} and its answer"
        at_work = between_call_and_answer(on, "destroy", call, DELETING)
    else:
        moment = chance.uniform(0, destroy.seconds)
        what = f"destroy killed after {moment:.1f} s"
        at_work = after(on, "destroy", moment)
    _tell(what, at_work, tally)
    go_on(on, "destroy", what, tally, mend)


def _tell(what: str, at_work: bool, tally: Tally) -> None:
    command, _, when = what.partition(" killed ")
    kind = "after a time" if when.startswith("after") else f"between a {when.split()[1]} call and its answer"
    tally.kills[f"{command}, {kind if at_work else 'too late: it had ended'}"] += 1
    print(what if at_work else f"{what}, which was too late", flush=True)


def main(mend: Mend, rounds: int = 14, number: int = 1) -> int:
    """Returns 1 where anything was not as it should be."""
    chance, began, tally = random.Random(number), time.monotonic(), Tally()
    with tempfile.TemporaryDirectory() as directory, stage(Path(directory)) as on:
        usual = {command: Untroubled.measured(on, command) for command in ("up", "destroy")}
        for each in range(rounds):
            round_(on, usual, chance, each, tally, mend)
    for kind, times in sorted(tally.kills.items()):
        print(f"{times} x {kind}")
    pending = ", ".join(f"{times} {kind}" for kind, times in sorted(tally.pending.items()))
    print(f"operations that the state had begun and not ended: {pending or 'none'}")
    for what, counted in (("said of them", tally.fates), ("found", tally.types), ("mended", tally.mended)):
        if counted:
            print(f"{what}: {', '.join(f'{times} {each}' for each, times in sorted(counted.items()))}")
    took = time.monotonic() - began
    print(f"{tally.kills.total()} kills, {len(tally.wrong)} wrong, seed {number}, {took:.0f} s")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    recovers = sys.argv[1:2] == ["recover"]
    sys.exit(main(by_recover if recovers else by_make, *map(int, sys.argv[1 + recovers :])))

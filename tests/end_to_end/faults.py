"""Every kind of call that a deployment makes of AWS fails: `python -m tests.end_to_end.faults [SEED]`.

With throttling and with an internal error, and in three ways:

- once: each kind fails once, all of them in one `up` and one `destroy`; the provider tries again;
- given up: each kind fails until the provider gives up, as many in each run as it reaches, in one `up` (then `destroy`)
  after the other until none is left: each ends in success or a clear error;
- apart: a few kinds fail so in one run, which the next run has to make good.

After each the next run converges, the one after changes nothing, a refresh finds nothing, and `destroy` leaves nothing.
Took 27 minutes on two busy cores.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.end_to_end.harness import Run, Workbench, config_file, environment
from tests.end_to_end.inventory import Account
from tests.end_to_end.rich import enrich
from tests.end_to_end.troubled_aws import Operation, Plan, TroubledAws, code
from toolchain.local_stack import StackFiles, project_name

FAULTS = ("throttled", "internal")
ATTEMPTS = 2
"""How often the provider tries a call."""
SAMPLE, AT_ONCE = 24, 4
"""Of those apart: how many of each command, and how many in one run."""
Case = tuple[Operation, str]
"""A kind of call, and the fault that is to befall it."""


@dataclass
class Stage:
    """A stack on an AWS that can be troubled, and what existed before it."""

    bench: Workbench
    aws: TroubledAws
    account: Account
    before: Mapping[str, set[str]]

    def run(self, command: str, plan: Plan | None = None) -> Run:
        """A pulumi command that goes wrong as planned, or does not; after an error it does what it still can."""
        self.aws.plan(plan or Plan())
        further = ["--continue-on-error"] if plan else []
        return self.bench.text(command, "--json", "--skip-preview", *further)

    def left(self) -> dict[str, set[str]]:
        """What exists and did not before."""
        found = self.account.inventory()
        return {kind: ids - self.before[kind] for kind, ids in found.items() if ids - self.before[kind]}

    def files(self) -> StackFiles:
        """The files of the stack's state."""
        return StackFiles(self.bench.aws().backend, project_name(self.bench.project), self.bench.stack)

    def befallen(self) -> list[Case]:
        """The faults of the last command that came to pass."""
        return sorted({(operation, fault) for operation, fault in self.aws.calls() if fault})


@contextmanager
def stage(directory: Path) -> Iterator[Stage]:
    """The stack `local` with more in it, not deployed yet."""
    aws = TroubledAws(directory / "aws")
    aws.start()
    with environment(directory, "local") as bench:
        enrich(config_file(directory, "local"))
        account = Account(bench.aws().endpoint)
        yield Stage(bench, aws, account, account.inventory())


@dataclass
class Tally:
    """What became of runs with faults."""

    cases: set[tuple[str, str, Case]] = field(default_factory=set)
    """Command, how it failed, kind of call and fault."""
    verdicts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    unreached: dict[str, list[Case]] = field(default_factory=dict)

    def add(self, command: str, how: str, befallen: Iterable[Case], run: Run) -> None:
        """A run that came to its end."""
        told = sorted(befallen)
        self.cases |= {(command, how, case) for case in told}
        self.verdicts[f"{command}, {how}: {'success' if run.code == 0 else 'error'}"] += 1
        for said in unclear(run, told):
            self.expect(False, f"{command} with {listed(told)}: {said}")

    def expect(self, true: bool, said: str) -> None:
        """Something that has to hold afterwards."""
        if not true:
            print(f"WRONG: {said}", file=sys.stderr, flush=True)
            self.wrong.append(said)

    def figures(self) -> str:
        kinds = Counter((command, how, fault) for command, how, (_, fault) in self.cases)
        lines = [f"{number} kinds of call {fault} {how} in {c}" for (c, how, fault), number in sorted(kinds.items())]
        return "\n".join([*lines, *(f"{number} x {what}" for what, number in sorted(self.verdicts.items()))])


def unclear(run: Run, befallen: Iterable[Case]) -> list[str]:
    """What a person could not make sense of in a failed run."""
    if run.code == 0:
        return []
    said = "\n".join(run.complaints)
    # Pulumi's own traceback of a failed function or registration is not ours to take away.
    wrong = [word for word in ("a mistake of the local AWS", "panic:", "KeyError", "AttributeError") if word in said]
    if not any(code(operation, fault) in said for operation, fault in befallen):
        wrong.append("names none of the faults")
    return [f"{word}\n{run.said}" for word in wrong]


def listed(cases: Iterable[Case]) -> str:
    return ", ".join(f"{operation} {fault}" for operation, fault in cases) or "no fault"


def plan_of(cases: Iterable[Case], times: int) -> Plan:
    return Plan({str(operation): fault for operation, fault in cases}, times)


def kinds(on: Stage) -> dict[str, list[Operation]]:
    """The kinds of call that an untroubled `up` and `destroy` make."""
    found = {}
    for command in ("up", "destroy"):
        run = on.run(command)
        assert run.code == 0, run.said
        found[command] = sorted({operation for operation, _ in on.aws.calls()})
    return found


def once(on: Stage, cases: Mapping[str, list[Case]], tally: Tally) -> None:
    """Every kind of call fails once, in one `up` and one `destroy`."""
    for command in ("up", "destroy"):
        run = on.run(command, plan_of(cases[command], 1))
        tally.add(command, "once", on.befallen(), run)
        converge(on, command, tally)


def given_up(on: Stage, cases: Mapping[str, list[Case]], tally: Tally) -> None:
    """Every kind of call fails until the provider gives up, in one run after the other."""
    for command in ("up", "destroy"):
        left = deque(cases[command])
        while left:
            taken = some(left, len(left))
            run = on.run(command, plan_of(taken, ATTEMPTS))
            befallen = on.befallen()
            tally.add(command, "until given up", befallen, run)
            left += [case for case in taken if case not in befallen]
            print(f"{len(befallen)} kinds failed in {command}, {len(left)} are left", flush=True)
            if not befallen:
                # What is left comes only where more has to be done than is left to do.
                break
        if left:
            print(f"not reached any more in {command}, and so among those apart: {listed(left)}", flush=True)
        converge(on, command, tally)
        tally.unreached[command] = list(left)


def apart(on: Stage, cases: Mapping[str, list[Case]], at_once: int, tally: Tally) -> None:
    """A few kinds of call fail until the provider gives up, and the next run makes it good."""
    queues = {command: deque(found) for command, found in cases.items()}
    idle = 0
    while any(queues.values()) and idle < 2:
        before = sum(map(len, queues.values()))
        for command, queue in queues.items():
            taken = some(queue, at_once)
            run = on.run(command, plan_of(taken, ATTEMPTS))
            befallen = on.befallen()
            tally.add(command, "apart", befallen, run)
            queue += [case for case in taken if case not in befallen]
            converge(on, command, tally)
        idle = 0 if sum(map(len, queues.values())) < before else idle + 1
    for command, queue in queues.items():
        tally.expect(not queue, f"never reached in {command}: {listed(queue)}")


def some(queue: deque[Case], at_once: int) -> list[Case]:
    """The next of the queue, each kind of call once."""
    taken: dict[Operation, str] = {}
    for _ in range(len(queue)):
        operation, fault = queue.popleft()
        if len(taken) < at_once and operation not in taken:
            taken[operation] = fault
        else:
            queue.append((operation, fault))
    return sorted(taken.items())


def converge(on: Stage, command: str, tally: Tally) -> None:
    """The next run of the same command succeeds, and nothing is left to do after it."""
    again = on.run(command)
    tally.expect(again.code == 0, f"the next {command} failed: {again.said}")
    if command == "destroy":
        tally.expect(on.left() == {}, f"destroy left {on.left()}")
        return
    for what in ("up", "refresh"):
        run = on.run(what)
        done = run.steps if what == "up" else run.altered
        tally.expect(run.code == 0 and not done, f"the {what} after that: {done or run.said}")


def main(number: int = 1) -> int:
    """Returns 1 where anything was not as it should be."""
    chance, began, tally = random.Random(number), time.monotonic(), Tally()
    with tempfile.TemporaryDirectory() as directory, stage(Path(directory)) as on:
        known = kinds(on)
        print(", ".join(f"{len(found)} kinds of call in {command}" for command, found in known.items()), flush=True)

        def cases(*faults: str) -> dict[str, list[Case]]:
            found = {command: [(kind, fault) for kind in all_ for fault in faults] for command, all_ in known.items()}
            return {command: chance.sample(every, len(every)) for command, every in found.items()}

        for fault in FAULTS:
            once(on, cases(fault), tally)
            print(f"once {fault}: {time.monotonic() - began:.0f} s", flush=True)
        given_up(on, cases(*FAULTS), tally)
        print(f"until given up: {time.monotonic() - began:.0f} s", flush=True)
        few = {command: [*tally.unreached[command], *every[:SAMPLE]] for command, every in cases(*FAULTS).items()}
        apart(on, few, AT_ONCE, tally)
    print(tally.figures())
    print(f"{len(tally.cases)} cases, {len(tally.wrong)} wrong, seed {number}, {time.monotonic() - began:.0f} s")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

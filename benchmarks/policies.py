"""How the pack's cost grows with resources and rules, against the SDK's own analyzer."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.analyzer import Analyzer, Cost, caching, running
from benchmarks.result import Result
from policies.pack import rules
from tests.policies.harness import Res, analyze_request, stack_request
from tests.policies.shops import shops

OURS = "policies"
PLAIN, TRIVIAL, DISABLED = (f"benchmarks/packs/{name}" for name in ("plain", "trivial", "disabled"))
PACKS = (OURS, PLAIN, TRIVIAL, DISABLED)
SIZES = {100: 41, 1_000: 9, 5_000: 5}
"""Resources, and how often each pack judges that many; the plain SDK with all rules does it once."""
FIRST_STARTS, STARTS = 3, 5
"""How often each pack is started for the first time, and how often again after each of these."""


def program(size: int) -> list[Res]:
    """At least `size` resources."""
    return list(shops(-(-size // len(list(shops(1))))))


def results() -> Iterator[Result]:
    """Every figure; progress goes to the terminal."""
    yield Result("rules in the pack", len(rules()), "")
    yield from _startup()
    yield from _judging()


def _startup() -> Iterator[Result]:
    first, later = [], []
    for _ in range(FIRST_STARTS):
        with TemporaryDirectory() as cache:
            # Installing the SDK compiles it; the pack's own modules are compiled when it first starts.
            _started(DISABLED, cache)
            first.append((_started(OURS, cache), _started(DISABLED, cache)))
            later += [(_started(OURS, cache), _started(DISABLED, cache)) for _ in range(STARTS)]
    yield Result("start-up, ours", median(ours for ours, _ in later), "s")
    yield Result("start-up, ours / an empty pack", _ratio(later), "x", "<= 1.3")
    yield Result("the very first start-up, ours / an empty pack", _ratio(first), "x")


def _started(pack: str, cache: str) -> float:
    with running(pack, caching(os.environ, cache)) as analyzer:
        return analyzer.startup


def _ratio(pairs: Sequence[tuple[float, float]]) -> float:
    return median(ours for ours, _ in pairs) / median(theirs for _, theirs in pairs)


def _judging() -> Iterator[Result]:
    costs: dict[tuple[str, int], Cost] = {}
    with TemporaryDirectory() as cache, ExitStack() as stack:
        packs = {pack: stack.enter_context(running(pack, caching(os.environ, cache))) for pack in PACKS}
        for size, times in SIZES.items():
            costs |= {(pack, size): cost for pack, cost in _judged(packs, size, times).items()}
            yield from _compared({pack: costs[pack, size] for pack in PACKS}, size)
        yield Result("peak memory, ours", packs[OURS].peak_memory, "MiB")
        yield Result("peak memory, plain SDK", packs[PLAIN].peak_memory, "MiB")
    small, large = costs[OURS, 1_000], costs[OURS, 5_000]
    yield Result("growth from 1,000 to 5,000 resources (5 is linear)", large.total / small.total, "x", "<= 6")


def _judged(packs: dict[str, Analyzer], size: int, times: int) -> dict[str, Cost]:
    """The median run of each pack, the packs taking turns."""
    resources = program(size)
    alone, whole = [analyze_request(resource) for resource in resources], stack_request(*resources)
    runs: dict[str, list[Cost]] = {pack: [] for pack in packs}
    for turn in range(times):
        for pack, analyzer in packs.items():
            # It takes some twenty times as long as the others, and its bars are far off.
            if pack != PLAIN or turn == 0:
                runs[pack].append(analyzer.judge(alone, whole))
    return {pack: sorted(seen, key=lambda cost: cost.total)[len(seen) // 2] for pack, seen in runs.items()}


def _compared(costs: dict[str, Cost], size: int) -> Iterator[Result]:
    ours, plain, trivial, disabled = (costs[pack] for pack in PACKS)
    assert ours.findings == plain.findings, "the two analyzers do not say the same"
    assert ours.findings
    each = f"{size:,} resources"
    yield Result(f"{each}: findings, the same on both analyzers", len(ours.findings), "")
    yield Result(f"{each}: total, ours", ours.total, "s")
    yield Result(f"{each}: total, plain SDK with the same rules", plain.total, "s")
    ratio = ours.total / trivial.total
    yield Result(f"{each}: total, ours / plain SDK with one trivial rule of each kind", ratio, "x", "<= 1.25")
    yield Result(f"{each}: AnalyzeStack, plain SDK / ours", plain.analyze_stack / ours.analyze_stack, "x", ">= 10")
    if size >= 1_000:
        ratio = (plain.cpu - disabled.cpu) / max(ours.cpu - disabled.cpu, 0.01)
        yield Result(f"{each}: processor time less that of gRPC, plain SDK / ours", ratio, "x", ">= 10")

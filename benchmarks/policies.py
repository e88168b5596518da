"""How the pack's cost grows with resources and rules, against the SDK's own analyzer."""

from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

from benchmarks.analyzer import Analyzer, Cost, running
from benchmarks.result import Result
from tests.policies.harness import Res, analyze_request, stack_request
from tests.policies.shops import shops

OURS = "policies"
PLAIN, TRIVIAL, DISABLED = (f"benchmarks/packs/{name}" for name in ("plain", "trivial", "disabled"))
PACKS = (OURS, PLAIN, TRIVIAL, DISABLED)
SIZES = {100: 5, 1_000: 3, 5_000: 1}
"""Resources, and how often each pack judges that many."""
STARTS = 7


def program(size: int) -> list[Res]:
    """At least `size` resources."""
    return list(shops(-(-size // len(list(shops(1))))))


def results() -> Iterator[Result]:
    """Every figure; progress goes to the terminal."""
    yield from _startup()
    costs: dict[tuple[str, int], Cost] = {}
    with ExitStack() as stack:
        packs = {pack: stack.enter_context(running(pack)) for pack in PACKS}
        for size, times in SIZES.items():
            costs |= {(pack, size): cost for pack, cost in _judged(packs, size, times).items()}
            yield from _compared({pack: costs[pack, size] for pack in PACKS}, size)
        yield Result("peak memory, ours", packs[OURS].peak_memory, "MiB")
        yield Result("peak memory, plain SDK", packs[PLAIN].peak_memory, "MiB")
    small, large = costs[OURS, 1_000], costs[OURS, 5_000]
    yield Result("growth from 1,000 to 5,000 resources (5 is linear)", large.total / small.total, "x", "<= 6")


def _startup() -> Iterator[Result]:
    times: dict[str, list[float]] = {OURS: [], DISABLED: []}
    for _ in range(STARTS):
        for pack, seen in times.items():
            with running(pack) as analyzer:
                seen.append(analyzer.startup)
    ours, empty = (median(seen) for seen in times.values())
    yield Result("start-up, ours / an empty pack", ours / empty, "x", "<= 1.3")


def _judged(packs: dict[str, Analyzer], size: int, times: int) -> dict[str, Cost]:
    """The median run of each pack, the packs taking turns."""
    resources = program(size)
    alone, whole = [analyze_request(resource) for resource in resources], stack_request(*resources)
    runs: dict[str, list[Cost]] = {pack: [] for pack in packs}
    for _ in range(times):
        for pack, analyzer in packs.items():
            runs[pack].append(analyzer.judge(alone, whole))
    return {pack: sorted(seen, key=lambda cost: cost.total)[len(seen) // 2] for pack, seen in runs.items()}


def _compared(costs: dict[str, Cost], size: int) -> Iterator[Result]:
    ours, plain, trivial, disabled = (costs[pack] for pack in PACKS)
    assert ours.findings == plain.findings > 0
    each = f"{size:,} resources"
    yield Result(f"{each}: findings", ours.findings, "")
    yield Result(f"{each}: total, ours", ours.total, "s")
    yield Result(f"{each}: total, plain SDK with the same rules", plain.total, "s")
    ratio = ours.total / trivial.total
    yield Result(f"{each}: total, ours / plain SDK with one trivial rule of each kind", ratio, "x", "<= 1.25")
    yield Result(f"{each}: AnalyzeStack, plain SDK / ours", plain.analyze_stack / ours.analyze_stack, "x", ">= 10")
    if size >= 1_000:
        ratio = (plain.cpu - disabled.cpu) / max(ours.cpu - disabled.cpu, 0.01)
        yield Result(f"{each}: processor time less that of gRPC, plain SDK / ours", ratio, "x", ">= 10")

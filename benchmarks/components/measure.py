"""What the components cost beside their floor: under mocks, and in a preview by the real engine on the local AWS."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import yaml

from benchmarks.analyzer import caching
from benchmarks.components.run import FLOOR, MAIN, ROOT, ours, run
from benchmarks.components.services import configuration
from benchmarks.result import Result
from tests.end_to_end.harness import Workbench, program
from toolchain.invocation import anything

SIZES = {1: 5, 10: 5, 100: 3, 1_000: 1}
"""How often each number of services is measured, on either side in turn."""
IN_ONE_FILE = 100
"""Services whose settings are in the stack's file; more are in service files of as many, for Pulumi could not hand them
over."""
_RUN = "import sys\nsys.path.insert(0, {root!r})\nimport runpy\nrunpy.run_path({file!r})\n"
_SOURCES = {
    "floor": _RUN.format(root=str(ROOT), file=str(FLOOR)),
    "floor without collector": "import gc\ngc.disable()\n" + _RUN.format(root=str(ROOT), file=str(FLOOR)),
    "ours": _RUN.format(root=str(ROOT), file=str(MAIN)),
}
PROGRAMS = tuple(_SOURCES)


def results() -> Iterator[Result]:
    """The figures, one by one."""
    yield from _shape()
    grown: dict[int, float] = {}
    for services, turns in SIZES.items():
        seen = [{which: _mocked(which, services) for which in PROGRAMS} for _ in range(turns)]
        grown[services] = median(turn["ours"]["program"] for turn in seen)
        name = f"{services:,} services"
        yield Result(f"{name}: program under mocks, ours", grown[services], "s of processor")
        yield from _ratios(f"{name}: program under mocks", seen, "program")
        if services in (1, 1_000):
            yield Result(f"{name}: peak memory, ours", _median(seen, "ours", "peak"), "MiB")
            yield Result(f"{name}: peak memory, the floor", _median(seen, "floor", "peak"), "MiB")
        if services == 1:
            yield Result("imports before the program, ours", _median(seen, "ours", "imports"), "s of processor")
            yield Result("imports before the program, the floor", _median(seen, "floor", "imports"), "s of processor")
    yield Result("growth from 100 to 1,000 services (10 is linear)", grown[1_000] / grown[100], "x", "<= 11")
    with TemporaryDirectory() as bytecode:
        list(_previewed(1, 1, bytecode))  # Python compiles what it sees for the first time.
        for services, turns in SIZES.items():
            seen = list(_previewed(services, turns, bytecode))
            name = f"{services:,} services: preview by the engine"
            yield Result(f"{name}, ours", _median(seen, "ours", "seconds"), "s")
            yield from _ratios(name, seen, "seconds")


def _shape() -> Iterator[Result]:
    """How many resources AWS holds for each service."""
    one, two = (Counter(kind for kind, *_ in run(ours, configuration(n)).resources) for n in (1, 2))
    each = two - one
    components = sum(number for kind, number in each.items() if not kind.startswith("aws:"))
    yield Result("resources of AWS for each further service", each.total() - components, "")
    yield Result("components for each further service", components, "")


def _mocked(which: str, services: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.components.run", which, str(services)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(told.stdout)
    return measured


def _previewed(services: int, turns: int, bytecode: str) -> Iterator[dict[str, dict[str, float]]]:
    """Previews of new stacks, each program on a local AWS of its own; Python keeps its bytecode in a directory."""
    with TemporaryDirectory() as directory, ExitStack() as running:
        benches = {
            which: running.enter_context(program(Path(directory) / which.replace(" ", "-"), source))
            for which, source in _SOURCES.items()
        }
        _configure(benches["ours"], services)
        for _ in range(turns):
            yield {which: _preview(bench, services, bytecode) for which, bench in benches.items()}


def _configure(bench: Workbench, services: int) -> None:
    sections = configuration(services)
    if services > IN_ONE_FILE:
        made = list(sections.pop("services").items())
        (bench.project / "services").mkdir()
        for first in range(0, services, IN_ONE_FILE):
            held = yaml.safe_dump(dict(made[first : first + IN_ONE_FILE]))
            (bench.project / "services" / f"{first:04}.yaml").write_text(held)
        sections["serviceFiles"] = ["services/*.yaml"]
    file = bench.project / f"Pulumi.{bench.stack}.yaml"
    whole = yaml.safe_load(file.read_text())
    whole["config"] |= {f"ecs-on-ec2:{key}": value for key, value in sections.items()}
    file.write_text(yaml.safe_dump(whole))


def _preview(bench: Workbench, services: int, bytecode: str) -> dict[str, float]:
    arguments = ["preview", "--non-interactive", "--color", "never", "--suppress-outputs"]
    made = anything(bench.stack, arguments, bench.cli, bench.aws(), bench.environ)
    environment = caching(made.env, bytecode) | {"SERVICES": str(services)}
    started = time.perf_counter()
    ended = subprocess.run(made.argv, env=environment, cwd=bench.project, capture_output=True, text=True)
    if ended.returncode:
        raise RuntimeError(f"the preview failed:\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    return {"seconds": time.perf_counter() - started}


def _median(seen: list[dict[str, dict[str, float]]], which: str, figure: str) -> float:
    return median(turn[which][figure] for turn in seen)


def _ratios(name: str, seen: list[dict[str, dict[str, float]]], figure: str) -> Iterator[Result]:
    """The medians of the turns' ratios, for the programs of a turn ran at nearly the same time."""
    bars = {"floor": "<= 1.1", "floor without collector": ""}
    for floor, bar in bars.items():
        ratio = median(turn["ours"][figure] / turn[floor][figure] for turn in seen)
        yield Result(f"{name}, ours / the {floor}", ratio, "x", bar)

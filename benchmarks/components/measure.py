"""What the components cost beside their floor: under mocks, and in a preview by the real engine on the local AWS."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import yaml

from benchmarks.analyzer import caching
from benchmarks.components.run import ROOT, ours, run
from benchmarks.components.services import configuration
from benchmarks.result import Result
from tests.end_to_end.harness import Workbench, program
from toolchain.invocation import anything

SIZES = {1: 5, 10: 5, 100: 3, 1_000: 1}
"""How often each number of services is measured, on either side in turn."""
IN_ONE_FILE = 100
"""How many services a service file holds: Pulumi can hand over the settings of some 370 at most."""
PROGRAMS = ("floor", "ours")
_SOURCES = {
    "ours": "import sys\nsys.path.insert(0, {root!r})\nimport runpy\nrunpy.run_path({main!r})\n",
    # The cycle collector is off as in our own program.
    "floor": "import gc\ngc.disable()\nimport sys\nsys.path.insert(0, {root!r})\n"
    "from benchmarks.components import floor\nfloor.program({services})\n",
}


def results() -> Iterator[Result]:
    """The figures, one by one."""
    yield from _shape()
    grown: dict[int, float] = {}
    for services, turns in SIZES.items():
        seen = [{which: _mocked(which, services) for which in PROGRAMS} for _ in range(turns)]
        grown[services] = median(turn["ours"]["program"] for turn in seen)
        name = f"{services:,} services"
        yield Result(f"{name}: program under mocks, ours", grown[services], "s of processor")
        yield Result(f"{name}: program under mocks, ours / the floor", _ratio(seen, "program"), "x", "<= 1.1")
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
            yield Result(f"{name}, ours / the floor", _ratio(seen, "seconds"), "x", "<= 1.1")


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
    with TemporaryDirectory() as directory:
        sources = {
            which: source.format(main=str(ROOT / "__main__.py"), root=str(ROOT), services=services)
            for which, source in _SOURCES.items()
        }
        with (
            program(Path(directory) / "floor", sources["floor"]) as floor,
            program(Path(directory) / "ours", sources["ours"]) as mine,
        ):
            _configure(mine, services)
            for _ in range(turns):
                yield {"floor": _preview(floor, bytecode), "ours": _preview(mine, bytecode)}


def _configure(bench: Workbench, services: int) -> None:
    """The services are in files of their own, for Pulumi could not hand over the settings of 1,000."""
    sections = configuration(services)
    made = list(sections.pop("services").items())
    (bench.project / "services").mkdir()
    for first in range(0, services, IN_ONE_FILE):
        held = yaml.safe_dump(dict(made[first : first + IN_ONE_FILE]))
        (bench.project / "services" / f"{first:04}.yaml").write_text(held)
    file = bench.project / f"Pulumi.{bench.stack}.yaml"
    whole = yaml.safe_load(file.read_text())
    sections["serviceFiles"] = ["services/*.yaml"]
    whole["config"] |= {f"ecs-on-ec2:{key}": value for key, value in sections.items()}
    file.write_text(yaml.safe_dump(whole))


def _preview(bench: Workbench, bytecode: str) -> dict[str, float]:
    arguments = ["preview", "--non-interactive", "--color", "never", "--suppress-outputs"]
    made = anything(bench.stack, arguments, bench.cli, bench.aws(), bench.environ)
    environment = caching(made.env, bytecode)
    started = time.perf_counter()
    ended = subprocess.run(made.argv, env=environment, cwd=bench.project, capture_output=True, text=True)
    if ended.returncode:
        raise RuntimeError(f"the preview failed:\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    return {"seconds": time.perf_counter() - started}


def _median(seen: list[dict[str, dict[str, float]]], which: str, figure: str) -> float:
    return median(turn[which][figure] for turn in seen)


def _ratio(seen: list[dict[str, dict[str, float]]], figure: str) -> float:
    """The median of the turns' ratios, for both programs of a turn ran at nearly the same time."""
    return median(turn["ours"][figure] / turn["floor"][figure] for turn in seen)

"""Times cfn-lint and Checkov beside this pack, and AWS CDK beside the components; ends with 1 where one of them fails.

Installs the tools from PyPI into an environment of their own, `.local/cloudformation`; AWS CDK needs Node.js as well.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.analyzer import ROOT, caching, running
from benchmarks.result import CLOUDFORMATION, Result, table, write
from tests.policies.harness import analyze_request, stack_request
from tests.policies.shops import shops

HERE = Path(__file__).parent
TOOLS = ROOT / ".local" / "cloudformation"
SHOPS = 33
"""Nearly as many as fit: a template holds 500 resources at most, each shop 15."""
SERVICES = 40
TURNS = 3
FOUND = {"cfn-lint": {0, 2, 4, 6, 8, 10, 12, 14}, "checkov": {0, 1}}
"""Exit codes with which a tool ends that has read the template, whatever it found."""


def main() -> int:
    """Installs, writes the template, and measures in turns."""
    if shutil.which("node") is None:
        print("error: AWS CDK needs Node.js, and there is no node on the PATH. Install it.", file=sys.stderr)
        return 1
    _install()
    seen: dict[str, list[float]] = {"this pack": [], "cfn-lint": [], "checkov": []}
    with TemporaryDirectory() as directory:
        _run("python", str(HERE / "app.py"), str(SHOPS), directory)
        template = f"{directory}/shops.template.json"
        commands = {
            "cfn-lint": [template],
            "checkov": ["--file", template, "--framework", "cloudformation", "--compact", "--quiet"],
        }
        for _ in range(TURNS):
            seen["this pack"].append(_pack(f"{directory}/cache"))
            for tool, arguments in commands.items():
                seen[tool].append(_run(tool, *arguments, codes=FOUND[tool]))
    results = [Result(f"{SHOPS * 15} resources: {tool}, start to end", median(of), "s") for tool, of in seen.items()]
    results += _programs()
    write(results, CLOUDFORMATION)
    print(table(results))
    return 0


def _programs() -> Iterator[Result]:
    """The same services as a program of AWS CDK, imports and synthesis, and as one of these components, under mocks."""
    seen: dict[str, list[tuple[float, float]]] = {"these components": [], "AWS CDK": []}
    with TemporaryDirectory() as directory:
        for _ in range(TURNS):
            seen["these components"].append(_mocked())
            seen["AWS CDK"].append(_synthesized(directory))
    for name, turns in seen.items():
        seconds, peaks = zip(*turns, strict=True)
        yield Result(f"{SERVICES} services: {name}, start to end", median(seconds), "s")
        yield Result(f"{SERVICES} services: {name}, peak memory", median(peaks), "MiB")


def _mocked() -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.components.run", "ours", str(SERVICES)]
    started = time.perf_counter()
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return time.perf_counter() - started, json.loads(told.stdout)["peak"]


def _synthesized(directory: str) -> tuple[float, float]:
    command = [str(TOOLS / "bin" / "python"), str(HERE / "services.py"), str(SERVICES), directory]
    started = time.perf_counter()
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - started, float(told.stdout)


def _install() -> None:
    if not (TOOLS / "bin" / "checkov").exists():
        venv.create(TOOLS, with_pip=True, clear=True)
        _run("pip", "install", "--quiet", "--requirement", str(HERE / "requirements.txt"))


def _run(program: str, *arguments: str, codes: frozenset[int] | set[int] = frozenset({0})) -> float:
    """Seconds that a program of the tools' environment takes. Raises RuntimeError where it fails."""
    environment = os.environ | {"PATH": f"{TOOLS / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    started = time.perf_counter()
    ended = subprocess.run([TOOLS / "bin" / program, *arguments], env=environment, capture_output=True, text=True)
    if ended.returncode not in codes:
        raise RuntimeError(f"{program} ended with {ended.returncode}:\n{ended.stderr[-2000:]}")
    return time.perf_counter() - started


def _pack(cache: str) -> float:
    """Seconds that this pack takes from its start until it has judged everything."""
    program = list(shops(SHOPS))
    alone, whole = [analyze_request(resource) for resource in program], stack_request(*program)
    started = time.perf_counter()
    with running("policies", caching(os.environ, cache)) as analyzer:
        analyzer.judge(alone, whole)
        return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())

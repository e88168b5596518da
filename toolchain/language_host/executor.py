"""Runs one Pulumi program; started by the language host in the program's own Python, where only pulumi is installed.

Exit codes: 0 done; 32 the program failed and the user has been told; 1 the program raised pulumi.RunError, or pulumi
is not installed; 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import NoReturn

ALREADY_SHOWN = 32
INTERRUPTED = 130


def main() -> int:
    """Run the program named on the command line and return the exit code."""
    try:
        import pulumi.runtime
    except ImportError:
        traceback.print_exc()
        print(
            f"The Pulumi SDK is not installed in {sys.prefix}: run `make setup` or `pulumi install`,"
            " or `pip install -r requirements.txt` in that virtual environment.",
            file=sys.stderr,
        )
        return 1
    arguments = _parse()
    pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env())
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            monitor=arguments.monitor,
            engine=arguments.engine,
            project=arguments.project,
            stack=arguments.stack,
            parallel=arguments.parallel,
            dry_run=arguments.dry_run == "true",
            organization=arguments.organization,
            root_directory=arguments.root_directory,
        )
    )
    if arguments.pwd:
        os.chdir(arguments.pwd)
    sys.argv = [arguments.program, *arguments.arguments]
    return _run(arguments.program, max(arguments.parallel, 1))


def _run(program: str, parallel: int) -> int:
    import pulumi

    # A failing program leaves futures that nobody awaited; asyncio's complaints about them would bury the real error.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    path = Path(program).absolute()
    main_module = path / "__main__.py" if path.is_dir() else path
    if not main_module.exists():
        pulumi.log.error(f"unable to find main python program `__main__.py` in `{path}`")
        return ALREADY_SHOWN
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=parallel * 4)
    loop.set_default_executor(executor)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _execute(program)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception as error:
        text = "".join(traceback.format_exception(type(error), error, _within(error.__traceback__, main_module)))
        pulumi.log.error(f"Program failed with an unhandled exception:\n{text}")
        return ALREADY_SHOWN
    except KeyboardInterrupt:
        _end(INTERRUPTED)
    executor.shutdown()
    return 0


def _execute(program: str) -> None:
    runpy.run_path(program, run_name="__main__")


def _within(trace: TracebackType | None, main_module: Path) -> TracebackType | None:
    """The part of a traceback that begins in the user's program; all of it where that does not appear."""
    part = trace
    while part is not None:
        if Path(part.tb_frame.f_code.co_filename).absolute() == main_module:
            return part
        part = part.tb_next
    return trace


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run a Pulumi program", allow_abbrev=False)
    for name in ("project", "root_directory", "stack", "dry_run", "pwd", "monitor", "engine", "organization"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("program")
    parser.add_argument("arguments", nargs="*")
    return parser.parse_args()


def _end(code: int) -> NoReturn:
    """End at once: the threads of an interrupted program may wait for an engine that no longer answers."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        _end(INTERRUPTED)

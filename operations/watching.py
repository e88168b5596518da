"""A report once, or with `--watch` again and again until it is interrupted."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

import typer
from rich.console import Console

from operations.aws import Aws, AwsError, NoSuchClusterError, Target
from operations.options import AWS, USAGE, asking, exit_code, fail, finish
from operations.reading import Say
from operations.report import Report

R = TypeVar("R", bound=Report)


def answer(
    target: Target,
    ask: Callable[[Aws, Say], R],
    view: Callable[[R], None],
    as_json: bool,
    every: float | None = None,
) -> None:
    """Print what `ask` returns and end with its exit code, or look again `every` so many seconds."""
    if every is None:
        with asking() as say:
            found = ask(Aws(target), say)
        finish(found, view, as_json)
        return
    with asking():
        aws = Aws(target)

    def again() -> R:
        aws.calls.clear()
        return ask(aws, lambda _: None)

    watch(again, view, as_json, every)


def watch(ask: Callable[[], R], view: Callable[[R], None], as_json: bool, every: float) -> None:
    """Print what `ask` returns every so many seconds: in place on a terminal, in JSON a line each.

    An error of AWS is told and the next look waited for, but where it is the first. Interrupted (Ctrl-C), it ends with
    the last report's exit code.
    """
    last: R | None = None
    try:
        while True:
            trouble = ""
            try:
                last = ask()
            except NoSuchClusterError as error:
                fail(str(error), USAGE)
            except AwsError as error:
                if last is None:
                    fail(str(error), AWS)
                trouble = f"? {error}; trying again"
            _print(last, view, as_json, trouble)
            time.sleep(every)
    except KeyboardInterrupt:
        raise typer.Exit(exit_code(last) if last else 0) from None


def _print(report: R, view: Callable[[R], None], as_json: bool, trouble: str) -> None:
    if as_json and not trouble:
        typer.echo(report.model_dump_json())
    elif not as_json and not trouble:
        _clear()
        view(report)
    if trouble:
        print(trouble, file=sys.stderr)
    sys.stdout.flush()


def _clear() -> None:
    """A terminal's screen; elsewhere one report follows the other."""
    console = Console()
    if console.is_terminal:
        console.clear()

"""What all commands print the same way: bars, amounts, findings, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import shorten
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from operations.report import Happening, Report

BAR = 12
WIDE = 140
"""Columns of a terminal that has room for bars."""
NARROW = 100
"""Columns below which what an instance is stands under its name, and not in columns of its own."""
_FULL, _HIGH = 0.9, 0.7
_EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(used: int, total: int, width: int = BAR) -> Text:
    """A bar of what is used: green, yellow from 70 %, red from 90 %."""
    share = min(1.0, max(0.0, used / total)) if total else 0.0
    eighths = round(share * width * 8)
    full, rest = divmod(eighths, 8)
    filled = "█" * full + (_EIGHTHS[rest] if rest else "")
    colour = "red" if share >= _FULL else "yellow" if share >= _HIGH else "green"
    return Text(filled, style=colour).append("░" * (width - len(filled)), style="bright_black")


def usage(registered: int, available: int) -> Text:
    """What is left, of how much, after a bar of what is used where the terminal is wide enough."""
    text = f"{available}/{registered}"
    if Console().width < WIDE:
        return Text(text)
    return bar(registered - available, registered).append(f"\N{NO-BREAK SPACE}{text}", style="default")


def narrow() -> bool:
    """Whether the terminal has no room for many columns."""
    return Console().width < NARROW


def about(name: str, *rest: str | None) -> list[str]:
    """The first cells of a row on an instance: its name and what it is, in a narrow terminal one below the other."""
    cells = [each or "-" for each in rest]
    return ["\n  ".join([name, *cells])] if narrow() else [name, *cells]


def table(title: str, columns: Sequence[str], right: Sequence[str] = ()) -> Table:
    """A table with these columns, those in `right` with numbers."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        # What a row is about stays in one piece, to be copied.
        whole = number == 0
        made.add_column(column, justify="right" if column in right else "left", overflow="fold", no_wrap=whole)
    return made


def closing(report: Report) -> Group:
    """The findings, and what could not be read."""
    return Group(*(Text(f"✗ {finding}", style="red") for finding in report.findings), *_lacking(report))


def lacking(report: Report) -> Group:
    """What could not be read."""
    return Group(*_lacking(report))


def _lacking(report: Report) -> Iterator[Text]:
    return (Text(f"? not shown: {each.why}", style="yellow") for each in report.missing)


def happenings(title: str, happened: Iterable[Happening]) -> Table:
    """What happened when, two lines each: ECS names every instance and task in some events, which JSON has whole."""
    found = table(title, ["at (UTC)", "what"])
    for each in happened:
        found.add_row(f"{each.at:%m-%d %H:%M:%S}", shorten(each.message, 2 * (Console().width - 16), placeholder=" …"))
    return found


def short_id(id_: str) -> str:
    """The beginning of a task's or container instance's id, by which a person finds it."""
    return id_[:8]


def show(*parts: Any) -> None:
    """Print to the terminal, an empty line between any two parts."""
    console = Console(highlight=False)
    for number, part in enumerate(parts):
        if number:
            console.print()
        console.print(part)


def print_whole(line: str) -> None:
    """Print a line as it is, however long, so that it can be copied."""
    Console(highlight=False).print(Text(line), soft_wrap=True)

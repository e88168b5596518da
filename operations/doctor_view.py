"""`doctor` in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from ecs_model.checkup import named
from operations.doctor import CheckRow, DoctorReport
from operations.terminal import lacking, show

_MARKS = {"fine": ("✓", "green"), "wrong": ("✗", "red"), "not known": ("?", "yellow")}


def view(report: DoctorReport) -> None:
    """Print the report."""
    show(*_parts(report))


def _parts(report: DoctorReport) -> Iterator[Any]:
    yield Text(f"Cluster {report.cluster} in {report.region}, {report.read_at:%Y-%m-%d %H:%M:%S} UTC", style="bold")
    yield _checks(report.checks)
    count = sum(len(check.findings) for check in report.checks)
    yield Text(f"{count or 'No'} finding{'' if count == 1 else 's'}", style="red" if count else "green")
    if report.missing:
        yield lacking(report)


def _checks(rows: list[CheckRow]) -> Table:
    found = Table.grid(padding=(0, 1))
    found.add_column(no_wrap=True)
    found.add_column(overflow="fold")
    for row in rows:
        mark, colour = _MARKS[row.status]
        found.add_row(Text(mark, style=colour), row.name)
        for each in row.findings:
            found.add_row("", Text(f"{named(tuple(each.subjects))}: {each.what}", style="red"))
            found.add_row("", Text(f"→ {each.fix}"))
    return found

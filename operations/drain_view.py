"""`drain` in a terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from operations.drain import DrainedTask, DrainReport
from operations.terminal import closing, short_id, show, table


def view(report: DrainReport) -> None:
    """Print what draining does, and what speaks against it."""
    name = report.ec2_instance_id or short_id(report.instance)
    count = len(report.tasks)
    head = f"Instance {name} in {report.cluster}, {report.status}: {count or 'no'} task{'' if count == 1 else 's'}"
    show(Text(head, style="bold"), *([_tasks(report)] if report.tasks else []), closing(report))


def _tasks(report: DrainReport) -> Table:
    found = table("", ["task", "of", "what becomes of it"])
    found.title = None
    for row in report.tasks:
        bad = row.fate in ("stranded", "protected")
        found.add_row(short_id(row.id), row.service or "-", Text(_fate(row), style="red" if bad else ""))
    return found


def _fate(row: DrainedTask) -> str:
    until = f" until {row.protected_until:%m-%d %H:%M} UTC" if row.protected_until else ""
    return {
        "moves": f"moves; fits on {row.to}",
        "waits": f"waits for an instance that managed scaling adds to {row.to}",
        "stranded": "fits nowhere else: it would stay",
        "protected": f"is protected by its service{until}",
        "standalone": "belongs to no service: nothing replaces it, and it stays until it stops",
        "daemon": "stops last: a daemon of this instance",
    }[row.fate]

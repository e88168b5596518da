"""`failures` in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from operations.failures import EndRow, FailuresReport, StoppedRow
from operations.terminal import closing, happenings, short_id, show, table


def view(report: FailuresReport) -> None:
    """Print the report."""
    show(*_parts(report))


def _parts(report: FailuresReport) -> Iterator[Any]:
    yield Text(f"Service {report.service} in {report.cluster}", style="bold")
    # ECS keeps stopped tasks for about an hour.
    yield _stopped(report) if report.stopped else Text("No task of the last hour has stopped.")
    if report.deployments:
        yield _deployments(report)
    if report.service_deployments:
        yield _service_deployments(report)
    if report.events:
        yield happenings("Last events", report.events)
    yield closing(report)


def _stopped(report: FailuresReport) -> Table:
    found = table("Stopped tasks", ["tasks", "why, how their containers ended, and when"], right=["tasks"])
    for row in report.stopped:
        found.add_row(str(row.tasks), _told(row))
    return found


def _told(row: StoppedRow) -> Text:
    """Line by line, for ECS's words are too long for columns."""
    code = Text(row.stop_code or "-", style="red" if row.failed else "")
    first = code.append(f": {row.reason}" if row.reason else "", style="default")
    last = f"last {row.last_at:%m-%d %H:%M:%S} UTC, " if row.last_at else ""
    tail = f"{last}of {', '.join(row.task_definitions)}, such as {', '.join(map(short_id, row.examples))}"
    return Text("\n").join([first, *(Text(_end(each)) for each in row.containers), Text(tail, style="bright_black")])


def _end(row: EndRow) -> str:
    code = "" if row.exit_code is None else f" exited with {row.exit_code}"
    # The agent's words for memory say the same once more.
    reason = "" if row.meaning.startswith("out of memory") else row.reason
    why = ": ".join(part for part in [f"{row.container}{code}", row.meaning, reason] if part)
    return f"{why} ({row.tasks} times)" if row.tasks > 1 else why


def _deployments(report: FailuresReport) -> Table:
    columns = ["task definition", "status", "runs", "failed", "rollout", "reason"]
    found = table("Deployments", columns, right=["runs", "failed"])
    for row in report.deployments:
        runs = f"{row.running} of {row.desired}"
        rollout = row.rollout or "-"
        found.add_row(row.task_definition, row.status, runs, str(row.failed_tasks), rollout, row.reason or "-")
    return found


def _service_deployments(report: FailuresReport) -> Table:
    found = table("Last service deployments", ["began (UTC)", "status", "reason"])
    for row in report.service_deployments:
        began = f"{row.created_at:%m-%d %H:%M:%S}" if row.created_at else "-"
        found.add_row(began, row.status, row.rollback_reason or row.reason or "-")
    return found

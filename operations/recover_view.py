"""`recover` in a terminal."""

from __future__ import annotations

from rich.text import Text

from operations.recover_report import OperationRow, RecoverReport
from operations.terminal import closing, show

_MARKS = {"found": "+", "given": "+", "absent": "-", "again": "="}

_UNTOLD = "Whether a run is at work, the stack's backend does not tell: Pulumi refuses to write a state that is held."


def view(report: RecoverReport) -> None:
    """Print what became of each operation, what was done, and what is left to do."""
    count = len(report.operations)
    head = f"Stack {report.stack}: {count or 'no'} pending operation{'' if count == 1 else 's'}"
    asked = f", asked of account {report.account} in {report.region}" if report.account else ""
    untold = [] if report.lock_told or report.cleared else [Text(_UNTOLD, style="yellow")]
    done = [Text(_done(report), style="green")] if report.cleared or report.imported else []
    rows = [Text("\n".join(map(_line, report.operations)))] if report.operations else []
    end = [closing(report)] if report.findings or report.missing else []
    show(Text(head + asked, style="bold"), *rows, *untold, *done, *end)


def _line(row: OperationRow) -> str:
    return f"{_MARKS.get(row.fate, '?')} {row.operation} {row.type} {row.name} {row.why}"


def _done(report: RecoverReport) -> str:
    taken = f"{len(report.imported)} taken into the state, {report.cleared} pending operations cleared"
    return f"✓ {taken}. Now `pulumi up --stack {report.stack}`, or destroy." if not report.findings else f"! {taken}."

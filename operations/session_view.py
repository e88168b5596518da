"""`session` in a terminal."""

from __future__ import annotations

import shlex

from rich.text import Text

from operations.session import SessionReport
from operations.terminal import closing, print_whole, show


def view(report: SessionReport) -> None:
    """Print what is missing, and then the command, in one piece to be copied."""
    what = f"Container {report.container} of task {report.target}" if report.container else f"Instance {report.target}"
    show(Text(f"{what} in {report.cluster}", style="bold"))
    if report.findings or report.missing:
        show(closing(report))
    print_whole(shlex.join(report.command))

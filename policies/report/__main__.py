"""`python -m policies.report --sarif FILE --junit FILE [EVENTS]`: a preview's findings as SARIF and JUnit files."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from policies.pack import NAME
from policies.report.entries import entries
from policies.report.events import HOW, EventsError, Kind, Preview, read
from policies.report.junit import junit
from policies.report.sarif import sarif

STDIN = "-"
_EXIT_CODES = "Exit code: 0 no mandatory finding, 1 mandatory findings, 2 wrong usage or events that tell nothing"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the reports asked for, say what was found on standard output, and return the exit code.

    Where the events tell nothing (2), no report is written: an empty one would read as "all is well".
    """
    options = _parser().parse_args(arguments)
    try:
        preview = _read(options.events)
        _write(preview, options)
    except EventsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print(summary(preview).encode(errors="backslashreplace").decode())
    return 1 if preview.of(Kind.MANDATORY) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m policies.report", epilog=f"{HOW} {_EXIT_CODES}.")
    parser.add_argument("events", nargs="?", default=STDIN, metavar="EVENTS", help="their file; standard input without")
    parser.add_argument("--sarif", type=Path, metavar="FILE", help="where to write SARIF 2.1.0")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="where to write JUnit XML")
    parser.add_argument(
        "--project",
        default=".",
        metavar="DIR",
        help="where Pulumi.yaml is, as seen from here and from the repository's root (default: here)",
    )
    return parser


def _read(source: str) -> Preview:
    try:
        if source == STDIN:
            return read(sys.stdin, NAME)
        with Path(source).open(encoding="utf-8") as lines:
            return read(lines, NAME)
    except UnicodeDecodeError:
        raise EventsError(f"the events are not UTF-8 text. {HOW}") from None


def _write(preview: Preview, options: argparse.Namespace) -> None:
    listed = entries(preview)
    if options.sarif:
        log = sarif(preview, listed, _place(options.project, preview.stack))
        options.sarif.write_text(json.dumps(log, indent=2) + "\n")
    if options.junit:
        options.junit.write_bytes(junit(preview, listed))


def _place(project: str, stack: str) -> str:
    own = f"Pulumi.{stack}.yaml"
    return str(PurePosixPath(project) / (own if Path(project, own).is_file() else "Pulumi.yaml"))


def summary(preview: Preview) -> str:
    """The findings as a person reads them, the mandatory ones first, and how many there are of each kind."""
    told = [f"{kind.value}: {it.rule}: {it.message}" for kind in Kind for it in preview.of(kind)]
    numbers = ", ".join(f"{len(preview.of(kind))} {kind.value}" for kind in Kind)
    return "\n".join([*told, f"{NAME} on the stack {preview.stack}: {numbers}."])


if __name__ == "__main__":
    sys.exit(main())

"""`python3 -m toolchain.stop`: stop the local AWS, also where `.venv` is missing, broken or out of date.

Run by the system's Python like `bootstrap`, and with nothing installed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from . import bootstrap, local_aws
from .errors import ToolchainError

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Stop the local AWS of the project that this file belongs to, if it runs, and return the exit code."""
    try:
        stop(ROOT, local_aws.directory(ROOT, os.environ))
    except (ToolchainError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def stop(root: Path, place: Path) -> None:
    """Stop the local AWS of a directory; without a `.venv` to do so, take its record away, on which it ends by itself.

    Raises ToolchainError, or OSError where the record cannot be removed.
    """
    record = place / local_aws.RECORD
    if not record.exists():
        print("No local AWS runs.", file=sys.stderr)
        return
    if bootstrap.is_whole(root):
        local_aws.stop(root, place, str(root / ".venv" / "bin" / "python"))
        return
    record.unlink()
    print("The local AWS is told to end, and its resources with it: it does so within seconds.", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

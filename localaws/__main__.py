"""`python -m localaws ensure|status|stop`: the local AWS of a directory."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from localaws import background

LOCK_SECONDS = 120


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m localaws", description="The AWS of the stack `local`.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("ensure", "start it if it does not run; print where it is, as one line of JSON"),
        ("status", "print where it is; exit code 1 if it does not run"),
        ("stop", "end it"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--directory", type=Path, default=Path(".local"), help="its directory (default: .local)")
        if name == "ensure":
            command.add_argument("--endpoint-port", type=int, default=0, help="AWS's port (default: any free one)")
    return parser


def _print(place: background.Place, state: background.State, started: bool) -> None:
    print(
        json.dumps(
            {
                "provider_port": state.provider_port,
                "endpoint": state.endpoint,
                "backend": str(place.backend(state.instance)),
                "started": started,
                "pid": state.pid,
            }
        )
    )


def _ensure(place: background.Place, endpoint_port: int) -> None:
    place.directory.mkdir(parents=True, exist_ok=True)
    with FileLock(place.directory / "localaws.lock", timeout=LOCK_SECONDS):
        state, started = background.ensure(place, endpoint_port)
    place.backend(state.instance).mkdir(parents=True, exist_ok=True)
    _print(place, state, started)


def _status(place: background.Place) -> None:
    state = background.healthy(place)
    if state is None:
        raise background.Trouble(f"no local AWS runs in {place.directory}; start one: python -m localaws ensure")
    _print(place, state, started=False)


def _stop(place: background.Place) -> None:
    if not place.directory.exists():
        return
    with FileLock(place.directory / "localaws.lock", timeout=LOCK_SECONDS):
        state = place.read()
        if state is not None:
            background.end(state)
            print(f"The local AWS (process {state.pid}) has ended, and its resources with it.", file=sys.stderr)
        place.state_file.unlink(missing_ok=True)


def main() -> int:
    """Exit code 0, or 1 after a sentence on stderr."""
    arguments = _parser().parse_args()
    place = background.Place(arguments.directory)
    try:
        if arguments.command == "ensure":
            _ensure(place, arguments.endpoint_port)
        elif arguments.command == "status":
            _status(place)
        else:
            _stop(place)
    except background.Trouble as error:
        print(f"{str(error)[0].upper()}{str(error)[1:]}.", file=sys.stderr)
        return 1
    except Timeout:
        print(f"Another command holds {place.directory} for {LOCK_SECONDS} s; end it, and try again.", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{place.directory} cannot be used: {error}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

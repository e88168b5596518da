"""Start, find and end the one background process of a directory.

A directory holds `localaws.json` (which process, which ports), `localaws.log`, and `backends/<instance>/`: the local
stack's state, which belongs to one process, since the AWS that it describes ends with that process.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from localaws.process import IDENTITY_METHOD, IDENTITY_PATH, LOOPBACK

START_SECONDS = 60.0
STOP_SECONDS = 10.0
UNTIL = "ECS_LOCAL_UNTIL"
"""The environment's variable with the number of a process; with its end the local AWS ends."""


class Trouble(Exception):  # noqa: N818
    """What went wrong and what to do, in a sentence."""


def _started_at(pid: int) -> str | None:
    """When a process started, in the system's own terms; None: there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        if Path("/proc/self/stat").exists():
            return None
        told = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return told.stdout.strip() or None
    return None if fields[0] == "Z" else fields[19]


@dataclass(frozen=True)
class State:
    """What a directory records of its process; the ports are 0 while it starts."""

    pid: int
    started_at: str
    instance: str
    endpoint_port: int = 0
    provider_port: int = 0

    @classmethod
    def of_process(cls, pid: int, instance: str) -> State:
        """The state of a process that starts."""
        return cls(pid, _started_at(pid) or "", instance)

    def serving(self, endpoint_port: int, provider_port: int) -> State:
        """The state once it serves."""
        return replace(self, endpoint_port=endpoint_port, provider_port=provider_port)

    @property
    def alive(self) -> bool:
        """Whether the process still runs, and is not another one with the same number."""
        return _started_at(self.pid) == self.started_at

    @property
    def ready(self) -> bool:
        """Whether the process has told its ports."""
        return self.endpoint_port > 0 and self.provider_port > 0

    @property
    def endpoint(self) -> str:
        """The emulated AWS's address."""
        return f"http://{LOOPBACK}:{self.endpoint_port}"

    def answers(self) -> bool:
        """Whether both ports answer, and as this instance."""
        return self._endpoint_answers() and self._provider_answers()

    def _endpoint_answers(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(self.endpoint + IDENTITY_PATH, timeout=5) as response:
                return bool(response.read() == self.instance.encode())
        except (OSError, ValueError, urllib.error.URLError):
            return False

    def _provider_answers(self) -> bool:
        import grpc

        options = [("grpc.enable_http_proxy", 0)]
        with grpc.insecure_channel(f"{LOOPBACK}:{self.provider_port}", options=options) as channel:
            try:
                told = channel.unary_unary(f"/{IDENTITY_METHOD}/Get")(b"", timeout=5)
            except grpc.RpcError:
                return False
        return bool(told == self.instance.encode())


class Place:
    """The directory of a background process."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self.state_file = self.directory / "localaws.json"
        self.log = self.directory / "localaws.log"

    def backend(self, instance: str) -> Path:
        """Where the local stack's state lies while this instance runs."""
        return self.directory / "backends" / instance

    def read(self) -> State | None:
        """The recorded state; None: there is none, or it cannot be read."""
        try:
            return State(**json.loads(self.state_file.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, state: State) -> None:
        """Record a state, so that a reader sees the old one or the new."""
        draft = self.state_file.with_suffix(f".{os.getpid()}.new")
        draft.write_text(json.dumps(asdict(state)) + "\n")
        draft.replace(self.state_file)

    def belongs_to(self, instance: str) -> bool:
        """Whether the directory still names this instance."""
        state = self.read()
        return state is not None and state.instance == instance


def watched(environ: Mapping[str, str]) -> State | None:
    """The process that a local AWS does not outlive, such as a test run; None where it runs until it is stopped."""
    pid = environ.get(UNTIL, "")
    return State.of_process(int(pid), "") if pid.isdecimal() else None


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def healthy(place: Place) -> State | None:
    """The state of the directory's process, if that runs and answers."""
    state = place.read()
    return state if state is not None and state.alive and state.ready and state.answers() else None


def ensure(place: Place, endpoint_port: int) -> tuple[State, bool]:
    """The process of a directory, started if need be, and whether it was. The caller holds the directory's lock."""
    state = _found(place)
    if state is not None:
        if endpoint_port and endpoint_port != state.endpoint_port:
            raise Trouble(
                f"the local AWS already runs, on port {state.endpoint_port} and not {endpoint_port}; "
                f"stop it first: python -m localaws stop --directory {place.directory}"
            )
        return state, False
    _check_free(endpoint_port)
    return _start(place, endpoint_port), True


def _found(place: Place) -> State | None:
    """A running process, waited for if it starts; the remains of one are cleared away with a sentence."""
    state = place.read()
    if state is None:
        if place.state_file.exists():
            _say(f"{place.state_file} cannot be read; a new local AWS takes its place.")
        return None
    if not state.alive:
        _say(f"The local AWS of an earlier run (process {state.pid}) has ended, and its resources with it.")
        return None
    state = _ready(place, state)
    if state.ready and (state.answers() or state.answers()):
        return state
    _say(f"The local AWS (process {state.pid}) does not answer; a new one takes its place.")
    end(state)
    return None


def _ready(place: Place, state: State) -> State:
    """Wait for a process that an earlier call began to start."""
    deadline = time.monotonic() + START_SECONDS
    while not state.ready and state.alive and time.monotonic() < deadline:
        time.sleep(0.1)
        state = place.read() or state
    return state


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError) as error:
            raise Trouble(
                f"port {port} on {LOOPBACK} cannot be had ({error}); choose another with --endpoint-port, "
                "or leave it out for any free one"
            ) from error


def _start(place: Place, endpoint_port: int) -> State:
    instance = uuid.uuid4().hex[:12]
    before = sorted((place.directory / "backends").glob("*"))
    place.backend(instance).mkdir(parents=True)
    if before:
        _say(f"The new local AWS is empty. The state of the old one is kept aside in {before[0].parent}.")
    with place.log.open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "localaws.process", str(place.directory), instance, str(endpoint_port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=Path(__file__).parent.parent,
        )
    state = State.of_process(child.pid, instance)
    place.write(state)
    deadline = time.monotonic() + START_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        state = place.read() or state
        if state.ready and state.answers():
            return state
        time.sleep(0.05)
    end(state)
    raise Trouble(f"the local AWS did not start: {_last_line(place.log)} (see {place.log})")


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def end(state: State) -> None:
    """End the process, at once if it does not end in time."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not state.alive:
            return
        os.kill(state.pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        while state.alive and time.monotonic() < deadline:
            time.sleep(0.05)

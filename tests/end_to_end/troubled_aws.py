"""A local AWS that fails at, or holds back, what a test tells it to: its process, and the test's hand on it.

Only the provider's calls are troubled: those of tests come with another access key.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import botocore.session
import werkzeug.serving

from localaws import background, process

ROOT = Path(__file__).parents[2]
PLAN, CALLS, HELD, RELEASED = "trouble.json", "calls.jsonl", "held", "released"
CREATING = ("Create", "Register")
"""How the names of calls begin that make what somebody would have to find and delete."""
DELETING = ("Delete", "Deregister")
HOLD_SECONDS = 30.0
"""The longest that an answer is held."""


@dataclass(frozen=True, order=True)
class Operation:
    """A kind of call, such as `ecs CreateCluster`."""

    service: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Operation:
        return cls(*text.split())

    def __str__(self) -> str:
        return f"{self.service} {self.name}"


@dataclass
class Plan:
    """What is to go wrong."""

    faults: dict[str, str] = field(default_factory=dict)
    """By operation, or for every one by `*`, `throttled` or `internal`; nothing is done then."""
    times: int = 1
    """How many attempts of the first such call fail: the provider makes two of each."""
    hold: int = 0
    """Which of the calls that `held` begin, counted from 1, gets its answer only when it is released; 0 is none."""
    held: tuple[str, ...] = CREATING


# The test's side


class TroubledAws:
    """The local AWS of a directory, started as the toolchain would find it, and told what to do by files there."""

    def __init__(self, directory: Path) -> None:
        self.place = background.Place(directory)

    def start(self) -> None:
        """Start it; it ends as every local AWS does."""
        instance = uuid.uuid4().hex[:12]
        self.place.backend(instance).mkdir(parents=True)
        self.plan(Plan())
        with self.place.log.open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", __name__, str(self.place.directory), instance, "0"], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True, cwd=ROOT,
            )  # fmt: skip
        self.place.write(background.State.of_process(child.pid, instance))
        wait(lambda: background.healthy(self.place) is not None, background.START_SECONDS)

    def plan(self, plan: Plan) -> None:
        """What goes wrong from now on; the calls so far are forgotten."""
        for name in (CALLS, HELD, RELEASED):
            (self.place.directory / name).unlink(missing_ok=True)
        _write(self.place.directory / PLAN, json.dumps({**asdict(plan), "id": uuid.uuid4().hex}))

    def calls(self) -> list[tuple[Operation, str]]:
        """The provider's calls since the last plan, each with the fault that befell it, if any."""
        file = self.place.directory / CALLS
        lines = file.read_text().splitlines() if file.exists() else []
        return [(Operation.parse(item["call"]), item["fault"]) for item in map(json.loads, lines)]

    def held(self) -> Operation | None:
        """The call whose answer is held."""
        file = self.place.directory / HELD
        return Operation.parse(file.read_text()) if file.exists() else None

    def release(self) -> None:
        """Let the held answer go."""
        _write(self.place.directory / RELEASED, "")


def wait(true: Callable[[], bool], seconds: float) -> None:
    """Wait until it is true; fails the test where that takes too long."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s"
        time.sleep(0.01)


def _write(path: Path, text: str) -> None:
    """So that a reader sees all of it or nothing."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)


# The process's side


class Troubler:
    """The application in front of moto's."""

    def __init__(self, application: Any, directory: Path) -> None:
        self._application, self._directory = application, directory
        self._lock = threading.Lock()
        self._plan, self._id = Plan(), ""
        self._victims: dict[str, tuple[bytes, int]] = {}
        """The first call of each operation that is to fail, and how often it has."""
        self._counted = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        scope = re.search(r"Credential=local/\d+/[^/]+/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        if scope is None:
            return list(self._application(environ, start_response))
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        operation = Operation(scope[1], _name(scope[1], environ, body))
        with self._lock:
            self._look()
            fault, held = self._fault(operation, body), self._is_held(operation)
            line = json.dumps({"call": str(operation), "fault": fault})
            with (self._directory / CALLS).open("a") as calls:
                calls.write(line + "\n")
        if fault:
            return _refuse(operation, environ, fault, start_response)
        heard: list[Any] = []
        answer = list(self._application(environ, lambda *given: heard.append(given)))
        if held:
            self._hold(operation)
        start_response(*heard[-1])
        return answer

    def _look(self) -> None:
        found = json.loads((self._directory / PLAN).read_text())
        if (id_ := found.pop("id")) != self._id:
            self._id, self._plan, self._victims, self._counted = id_, Plan(**found), {}, 0

    def _fault(self, operation: Operation, body: bytes) -> str:
        faults = self._plan.faults
        fault = faults.get(str(operation), faults.get("*", ""))
        victim, times = self._victims.get(str(operation), (body, 0))
        if not fault or victim != body or times == self._plan.times:
            return ""
        self._victims[str(operation)] = victim, times + 1
        return fault

    def _is_held(self, operation: Operation) -> bool:
        counts = operation.name.startswith(tuple(self._plan.held))
        self._counted += counts
        return counts and self._counted == self._plan.hold

    def _hold(self, operation: Operation) -> None:
        _write(self._directory / HELD, str(operation))
        deadline = time.monotonic() + HOLD_SECONDS
        while not (self._directory / RELEASED).exists() and time.monotonic() < deadline:
            time.sleep(0.005)


def _name(service: str, environ: dict[str, Any], body: bytes) -> str:
    """The operation, by the protocol that the call is written in."""
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    if action := parse_qs(body.decode(errors="replace")).get("Action"):
        return action[0]
    for method, path, name in _paths(service):
        if method == environ["REQUEST_METHOD"] and path.fullmatch(environ["PATH_INFO"]):
            return name
    return f"{environ['REQUEST_METHOD']}{environ['PATH_INFO']}"


@cache
def _paths(service: str) -> list[tuple[str, re.Pattern[str], str]]:
    """The operations of a service that is spoken to by paths."""
    model = botocore.session.Session().get_service_model(service)
    found = [(name, model.operation_model(name).http) for name in model.operation_names]
    return [
        (http["method"], re.compile(re.sub(r"\{[^}]+\}", "[^/]+", http["requestUri"].split("?")[0]) + "/?"), name)
        for name, http in found
    ]


CODES = {
    "ec2": ("RequestLimitExceeded", "InternalError"),
    "ecs": ("ThrottlingException", "ServerException"),
    "iam": ("Throttling", "ServiceFailure"),
    "ssm": ("ThrottlingException", "InternalServerError"),
    "logs": ("ThrottlingException", "ServiceUnavailableException"),
    "servicediscovery": ("RequestLimitExceeded", "InternalFailure"),
    "application-autoscaling": ("ThrottlingException", "InternalServiceException"),
    "scheduler": ("ThrottlingException", "InternalServerException"),
}
"""What each service says where it is asked too often, and where it fails itself."""
OTHERS = ("Throttling", "InternalFailure")


def code(operation: Operation, fault: str) -> str:
    """The service's own code for a fault."""
    return CODES.get(operation.service, OTHERS)[fault != "throttled"]


def _refuse(operation: Operation, environ: dict[str, Any], fault: str, start_response: Any) -> list[bytes]:
    said, text = code(operation, fault), "Rate exceeded" if fault == "throttled" else "An internal error occurred"
    status = "400 Bad Request" if fault == "throttled" else "500 Internal Server Error"
    if "HTTP_X_AMZ_TARGET" in environ or operation.service == "scheduler":
        type_, body = "application/x-amz-json-1.1", json.dumps({"__type": said, "message": text, "Message": text})
    elif operation.service == "ec2":
        errors = f"<Errors><Error><Code>{said}</Code><Message>{text}</Message></Error></Errors>"
        type_, body = "text/xml", f"<Response>{errors}<RequestID>1</RequestID></Response>"
    else:
        error = f"<Error><Type>Sender</Type><Code>{said}</Code><Message>{text}</Message></Error>"
        type_, body = "text/xml", f"<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>"
    start_response(status, [("Content-Type", type_), ("x-amzn-ErrorType", said)])
    return [body.encode()]


def main() -> None:
    """The local AWS's own process, with this before moto."""
    directory = Path(sys.argv[1])
    make_server = werkzeug.serving.make_server

    def troubled(host: str, port: int, application: Any, **options: Any) -> Any:
        return make_server(host, port, Troubler(application, directory), **options)

    setattr(werkzeug.serving, "make_server", troubled)  # noqa: B010 - which takes any application
    process.main()


if __name__ == "__main__":
    os.chdir(ROOT)
    main()

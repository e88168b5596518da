"""What the toolchain asks of the local AWS after a killed run."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from toolchain import local_aws
from toolchain.errors import ToolchainError
from toolchain.invocation import LocalAws

DONE = {"created": {"urn:a": "a-1", "urn:c": "c-1"}, "creating": ["urn:other"]}


@pytest.fixture
def answers() -> list[Any]:
    """What is told, one after the other; the last for ever."""
    return [DONE]


@pytest.fixture
def local(answers: list[Any]) -> Iterator[LocalAws]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/localaws-creations"
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answers.pop(0) if len(answers) > 1 else answers[0]).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield LocalAws(1, f"http://127.0.0.1:{server.server_port}", Path("backend"))
    server.shutdown()
    server.server_close()


def test_what_was_created_is_told_of_what_was_asked(local: LocalAws) -> None:
    assert local_aws.created(local, ["urn:a", "urn:b"]) == {"urn:a": "a-1"}


def test_a_creation_under_way_is_waited_for(local: LocalAws, answers: list[Any]) -> None:
    answers.insert(0, {"created": {}, "creating": ["urn:a"]})
    assert local_aws.created(local, ["urn:a"]) == {"urn:a": "a-1"}


def test_patience_has_an_end(local: LocalAws, answers: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    answers[:] = [{"created": {}, "creating": ["urn:a"]}]
    monkeypatch.setattr(local_aws, "CREATION_LIMIT", 0.1)
    with pytest.raises(ToolchainError, match="still creates after 0 s: wait, and try again"):
        local_aws.created(local, ["urn:a"])


def test_nobody_is_asked_about_nothing_and_silence_is_an_error() -> None:
    silent = LocalAws(1, "http://127.0.0.1:1", Path("backend"))
    assert local_aws.created(silent, []) == {}
    with pytest.raises(ToolchainError, match="does not tell what it created"):
        local_aws.created(silent, ["urn:a"])

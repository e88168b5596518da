"""`--watch`: looks again, survives errors of AWS, and ends cleanly."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.operations.command import Outcome, run
from tests.operations.fake_aws import FakeAws
from tests.operations.shop import instance_arn, shop

WATCH = ("--watch", "--every", "0.1")


def watched(
    fake: FakeAws, monkeypatch: pytest.MonkeyPatch, command: list[str], *looks: Callable[[FakeAws], Any]
) -> Outcome:
    """The command's outcome; after each look one of `looks` changes AWS, and after the last it is interrupted."""
    left = iter(looks)

    def pause(seconds: float) -> None:
        assert seconds == 0.1
        change = next(left, None)
        if change is None:
            os.kill(os.getpid(), signal.SIGINT)
            threading.Event().wait(5)  # until the signal comes
        else:
            change(fake)

    monkeypatch.setattr("operations.watching.time.sleep", pause)
    return run(fake, monkeypatch, *command, *WATCH)


def disconnect(fake: FakeAws) -> None:
    fake.instances[instance_arn(1)]["agentConnected"] = False


def refuse(fake: FakeAws) -> None:
    fake.code = "ExpiredTokenException"


def recover(fake: FakeAws) -> None:
    fake.code = ""


@pytest.mark.parametrize("command", [["capacity"], ["why", "api"]])
def test_each_look_is_printed_and_an_interruption_ends_it(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = watched(shop(), monkeypatch, [*command, "--json"], lambda fake: None, lambda fake: None)
    assert outcome.code == 0
    reports = [json.loads(line) for line in outcome.out.splitlines()]
    assert len(reports) == 3
    assert reports[0]["calls"] == reports[2]["calls"]
    assert "Traceback" not in outcome.err
    assert "Aborted" not in outcome.err


def test_the_exit_code_is_that_of_the_last_look(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = watched(shop(), monkeypatch, ["capacity"], disconnect)
    assert outcome.code == 1
    assert outcome.out.count("Container instances") == 2
    assert outcome.out.count("its agent is disconnected") == 1


@pytest.mark.parametrize("command", [["capacity"], ["why", "api"]])
def test_errors_of_aws_are_told_and_survived(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = watched(shop(), monkeypatch, [*command, "--json"], refuse, lambda fake: None, recover)
    assert (outcome.code, len(outcome.out.splitlines())) == (0, 2)
    assert outcome.err.count("? AWS does not accept the credentials (ExpiredTokenException)") == 2
    assert "; trying again" in outcome.err


def test_a_denied_call_is_missing_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = watched(
        shop(),
        monkeypatch,
        ["capacity"],
        lambda fake: fake.denied.add("ecs:ListTasks"),
        lambda fake: fake.denied.clear(),
    )
    assert outcome.code == 0
    assert outcome.out.count("? not shown: ecs:ListTasks") == 1


def test_the_first_look_must_succeed(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    refuse(fake)
    assert watched(fake, monkeypatch, ["capacity"]).code == 3
    outcome = run(shop(), monkeypatch, "capacity", *WATCH, cluster="wrong")
    assert (outcome.code, "there is no cluster 'wrong'" in outcome.err) == (2, True)
    assert watched(shop(), monkeypatch, ["why", "apo"]).code == 2

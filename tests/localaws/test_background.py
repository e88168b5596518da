"""`python -m localaws ensure|status|stop`: one process a directory, found again, repaired, and ended."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[2]


@pytest.fixture(name="place")
def _place(tmp_path: Path, localaws: Run) -> Iterator[Path]:
    yield tmp_path / "local"
    localaws("stop", "--directory", str(tmp_path / "local"))


def ensure(localaws: Run, place: Path, *more: str) -> dict[str, Any]:
    done = localaws("ensure", "--directory", str(place), *more)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    return dict(json.loads(done.stdout))


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_ensure_starts_once_and_finds_it_again(localaws: Run, place: Path) -> None:
    first = ensure(localaws, place)
    second = ensure(localaws, place)
    assert first["started"] is True
    assert second == {**first, "started": False}
    assert Path(first["backend"]).is_dir()
    assert Path(first["backend"]).is_relative_to(place)
    with urllib.request.urlopen(first["endpoint"] + "/moto-api/", timeout=5) as response:
        assert response.status == 200


def test_it_listens_on_loopback_only(localaws: Run, place: Path) -> None:
    where = ensure(localaws, place)
    ports = {where["provider_port"], int(where["endpoint"].rpartition(":")[2])}
    listening = [
        line.split()[1].split(":")
        for file in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in Path(file).read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    ]
    found = {int(port, 16): address for address, port in listening if int(port, 16) in ports}
    assert set(found) == ports
    loopback = {"0100007F", "0000000000000000FFFF00000100007F"}
    assert set(found.values()) <= loopback


def test_status_tells_whether_it_runs(localaws: Run, place: Path) -> None:
    before = localaws("status", "--directory", str(place))
    assert (before.returncode, before.stdout) == (1, "")
    assert "no local AWS runs" in before.stderr.lower().replace("aws", "AWS")
    where = ensure(localaws, place)
    assert json.loads(localaws("status", "--directory", str(place)).stdout)["pid"] == where["pid"]


def test_stop_ends_it_and_may_be_repeated(localaws: Run, place: Path) -> None:
    where = ensure(localaws, place)
    assert localaws("stop", "--directory", str(place)).returncode == 0
    assert not runs(where["pid"])
    assert localaws("stop", "--directory", str(place)).returncode == 0
    assert localaws("status", "--directory", str(place)).returncode == 1


def test_two_at_once_give_one_process(place: Path) -> None:
    commands = [
        subprocess.Popen(
            [sys.executable, "-m", "localaws", "ensure", "--directory", str(place)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(3)
    ]
    answers = [json.loads(command.communicate(timeout=90)[0]) for command in commands]
    assert len({answer["pid"] for answer in answers}) == 1
    assert sorted(answer["started"] for answer in answers) == [False, False, True]


def test_a_killed_process_is_replaced_and_its_backend_kept(localaws: Run, place: Path) -> None:
    old = ensure(localaws, place)
    (Path(old["backend"]) / "state").write_text("kept")
    os.kill(old["pid"], signal.SIGKILL)
    until(lambda: not runs(old["pid"]))
    done = localaws("ensure", "--directory", str(place))
    new = json.loads(done.stdout)
    assert new["started"] is True
    assert f"process {old['pid']}" in done.stderr
    assert "empty" in done.stderr
    assert new["backend"] != old["backend"]
    assert list(Path(new["backend"]).iterdir()) == []
    assert (Path(old["backend"]) / "state").read_text() == "kept"


def test_a_reused_process_number_is_not_mistaken(localaws: Run, place: Path) -> None:
    old = ensure(localaws, place)
    os.kill(old["pid"], signal.SIGKILL)
    until(lambda: not runs(old["pid"]))
    with subprocess.Popen(["sleep", "60"]) as stranger:
        state = json.loads((place / "localaws.json").read_text())
        (place / "localaws.json").write_text(json.dumps({**state, "pid": stranger.pid}))
        new = ensure(localaws, place)
        assert new["started"] is True
        assert stranger.poll() is None
        localaws("stop", "--directory", str(place))
        assert stranger.poll() is None
        stranger.kill()


def test_a_process_that_does_not_answer_is_replaced(localaws: Run, place: Path) -> None:
    old = ensure(localaws, place)
    state = json.loads((place / "localaws.json").read_text())
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        (place / "localaws.json").write_text(json.dumps({**state, "endpoint_port": port}))
        done = localaws("ensure", "--directory", str(place))
    assert json.loads(done.stdout)["started"] is True
    assert "does not answer" in done.stderr
    until(lambda: not runs(old["pid"]))


def test_a_half_written_state_is_repaired(localaws: Run, place: Path) -> None:
    place.mkdir()
    (place / "localaws.json").write_text('{"pid": 1')
    done = localaws("ensure", "--directory", str(place))
    assert json.loads(done.stdout)["started"] is True
    assert "cannot be read" in done.stderr


def test_a_start_that_was_interrupted_is_waited_for(localaws: Run, place: Path) -> None:
    """The command is killed while its process starts: the next command finds that process, or replaces it."""
    command = subprocess.Popen(
        [sys.executable, "-m", "localaws", "ensure", "--directory", str(place)], stdout=subprocess.PIPE, cwd=ROOT
    )
    until((place / "localaws.json").exists)
    command.kill()
    command.communicate()
    new = ensure(localaws, place)
    assert runs(new["pid"])
    assert len(list((place / "backends").iterdir())) == 1
    assert new["started"] is False


def test_a_pinned_port_is_used_and_a_taken_one_refused(localaws: Run, place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = localaws("ensure", "--directory", str(place), "--endpoint-port", str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"Port {port}" in done.stderr
    assert "--endpoint-port" in done.stderr
    assert done.stderr.count("\n") == 1
    where = ensure(localaws, place, "--endpoint-port", str(port))
    assert where["endpoint"] == f"http://127.0.0.1:{port}"
    other = localaws("ensure", "--directory", str(place), "--endpoint-port", str(port + 1))
    assert other.returncode == 1
    assert "already runs" in other.stderr


def test_a_port_that_is_none_is_refused(localaws: Run, place: Path) -> None:
    done = localaws("ensure", "--directory", str(place), "--endpoint-port", "70000")
    assert done.returncode == 1
    assert "70000" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_ends_when_its_directory_vanishes(localaws: Run, place: Path) -> None:
    where = ensure(localaws, place)
    shutil.rmtree(place)
    until(lambda: not runs(where["pid"]))


def test_it_does_not_outlive_the_process_that_it_was_started_for(
    localaws: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        monkeypatch.setenv("ECS_LOCAL_UNTIL", str(other.pid))
        where = ensure(localaws, place)
        time.sleep(2.5)
        assert runs(where["pid"])
        other.terminate()
    until(lambda: not runs(where["pid"]))


def test_sigterm_ends_it_quietly(localaws: Run, place: Path) -> None:
    where = ensure(localaws, place)
    os.kill(where["pid"], signal.SIGTERM)
    until(lambda: not runs(where["pid"]))
    assert (place / "localaws.log").read_text() == ""


def test_a_directory_that_cannot_be_made_is_a_sentence(localaws: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = localaws("ensure", "--directory", str(tmp_path / "file" / "local"))
    assert done.returncode == 1
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_starts_within_three_seconds(localaws: Run, place: Path) -> None:
    """Thrice the aim, since the machine may be busy."""
    start = time.monotonic()
    ensure(localaws, place)
    assert time.monotonic() - start < 9

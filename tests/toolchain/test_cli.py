"""Where the Pulumi CLI comes from, with executables that stand in for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.toolchain.support import Said, executable, wait_for
from toolchain import cli
from toolchain.errors import ToolchainError

VERSION = cli.needed_version()


def stand_in(directory: Path, version: str = VERSION, hosted: bool = True) -> Path:
    if hosted:
        executable(directory / cli.LANGUAGE_HOST, "exit 0")
    return executable(directory / "pulumi", f'[ "$1" = version ] && echo v{version}')


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"PATH": f"{tmp_path / 'first'}:{tmp_path / 'second'}:/usr/bin:/bin", "HOME": str(tmp_path / "home")}


@pytest.fixture
def cache(environ: dict[str, str]) -> Path:
    return cli.cache_directory(VERSION, environ)


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Neither way gets anything; the list fills with the ways tried."""
    tried: list[str] = []

    def failing(name: str) -> cli.Way:
        def get(directory: Path, version: str, environ: Mapping[str, str], say: cli.Say) -> None:
            tried.append(name)
            raise ToolchainError(f"no {name} today")

        return cli.Way(name, name, get, cli._official_host)

    monkeypatch.setattr(cli, "WAYS", (failing("official"), failing("built")))
    return tried


def test_path_comes_first(tmp_path: Path, environ: dict[str, str], cache: Path, said: Said) -> None:
    stand_in(cache / "official" / "bin")
    path = stand_in(tmp_path / "second")
    assert cli.find(environ, said) == cli.Cli(path, VERSION, "from PATH")


@pytest.mark.parametrize("version", ["4.0.0", "3.1000.1-alpha.2"])
def test_a_later_version_on_path_will_do(tmp_path: Path, environ: dict[str, str], said: Said, version: str) -> None:
    stand_in(tmp_path / "first", version)
    assert cli.find(environ, said).version == version


@pytest.mark.parametrize("version", ["3.9.0", "3.258.9", "nonsense"])
def test_an_older_one_on_path_is_passed_over(tmp_path: Path, environ: dict[str, str], said: Said, version: str) -> None:
    stand_in(tmp_path / "first", version)
    path = stand_in(tmp_path / "second")
    assert cli.find(environ, said).path == path


def test_one_on_path_without_a_language_host_is_passed_over(
    tmp_path: Path, environ: dict[str, str], cache: Path, said: Said
) -> None:
    stand_in(tmp_path / "first", hosted=False)
    path = stand_in(cache / "official" / "bin")
    assert cli.find(environ, said).path == path


def test_the_language_host_may_lie_elsewhere_on_path(tmp_path: Path, environ: dict[str, str], said: Said) -> None:
    path = stand_in(tmp_path / "first", hosted=False)
    executable(tmp_path / "second" / cli.LANGUAGE_HOST, "exit 0")
    assert cli.find(environ, said).path == path


def test_then_the_cache_and_nothing_is_fetched(
    environ: dict[str, str], cache: Path, said: Said, ways: list[str]
) -> None:
    path = stand_in(cache / "built" / "bin")
    assert cli.find(environ, said).path == path
    assert ways == []
    assert said.lines == []


def test_the_cache_is_where_xdg_says(tmp_path: Path) -> None:
    place = f"ecs-on-ec2/pulumi-{VERSION}"
    assert cli.cache_directory(VERSION, {"HOME": "/h", "XDG_CACHE_HOME": "/x"}) == Path("/x", place)
    assert cli.cache_directory(VERSION, {"HOME": "/h", "XDG_CACHE_HOME": "relative"}) == Path("/h/.cache", place)
    assert cli.cache_directory(VERSION, {"HOME": "/h"}) == Path("/h/.cache", place)


def test_then_every_way_in_order_and_a_failure_names_them_all(
    environ: dict[str, str], said: Said, ways: list[str]
) -> None:
    with pytest.raises(ToolchainError) as failure:
        cli.find(environ, said)
    assert ways == ["official", "built"]
    text = str(failure.value)
    assert f"PATH: no pulumi of version {VERSION} or later" in text
    assert "official: no official today" in text
    assert "built: no built today" in text
    assert "https://www.pulumi.com/docs/install/" in text


@pytest.mark.parametrize("damage", ["remove", "not executable", "silent", "another version", "no host"])
def test_a_broken_cache_is_made_anew(
    environ: dict[str, str], cache: Path, said: Said, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    path = stand_in(cache / "official" / "bin")
    match damage:
        case "remove":
            path.unlink()
        case "not executable":
            path.chmod(0o644)
        case "silent":
            executable(path, "exit 1")
        case "another version":
            stand_in(path.parent, "3.1.0")
        case "no host":
            path.with_name(cli.LANGUAGE_HOST).unlink()

    def get(directory: Path, version: str, environ: Mapping[str, str], say: cli.Say) -> None:
        stand_in(directory / "bin", version)

    monkeypatch.setattr(cli, "WAYS", (cli.Way("downloaded", "official", get, cli._official_host),))
    assert cli.find(environ, said) == cli.Cli(path, VERSION, "downloaded")


def test_what_a_way_got_must_answer(
    environ: dict[str, str], said: Said, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    def get(directory: Path, version: str, environ: Mapping[str, str], say: cli.Say) -> None:
        stand_in(directory / "bin", "3.1.0")

    monkeypatch.setattr(cli, "WAYS", (cli.Way("downloaded", "official", get, cli._official_host),))
    with pytest.raises(ToolchainError, match=f"does not answer as version {VERSION}"):
        cli.find(environ, said)


def test_a_built_cli_that_lacks_only_its_language_host_gets_it_without_a_download(
    environ: dict[str, str], cache: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stand_in(cache / "built" / "bin", hosted=False)

    def never(directory: Path, version: str, environ: Mapping[str, str], say: cli.Say) -> None:
        raise AssertionError("it was there")

    def host(directory: Path, version: str, say: cli.Say) -> None:
        executable(directory / "bin" / cli.LANGUAGE_HOST, "exit 0")

    official = cli.Way("downloaded", "official", never, cli._official_host)
    built = cli.Way("built", "built", never, cli._official_host, host)
    monkeypatch.setattr(cli, "WAYS", (official, built))
    assert cli.find(environ, said).path == path


def test_leftovers_of_a_killed_set_up_are_removed(
    environ: dict[str, str], cache: Path, said: Said, ways: list[str]
) -> None:
    (cache / "unfinished" / "half").mkdir(parents=True)
    with pytest.raises(ToolchainError):
        cli.find(environ, said)
    assert list((cache / "unfinished").iterdir()) == []


def test_a_cache_that_cannot_be_made_is_named(tmp_path: Path, environ: dict[str, str], said: Said) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(ToolchainError, match=r"cannot make the cache directory .* set XDG_CACHE_HOME"):
        cli.find(environ, said)


SET_UP = """
import os, sys, time
from pathlib import Path
sys.path.insert(0, os.environ["ROOT"])
from tests.toolchain.test_cli import stand_in
from toolchain import cli

def get(directory, version, environ, say):
    with open(os.environ["LOG"], "a") as log:
        log.write("got\\n")
    time.sleep(1)
    stand_in(directory / "bin", version)

cli.WAYS = (cli.Way("downloaded", "official", get, cli._official_host),)
print(cli.find(os.environ, print).origin)
"""


def test_of_two_set_ups_at_once_the_second_waits_and_uses_the_firsts_result(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    log = tmp_path / "log"
    env = environ | {"LOG": str(log), "ROOT": str(Path(__file__).parents[2])}
    argv = [sys.executable, "-c", SET_UP]
    both = [subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = sorted(process.communicate(timeout=60)[0].splitlines()[-1] for process in both)
    assert answers == ["downloaded", "downloaded, from the cache"]
    assert log.read_text() == "got\n"


def test_a_killed_set_up_does_not_block_the_next(tmp_path: Path, environ: dict[str, str]) -> None:
    log = tmp_path / "log"
    env = environ | {"LOG": str(log), "ROOT": str(Path(__file__).parents[2])}
    slow = textwrap.dedent(SET_UP).replace("time.sleep(1)", "time.sleep(60)")
    first = subprocess.Popen([sys.executable, "-c", slow], env=env, stdout=subprocess.DEVNULL)
    assert wait_for(log.exists)
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = subprocess.run([sys.executable, "-c", SET_UP], env=env, capture_output=True, text=True, timeout=60)
    assert second.stdout.splitlines()[-1] == "downloaded", second.stderr


def test_a_hanging_pulumi_on_path_is_no_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "ANSWER_LIMIT", 0.3)
    path = executable(tmp_path / "pulumi", "exec sleep 60")
    assert cli.answered_version(path, os.environ) is None

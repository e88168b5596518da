"""A configuration that is too long for its way to the program is refused with what to do."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolchain import configuration
from toolchain.errors import ToolchainError
from toolchain.language_host import room
from toolchain.language_host.children import Children
from toolchain.language_host.errors import HostError

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits one variable alone")


def handed_over(text: str, tmp_path: Path) -> int:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(text)
    return configuration.least_length(file)


@pytest.mark.parametrize(
    ("config", "json_"),
    [
        ({}, "{}"),
        ({"aws:region": "eu-central-1"}, '{"aws:region":"eu-central-1"}'),
        ({"a:n": 5, "a:b": True}, '{"a:n":"5","a:b":"true"}'),
        ({"a:o": {"k": [1, "x"], "u": "ä"}}, r'{"a:o":"{\"k\":[1,\"x\"],\"u\":\"ä\"}"}'),
        ({"a:t": "<&>"}, r'{"a:t":"\u003c\u0026\u003e"}'),
        ({"a:o": {"k": "<"}}, r'{"a:o":"{\"k\":\"\\u003c\"}"}'),
        ({"a:s": {"secure": "v1:" + "x" * 999}}, '{"a:s":""}'),
        ({"a:o": {"k": [{"secure": "v1:x"}], "secure": "y"}}, r'{"a:o":"{\"k\":[\"\"],\"secure\":\"y\"}"}'),
    ],
)
def test_the_length_is_that_of_the_json_that_go_writes(config: dict[str, Any], json_: str, tmp_path: Path) -> None:
    assert handed_over(yaml.safe_dump({"config": config, "encryptionsalt": "v1:x"}), tmp_path) == len(json_.encode())
    assert json.loads(json_) is not None


@pytest.mark.parametrize(
    "text", ["", "config: [", "config:\n", "config: 5\n", "a: b\n", "- config\n", "\x07", "&a [*a]"]
)
def test_what_pulumi_cannot_read_either_is_left_to_it(text: str, tmp_path: Path) -> None:
    assert handed_over(text, tmp_path) == 0
    assert configuration.least_length(tmp_path / "absent.yaml") == 0


def test_a_date_counts_nothing(tmp_path: Path) -> None:
    assert handed_over("config: { a:o: { at: 2030-01-01 } }", tmp_path) == len(r'{"a:o":"{\"at\":\"\"}"}')


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        ([], None),
        (["--diff", "--yes"], None),
        (["--config-file", "other.yaml", "--diff"], "other.yaml"),
        (["--diff", "--config-file=other.yaml"], "other.yaml"),
        (["--config-file", "a.yaml", "--config-file=b.yaml"], "b.yaml"),
        (["--config-file"], None),
    ],
)
def test_another_file_may_be_named(arguments: list[str], file: str | None) -> None:
    assert configuration.named(arguments) == file


@LINUX
def test_one_byte_too_many_is_refused_with_the_length_the_limit_and_what_to_do(tmp_path: Path) -> None:
    limit = room.most()
    assert limit is not None
    room_for = limit - len('{"a:t":""}')
    (tmp_path / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": {"a:t": "x" * room_for}}))
    (tmp_path / "other.yaml").write_text(yaml.safe_dump({"config": {"a:t": "x" * (room_for + 1)}}))
    configuration.check(tmp_path, "dev", [])
    with pytest.raises(ToolchainError) as refused:
        configuration.check(tmp_path, "dev", ["--config-file", "other.yaml"])
    text = str(refused.value)
    assert text.startswith(f"other.yaml: the stack's configuration is {limit + 1:,} bytes long as JSON")
    assert f"{limit:,} are the most" in text
    assert "ecs-on-ec2:serviceFiles" in text


def test_a_system_without_such_a_limit_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": {"a:t": "x" * 3_000_000}}))
    monkeypatch.setattr(sys, "platform", "darwin")
    assert room.most() is None
    configuration.check(tmp_path, "dev", [])


@LINUX
def test_the_limit_is_the_system_s_own() -> None:
    children, limit = Children(), room.most()
    assert limit is not None
    argv = [sys.executable, "-I", "-c", f"import os; exit(len(os.environ['{room.VARIABLE}']) != {limit})"]
    assert children.wait(children.start(argv, {room.VARIABLE: "x" * limit})) == 0
    with pytest.raises(HostError, match=f"is {limit + 1:,} bytes long as JSON.*{limit:,} are the most"):
        children.start(argv, {room.VARIABLE: "x" * (limit + 1)})


@LINUX
def test_an_environment_that_is_too_long_as_a_whole_is_told_apart() -> None:
    value = "x" * 100_000
    names = range(os.sysconf("SC_ARG_MAX") // len(value) + 1)
    env = {f"V{number}": value for number in names} | {room.VARIABLE: "{}"}
    most = os.sysconf("SC_ARG_MAX")
    with pytest.raises(
        HostError, match=f"configuration has 2, and this system takes at most {most:,} of it and the arg"
    ):
        Children().start([sys.executable, "-c", ""], env)


def test_what_else_goes_wrong_at_the_start_is_no_matter_of_length() -> None:
    with pytest.raises(FileNotFoundError):
        Children().start(["/no/such/program"], {})

"""The page of `capacity --html`: whole, self-contained, true to the numbers, and safe with any name."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.operations.command import run
from tests.operations.fake_aws import FakeAws
from tests.operations.shop import add_definition, add_instance, add_service, add_task, instance_arn, shop

_VOID = {"meta"}


class Elements(HTMLParser):
    """The page's elements with their attributes; fails where one is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def titles(self) -> list[str]:
        return [attributes["title"] for _, attributes in self.all if "title" in attributes]


def written(fake: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    file = tmp_path / "capacity.html"
    outcome = run(fake, monkeypatch, "capacity", "--html", str(file))
    assert outcome.code in (0, 1)
    assert f"Wrote {file}" in outcome.err
    return file.read_text(encoding="utf-8")


def test_bars_are_packed_with_tasks_and_show_their_holes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = shop()
    add_instance(fake, 3, memory=300)
    text = written(fake, monkeypatch, tmp_path)
    elements = Elements(text)
    assert elements.titles() == [
        f"api: 512 MiB (task {1:032x})".replace(f"{1:032x}", "00000000"),
        # 7,600 MiB registered, 3,000 left, and 512 of a task that is listed.
        "4088 MiB in use by what ECS does not list",
        "api: 256 CPU units (task 00000000)",
        "api: 512 MiB (task 00000000)",
        "4088 MiB in use by what ECS does not list",
        "api: 256 CPU units (task 00000000)",
        "7300 MiB in use by what ECS does not list",
        "300 MiB free, but no further task fits",
        "2048 CPU units free, but no further task fits",
    ]
    assert re.findall(r"flex: 0 0 ([\d.]+)%", text)[:2] == ["6.737", "53.789"]
    assert "300 MiB (5%) lie where no further task fits." in text


def test_it_needs_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = written(shop(), monkeypatch, tmp_path)
    assert text.startswith("<!doctype html>")
    assert not re.search(r"<script|<link|<img|url\(|https?://|@import", text)


def test_what_is_wrong_or_missing_is_on_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = shop()
    fake.instances[instance_arn(1)]["agentConnected"] = False
    text = written(fake, monkeypatch, tmp_path)
    assert "✗ container instance i-00000000000000001: its agent is disconnected" in text
    assert '<span class="wrong">agent disconnected</span>' in text
    fake.denied = {"ec2:DescribeImages"}
    run(fake, monkeypatch, "capacity", "--html", str(tmp_path / "other.html"))
    assert "? not shown: ec2:DescribeImages is not allowed" in (tmp_path / "other.html").read_text()


def test_names_cannot_break_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = shop()
    add_definition(fake, "x")
    add_service(fake, "x", serviceName='"><script>')
    add_task(fake, 5, "x", instance_arn(1), group='"><b>')
    text = written(fake, monkeypatch, tmp_path)
    assert "script>" not in text.replace("&lt;script&gt;", "")
    assert "<b>" not in text
    assert any(title.startswith('"><b>: 512 MiB') for title in Elements(text).titles())


def test_an_empty_cluster_has_a_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = written(FakeAws(), monkeypatch, tmp_path)
    assert Elements(text).all
    assert "<p>There are none.</p>" in text


def test_a_file_that_cannot_be_written_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    outcome = run(shop(), monkeypatch, "capacity", "--html", str(tmp_path / "no" / "page.html"))
    assert outcome.code == 2
    assert "page.html cannot be written: No such file or directory" in outcome.err

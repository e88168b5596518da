"""The page of `capacity --html` in a real browser: Debian's chromium, headless and without a network.

Without chromium the tests are skipped on a person's machine, and fail where the environment variable CI is set.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest

from tests.operations.command import run
from tests.operations.fake_aws import FakeAws
from tests.operations.shop import add_definition, add_instance, add_service, add_task, instance_arn, shop

MISSING = "chromium is not installed: sudo apt-get install chromium"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
MEASURE = """
const frame = document.querySelector("iframe"), page = frame.contentDocument;
const box = (each) => { const r = each.getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; };
const all = (what) => [...page.querySelectorAll(what)];
const parts = (bar) => [...bar.children].map((part) => ({
  title: part.title, kind: part.className, box: box(part), colour: getComputedStyle(part).backgroundColor,
  hatched: getComputedStyle(part).backgroundImage.includes("repeating-linear-gradient") }));
document.title = JSON.stringify({
  title: page.title, width: page.documentElement.scrollWidth,
  instances: all(".instance").map((each) => ({
    name: each.querySelector("strong").textContent, opacity: getComputedStyle(each.querySelector(".bar")).opacity,
    bars: [...each.querySelectorAll(".bar")].map((bar) => ({ box: box(bar), parts: parts(bar) })) })),
  keys: all(".legend .key").map((key) => [key.parentElement.textContent, getComputedStyle(key).backgroundColor]),
  rows: all("tbody tr").map((row) => [...row.cells].map((cell) => cell.textContent)) });
"""


@pytest.fixture(name="chromium")
def _chromium() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None and os.environ.get("CI"):
        pytest.fail(MISSING)
    if found is None:
        pytest.skip(MISSING)
    return found


@dataclass(frozen=True)
class Browser:
    """Chromium with a profile of its own, and a window of some size."""

    path: str
    place: Path

    def run(self, file: Path, width: int, *what: str) -> str:
        argv = [self.path, *FLAGS, f"--user-data-dir={self.place / 'profile'}", f"--window-size={width},1000", *what]
        environ = {**os.environ, "HOME": str(self.place)}
        answer = subprocess.run(
            [*argv, file.as_uri()], env=environ, capture_output=True, text=True, timeout=120, check=False
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    def measured(self, page: str, width: int = 1200) -> dict[str, Any]:
        """What the page looks like, by a page around it that measures it once it is laid out."""
        file = self.place / "around.html"
        style = f"margin: 0; border: 0; width: {width}px; height: 1000px"
        frame = f'<iframe style="{style}" srcdoc="{escape(page)}"></iframe>'
        file.write_text(f"<!doctype html><body style='margin: 0'>{frame}<script>onload = () => {{{MEASURE}}}</script>")
        title = re.search(r"<title>(.*?)</title>", self.run(file, width, "--dump-dom"), re.DOTALL)
        assert title, "the page was not measured"
        found: dict[str, Any] = json.loads(unescape(title[1]))
        return found


@pytest.fixture(name="browser")
def _browser(chromium: str, tmp_path: Path) -> Browser:
    return Browser(chromium, tmp_path)


def shopping() -> FakeAws:
    fake = shop()
    add_definition(fake, "web", 1_024)
    add_service(fake, "web")
    add_task(fake, 3, "web", instance_arn(1))
    add_instance(fake, 3, memory=300)
    fake.instances[instance_arn(2)]["agentConnected"] = False
    return fake


def written(fake: FakeAws, monkeypatch: pytest.MonkeyPatch, place: Path) -> Path:
    file = place / "capacity.html"
    assert run(fake, monkeypatch, "capacity", "--html", str(file)).code in (0, 1)
    return file


def test_bars_are_as_wide_as_what_they_say(browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = browser.measured(written(shopping(), monkeypatch, tmp_path).read_text())
    assert seen["title"] == "Capacity of web"
    assert [each["name"] for each in seen["instances"]] == [f"i-{number:017x}" for number in (1, 2, 3)]
    memory, cpu = seen["instances"][0]["bars"]
    assert memory["box"][2] > 500
    assert memory["box"][3] > 10
    # 512 MiB of 7,600 is the first task's, 1,024 the second's.
    inner = memory["box"][2] - 2
    widths = [part["box"][2] / inner for part in memory["parts"]]
    assert widths[:2] == pytest.approx([512 / 7_600, 1_024 / 7_600], abs=0.004)
    assert [part["box"][2] / inner for part in cpu["parts"]] == pytest.approx([256 / 2_048] * 2, abs=0.004)
    lefts = [part["box"][0] for part in memory["parts"]]
    assert lefts == sorted(lefts)


def test_tasks_have_the_colour_of_their_service_and_holes_are_hatched(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = browser.measured(written(shopping(), monkeypatch, tmp_path).read_text())
    colours = dict(seen["keys"])
    parts = [part for each in seen["instances"] for bar in each["bars"] for part in bar["parts"]]
    tasks = [part for part in parts if "(task " in part["title"]]
    assert len(tasks) == 6
    assert {(part["title"].partition(":")[0], part["colour"]) for part in tasks} == {
        ("api", colours["api"]),
        ("web", colours["web"]),
    }
    assert colours["api"] != colours["web"]
    holes = [part for part in parts if part["hatched"]]
    assert {part["title"].partition(" ")[0] for part in holes} >= {"300"}
    assert all(part["box"][2] > 0 for part in parts)
    assert [float(each["opacity"]) for each in seen["instances"]] == [1.0, pytest.approx(0.45), 1.0]


@pytest.mark.parametrize("width", [1_400, 700, 390])
def test_it_fits_a_window_of_any_width(
    width: int, browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = browser.measured(written(shopping(), monkeypatch, tmp_path).read_text(), width)
    assert seen["width"] <= width
    for each in seen["instances"]:
        for bar in each["bars"]:
            assert 100 < bar["box"][2] <= width


def test_names_that_are_markup_are_shown_as_they_are(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = shop()
    add_definition(fake, "x")
    add_service(fake, "x", serviceName='<b onclick="x">&amp;')
    seen = browser.measured(written(fake, monkeypatch, tmp_path).read_text())
    assert '<b onclick="x">&amp;' in [row[0] for row in seen["rows"]]


def test_it_is_drawn(browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file, picture = written(shopping(), monkeypatch, tmp_path), tmp_path / "page.png"
    browser.run(file, 1_200, f"--screenshot={picture}")
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") == 1_200
    assert len(data) > 10_000


@pytest.mark.parametrize(("ci", "outcome"), [("", "skipped"), ("true", "failed")])
def test_without_chromium_a_person_skips_it_and_ci_fails(
    ci: str, outcome: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", ci)
    wanted = pytest.skip.Exception if outcome == "skipped" else pytest.fail.Exception
    with pytest.raises(wanted, match="sudo apt-get install chromium"):
        _chromium.__wrapped__()  # type: ignore[attr-defined]

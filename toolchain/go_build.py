"""Building programs from their Go modules, such as the Pulumi CLI where get.pulumi.com is out of reach."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import go
from .errors import ToolchainError
from .workplace import workplace

Say = Callable[[str], None]


@dataclass(frozen=True)
class Program:
    """A program that can be built: a Go module beside this file of that one tool, its dependencies pinned by hash."""

    name: str
    """Of the executable."""
    label: str
    """What people call it."""
    module: Path
    """The directory of go.mod and go.sum. After a change of version, run `go get -tool` and `go mod tidy` there."""
    package: str
    source: str
    """The module, of the modules in go.mod, whose version is the program's."""
    duration: str
    """How long a build takes, for the person who waits."""

    @property
    def version(self) -> str:
        """The pinned version, without the `v`."""
        return self.pinned(self.source).removeprefix("v")

    def pinned(self, name: str) -> str:
        """What go.mod says after a name: the version of `go` itself, or of a module."""
        lines = (line.split() for line in (self.module / "go.mod").read_text().splitlines())
        return next(words[1] for words in lines if words[:1] == [name])


PULUMI = Program(
    name="pulumi",
    label="Pulumi CLI",
    module=Path(__file__).with_name("pulumi_cli"),
    package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    source="github.com/pulumi/pulumi/pkg/v3",
    duration="5 to 15 minutes",
)
"""`go install …@version` refuses a module that has replace directives, so it cannot build this one.

The replacement in go.mod is the one of pulumi/pulumi's pkg/go.mod.
"""
_VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
PROGRESS = 30.0
"""Seconds between two signs of life."""


def build(directory: Path, version: str, environ: Mapping[str, str], say: Say) -> None:
    """Build `<directory>/bin/pulumi`. Raises ToolchainError."""
    if PULUMI.version != version:
        raise ToolchainError(
            f"{PULUMI.module / 'go.mod'} pins the CLI {PULUMI.version}, but the installed SDK is {version}"
        )
    # With an empty version the Automation API would refuse the CLI.
    make(PULUMI, directory, environ, say, f"-X {_VERSION}=v{version}")


def make(program: Program, directory: Path, environ: Mapping[str, str], say: Say, *link: str) -> None:
    """Build `<directory>/bin/<name>` of a program, with more options for the linker. Raises ToolchainError."""
    found = go.find(program.pinned("go"), directory.parent, environ, say)
    what = f"the {program.label} {program.version}"
    say(f"Building {what} from its Go modules with {found.path}: {program.duration}, once per machine …")
    with workplace(directory.parent) as place:
        output = Path(place) / program.name
        argv = command(found.path, output, program.package, link)
        _run(argv, program.module, found.env, Path(place) / "log", say)
        if not output.is_file():
            raise ToolchainError(f"{found.path} reported success but wrote no {output.name}")
        (directory / "bin").mkdir(parents=True, exist_ok=True)
        output.replace(directory / "bin" / program.name)
    if found.scratch:
        shutil.rmtree(found.scratch, ignore_errors=True)


def command(path: Path, output: Path, package: str, link: Sequence[str]) -> list[str]:
    """The build's command line."""
    options = ["-mod=readonly", "-buildvcs=false", "-trimpath", "-ldflags", " ".join(["-s -w", *link])]
    return [str(path), "build", *options, "-o", str(output), package]


def _run(argv: list[str], module: Path, env: dict[str, str], log: Path, say: Say) -> None:
    begin = time.monotonic()
    with log.open("wb") as output:
        child = subprocess.Popen(argv, env=env, cwd=module, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
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

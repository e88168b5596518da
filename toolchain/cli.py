"""Finding the Pulumi CLI: on PATH, in the user's cache, by download, or built from its Go modules."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import download, go_build, host, workplace
from .errors import ToolchainError
from .workplace import UNFINISHED

LANGUAGE_HOST = "pulumi-language-python"
ANSWER_LIMIT = 30.0
"""Seconds for a CLI to say its version."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Way:
    """A way to get a CLI into a folder of the cache.

    `get` makes `<directory>/bin/pulumi` of a version or raises ToolchainError; `hosted` says whether its language host
    is there, and `host` installs one, where `get` does not.
    """

    origin: str
    folder: str
    get: Callable[[Path, str, Mapping[str, str], Say], None]
    hosted: Callable[[Path, str], bool]
    host: Callable[[Path, str, Say], None] | None = None


@dataclass(frozen=True)
class Cli:
    """A Pulumi CLI with a language host for Python beside it or on PATH; `origin` is a phrase such as "from PATH"."""

    path: Path
    version: str
    origin: str

    def __str__(self) -> str:
        return f"Pulumi CLI {self.version} {self.origin}: {self.path}"


def needed_version() -> str:
    """The version that the installed SDK belongs to; the requirements file is the one place that pins it."""
    return importlib.metadata.version("pulumi")


def cache_directory(version: str, environ: Mapping[str, str]) -> Path:
    """Where a CLI of this version is kept for all clones."""
    return workplace.cache_directory(f"pulumi-{version}", environ)


def find(environ: Mapping[str, str], say: Say) -> Cli:
    """The CLI to use, got in the first way that works. Raises ToolchainError naming every way tried."""
    version = needed_version()
    return _on_path(version, environ) or _from_cache(version, environ, say)


def _on_path(version: str, environ: Mapping[str, str]) -> Cli | None:
    for path in _executables("pulumi", environ):
        found = answered_version(path, environ)
        if found is None or _numbers(found) < _numbers(version):
            continue
        if _executable(path.with_name(LANGUAGE_HOST)) or any(_executables(LANGUAGE_HOST, environ)):
            return Cli(path, found, "from PATH")
    return None


def _from_cache(version: str, environ: Mapping[str, str], say: Say) -> Cli:
    cache = cache_directory(version, environ)
    if found := _cached(cache, version, environ):
        return found
    with workplace.locked(cache, "the Pulumi CLI", say):
        return _cached(cache, version, environ) or _get(cache, version, environ, say)


def _cached(cache: Path, version: str, environ: Mapping[str, str]) -> Cli | None:
    for way in WAYS:
        directory = cache / way.folder
        path = directory / "bin" / "pulumi"
        if way.hosted(directory, version) and _works(path, version, environ):
            return Cli(path, version, f"{way.origin}, from the cache")
    return None


def _get(cache: Path, version: str, environ: Mapping[str, str], say: Say) -> Cli:
    # Whoever holds the lock is alone: what an earlier, killed set-up began is of no use to anyone.
    shutil.rmtree(cache / UNFINISHED, ignore_errors=True)
    (cache / UNFINISHED).mkdir()
    failures = [f"PATH: no pulumi of version {version} or later with its {LANGUAGE_HOST}"]
    # A CLI that only lacks its language host comes before any download.
    for way in sorted(WAYS, key=lambda way: not _works(cache / way.folder / "bin" / "pulumi", version, environ)):
        path = cache / way.folder / "bin" / "pulumi"
        try:
            return _got(way, path, version, environ, say)
        except ToolchainError as error:
            failures.append(f"{way.origin}: {error}")
    raise ToolchainError(
        "there is no Pulumi CLI here and no way to get one:\n"
        + "".join(f"  {failure}\n" for failure in failures)
        + "Install Pulumi (https://www.pulumi.com/docs/install/) or Go (https://go.dev/doc/install) and run this again."
    )


def _got(way: Way, path: Path, version: str, environ: Mapping[str, str], say: Say) -> Cli:
    directory = path.parent.parent
    if way.host is not None and _works(path, version, environ):
        way.host(directory, version, say)
    else:
        way.get(directory, version, environ, say)
        if way.host is not None:
            way.host(directory, version, say)
    if not (way.hosted(directory, version) and _works(path, version, environ)):
        raise ToolchainError(f"{path} does not answer as version {version}, or has no {LANGUAGE_HOST}")
    return Cli(path, version, way.origin)


def _works(path: Path, version: str, environ: Mapping[str, str]) -> bool:
    return _executable(path) and answered_version(path, environ) == version


def answered_version(path: Path, environ: Mapping[str, str]) -> str | None:
    """What `pulumi version` answers, without the `v`; None where it does not answer with a version."""
    quiet = {**environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            [path, "version"], env=quiet, capture_output=True, text=True, timeout=ANSWER_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    text = answer.stdout.strip().removeprefix("v")
    return text if answer.returncode == 0 and re.match(r"\d+\.\d+\.\d+", text) else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _executables(name: str, environ: Mapping[str, str]) -> Iterator[Path]:
    for directory in environ.get("PATH", os.defpath).split(os.pathsep):
        path = Path(directory or ".", name).absolute()
        if _executable(path):
            yield path


def _executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _official_host(directory: Path, _: str) -> bool:
    return _executable(directory / "bin" / LANGUAGE_HOST)


WAYS = (
    Way("downloaded", "official", download.download, _official_host),
    Way("built from Go modules", "built", go_build.build, host.installed, host.install),
)
"""In the order of preference."""

"""`pulumi install`: the virtual environment of a program or plugin, and what its requirements name."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .children import Children
from .environment import PythonEnvironment, ambient_python, is_made
from .errors import HostError


def install(environment: PythonEnvironment, directory: Path, children: Children, *, plugin: bool) -> Iterator[bytes]:
    """Make the virtual environment if it is missing and install; yields what is printed. Raises HostError."""
    yield b"Installing dependencies...\n\n"
    for what, argv in _steps(environment, directory, plugin):
        variables = environment.variables(os.environ)
        child = children.start(argv, variables, directory, subprocess.PIPE, subprocess.STDOUT)
        yield from child.stdout or ()
        if code := children.wait(child):
            raise HostError(f"{what} failed with exit code {code}: {' '.join(argv)}")
    yield b"Finished installing dependencies\n\n"


def _steps(environment: PythonEnvironment, directory: Path, plugin: bool) -> Iterator[tuple[str, list[str]]]:
    place = environment.virtualenv
    if place is not None and not is_made(place):
        yield "making the virtual environment", [ambient_python(), "-m", "venv", str(place)]
    pip = [environment.python(), "-m", "pip", "install"]
    if plugin and (directory / "pyproject.toml").is_file():
        yield "installing the plugin", [*pip, str(directory)]
    if (directory / "requirements.txt").is_file():
        yield "installing the requirements", [*pip, "-r", "requirements.txt"]

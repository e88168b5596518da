"""Which Python runs a program, and with which environment variables."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import HostError

_OFFICIAL = "install Pulumi from https://www.pulumi.com/docs/install/, whose language host does"


@dataclass(frozen=True)
class PythonEnvironment:
    """The Python of a program, policy pack or plugin, as the `runtime` options in its YAML file choose it.

    `virtualenv` is None where the options name none: then the python3 on PATH runs it.
    """

    root: Path
    virtualenv: Path | None

    @classmethod
    def of(cls, root: str, options: Mapping[str, Any], *, plugin: bool = False) -> PythonEnvironment:
        """The environment for the directory `root`; a plugin without a virtual environment of its own uses `venv`.

        Raises HostError for options that this host does not serve.
        """
        _refuse_unserved(options)
        virtualenv = options.get("virtualenv") or ("venv" if plugin else "")
        if not isinstance(virtualenv, str):
            raise HostError(f"virtualenv must be a directory's path, not {virtualenv!r}")
        return cls(Path(root), Path(root, virtualenv) if virtualenv else None)

    def python(self) -> str:
        """The interpreter. Raises HostError where there is none."""
        if self.virtualenv is None:
            return ambient_python()
        python = self.virtualenv / "bin" / "python"
        if not is_made(self.virtualenv):
            place = Path(os.path.normpath(self.virtualenv))
            state = "is not a virtual environment" if place.exists() else "does not exist"
            raise HostError(f"the virtual environment {place} {state}: run {self._maker} first")
        return str(python)

    @property
    def _maker(self) -> str:
        """What makes the virtual environment: a pack or program that stands alone has no Makefile."""
        place = self.virtualenv.resolve().parent if self.virtualenv else self.root
        install = f"`pulumi install` in {self.root}"
        return f"`make setup` (or {install})" if (place / "toolchain" / "bootstrap.py").exists() else install

    def lack_of(self, module: str) -> str | None:
        """The sentence for a person where this Python does not find a top-level module, else None."""
        seek = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
        python = self.python()
        found = subprocess.run([python, "-c", seek], capture_output=True, cwd=self.root, timeout=60, check=False)
        if not found.returncode:
            return None
        place = f"the virtual environment {os.path.normpath(self.virtualenv)}" if self.virtualenv else python
        return f"{place} lacks the Python package {module}: run {self._maker} first"

    def variables(self, environ: Mapping[str, str]) -> dict[str, str]:
        """`environ` as it is after activating the virtual environment, with the engine reached by no HTTP proxy.

        The SDK's channels to the engine, on loopback, would take `http_proxy`; `no_grpc_proxy` keeps gRPC alone from
        it, in whose eyes it replaces `no_proxy` (grpc, doc/environment_variables.md).
        """
        direct = environ.get("no_grpc_proxy") or environ.get("no_proxy")
        variables = {**environ, "no_grpc_proxy": ",".join(filter(None, [direct, "127.0.0.1,localhost"]))}
        if self.virtualenv is not None:
            variables.pop("PYTHONHOME", None)
            variables["VIRTUAL_ENV"] = str(self.virtualenv)
            variables["PATH"] = os.pathsep.join(filter(None, [f"{self.virtualenv}/bin", environ.get("PATH")]))
        return variables


def is_made(virtualenv: Path) -> bool:
    """Whether the virtual environment is there; a built policy pack has but a placeholder for `python` at first."""
    return all((virtualenv / "bin" / name).exists() for name in ("python", "python3"))


def ambient_python() -> str:
    """The Python outside every virtual environment that is named: `PULUMI_PYTHON_CMD`, else python3, else python."""
    given = os.environ.get("PULUMI_PYTHON_CMD")
    names = [given] if given else ["python3", "python"]
    for name in names:
        if found := shutil.which(name):
            return found
    raise HostError(f"no {' or '.join(names)} on PATH: install Python 3.11 or later")


def _refuse_unserved(options: Mapping[str, Any]) -> None:
    toolchain = options.get("toolchain", "pip")
    if toolchain != "pip":
        raise HostError(f"this language host does not serve the runtime option toolchain: {toolchain}; {_OFFICIAL}")
    if "typechecker" in options:
        raise HostError(f"this language host does not serve the runtime option typechecker; {_OFFICIAL}")

"""Fixtures of the toolchain's tests: the machine's real CLI with this tree's language host, and a project to run."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.toolchain.support import ROOT, VIRTUALENV, Project, Said, executable
from toolchain import cli


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture(scope="session")
def hosted_cli(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The machine's real CLI beside the language host of this tree, whatever host the machine has."""
    directory = tmp_path_factory.mktemp("cli")
    real = cli.find(os.environ, print).path.resolve()
    try:
        os.link(real, directory / "pulumi")
    except OSError:
        shutil.copy(real, directory / "pulumi")
    start = (
        f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r});"
        " runpy.run_module('toolchain.language_host', run_name='__main__')"
    )
    executable(directory / cli.LANGUAGE_HOST, f'exec {shlex.quote(sys.executable)} -I -c {shlex.quote(start)} "$@"')
    return directory / "pulumi"


@pytest.fixture
def project(tmp_path: Path, hosted_cli: Path) -> Project:
    """A project with an empty program and the stack `dev`."""
    (tmp_path / "backend").mkdir()
    env = {
        "PATH": f"{hosted_cli.parent}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "PULUMI_HOME": str(tmp_path / "pulumi-home"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'backend'}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    made = Project(tmp_path / "project", env, hosted_cli)
    made.write("Pulumi.yaml", f"name: trial\nruntime:\n  name: python\n  options:\n    virtualenv: {VIRTUALENV}\n")
    made.write("__main__.py", "")
    code, output = made.run("stack", "init", "dev", "--no-select")
    assert code == 0, output
    return made

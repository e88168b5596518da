"""Which plugins the installed Python packages need."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

import pytest

from toolchain.language_host import packages
from toolchain.language_host.environment import PythonEnvironment
from toolchain.language_host.packages import Package


def test_what_is_installed_here_needs_the_aws_plugin_of_its_own_version() -> None:
    found = packages.installed(PythonEnvironment(Path("/"), Path(sys.prefix)))
    needed = [one for one in map(packages.required, found) if one is not None]
    assert [(one.name, one.version, one.kind) for one in needed] == [
        ("aws", f"v{importlib.metadata.version('pulumi-aws')}", "resource")
    ]


def test_without_transitive_only_what_nothing_else_requires() -> None:
    environment = PythonEnvironment(Path("/"), Path(sys.prefix))
    names = {one.name for one in packages.installed(environment)}
    direct = {one.name for one in packages.installed(environment, transitive=False)}
    assert "pulumi-aws" in names
    assert "grpcio" in names - direct
    assert direct < names


@pytest.mark.parametrize(
    ("package", "needed"),
    [
        (Package("pulumi-thing", "1.2.3"), ("thing", "v1.2.3", "")),
        (Package("pulumi-thing", "1.2.3", {"resource": True, "name": "other"}), ("other", "v1.2.3", "")),
        (Package("thing", "1.0", {"resource": True, "version": "v7.0.0"}), ("thing", "v7.0.0", "")),
        (Package("thing", "1.0.0", {"resource": True, "server": "https://s"}), ("thing", "v1.0.0", "https://s")),
        (Package("pulumi-thing", "1.2.3", {"resource": False}), None),
        (Package("pulumi-policy", "1.21.0"), None),
        (Package("requests", "2.0.0"), None),
        (Package("pulumi-thing", "1!1.0"), None),
    ],
)
def test_required(package: Package, needed: tuple[str, str, str] | None) -> None:
    found = packages.required(package)
    assert (found and (found.name, found.version, found.server)) == needed


def test_a_parameterized_package_passes_its_parameter_on() -> None:
    about = {"resource": True, "parameterization": {"name": "p", "version": "1.0.0", "value": "aGVsbG8="}}
    found = packages.required(Package("thing", "1.0.0", about))
    assert found is not None
    assert found.parameterization.value == b"hello"


@pytest.mark.parametrize(
    ("package", "plugin"),
    [
        ("1", "1.0.0"),
        ("1.2", "1.2.0"),
        ("1.2.3.4", "1.2.3.4"),
        ("1.2.3a4", "1.2.3-alpha.4"),
        ("1.2.3b4", "1.2.3-beta.4"),
        ("1.2.3rc4", "1.2.3-rc.4"),
        ("1.2.3.post4", "1.2.3+post4"),
        ("1.2.3.post4.dev5", "1.2.3+post4dev5"),
        ("1.2.3.dev5", "1.2.3+dev5"),
        ("1!1.2.3", None),
        ("1.2.3+local", None),
    ],
)
def test_plugin_version(package: str, plugin: str | None) -> None:
    assert packages.plugin_version(package) == plugin


def test_attached() -> None:
    assert packages.attached({"PULUMI_DEBUG_PROVIDERS": "aws:1,random:2"}) == {"aws", "random"}
    assert packages.attached({}) == set()

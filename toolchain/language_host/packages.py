"""What is installed beside a program, and which Pulumi plugins that needs."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi.runtime.proto import plugin_pb2

from .environment import PythonEnvironment
from .errors import HostError

_WITHOUT_PLUGIN = frozenset({"pulumi-policy", "pulumi-esc-sdk"})

_LIST = """
import importlib.metadata as metadata, importlib.util as util, json, os, sys
result, needed = [], set()
for distribution in metadata.distributions():
    name = distribution.metadata["Name"]
    if not name:
        continue
    for requirement in distribution.requires or []:
        if "extra ==" not in requirement:
            needed.add(requirement)
    plugin = None
    module = name.replace("-", "_")
    try:
        places = list(getattr(util.find_spec(module), "submodule_search_locations", None) or [])
    except Exception:
        places = []
    for place in places:
        path = os.path.join(place, "pulumi-plugin.json")
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                plugin = json.load(file)
    result.append({"name": name, "about": {"version": distribution.version, "plugin": plugin}})
json.dump({"installed": result, "needed": sorted(needed)}, sys.stdout)
"""
"""Runs in the program's Python, which need not be the host's."""


@dataclass(frozen=True)
class Package:
    """An installed Python package; `plugin` is its pulumi-plugin.json, if it has one."""

    name: str
    version: str
    plugin: Mapping[str, Any] | None = None


def installed(environment: PythonEnvironment, *, transitive: bool = True) -> list[Package]:
    """The packages in the environment, by name; without `transitive` only those that no other package requires."""
    isolated = ["-I"] if environment.virtualenv else []
    answer = subprocess.run(
        [environment.python(), *isolated, "-c", _LIST], capture_output=True, text=True, check=False, timeout=60
    )
    if answer.returncode:
        raise HostError(f"cannot list the Python packages of {environment.root}: {answer.stderr.strip()}")
    found = json.loads(answer.stdout)
    packages = {_normal(one["name"]): Package(_normal(one["name"]), **one["about"]) for one in found["installed"]}
    if not transitive:
        for requirement in found["needed"]:
            packages.pop(_normal(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]), None)
    return [packages[name] for name in sorted(packages)]


def required(package: Package) -> plugin_pb2.PackageDependency | None:
    """The resource plugin that a Python package needs, or None."""
    if package.name in _WITHOUT_PLUGIN or (package.plugin is None and not package.name.startswith("pulumi-")):
        return None
    about = package.plugin or {"resource": True}
    version = about.get("version") or plugin_version(package.version)
    if not about.get("resource") or version is None:
        return None
    return plugin_pb2.PackageDependency(
        name=about.get("name") or package.name.removeprefix("pulumi-"),
        kind="resource",
        version="v" + version.removeprefix("v"),
        server=about.get("server", ""),
        parameterization=_parameterization(about.get("parameterization")),
    )


def attached(environ: Mapping[str, str]) -> set[str]:
    """The providers that run already (`PULUMI_DEBUG_PROVIDERS=aws:1234,…`) and of which no plugin is needed.

    `pulumi package get-schema` would download them all the same.
    """
    entries = environ.get("PULUMI_DEBUG_PROVIDERS", "").split(",")
    return {entry.partition(":")[0] for entry in entries if ":" in entry}


def plugin_version(version: str) -> str | None:
    """A plugin's semantic version from its Python package's: `1.2` → `1.2.0`, `1.2.3a4` → `1.2.3-alpha.4`.

    None where a package's version does not tell it (an epoch, a local version).
    """
    parts = _PEP440.fullmatch(version)
    if parts is None:
        return None
    numbers = [*parts["release"].split("."), "0", "0"]
    semantic = ".".join(numbers[: max(3, len(numbers) - 2)])
    if parts["pre"]:
        semantic += f"-{_PRE_RELEASE[parts['pre']]}.{parts['number']}"
    build = (f"post{parts['post']}" if parts["post"] else "") + (f"dev{parts['dev']}" if parts["dev"] else "")
    return f"{semantic}+{build}" if build else semantic


_PRE_RELEASE = {"a": "alpha", "b": "beta", "rc": "rc"}
_PEP440 = re.compile(
    r"(?P<release>\d+(\.\d+)*)((?P<pre>a|b|rc)(?P<number>\d+))?(\.post(?P<post>\d+))?(\.dev(?P<dev>\d+))?"
)


def _parameterization(given: Mapping[str, Any] | None) -> plugin_pb2.PackageParameterization | None:
    if not given:
        return None
    value = base64.b64decode(given["value"])
    return plugin_pb2.PackageParameterization(name=given["name"], version=given["version"], value=value)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

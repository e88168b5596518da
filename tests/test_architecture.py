"""Imports point one way: shells import the core and never each other; the core knows neither Pulumi nor boto3."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = "ecs_model"
SHELLS = {"components", "policies", "operations", "localaws", "toolchain"}
EDGES = {"pulumi", "pulumi_aws", "pulumi_policy", "boto3", "botocore", "moto", "grpc"}
OURS = {CORE, "settings", *SHELLS}


def imported(path: Path) -> set[str]:
    """The top-level names of everything that a module imports, wherever in it; relative imports stay in the package."""
    return set(_imported(ast.parse(path.read_text())))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def violations(package: str, forbidden: set[str]) -> list[str]:
    found = ((path.relative_to(ROOT), imported(path) & forbidden) for path in modules(package))
    return [f"{path} imports {', '.join(sorted(names))}" for path, names in found if names]


def test_the_core_imports_nothing_that_acts() -> None:
    assert len(modules(CORE)) > 10
    assert violations(CORE, EDGES | OURS - {CORE}) == []


@pytest.mark.parametrize("shell", sorted(path.name for path in ROOT.iterdir() if path.name in SHELLS))
def test_a_shell_imports_the_core_and_no_other_shell(shell: str) -> None:
    assert modules(shell)
    assert violations(shell, OURS - {CORE, shell}) == []


def test_settings_are_for_the_program_alone() -> None:
    assert imported(ROOT / "settings.py") & SHELLS == set()


def test_every_package_has_its_place_in_the_architecture() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert CORE in packages
    assert packages <= {CORE, *SHELLS, "benchmarks"}


def test_the_program_is_short_and_puts_settings_and_components_together() -> None:
    program = ROOT / "__main__.py"
    assert len(program.read_text().splitlines()) < 100
    assert imported(program) == {"gc", "pulumi", "components", "settings"}


def test_imports_are_found_wherever_they_stand(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("import a.b\nfrom c.d import e\nfrom . import f\ndef g():\n    import h as i, j\n")
    assert imported(module) == {"a", "c", "h", "j"}

"""What benchmarks/README.md says is what was measured."""

from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.settings import get_root_resource

from benchmarks.components import floor
from benchmarks.components.run import Aws, ours, run
from benchmarks.components.services import configuration
from benchmarks.result import CLOUDFORMATION, FILE, README, Result, described, read


@pytest.mark.parametrize("file", [FILE, CLOUDFORMATION], ids=lambda file: file.stem)
def test_the_readme_has_the_table_of_the_results(file: Path) -> None:
    results = read(file)
    assert results
    text = README.read_text()
    assert described(text, results, file) == text
    assert all(f"| {result.name} | {result.amount} | {result.bar} |" in text for result in results)


def test_a_bar_holds_on_its_own_side_alone() -> None:
    assert [Result("x", value, "x", bar).holds for bar in ("<= 2", ">= 2") for value in (1, 2, 3)] == [
        *(True, True, False),
        *(False, True, True),
    ]


def test_the_floor_registers_the_very_same_resources() -> None:
    def made(aws: Aws) -> list[tuple[str, str, str]]:
        return sorted((kind, name, str(sorted(inputs.items()))) for kind, name, inputs in aws.resources)

    components = made(run(ours, configuration(2)))
    assert len(components) == 41
    exports = _exports()
    assert made(run(lambda: floor.program(2), {})) == components
    assert _exports() == exports


def _exports() -> dict[str, Any]:
    """The outputs' names, nested as they are; the components have the capacity providers as one output."""

    def names(value: Any) -> Any:
        return {key: names(inner) for key, inner in value.items()} if isinstance(value, dict) else None

    found = {key: names(value) for key, value in getattr(get_root_resource(), "outputs", {}).items()}
    return found | {"capacityProviders": None}

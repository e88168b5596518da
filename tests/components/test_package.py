"""The package gives every component by its name, and loads none before it is named."""

import subprocess
import sys

import pytest

import components

_LOADED = "import sys, {}; print(*sorted(name for name in sys.modules if name.startswith('components.')))"


@pytest.mark.parametrize("name", components.__all__)
def test_each_name_is_there(name: str) -> None:
    assert getattr(components, name).__module__.startswith("components.")
    assert name in dir(components)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Clusters'"):
        getattr(components, "Clusters")  # noqa: B009 - mypy knows as well that there is none


def test_components_are_loaded_when_they_are_named() -> None:
    def loaded(then: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-c", _LOADED.format(f"components{then}")], capture_output=True, text=True, check=True
        )
        return ran.stdout.strip()

    assert loaded("") == ""
    assert "components.network" in loaded("; components.Network").split()
    assert "components.alarms" not in loaded("; components.Network").split()

"""The attributes of container instances."""

import pytest

from ecs_model.instance_attributes import is_custom, told


@pytest.mark.parametrize(
    ("name", "custom"),
    [
        ("stack", True),
        ("ecs", True),
        ("com.example.rack", True),
        ("ecs.os-type", False),
        ("com.amazonaws.ecs.capability.task-eni", False),
    ],
)
def test_which_are_custom(name: str, custom: bool) -> None:
    assert is_custom(name) is custom


@pytest.mark.parametrize(
    ("written", "attributes"),
    [
        (None, {}),
        ("", {}),
        ("{}", {}),
        ('{"stack": "prod"}', {"stack": "prod"}),
        ('{"stack": $STACK}', None),
        ("'{}'", None),
        ('["stack"]', None),
        ('{"stack": 1}', None),
        ("[" * 100_000, None),
    ],
)
def test_what_an_agent_is_told(written: str | None, attributes: dict[str, str] | None) -> None:
    assert told(written) == attributes

"""Variables of a shell script whose values stand in it."""

import pytest

from ecs_model.shell_variables import literals, substituted


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("#!/bin/bash\nA=b\nexport C='d e'\n  readonly E=\"f\";\n", {"A": "b", "C": "d e", "E": "f"}),
        ('A=$(aws x)\nB=`x`\nC=$A\nD="$A"\n', {}),
        ("A=b\nif x; then A=c; fi\n", {}),
        ("A=b\nA+=c\nread -r B\nB=c\nfor C in x y; do\nC=z\n", {}),
        ("A=b command\n[ $A == b ]\n", {}),
    ],
)
def test_literals(script: str, found: dict[str, str]) -> None:
    assert literals(script) == found


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("ECS_CLUSTER=$A", "ECS_CLUSTER=b"),
        ("ECS_CLUSTER=${A}-x", "ECS_CLUSTER=b-x"),
        ("ECS_CLUSTER=$AA", "ECS_CLUSTER=$AA"),
        ("ECS_CLUSTER=\\$A", "ECS_CLUSTER=\\$A"),
        ("ECS_CLUSTER=$(A)", "ECS_CLUSTER=$(A)"),
    ],
)
def test_substituted(line: str, told: str) -> None:
    assert substituted(line, {"A": "b"}) == told

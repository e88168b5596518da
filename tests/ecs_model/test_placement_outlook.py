"""Whether instance types can meet a placement expression."""

import pytest

from ecs_model.cluster_query import parse
from ecs_model.instance_types import known
from ecs_model.placement_outlook import unmet

TYPE, ARCHITECTURE = "attribute:ecs.instance-type", "attribute:ecs.cpu-architecture"


@pytest.mark.parametrize(
    ("expression", "subject"),
    [
        (f"{TYPE} == m7i.large", None),
        (f"{TYPE} =~ m7i.*", None),
        (f"{TYPE} in [m7g.large, t3.small]", None),
        (f"{TYPE} == x9.nano", TYPE),
        (f"{TYPE} =~ c7.*", TYPE),
        (f"not({TYPE} =~ m7.*)", TYPE),
        (f"{ARCHITECTURE} == arm64", None),
        (f"{ARCHITECTURE} == riscv", ARCHITECTURE),
        (f"{ARCHITECTURE} == arm64 and {TYPE} == m7i.large", None),
        (f"({ARCHITECTURE} == arm64 and {TYPE} == m7i.large) or {TYPE} == x9.nano", ARCHITECTURE),
        (f"attribute:ecs.availability-zone == eu-central-1a and {TYPE} == x9.nano", TYPE),
        (f"attribute:stack == prod or {TYPE} == x9.nano", None),
        ("attribute:stack == prod", None),
        ("runningTasksCount > 5", None),
    ],
)
def test_what_no_type_can_meet_is_told(expression: str, subject: str | None) -> None:
    assert unmet(parse(expression), known(["m7i.large", "m7g.large"])) == subject

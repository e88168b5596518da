"""Placement constraints that no instance of a task's capacity can meet."""

import pytest

from ecs_model.capacity import CapacitySettings
from ecs_model.constraint_needs import constraint_problems
from ecs_model.images import Architecture
from ecs_model.instance_requirements import Bounds, InstanceRequirements

INTEL = CapacitySettings(instance_types=["m7i.large", "m6i.large"], max_size=3)
GRAVITON = CapacitySettings(instance_types=["m7g.large"], max_size=3)
DESCRIBED = CapacitySettings(
    instance_requirements=InstanceRequirements(vcpus=Bounds(2), memory=Bounds(4096)),
    architecture=Architecture.ARM64,
    max_size=3,
)


@pytest.mark.parametrize(
    ("expressions", "capacity", "places"),
    [
        ([], {"intel": INTEL}, []),
        (["attribute:ecs.instance-type =~ m7i.*"], {"intel": INTEL}, []),
        (["attribute:ecs.instance-type =~ t3.*"], {"intel": INTEL}, [("placementConstraints", 0)]),
        (["attribute:ecs.instance-type =~ m7g.*"], {"intel": INTEL, "graviton": GRAVITON}, []),
        (["attribute:ecs.cpu-architecture == arm64"], {"intel": INTEL}, [("placementConstraints", 0)]),
        (["attribute:ecs.cpu-architecture == x86_64"], {"described": DESCRIBED}, [("placementConstraints", 0)]),
        (["attribute:ecs.instance-type =~ t3.*"], {"described": DESCRIBED}, []),
        (["attribute:ecs.os-type == windows"], {"intel": INTEL}, [("placementConstraints", 0)]),
        (["attribute:ecs.availability-zone == eu-central-1a"], {"intel": INTEL}, []),
        (["attribute:tier == front"], {"intel": INTEL}, []),
        (["runningTasksCount > 3"], {"intel": INTEL}, []),
        (["not an expression"], {"intel": INTEL}, []),
        (["attribute:ecs.instance-type =~ t3.*"], {}, []),
        (
            ["attribute:ecs.instance-type == m7i.large", "attribute:ecs.instance-type == m6i.large"],
            {"intel": INTEL},
            [("placementConstraints",)],
        ),
    ],
)
def test_constraints(
    expressions: list[str], capacity: dict[str, CapacitySettings], places: list[tuple[str | int, ...]]
) -> None:
    assert [problem.path for problem in constraint_problems(expressions, capacity)] == places


def test_the_message_says_what_there_is() -> None:
    (problem,) = constraint_problems(["attribute:ecs.instance-type =~ t3.*"], {"intel": INTEL})
    assert problem.message == (
        "'attribute:ecs.instance-type =~ t3.*' is met by no instance that the task may be placed on (m7i.large of "
        "intel, m6i.large of intel): correct it, or use other instance types or another capacityProviderStrategy"
    )

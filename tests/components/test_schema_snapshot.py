"""The components' schema changes only when somebody means it, and then it is known what breaks."""

import copy
import json

from tests.components.schema_snapshot import PATH, breaks, current, text

COMMAND = "`python -m tests.components.schema_snapshot` writes the snapshot anew"


def test_the_schema_is_that_of_the_snapshot() -> None:
    before, now = json.loads(PATH.read_text()), current()
    broken = list(breaks(before, now))
    assert broken == [], f"programs in other languages break: name it in CHANGELOG.md and UPGRADE.md; then {COMMAND}"
    assert text(now) == PATH.read_text(), f"something was added: {COMMAND}"


def test_what_breaks_a_program_is_named() -> None:
    before = json.loads(PATH.read_text())
    assert list(breaks(before, before)) == []
    now = copy.deepcopy(before)
    del now["resources"]["ecs-on-ec2:index:Dashboard"]
    cluster, capacity = now["resources"]["ecs-on-ec2:index:Cluster"], now["types"]["ecs-on-ec2:index:CapacitySettings"]
    del cluster["inputProperties"]["publicAddresses"]
    del cluster["properties"]["arn"]
    capacity["properties"]["minSize"] = {"type": "string"}
    capacity["required"] = [*capacity.get("required", []), "minSize"]
    assert list(breaks(before, now)) == [
        "ecs-on-ec2:index:Cluster.publicAddresses is gone",
        "ecs-on-ec2:index:Cluster.arn is gone",
        "ecs-on-ec2:index:Dashboard is gone",
        "ecs-on-ec2:index:CapacitySettings.minSize has another type",
        "ecs-on-ec2:index:CapacitySettings.minSize is required now",
    ]


def test_what_is_added_breaks_nothing() -> None:
    before, now = json.loads(PATH.read_text()), json.loads(PATH.read_text())
    now["resources"]["ecs-on-ec2:index:Cluster"]["inputProperties"]["more"] = {"type": "string"}
    now["types"]["ecs-on-ec2:index:More"] = {"type": "object"}
    assert list(breaks(before, now)) == []

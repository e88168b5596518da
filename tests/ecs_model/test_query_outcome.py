"""What can be said of an expression before there is an instance."""

import pytest

from ecs_model.cluster_query import parse
from ecs_model.query_outcome import Outlook, outcome

KNOWN = {"ecs.instance-type": "m4.large", "ecs.os-type": "linux"}
YES, NO = "attribute:ecs.os-type == linux", "attribute:ecs.instance-type =~ t3.*"
OPEN = "attribute:rack == 1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (YES, True),
        (NO, False),
        (OPEN, None),
        ("attribute:ecs.os-type exists", True),
        ("attribute:ecs.instance-type !exists", False),
        ("attribute:ecs.instance-type =~ m4", None),
        ("attribute:ecs.instance-type =~ m4.*", True),
        ("attribute:ecs.instance-type !~ m4.*", False),
        ("attribute:ecs.instance-type !~ m4", None),
        ("agentConnected == true", None),
        ("runningTasksCount == 0", None),
        ("ec2InstanceId == i-1", None),
        (f"not({NO})", True),
        (f"not({OPEN})", None),
        (f"{YES} and {NO}", False),
        (f"{YES} and {OPEN}", None),
        (f"{OPEN} and {NO}", False),
        (f"{YES} and {YES}", True),
        (f"{YES} or {OPEN}", True),
        (f"{NO} or {OPEN}", None),
        (f"{NO} or {NO}", False),
    ],
)
def test_what_decides(text: str, expected: bool | None) -> None:
    assert outcome(parse(text), Outlook(KNOWN)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (OPEN, False),
        ("attribute:rack !exists", True),
        ("attribute:stack == prod", True),
        ("attribute:stack != prod", False),
        ("attribute:ecs.availability-zone == a", None),
        ("attribute:com.amazonaws.ecs.capability.docker-remote-api.1.21 exists", None),
        ("runningTasksCount == 0", None),
    ],
)
def test_what_decides_where_all_custom_attributes_are_known(text: str, expected: bool | None) -> None:
    assert outcome(parse(text), Outlook({**KNOWN, "stack": "prod"}, complete=True)) is expected

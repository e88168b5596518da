"""What the local AWS tells of creations that nobody heard of, and how it goes on after half of one."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws import engine
from localaws.aws import Endpoint, Region
from localaws.creations import Creations
from localaws.kind import Target
from localaws.states import HAD
from localaws.types import KINDS
from tests.localaws.conftest import REGION, Lab, Resource

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"


def told(creations: Creations) -> Any:
    return json.loads(creations.told())


def test_a_creation_is_under_way_and_then_done() -> None:
    creations = Creations()
    with creations.of("urn:a") as creation:
        assert told(creations) == {"created": {}, "creating": ["urn:a"]}
        creation.id = "a-1"
    assert told(creations) == {"created": {"urn:a": "a-1"}, "creating": []}


def test_one_that_fails_created_nothing_and_one_that_fails_later_did() -> None:
    creations = Creations()

    def fail(id_: str) -> None:
        with creations.of("urn:a") as creation:
            creation.id = id_
            raise KeyError(id_)

    with pytest.raises(KeyError):
        fail("")
    assert told(creations) == {"created": {}, "creating": []}
    with pytest.raises(KeyError):
        fail("a-1")
    assert told(creations) == {"created": {"urn:a": "a-1"}, "creating": []}


def test_another_creation_of_the_same_resource_replaces_the_first() -> None:
    creations = Creations()
    with creations.of("urn:a") as creation:
        creation.id = "a-1"
    with creations.of("urn:a"):
        assert told(creations) == {"created": {}, "creating": ["urn:a"]}
    assert told(creations) == {"created": {}, "creating": []}


def test_the_endpoint_tells_it(lab: Lab) -> None:
    made = lab.made(LOG_GROUP, retentionInDays=7)
    with urllib.request.urlopen(lab.where["endpoint"] + "/localaws-creations", timeout=10) as answer:
        found = json.loads(answer.read())
    assert found["created"][made.urn] == made.id
    assert made.urn not in found["creating"]


@pytest.fixture
def half_done(lab: Lab) -> Iterator[Resource]:
    """A log group of which the engine believes that it has a retention, and it has none."""
    resource = lab.resource(LOG_GROUP)
    resource.inputs = lab.checked(resource, {"retentionInDays": 7})
    resource.id = resource.inputs["name"]
    lab.boto("logs").create_log_group(logGroupName=resource.id)
    yield resource
    lab.boto("logs").delete_log_group(logGroupName=resource.id)


def test_an_update_goes_on_where_a_creation_ended(lab: Lab, half_done: Resource) -> None:
    had = {key: value for key, value in half_done.inputs.items() if key != "retentionInDays"}
    half_done.state = {"id": half_done.id, "name": half_done.id, HAD: had}
    found = lab.diff(half_done, half_done.inputs)
    assert (list(found.diffs), list(found.replaces)) == (["retentionInDays"], [])
    state = lab.update(half_done, half_done.inputs)
    assert state["retentionInDays"] == 7
    assert HAD not in state
    (group,) = lab.boto("logs").describe_log_groups(logGroupNamePrefix=half_done.id)["logGroups"]
    assert group["retentionInDays"] == 7


class Failing(Region):
    """A region in which one operation is always throttled."""

    def __init__(self, lab: Lab, operation: str) -> None:
        super().__init__(Endpoint(lab.where["endpoint"], Path("its.log")), REGION)
        self._operation = operation

    def call(self, service: str, operation: str, pick: str = "", /, **parameters: Any) -> Any:
        if operation == self._operation:
            error = {"Code": "ThrottlingException", "Message": "Rate exceeded"}
            raise ClientError({"Error": error}, operation)
        return super().call(service, operation, pick, **parameters)


@pytest.mark.parametrize("operation", ["put_retention_policy", "describe_log_groups"])
def test_half_of_a_creation_is_told_with_what_came_to_be(lab: Lab, operation: str) -> None:
    name = lab.name("half")
    target = Target(KINDS[LOG_GROUP], Failing(lab, operation), name, inputs={"name": name, "retentionInDays": 7})
    with pytest.raises(engine.HalfDone) as error:
        engine.create(target)
    assert error.value.target.id == name
    assert error.value.inputs.get("retentionInDays", 0) == 0
    assert error.value.inputs["name"] == name
    assert "ThrottlingException: Rate exceeded" in error.value.reason
    assert "a mistake" not in error.value.reason
    lab.boto("logs").delete_log_group(logGroupName=name)


def test_a_security_group_that_cannot_be_closed_is_not_left_open(lab: Lab) -> None:
    name = lab.name("half")
    inputs = {"name": name, "description": "Half done"}
    kind = KINDS["aws:ec2/securityGroup:SecurityGroup"]
    with pytest.raises(engine.Refused, match="ThrottlingException"):
        engine.create(Target(kind, Failing(lab, "revoke_security_group_egress"), name, inputs=inputs))
    where = [{"Name": "group-name", "Values": [name]}]
    assert lab.boto("ec2").describe_security_groups(Filters=where)["SecurityGroups"] == []

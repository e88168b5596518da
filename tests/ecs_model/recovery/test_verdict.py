"""What is said of a pending operation, and whether a state can be mended by it."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_model.pulumi_state import Made, Pending, pending
from ecs_model.recovery.verdict import Fate, Verdict, each_once, given, look
from tests.ecs_model.recovery.test_finders import SCALED, Told
from tests.ecs_model.test_pulumi_state import CLUSTER, creating, resource, urn

MANIFEST = {"time": "2026-11-29T12:00:00Z"}
VPC = "aws:ec2/vpc:Vpc"
NETWORK = {"cidrBlock": "10.0.0.0/16", "tags": {"Name": "dev"}}
LOGS = "aws:cloudwatch/logGroup:LogGroup"
EARLY, LATE = 1_795_000_000_000, 1_795_953_000_000


def vpcs(*ids: str) -> dict[str, list[Any]]:
    return {"DescribeVpcs": [{"VpcId": id_} for id_ in ids]}


def logs(created: int) -> dict[str, list[Any]]:
    return {"DescribeLogGroups": [{"logGroupName": "web", "creationTime": created}]}


def looked(operation: dict[str, Any], answers: dict[str, list[Any]], *resources: dict[str, Any]) -> Verdict:
    deployment = {"manifest": MANIFEST, "resources": list(resources), "pending_operations": [operation]}
    return look(pending(deployment)[0], deployment, Told(answers))


@pytest.mark.parametrize(
    ("operation", "answers", "fate", "why"),
    [
        ({"type": "updating", "resource": resource(CLUSTER, id="x")}, {}, Fate.AGAIN, "does it again"),
        ({"type": "deleting", "resource": resource("a:b:C", id="x")}, {}, Fate.AGAIN, "does it again"),
        (creating("pulumi:providers:aws"), {}, Fate.AGAIN, "nowhere but in the state"),
        (creating("random:index/randomId:RandomId"), {}, Fate.AGAIN, "nowhere but in the state"),
        ({"type": "creating", "resource": {"urn": urn("pkg:index:Group"), "custom": False}}, {}, Fate.AGAIN, "nowhere"),
        (creating(CLUSTER, id="arn:c", outputs={"id": "arn:c"}), {}, Fate.FOUND, "the run heard of arn:c"),
        (creating("aws:s3/bucketPolicy:BucketPolicy"), {}, Fate.AGAIN, "a part of the bucket"),
        (creating("aws:sqs/queue:Queue"), {}, Fate.UNKNOWN, "of a type that this command cannot look for"),
        (creating("gcp:storage/bucket:Bucket"), {}, Fate.UNKNOWN, "of a type that this command cannot look for"),
        (creating(CLUSTER, inputs={"name": {"secret": 1}}), {}, Fate.UNKNOWN, "does not tell its name"),
        (creating(VPC, inputs=NETWORK), vpcs(), Fate.ABSENT, "not in AWS by its CIDR block and tags"),
        (creating(VPC, inputs=NETWORK), vpcs("vpc-1"), Fate.FOUND, "exists, by its CIDR block and tags: vpc-1"),
        (creating(VPC, inputs=NETWORK), vpcs("vpc-1", "vpc-2"), Fate.SEVERAL, "may be vpc-1 or vpc-2"),
        (creating(VPC, inputs={"cidrBlock": "10.0.0.0/16"}), vpcs("vpc-1"), Fate.SEVERAL, "no tags that tell"),
        (creating(VPC, inputs={"cidrBlock": "10.0.0.0/16"}), vpcs(), Fate.ABSENT, "not in AWS"),
        (creating(LOGS, inputs={"name": "web"}), logs(LATE), Fate.FOUND, "exists, by its name: web"),
        (creating(LOGS, inputs={"name": "web"}), logs(EARLY), Fate.EARLIER, "before the run"),
        (creating(LOGS, inputs={"name": "web", "__defaults": ["name"]}), logs(EARLY), Fate.FOUND, "exists"),
    ],
)
def test_what_became_of_an_operation(
    operation: dict[str, Any], answers: dict[str, list[Any]], fate: Fate, why: str
) -> None:
    verdict = looked(operation, answers)
    assert (verdict.fate, why in verdict.why) == (fate, True), verdict.why
    assert verdict.settled is (fate in (Fate.FOUND, Fate.ABSENT, Fate.AGAIN))
    assert (verdict.made is not None) is (fate is Fate.FOUND)
    assert bool(verdict.candidates) is (fate in (Fate.SEVERAL, Fate.EARLIER))


def test_what_the_state_has_is_not_what_was_created() -> None:
    other = resource(VPC, "other", id="vpc-1")
    verdict = looked(creating(VPC, inputs=NETWORK), vpcs("vpc-1", "vpc-2"), other)
    assert verdict.made == Made("vpc-2")
    assert looked(creating(VPC, inputs=NETWORK), vpcs("vpc-1"), other).fate is Fate.ABSENT
    assert looked(creating(VPC, inputs=NETWORK), vpcs("vpc-1"), resource(CLUSTER, id="vpc-1")).fate is Fate.FOUND


def test_what_cannot_be_imported_is_read_by_its_inputs() -> None:
    inputs = {**SCALED, "name": "night", "__defaults": ["name"]}
    action = creating("aws:appautoscaling/scheduledAction:ScheduledAction", inputs=inputs)
    verdict = looked(action, {"DescribeScheduledActions": [{"ScheduledActionName": "night"}]})
    id_ = "night-ecs-service/c/s"
    assert verdict.made == Made(id_, {**SCALED, "name": "night", "id": id_})


def test_a_person_says_what_it_is_or_that_it_is_nothing() -> None:
    unknown = looked(creating("aws:sqs/queue:Queue"), {})
    assert given(unknown, "https://queue").made == Made("https://queue")
    nothing = given(unknown, "")
    assert (nothing.fate, nothing.made, nothing.settled) == (Fate.ABSENT, None, True)


def test_two_creations_are_not_one_thing() -> None:
    def found(name: str, id_: str) -> Verdict:
        operation = Pending("creating", f"urn:pulumi:dev::shop::{VPC}::{name}", {})
        return Verdict(operation, Fate.FOUND, "exists", Made(id_))

    first, second, third = each_once([found("a", "vpc-1"), found("b", "vpc-1"), found("c", "vpc-2")])
    assert [each.fate for each in (first, second, third)] == [Fate.SEVERAL, Fate.SEVERAL, Fate.FOUND]
    assert first.made is None
    assert first.candidates == ("vpc-1",)

"""AWS that throttles, or fails: a deployment tries again, or ends in a clear error and goes on from there.

A few kinds of call that fail until the provider gives up, and all of them once; `python -m tests.end_to_end.faults` has
each of them fail in every way.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.end_to_end.faults import ATTEMPTS, FAULTS, Stage, Tally, plan_of, stage, unclear
from tests.end_to_end.lone_faults import cases, round_
from tests.end_to_end.troubled_aws import Operation, Plan

IN_UP = {
    "logs PutRetentionPolicy": "internal",
    "logs ListTagsForResource": "throttled",
    "elasticloadbalancing ModifyLoadBalancerAttributes": "throttled",
    "iam AddRoleToInstanceProfile": "internal",
    "iam CreateRole": "throttled",
    "ec2 RevokeSecurityGroupEgress": "internal",
    "servicediscovery GetOperation": "throttled",
}
"""Most come after a call that created something, which must neither be lost nor be left half done."""
IN_DESTROY = {
    "logs DeleteLogGroup": "throttled",
    "iam DeleteRole": "internal",
    "ecs DeleteService": "throttled",
    "elasticloadbalancing DeleteRule": "internal",
}


def test_a_deployment_goes_on_where_aws_failed(tmp_path: Path) -> None:
    with stage(tmp_path / "stage") as on:
        _given_up(on, "up", IN_UP)
        _once(on, "up", "internal", 60)
        _nothing_to_do(on)
        _given_up(on, "destroy", IN_DESTROY)
        _once(on, "destroy", "throttled", 20)
        assert on.left() == {}


def _given_up(on: Stage, command: str, faults: dict[str, str]) -> None:
    cases = [(Operation.parse(operation), fault) for operation, fault in faults.items()]
    run = on.run(command, plan_of(cases, ATTEMPTS))
    befallen = on.befallen()
    assert len(befallen) >= 3
    assert run.code != 0
    assert unclear(run, befallen) == []


def _once(on: Stage, command: str, fault: str, least: int) -> None:
    run = on.run(command, Plan({"*": fault}))
    assert len(on.befallen()) >= least
    assert run.code == 0, run.said


def _nothing_to_do(on: Stage) -> None:
    again, refreshed = on.run("up"), on.run("refresh")
    assert (again.code, again.steps) == (0, set()), again.said
    assert (refreshed.code, refreshed.altered) == (0, {}), refreshed.said


def test_every_kind_of_call_meets_every_fault_and_each_kind_one_before_any_the_other() -> None:
    known = [Operation("ecs", name) for name in ("CreateCluster", "CreateService", "DescribeClusters")]
    found = cases(known, random.Random(1))
    assert sorted(found) == sorted((kind, fault) for kind in known for fault in FAULTS)
    assert {kind for kind, _ in found[: len(known)]} == set(known)
    assert {fault for _, fault in found[: len(known)]} == set(FAULTS)


def test_one_call_that_fails_alone_is_made_good(tmp_path: Path) -> None:
    tally = Tally()
    with stage(tmp_path / "stage") as on:
        lone = (Operation("ecs", "CreateCluster"), "internal"), (Operation("iam", "DeleteRole"), "throttled")
        round_(on, lone, tally)
    assert (tally.wrong, tally.unreached) == ([], {})
    assert {(command, case) for command, _, case in tally.cases} == {("up", lone[0]), ("destroy", lone[1])}

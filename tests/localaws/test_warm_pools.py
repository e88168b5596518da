"""Warm pools: how many wait and in which state, who goes to work first, who comes back, and when an agent registers."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.localaws.fleets import IMAGE, Fleet

CHECK = {"ECS_WARM_POOLS_CHECK": "true"}


@pytest.fixture(name="fleet")
def _fleet(lab: Any) -> Fleet:
    return Fleet(lab, variables=CHECK)


def put(fleet: Fleet, group: str, *, reuse: bool = False, **more: Any) -> None:
    fleet.asg.put_warm_pool(AutoScalingGroupName=group, InstanceReusePolicy={"ReuseOnScaleIn": reuse}, **more)


def waiting(fleet: Fleet, group: str) -> dict[str, str]:
    """The instances that wait, with the state that Auto Scaling has of them."""
    told = fleet.asg.describe_warm_pool(AutoScalingGroupName=group)["Instances"]
    assert fleet.described_group(group).get("WarmPoolSize", 0) == len(told)
    return {each["InstanceId"]: each["LifecycleState"] for each in told}


def working(fleet: Fleet, group: str) -> set[str]:
    found = fleet.described_group(group)["Instances"]
    assert {each["LifecycleState"] for each in found} <= {"InService"}
    return {each["InstanceId"] for each in found}


def states(fleet: Fleet, ids: Any) -> set[str]:
    """What EC2 says of instances."""
    found = fleet.ec2.describe_instances(InstanceIds=list(ids))["Reservations"]
    return {one["State"]["Name"] for each in found for one in each["Instances"]}


def joined(fleet: Fleet) -> set[str]:
    return {each["ec2InstanceId"] for each in fleet.instances()}


def resize(fleet: Fleet, group: str, size: int) -> None:
    fleet.asg.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=size)


@pytest.mark.parametrize(
    ("told", "desired", "most", "wait"),
    [
        ({}, 1, 5, 4),
        ({"MinSize": 2}, 4, 5, 2),
        ({"MaxGroupPreparedCapacity": 3}, 1, 5, 2),
        ({"MaxGroupPreparedCapacity": 3}, 4, 5, 0),
        ({"MaxGroupPreparedCapacity": 3, "MinSize": 1}, 4, 5, 1),
        ({"MaxGroupPreparedCapacity": -1}, 1, 3, 2),
        ({"MaxGroupPreparedCapacity": 2, "MinSize": 2}, 3, 5, 2),
    ],
)
def test_how_many_wait(fleet: Fleet, told: dict[str, Any], desired: int, most: int, wait: int) -> None:
    group = fleet.group(desired, most=most)
    put(fleet, group, **told)
    assert (len(waiting(fleet, group)), len(working(fleet, group))) == (wait, desired)


@pytest.mark.parametrize(
    ("kind", "of_ec2"), [("Stopped", "stopped"), ("Running", "running"), ("Hibernated", "stopped")]
)
def test_they_wait_as_they_are_told_and_out_of_the_cluster(fleet: Fleet, kind: str, of_ec2: str) -> None:
    group = fleet.group(1, most=3)
    put(fleet, group, PoolState=kind)
    there = waiting(fleet, group)
    assert set(there.values()) == {f"Warmed:{kind}"}
    assert states(fleet, there) == {of_ec2}
    assert joined(fleet) == working(fleet, group)
    assert not set(there) & working(fleet, group)


def test_another_state_reaches_those_that_wait(fleet: Fleet) -> None:
    group = fleet.group(0, most=2)
    put(fleet, group, PoolState="Stopped")
    before = waiting(fleet, group)
    put(fleet, group, PoolState="Running", MaxGroupPreparedCapacity=1)
    after = waiting(fleet, group)
    assert (len(after), set(after) < set(before), states(fleet, after)) == (1, True, {"running"})


def test_without_the_check_the_agent_has_registered_before_it_waits(lab: Any) -> None:
    fleet = Fleet(lab)
    group = fleet.group(0, most=2)
    put(fleet, group)
    assert joined(fleet) == set(waiting(fleet, group))
    assert [each["agentConnected"] for each in fleet.instances()] == [False, False]
    resize(fleet, group, 1)
    assert sorted(each["agentConnected"] for each in fleet.instances()) == [False, True]


def test_what_waits_goes_to_work_before_anything_new_starts(fleet: Fleet) -> None:
    group = fleet.group(0)
    fleet.provider(group)
    put(fleet, group, MaxGroupPreparedCapacity=2)
    before = waiting(fleet, group)
    assert (len(before), fleet.instances()) == (2, [])
    name = fleet.service(3)
    assert fleet.counts(name) == (3, 0)
    (used,) = working(fleet, group)
    assert (used in before, joined(fleet), states(fleet, [used])) == (True, {used}, {"running"})
    assert set(waiting(fleet, group)) == set(before) - {used}
    fleet.update(name, desiredCount=9)
    assert (fleet.counts(name), len(working(fleet, group)), waiting(fleet, group)) == ((9, 0), 3, {})
    assert set(before) < working(fleet, group)
    assert joined(fleet) == working(fleet, group)
    protected = [each["ProtectedFromScaleIn"] for each in fleet.described_group(group)["Instances"]]
    assert protected == [True, True, True]


def test_zones_stay_even(fleet: Fleet) -> None:
    group = fleet.group(0, most=4)
    put(fleet, group)
    resize(fleet, group, 2)
    assert {each["AvailabilityZone"] for each in fleet.described_group(group)["Instances"]} == {
        "us-east-1a",
        "us-east-1b",
    }


@pytest.mark.parametrize("drains", [False, True])
def test_what_is_reused_comes_back_and_leaves_the_cluster(fleet: Fleet, drains: bool) -> None:
    group = fleet.group(0, most=3)
    fleet.provider(group, drains=drains)
    put(fleet, group, reuse=True)
    all_ = set(waiting(fleet, group))
    name = fleet.service(7)
    assert working(fleet, group) == all_
    fleet.update(name, desiredCount=1)
    (busy,) = working(fleet, group)
    assert set(waiting(fleet, group)) == all_ - {busy}
    assert set(waiting(fleet, group).values()) == {"Warmed:Stopped"}
    assert (joined(fleet), states(fleet, all_ - {busy})) == ({busy}, {"stopped"})
    fleet.update(name, desiredCount=7)
    assert (fleet.counts(name), working(fleet, group), joined(fleet)) == ((7, 0), all_, all_)


def test_what_is_not_reused_ends_and_another_waits_in_its_place(fleet: Fleet) -> None:
    group = fleet.group(0, most=2)
    fleet.provider(group)
    put(fleet, group)
    name = fleet.service(4)
    before = working(fleet, group)
    fleet.update(name, desiredCount=0)
    assert states(fleet, before) == {"terminated"}
    assert (len(waiting(fleet, group)), set(waiting(fleet, group)) & before) == (2, set())


def test_no_more_come_back_than_may_wait(fleet: Fleet) -> None:
    group = fleet.group(3, most=3)
    fleet.asg.set_instance_protection(
        AutoScalingGroupName=group, InstanceIds=list(working(fleet, group)), ProtectedFromScaleIn=False
    )
    before = working(fleet, group)
    put(fleet, group, reuse=True, MaxGroupPreparedCapacity=1)
    resize(fleet, group, 0)
    assert (len(waiting(fleet, group)), set(waiting(fleet, group)) <= before) == (1, True)
    assert states(fleet, before - set(waiting(fleet, group))) == {"terminated"}


def test_an_instance_that_waits_and_is_ended_is_replaced(fleet: Fleet) -> None:
    group = fleet.group(0, most=1)
    put(fleet, group)
    (before,) = waiting(fleet, group)
    fleet.ec2.terminate_instances(InstanceIds=[before])
    (after,) = waiting(fleet, group)
    assert before != after


def test_one_at_work_that_is_ended_is_replaced_from_the_pool(fleet: Fleet) -> None:
    group = fleet.group(1, most=2)
    put(fleet, group)
    (before,), (spare,) = working(fleet, group), waiting(fleet, group)
    fleet.ec2.terminate_instances(InstanceIds=[before])
    assert (working(fleet, group), joined(fleet)) == ({spare}, {spare})
    assert len(waiting(fleet, group)) == 1


@pytest.mark.parametrize("drains", [False, True])
def test_a_refresh_renews_what_waits_and_what_works(fleet: Fleet, drains: bool) -> None:
    group = fleet.group(1, most=2)
    fleet.provider(group, drains=drains)
    put(fleet, group, reuse=True)
    name = fleet.service(1)
    before = working(fleet, group) | set(waiting(fleet, group))
    fleet.asg.start_instance_refresh(AutoScalingGroupName=group)
    after = working(fleet, group) | set(waiting(fleet, group))
    assert (len(after), before & after, fleet.counts(name)) == (2, set(), (1, 0))
    assert states(fleet, before) == {"terminated"}


def test_a_pool_that_is_deleted_ends_and_a_group_with_one_is_not_deleted_unforced(fleet: Fleet) -> None:
    group = fleet.group(0, most=2)
    put(fleet, group)
    there = waiting(fleet, group)
    with pytest.raises(ClientError, match="ResourceInUse"):
        fleet.asg.delete_auto_scaling_group(AutoScalingGroupName=group)
    fleet.asg.delete_warm_pool(AutoScalingGroupName=group, ForceDelete=True)
    assert states(fleet, there) == {"terminated"}
    assert "WarmPoolConfiguration" not in fleet.described_group(group)
    fleet.asg.delete_auto_scaling_group(AutoScalingGroupName=group)


def test_a_group_that_is_deleted_by_force_takes_its_pool_with_it(fleet: Fleet) -> None:
    group = fleet.group(1, most=2)
    put(fleet, group)
    all_ = working(fleet, group) | set(waiting(fleet, group))
    fleet.asg.delete_auto_scaling_group(AutoScalingGroupName=group, ForceDelete=True)
    assert states(fleet, all_) == {"terminated"}


def test_the_pool_follows_the_group_s_maximum(fleet: Fleet) -> None:
    group = fleet.group(0, most=1)
    put(fleet, group)
    fleet.asg.update_auto_scaling_group(AutoScalingGroupName=group, MaxSize=3)
    assert len(waiting(fleet, group)) == 3
    fleet.asg.update_auto_scaling_group(AutoScalingGroupName=group, MaxSize=2)
    assert len(waiting(fleet, group)) == 2


def test_what_a_pool_cannot_be(fleet: Fleet) -> None:
    with pytest.raises(ClientError, match="not found"):
        put(fleet, "gone")
    group = fleet.group(0)
    with pytest.raises(ClientError, match="no state of a warm pool"):
        put(fleet, group, PoolState="Asleep")


def test_without_a_cluster_a_pool_is_played_as_well(lab: Any) -> None:
    ec2, asg, name = lab.boto("ec2"), lab.boto("autoscaling"), lab.name("group")
    template = ec2.create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData={"ImageId": IMAGE, "InstanceType": "t3.medium"}
    )["LaunchTemplate"]["LaunchTemplateId"]
    asg.create_auto_scaling_group(
        AutoScalingGroupName=name, MinSize=0, MaxSize=1, AvailabilityZones=["us-east-1a"],
        LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
    )  # fmt: skip
    asg.put_warm_pool(AutoScalingGroupName=name)
    told = asg.describe_warm_pool(AutoScalingGroupName=name)
    assert [each["LifecycleState"] for each in told["Instances"]] == ["Warmed:Stopped"]
    assert told["WarmPoolConfiguration"]["PoolState"] == "Stopped"

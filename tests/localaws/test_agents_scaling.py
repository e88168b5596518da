"""Managed scaling, draining and the end of instances, and tasks of no service: what boto3 sees of it."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.localaws.fleets import APP, Fleet

# A t3.medium holds three tasks of 1,000 MiB.


def test_a_group_grows_from_nothing_to_what_the_tasks_need_and_shrinks(fleet: Fleet) -> None:
    group = fleet.group(0)
    provider = fleet.provider(group)
    assert fleet.desired(group) == 0
    name = fleet.service(7)
    assert (fleet.counts(name), fleet.desired(group)) == ((7, 0), 3)
    assert {task["capacityProviderName"] for task in fleet.tasks(name)} == {provider}
    fleet.update(name, desiredCount=2)
    assert fleet.counts(name) == (2, 0)
    busy = {task["containerInstanceArn"] for task in fleet.tasks(name)}
    assert {each["containerInstanceArn"] for each in fleet.instances()} == busy
    assert fleet.desired(group) == len(busy)
    fleet.update(name, desiredCount=0)
    assert (fleet.desired(group), fleet.instances()) == (0, [])


def test_tasks_wait_where_the_group_is_at_its_maximum(fleet: Fleet) -> None:
    group = fleet.group(1, most=2)
    provider = fleet.provider(group)
    name = fleet.service(8)
    assert (fleet.counts(name), fleet.desired(group)) == ((6, 2), 2)
    waiting = [task for task in fleet.tasks(name) if task["lastStatus"] == "PROVISIONING"]
    assert len(waiting) == 2
    assert all("containerInstanceArn" not in task for task in waiting)
    assert fleet.described(name)["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    assert not [text for text in fleet.events(name) if "unable to place" in text]
    assert fleet.reservation(provider) == 150
    fleet.asg.update_auto_scaling_group(AutoScalingGroupName=group, MaxSize=3)
    fleet.update(name, desiredCount=8)
    assert (fleet.counts(name), fleet.desired(group)) == ((8, 0), 3)


def test_no_instance_comes_for_a_task_that_none_can_hold(fleet: Fleet) -> None:
    group = fleet.group(0)
    fleet.provider(group)
    name = fleet.service(1, {**APP, "memory": 5000})
    assert (fleet.counts(name), fleet.desired(group)) == ((0, 1), 0)
    other = fleet.service(1)
    assert (fleet.counts(other), fleet.desired(group)) == ((1, 0), 1)
    fleet.update(other, desiredCount=0)
    assert (fleet.counts(name), fleet.desired(group)) == ((0, 1), 0)


def test_without_managed_scaling_the_group_stays_and_the_event_comes(fleet: Fleet) -> None:
    group = fleet.group(1)
    fleet.provider(group, scales=False)
    name = fleet.service(4)
    assert (fleet.counts(name), fleet.desired(group)) == ((3, 0), 1)
    assert "has insufficient memory available" in fleet.events(name)[0]


def test_a_target_below_100_keeps_headroom(fleet: Fleet) -> None:
    group = fleet.group(0)
    fleet.provider(group, target=50)
    fleet.service(3, placementStrategy=[{"type": "binpack", "field": "memory"}])
    assert fleet.desired(group) == 2


def test_a_cluster_tells_what_ecs_set_up_for_its_providers(fleet: Fleet) -> None:
    provider = fleet.provider(fleet.group(0), drains=True)
    cluster = fleet.ecs.describe_clusters(clusters=[fleet.cluster], include=["ATTACHMENTS"])["clusters"][0]
    assert cluster["attachmentsStatus"] == "UPDATE_COMPLETE"
    assert [each["type"] for each in cluster["attachments"]] == ["as_policy", "managed_draining"]
    for each in cluster["attachments"]:
        assert {"name": "capacityProviderName", "value": provider} in each["details"]
    assert "attachments" not in fleet.ecs.describe_clusters(clusters=[fleet.cluster])["clusters"][0]


def test_a_provider_without_an_instance_says_so(fleet: Fleet) -> None:
    fleet.provider(fleet.group(0), scales=False)
    (event,) = fleet.events(fleet.service(1))
    assert "Reason: No Container Instances were found in your capacity provider." in event


def test_a_task_that_is_gone_is_a_failure(fleet: Fleet) -> None:
    answer = fleet.ecs.describe_tasks(cluster=fleet.cluster, tasks=["gone"])
    assert (answer["tasks"], answer["failures"]) == ([], [{"arn": "gone", "reason": "MISSING"}])


def test_the_reservation_is_a_metric(fleet: Fleet) -> None:
    provider = fleet.provider(fleet.group(0))
    assert fleet.reservation(provider) == 100
    fleet.service(1, {**APP, "memory": 5000})
    assert fleet.reservation(provider) == 100
    fleet.service(1)
    assert fleet.reservation(provider) == 100


def test_a_drained_instance_gives_its_tasks_away(fleet: Fleet) -> None:
    fleet.group(2)
    targets = fleet.targets()
    name = fleet.service(2, loadBalancers=[{"targetGroupArn": targets, "containerName": "app", "containerPort": 80}])
    first, second = fleet.instances()
    fleet.drain(first)
    tasks = fleet.tasks(name)
    assert fleet.counts(name) == (2, 0)
    assert {task["containerInstanceArn"] for task in tasks} == {second["containerInstanceArn"]}
    assert {machine for machine, _ in fleet.healthy(targets)} == {second["ec2InstanceId"]}
    assert [each["runningTasksCount"] for each in fleet.instances() if each["status"] == "DRAINING"] == [0]


def test_tasks_stay_on_a_draining_instance_until_there_is_room(fleet: Fleet) -> None:
    group = fleet.group(1)
    name = fleet.service(2)
    (instance,) = fleet.instances()
    fleet.drain(instance)
    assert {task["containerInstanceArn"] for task in fleet.tasks(name)} == {instance["containerInstanceArn"]}
    fleet.asg.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=2)
    assert instance["containerInstanceArn"] not in {task["containerInstanceArn"] for task in fleet.tasks(name)}
    assert fleet.counts(name) == (2, 0)


def test_a_draining_instance_is_replaced_by_managed_scaling(fleet: Fleet) -> None:
    group = fleet.group(0)
    fleet.provider(group)
    name = fleet.service(2)
    (instance,) = fleet.instances()
    fleet.drain(instance)
    assert (fleet.counts(name), fleet.desired(group)) == ((2, 0), 2)
    assert instance["containerInstanceArn"] not in {task["containerInstanceArn"] for task in fleet.tasks(name)}


def test_a_terminated_instance_is_drained_first_where_ecs_drains(fleet: Fleet) -> None:
    group = fleet.group(2)
    fleet.provider(group, scales=False, drains=True)
    (hook,) = fleet.asg.describe_lifecycle_hooks(AutoScalingGroupName=group)["LifecycleHooks"]
    assert hook["LifecycleHookName"] == "ecs-managed-draining-termination-hook"
    fleet.service(6)
    first = fleet.instances()[0]
    fleet.asg.terminate_instance_in_auto_scaling_group(
        InstanceId=first["ec2InstanceId"], ShouldDecrementDesiredCapacity=True
    )
    states = {each["InstanceId"]: each["LifecycleState"] for each in fleet.described_group(group)["Instances"]}
    assert states[first["ec2InstanceId"]] == "Terminating:Wait"
    assert sorted(states.values()) == ["InService", "Terminating:Wait"]
    assert sorted(each["status"] for each in fleet.instances()) == ["ACTIVE", "DRAINING"]
    assert [each["runningTasksCount"] for each in fleet.instances()] == [3, 3]

    fleet.asg.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=2)
    assert first["ec2InstanceId"] not in {each["ec2InstanceId"] for each in fleet.instances()}
    assert [each["LifecycleState"] for each in fleet.described_group(group)["Instances"]] == ["InService"] * 2
    assert len(fleet.tasks()) == 6
    fleet.asg.delete_auto_scaling_group(AutoScalingGroupName=group, ForceDelete=True)
    assert fleet.instances() == []


def test_the_tasks_of_an_ended_instance_come_back_elsewhere(fleet: Fleet) -> None:
    fleet.group(2)
    name = fleet.service(2)
    first = fleet.instances()[0]
    fleet.ec2.terminate_instances(InstanceIds=[first["ec2InstanceId"]])
    assert fleet.counts(name) == (2, 0)
    assert first["containerInstanceArn"] not in {task["containerInstanceArn"] for task in fleet.tasks(name)}
    (ended,) = fleet.tasks(name, "STOPPED")
    assert ended["stoppedReason"] == f"Host EC2 (instance {first['ec2InstanceId']}) terminated."


def test_a_stopped_instance_has_no_agent(fleet: Fleet) -> None:
    fleet.group(2)
    name = fleet.service(2)
    first = fleet.instances()[0]
    fleet.ec2.stop_instances(InstanceIds=[first["ec2InstanceId"]])
    connected = {each["ec2InstanceId"]: each["agentConnected"] for each in fleet.instances()}
    assert (connected[first["ec2InstanceId"]], sorted(connected.values())) == (False, [False, True])
    assert fleet.counts(name) == (2, 0)
    fleet.ec2.start_instances(InstanceIds=[first["ec2InstanceId"]])
    assert all(each["agentConnected"] for each in fleet.instances())


def test_run_task_places_what_fits_and_tells_why_not(fleet: Fleet) -> None:
    fleet.group(1)
    answer = fleet.ecs.run_task(cluster=fleet.cluster, taskDefinition=fleet.task(), count=4)
    (instance,) = fleet.instances()
    assert len(answer["tasks"]) == instance["runningTasksCount"] == 3
    assert answer["failures"] == [{"arn": instance["containerInstanceArn"], "reason": "RESOURCE:MEMORY"}]
    fleet.ecs.stop_task(cluster=fleet.cluster, task=answer["tasks"][0]["taskArn"])
    assert len(fleet.tasks()) == 2


def test_run_task_on_a_scaled_provider_waits_and_gets_its_instance(fleet: Fleet) -> None:
    group = fleet.group(0)
    fleet.provider(group)
    fleet.ecs.run_task(cluster=fleet.cluster, taskDefinition=fleet.task(), count=4)
    assert [task["lastStatus"] for task in fleet.tasks()] == ["RUNNING"] * 4
    assert fleet.desired(group) == 2


def test_run_task_needs_an_instance(fleet: Fleet) -> None:
    with pytest.raises(ClientError, match="No Container Instances were found in your cluster"):
        fleet.ecs.run_task(cluster=fleet.cluster, taskDefinition=fleet.task())


def test_start_task_takes_the_named_instance(fleet: Fleet) -> None:
    fleet.group(2)
    second = fleet.instances()[1]["containerInstanceArn"]
    answer = fleet.ecs.start_task(cluster=fleet.cluster, taskDefinition=fleet.task(), containerInstances=[second, "no"])
    assert [task["containerInstanceArn"] for task in answer["tasks"]] == [second]
    assert answer["failures"] == [{"arn": "no", "reason": "MISSING"}]


def test_everything_can_be_deleted_in_the_order_of_a_destroy(fleet: Fleet) -> None:
    group = fleet.group(1)
    provider = fleet.provider(group)
    name = fleet.service(4)
    with pytest.raises(ClientError, match="ClusterContains"):
        fleet.ecs.delete_cluster(cluster=fleet.cluster)
    fleet.update(name, desiredCount=0)
    fleet.ecs.delete_service(cluster=fleet.cluster, service=name)
    fleet.ecs.put_cluster_capacity_providers(
        cluster=fleet.cluster, capacityProviders=[], defaultCapacityProviderStrategy=[]
    )
    fleet.ecs.delete_capacity_provider(capacityProvider=provider)
    fleet.asg.delete_auto_scaling_group(AutoScalingGroupName=group, ForceDelete=True)
    fleet.ecs.delete_cluster(cluster=fleet.cluster)
    for id_ in fleet.subnets:
        fleet.ec2.delete_subnet(SubnetId=id_)
    fleet.ec2.delete_vpc(VpcId=fleet.vpc)

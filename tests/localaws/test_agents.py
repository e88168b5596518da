"""Container instances join, tasks are placed on them and run: what boto3 sees of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ecs_model.agent import AgentSettings
from ecs_model.instance_types import catalogue
from ecs_model.memory import surely_registered
from ecs_model.ports import EPHEMERAL
from tests.localaws.fleets import APP, IMAGE, Fleet, amount, host_ports

UNPLACED = "was unable to place a task because no container instance met all of its requirements."
SEE = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
FIXED = {**APP, "portMappings": [{"containerPort": 80, "hostPort": 8080}]}


def test_the_instances_of_a_group_join_the_cluster_of_their_user_data(fleet: Fleet) -> None:
    group = fleet.group(2)
    provider = fleet.provider(group, scales=False)
    found = fleet.instances()
    assert {each["ec2InstanceId"] for each in found} == {
        each["InstanceId"] for each in fleet.described_group(group)["Instances"]
    }
    attributes = [{each["name"]: each["value"] for each in instance["attributes"]} for instance in found]
    assert {each["ecs.availability-zone"] for each in attributes} == {"us-east-1a", "us-east-1b"}
    for instance, own in zip(found, attributes, strict=True):
        assert (instance["status"], instance["agentConnected"]) == ("ACTIVE", True)
        assert instance["capacityProviderName"] == provider
        assert (own["ecs.instance-type"], own["ecs.os-type"], own["ecs.cpu-architecture"], own["ecs.ami-id"]) == (
            "t3.medium", "linux", "x86_64", IMAGE,
        )  # fmt: skip
        assert own["ecs.subnet-id"] in fleet.subnets
    cluster = fleet.ecs.describe_clusters(clusters=[fleet.cluster])["clusters"][0]
    assert cluster["registeredContainerInstancesCount"] == 2


def test_an_instance_registers_what_its_type_and_its_agent_leave(lab: Any) -> None:
    fleet = Fleet(
        lab,
        AgentSettings(reserved_memory=256, reserved_ports=[9100]),
        {"ECS_INSTANCE_ATTRIBUTES": '{"stack": "blue"}'},
    )
    fleet.group(1, type_="m6g.large")
    (instance,) = fleet.instances()
    for kind in ("registered", "remaining"):
        assert amount(instance, "CPU", kind) == 2048
        assert amount(instance, "MEMORY", kind) == surely_registered(catalogue()["m6g.large"].memory, 256)
        assert amount(instance, "PORTS", kind) == ["22", "2375", "2376", "9100", "51678", "51679"]
    attributes = {each["name"]: each["value"] for each in instance["attributes"]}
    assert (attributes["stack"], attributes["ecs.cpu-architecture"]) == ("blue", "arm64")


def test_instances_of_a_later_scale_out_join_and_ended_ones_leave(fleet: Fleet) -> None:
    group = fleet.group(1)
    fleet.asg.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=3)
    assert len(fleet.instances()) == 3
    gone = fleet.instances()[0]["ec2InstanceId"]
    fleet.asg.terminate_instance_in_auto_scaling_group(InstanceId=gone, ShouldDecrementDesiredCapacity=True)
    assert gone not in {each["ec2InstanceId"] for each in fleet.instances()}
    assert len(fleet.instances()) == 2
    fleet.asg.delete_auto_scaling_group(AutoScalingGroupName=group, ForceDelete=True)
    assert fleet.instances() == []
    fleet.ecs.delete_cluster(cluster=fleet.cluster)


def test_an_instance_joins_a_cluster_that_is_made_later(lab: Any, fleet: Fleet) -> None:
    name = lab.name("later")
    told = f"#!/bin/sh\necho ECS_CLUSTER={name} >> /etc/ecs/ecs.config\n"
    fleet.ec2.run_instances(ImageId=IMAGE, InstanceType="t3.micro", MinCount=1, MaxCount=1, UserData=told)
    fleet.ecs.create_cluster(clusterName=name)
    assert len(fleet.ecs.list_container_instances(cluster=name)["containerInstanceArns"]) == 1


def test_tasks_take_ports_of_the_agents_range_and_are_targets(fleet: Fleet) -> None:
    fleet.group(2)
    targets = fleet.targets()
    balancer = {"targetGroupArn": targets, "containerName": "app", "containerPort": 80}
    name = fleet.service(4, loadBalancers=[balancer])
    tasks = fleet.tasks(name)
    assert fleet.counts(name) == (len(tasks), 0) == (4, 0)
    ports = [port for task in tasks for port in host_ports(task)]
    assert Counter(ports) == {EPHEMERAL.first: 2, EPHEMERAL.first + 1: 2}
    machines = {each["containerInstanceArn"]: each["ec2InstanceId"] for each in fleet.instances()}
    expected = {(machines[task["containerInstanceArn"]], *host_ports(task)) for task in tasks}
    assert fleet.healthy(targets) == expected
    assert len(expected) == 4

    fleet.update(name, desiredCount=1)
    (left,) = fleet.tasks(name)
    assert fleet.healthy(targets) == {(machines[left["containerInstanceArn"]], *host_ports(left))}
    fleet.ecs.delete_service(cluster=fleet.cluster, service=name, force=True)
    assert fleet.healthy(targets) == set()
    assert fleet.tasks(name) == []


def test_another_range_is_kept(lab: Any) -> None:
    fleet = Fleet(lab, AgentSettings(dynamic_host_port_range="40000-40001"))
    fleet.group(1)
    name = fleet.service(3, {**APP, "memory": 64})
    assert sorted(port for task in fleet.tasks(name) for port in host_ports(task)) == [40000, 40001]
    assert 'encountered error "RESOURCE:PORTS"' in fleet.events(name)[0]


def test_what_is_left_is_what_tasks_leave(fleet: Fleet) -> None:
    fleet.group(1)
    fleet.service(2, {**FIXED, "cpu": 100}, {**APP, "name": "other", "memoryReservation": 300})
    (instance,) = fleet.instances()
    assert instance["runningTasksCount"] == 1
    assert amount(instance, "MEMORY") == amount(instance, "MEMORY", "registered") - 1300
    assert amount(instance, "CPU") == 2048 - 100
    assert amount(instance, "PORTS") == ["22", "2375", "2376", "8080", "51678", "51679"]


def test_a_task_takes_what_its_definition_says_for_all_its_containers(fleet: Fleet) -> None:
    fleet.group(1)
    fleet.service(1, taskDefinition=fleet.task({**APP, "memory": 128}, cpu="0.5 vCPU", memory="1 GB"))
    (instance,) = fleet.instances()
    assert amount(instance, "MEMORY") == amount(instance, "MEMORY", "registered") - 1024
    assert amount(instance, "CPU") == 2048 - 512


def test_tasks_spread_over_zones_or_are_packed(fleet: Fleet) -> None:
    fleet.group(4)
    small = {**APP, "memory": 100}
    spread = fleet.service(4, small)
    packed = fleet.service(4, small, placementStrategy=[{"type": "binpack", "field": "memory"}])
    assert set(Counter(task["containerInstanceArn"] for task in fleet.tasks(spread)).values()) == {1}
    assert len({task["containerInstanceArn"] for task in fleet.tasks(packed)}) == 1


def test_constraints_choose_instances(fleet: Fleet) -> None:
    fleet.group(2)
    small = {**APP, "memory": 100}
    here = "attribute:ecs.availability-zone == us-east-1b"
    member = fleet.service(3, small, placementConstraints=[{"type": "memberOf", "expression": here}])
    assert {task["availabilityZone"] for task in fleet.tasks(member)} == {"us-east-1b"}
    distinct = fleet.service(3, small, placementConstraints=[{"type": "distinctInstance"}])
    assert fleet.counts(distinct) == (2, 0)
    with pytest.raises(ClientError, match="Invalid placement constraint"):
        fleet.service(1, placementConstraints=[{"type": "memberOf", "expression": "attribute:x =="}])


@pytest.mark.parametrize(
    ("container", "words"),
    [
        ({**APP, "memory": 100_000}, "has insufficient memory available"),
        ({**APP, "cpu": 100_000}, "has insufficient CPU units available"),
        ({**FIXED, "portMappings": [{"containerPort": 80, "hostPort": 22}]}, "is already using a port required by"),
    ],
)
def test_an_impossible_task_is_told_in_ecss_own_words(fleet: Fleet, container: dict[str, Any], words: str) -> None:
    fleet.group(1)
    name = fleet.service(1, container)
    (instance,) = fleet.instances()
    id_ = instance["containerInstanceArn"].rpartition("/")[2]
    assert fleet.counts(name) == (0, 0)
    (event,) = fleet.events(name)
    assert event.startswith(f"(service {name}) {UNPLACED} The closest matching container-instance {id_} {words}")
    assert event.endswith(SEE)
    fleet.update(name, desiredCount=2)
    assert len(fleet.events(name)) == 1  # ECS does not repeat itself


def test_a_cluster_without_instances_says_so(fleet: Fleet) -> None:
    name = fleet.service(1)
    text = f"(service {name}) {UNPLACED} Reason: No Container Instances were found in your cluster. {SEE}"
    assert fleet.events(name) == [text]
    fleet.group(1)
    assert fleet.counts(name) == (1, 0)
    assert "has reached a steady state" in fleet.events(name)[0]


def test_a_new_task_definition_replaces_the_tasks_and_a_new_count_does_not(fleet: Fleet) -> None:
    fleet.group(2)
    name = fleet.service(2)
    before = {task["taskArn"] for task in fleet.tasks(name)}
    fleet.update(name, desiredCount=3)
    assert before < {task["taskArn"] for task in fleet.tasks(name)}
    new = fleet.task({**APP, "image": "nginx:2"})
    service = fleet.update(name, taskDefinition=new)
    assert {task["taskDefinitionArn"] for task in fleet.tasks(name)} == {new}
    assert fleet.counts(name) == (3, 0)
    (deployment,) = service["deployments"]
    assert (deployment["rolloutState"], deployment["runningCount"], deployment["taskDefinition"]) == (
        "COMPLETED", 3, new,
    )  # fmt: skip
    assert len(fleet.tasks(name, "STOPPED")) == 3


def test_a_deployment_that_has_no_room_stays_in_progress(fleet: Fleet) -> None:
    fleet.group(1)
    name = fleet.service(1, FIXED)
    service = fleet.update(name, forceNewDeployment=True)
    assert [(each["status"], each["runningCount"]) for each in service["deployments"]] == [
        ("PRIMARY", 0),
        ("ACTIVE", 1),
    ]
    assert service["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    assert "is already using a port required by your task" in fleet.events(name)[0]
    fleet.update(name, deploymentConfiguration={"minimumHealthyPercent": 0})
    assert [each["rolloutState"] for each in fleet.described(name)["deployments"]] == ["COMPLETED"]
    assert fleet.counts(name) == (1, 0)


def test_a_stopped_task_is_replaced(fleet: Fleet) -> None:
    fleet.group(1)
    name = fleet.service(1)
    (task,) = fleet.tasks(name)
    fleet.ecs.stop_task(cluster=fleet.cluster, task=task["taskArn"], reason="looked at")
    (new,) = fleet.tasks(name)
    assert new["taskArn"] != task["taskArn"]
    (stopped,) = fleet.tasks(name, "STOPPED")
    assert (stopped["taskArn"], stopped["stopCode"], stopped["stoppedReason"]) == (
        task["taskArn"], "UserInitiated", "looked at",
    )  # fmt: skip


def test_a_daemon_runs_on_every_instance(fleet: Fleet) -> None:
    group = fleet.group(2)
    name = fleet.lab.name("daemon")
    fleet.ecs.create_service(
        cluster=fleet.cluster, serviceName=name, taskDefinition=fleet.task(), schedulingStrategy="DAEMON"
    )
    assert fleet.counts(name) == (2, 0)
    fleet.asg.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=3)
    assert fleet.counts(name) == (3, 0)
    assert len({task["containerInstanceArn"] for task in fleet.tasks(name)}) == 3


def test_a_daemon_drains_last(fleet: Fleet) -> None:
    fleet.group(1)
    (instance,) = fleet.instances()
    name = fleet.lab.name("daemon")
    small = fleet.task({**APP, "memory": 100})
    fleet.ecs.create_service(cluster=fleet.cluster, serviceName=name, taskDefinition=small, schedulingStrategy="DAEMON")
    replica = fleet.service(1)
    fleet.drain(instance)
    assert (fleet.counts(name), fleet.counts(replica)) == ((1, 0), (1, 0))
    fleet.update(replica, desiredCount=0)
    fleet.drain(instance)
    assert (len(fleet.tasks(name)), len(fleet.tasks(replica))) == (0, 0)


def test_a_full_capacity_provider_keeps_nothing_from_another(fleet: Fleet) -> None:
    full, free = fleet.provider(fleet.group(0), scales=False), fleet.lab.name("free")
    group = fleet.described_group(fleet.group(1))
    fleet.ecs.create_capacity_provider(
        name=free, autoScalingGroupProvider={"autoScalingGroupArn": group["AutoScalingGroupARN"]}
    )
    fleet.ecs.put_cluster_capacity_providers(
        cluster=fleet.cluster, capacityProviders=[full, free], defaultCapacityProviderStrategy=[]
    )
    strategy = [{"capacityProvider": each, "weight": 1} for each in (full, free)]
    name = fleet.service(4, capacityProviderStrategy=strategy)
    assert {task["capacityProviderName"] for task in fleet.tasks(name)} == {free}
    assert fleet.counts(name) == (2, 0)
    assert "found in your capacity provider" in fleet.events(name)[0]


def test_an_awsvpc_task_has_a_network_interface_while_it_runs(fleet: Fleet) -> None:
    fleet.group(2)
    targets = fleet.targets("ip")
    group = fleet.ec2.create_security_group(GroupName=fleet.lab.name(), Description="d", VpcId=fleet.vpc)["GroupId"]
    name = fleet.service(
        2,
        taskDefinition=fleet.task(networkMode="awsvpc"),
        networkConfiguration={"awsvpcConfiguration": {"subnets": fleet.subnets[1:], "securityGroups": [group]}},
        loadBalancers=[{"targetGroupArn": targets, "containerName": "app", "containerPort": 80}],
    )
    tasks = fleet.tasks(name)
    assert {task["availabilityZone"] for task in tasks} == {"us-east-1b"}
    details = [{each["name"]: each["value"] for each in task["attachments"][0]["details"]} for task in tasks]
    assert {(each["privateIPv4Address"], 80) for each in details} == fleet.healthy(targets)
    assert {each["subnetId"] for each in details} == {fleet.subnets[1]}
    ids = [each["networkInterfaceId"] for each in details]
    assert len(fleet.ec2.describe_network_interfaces(NetworkInterfaceIds=ids)["NetworkInterfaces"]) == 2
    fleet.ecs.delete_service(cluster=fleet.cluster, service=name, force=True)
    with pytest.raises(ClientError, match="NotFound"):
        fleet.ec2.describe_network_interfaces(NetworkInterfaceIds=ids)
    fleet.ec2.delete_security_group(GroupId=group)


def test_the_same_calls_place_the_same_tasks(lab: Any) -> None:
    placements = []
    for _ in range(2):
        fleet = Fleet(lab)
        fleet.group(3)
        name = fleet.service(5, {**APP, "memory": 500})
        fleet.update(name, desiredCount=3)
        fleet.service(4, placementStrategy=[{"type": "random"}])
        order = [
            each["containerInstanceArn"] for each in sorted(fleet.instances(), key=lambda each: each["registeredAt"])
        ]
        placements.append([(order.index(task["containerInstanceArn"]), host_ports(task)) for task in fleet.tasks()])
    assert len(placements[0]) == 7
    assert placements[0] == placements[1]


def test_service_deployments_are_told_the_newest_first(fleet: Fleet) -> None:
    fleet.group(1)
    name = fleet.service(1)
    fleet.update(name, forceNewDeployment=True)

    def told(**more: Any) -> Any:
        return fleet.ecs.list_service_deployments(cluster=fleet.cluster, service=name, **more)["serviceDeployments"]

    listed = told()
    arns = [each["serviceDeploymentArn"] for each in listed]
    described = fleet.ecs.describe_service_deployments(serviceDeploymentArns=[*arns, f"{arns[0]}0"])

    assert [each["status"] for each in listed] == ["SUCCESSFUL", "SUCCESSFUL"]
    assert listed[0]["createdAt"] >= listed[1]["createdAt"]
    assert [each["serviceDeploymentArn"] for each in described["serviceDeployments"]] == arns
    assert described["failures"] == [{"arn": f"{arns[0]}0", "reason": "MISSING"}]
    assert [each["serviceDeploymentArn"] for each in told(maxResults=1)] == arns[:1]
    assert told(status=["IN_PROGRESS"]) == []
    with pytest.raises(ClientError, match="was not found"):
        fleet.ecs.list_service_deployments(cluster=fleet.cluster, service="nobody")

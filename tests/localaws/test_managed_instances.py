"""ECS Managed Instances on the local AWS: they come for tasks and go without, and what AWS refuses is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.localaws.managed import APP, PENDING, POLICY, SMALL, TASK, Managed


@pytest.fixture(name="fleet")
def _fleet(lab: Any) -> Managed:
    return Managed(lab)


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as error:
        call()
    return str(error.value)


def test_instances_come_for_the_tasks_and_end_with_them(fleet: Managed) -> None:
    own = fleet.managed()
    assert fleet.instances() == []
    name = fleet.own_service(own, 3)
    assert fleet.counts(name) == (3, 0)
    # Two tasks of 512 CPU units and more than 2 would fit by memory: m7i.large has 2 vCPUs and 8 GiB.
    assert fleet.types() == ["m7i.large"]
    (instance,) = fleet.instances()
    assert instance["capacityProviderName"] == own
    assert {task["capacityProviderName"] for task in fleet.tasks(name)} == {own}
    machine = fleet.ec2.describe_instances(InstanceIds=[instance["ec2InstanceId"]])["Reservations"][0]["Instances"][0]
    assert [group["GroupId"] for group in machine["SecurityGroups"]] == [fleet.group_id]
    assert {"Key": "AmazonECSManaged", "Value": "true"} in machine["Tags"]
    assert "/ecsInstanceRole" in machine["IamInstanceProfile"]["Arn"]
    fleet.update(name, desiredCount=9)
    assert (fleet.counts(name), len(fleet.instances())) == ((9, 0), 3)
    zones = [each["ecs.availability-zone"] for each in _attributes(fleet)]
    assert sorted(zones.count(zone) for zone in set(zones)) == [1, 2]
    fleet.update(name, desiredCount=0)
    assert fleet.instances() == []
    found = fleet.ec2.describe_instances(Filters=[{"Name": "vpc-id", "Values": [fleet.vpc]}])["Reservations"]
    assert {one["State"]["Name"] for each in found for one in each["Instances"]} <= {"terminated"}


def _attributes(fleet: Managed) -> list[dict[str, str]]:
    return [{item["name"]: item.get("value", "") for item in each["attributes"]} for each in fleet.instances()]


def test_the_type_follows_the_task(fleet: Managed) -> None:
    own = fleet.managed()
    fleet.own_service(own, 1, {**APP, "memory": 12_000})
    assert fleet.types() == ["m7i.xlarge"]
    arm = {"runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}}
    name = fleet.own_service(own, 1, **arm)
    assert (fleet.counts(name), fleet.types()) == ((1, 0), ["m7g.large", "m7i.xlarge"])
    big = fleet.own_service(own, 1, {**APP, "memory": 60_000})
    assert (fleet.counts(big), fleet.types()) == ((0, 1), ["m7g.large", "m7i.xlarge"])


def test_a_trunk_lets_one_instance_hold_more_tasks_than_its_network_interfaces(fleet: Managed) -> None:
    own = fleet.managed()
    name = fleet.own_service(own, 8, {**APP, "memory": 128}, cpu="128")
    assert (fleet.counts(name), fleet.types()) == ((8, 0), ["m7i.large"])


def test_without_requirements_ecs_takes_a_general_purpose_type(fleet: Managed) -> None:
    settings = fleet.settings()
    del settings["instanceLaunchTemplate"]["instanceRequirements"]
    name = fleet.own_service(fleet.managed(settings), 1)
    (type_,) = fleet.types()
    assert (fleet.counts(name), type_[0]) == ((1, 0), "m")


def test_tasks_in_mode_host_and_of_no_service_run_as_well(fleet: Managed) -> None:
    own = fleet.managed()
    name = fleet.own_service(own, 2, {**APP, "portMappings": [{"containerPort": 80}]}, networkMode="host")
    assert (fleet.counts(name), len(fleet.instances())) == ((2, 0), 2)
    task = fleet.task(APP, **TASK)
    network = {"awsvpcConfiguration": {"subnets": fleet.subnets}}
    ran = fleet.ecs.run_task(cluster=fleet.cluster, taskDefinition=task, networkConfiguration=network)
    assert (len(ran["tasks"]), ran["failures"]) == (1, [])


def test_a_new_provider_is_not_active_at_once(fleet: Managed) -> None:
    own = fleet.managed(active=False)
    told = fleet.provider_of(own)
    assert (told["status"], told["type"], told["cluster"]) == ("PROVISIONING", "MANAGED_INSTANCES", fleet.cluster)
    assert told["managedInstancesProvider"]["instanceLaunchTemplate"]["instanceRequirements"] == SMALL
    assert PENDING in refusal(lambda: fleet.attach(own))
    assert fleet.provider_of(own)["status"] == "ACTIVE"
    fleet.attach(own)


@pytest.mark.parametrize("propagates", ["CAPACITY_PROVIDER", "NONE"])
def test_tags_reach_the_instances_where_they_are_propagated(fleet: Managed, propagates: str) -> None:
    own = fleet.managed(fleet.settings(), active=False, propagateTags=propagates)
    fleet.ecs.tag_resource(
        resourceArn=fleet.provider_of(own)["capacityProviderArn"], tags=[{"key": "team", "value": "shop"}]
    )
    refusal(lambda: fleet.attach(own))
    fleet.own_service(own, 1)
    (machine_id,) = (each["ec2InstanceId"] for each in fleet.instances())
    machine = fleet.ec2.describe_instances(InstanceIds=[machine_id])["Reservations"][0]["Instances"][0]
    assert ({"Key": "team", "Value": "shop"} in machine["Tags"]) is (propagates == "CAPACITY_PROVIDER")


def test_told_never_to_scale_in_it_keeps_what_idles(fleet: Managed) -> None:
    own = fleet.managed(infrastructureOptimization={"scaleInAfter": -1})
    name = fleet.own_service(own, 1)
    fleet.update(name, desiredCount=0)
    assert len(fleet.instances()) == 1


def test_an_update_reaches_new_instances_only(fleet: Managed) -> None:
    settings = fleet.settings()
    own = fleet.managed(settings)
    fleet.own_service(own, 1)
    template = {**settings["instanceLaunchTemplate"], "instanceRequirements": {**SMALL, "memoryMiB": {"min": 16_384}}}
    fleet.ecs.update_capacity_provider(
        name=own,
        cluster=fleet.cluster,
        managedInstancesProvider={**settings, "instanceLaunchTemplate": template},
    )
    assert fleet.types() == ["m7i.large"]
    fleet.own_service(own, 1, {**APP, "memory": 7000})
    assert fleet.types() == ["m7i.large", "m7i.xlarge"]


@pytest.mark.parametrize(("name", "path"), [("other", "/"), ("ecsInstanceRole", "/team/")])
def test_no_instance_comes_where_the_role_may_not_be_passed(fleet: Managed, name: str, path: str) -> None:
    own = fleet.managed(fleet.settings(role_name=fleet.lab.name(name), path=path))
    service = fleet.own_service(own, 1)
    assert (fleet.counts(service), fleet.instances()) == ((0, 1), [])


def test_it_ends_with_its_provider_and_the_cluster_goes_after_it(fleet: Managed) -> None:
    own = fleet.managed()
    name = fleet.own_service(own, 1)
    assert "in use" in refusal(lambda: fleet.ecs.delete_capacity_provider(capacityProvider=own))
    fleet.ecs.delete_service(cluster=fleet.cluster, service=name, force=True)
    assert "default capacity provider strategy" in refusal(
        lambda: fleet.ecs.delete_capacity_provider(capacityProvider=own)
    )
    # It is the cluster's, listed or not, until it is deleted.
    fleet.attach()
    cluster = fleet.ecs.describe_clusters(clusters=[fleet.cluster])["clusters"][0]
    assert (cluster["capacityProviders"], cluster["defaultCapacityProviderStrategy"]) == ([own], [])
    assert "ClusterContainsCapacityProvider" in refusal(lambda: fleet.ecs.delete_cluster(cluster=fleet.cluster))
    fleet.ecs.delete_capacity_provider(capacityProvider=own)
    assert fleet.ecs.describe_clusters(clusters=[fleet.cluster])["clusters"][0]["capacityProviders"] == []
    fleet.ecs.delete_cluster(cluster=fleet.cluster)


def test_running_instances_end_with_their_provider(fleet: Managed) -> None:
    own = fleet.managed(infrastructureOptimization={"scaleInAfter": -1})
    name = fleet.own_service(own, 1)
    fleet.ecs.delete_service(cluster=fleet.cluster, service=name, force=True)
    assert len(fleet.instances()) == 1
    fleet.attach()
    fleet.ecs.delete_capacity_provider(capacityProvider=own)
    assert fleet.instances() == []
    fleet.ec2.delete_security_group(GroupId=fleet.group_id)


def test_an_instance_that_was_ended_is_replaced(fleet: Managed) -> None:
    own = fleet.managed()
    name = fleet.own_service(own, 1)
    (before,) = fleet.instances()
    fleet.ec2.terminate_instances(InstanceIds=[before["ec2InstanceId"]])
    (after,) = fleet.instances()
    assert (fleet.counts(name), before["ec2InstanceId"] != after["ec2InstanceId"]) == ((1, 0), True)


def test_a_strategy_is_of_one_kind(fleet: Managed) -> None:
    own, other = fleet.managed(), fleet.provider(fleet.group(0))
    for second in (other, "FARGATE"):
        fleet.ecs.put_cluster_capacity_providers(
            cluster=fleet.cluster, capacityProviders=[own, second], defaultCapacityProviderStrategy=[]
        )
        strategy = [{"capacityProvider": each, "weight": 1} for each in (own, second)]
        with pytest.raises(ClientError, match="cannot contain a mix"):
            fleet.service(1, taskDefinition=fleet.task(APP), capacityProviderStrategy=strategy)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"networkMode": "bridge"}, "must be awsvpc or host"),
        ({"ipcMode": "task"}, "ipcMode"),
        ({"volumes": [{"name": "files", "host": {"sourcePath": "/srv"}}]}, "sourcePath"),
        ({"volumes": [{"name": "files", "dockerVolumeConfiguration": {"scope": "task"}}]}, "dockerVolumeConfiguration"),
    ],
)
def test_what_tasks_may_not_ask_for(fleet: Managed, more: dict[str, Any], said: str) -> None:
    assert said in refusal(lambda: fleet.task(APP, **{**TASK, **more}))


def test_what_containers_may_not_ask_for(fleet: Managed) -> None:
    linux = {"linuxParameters": {"swappiness": 0, "sharedMemorySize": 64}}
    said = refusal(lambda: fleet.task({**APP, "hostname": "a", "dockerLabels": {"a": "b"}, **linux}, **TASK))
    assert "dockerLabels, hostname, sharedMemorySize, swappiness" in said


def test_a_task_in_bridge_mode_does_not_run_on_them(fleet: Managed) -> None:
    own = fleet.managed()
    strategy = [{"capacityProvider": own, "weight": 1}]
    said = refusal(lambda: fleet.service(1, taskDefinition=fleet.task(APP), capacityProviderStrategy=strategy))
    assert "network mode bridge is not supported" in said


def test_what_a_provider_needs(fleet: Managed) -> None:
    settings = fleet.settings()
    made = fleet.ecs.create_capacity_provider
    assert "cluster must be specified" in refusal(lambda: made(name="own", managedInstancesProvider=settings))
    gone = {**settings, "infrastructureRoleArn": "arn:aws:iam::123456789012:role/gone"}
    assert "infrastructure role does not exist" in refusal(
        lambda: made(name="own", cluster=fleet.cluster, managedInstancesProvider=gone)
    )
    assert "Cluster not found" in refusal(lambda: made(name="own", cluster="gone", managedInstancesProvider=settings))
    own, other = fleet.managed(settings), Managed(fleet.lab)
    assert "belongs to another cluster" in refusal(lambda: other.attach(own))
    assert POLICY.endswith("ManagedInstances")


TOKEN = "aws:ecs/capacityProvider:CapacityProvider"


def _wanted(fleet: Managed, **template: Any) -> dict[str, Any]:
    """A program's inputs."""
    api = fleet.settings()
    return {
        "cluster": fleet.cluster,
        "tags": {"team": "shop"},
        "managedInstancesProvider": {
            "infrastructureRoleArn": api["infrastructureRoleArn"],
            "propagateTags": "CAPACITY_PROVIDER",
            "instanceLaunchTemplate": {
                "ec2InstanceProfileArn": api["instanceLaunchTemplate"]["ec2InstanceProfileArn"],
                "networkConfiguration": {"subnets": fleet.subnets, "securityGroups": [fleet.group_id]},
                "instanceRequirements": {"vcpuCount": {"min": 2}, "memoryMib": {"min": 4096}},
                "storageConfiguration": {"storageSizeGib": 40},
                "capacityOptionType": "ON_DEMAND",
                **template,
            },
        },
    }


def test_the_provider_makes_reads_changes_and_deletes_one(fleet: Managed) -> None:
    lab = fleet.lab
    wanted = _wanted(fleet)
    made = lab.made(TOKEN, **wanted)
    assert made.state["managedInstancesProvider"] == wanted["managedInstancesProvider"]
    assert (made.state["cluster"], made.state["tags"]) == (fleet.cluster, {"team": "shop"})
    _, state, inputs = lab.read(made)
    assert (state, inputs["managedInstancesProvider"]) == (made.state, wanted["managedInstancesProvider"])
    changed = _wanted(fleet, storageConfiguration={"storageSizeGib": 50})
    diff = lab.diff(made, {**made.inputs, **changed})
    assert (list(diff.diffs), list(diff.replaces)) == (["managedInstancesProvider"], [])
    updated = lab.update(made, {**made.inputs, **changed})["managedInstancesProvider"]["instanceLaunchTemplate"]
    assert updated["storageConfiguration"] == {"storageSizeGib": 50}
    assert updated["capacityOptionType"] == "ON_DEMAND"
    lab.delete(made)
    assert lab.read(made)[0] == ""


def test_what_makes_a_new_one(fleet: Managed) -> None:
    made = fleet.lab.made(TOKEN, **_wanted(fleet))
    spot = {**made.inputs, **_wanted(fleet, capacityOptionType="SPOT")}
    assert list(fleet.lab.diff(made, spot).replaces) == ["managedInstancesProvider"]
    other = {**made.inputs, "cluster": "other"}
    assert list(fleet.lab.diff(made, other).replaces) == ["cluster"]
    arn = fleet.described_group(fleet.group(0))["AutoScalingGroupARN"]
    kind = {"name": made.inputs["name"], "autoScalingGroupProvider": {"autoScalingGroupArn": arn}}
    replaced = set(fleet.lab.diff(made, kind).replaces)
    assert replaced == {"autoScalingGroupProvider", "cluster", "managedInstancesProvider"}


def test_what_the_provider_refuses(fleet: Managed) -> None:
    lab, wanted = fleet.lab, _wanted(fleet)
    group = {"autoScalingGroupArn": "arn:aws:autoscaling:us-east-1:1:autoScalingGroup:x:autoScalingGroupName/x"}
    for inputs, prop in (
        ({**wanted, "autoScalingGroupProvider": group}, "autoScalingGroupProvider"),
        ({"tags": {}}, "autoScalingGroupProvider"),
        ({key: value for key, value in wanted.items() if key != "cluster"}, "cluster"),
        ({"autoScalingGroupProvider": group, "cluster": fleet.cluster}, "cluster"),
    ):
        assert list(lab.check(lab.resource(TOKEN), inputs)[1]) == [prop]

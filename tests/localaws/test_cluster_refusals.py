"""What AWS refuses of clusters and capacity providers, seen by boto3 as by the provider: moto 5.2 lets it pass."""

from __future__ import annotations

from typing import Any

import pytest

from tests.localaws.ground import Ground, Parameters, refused


def test_a_capacity_provider_of_a_cluster_stays(ground: Ground) -> None:
    name = ground.provider()
    ground.cluster(name)
    code, message = refused(ground.ecs.delete_capacity_provider, capacityProvider=name)
    assert code == "ClientException"
    assert "associated with cluster" in message


def test_a_capacity_provider_that_a_service_uses_stays_in_its_cluster(ground: Ground) -> None:
    name = ground.provider()
    cluster = ground.cluster(name)
    service = ground.service(cluster, capacityProviderStrategy=[{"capacityProvider": name, "weight": 1}])
    empty: Parameters = {"cluster": cluster, "capacityProviders": [], "defaultCapacityProviderStrategy": []}
    assert refused(ground.ecs.put_cluster_capacity_providers, **empty)[0] == "ResourceInUseException"
    ground.ecs.delete_service(cluster=cluster, service=service, force=True)
    ground.ecs.put_cluster_capacity_providers(**empty)
    ground.ecs.delete_capacity_provider(capacityProvider=name)


@pytest.mark.parametrize("name", ["aws-x", "ECS1", "fargateish", "with space"])
def test_names_that_aws_reserves_are_no_capacity_providers(ground: Ground, name: str) -> None:
    provider = {"autoScalingGroupArn": ground.fleet()[1]}
    code, message = refused(ground.ecs.create_capacity_provider, name=name, autoScalingGroupProvider=provider)
    assert (code, "name is invalid" in message) == ("ClientException", True)


def test_a_group_has_one_capacity_provider_that_its_protection_suits(ground: Ground) -> None:
    arn = ground.fleet(protected=False)[1]
    create = ground.ecs.create_capacity_provider
    wanted = {"autoScalingGroupArn": arn, "managedTerminationProtection": "ENABLED"}
    code, message = refused(create, name=ground.lab.name("cp"), autoScalingGroupProvider=wanted)
    assert (code, "scale in enabled" in message) == ("InvalidParameterException", True)
    create(name=ground.lab.name("cp"), autoScalingGroupProvider={"autoScalingGroupArn": arn})
    second = refused(create, name=ground.lab.name("cp"), autoScalingGroupProvider={"autoScalingGroupArn": arn})
    assert "already being used" in second[1]
    missing = refused(create, name=ground.lab.name("cp"), autoScalingGroupProvider={"autoScalingGroupArn": "arn:x"})
    assert "does not exist" in missing[1]


@pytest.mark.parametrize(
    ("tags", "drift"),
    [([], ["tags"]), ([{"key": "AmazonECSManaged", "value": "true", "propagateAtLaunch": True}], [])],
)
def test_ecs_marks_the_group_of_a_capacity_provider(lab: Any, tags: list[Parameters], drift: list[str]) -> None:
    group = lab.made(
        "aws:autoscaling/group:Group",
        minSize=0,
        maxSize=1,
        availabilityZones=["us-east-1a"],
        launchTemplate={"id": lab.made("aws:ec2/launchTemplate:LaunchTemplate", imageId="ami-12c6146b").id},
        tags=tags,
    )
    lab.made(
        "aws:ecs/capacityProvider:CapacityProvider",
        autoScalingGroupProvider={"autoScalingGroupArn": group.state["arn"]},
    )
    _, state, inputs = lab.read(group)
    assert [(tag["key"], tag["propagateAtLaunch"]) for tag in state["tags"]] == [("AmazonECSManaged", True)]
    assert list(lab.diff(group, group.inputs, old=inputs).diffs) == drift


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        ([("a", 1, 0), ("FARGATE", 1, 0)], "mix of capacity providers"),
        ([("a", 0, 0), ("b", 0, 0)], "weight greater than zero"),
        ([("a", 1, 1), ("b", 1, 2)], "more than one capacity provider with a base"),
        ([("none", 1, 0)], "was not found"),
        ([("c", 1, 0)], "not associated"),
        ([("a", 1, 0), ("a", 2, 0)], "twice"),
    ],
)
def test_strategies_that_cannot_be(ground: Ground, strategy: list[tuple[str, int, int]], words: str) -> None:
    names = {key: ground.provider() for key in "abc"}
    items = [
        {"capacityProvider": names.get(name, name), "weight": weight, "base": base} for name, weight, base in strategy
    ]
    cluster = ground.cluster(names["a"], names["b"], "FARGATE")
    for call, parameters in (
        (
            ground.ecs.put_cluster_capacity_providers,
            {
                "cluster": cluster,
                "capacityProviders": [names["a"], names["b"], "FARGATE"],
                "defaultCapacityProviderStrategy": items,
            },
        ),
        (
            ground.ecs.create_service,
            {
                "cluster": cluster,
                "serviceName": "web",
                "taskDefinition": ground.task(),
                "capacityProviderStrategy": items,
            },
        ),
    ):
        code, message = refused(call, **parameters)
        assert code == "InvalidParameterException"
        assert words in message


def test_a_cluster_with_a_service_stays(ground: Ground) -> None:
    cluster = ground.cluster()
    service = ground.service(cluster)
    assert refused(ground.ecs.delete_cluster, cluster=cluster)[0] == "ClusterContainsServicesException"
    ground.ecs.delete_service(cluster=cluster, service=service, force=True)
    ground.ecs.delete_cluster(cluster=cluster)
    assert not [arn for arn in ground.ecs.list_clusters()["clusterArns"] if arn.endswith("/" + cluster)]


def test_a_cluster_with_instances_or_tasks_stays(ground: Ground) -> None:
    cluster = ground.cluster()
    instance = ground.ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=ground.subnets[0])[
        "Instances"
    ][0]["InstanceId"]
    document = f'{{"instanceId": "{instance}"}}'
    joined = ground.ecs.register_container_instance(cluster=cluster, instanceIdentityDocument=document)
    arn = joined["containerInstance"]["containerInstanceArn"]
    assert refused(ground.ecs.delete_cluster, cluster=cluster)[0] == "ClusterContainsContainerInstancesException"
    assert ground.ecs.run_task(cluster=cluster, taskDefinition=ground.task(), launchType="EC2")["tasks"]
    ground.ecs.deregister_container_instance(cluster=cluster, containerInstance=arn, force=True)
    assert refused(ground.ecs.delete_cluster, cluster=cluster)[0] == "ClusterContainsTasksException"

"""What AWS refuses of services and task definitions, seen by boto3 as by the provider: moto 5.2 lets it pass."""

from __future__ import annotations

import pytest

from tests.localaws.ground import APP, Ground, Parameters, refused


def test_a_service_of_a_name_exists_once(ground: Ground) -> None:
    cluster = ground.cluster()
    name = ground.service(cluster).rpartition("/")[2]
    again = refused(ground.ecs.create_service, cluster=cluster, serviceName=name, taskDefinition=ground.task())
    assert again == ("InvalidParameterException", "Creation of service was not idempotent.")


def test_a_launch_type_excludes_a_strategy(ground: Ground) -> None:
    name = ground.provider()
    cluster = ground.cluster(name)
    code, message = refused(
        ground.ecs.create_service,
        cluster=cluster,
        serviceName="web",
        taskDefinition=ground.task(),
        launchType="EC2",
        capacityProviderStrategy=[{"capacityProvider": name, "weight": 1}],
    )
    assert (code, "both a launch type" in message) == ("InvalidParameterException", True)


def test_a_service_without_either_takes_the_clusters_strategy(ground: Ground) -> None:
    name = ground.provider()
    cluster = ground.cluster(name)
    strategy = [{"capacityProvider": name, "weight": 2, "base": 0}]
    ground.ecs.put_cluster_capacity_providers(
        cluster=cluster, capacityProviders=[name], defaultCapacityProviderStrategy=strategy
    )
    service = ground.service(cluster)
    found = ground.ecs.describe_services(cluster=cluster, services=[service])["services"][0]
    assert found["capacityProviderStrategy"] == strategy
    assert "launchType" not in found


def test_a_strategy_changes_only_with_a_new_deployment(ground: Ground) -> None:
    one, two = ground.provider(), ground.provider()
    cluster = ground.cluster(one, two)
    service = ground.service(cluster, capacityProviderStrategy=[{"capacityProvider": one, "weight": 1}])
    other: Parameters = {
        "cluster": cluster,
        "service": service,
        "capacityProviderStrategy": [{"capacityProvider": two, "weight": 1}],
    }
    code, message = refused(ground.ecs.update_service, **other)
    assert (code, "forceNewDeployment" in message) == ("InvalidParameterException", True)
    ground.ecs.update_service(**other, forceNewDeployment=True)


@pytest.mark.parametrize(
    ("balancer", "words"),
    [
        ({"containerName": "none", "containerPort": 80}, "does not exist in the task definition"),
        ({"containerName": "app", "containerPort": 81}, "did not have a container port 81"),
        ({"containerName": "app", "containerPort": 80, "targetGroupArn": "arn:none"}, "does not exist"),
    ],
)
def test_a_services_load_balancer_must_suit_its_task(ground: Ground, balancer: Parameters, words: str) -> None:
    code, message = refused(
        ground.ecs.create_service,
        cluster=ground.cluster(),
        serviceName="web",
        taskDefinition=ground.task(),
        loadBalancers=[balancer],
    )
    assert (code, words in message) == ("InvalidParameterException", True)


def test_a_services_target_group_has_a_load_balancer_and_the_right_type(ground: Ground) -> None:
    alone, wrong = ground.targets(), ground.targets("ip")
    ground.listener(wrong)
    for arn, words in ((alone, "does not have an associated load balancer"), (wrong, "incompatible with")):
        code, message = refused(
            ground.ecs.create_service,
            cluster=ground.cluster(),
            serviceName="web",
            taskDefinition=ground.task(),
            loadBalancers=[{"containerName": "app", "containerPort": 80, "targetGroupArn": arn}],
        )
        assert (code, words in message) == ("InvalidParameterException", True)


def test_a_volume_left_to_the_launch_is_configured_by_the_service(ground: Ground) -> None:
    create, cluster = ground.ecs.create_service, ground.cluster()
    task = ground.task(volumes=[{"name": "data", "configuredAtLaunch": True}])
    ebs = {"roleArn": "arn:aws:iam::123456789012:role/infrastructure", "sizeInGiB": 10, "volumeType": "gp3"}
    given = [{"name": "data", "managedEBSVolume": ebs}]
    for named, volumes in ((task, []), (ground.task(), given)):
        code, message = refused(
            create, cluster=cluster, serviceName="a", taskDefinition=named, volumeConfigurations=volumes
        )
        assert (code, "do not match the volumes" in message) == ("InvalidParameterException", True)
    made = create(cluster=cluster, serviceName="a", taskDefinition=task, volumeConfigurations=given)["service"]
    assert made["deployments"][0]["volumeConfigurations"] == given
    ground.ecs.update_service(cluster=cluster, service="a", desiredCount=0)
    update = {"cluster": cluster, "service": "a", "taskDefinition": ground.task()}
    assert refused(ground.ecs.update_service, **update)[0] == "InvalidParameterException"
    without = ground.ecs.update_service(**update, volumeConfigurations=[])["service"]
    assert "volumeConfigurations" not in without["deployments"][0]


def test_awsvpc_tasks_need_a_network_and_others_have_none(ground: Ground) -> None:
    network = {"awsvpcConfiguration": {"subnets": ground.subnets, "securityGroups": [ground.group()]}}
    create, cluster = ground.ecs.create_service, ground.cluster()
    awsvpc = ground.task(networkMode="awsvpc")
    assert "must be provided" in refused(create, cluster=cluster, serviceName="a", taskDefinition=awsvpc)[1]
    assert (
        "not valid"
        in refused(
            create, cluster=cluster, serviceName="a", taskDefinition=ground.task(), networkConfiguration=network
        )[1]
    )
    made = create(cluster=cluster, serviceName="a", taskDefinition=awsvpc, networkConfiguration=network)
    assert made["service"]["networkConfiguration"]["awsvpcConfiguration"]["subnets"] == ground.subnets


@pytest.mark.parametrize(
    ("parameters", "chosen"),
    [
        ({}, "ENABLED"),
        ({"placementStrategy": [{"type": "spread", "field": "attribute:ecs.availability-zone"}]}, "ENABLED"),
        ({"placementStrategy": [{"type": "binpack", "field": "memory"}]}, "DISABLED"),
        ({"deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 0}}, "DISABLED"),
    ],
)
def test_zones_are_rebalanced_where_that_is_possible(ground: Ground, parameters: Parameters, chosen: str) -> None:
    cluster = ground.cluster()
    arn = ground.service(cluster, launchType="EC2", **parameters)
    (found,) = ground.ecs.describe_services(cluster=cluster, services=[arn])["services"]
    assert found["availabilityZoneRebalancing"] == chosen
    wanted = {"cluster": cluster, "service": arn, "availabilityZoneRebalancing": "ENABLED"}
    if chosen == "ENABLED":
        ground.ecs.update_service(**wanted)
        packed = {"placementStrategy": [{"type": "binpack", "field": "memory"}]}
        assert refused(ground.ecs.update_service, **wanted, **packed)[0] == "InvalidParameterException"
    else:
        assert refused(ground.ecs.update_service, **wanted)[0] == "InvalidParameterException"


def test_a_service_lives_on_with_a_task_definition_that_was_deregistered(ground: Ground) -> None:
    ecs, cluster, task = ground.ecs, ground.cluster(), ground.task()
    made = ecs.create_service(cluster=cluster, serviceName="web", taskDefinition=task, desiredCount=1)["service"]
    ecs.deregister_task_definition(taskDefinition=task)
    inactive = ("ClientException", "TaskDefinition is inactive")
    assert refused(ecs.create_service, cluster=cluster, serviceName="new", taskDefinition=task) == inactive
    assert refused(ecs.update_service, cluster=cluster, service="web", taskDefinition=task) == inactive
    scaled = ecs.update_service(cluster=cluster, service="web", desiredCount=3)["service"]
    assert (scaled["desiredCount"], scaled["taskDefinition"]) == (3, task)
    service = ground.lab.resource("aws:ecs/service:Service")
    service.id, service.state = made["serviceArn"], {"cluster": made["clusterArn"], "schedulingStrategy": "REPLICA"}
    ground.lab.delete(service)
    assert ecs.list_services(cluster=cluster)["serviceArns"] == []


BARE = {"name": "app", "image": "nginx"}


@pytest.mark.parametrize(
    ("containers", "more", "words"),
    [
        ([BARE], {}, "At least one of 'memory' or 'memoryReservation'"),
        ([{**BARE, "memory": 64, "memoryReservation": 65}], {}, "must be greater than or equal to"),
        ([{**BARE, "memory": 4}], {}, "at least 6 MiB"),
        ([{**APP, "dependsOn": [{"containerName": "none", "condition": "START"}]}], {}, "depends on 'none'"),
        ([APP, APP], {}, "unique"),
        ([{**APP, "essential": False}], {}, "essential"),
        ([{**APP, "links": ["x"]}], {"networkMode": "awsvpc"}, "Links are not supported"),
        (
            [{**BARE, "memory": 64, "portMappings": [{"containerPort": 80, "hostPort": 81}]}],
            {"networkMode": "awsvpc"},
            "When networkMode=awsvpc",
        ),
        (
            [{**BARE, "memory": 64, "portMappings": [{"containerPort": 80, "hostPort": 81}]}],
            {"networkMode": "host"},
            "When networkMode=host",
        ),
        (
            [
                {
                    **BARE,
                    "memory": 64,
                    "portMappings": [{"containerPort": 80, "hostPort": 81}, {"containerPort": 90, "hostPort": 81}],
                }
            ],
            {},
            "more than once",
        ),
        ([{**BARE, "memory": 600}], {"memory": "512"}, "more than the task's"),
        ([], {}, "cannot be empty"),
        (
            [{**APP, "mountPoints": [{"sourceVolume": "b", "containerPath": "/b"}]}],
            {"volumes": [{"name": "a"}]},
            "Unknown volume 'b'",
        ),
        ([APP], {"volumes": [{"name": "a"}, {"name": "a"}]}, "must be unique"),
        (
            [APP],
            {"volumes": [{"name": "a", "host": {"sourcePath": "/a"}, "dockerVolumeConfiguration": {"scope": "task"}}]},
            "more than one configuration",
        ),
        ([{**APP, "ulimits": [{"name": "nofile", "softLimit": 2, "hardLimit": 1}]}], {}, "ulimit 'nofile'"),
        ([{**APP, "ulimits": [{"name": "nofile", "softLimit": -1, "hardLimit": 1}]}], {}, "ulimit 'nofile'"),
    ],
)
def test_container_definitions_that_cannot_be(
    ground: Ground, containers: list[Parameters], more: Parameters, words: str
) -> None:
    code, message = refused(ground.ecs.register_task_definition, family="x", containerDefinitions=containers, **more)
    assert (code, words in message) == ("ClientException", True)


def test_a_task_definition_tells_its_ports_in_full(ground: Ground) -> None:
    bridge = ground.ecs.describe_task_definition(taskDefinition=ground.task())["taskDefinition"]
    awsvpc = ground.ecs.describe_task_definition(taskDefinition=ground.task(networkMode="awsvpc"))["taskDefinition"]
    ports = [task["containerDefinitions"][0]["portMappings"][0] for task in (bridge, awsvpc)]
    assert [port["hostPort"] for port in ports] == [0, 80]
    assert [task["networkMode"] for task in (bridge, awsvpc)] == ["bridge", "awsvpc"]

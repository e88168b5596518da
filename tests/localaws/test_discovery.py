"""AWS Cloud Map as boto3 sees it: names, what is in use, and the registries of services of ECS."""

from __future__ import annotations

from typing import Any

import pytest

from tests.localaws.ground import refused
from tests.localaws.making import cluster, namespace, registry, task


@pytest.fixture
def cloud_map(lab: Any) -> Any:
    return lab.boto("servicediscovery")


def test_a_name_is_there_once_and_a_namespace_in_use_stays(lab: Any, cloud_map: Any) -> None:
    dns = {"NamespaceId": namespace(lab), "DnsRecords": [{"TTL": 15, "Type": "A"}]}
    made = cloud_map.create_service(Name="api", DnsConfig=dns)["Service"]
    assert made["NamespaceId"] == dns["NamespaceId"]
    assert refused(cloud_map.create_service, Name="api", DnsConfig=dns)[0] == "ServiceAlreadyExists"
    cloud_map.create_service(Name="web", DnsConfig=dns)
    assert refused(cloud_map.delete_namespace, Id=dns["NamespaceId"])[0] == "ResourceInUse"


def test_what_is_not_there_is_not_found(cloud_map: Any) -> None:
    dns = {"NamespaceId": "ns-none", "DnsRecords": [{"TTL": 15, "Type": "A"}]}
    assert refused(cloud_map.create_service, Name="api", DnsConfig=dns)[0] == "NamespaceNotFound"
    assert refused(cloud_map.delete_service, Id="srv-none")[0] == "ServiceNotFound"


def test_a_registry_that_a_service_uses_stays(lab: Any, cloud_map: Any) -> None:
    arn, name = registry(lab), cluster(lab)
    given = {"registryArn": arn, "containerName": "app", "containerPort": 80}
    lab.boto("ecs").create_service(
        cluster=name, serviceName="api", taskDefinition=task(lab), launchType="EC2", serviceRegistries=[given]
    )
    id_ = arn.rpartition("/")[2]
    assert refused(cloud_map.delete_service, Id=id_)[0] == "ResourceInUse"
    lab.boto("ecs").delete_service(cluster=name, service="api", force=True)
    cloud_map.delete_service(Id=id_)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"registryArn": "arn:other"}, "arn:other does not exist"),
        ({"containerName": "other"}, "The container other does not exist"),
        ({"containerPort": 81}, "did not have a container port 81 defined"),
        ({"containerName": ""}, "without containerName and containerPort needs awsvpc"),
    ],
)
def test_a_registry_must_suit_its_task(lab: Any, change: dict[str, Any], words: str) -> None:
    given = {"registryArn": registry(lab), "containerName": "app", "containerPort": 80} | change
    code, message = refused(
        lab.boto("ecs").create_service,
        cluster=cluster(lab), serviceName="api", taskDefinition=task(lab), launchType="EC2", serviceRegistries=[given],
    )  # fmt: skip
    assert code == "InvalidParameterException"
    assert words in message

"""ECS Service Connect as boto3 sees it: what a service is refused, and the namespace that it is in."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.localaws.ground import refused
from tests.localaws.making import cluster, task


def http_namespace(lab: Any) -> dict[str, Any]:
    cloud_map = lab.boto("servicediscovery")
    made = cloud_map.create_http_namespace(Name=f"shop-{uuid4().hex}")["OperationId"]
    id_ = cloud_map.get_operation(OperationId=made)["Operation"]["Targets"]["NAMESPACE"]
    return dict(cloud_map.get_namespace(Id=id_)["Namespace"])


def service(lab: Any, connect: dict[str, Any], mode: str = "bridge") -> dict[str, Any]:
    mapped = [{"containerPort": 80, "name": "web"}]
    container = {"name": "app", "image": "i", "memory": 64, "portMappings": mapped}
    made = lab.boto("ecs").register_task_definition(
        family=f"web-{uuid4().hex}", networkMode=mode, containerDefinitions=[container]
    )
    return {
        "cluster": cluster(lab), "serviceName": "web", "launchType": "EC2", "serviceConnectConfiguration": connect,
        "taskDefinition": made["taskDefinition"]["taskDefinitionArn"],
    }  # fmt: skip


OFFER = {"portName": "web", "clientAliases": [{"port": 80}]}


@pytest.mark.parametrize(
    ("change", "mode", "code", "words"),
    [
        ({"namespace": "other"}, "bridge", "NamespaceNotFoundException", "The namespace other does not exist"),
        ({"services": [OFFER | {"portName": "api"}]}, "bridge", "InvalidParameterException", "The port name api"),
        ({"services": [{"portName": "web"}]}, "bridge", "InvalidParameterException", "needs one client alias"),
        ({}, "host", "InvalidParameterException", "not supported with the host network mode"),
    ],
)
def test_what_is_refused(lab: Any, change: dict[str, Any], mode: str, code: str, words: str) -> None:
    connect = {"enabled": True, "namespace": http_namespace(lab)["Name"], "services": [OFFER]} | change
    found = refused(lab.boto("ecs").create_service, **service(lab, connect, mode))
    assert found[0] == code
    assert words in found[1]


def test_a_deployment_tells_it_and_the_namespace_stays_meanwhile(lab: Any) -> None:
    ecs, cloud_map, namespace = lab.boto("ecs"), lab.boto("servicediscovery"), http_namespace(lab)
    assert refused(cloud_map.create_http_namespace, Name=namespace["Name"])[0] == "NamespaceAlreadyExists"
    connect = {"enabled": True, "namespace": namespace["Arn"], "services": [OFFER]}
    given = service(lab, connect)
    made = ecs.create_service(**given)["service"]
    assert made["deployments"][0]["serviceConnectConfiguration"] == connect
    assert refused(cloud_map.delete_namespace, Id=namespace["Id"])[0] == "ResourceInUse"
    where = {"cluster": given["cluster"], "service": "web"}
    off = ecs.update_service(**where, serviceConnectConfiguration={"enabled": False})["service"]
    assert off["deployments"][0]["serviceConnectConfiguration"] == {"enabled": False}
    cloud_map.delete_namespace(Id=namespace["Id"])


def test_a_service_of_which_nothing_is_said_keeps_it(lab: Any) -> None:
    ecs, namespace = lab.boto("ecs"), http_namespace(lab)
    given = service(lab, {"enabled": True, "namespace": namespace["Arn"], "services": [OFFER]})
    ecs.create_service(**given)
    changed = ecs.update_service(cluster=given["cluster"], service="web", forceNewDeployment=True)["service"]
    assert changed["deployments"][0]["serviceConnectConfiguration"]["namespace"] == namespace["Arn"]
    other = task(lab)
    words = refused(ecs.update_service, cluster=given["cluster"], service="web", taskDefinition=other)[1]
    assert "The port name web is not" in words

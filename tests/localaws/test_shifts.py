"""Deployments that move traffic, as boto3 sees them: what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.localaws.ground import refused
from tests.localaws.making import cluster, registry, served, task

OFF = {"enable": False, "rollback": False}


@pytest.mark.parametrize(
    ("deployment", "more", "words"),
    [
        (
            {"strategy": "BLUE_GREEN", "deploymentCircuitBreaker": {"enable": True, "rollback": True}},
            {},
            "circuit breaker",
        ),
        ({"strategy": "BLUE_GREEN"}, {"schedulingStrategy": "DAEMON"}, "not supported for daemons"),
        ({"strategy": "CANARY"}, {}, "CANARY needs a load balancer or Service Connect"),
        ({"strategy": "BLUE_GREEN", "linearConfiguration": {"stepPercent": 10}}, {}, "only valid with strategy LINEAR"),
    ],
)
def test_what_is_refused(lab: Any, deployment: dict[str, Any], more: dict[str, Any], words: str) -> None:
    code, message = refused(
        lab.boto("ecs").create_service,
        cluster=cluster(lab), serviceName="web", taskDefinition=task(lab), launchType="EC2",
        deploymentConfiguration=deployment, **more,
    )  # fmt: skip
    assert code == "InvalidParameterException"
    assert words in message


def test_what_moves_traffic_has_to_be_named_and_excludes_registries(lab: Any) -> None:
    given = {
        "cluster": cluster(lab), "serviceName": "web", "taskDefinition": task(lab), "launchType": "EC2",
        "deploymentConfiguration": {"strategy": "BLUE_GREEN"},
    }  # fmt: skip
    way = {"targetGroupArn": served(lab), "containerName": "app", "containerPort": 80}
    words = refused(lab.boto("ecs").create_service, **given, loadBalancers=[way])[1]
    assert "advancedConfiguration lacks alternateTargetGroupArn, productionListenerRule, roleArn" in words
    found = {"registryArn": registry(lab), "containerName": "app", "containerPort": 80}
    assert "Service registries" in refused(lab.boto("ecs").create_service, **given, serviceRegistries=[found])[1]

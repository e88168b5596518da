"""Waiting for the steady state of a service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from localaws.aws import Endpoint, Region
from localaws.kind import Failed, Target
from localaws.types import KINDS
from tests.localaws.making import CLUSTER

CONTAINERS = json.dumps([{"name": "app", "image": "nginx", "memory": 64}])


def test_a_steady_state_is_reached(lab: Any) -> None:
    task = lab.made("aws:ecs/taskDefinition:TaskDefinition", family=lab.name(), containerDefinitions=CONTAINERS)
    cluster = lab.made(CLUSTER)
    told = f"#!/bin/sh\necho ECS_CLUSTER={cluster.state['name']} >> /etc/ecs/ecs.config\n"
    lab.boto("ec2").run_instances(
        ImageId="ami-12c6146b", InstanceType="t3.micro", UserData=told, MinCount=1, MaxCount=1
    )
    made = lab.made(
        "aws:ecs/service:Service",
        cluster=cluster.id,
        taskDefinition=task.state["arn"],
        desiredCount=2,
        waitForSteadyState=True,
    )
    service = lab.boto("ecs").describe_services(cluster=cluster.id, services=[made.id])["services"][0]
    assert (service["runningCount"], service["deployments"][0]["rolloutState"]) == (2, "COMPLETED")


ARN = "arn:aws:ecs:us-east-1:123456789012:task-definition/web:2"
STEADY = {
    "desiredCount": 1,
    "runningCount": 1,
    "taskDefinition": ARN,
    "deployments": [{"status": "PRIMARY", "taskDefinition": ARN, "rolloutState": "COMPLETED"}],
}
STARTING = {**STEADY, "runningCount": 0}
FAILED = {
    **STEADY,
    "deployments": [{"taskDefinition": ARN, "rolloutState": "FAILED", "rolloutStateReason": "tasks failed to start"}],
}
STOPPED = {
    "taskDefinitionArn": ARN,
    "stoppedReason": "Essential container in task exited",
    "containers": [{"name": "app", "exitCode": 137, "reason": "OutOfMemoryError"}, {"name": "log", "exitCode": 0}],
}
ENDED = "its tasks stopped: Essential container in task exited: container app exited with 137 OutOfMemoryError$"
BACK = {
    **STEADY,
    "taskDefinition": ARN[:-1] + "1",
    "deployments": [{"taskDefinition": ARN[:-1] + "1", "rolloutState": "COMPLETED"}],
}


def waiting(*found: dict[str, Any], timeout: float = 5, cancelled: bool = False) -> int:
    """How often the provider looks at a service until it is steady."""
    kind, looks = KINDS["aws:ecs/service:Service"], list(found)

    class Seen(Target):
        def call(self, operation: str, pick: str = "", /, **parameters: Any) -> Any:
            if operation == "list_tasks":
                return ["arn:task"]
            if operation == "describe_tasks":
                return [STOPPED]
            return looks.pop(0) if len(looks) > 1 else looks[0]

    target = Seen(
        kind, Region(Endpoint("http://127.0.0.1:1", Path("log")), "us-east-1"), "web", id="x/web", timeout=timeout
    )
    target.inputs = {"waitForSteadyState": True, "taskDefinition": ARN}
    if cancelled:
        target.cancelled.set()
    assert kind.settle is not None
    kind.settle(target)
    return len(found) - len(looks)


def test_a_steady_state_is_waited_for() -> None:
    assert waiting(STARTING, STARTING, STEADY) == 2


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([STARTING, FAILED], f"the deployment failed: tasks failed to start; {ENDED}"),
        ([STARTING, BACK], f"failed and was rolled back to [a-z:]+1; {ENDED}"),
        ([STARTING], f"0 of 1 tasks run; .*; {ENDED}"),
    ],
)
def test_a_deployment_that_fails_is_told(found: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(Failed, match=words):
        waiting(*found, timeout=0.3)


def test_a_cancelled_wait_ends() -> None:
    with pytest.raises(Failed, match="cancelled"):
        waiting(STARTING, timeout=60, cancelled=True)

"""A task that is started by the clock: its schedule, role and network."""

import json
from typing import Any

import pytest

import components as ecs
from ecs_model.network_modes import NetworkMode
from ecs_model.scheduled_task import Timing
from tests.components.component_harness import Graph, deploy, refused
from tests.components.test_program import run

QUEUE = "arn:aws:sqs:eu-central-1:123456789012:failed"
JOB = {
    "schedule": "cron(0 3 ? * * *)",
    "timezone": "Europe/Berlin",
    "containers": {"app": {"image": "app:1", "memory": 256}},
    "capacityProviderStrategy": [{"capacityProvider": "spot", "weight": 1}],
}


def args(mode: NetworkMode = NetworkMode.BRIDGE, **more: Any) -> ecs.ScheduledTaskArgs:
    timing = {"schedule": "rate(1 day)"} | {key: more.pop(key) for key in list(more) if key in Timing.__annotations__}
    return ecs.ScheduledTaskArgs(
        cluster_arn="arn:cluster",
        task=ecs.TaskDefinitionArgs({"app": ecs.ContainerArgs(image="app:1", memory=256)}, network_mode=mode),
        timing=Timing(**timing),
        **{"capacity_provider_strategy": [ecs.CapacityProviderStrategyItemArgs("general", 1)]} | more,
    )


def made(given: ecs.ScheduledTaskArgs) -> Graph:
    return deploy(lambda: ecs.ScheduledTask("dev-nightly", given))


def test_the_schedule_starts_the_task_with_its_own_role() -> None:
    graph = made(args(count=2, flexible_window=15, enabled=False, dead_letter_queue_arn=QUEUE))
    schedule, policy = graph.one("scheduler.Schedule"), graph.one("iam.RolePolicy", "dev-nightly-schedule")
    target = schedule.inputs["target"]
    parameters = target["ecsParameters"]

    assert schedule.inputs["state"] == "DISABLED"
    assert schedule.inputs["flexibleTimeWindow"] == {"mode": "FLEXIBLE", "maximumWindowInMinutes": 15}
    assert target["retryPolicy"] == {"maximumEventAgeInSeconds": 3600, "maximumRetryAttempts": 3}
    assert target["deadLetterConfig"] == {"arn": QUEUE}
    assert parameters["taskDefinitionArn"].endswith(":dev-nightly")
    assert parameters["taskCount"] == 2
    assert parameters["capacityProviderStrategies"] == [{"capacityProvider": "general", "weight": 1, "base": 0}]
    assert not {"launchType", "networkConfiguration"} & set(parameters)
    assert graph.waits_for(schedule, policy)
    assert {s["Action"][0] for s in json.loads(policy.inputs["policy"])["Statement"]} == {
        "ecs:RunTask",
        "iam:PassRole",
        "sqs:SendMessage",
    }
    assert graph.one("ScheduledTask").outputs == {
        "name": "dev-nightly-1a2b3c4",
        "taskDefinitionArn": parameters["taskDefinitionArn"],
        "securityGroupId": "",
    }


def test_without_the_options_nothing_is_said_of_them() -> None:
    schedule = made(args()).one("scheduler.Schedule").inputs
    assert schedule["flexibleTimeWindow"] == {"mode": "OFF"}
    assert "deadLetterConfig" not in schedule["target"]
    assert (schedule["state"], schedule["scheduleExpressionTimezone"]) == ("ENABLED", "UTC")


def test_a_task_with_an_interface_of_its_own_is_reached_by_nobody() -> None:
    graph = made(args(NetworkMode.AWSVPC, vpc_id="vpc-1", subnet_ids=["subnet-1"]))
    network = graph.one("scheduler.Schedule").inputs["target"]["ecsParameters"]["networkConfiguration"]
    assert network == {"subnets": ["subnet-1"], "securityGroups": ["SecurityGroup/dev-nightly-tasks"]}
    assert "vpc.SecurityGroupIngressRule" not in graph.kinds()
    assert graph.one("vpc.SecurityGroupEgressRule")


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (args(count=11), "timing.count: 11 is out of range: give 1-10"),
        (args(NetworkMode.AWSVPC), "task.networkMode: awsvpc gives each task a network interface"),
        (args(capacity_provider_strategy=[]), "capacityProviderStrategy: needs a capacity provider"),
    ],
)
def test_what_cannot_work_is_refused(given: ecs.ScheduledTaskArgs, line: str) -> None:
    (told,) = refused(lambda: ecs.ScheduledTask("dev-nightly", given))
    assert told.startswith(f"ScheduledTask dev-nightly: {line}")


@pytest.mark.parametrize("preview", [False, True])
def test_the_program_makes_them_of_its_settings(monkeypatch: pytest.MonkeyPatch, preview: bool) -> None:
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "aws:1")
    graph = run("local", preview=preview, change={"ecs-on-ec2:scheduledTasks": {"nightly": JOB}})
    schedule = graph.one("scheduler.Schedule", "local-nightly")
    (item,) = schedule.inputs["target"]["ecsParameters"]["capacityProviderStrategies"]
    assert item["capacityProvider"] == "local-spot-1a2b3c4"
    assert graph.waits_for(schedule, graph.one("ecs.ClusterCapacityProviders"))
    assert preview or graph.exports["scheduledTasks"] == {"nightly": "local-nightly-1a2b3c4"}


def test_a_schedule_that_has_passed_is_a_warning() -> None:
    (warned,) = made(args(schedule="at(2020-12-24T18:00:00)")).warnings
    assert "schedule: at(2020-12-24T18:00:00) has passed in UTC" in warned
    assert made(args(schedule="at(2199-12-24T18:00:00)")).warnings == []

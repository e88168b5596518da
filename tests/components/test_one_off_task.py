"""A task that is started by a command."""

import shlex

import pulumi
import pytest

import components as ecs
from ecs_model.network_modes import NetworkMode
from ecs_model.placement_rules import PlacementStrategyItem, StrategyType
from tests.components.component_harness import deploy, refused
from tests.components.test_program import run

GENERAL = [ecs.CapacityProviderStrategyItemArgs("general", 1, 2)]


def args(mode: NetworkMode, **more: object) -> ecs.OneOffTaskArgs:
    task = ecs.TaskDefinitionArgs({"app": ecs.ContainerArgs(image="app:1", memory=256)}, network_mode=mode)
    return ecs.OneOffTaskArgs("arn:cluster", task, GENERAL, **more)  # type: ignore[arg-type]


def test_the_command_names_all_that_the_task_needs() -> None:
    graph = deploy(lambda: ecs.OneOffTask("dev-migrate", args(NetworkMode.BRIDGE)))
    outputs = graph.one("OneOffTask").outputs
    assert outputs is not None
    assert shlex.split(outputs["command"]) == [
        "aws", "ecs", "run-task", "--region", "eu-central-1", "--cluster", "arn:cluster",
        "--task-definition", outputs["taskDefinitionArn"],
        "--capacity-provider-strategy", "capacityProvider=general,weight=1,base=2",
    ]  # fmt: skip
    assert "ec2.SecurityGroup" not in graph.kinds()


def test_the_command_says_how_its_instance_is_chosen() -> None:
    chosen = [PlacementStrategyItem(StrategyType.BINPACK, "memory")]
    graph = deploy(lambda: ecs.OneOffTask("dev-migrate", args(NetworkMode.BRIDGE, placement_strategies=chosen)))
    outputs = graph.one("OneOffTask").outputs
    assert outputs is not None
    assert shlex.split(outputs["command"])[-2:] == ["--placement-strategy", "type=binpack,field=memory"]


def test_a_task_with_an_interface_of_its_own() -> None:
    graph = deploy(
        lambda: ecs.OneOffTask("dev-migrate", args(NetworkMode.AWSVPC, vpc_id="vpc-1", subnet_ids=["subnet-1"]))
    )
    outputs = graph.one("OneOffTask").outputs
    assert outputs is not None
    assert shlex.split(outputs["command"])[-2:] == [
        "--network-configuration",
        "awsvpcConfiguration={subnets=[subnet-1],securityGroups=[SecurityGroup/dev-migrate-tasks]}",
    ]
    assert "vpc.SecurityGroupIngressRule" not in graph.kinds()


LOCAL = {"aws:endpoints": [{"s3": "http://127.0.0.1:9"}, {"ecs": "http://127.0.0.1:9"}]}
KEYS = {"aws:accessKey": "local", "aws:secretKey": "loc al"}
ASSIGNED = ["env", "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=loc al"]


@pytest.mark.parametrize(
    ("config", "environment", "before", "after"),
    [
        (LOCAL | KEYS, {}, ASSIGNED, ["--endpoint-url", "http://127.0.0.1:9"]),
        (LOCAL | KEYS, {"AWS_ENDPOINT_URL": "http://[::1]:5000"}, ASSIGNED, ["--endpoint-url", "http://[::1]:5000"]),
        (LOCAL, {}, [], ["--endpoint-url", "http://127.0.0.1:9"]),
        ({"aws:endpoints": [{"s3": "http://127.0.0.1:9"}]} | KEYS, {}, [], []),
        ({"aws:profile": "shop"}, {}, [], ["--profile", "shop"]),
        (KEYS, {}, [], []),
    ],
)
def test_the_command_reaches_the_aws_of_the_deployment(
    monkeypatch: pytest.MonkeyPatch,
    config: dict[str, object],
    environment: dict[str, str],
    before: list[str],
    after: list[str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    graph = deploy(lambda: ecs.OneOffTask("dev-migrate", args(NetworkMode.BRIDGE)), config=config)
    words = shlex.split((graph.one("OneOffTask").outputs or {})["command"])
    assert words[: len(before) + 2] == [*before, "aws", "ecs"]
    assert words[words.index("capacityProvider=general,weight=1,base=2") + 1 :] == after


def test_keys_that_are_a_secret_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi.runtime, "is_config_secret", lambda key: key == "aws:secretKey")
    graph = deploy(lambda: ecs.OneOffTask("dev-migrate", args(NetworkMode.BRIDGE)), config=LOCAL | KEYS)
    assert (graph.one("OneOffTask").outputs or {})["command"].startswith("aws ecs run-task ")


def test_what_cannot_work_is_refused() -> None:
    (line,) = refused(lambda: ecs.OneOffTask("dev-migrate", args(NetworkMode.AWSVPC)))
    assert line.startswith("OneOffTask dev-migrate: task.networkMode: awsvpc gives each task a network interface")


def test_the_program_makes_them_of_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "aws:1")
    task = {"containers": {"app": {"image": "app:1", "memory": 256}}}
    graph = run("local", preview=False, change={"ecs-on-ec2:run": {"migrate": task}})
    assert "capacityProvider=local-spot-1a2b3c4,weight=1,base=0" in graph.exports["run"]["migrate"]
    assert graph.one("ecs.TaskDefinition", "local-migrate")

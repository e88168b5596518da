"""A task as a step of a deployment: what it runs, and what it says where that fails."""

from typing import Any

import pytest

import components as ecs
from components.deploy_step import TaskFailed, ecs_client, run_task
from ecs_model.one_off_task import OnDeploy
from ecs_model.reach import Reach
from tests.components.component_harness import Graph, deploy

REQUEST = {"cluster": "arn:cluster/shop", "taskDefinition": "arn:task-definition/migrate:7"}
RUNNING = {"taskArn": "arn:task/1", "lastStatus": "RUNNING", "containers": [{"name": "app"}]}


def stopped(code: int | None, stop_code: str = "EssentialContainerExited", reason: str = "") -> dict[str, Any]:
    container = {"name": "app"} | ({} if code is None else {"exitCode": code})
    return RUNNING | {
        "lastStatus": "STOPPED",
        "stopCode": stop_code,
        "stoppedReason": reason,
        "containers": [container],
    }


class Client:
    """ECS, whose task goes through these states."""

    def __init__(self, *states: dict[str, Any], failures: list[dict[str, str]] | None = None) -> None:
        self.states, self.failures, self.stopped = [*states], failures or [], ""

    def run_task(self, **request: Any) -> dict[str, Any]:
        assert request == REQUEST
        return {"tasks": [] if self.failures else [RUNNING], "failures": self.failures}

    def describe_tasks(self, **where: Any) -> dict[str, Any]:
        assert where == {"cluster": "arn:cluster/shop", "tasks": ["arn:task/1"]}
        return {"tasks": [self.states.pop(0) if len(self.states) > 1 else self.states[0]]}

    def stop_task(self, **where: Any) -> None:
        self.stopped = where["task"]

    def describe_task_definition(self, **_: Any) -> dict[str, Any]:
        options = {"awslogs-group": "shop-migrate-1a2b3c4"}
        return {"taskDefinition": {"containerDefinitions": [{"logConfiguration": {"options": options}}]}}


def test_it_waits_until_the_task_has_ended_well() -> None:
    slept: list[float] = []
    run_task("migrate", REQUEST, 900, Client(RUNNING, RUNNING, stopped(0)), slept.append)
    assert slept == [2.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("client", "said"),
    [
        (
            Client(stopped(3)),
            "migrate failed: container app ended with exit code 3. Its logs are in shop-migrate-1a2b",
        ),
        (Client(stopped(None, "TaskFailedToStart", "CannotPullContainerError")), "migrate failed: CannotPullContainer"),
        (
            Client(stopped(0, "SpotInterruption", "Your Spot Task was interrupted")),
            "migrate failed: Your Spot Task",
        ),
        (
            Client(RUNNING, failures=[{"arn": "i-1", "reason": "RESOURCE:MEMORY"}]),
            "migrate cannot be started: i-1: RE",
        ),
    ],
)
def test_it_says_why_a_task_did_not_do_its_work(client: Client, said: str) -> None:
    with pytest.raises(TaskFailed) as failed:
        run_task("migrate", REQUEST, 900, client, lambda _: None)
    assert str(failed.value).startswith(said)


def test_a_task_that_takes_too_long_is_stopped() -> None:
    client = Client(RUNNING)
    with pytest.raises(TaskFailed, match=r"migrate took longer than 0\.1 minutes, and is stopped: arn:task/1"):
        run_task("migrate", REQUEST, 6, client, lambda _: None)
    assert client.stopped == "arn:task/1"


def test_a_step_reaches_the_aws_of_the_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECS", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    clients: list[Any] = []
    reach = Reach("http://127.0.0.1:9", access_key="local", secret_key="local")
    deploy(lambda: clients.extend(map(ecs_client, (reach, Reach()))), config={"aws:region": "eu-central-1"})
    local, real = clients
    assert (local.meta.endpoint_url, real.meta.endpoint_url) == (
        "http://127.0.0.1:9",
        "https://ecs.eu-central-1.amazonaws.com",
    )
    assert local._request_signer._credentials.access_key == "local"


def program(on_deploy: OnDeploy | None) -> Graph:
    task = ecs.TaskDefinitionArgs({"app": ecs.ContainerArgs("app:1", memory=64)})
    strategy = [ecs.CapacityProviderStrategyItemArgs("general", 1)]
    args = ecs.OneOffTaskArgs("arn:cluster", task, strategy, on_deploy=on_deploy)
    return deploy(lambda: ecs.OneOffTask("migrate", args))


def test_the_revision_that_ran_is_kept_in_a_parameter() -> None:
    graph = program(OnDeploy())
    parameter, definition = graph.one("ssm.Parameter"), graph.one("ecs.TaskDefinition")
    # Pulumi holds every parameter's value for a secret.
    assert parameter.inputs["value"]["value"] == f"arn:aws:mock:eu-central-1:123456789012:{definition.name}"
    assert graph.waits_for(parameter, definition)
    assert parameter.hooks == ["migrate-runs", "migrate-runs"]


def test_without_the_setting_nothing_runs() -> None:
    assert "ssm.Parameter" not in program(None).kinds()

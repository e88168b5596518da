"""One-off tasks as steps of a deployment: what is asked for, and how an end is read."""

from typing import Any

import pytest

import settings
from ecs_model.one_off_task import failure, request
from ecs_model.strategy import StrategyItem
from tests.ecs_model.test_daemon import BASE

TASK = {"containers": {"app": {"image": "app:1", "memory": 64}}}


def stack(on_deploy: dict[str, Any]) -> tuple[Any, list[str]]:
    raw = BASE | {"services": {"web": TASK, "api": TASK}, "run": {"migrate": TASK | {"onDeploy": on_deploy}}}
    found, problems = settings.read(raw, "dev")
    return found, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("on_deploy", "said"),
    [
        ({}, []),
        ({"before": ["api"], "timeout": 1440}, []),
        (
            {"before": ["ap"]},
            ["run.migrate.onDeploy.before[0]: 'ap' is no service here (there is: api, web): did you mean"],
        ),
        ({"timeout": 0}, ["run.migrate.onDeploy.timeout: 0 is out of range: give 1-1440 minutes"]),
    ],
)
def test_what_is_wrong_with_a_step(on_deploy: dict[str, Any], said: list[str]) -> None:
    _, problems = stack(on_deploy)
    problems = [problem for problem in problems if "onDeploy" in problem]
    assert len(problems) == len(said)
    assert all(problem.startswith(start) for problem, start in zip(problems, said, strict=True))


def test_all_services_wait_for_a_step_that_names_none() -> None:
    every, _ = stack({})
    one, _ = stack({"before": ["api"]})
    assert [every.steps_before(key) for key in ("web", "api")] == [["migrate"], ["migrate"]]
    assert [one.steps_before(key) for key in ("web", "api")] == [[], ["migrate"]]


def test_what_ecs_is_asked_for() -> None:
    strategy = [StrategyItem("general", 1, 0)]
    plain = request("shop", "migrate:7", strategy)
    assert plain == {
        "cluster": "shop",
        "taskDefinition": "migrate:7",
        "capacityProviderStrategy": [{"capacityProvider": "general", "weight": 1, "base": 0}],
        "startedBy": "pulumi-up",
    }
    own = request("shop", "migrate:7", strategy, ["subnet-1"], "sg-1", public_address=True)
    assert own["networkConfiguration"]["awsvpcConfiguration"] == {
        "subnets": ["subnet-1"],
        "securityGroups": ["sg-1"],
        "assignPublicIp": "ENABLED",
    }


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ({"stopCode": "EssentialContainerExited", "containers": [{"name": "app", "exitCode": 0}]}, None),
        (
            {"containers": [{"name": "app", "exitCode": 1}, {"name": "b", "exitCode": 0}]},
            "container app ended with exit code 1",
        ),
        (
            {
                "stopCode": "TaskFailedToStart",
                "stoppedReason": "No image",
                "containers": [{"name": "app", "reason": "404"}],
            },
            "No image: 404",
        ),
        ({"containers": [{"name": "app"}]}, "it stopped before its containers ran"),
        (
            {"stopCode": "UserInitiated", "stoppedReason": "By hand", "containers": [{"name": "app", "exitCode": 0}]},
            "By hand",
        ),
    ],
)
def test_how_an_end_is_read(task: dict[str, Any], said: str | None) -> None:
    assert failure(task) == said

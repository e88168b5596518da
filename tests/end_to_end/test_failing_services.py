"""A service whose containers end by themselves: `pulumi up` says so, ECS rolls it back, and `failures` says why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.deployment import Deployment
from tests.end_to_end.harness import edited_config, environment
from tests.end_to_end.test_fleet_operations import operations

pytestmark = pytest.mark.xdist_group("failing-services")
"""The tests are steps of one service's life."""
EXITED = "Essential container in task exited"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with environment(Path(tmp_path_factory.mktemp("failing")) / "local", "local") as bench:
        deployment = Deployment(bench)
        with edited_config(deployment.config, "services") as services:
            services["worker"]["waitForSteadyState"] = True
        assert deployment.up.code == 0, deployment.up.said
        yield deployment


def test_a_command_that_exits_fails_the_up_and_is_rolled_back(live: Deployment) -> None:
    before = live.services()["worker"]["taskDefinition"]
    with edited_config(live.config, "services") as services:
        services["worker"]["containers"]["worker"]["command"] = ["sh", "-c", "echo no queue; exit 3"]
    up = live.bench.up()
    assert up.code != 0
    assert "the deployment failed and was rolled back to " in up.said
    assert f"its tasks stopped: {EXITED}: container worker exited with 3" in up.said

    worker = live.services()["worker"]
    assert worker["taskDefinition"] == before
    assert worker["runningCount"] == worker["desiredCount"] == 1
    report = operations(live, "failures", worker["serviceName"])
    (group,) = [row for row in report["stopped"] if row["failed"]]
    assert (group["tasks"], group["stop_code"], group["reason"]) == (3, "EssentialContainerExited", EXITED)
    assert [(end["container"], end["exit_code"]) for end in group["containers"]] == [("worker", 3)]
    assert report["service_deployments"][0]["status"] == "ROLLBACK_SUCCESSFUL"
    assert "circuit breaker threshold was exceeded" in report["service_deployments"][0]["rollback_reason"]
    assert f"3 stopped: {EXITED}: container worker exited with 3" in report["findings"][0]


def test_so_does_an_image_that_does_not_exist(live: Deployment) -> None:
    with edited_config(live.config, "services") as services:
        services["worker"]["containers"]["worker"]["image"] = "registry.invalid/shop/worker:2"
    up = live.bench.up()
    assert up.code != 0
    assert "CannotPullContainerError" in up.said
    report = operations(live, "failures", live.services()["worker"]["serviceName"])
    assert report["stopped"][0]["stop_code"] in ("TaskFailedToStart", "EssentialContainerExited")
    assert {row["stop_code"] for row in report["stopped"]} >= {"TaskFailedToStart", "EssentialContainerExited"}


def test_what_mends_it_is_deployed(live: Deployment) -> None:
    with edited_config(live.config, "services") as services:
        services["worker"]["containers"]["worker"] |= {"image": "redis:8", "command": ["redis-server"]}
    up = live.bench.up()
    assert up.code == 0, up.said
    report = operations(live, "failures", live.services()["worker"]["serviceName"])
    assert report["service_deployments"][0]["status"] == "SUCCESSFUL"
    assert report["deployments"][0]["rollout"] == "COMPLETED"

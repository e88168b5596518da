"""A migration as a step of `pulumi up`: before the services, and in their way where it fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.end_to_end.deployment import Deployment
from tests.end_to_end.harness import Run, edited_config, environment

PARAMETER = "aws:ssm/parameter:Parameter"
SERVICE = "aws:ecs/service:Service"


def order(run: Run, type_: str, name: str) -> int:
    """When the engine began with a resource, by the number of its event."""
    events = (
        (each["sequence"], each["resourcePreEvent"]["metadata"]) for each in run.events if "resourcePreEvent" in each
    )
    (number,) = [n for n, each in events if each["type"] == type_ and each["urn"].endswith(f"::{name}")]
    return int(number)


def migration(live: Deployment, **changed: Any) -> None:
    with edited_config(live.config, "run") as run:
        container = {"image": "public.ecr.aws/docker/library/python:3.13-slim", "user": "1000:1000", "memory": 64}
        run["migrate"] = {"containers": {"app": container | changed}, "onDeploy": {"before": ["api"]}}


def ran(live: Deployment) -> list[tuple[str, int | None]]:
    """The revisions that ran, and how they ended."""
    ecs, where = live.account.ecs, live.cluster["clusterArn"]
    arns = live.account.all("ecs", "list_tasks", "taskArns", cluster=where, desiredStatus="STOPPED")
    tasks = ecs.describe_tasks(cluster=where, tasks=arns)["tasks"] if arns else []
    own = [task for task in tasks if task.get("startedBy") == "pulumi-up"]
    ended = ((task["taskDefinitionArn"].rpartition("/")[2], task["containers"][0].get("exitCode")) for task in own)
    return sorted(ended, key=str)


def test_a_migration_runs_once_for_each_revision_and_before_the_services_that_need_it(tmp_path: Path) -> None:
    with environment(tmp_path / "local", "local") as bench:
        live = Deployment(bench)
        migration(live)
        up = live.up
        assert up.code == 0, up.said
        assert ran(live) == [("local-migrate:1", 0)]
        assert "local-migrate runs local-migrate:1, for 15 minutes at most" in up.said
        assert "local-migrate ended with exit code 0. Its logs are in local-migrate-" in up.said
        assert order(up, PARAMETER, "local-migrate-ran") < order(up, SERVICE, "local-api")
        again = bench.up()
        assert again.steps == set(), again.said
        assert "local-migrate runs" not in again.said
        assert ran(live) == [("local-migrate:1", 0)]

        migration(live, command=["sh", "-c", "exit 3"])
        with edited_config(live.config, "services") as services:
            services["api"]["desiredCount"] = 3
        preview = bench.preview()
        assert preview.code == 0, preview.said
        assert "local-migrate will run in this deployment, which waits for its end" in preview.said
        assert ran(live) == [("local-migrate:1", 0)]
        failed = bench.up()
        assert failed.code != 0
        assert (
            "local-migrate failed: container app ended with exit code 3. Its logs are in local-migrate-" in failed.said
        )
        assert ran(live) == [("local-migrate:1", 0), ("local-migrate:2", 3)]
        assert live.services()["api"]["desiredCount"] == 2

        migration(live, command=["true"])
        mended = bench.up()
        assert mended.code == 0, mended.said
        assert ran(live)[-1] == ("local-migrate:3", 0)
        assert live.services()["api"]["desiredCount"] == 3
        assert bench.up().steps == set()
        destroyed = bench.destroy()
        assert destroyed.code == 0, destroyed.said

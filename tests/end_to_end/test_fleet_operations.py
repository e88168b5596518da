"""The operations on every environment, as a person runs them, compared with what AWS's API says.

Its name is before that of the life cycle, whose last test destroys the environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.deployment import Deployment
from tests.end_to_end.inventory import REGION

ROOT = Path(__file__).parents[2]


def operations(deployed: Deployment, *arguments: str) -> dict[str, Any]:
    """The JSON that a command prints about the deployed cluster; a finding is no failure of the command."""
    argv = [sys.executable, "-m", "operations", *arguments, "--json", "--cluster", deployed.cluster["clusterName"]]
    environ = os.environ | {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    environ.pop("AWS_PROFILE", None)
    answer = subprocess.run(
        [*argv, "--region", REGION, "--endpoint-url", deployed.bench.aws().endpoint],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode in (0, 1), answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    assert (answer.returncode == 1) is bool(found["findings"])
    return found


def test_capacity_is_what_the_api_says(deployed: Deployment) -> None:
    report = operations(deployed, "capacity")
    assert report["cluster"] == deployed.cluster["clusterName"]
    assert {row["name"]: row["desired"] for row in report["services"]} == {
        service["serviceName"]: service["desiredCount"] for service in deployed.services().values()
    }
    needs = {row["name"]: row["needs"]["memory"] for row in report["services"]}
    for key, definition in deployed.tasks().items():
        containers = definition["containerDefinitions"]
        reserved = sum(container.get("memoryReservation") or container["memory"] for container in containers)
        assert needs[deployed.outputs["services"][key]] == int(definition.get("memory") or reserved)
    assert {row["name"] for row in report["providers"]} >= set(deployed.outputs["capacityProviders"].values())
    arns = deployed.account.all(
        "ecs", "list_container_instances", "containerInstanceArns", cluster=deployed.cluster["clusterArn"]
    )
    assert {row["id"] for row in report["instances"]} == {arn.rpartition("/")[2] for arn in arns}


def test_why_judges_every_instance_for_every_service(deployed: Deployment) -> None:
    names = deployed.outputs["services"].values()
    assert names
    for name in names:
        report = operations(deployed, "why", name)
        assert report["service"] == name
        assert {row["name"] for row in report["providers"]} <= set(deployed.outputs["capacityProviders"].values())
        assert sum(row["next"] for row in report["providers"]) == 1
        assert report["fits"] is any(verdict["fits"] for verdict in report["instances"])


def test_failures_tells_the_deployments(deployed: Deployment) -> None:
    for name in deployed.outputs["services"].values():
        report = operations(deployed, "failures", name)
        assert report["missing"] == []
        assert [row["status"] for row in report["service_deployments"]][:1] == ["SUCCESSFUL"]
        assert [row["status"] for row in report["deployments"]] == ["PRIMARY"]


def test_an_unknown_service_is_named(deployed: Deployment) -> None:
    with pytest.raises(AssertionError, match="there is no service 'nothing' in"):
        operations(deployed, "why", "nothing")


def test_doctor_finds_nothing_wrong(deployed: Deployment) -> None:
    report = operations(deployed, "doctor")
    assert report["missing"] == []
    assert len(report["checks"]) > 10
    stable = {row["name"]: row["status"] for row in report["checks"]}.pop("services are stable")
    # An environment may have a service that waits for its capacity, and says so by itself.
    allowed = {"services are stable"} if stable == "wrong" else set()
    assert {row["name"] for row in report["checks"] if row["status"] != "fine"} == allowed, report["findings"]

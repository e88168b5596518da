"""The operations on every environment, as a person runs them, compared with what AWS's API says.

Its name is before that of the life cycle, whose last test destroys the environment.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from operations.app import app
from tests.end_to_end.deployment import Deployment
from tests.end_to_end.inventory import REGION

ROOT = Path(__file__).parents[2]


def command(deployed: Deployment, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """A command about the deployed cluster, and its environment."""
    argv = [sys.executable, "-m", "operations", *arguments, "--json", "--cluster", deployed.cluster["clusterName"]]
    environ = os.environ | {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    environ.pop("AWS_PROFILE", None)
    return [*argv, "--region", REGION, "--endpoint-url", deployed.bench.aws().endpoint], environ


def operations(deployed: Deployment, *arguments: str) -> dict[str, Any]:
    """The JSON that a command prints about the deployed cluster; a finding is no failure of the command."""
    argv, environ = command(deployed, *arguments)
    answer = subprocess.run(argv, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert answer.returncode in (0, 1), answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    assert (answer.returncode == 1) is bool(found["findings"])
    return found


@pytest.fixture(params=[pytest.param("local", marks=pytest.mark.xdist_group("local"))])
def local(request: pytest.FixtureRequest, deployments: Callable[[str], Deployment]) -> Deployment:
    """The environment `local` alone, deployed: for what shows nothing more on the others."""
    found = deployments(request.param)
    assert found.up.code == 0, found.up.said
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
    assert (report["missing"], report["findings"]) == ([], [])
    assert len(report["checks"]) > 10
    assert {row["status"] for row in report["checks"]} == {"fine"}


def obstacles(report: dict[str, Any]) -> list[str]:
    """What is missing for a session, but for what is not installed on this machine."""
    return [row["what"] for row in report["obstacles"] if not row["what"].endswith("not installed on this machine")]


def test_session_reaches_instances_and_says_what_keeps_it_from_tasks(deployed: Deployment) -> None:
    (instance, *_) = [row for row in operations(deployed, "capacity")["instances"] if row["tasks"]]
    report = operations(deployed, "session", instance["ec2_instance_id"])
    assert (report["kind"], report["target"]) == ("instance", instance["ec2_instance_id"])
    assert obstacles(report) == []
    id_ = instance["tasks"][0]["id"]
    report = operations(deployed, "session", id_)
    name = deployed.cluster["clusterArn"]
    (task,) = deployed.account.ecs.describe_tasks(cluster=name, tasks=[id_])["tasks"]
    assert (report["kind"], report["target"]) == ("task", id_)
    assert bool(obstacles(report)) is not task["enableExecuteCommand"], report


def test_drain_empties_an_instance_and_its_tasks_run_elsewhere(local: Deployment) -> None:
    before = {key: service["runningCount"] for key, service in local.services().items()}
    instance = max(operations(local, "capacity")["instances"], key=lambda row: len(row["tasks"]))
    report = operations(local, "drain", instance["ec2_instance_id"], "--check")
    assert {row["id"] for row in report["tasks"]} == {row["id"] for row in instance["tasks"]}
    assert {row["fate"] for row in report["tasks"]} <= {"moves", "waits"}
    operations(local, "drain", instance["ec2_instance_id"], "--yes", "--every", "0.5")
    rows = {row["id"]: row for row in operations(local, "capacity")["instances"]}
    assert (rows[instance["id"]]["status"], rows[instance["id"]]["tasks"]) == ("DRAINING", [])
    assert {key: service["runningCount"] for key, service in local.services().items()} == before
    assert any("DRAINING" in finding for finding in operations(local, "doctor")["findings"])
    local.account.ecs.update_container_instances_state(
        cluster=local.cluster["clusterArn"], containerInstances=[instance["id"]], status="ACTIVE"
    )
    assert operations(local, "doctor")["findings"] == []


def test_a_watch_is_interrupted_cleanly(local: Deployment) -> None:
    argv, environ = command(local, "capacity", "--watch", "--every", "0.2")
    watching = subprocess.Popen(argv, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert watching.stdout is not None
    looks = [json.loads(watching.stdout.readline()) for _ in range(2)]
    watching.send_signal(signal.SIGINT)
    _, said = watching.communicate(timeout=60)
    assert watching.returncode == int(bool(looks[1]["findings"]))
    assert looks[0]["read_at"] < looks[1]["read_at"]
    assert "Traceback" not in said


APP: dict[str, Any] = {"name": "app", "image": "nginx", "memory": 64}
PORTS = [{"containerPort": port, "hostPort": port} for port in range(9_000, 9_100)]


def where(expression: str) -> dict[str, Any]:
    return {"placementConstraints": [{"type": "memberOf", "expression": expression}]}


IMPOSSIBLE: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "too much memory": ({"memory": 999_999}, {}, "memory", "memory is short by"),
    "too many CPU units": ({"cpu": 64_000}, {}, "CPU", "CPU units are short by"),
    "ssh's port": ({"portMappings": [{"containerPort": 22, "hostPort": 22}]}, {}, "port", "port 22/tcp is taken by"),
    "a port of the agent": (
        {"portMappings": [{"containerPort": 1, "hostPort": 51678}]}, {}, "port", "51678/tcp is taken by the instance",
    ),
    "too many fixed ports": ({"portMappings": PORTS}, {}, "reserved ports", "ports to reserve are short by"),
    "a GPU": ({"resourceRequirements": [{"type": "GPU", "value": "1"}]}, {}, "GPU", "GPUs are short by 1"),
    "another architecture": (
        {}, {"runtimePlatform": {"cpuArchitecture": "ARM64"}}, "architecture", "the instance is x86_64, the task arm64",
    ),
    "another instance type": (
        {}, where("attribute:ecs.instance-type == p5.48xlarge"), "memberOf", "it is t3.medium",
    ),
    "another zone": ({}, where("attribute:ecs.availability-zone == mars-1a"), "memberOf", "it is eu-central-1"),
    "an attribute that none has": ({}, where("attribute:rack == r1"), "memberOf", "attribute:rack == r1 is"),
    "beside a task that is nowhere": ({}, where("task:group == service:no"), "memberOf", "task:group == service:no"),
}  # fmt: skip


@pytest.mark.parametrize("placement", IMPOSSIBLE)
def test_why_knows_the_reason_of_an_impossible_placement(placement: str, local: Deployment) -> None:
    container, more, requirement, sentence = IMPOSSIBLE[placement]
    made = local.account.ecs.register_task_definition(
        family="impossible", containerDefinitions=[{**APP, **container}], **more
    )["taskDefinition"]
    argv, environ = command(local, "why", f"impossible:{made['revision']}")
    # In this process, for a new one takes most of the time to import what it needs.
    answer = CliRunner().invoke(app, argv[3:], env={**environ, "AWS_PROFILE": None})
    report = json.loads(answer.stdout)
    local.account.ecs.deregister_task_definition(taskDefinition=made["taskDefinitionArn"])
    assert (answer.exit_code, report["fits"], len(report["findings"])) == (1, False, 1)
    on_provider = [row for row in report["instances"] if row["capacity_provider"] == report["capacity_provider"]]
    assert on_provider
    for verdict in on_provider:
        assert [row["requirement"] for row in verdict["refusals"]] == [requirement]
        assert sentence in verdict["refusals"][0]["sentence"]

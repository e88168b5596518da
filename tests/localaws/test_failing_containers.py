"""Containers that end by themselves: tasks stop as ECS tells it, and the circuit breaker ends their deployment."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.agents.endings import Ending, ending, exit_code
from tests.localaws.fleets import APP, Fleet

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
FALSE = {**APP, "command": ["false"]}
NOWHERE = {**APP, "image": "registry.invalid/shop/app:1"}
EXCEEDED = "Service deployment rolled back because the circuit breaker threshold was exceeded."


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["true"], 0),
        (["/bin/false"], 1),
        (["sh", "-c", "exit 3"], 3),
        (["/bin/bash", "-ec", "echo broken; printf x && exit 64;"], 64),
        (["sh", "-c", "set -e\necho 'bad news'\nfalse"], 1),
        (["sh", "-c", "exit"], 0),
        (["sh", "-c", "exit 256"], 0),
        (["tail", "/dev/zero"], 137),
        (["sh", "-c", "tail /dev/zero"], 137),
        ([], None),
        (["python", "-m", "http.server"], None),
        (["sleep", "5"], None),
        (["sh", "-c", "./run; exit 1"], None),
        (["sh", "-c", "exit $CODE"], None),
        (["sh", "-c", "echo 'unended"], None),
        (["sh", "-x", "exit 1"], None),
        (["sh", "script.sh"], None),
        (["tail", "-f", "/dev/zero"], None),
    ],
)
def test_commands_whose_end_is_known(words: list[str], code: int | None) -> None:
    assert exit_code(words) == code


def test_the_entry_point_comes_first_and_an_override_takes_the_commands_place() -> None:
    container = {"entryPoint": ["sh", "-c"], "command": ["exit 4"], "image": "public.ecr.aws/docker/library/busybox:1"}
    assert ending(container, {}) == Ending(4)
    assert ending(container, {"command": ["exit 5"]}) == Ending(5)
    assert ending({"image": "nginx"}, {}) is None
    assert ending({"image": "nginx.invalid"}, {}) is None
    pulled = ending({"image": "registry.invalid:5000/app"}, {})
    assert pulled is not None
    assert pulled.exit_code is None
    assert pulled.reason.startswith("CannotPullContainerError: ")


@pytest.fixture(name="fleet")
def _fleet(lab: Any) -> Fleet:
    found = Fleet(lab)
    found.group(2)
    return found


def deployments(fleet: Fleet, name: str) -> list[dict[str, Any]]:
    """Its service deployments, the newest first."""
    listed = fleet.ecs.list_service_deployments(cluster=fleet.cluster, service=name)["serviceDeployments"]
    arns = [each["serviceDeploymentArn"] for each in listed]
    return list(fleet.ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"])


@pytest.mark.parametrize(
    ("app", "code", "reason", "exit_code", "words"),
    [
        (FALSE, "EssentialContainerExited", "Essential container in task exited", 1, None),
        (
            {**APP, "command": ["tail", "/dev/zero"]},
            "EssentialContainerExited",
            "Essential container in task exited",
            137,
            "OutOfMemoryError: Container killed due to memory usage",
        ),
        (NOWHERE, "TaskFailedToStart", "Task failed to start", None, "CannotPullContainerError: Error response"),
    ],
)
def test_a_task_stops_with_ecss_words(
    fleet: Fleet, app: dict[str, Any], code: str, reason: str, exit_code: int | None, words: str | None
) -> None:
    name = fleet.service(1, app, deploymentConfiguration=BREAKER)
    stopped = fleet.tasks(name, "STOPPED")
    assert len(stopped) == 3
    for task in stopped:
        assert (task["stopCode"], task["stoppedReason"]) == (code, reason)
        (container,) = task["containers"]
        assert container.get("exitCode") == exit_code
        assert container.get("reason", "").startswith(words or "")
        assert ("startedAt" in task) == (exit_code is not None)
    assert fleet.counts(name) == (0, 0)


def test_a_deployment_that_fails_is_rolled_back_to_the_last_that_completed(fleet: Fleet) -> None:
    name = fleet.service(2, deploymentConfiguration=BREAKER)
    before, good = fleet.described(name), {task["taskArn"] for task in fleet.tasks(name)}
    bad = fleet.task(FALSE)
    fleet.update(name, taskDefinition=bad)
    now = fleet.described(name)

    assert now["taskDefinition"] == before["taskDefinition"]
    assert {task["taskArn"] for task in fleet.tasks(name)} == good
    (primary,) = now["deployments"]
    assert (primary["id"], primary["rolloutState"]) == (before["deployments"][0]["id"], "COMPLETED")
    failed, first = deployments(fleet, name)
    assert (failed["status"], failed["statusReason"]) == ("ROLLBACK_SUCCESSFUL", EXCEEDED)
    assert failed["rollback"]["reason"] == EXCEEDED
    assert failed["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}
    assert first["status"] == "SUCCESSFUL"
    failed_id = "ecs-svc/" + failed["serviceDeploymentArn"].rpartition("/")[2]
    events = [each.partition(") ")[2] for each in fleet.events(name)]
    told = [
        "has reached a steady state.",
        f"(deployment {primary['id']}) deployment completed.",
        f"rolling back to deployment {primary['id']}.",
        f"(deployment {failed_id}) deployment failed: tasks failed to start.",
    ]
    assert events[: len(told)] == told
    assert events[len(told)].startswith("has started 1 tasks: (task ")

    # What mends it begins anew.
    fleet.update(name, taskDefinition=fleet.task({**APP, "image": "nginx:2"}))
    assert fleet.described(name)["deployments"][0]["rolloutState"] == "COMPLETED"
    assert fleet.described(name)["taskDefinition"] not in (bad, before["taskDefinition"])


def test_a_first_deployment_has_nothing_to_go_back_to(fleet: Fleet) -> None:
    name = fleet.service(2, FALSE, deploymentConfiguration=BREAKER)
    (primary,) = fleet.described(name)["deployments"]
    assert (primary["status"], primary["rolloutState"], primary["failedTasks"]) == ("PRIMARY", "FAILED", 3)
    assert primary["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    (failed,) = deployments(fleet, name)
    assert (failed["status"], failed["statusReason"]) == (
        "ROLLBACK_FAILED",
        "No rollback candidate was found to run the rollback.",
    )


def test_without_rollback_the_old_tasks_stay_and_the_deployment_has_failed(fleet: Fleet) -> None:
    name = fleet.service(1, deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": False}})
    (good,) = fleet.tasks(name)
    fleet.update(name, taskDefinition=fleet.task(FALSE))
    newest, older = fleet.described(name)["deployments"]
    assert (newest["rolloutState"], older["status"], older["runningCount"]) == ("FAILED", "ACTIVE", 1)
    assert [task["taskArn"] for task in fleet.tasks(name)] == [good["taskArn"]]
    assert deployments(fleet, name)[0]["status"] == "STOPPED"


def test_without_a_circuit_breaker_the_deployment_goes_on_and_says_that_tasks_do_not_start(fleet: Fleet) -> None:
    name = fleet.service(1, FALSE)
    (primary,) = fleet.described(name)["deployments"]
    assert (primary["rolloutState"], primary["failedTasks"]) == ("IN_PROGRESS", 3)
    assert "is unable to consistently start tasks successfully." in fleet.events(name)[0]
    assert deployments(fleet, name)[0]["deploymentCircuitBreaker"]["status"] == "DISABLED"


@pytest.mark.parametrize(
    ("desired", "told", "failures"),
    [
        (7, {}, 4),
        (7, {"thresholdConfiguration": {"type": "COUNT", "value": 2}}, 2),
        (1, {"thresholdConfiguration": {"type": "UNBOUNDED_PERCENT", "value": 100}}, 1),
        (4, {"thresholdConfiguration": {"type": "BOUNDED_PERCENT", "value": 100}}, 4),
    ],
)
def test_the_threshold_follows_the_desired_count(
    fleet: Fleet, desired: int, told: dict[str, Any], failures: int
) -> None:
    breaker = {"enable": True, "rollback": False, **told}
    name = fleet.service(
        desired, {**FALSE, "memory": 100}, deploymentConfiguration={"deploymentCircuitBreaker": breaker}
    )
    assert len(fleet.tasks(name, "STOPPED")) == failures
    assert deployments(fleet, name)[0]["deploymentCircuitBreaker"]["threshold"] == failures


def test_a_daemon_fails_too(fleet: Fleet) -> None:
    name = fleet.lab.name("daemon")
    fleet.ecs.create_service(
        cluster=fleet.cluster,
        serviceName=name,
        taskDefinition=fleet.task(FALSE),
        schedulingStrategy="DAEMON",
        deploymentConfiguration=BREAKER,
    )
    (primary,) = fleet.described(name)["deployments"]
    assert (primary["rolloutState"], primary["failedTasks"]) == ("FAILED", 3)
    assert fleet.described(name)["desiredCount"] == 2


def test_a_container_that_is_not_essential_ends_alone(fleet: Fleet) -> None:
    once = {"name": "migrate", "image": "nginx", "memory": 50, "essential": False, "command": ["sh", "-c", "exit 7"]}
    name = fleet.service(1, APP, once)
    (task,) = fleet.tasks(name)
    found = {each["name"]: (each["lastStatus"], each.get("exitCode")) for each in task["containers"]}
    assert found == {"app": ("RUNNING", None), "migrate": ("STOPPED", 7)}


def test_targets_of_a_task_that_ends_are_gone(fleet: Fleet) -> None:
    group = fleet.targets()
    balancer = {"targetGroupArn": group, "containerName": "app", "containerPort": 80}
    fleet.service(1, FALSE, deploymentConfiguration=BREAKER, loadBalancers=[balancer])
    assert fleet.healthy(group) == set()


def test_a_task_of_no_service_ends_once(fleet: Fleet) -> None:
    fleet.ecs.run_task(
        cluster=fleet.cluster,
        taskDefinition=fleet.task(),
        overrides={"containerOverrides": [{"name": "app", "command": ["true"]}]},
    )
    (task,) = fleet.tasks(status="STOPPED")
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("EssentialContainerExited", 0)
    assert fleet.tasks() == []

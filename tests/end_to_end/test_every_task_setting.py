"""A task with every setting: AWS has each as it was given, and a second deployment changes nothing."""

from __future__ import annotations

import json
import shlex
from dataclasses import fields
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic.alias_generators import to_camel

from ecs_model.container_options import LinuxParameters
from ecs_model.containers import Container
from tests.end_to_end.deployment import Deployment
from tests.end_to_end.harness import edited_config

SETTINGS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("every_task_setting.yaml").read_text())
CHOSEN = [{"type": "binpack", "field": "cpu"}, {"type": "random"}]
JOB: dict[str, Any] = {
    "schedule": "cron(0 3 ? * * *)",
    "timezone": "Europe/Berlin",
    "count": 2,
    "placementStrategies": [{"type": "random"}],
    "retries": 1,
    "retrySeconds": 600,
    "flexibleWindow": 10,
    "deadLetterQueueArn": "arn:aws:sqs:eu-central-1:123456789012:failed-jobs",
    "containers": {
        "report": {
            "image": "public.ecr.aws/docker/library/python:3.13-slim",
            "user": "1000:1000",
            "command": ["python", "-c", "print('done')"],
            "memory": 128,
            "readonlyRootFilesystem": True,
        }
    },
}
POLICIES = ["arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess", "arn:aws:iam::123456789012:policy/team/queue"]
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
GIVEN = {
    "taskRole": "arn:aws:iam::123456789012:role/team/migrate",
    "executionRole": "arn:aws:iam::123456789012:role/agent",
}
only_local = pytest.mark.parametrize(
    "environment_", [pytest.param("local", marks=pytest.mark.xdist_group("local"))], indirect=True
)


def test_no_setting_of_a_container_is_forgotten() -> None:
    containers = SETTINGS["containers"].values()
    given = {key for container in containers for key in container}
    assert {to_camel(field.name) for field in fields(Container)} - given == {"gpus"}
    linux = set(SETTINGS["containers"]["worker"]["linuxParameters"])
    assert {to_camel(field.name) for field in fields(LinuxParameters)} - linux == {"swappiness"}


@only_local
def test_every_setting_of_a_task_is_kept_as_given(deployed: Deployment) -> None:
    assert "worker" in deployed.settings["services"]
    before, roles = deployed.config.read_text(), _roles(deployed)
    _make_given(deployed)
    with edited_config(deployed.config, "roles") as section:
        section |= {"path": "/team/", "permissionsBoundary": BOUNDARY}
    with edited_config(deployed.config, "services") as services:
        services["worker"] = SETTINGS
    with edited_config(deployed.config, "scheduledTasks") as jobs:
        jobs["nightly"] = JOB
    with edited_config(deployed.config, "run") as tasks:
        tasks["migrate"] = {"containers": JOB["containers"], "placementStrategies": CHOSEN, **GIVEN}

    up, again, refreshed = deployed.bench.up(), deployed.bench.up(), deployed.bench.refresh()
    task, (deployment,) = deployed.tasks()["worker"], deployed.services()["worker"]["deployments"]
    granted = deployed.role_policies(task["executionRoleArn"]), deployed.role_policies(task["taskRoleArn"], *POLICIES)
    _check_places(_roles(deployed), roles)
    _check_trust(deployed, task)
    schedule = deployed.account.scheduler.get_schedule(Name=deployed.bench.outputs()["scheduledTasks"]["nightly"])
    _check_schedule(deployed, schedule)
    _check_command(deployed, deployed.bench.outputs()["run"]["migrate"])
    deployed.config.write_text(before)
    back = deployed.bench.up()

    for run in (up, again, refreshed, back):
        assert run.code == 0, run.said
    assert again.steps == set()
    assert refreshed.altered == {}
    assert deployed.account.all("scheduler", "list_schedules", "Schedules") == []
    left = _roles(deployed)
    _delete_given(deployed)
    assert {name: role["Path"] for name, role in left.items()} == {name: role["Path"] for name, role in roles.items()}
    assert not any("PermissionsBoundary" in role for role in left.values())
    assert [level for _, level, _ in up.findings if level != "advisory"] == []
    _check_task(task)
    _check_volumes({volume["name"]: volume for volume in task["volumes"]})
    _check_worker(next(each for each in task["containerDefinitions"] if each["name"] == "worker"))
    _check_roles(*granted)
    (disk,) = deployment["volumeConfigurations"]
    assert (
        disk["managedEBSVolume"].pop("roleArn").startswith("arn:aws:iam::123456789012:role/team/local-worker-infrast")
    )
    assert disk == {
        "name": "disk",
        "managedEBSVolume": {
            "encrypted": True,
            "sizeInGiB": 20,
            "volumeType": "gp3",
            "iops": 3000,
            "throughput": 125,
            "filesystemType": "xfs",
        },
    }


def _make_given(deployed: Deployment) -> None:
    """The policies and roles that the settings name, and the program does not make."""
    iam = deployed.account.iam
    document = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    iam.create_policy(PolicyName="queue", Path="/team/", PolicyDocument=document)
    iam.create_policy(PolicyName="boundary", PolicyDocument=document)
    for arn in GIVEN.values():
        path, _, name = arn.partition(":role")[2].rpartition("/")
        iam.create_role(RoleName=name, Path=f"{path}/", AssumeRolePolicyDocument=document)


def _delete_given(deployed: Deployment) -> None:
    """What is given outlives the program that used it: nothing of it is left attached."""
    iam = deployed.account.iam
    for arn in GIVEN.values():
        iam.delete_role(RoleName=arn.rpartition("/")[2])
    for arn in (POLICIES[1], BOUNDARY):
        iam.delete_policy(PolicyArn=arn)


def _roles(deployed: Deployment) -> dict[str, dict[str, Any]]:
    """The roles of the account by their names, but for those that are given."""
    names = [role["RoleName"] for role in deployed.account.all("iam", "list_roles", "Roles")]
    given = {arn.rpartition("/")[2] for arn in GIVEN.values()}
    return {name: deployed.account.iam.get_role(RoleName=name)["Role"] for name in names if name not in given}


def _check_places(now: dict[str, dict[str, Any]], before: dict[str, dict[str, Any]]) -> None:
    """Roles that were there stay where they are, new ones stand at the path, and all have the boundary."""
    assert before
    assert set(now) > set(before)
    for name, role in now.items():
        assert role["Path"] == ("/" if name in before else "/team/")
        assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == BOUNDARY


def _check_trust(deployed: Deployment, task: dict[str, Any]) -> None:
    """ECS takes both of a task's roles on behalf of this account and region alone."""
    (execution,), (own,) = deployed.trust(task["executionRoleArn"]), deployed.trust(task["taskRoleArn"])
    assert execution == own
    assert own["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-central-1:123456789012:*"},
    }


def _check_schedule(deployed: Deployment, schedule: dict[str, Any]) -> None:
    """The schedule is as it was given, its role fits, and what it would start runs."""
    target = schedule["Target"]
    parameters = target["EcsParameters"]
    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]) == (
        JOB["schedule"],
        "Europe/Berlin",
    )
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 600, "MaximumRetryAttempts": 1}
    assert parameters["PlacementStrategy"] == JOB["placementStrategies"]
    assert target["DeadLetterConfig"] == {"Arn": JOB["deadLetterQueueArn"]}
    definition = deployed.account.ecs.describe_task_definition(taskDefinition=parameters["TaskDefinitionArn"])
    roles = {definition["taskDefinition"][key] for key in ("executionRoleArn", "taskRoleArn")}
    run, give, tell = deployed.role_policies(target["RoleArn"])
    assert run["Condition"] == {"ArnEquals": {"ecs:cluster": target["Arn"]}}
    assert fnmatch(parameters["TaskDefinitionArn"], run["Resource"][0])
    assert set(give["Resource"]) == roles
    assert tell["Resource"] == [JOB["deadLetterQueueArn"]]
    started = deployed.account.ecs.run_task(
        cluster=target["Arn"],
        taskDefinition=parameters["TaskDefinitionArn"],
        capacityProviderStrategy=parameters["CapacityProviderStrategy"],
        placementStrategy=parameters["PlacementStrategy"],
        count=parameters["TaskCount"],
    )
    assert started["failures"] == []
    assert len(started["tasks"]) == 2
    for task in started["tasks"]:
        deployed.account.ecs.stop_task(cluster=target["Arn"], task=task["taskArn"])


def _check_command(deployed: Deployment, command: str) -> None:
    """The command starts the task: what the AWS CLI would make of its words, by the API."""
    words = shlex.split(command)
    assert words[:6] == ["env", "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local", "aws", "ecs", "run-task"]
    assert words[6:8] == ["--region", "eu-central-1"]
    assert words[-2:] == ["--endpoint-url", deployed.account.ecs.meta.endpoint_url]
    words = words[:-2]
    cluster, definition = words[words.index("--cluster") + 1], words[words.index("--task-definition") + 1]
    made = deployed.account.ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]
    assert (made["taskRoleArn"], made["executionRoleArn"]) == (GIVEN["taskRole"], GIVEN["executionRole"])
    strategy, placement = words.index("--capacity-provider-strategy") + 1, words.index("--placement-strategy") + 1
    items, chosen = (
        [dict(pair.split("=") for pair in word.split(",")) for word in part]
        for part in (words[strategy : placement - 1], words[placement:])
    )
    assert (len(items), chosen) == (2, CHOSEN)
    started = deployed.account.ecs.run_task(
        cluster=cluster,
        taskDefinition=definition,
        capacityProviderStrategy=[item | {key: int(item[key]) for key in ("weight", "base")} for item in items],
        placementStrategy=chosen,
    )
    (task,) = started["tasks"]
    assert (started["failures"], task["lastStatus"]) == ([], "RUNNING")
    deployed.account.ecs.stop_task(cluster=cluster, task=task["taskArn"])


def _check_task(task: dict[str, Any]) -> None:
    assert (task["cpu"], task["memory"], task["pidMode"], task["ipcMode"]) == ("512", "1024", "task", "task")
    assert task["runtimePlatform"] == {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}
    assert task["placementConstraints"] == [{"type": "memberOf", "expression": SETTINGS["placementConstraints"][0]}]
    router = next(each for each in task["containerDefinitions"] if each["name"] == "router")
    assert router["firelensConfiguration"] == {
        "type": "fluentbit",
        "options": {
            "enable-ecs-log-metadata": "true",
            "config-file-type": "s3",
            "config-file-value": "arn:aws:s3:::settings/extra.conf",
        },
    }
    assert next(each for each in task["containerDefinitions"] if each["name"] == "first")["startTimeout"] == 90
    assert next(each for each in task["containerDefinitions"] if each["name"] == "apart")["disableNetworking"] is True


def _check_volumes(volumes: dict[str, dict[str, Any]]) -> None:
    assert volumes["disk"]["configuredAtLaunch"] is True
    assert set(volumes) == {"between", "disk", "host", "cache", "files", "worker--tmp", "worker--srv-run"}
    assert volumes["host"]["host"] == {"sourcePath": "/var/lib/worker"}
    assert volumes["cache"]["dockerVolumeConfiguration"] == SETTINGS["volumes"]["cache"]["dockerVolumeConfiguration"]
    assert volumes["files"]["efsVolumeConfiguration"] == {
        "fileSystemId": "fs-0123456789abcdef0",
        "rootDirectory": "/",
        "transitEncryption": "ENABLED",
        "transitEncryptionPort": 2999,
        "authorizationConfig": {"accessPointId": "fsap-0123456789abcdef0", "iam": "ENABLED"},
    }


def _check_worker(worker: dict[str, Any]) -> None:
    written = SETTINGS["containers"]["worker"]
    as_written = (
        "dnsServers",
        "dnsSearchDomains",
        "volumesFrom",
        "dockerLabels",
        "stopTimeout",
        "user",
        "workingDirectory",
        "hostname",
        "readonlyRootFilesystem",
        "privileged",
        "dockerSecurityOptions",
        "versionConsistency",
        "interactive",
        "pseudoTerminal",
    )
    for key in as_written:
        assert worker[key] == written[key]
    assert worker["repositoryCredentials"] == {"credentialsParameter": written["repositoryCredentials"]}
    assert [worker["portMappings"][0][key] for key in ("name", "appProtocol")] == ["worker", "http2"]
    mapped = worker["portMappings"][1]
    assert (mapped["containerPortRange"], mapped["protocol"]) == ("9100-9109", "udp")
    assert "containerPort" not in mapped
    assert worker["restartPolicy"] == {"enabled": True} | written["restartPolicy"]
    parameters = written["linuxParameters"] | {"capabilities": {"add": ["CHOWN", "NET_BIND_SERVICE"], "drop": ["ALL"]}}
    assert worker["linuxParameters"] == parameters
    assert worker["ulimits"] == sorted(written["ulimits"], key=lambda limit: str(limit["name"]))
    assert {item["namespace"]: item["value"] for item in worker["systemControls"]} == written["systemControls"]
    assert worker["extraHosts"] == [{"hostname": "legacy.example", "ipAddress": "10.0.0.7"}]
    assert [item["value"] for item in worker["environmentFiles"]] == written["environmentFiles"]
    assert {item["name"]: item["valueFrom"] for item in worker["secrets"]} == written["secrets"]
    mounts = {mount["containerPath"]: (mount["sourceVolume"], mount["readOnly"]) for mount in worker["mountPoints"]}
    assert mounts == {
        "/between": ("between", True),
        "/cache": ("cache", False),
        "/disk": ("disk", False),
        "/files": ("files", False),
        "/host": ("host", False),
        "/srv/run": ("worker--srv-run", False),
        "/tmp": ("worker--tmp", False),
    }
    assert worker["logConfiguration"] == {
        "logDriver": "awsfirelens",
        "options": {"Name": "datadog"},
        "secretOptions": [{"name": "apikey", "valueFrom": written["logConfiguration"]["secretOptions"]["apikey"]}],
    }


def _check_roles(execution: list[dict[str, Any]], task: list[dict[str, Any]]) -> None:
    prefix = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:"
    _, secrets, parameters, files, buckets, keys = execution
    assert secrets["Resource"] == [f"{prefix}db-AbCdEf", f"{prefix}registry-AbCdEf", f"{prefix}sink-AbCdEf"]
    assert parameters["Resource"] == [SETTINGS["containers"]["worker"]["secrets"]["TOPIC"]]
    assert files["Resource"] == [f"arn:aws:s3:::settings/{name}" for name in ("common.env", "extra.conf", "worker.env")]
    assert buckets["Resource"] == ["arn:aws:s3:::settings"]
    assert keys["Resource"] == SETTINGS["kmsKeys"]
    assert task[1]["Condition"] == {
        "StringLike": {"s3:prefix": ["worker/*"]},
        "Bool": {"aws:SecureTransport": ["true"]},
    }
    assert [statement["Effect"] for statement in task] == ["Allow", "Allow", "Deny", "Allow"]
    assert [statement["Action"] for statement in task] == [
        ["s3:GetObject"],
        ["s3:ListBucket"],
        ["s3:Delete*"],
        ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
    ]

"""What a container's settings become in the task definition and its roles."""

from typing import Any

import pulumi
import pytest

import components as ecs
from ecs_model.capacity import CapacitySettings
from ecs_model.containers import MountPoint
from ecs_model.images import Architecture
from ecs_model.volumes import DockerVolume, VolumeScope
from tests.components.component_harness import ACCOUNT, REGION, deploy, refused
from tests.components.test_task_definition import definitions, policy, task, web

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1a2b3c4d-1111-2222-3333-444455556666"


def test_writable_paths_are_mounted_from_volumes_of_the_task() -> None:
    graph = task(containers={"web": web(readonly_root_filesystem=True, writable_paths=["/tmp", "/run"])})
    (container,) = definitions(graph)
    assert container["readonlyRootFilesystem"] is True
    volumes = graph.one("ecs.TaskDefinition").inputs["volumes"]
    assert volumes == [{"name": "web--run"}, {"name": "web--tmp"}]
    assert [(m["sourceVolume"], m["containerPath"]) for m in container["mountPoints"]] == [
        ("web--run", "/run"),
        ("web--tmp", "/tmp"),
    ]


def test_a_task_without_volumes_says_nothing_of_them() -> None:
    assert "volumes" not in task().one("ecs.TaskDefinition").inputs


def test_ecs_exec_and_a_read_only_root_exclude_each_other() -> None:
    containers: dict[str, Any] = {"web": web(readonly_root_filesystem=True)}
    args = ecs.TaskDefinitionArgs(containers, execute_command=True)
    (line,) = refused(lambda: ecs.TaskDefinition("web", args))
    assert "containers.web.readonlyRootFilesystem: true excludes executeCommand" in line


def test_options_of_a_program_in_another_language() -> None:
    options: Any = {
        "image": "app:1",
        "memory": 256.0,
        "user": "1000:1000",
        "ulimits": [{"name": "nofile", "soft_limit": 1024.0, "hard_limit": 4096.0}],
        "linux_parameters": {
            "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
            "tmpfs": [{"container_path": "/scratch", "size": 16.0}],
        },
        "restart_policy": {"ignored_exit_codes": [0.0]},
        "system_controls": {"net.core.somaxconn": "1024"},
        "stop_timeout": 60.0,
    }
    args: Any = {"containers": {"app": options}}
    (container,) = definitions(deploy(lambda: ecs.TaskDefinition("web", args)))
    assert container["ulimits"] == [{"name": "nofile", "softLimit": 1024, "hardLimit": 4096}]
    assert container["linuxParameters"] == {
        "capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]},
        "tmpfs": [{"containerPath": "/scratch", "size": 16}],
    }
    assert container["restartPolicy"] == {"enabled": True, "ignoredExitCodes": [0], "restartAttemptPeriod": 300}
    assert container["systemControls"] == [{"namespace": "net.core.somaxconn", "value": "1024"}]
    assert (container["stopTimeout"], container["user"]) == (60, "1000:1000")


def test_gpus_that_the_instances_lack_are_refused() -> None:
    capacity = {"general": CapacitySettings(["m7i.large"], 1)}
    args = ecs.TaskDefinitionArgs({"web": web(gpus=1)}, capacity=capacity)
    (line,) = refused(lambda: ecs.TaskDefinition("web", args))
    assert "containers.web.gpus: a task of 1 GPU cannot fit m7i.large (0 GPUs)" in line
    (container,) = definitions(task(containers={"web": web(gpus=1)}))
    assert container["resourceRequirements"] == [{"type": "GPU", "value": "1"}]


@pytest.mark.parametrize("later", [False, True])
def test_the_execution_role_reads_files_and_decrypts_with_the_keys_of_its_task_alone(later: bool) -> None:
    def given(text: str) -> pulumi.Input[str]:
        return pulumi.Output.from_input(text) if later else text

    files = [given("arn:aws:s3:::settings/web.env"), given("arn:aws:s3:::settings/common.env")]
    graph = task(containers={"web": web(environment_files=files)}, kms_keys=[given(KEY)])
    (container,) = definitions(graph)
    assert container["environmentFiles"] == [
        {"type": "s3", "value": "arn:aws:s3:::settings/web.env"},
        {"type": "s3", "value": "arn:aws:s3:::settings/common.env"},
    ]
    _, read, found, decrypt = policy(graph, "web-execution")
    assert (read["Action"], read["Resource"]) == (
        ["s3:GetObject"],
        ["arn:aws:s3:::settings/common.env", "arn:aws:s3:::settings/web.env"],
    )
    assert (found["Action"], found["Resource"]) == (["s3:GetBucketLocation"], ["arn:aws:s3:::settings"])
    assert (decrypt["Action"], decrypt["Resource"]) == (["kms:Decrypt"], [KEY])


def test_keys_without_anything_to_decrypt_are_refused() -> None:
    args = ecs.TaskDefinitionArgs({"web": web()}, kms_keys=[KEY])
    (line,) = refused(lambda: ecs.TaskDefinition("web", args))
    assert "kmsKeys: has nothing to decrypt" in line


def test_volumes_and_what_the_task_role_may_do_with_them() -> None:
    def program() -> None:
        system, point = pulumi.Output.from_input("fs-0123456789abcdef0"), pulumi.Output.from_input("fsap-01234567")
        volumes = {
            "shared": ecs.VolumeArgs(
                efs_volume_configuration=ecs.EfsVolumeArgs(system, access_point_id=point, iam=True)
            ),
            "assets": ecs.VolumeArgs(efs_volume_configuration=ecs.EfsVolumeArgs("fs-01234567", "/assets", iam=True)),
            "open": ecs.VolumeArgs(efs_volume_configuration=ecs.EfsVolumeArgs("fs-01234567", transit_encryption=False)),
            "cache": ecs.VolumeArgs(
                docker_volume_configuration=DockerVolume(VolumeScope.SHARED, labels={"team": "web"})
            ),
            "host": ecs.VolumeArgs(host_path="/var/lib/web"),
            "between": ecs.VolumeArgs(),
        }
        mounts = [MountPoint(name, f"/{name}", read_only=name == "assets") for name in volumes]
        ecs.TaskDefinition("web", ecs.TaskDefinitionArgs({"web": web(mount_points=mounts)}, volumes=volumes))

    graph = deploy(program)
    volumes = {volume.pop("name"): volume for volume in graph.one("ecs.TaskDefinition").inputs["volumes"]}
    assert volumes == {
        "assets": {
            "efsVolumeConfiguration": {
                "fileSystemId": "fs-01234567",
                "rootDirectory": "/assets",
                "transitEncryption": "ENABLED",
                "authorizationConfig": {"iam": "ENABLED"},
            }
        },
        "between": {},
        "cache": {
            "dockerVolumeConfiguration": {
                "autoprovision": False,
                "driver": "local",
                "labels": {"team": "web"},
                "scope": "shared",
            }
        },
        "host": {"hostPath": "/var/lib/web"},
        "open": {
            "efsVolumeConfiguration": {
                "fileSystemId": "fs-01234567",
                "rootDirectory": "/",
                "transitEncryption": "DISABLED",
            }
        },
        "shared": {
            "efsVolumeConfiguration": {
                "fileSystemId": "fs-0123456789abcdef0",
                "rootDirectory": "/",
                "transitEncryption": "ENABLED",
                "authorizationConfig": {"accessPointId": "fsap-01234567", "iam": "ENABLED"},
            }
        },
    }
    place = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}"
    assert policy(graph, "web-task") == [
        {
            "Effect": "Allow",
            "Action": ["elasticfilesystem:ClientMount"],
            "Resource": [f"{place}:file-system/fs-01234567"],
        },
        {
            "Effect": "Allow",
            "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
            "Resource": [f"{place}:file-system/fs-0123456789abcdef0"],
            "Condition": {"StringEquals": {"elasticfilesystem:AccessPointArn": f"{place}:access-point/fsap-01234567"}},
        },
    ]


def test_a_volume_that_nobody_mounts_is_refused() -> None:
    args: Any = {"containers": {"web": {"image": "i", "memory": 64.0}}, "volumes": {"data": {"host_path": "/d"}}}
    (line,) = refused(lambda: ecs.TaskDefinition("web", args))
    assert "volumes.data: is mounted by no container" in line


def test_options_of_the_task_as_a_whole() -> None:
    capacity = {"arm": CapacitySettings(["m7g.large"], 1)}
    args: Any = {
        "containers": {"web": {"image": "i", "memory": 64.0}},
        "pid_mode": "task",
        "ipc_mode": "none",
        "cpu_architecture": "arm64",
        "placement_constraints": ["attribute:b == 1", "attribute:a == 1"],
        "capacity": capacity,
    }
    inputs = deploy(lambda: ecs.TaskDefinition("web", args)).one("ecs.TaskDefinition").inputs
    assert (inputs["pidMode"], inputs["ipcMode"]) == ("task", "none")
    assert inputs["runtimePlatform"] == {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    assert inputs["placementConstraints"] == [
        {"type": "memberOf", "expression": "attribute:a == 1"},
        {"type": "memberOf", "expression": "attribute:b == 1"},
    ]
    plain = task().one("ecs.TaskDefinition").inputs
    assert not {"pidMode", "ipcMode", "runtimePlatform", "placementConstraints"} & set(plain)


def test_an_architecture_that_the_instances_lack_is_refused() -> None:
    capacity = {"intel": CapacitySettings(["m7i.large"], 1)}
    args = ecs.TaskDefinitionArgs({"web": web()}, cpu_architecture=Architecture.ARM64, capacity=capacity)
    (line,) = refused(lambda: ecs.TaskDefinition("web", args))
    assert "cpuArchitecture: arm64 is not that of capacity intel (x86_64)" in line


def test_a_log_router_whose_secrets_and_file_the_execution_role_reads() -> None:
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:sink-AbCdEf"
    args: Any = {
        "containers": {
            "app": {
                "image": "i",
                "memory": 64.0,
                "log_configuration": {
                    "log_driver": "awsfirelens",
                    "options": {"Name": "datadog"},
                    "secret_options": {"apikey": secret},
                },
            },
            "router": {
                "image": "j",
                "memory": 64.0,
                "firelens_configuration": {"config_file": "arn:aws:s3:::settings/extra.conf"},
            },
        }
    }
    graph = deploy(lambda: ecs.TaskDefinition("web", args))
    app, router = definitions(graph)
    assert app["logConfiguration"] == {
        "logDriver": "awsfirelens",
        "options": {"Name": "datadog"},
        "secretOptions": [{"name": "apikey", "valueFrom": secret}],
    }
    assert router["firelensConfiguration"]["options"]["config-file-value"] == "arn:aws:s3:::settings/extra.conf"
    allowed = {(s["Action"][0], s["Resource"][0]) for s in policy(graph, "web-execution")[1:]}
    assert allowed == {
        ("secretsmanager:GetSecretValue", secret),
        ("s3:GetObject", "arn:aws:s3:::settings/extra.conf"),
        ("s3:GetBucketLocation", "arn:aws:s3:::settings"),
    }

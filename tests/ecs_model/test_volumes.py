"""Writable paths, volumes and mounts: what is written, and what cannot work."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_model.container_definitions import definitions
from ecs_model.container_rules import problems
from ecs_model.containers import Container, MountPoint
from ecs_model.ebs import EbsVolume
from ecs_model.log_definitions import Awslogs
from ecs_model.mount_rules import path_problem
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import dotted
from ecs_model.volumes import (
    DockerVolume,
    EfsVolume,
    Volume,
    VolumeScope,
    is_written,
    writable_volume,
    writable_volumes,
)

BRIDGE = NetworkMode.BRIDGE
LOGS = Awslogs("group", "eu-central-1", "web")


def c(**more: Any) -> Container:
    given_: dict[str, Any] = {"image": "i", "memory": 64}
    return Container(**(given_ | more))


def readonly(*paths: str) -> Container:
    return c(readonly_root_filesystem=True, writable_paths=list(paths))


def written(containers: dict[str, Container]) -> dict[str, Any]:
    return {made["name"]: made for made in definitions(containers, BRIDGE, LOGS, "eu-central-1")}


def told(containers: dict[str, Container], **more: Any) -> dict[str, str]:
    found = list(problems(containers, BRIDGE, **more))
    assert len({problem.path for problem in found}) == len(found), found
    return {dotted(problem.path): problem.message for problem in found}


def test_writable_paths_are_volumes_of_their_own() -> None:
    containers = {"web": readonly("/var/cache/nginx", "/tmp"), "side": readonly("/tmp")}
    made = written(containers)
    assert made["web"]["readonlyRootFilesystem"] is True
    assert made["web"]["mountPoints"] == [
        {"sourceVolume": "web--tmp", "containerPath": "/tmp", "readOnly": False},
        {"sourceVolume": "web--var-cache-nginx", "containerPath": "/var/cache/nginx", "readOnly": False},
    ]
    assert [mount["sourceVolume"] for mount in made["side"]["mountPoints"]] == ["side--tmp"]
    assert writable_volumes(containers) == ["side--tmp", "web--tmp", "web--var-cache-nginx"]
    assert told(containers) == {}


letters = st.text("ab-_./é", min_size=1, max_size=6)


@given(letters, letters, letters, letters)
def test_no_two_paths_share_a_volume(name: str, other: str, path: str, another: str) -> None:
    names = [text.replace("/", "").replace(".", "").replace("é", "") for text in (name, other)]
    paths = [f"/{text}" for text in (path, another)]
    if any(path_problem(each) for each in paths):
        return
    one, two = (writable_volume(*pair) for pair in zip(names, paths, strict=True))
    assert (one == two) == ((names[0], paths[0]) == (names[1], paths[1]))


@pytest.mark.parametrize(
    ("container", "path", "says"),
    [
        (c(writable_paths=["/tmp"]), "writablePaths", "this one is writable: set readonlyRootFilesystem"),
        (readonly("tmp"), "writablePaths[0]", "'tmp' is not an absolute path: begin it with a slash"),
        (readonly("/"), "writablePaths[0]", "'/' is the whole root filesystem: name a directory in it"),
        (readonly("/tmp/"), "writablePaths[0]", "'/tmp/' is not a plain path"),
        (readonly("//tmp"), "writablePaths[0]", "is not a plain path"),
        (readonly("/a/../b"), "writablePaths[0]", "is not a plain path"),
        (readonly("/a:ro"), "writablePaths[0]", "is not a plain path: leave out colons"),
        (readonly("/tmp", "/tmp"), "writablePaths[1]", "/tmp is mounted twice in this container: keep it once"),
        (readonly("/dev/shm"), "writablePaths[0]", "/dev/shm belongs to the kernel"),
        (readonly("/proc"), "writablePaths[0]", "/proc belongs to the kernel"),
        (readonly(f"/{'x' * 253}"), "writablePaths[0]", "is too long for a volume's name"),
    ],
)
def test_writable_paths_that_cannot_work(container: Container, path: str, says: str) -> None:
    found = told({"a": container})
    assert list(found) == [f"containers.a.{path}"]
    assert says in found[f"containers.a.{path}"]


def test_paths_that_only_look_like_the_kernels() -> None:
    assert told({"a": readonly("/devices", "/procedures", f"/{'x' * 252}")}) == {}


FS, POINT = "fs-0123456789abcdef0", "fsap-0123456789abcdef0"
SHARED = VolumeScope.SHARED


def mounting(*mounts: MountPoint, **more: Any) -> Container:
    return c(mount_points=list(mounts), **more)


def test_mounts_are_sorted_among_the_writable_paths() -> None:
    mounts = [MountPoint("data", "/z"), MountPoint("data", "/b", read_only=True)]
    made = written({"a": mounting(*mounts, readonly_root_filesystem=True, writable_paths=["/c"])})
    assert made["a"]["mountPoints"] == [
        {"sourceVolume": "data", "containerPath": "/b", "readOnly": True},
        {"sourceVolume": "a--c", "containerPath": "/c", "readOnly": False},
        {"sourceVolume": "data", "containerPath": "/z", "readOnly": False},
    ]


def test_a_volume_is_written_where_one_mount_is() -> None:
    reading, writing = MountPoint("data", "/d", read_only=True), MountPoint("data", "/d")
    assert not is_written("data", {"a": mounting(reading)})
    assert is_written("data", {"a": mounting(reading), "b": mounting(writing)})
    assert not is_written("other", {"b": mounting(writing)})


def efs(**more: Any) -> Volume:
    given_: dict[str, Any] = {"file_system_id": FS}
    return Volume(efs_volume_configuration=EfsVolume(**(given_ | more)))


def docker(**more: Any) -> Volume:
    return Volume(docker_volume_configuration=DockerVolume(**more))


@pytest.mark.parametrize(
    "volume",
    [
        Volume(),
        Volume(host_path="/var/lib/data"),
        Volume(managed_ebs_volume=EbsVolume(10)),
        docker(),
        docker(scope=SHARED, autoprovision=True, driver="rexray/ebs", driver_opts={"size": "5"}),
        efs(),
        efs(root_directory="/web", transit_encryption=False),
        efs(access_point_id=POINT, iam=True, transit_encryption_port=2999),
    ],
)
def test_volumes_that_work(volume: Volume) -> None:
    containers = {"a": mounting(MountPoint("data", "/data")), "b": mounting(MountPoint("data", "/data"))}
    assert told(containers, volumes={"data": volume}) == {}


@pytest.mark.parametrize(
    ("volume", "path", "says"),
    [
        (Volume("/a", DockerVolume()), "", "has hostPath and dockerVolumeConfiguration: keep one"),
        (Volume("a"), ".hostPath", "'a' is not an absolute path"),
        (docker(autoprovision=True), ".dockerVolumeConfiguration.autoprovision", "is for scope shared"),
        (docker(driver=" "), ".dockerVolumeConfiguration.driver", "is empty"),
        (efs(file_system_id="efs"), ".efsVolumeConfiguration.fileSystemId", "'efs' is no file system, such as fs-"),
        (efs(access_point_id=FS), ".efsVolumeConfiguration.accessPointId", "is no access point, such as fsap-"),
        (efs(root_directory="web"), ".efsVolumeConfiguration.rootDirectory", "'web' is not an absolute path"),
        (efs(root_directory="/web", access_point_id=POINT), ".efsVolumeConfiguration.rootDirectory",
         "/web excludes accessPointId"),
        (efs(iam=True, access_point_id=POINT, transit_encryption=False), ".efsVolumeConfiguration.transitEncryption",
         "false does not go with accessPointId and iam"),
        (Volume(managed_ebs_volume=EbsVolume()), ".managedEbsVolume", "has neither sizeInGib nor snapshotId"),
        (Volume("/a", managed_ebs_volume=EbsVolume(1)), "", "has hostPath and managedEbsVolume: keep one"),
        (efs(transit_encryption_port=0), ".efsVolumeConfiguration.transitEncryptionPort", "give 1-65535"),
    ],
)  # fmt: skip
def test_volumes_that_cannot_work(volume: Volume, path: str, says: str) -> None:
    found = told({"a": mounting(MountPoint("data", "/data"))}, volumes={"data": volume})
    assert list(found) == [f"volumes.data{path}"]
    assert says in found[f"volumes.data{path}"]


@pytest.mark.parametrize(
    ("container", "volumes", "path", "says"),
    [
        (mounting(MountPoint("data", "/d")), {}, "containers.a.mountPoints[0].sourceVolume",
         "'data' is not in this task's volumes (there is: none): add it"),
        (mounting(MountPoint("data", "/d"), MountPoint("data", "/d")), {"data": Volume()},
         "containers.a.mountPoints[1].containerPath", "/d is mounted twice"),
        (mounting(MountPoint("data", "d")), {"data": Volume()}, "containers.a.mountPoints[0].containerPath",
         "'d' is not an absolute path"),
        (c(), {"data": Volume()}, "volumes.data", "is mounted by no container"),
        (mounting(MountPoint("a b", "/d")), {"a b": Volume()}, "volumes.a b", "'a b' is not a volume's name"),
        (c(readonly_root_filesystem=True, writable_paths=["/tmp"], mount_points=[MountPoint("a--tmp", "/d")]),
         {"a--tmp": Volume()}, "volumes.a--tmp", "the volume behind a writable path: choose another"),
    ],
)  # fmt: skip
def test_mounts_and_volumes_that_do_not_go_together(
    container: Container, volumes: dict[str, Volume], path: str, says: str
) -> None:
    found = told({"a": container}, volumes=volumes)
    assert list(found) == [path]
    assert says in found[path]

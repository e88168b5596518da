"""What cannot work in the volumes of a task."""

import re
from collections.abc import Iterator, Mapping

from ecs_model.containers import Container
from ecs_model.ebs import one_volume_problems
from ecs_model.ports import HIGHEST, LOWEST
from ecs_model.problem import Problem, out_of_range, under
from ecs_model.volumes import DockerVolume, EfsVolume, Volume, VolumeScope, ebs_volumes, writable_volumes

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_FILE_SYSTEM = re.compile(r"fs-[0-9a-f]{8,40}")
_ACCESS_POINT = re.compile(r"fsap-[0-9a-f]{8,40}")


def volume_problems(volumes: Mapping[str, Volume], containers: Mapping[str, Container]) -> Iterator[Problem]:
    """Everything wrong with the volumes of one task, by their names."""
    mounted = {mount.source_volume for container in containers.values() for mount in container.mount_points}
    made = writable_volumes(containers)
    for name, volume in volumes.items():
        if not _NAME.fullmatch(name):
            yield Problem(
                ("volumes", name),
                f"{name!r} is not a volume's name: use at most 255 letters, digits, hyphens and underscores",
            )
        if name in made:
            yield Problem(("volumes", name), "is the name of the volume behind a writable path: choose another")
        elif name not in mounted:
            yield Problem(("volumes", name), "is mounted by no container: name it in mountPoints, or leave it out")
        yield from under(_problems(volume), "volumes", name)
    for problem in one_volume_problems(ebs_volumes(volumes)):
        yield Problem(("volumes", problem.path[0], "managedEbsVolume", *problem.path[1:]), problem.message)


def _problems(volume: Volume) -> Iterator[Problem]:
    kinds = {
        "hostPath": volume.host_path,
        "dockerVolumeConfiguration": volume.docker_volume_configuration,
        "efsVolumeConfiguration": volume.efs_volume_configuration,
        "managedEbsVolume": volume.managed_ebs_volume,
    }
    given = [key for key, value in kinds.items() if value is not None]
    if len(given) > 1:
        yield Problem((), f"has {' and '.join(given)}: keep one, for a volume is one thing")
    if volume.host_path is not None and not volume.host_path.startswith("/"):
        yield Problem(("hostPath",), f"{volume.host_path!r} is not an absolute path: begin it with a slash")
    if volume.docker_volume_configuration is not None:
        yield from under(_docker_problems(volume.docker_volume_configuration), "dockerVolumeConfiguration")
    if volume.efs_volume_configuration is not None:
        yield from under(_efs_problems(volume.efs_volume_configuration), "efsVolumeConfiguration")


def _docker_problems(volume: DockerVolume) -> Iterator[Problem]:
    if volume.autoprovision and volume.scope is VolumeScope.TASK:
        yield Problem(("autoprovision",), "is for scope shared, and a task's own volume is always made: leave it out")
    if not volume.driver.strip():
        yield Problem(("driver",), "is empty: name Docker's volume driver, or leave it out for local")


def _efs_problems(volume: EfsVolume) -> Iterator[Problem]:
    if not _FILE_SYSTEM.fullmatch(volume.file_system_id):
        yield Problem(("fileSystemId",), f"{volume.file_system_id!r} is no file system, such as fs-0123456789abcdef0")
    if not volume.root_directory.startswith("/"):
        yield Problem(("rootDirectory",), f"{volume.root_directory!r} is not an absolute path: begin it with a slash")
    point = volume.access_point_id
    if point is not None and not _ACCESS_POINT.fullmatch(point):
        yield Problem(("accessPointId",), f"{point!r} is no access point, such as fsap-0123456789abcdef0")
    if point is not None and volume.root_directory != "/":
        yield Problem(
            ("rootDirectory",),
            f"{volume.root_directory} excludes accessPointId, which has its own: keep one",
        )
    port = volume.transit_encryption_port
    encrypted = {"accessPointId": point is not None, "iam": volume.iam, "transitEncryptionPort": port is not None}
    needing = [key for key, given in encrypted.items() if given]
    if needing and not volume.transit_encryption:
        yield Problem(("transitEncryption",), f"false does not go with {' and '.join(needing)}: leave it out")
    if port is not None:
        yield from out_of_range({"transitEncryptionPort": (port, LOWEST, HIGHEST)})

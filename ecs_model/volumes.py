"""The volumes of a task, and the paths at which its containers see them.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Volume.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ecs_model.containers import Container
from ecs_model.ebs import EbsVolume


class VolumeScope(StrEnum):
    """How long a Docker volume lives."""

    TASK = "task"
    """As long as its task."""
    SHARED = "shared"
    """On its container instance until someone deletes it; the instance's tasks share it."""


@dataclass(frozen=True)
class DockerVolume:
    """A volume of Docker's on the container instance."""

    scope: VolumeScope = VolumeScope.TASK
    """task or shared."""
    autoprovision: bool = False
    """Scope shared: make the volume where the instance has none; else it must be there."""
    driver: str = "local"
    """Docker's volume driver, which the instance must have."""
    driver_opts: dict[str, str] = field(default_factory=dict)
    """Options of the driver, passed on as they are."""
    labels: dict[str, str] = field(default_factory=dict)
    """Labels of the volume."""


@dataclass(frozen=True)
class EfsVolume:
    """A directory of an Amazon EFS file system, which outlives tasks and instances.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
    """

    file_system_id: str
    """The file system, in the account and region of the task. Its mount targets must let in, on TCP port 2049, the
    container instances' security group or, in mode awsvpc, the task's."""
    root_directory: str = "/"
    """The directory of the file system that containers see; `/` beside an access point, which has its own."""
    transit_encryption: bool = True
    """Encrypt between the instance and the file system."""
    transit_encryption_port: int | None = None
    """The instance's port for that; the EFS mount helper chooses where absent."""
    access_point_id: str | None = None
    """An access point, which gives all access a user and a directory of its own; none where absent."""
    iam: bool = False
    """Mount as the task role, which gets what it takes to mount and, unless all mounts are read-only, to write. Not to
    be root: without an access point, what a container's root does counts as nobody's."""


@dataclass(frozen=True)
class Volume:
    """Storage that containers of a task mount; at most one of the four, without any of them an empty directory that
    lives as long as the task."""

    host_path: str | None = None
    """A directory or file of the container instance, by its absolute path."""
    docker_volume_configuration: DockerVolume | None = None
    """A Docker volume."""
    efs_volume_configuration: EfsVolume | None = None
    """A directory of an EFS file system."""
    managed_ebs_volume: EbsVolume | None = None
    """An EBS volume that ECS makes for each task of the service; one in a task. Instances of the Nitro system only."""


def ebs_volumes(volumes: Mapping[str, Volume]) -> dict[str, EbsVolume]:
    """The EBS volumes among a task's, by their names."""
    return {name: volume.managed_ebs_volume for name, volume in volumes.items() if volume.managed_ebs_volume}


def writable_volume(container: str, path: str) -> str:
    """The name of the volume behind a writable path: `/var/cache` of nginx -> `nginx--var-cache`.

    No two paths have the same: a slash becomes a hyphen, what else is no letter or digit an underscore and its code.
    """
    return f"{container}--{re.sub('[^A-Za-z0-9]', _coded, path.strip('/'))}"


def _coded(match: re.Match[str]) -> str:
    return "-" if match[0] == "/" else "".join(f"_{byte:02x}" for byte in match[0].encode())


def writable_volumes(containers: Mapping[str, Container]) -> list[str]:
    """The names of the volumes behind all writable paths of a task, sorted."""
    return sorted(writable_volume(name, path) for name, c in containers.items() for path in c.writable_paths)


def is_written(volume: str, containers: Mapping[str, Container]) -> bool:
    """Whether a container mounts a volume to write."""
    mounts = (mount for container in containers.values() for mount in container.mount_points)
    return any(mount.source_volume == volume and not mount.read_only for mount in mounts)

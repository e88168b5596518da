"""Amazon EBS volumes that ECS makes for each task of a service and deletes with it.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-volumes.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ecs_model.problem import Problem, out_of_range, under

INFRASTRUCTURE_POLICY = "service-role/AmazonECSInfrastructureRolePolicyForVolumes"
"""AWS's managed policy of the role with which ECS makes and attaches the volumes."""


class VolumeType(StrEnum):
    """EBS's types of volumes."""

    GP3 = "gp3"
    GP2 = "gp2"
    IO2 = "io2"
    IO1 = "io1"
    ST1 = "st1"
    SC1 = "sc1"
    STANDARD = "standard"


class FilesystemType(StrEnum):
    """The file system that ECS makes on the volume, or that its snapshot has."""

    XFS = "xfs"
    EXT4 = "ext4"
    EXT3 = "ext3"


@dataclass(frozen=True)
class EbsVolume:
    """An encrypted EBS volume, new for each task."""

    size_in_gib: int | None = None
    """GiB; that of the snapshot where absent, which it may exceed."""
    snapshot_id: str | None = None
    """The snapshot it is made from; empty where absent."""
    volume_type: VolumeType = VolumeType.GP3
    """gp3, gp2, io2, io1, st1, sc1 or standard."""
    iops: int | None = None
    """Operations a second: needed for io1 and io2, possible for gp3 (3000 where absent)."""
    throughput: int | None = None
    """MiB a second, for gp3 only (125 where absent)."""
    filesystem_type: FilesystemType = FilesystemType.XFS
    """xfs, ext4 or ext3."""


_SIZES = {
    VolumeType.GP3: (1, 16_384),
    VolumeType.GP2: (1, 16_384),
    VolumeType.IO2: (4, 16_384),
    VolumeType.IO1: (4, 16_384),
    VolumeType.ST1: (125, 16_384),
    VolumeType.SC1: (125, 16_384),
    VolumeType.STANDARD: (1, 1_024),
}
_IOPS = {VolumeType.GP3: (3_000, 16_000), VolumeType.IO2: (100, 256_000), VolumeType.IO1: (100, 64_000)}
"""https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceManagedEBSVolumeConfiguration.html"""


def one_volume_problems(volumes: Mapping[str, EbsVolume]) -> Iterator[Problem]:
    """Everything wrong with the EBS volumes of one task, by their names: ECS attaches one."""
    for name in [*volumes][1:]:
        yield Problem((name,), f"is a second EBS volume beside {next(iter(volumes))}, and a task has one: keep one")
    for name, volume in volumes.items():
        yield from under(ebs_problems(volume), name)


def ebs_problems(volume: EbsVolume) -> Iterator[Problem]:
    """What EBS or ECS would refuse in one volume."""
    type_ = volume.volume_type
    if volume.size_in_gib is None and volume.snapshot_id is None:
        yield Problem((), "has neither sizeInGib nor snapshotId: set one of them")
    if volume.size_in_gib is not None:
        yield from out_of_range({"sizeInGib": (volume.size_in_gib, *_SIZES[type_])})
    if volume.snapshot_id is not None and not re.fullmatch(r"snap-[0-9a-f]{8,40}", volume.snapshot_id):
        yield Problem(("snapshotId",), f"{volume.snapshot_id!r} is no snapshot, such as snap-0123456789abcdef0")
    if volume.iops is None and type_ in (VolumeType.IO1, VolumeType.IO2):
        yield Problem(("iops",), f"is needed for {type_.value}: set it, or use gp3")
    elif volume.iops is not None and type_ not in _IOPS:
        yield Problem(("iops",), f"cannot be chosen for {type_.value}: leave it out, or use gp3")
    elif volume.iops is not None:
        yield from out_of_range({"iops": (volume.iops, *_IOPS[type_])})
    if volume.throughput is not None and type_ is not VolumeType.GP3:
        yield Problem(("throughput",), f"cannot be chosen for {type_.value}: leave it out, or use gp3")
    elif volume.throughput is not None:
        yield from out_of_range({"throughput": (volume.throughput, 125, 1_000)})

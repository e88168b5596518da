"""The EBS volumes of container instances.

https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ecs_model.ebs import EbsVolume, VolumeType, ebs_problems
from ecs_model.images import AmiFamily
from ecs_model.problem import Problem, under

LEAST_ROOT, MOST_ROOT = 30, 16_384
_IOPS_PER_GIB = {VolumeType.GP3: 500, VolumeType.IO1: 50, VolumeType.IO2: 1_000}
_IOPS_PER_MIB = 4
"""IOPS that gp3 needs for each MiB a second."""
_GP3_IOPS = 3_000
_NO_BOOT = (VolumeType.ST1, VolumeType.SC1)
_KEY = re.compile(r"arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)/[\w/-]+", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class VolumeOptions:
    """How fast a volume is, and whose key it is encrypted with."""

    type: VolumeType = VolumeType.GP3
    """gp3, gp2, io2, io1 or standard; other than for the root volume also st1 and sc1."""
    iops: int | None = None
    """Operations a second: needed for io1 and io2, possible for gp3 (3000 where absent)."""
    throughput: int | None = None
    """MiB a second, for gp3 only (125 where absent)."""
    kms_key: str | None = None
    """ARN of the customer managed key; AWS's own for EBS where absent. EC2 Auto Scaling's service-linked role must be
    allowed to use it, or no instance starts."""


@dataclass(frozen=True, kw_only=True)
class ExtraVolume(VolumeOptions):
    """A further encrypted volume of each instance, empty at first: user data has to format and mount it."""

    size: int
    """GiB."""


def root_devices(family: AmiFamily) -> tuple[str, ...]:
    """The image's own devices; the last one holds images and containers.

    https://bottlerocket.dev/en/os/latest/concepts/data-volume/
    """
    return ("/dev/xvda", "/dev/xvdb") if family is AmiFamily.BOTTLEROCKET else ("/dev/xvda",)


def root_problems(size: int, options: VolumeOptions) -> Iterator[Problem]:
    """What is wrong with the root volume's options; of its size others take care."""
    if options.type in _NO_BOOT:
        yield Problem(("type",), f"{options.type.value} cannot be a root volume: use gp3")
    elif LEAST_ROOT <= size <= MOST_ROOT:
        yield from option_problems(size, options)


def extra_problems(volumes: Mapping[str, ExtraVolume], family: AmiFamily) -> Iterator[Problem]:
    """What is wrong with further volumes, by their devices."""
    for device, volume in volumes.items():
        yield from under(option_problems(volume.size, volume), device)
        if device in root_devices(family):
            yield Problem((device,), "is the root volume's device: use another, such as /dev/xvdf")
        elif not re.fullmatch(r"/dev/(sd[f-p]|xvd[b-z])", device):
            yield Problem((device,), f"{device!r} is no device for a volume: use /dev/xvdf to /dev/xvdz")
    if volumes and family is AmiFamily.BOTTLEROCKET:
        yield Problem(
            (), "is of no use with amiFamily bottlerocket, where nothing mounts further volumes: leave it out"
        )


def option_problems(size: int, options: VolumeOptions) -> Iterator[Problem]:
    """What EBS would refuse in a volume of `size` GiB."""
    asked = EbsVolume(size, volume_type=options.type, iops=options.iops, throughput=options.throughput)
    found = list(ebs_problems(asked))
    yield from (Problem(("size",) if each.path == ("sizeInGib",) else each.path, each.message) for each in found)
    if options.kms_key is not None and not _KEY.fullmatch(options.kms_key):
        yield Problem(("kmsKey",), f"{options.kms_key!r} is no key's ARN, such as arn:aws:kms:REGION:ACCOUNT:key/ID")
    if not found:
        yield from _ratio_problems(size, options)


def _ratio_problems(size: int, options: VolumeOptions) -> Iterator[Problem]:
    most = _IOPS_PER_GIB.get(options.type, 0) * size
    if options.iops is not None and options.iops > max(most, _GP3_IOPS if options.type is VolumeType.GP3 else 100):
        yield Problem(
            ("iops",), f"{options.iops} are too many for {size} GiB of {options.type.value}: give at most {most}"
        )
    fastest = (options.iops or _GP3_IOPS) // _IOPS_PER_MIB
    if options.throughput is not None and options.throughput > fastest:
        yield Problem(
            ("throughput",),
            f"{options.throughput} MiB/s need {options.throughput * _IOPS_PER_MIB} iops: raise iops, or give at most "
            f"{fastest}",
        )

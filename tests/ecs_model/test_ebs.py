"""EBS volumes of tasks: what EBS or ECS would refuse."""

import pytest

from ecs_model.ebs import EbsVolume, VolumeType, ebs_problems, one_volume_problems
from ecs_model.problem import dotted

GP2, IO1, IO2, ST1, STANDARD = VolumeType.GP2, VolumeType.IO1, VolumeType.IO2, VolumeType.ST1, VolumeType.STANDARD


@pytest.mark.parametrize(
    "volume",
    [
        EbsVolume(1),
        EbsVolume(16_384, iops=16_000, throughput=1_000),
        EbsVolume(snapshot_id="snap-0123456789abcdef0"),
        EbsVolume(20, "snap-01234567", GP2),
        EbsVolume(4, volume_type=IO2, iops=100),
        EbsVolume(125, volume_type=ST1),
    ],
)
def test_volumes_that_work(volume: EbsVolume) -> None:
    assert list(ebs_problems(volume)) == []


@pytest.mark.parametrize(
    ("volume", "path", "says"),
    [
        (EbsVolume(), "", "has neither sizeInGib nor snapshotId"),
        (EbsVolume(0), "sizeInGib", "0 is out of range: give 1-16384"),
        (EbsVolume(3, volume_type=IO1, iops=100), "sizeInGib", "give 4-16384"),
        (EbsVolume(124, volume_type=ST1), "sizeInGib", "give 125-16384"),
        (EbsVolume(1_025, volume_type=STANDARD), "sizeInGib", "give 1-1024"),
        (EbsVolume(snapshot_id="vol-01234567"), "snapshotId", "'vol-01234567' is no snapshot, such as snap-"),
        (EbsVolume(10, volume_type=IO2), "iops", "is needed for io2: set it, or use gp3"),
        (EbsVolume(10, volume_type=GP2, iops=100), "iops", "cannot be chosen for gp2"),
        (EbsVolume(10, iops=2_999), "iops", "give 3000-16000"),
        (EbsVolume(10, volume_type=IO1, iops=64_001), "iops", "give 100-64000"),
        (EbsVolume(10, volume_type=GP2, throughput=125), "throughput", "cannot be chosen for gp2"),
        (EbsVolume(10, throughput=124), "throughput", "give 125-1000"),
    ],
)
def test_volumes_that_cannot_work(volume: EbsVolume, path: str, says: str) -> None:
    (problem,) = ebs_problems(volume)
    assert dotted(problem.path) == path
    assert says in problem.message


def test_a_task_has_one() -> None:
    assert list(one_volume_problems({"a": EbsVolume(1)})) == list(one_volume_problems({})) == []
    (problem,) = one_volume_problems({"a": EbsVolume(1), "b": EbsVolume(1)})
    assert str(problem) == "b: is a second EBS volume beside a, and a task has one: keep one"

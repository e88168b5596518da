"""Rules on the Amazon EFS volumes of tasks."""

from collections.abc import Iterator

from policies.rule import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.views.task_definition import EfsVolume, TaskDefinition


@rule(
    id="ecs-task-definition-efs-transit-encryption",
    title="What tasks read from and write to Amazon EFS is encrypted on its way",
    severity=MEDIUM,
    level=ADVISORY,
    why="Without encryption in transit whoever is on the network between an instance and the file system reads its "
    "files. ECS leaves it off where it is not asked for.",
    fix="Set transitEncryption to ENABLED.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html",
)
def efs_transit_encryption(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """Every volume of Amazon EFS has transitEncryption ENABLED."""

    def encrypted(volume: EfsVolume) -> Iterator[Verdict]:
        if volume.configuration and not volume.encrypted:
            yield Finding(f"{volume} does not set transitEncryption to ENABLED")

    if not task.elsewhere:
        yield from each(task.efs_volumes, encrypted)


@rule(
    id="ecs-task-definition-efs-authorization",
    title="An Amazon EFS volume with an access point or IAM authorization can be mounted",
    severity=HIGH,
    level=MANDATORY,
    why="Access points and IAM authorization work over an encrypted connection alone: without one the volume is not "
    "mounted, and the task does not start. ECS refuses a directory beside an access point, which has one of its own.",
    fix="Set transitEncryption to ENABLED, and leave rootDirectory out beside an access point.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSAuthorizationConfig.html",
)
def efs_authorization(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """A volume with accessPointId, or with iam ENABLED, has transitEncryption ENABLED; one with accessPointId has no
    rootDirectory other than /."""

    def encrypted(volume: EfsVolume) -> Iterator[Verdict]:
        wanted_by = "an access point" if volume.has_access_point else "IAM authorization"
        if (volume.has_access_point or volume.authorizes_by_role) and not volume.encrypted:
            yield Finding(f"{volume} has {wanted_by} without transitEncryption ENABLED")

    def rooted(volume: EfsVolume) -> Iterator[Verdict]:
        # The directory itself is free text, and not quoted.
        if volume.has_access_point and volume.root != "/":
            yield Finding(f"{volume} has an access point and a rootDirectory other than /")

    if not task.elsewhere:
        yield from each(task.efs_volumes, encrypted)
        yield from each(task.efs_volumes, rooted)

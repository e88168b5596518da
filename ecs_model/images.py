"""The machine images container instances start from."""

import datetime
from enum import StrEnum


class Architecture(StrEnum):
    """A processor architecture, spelled as EC2 does."""

    X86_64 = "x86_64"
    ARM64 = "arm64"


class AmiFamily(StrEnum):
    """The families of ECS-optimized AMIs."""

    AL2023 = "al2023"
    """Amazon Linux 2023, the default."""
    AL2 = "al2"
    """Amazon Linux 2; the ECS-optimized AMI's support ended on 2026-06-30."""


SUPPORTED_UNTIL: dict[AmiFamily, datetime.date] = {AmiFamily.AL2: datetime.date(2026, 6, 30)}
"""Last day with security updates; a family that is absent has no end announced.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html
"""

_PATHS = {AmiFamily.AL2023: "amazon-linux-2023", AmiFamily.AL2: "amazon-linux-2"}


def ssm_parameter(family: AmiFamily, architecture: Architecture) -> str:
    """The public SSM parameter that holds the id of the family's recommended ECS-optimized AMI.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html
    """
    arm = "/arm64" if architecture is Architecture.ARM64 else ""
    return f"/aws/service/ecs/optimized-ami/{_PATHS[family]}{arm}/recommended/image_id"

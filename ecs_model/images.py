"""The machine images container instances start from."""

import datetime
import re
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

_LEGACY_UNTIL = datetime.date(2023, 12, 31)
"""Last day of the first Amazon Linux (https://aws.amazon.com/amazon-linux-ami/faqs/)."""

_PATHS = {AmiFamily.AL2023: "amazon-linux-2023", AmiFamily.AL2: "amazon-linux-2"}


def ssm_parameter(family: AmiFamily, architecture: Architecture) -> str:
    """The public SSM parameter that holds the id of the family's recommended ECS-optimized AMI.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html
    """
    arm = "/arm64" if architecture is Architecture.ARM64 else ""
    return f"/aws/service/ecs/optimized-ami/{_PATHS[family]}{arm}/recommended/image_id"


_PUBLIC = re.compile(r"resolve:ssm:(/aws/service/[\w./-]+)(?::[\w.-]+)?", re.ASCII)
_AMAZON_LINUX = "/aws/service/ecs/optimized-ami/"
_BOTTLEROCKET = "/aws/service/bottlerocket/aws-ecs-"


def public_parameter(image: str) -> str | None:
    """AWS's public SSM parameter in an image written as `resolve:ssm:PATH`, version or label left out; else None.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html
    """
    match = _PUBLIC.fullmatch(image)
    return match[1] if match else None


def is_ecs_optimized(parameter: str) -> bool:
    """Whether a public SSM parameter holds an ECS-optimized AMI: Amazon Linux, Bottlerocket or Windows."""
    return parameter.startswith((_AMAZON_LINUX, _BOTTLEROCKET)) or "-ECS_Optimized" in parameter


def updated_until(parameter: str) -> datetime.date | None:
    """The last day of updates for the image that a public SSM parameter holds; None where none is near."""
    if not parameter.startswith(_AMAZON_LINUX):
        return None
    family = parameter.removeprefix(_AMAZON_LINUX).split("/")[0]
    ends = {_PATHS[known]: end for known, end in SUPPORTED_UNTIL.items()}
    return ends.get(family) or (_LEGACY_UNTIL if family == "amazon-linux" else None)


def parameter_architecture(parameter: str) -> Architecture | None:
    """The architecture of the ECS-optimized AMI that a public SSM parameter holds; None for any other."""
    if not parameter.startswith((_AMAZON_LINUX + "amazon-linux", _BOTTLEROCKET)):
        return None
    return Architecture.ARM64 if "/arm64/" in parameter else Architecture.X86_64


_ECS_IMAGE = re.compile(
    r"(al2023|amzn2)-ami-ecs-(?:(kernel-5\.10|gpu|inf|neuron)-)?hvm-.*?(x86_64|arm64)(?:-ebs)?", re.ASCII
)
_BOTTLEROCKET_IMAGE = re.compile(r"bottlerocket-(aws-ecs-\d+(?:-nvidia|-fips)*)-(x86_64|aarch64)-v.+", re.ASCII)
_SHORT = {"al2023": _PATHS[AmiFamily.AL2023], "amzn2": _PATHS[AmiFamily.AL2]}


def recommended_parameter(name: str) -> str | None:
    """The public SSM parameter of what AWS recommends in place of the ECS-optimized AMI of this name; else None.

    For Amazon Linux it holds JSON, with the agent's version; for Bottlerocket the image's id.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html
    """
    linux = _ECS_IMAGE.fullmatch(name)
    if linux:
        family, variant, architecture = linux.groups()
        arm = "/arm64" if architecture == Architecture.ARM64 and variant in (None, "kernel-5.10") else ""
        return f"{_AMAZON_LINUX}{_SHORT[family]}{f'/{variant}' if variant else ''}{arm}/recommended"
    rocket = _BOTTLEROCKET_IMAGE.fullmatch(name)
    if rocket:
        architecture = "arm64" if rocket[2] == "aarch64" else rocket[2]
        return f"/aws/service/bottlerocket/{rocket[1]}/{architecture}/latest/image_id"
    return None

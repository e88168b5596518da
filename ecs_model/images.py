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
    BOTTLEROCKET = "bottlerocket"
    """Bottlerocket, which runs containers and nothing else; with NVIDIA's drivers where the types have GPUs."""
    GPU = "gpu"
    """Amazon Linux 2023 with NVIDIA's drivers, for x86_64."""
    NEURON = "neuron"
    """Amazon Linux 2023 with the drivers of AWS Inferentia and Trainium, for x86_64."""


class AmiPolicy(StrEnum):
    """When the AMI is chosen."""

    LATEST_AT_DEPLOYMENT = "latest-at-deployment"
    """The recommended one of the day: a deployment that finds a newer one rolls the instances."""
    LATEST_AT_LAUNCH = "latest-at-launch"
    """Each instance starts from the recommended one of its own day, and no deployment rolls the others."""


SUPPORTED_UNTIL: dict[AmiFamily, datetime.date] = {AmiFamily.AL2: datetime.date(2026, 6, 30)}
"""Last day with security updates; a family that is absent has no end announced.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html
"""

_LEGACY_UNTIL = datetime.date(2023, 12, 31)
"""Last day of the first Amazon Linux (https://aws.amazon.com/amazon-linux-ami/faqs/)."""

_PATHS = {
    AmiFamily.AL2023: "amazon-linux-2023",
    AmiFamily.AL2: "amazon-linux-2",
    AmiFamily.GPU: "amazon-linux-2023/gpu",
    AmiFamily.NEURON: "amazon-linux-2023/neuron",
}
X86_64_ONLY = frozenset({AmiFamily.GPU, AmiFamily.NEURON})
"""The families that there is no image for arm64 of."""


def ssm_parameter(family: AmiFamily, architecture: Architecture, *, gpus: bool = False) -> str:
    """The public SSM parameter that holds the id of the family's recommended ECS-optimized AMI.

    `gpus`: the instances have some, for which Bottlerocket has a variant of its own.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html,
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-bottlerocket.html
    """
    if family is AmiFamily.BOTTLEROCKET:
        return f"{_BOTTLEROCKET}2{'-nvidia' if gpus else ''}/{architecture.value}/latest/image_id"
    arm = "/arm64" if architecture is Architecture.ARM64 else ""
    return f"{_AMAZON_LINUX}{_PATHS[family]}{arm}/recommended/image_id"


_RESOLVED = re.compile(r"resolve:ssm:((?:arn:[\w:-]+:parameter)?[\w./-]+)(?::[\w.-]+)?", re.ASCII)
_PUBLIC = "/aws/service/"
_AMAZON_LINUX = "/aws/service/ecs/optimized-ami/"
_BOTTLEROCKET = "/aws/service/bottlerocket/aws-ecs-"


def named_parameter(image: str) -> str | None:
    """The SSM parameter, or its ARN, in an image written as `resolve:ssm:NAME`, version or label left out; else None.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html
    """
    match = _RESOLVED.fullmatch(image)
    return match[1] if match else None


def public_parameter(image: str) -> str | None:
    """The same where the parameter is one of AWS's public ones."""
    parameter = named_parameter(image)
    return parameter if parameter and len(parameter) > len(_PUBLIC) and parameter.startswith(_PUBLIC) else None


def is_image_id(image: str) -> bool:
    """Whether an image is written as its id, `ami-…`."""
    return re.fullmatch("ami-[0-9a-f]{8}(?:[0-9a-f]{9})?", image) is not None


def is_ecs_optimized(parameter: str) -> bool:
    """Whether a public SSM parameter holds an ECS-optimized AMI: Amazon Linux, Bottlerocket or Windows."""
    return parameter.startswith((_AMAZON_LINUX, _BOTTLEROCKET)) or "-ECS_Optimized" in parameter


def updated_until(parameter: str) -> datetime.date | None:
    """The last day of updates for the image that a public SSM parameter holds; None where none is near."""
    if not parameter.startswith(_AMAZON_LINUX):
        return None
    family = parameter.removeprefix(_AMAZON_LINUX).split("/")[0]
    ends = {_PATHS[known].split("/")[0]: end for known, end in SUPPORTED_UNTIL.items()}
    return ends.get(family) or (_LEGACY_UNTIL if family == "amazon-linux" else None)


def parameter_architecture(parameter: str) -> Architecture | None:
    """The architecture of the ECS-optimized AMI that a public SSM parameter holds; None for any other."""
    if not parameter.startswith((_AMAZON_LINUX + "amazon-linux", _BOTTLEROCKET)):
        return None
    return Architecture.ARM64 if "/arm64/" in parameter else Architecture.X86_64

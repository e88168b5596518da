"""The operating system of container instances, as their image and their user data show it."""

from collections.abc import Sequence
from enum import StrEnum

from ecs_model.images import is_ecs_optimized


class OperatingSystem(StrEnum):
    """Spelled as the attribute `ecs.os-type` of a container instance."""

    LINUX = "linux"
    WINDOWS = "windows"


def of_image(parameter: str) -> OperatingSystem | None:
    """The system of the image that a public SSM parameter holds; None where it is not one made for ECS."""
    if not is_ecs_optimized(parameter):
        return None
    return OperatingSystem.WINDOWS if "/ami-windows-" in parameter else OperatingSystem.LINUX


def of_user_data(parts: Sequence[str]) -> OperatingSystem | None:
    """The system that some user data, decoded, is for; None where it does not show.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-windows-user-data.html
    """
    if any(part.lstrip().startswith(("#!", "#cloud-config")) for part in parts):
        return OperatingSystem.LINUX
    if any(is_powershell(part) or "<script>" in part.lower() for part in parts):
        return OperatingSystem.WINDOWS
    return None


def is_powershell(part: str) -> bool:
    """Whether a part of some user data is for Windows."""
    return "<powershell>" in part.lower()

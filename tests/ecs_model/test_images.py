"""What the name of an image's SSM parameter says of the image."""

import datetime

import pytest

from ecs_model.images import (
    AmiFamily,
    Architecture,
    is_ecs_optimized,
    is_image_id,
    named_parameter,
    parameter_architecture,
    public_parameter,
    ssm_parameter,
    updated_until,
)

ECS = "/aws/service/ecs/optimized-ami"
SHARED = "arn:aws:ssm:eu-central-1:123456789012:parameter/golden/ami"
ARM, X86 = Architecture.ARM64, Architecture.X86_64
AL1_END, AL2_END = datetime.date(2023, 12, 31), datetime.date(2026, 6, 30)


@pytest.mark.parametrize(
    ("image", "parameter"),
    [
        (f"resolve:ssm:{ECS}/amazon-linux-2023/recommended/image_id", f"{ECS}/amazon-linux-2023/recommended/image_id"),
        (f"resolve:ssm:{ECS}/amazon-linux-2/al2-1.0/image_id:3", f"{ECS}/amazon-linux-2/al2-1.0/image_id"),
        ("resolve:ssm:/aws/service/a:stable", "/aws/service/a"),
        ("resolve:ssm:/golden/ami", None),
        ("resolve:ssm:/aws/service/", None),
        ("ami-0123456789abcdef0", None),
        (f"{ECS}/amazon-linux-2023/recommended/image_id", None),
        ("", None),
    ],
)
def test_only_an_image_by_a_public_parameter_names_one(image: str, parameter: str | None) -> None:
    assert public_parameter(image) == parameter


@pytest.mark.parametrize(
    ("image", "parameter", "by_id"),
    [
        ("resolve:ssm:/aws/service/a:stable", "/aws/service/a", False),
        ("resolve:ssm:/golden/ami:3", "/golden/ami", False),
        ("resolve:ssm:golden", "golden", False),
        (f"resolve:ssm:{SHARED}", SHARED, False),
        (f"resolve:ssm:{SHARED}:3", SHARED, False),
        ("resolve:ssm:", None, False),
        ("resolve:ssm:no such name", None, False),
        ("ami-0123456789abcdef0", None, True),
        ("ami-01234567", None, True),
        ("ami-golden", None, False),
        ("", None, False),
    ],
)
def test_how_an_image_is_written(image: str, parameter: str | None, by_id: bool) -> None:
    assert named_parameter(image) == parameter
    assert is_image_id(image) is by_id


@pytest.mark.parametrize(
    ("parameter", "optimized", "until", "architecture"),
    [
        (f"{ECS}/amazon-linux-2023/recommended/image_id", True, None, X86),
        (f"{ECS}/amazon-linux-2023/arm64/recommended/image_id", True, None, ARM),
        (f"{ECS}/amazon-linux-2023/gpu/recommended/image_id", True, None, X86),
        (f"{ECS}/amazon-linux-2/recommended/image_id", True, AL2_END, X86),
        (f"{ECS}/amazon-linux-2/arm64/recommended/image_id", True, AL2_END, ARM),
        (f"{ECS}/amazon-linux/recommended/image_id", True, AL1_END, X86),
        ("/aws/service/bottlerocket/aws-ecs-2/x86_64/latest/image_id", True, None, X86),
        ("/aws/service/bottlerocket/aws-ecs-2/arm64/latest/image_id", True, None, ARM),
        ("/aws/service/bottlerocket/aws-k8s-1.33/arm64/latest/image_id", False, None, None),
        ("/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-ECS_Optimized/image_id", True, None, None),
        ("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64", False, None, None),
    ],
)
def test_a_public_parameter_tells_of_its_image(
    parameter: str, optimized: bool, until: datetime.date | None, architecture: Architecture | None
) -> None:
    assert is_ecs_optimized(parameter) is optimized
    assert updated_until(parameter) == until
    assert parameter_architecture(parameter) == architecture


@pytest.mark.parametrize("family", AmiFamily)
@pytest.mark.parametrize("architecture", Architecture)
def test_our_own_parameters_tell_the_same(family: AmiFamily, architecture: Architecture) -> None:
    parameter = ssm_parameter(family, architecture)
    assert is_ecs_optimized(parameter)
    assert parameter_architecture(parameter) is architecture

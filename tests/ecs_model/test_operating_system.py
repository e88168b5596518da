"""The operating system of container instances."""

import pytest

from ecs_model.operating_system import OperatingSystem, of_image, of_user_data

LINUX, WINDOWS = OperatingSystem.LINUX, OperatingSystem.WINDOWS


@pytest.mark.parametrize(
    ("parameter", "system"),
    [
        ("/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id", LINUX),
        ("/aws/service/bottlerocket/aws-ecs-2/arm64/latest/image_id", LINUX),
        ("/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-ECS_Optimized/image_id", WINDOWS),
        ("/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base", None),
        ("/team/images/ecs", None),
    ],
)
def test_of_an_image(parameter: str, system: OperatingSystem | None) -> None:
    assert of_image(parameter) is system


@pytest.mark.parametrize(
    ("parts", "system"),
    [
        (["<powershell>\nInitialize-ECSAgent -Cluster shop\n</powershell>"], WINDOWS),
        (["<script>\necho hello\n</script>"], WINDOWS),
        (["#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config"], LINUX),
        (["#!/bin/bash\necho '<script>alert(1)</script>' > /var/www/index.html"], LINUX),
        (["#cloud-config\n", "text"], LINUX),
        (["[settings.ecs]\ncluster = 'shop'"], None),
        ([], None),
    ],
)
def test_of_user_data(parts: list[str], system: OperatingSystem | None) -> None:
    assert of_user_data(parts) is system

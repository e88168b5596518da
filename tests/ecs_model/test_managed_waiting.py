"""What keeps an instance of ECS Managed Instances from coming for a task."""

from dataclasses import replace
from typing import Any

import pytest

from ecs_model.cluster_query import parse
from ecs_model.images import Architecture
from ecs_model.managed_waiting import KIND, ManagedCapacity, obstacles
from ecs_model.network_modes import NetworkMode
from ecs_model.task_needs import RequiredAttribute, Task

TASK = Task("web", 512, cpu=256, network_mode=NetworkMode.AWSVPC)
NEEDS = {"vCpuCount": {"min": 2, "max": 8}, "memoryMiB": {"min": 4096, "max": 32768}, "acceleratorCount": {"max": 0}}


def capacity(**changes: Any) -> ManagedCapacity:
    """A provider of m7i and m7g types of up to 8 vCPUs."""
    return ManagedCapacity(
        "own", requirements=NEEDS | {"allowedInstanceTypes": ["m7i.*", "m7g.*"]} | changes.pop("needs", {}), **changes
    )


@pytest.mark.parametrize(
    ("provider", "task", "said"),
    [
        (capacity(), TASK, []),
        (ManagedCapacity("own"), replace(TASK, memory=10_000_000), []),
        (
            capacity(status="PROVISIONING"),
            TASK,
            ["its status is PROVISIONING: ECS still sets it up, and starts nothing before it is ACTIVE"],
        ),
        (capacity(status="DEPROVISIONING"), TASK, ["its status is DEPROVISIONING, so that it gives no capacity"]),
        (
            capacity(update="UPDATE_FAILED", update_reason="no such role"),
            TASK,
            ["its last update failed (UPDATE_FAILED): no such role"],
        ),
        (
            capacity(listed=False),
            TASK,
            ["it is not among the cluster's capacity providers: put it on the cluster"],
        ),
        (
            capacity(),
            replace(TASK, network_mode=NetworkMode.BRIDGE),
            ["the network mode is bridge, and Managed Instances take awsvpc or host"],
        ),
        (
            capacity(),
            replace(
                TASK, attributes=frozenset({RequiredAttribute("disk"), RequiredAttribute("ecs.capability.task-eni")})
            ),
            ["the task requires the attribute disk, which nobody gives a Managed Instance"],
        ),
        (
            capacity(needs={"allowedInstanceTypes": ["m7i.*"]}),
            replace(TASK, architecture=Architecture.ARM64),
            [
                "no instance type of arm64 meets its instanceRequirements: change them, or the definition's "
                "runtimePlatform"
            ],
        ),
        (
            capacity(),
            replace(TASK, memory=40_000),
            [
                "a task of 40000 MiB cannot fit m7i.2xlarge (32768 MiB installed), the largest type of the 3 types "
                "that meet its instanceRequirements. Keep it within 30310 MiB to be sure, or use a larger instance "
                "type (m7i.4xlarge is the next)"
            ],
        ),
        (
            capacity(),
            replace(TASK, cpu=16_384),
            [
                "a task of 16384 CPU units cannot fit m7i.2xlarge (8192 CPU units), the type with the most of the 3 "
                "types that meet its instanceRequirements. Keep it within 8192, or use a larger instance type"
            ],
        ),
        (
            capacity(),
            replace(TASK, gpus=1),
            [
                "the task needs 1 GPU, and the 3 types that meet its instanceRequirements have at most 0: ask for more "
                "by acceleratorCount"
            ],
        ),
        (
            capacity(),
            replace(TASK, expressions=(parse("attribute:ecs.instance-type == c5.large"),)),
            [
                "none of the 3 types that are large enough meets attribute:ecs.instance-type == c5.large: change the "
                "constraint"
            ],
        ),
        (
            capacity(),
            replace(TASK, expressions=(parse("attribute:disk == ssd"),)),
            ["none of the 3 types that are large enough meets attribute:disk == ssd: change the constraint"],
        ),
        # The zone of an instance that does not exist yet is not known.
        (capacity(), replace(TASK, expressions=(parse("attribute:ecs.availability-zone == eu-central-1a"),)), []),
        (capacity(), replace(TASK, expressions=(parse("attribute:ecs.instance-type =~ m7i.*"),)), []),
    ],
)
def test_what_is_said(provider: ManagedCapacity, task: Task, said: list[str]) -> None:
    assert obstacles(task, provider, [KIND]) == said


def test_a_definition_for_ec2_alone() -> None:
    assert obstacles(TASK, capacity(), ["EC2"]) == [
        "the task definition is for EC2: register it with requiresCompatibilities MANAGED_INSTANCES"
    ]
    assert obstacles(TASK, capacity(), []) == []


def test_everything_that_is_seen_is_said() -> None:
    found = obstacles(replace(TASK, memory=40_000), capacity(status="INACTIVE", listed=False), ["EC2"])
    assert [each.split()[0] for each in found] == ["its", "it", "the", "a"]


@pytest.mark.parametrize(
    ("needs", "architecture", "includes", "excludes"),
    [
        ({"allowedInstanceTypes": ["m7i.*"]}, Architecture.X86_64, {"m7i.large"}, {"m7i.4xlarge", "m7i.metal-24xl"}),
        ({"allowedInstanceTypes": ["m7g.*"]}, Architecture.ARM64, {"m7g.large"}, {"m7i.large"}),
        ({"cpuManufacturers": ["amd"]}, Architecture.X86_64, {"m7a.large"}, {"m7i.large"}),
        # A maker that this version does not know narrows nothing down.
        ({"cpuManufacturers": ["amd", "new"]}, Architecture.X86_64, {"m7a.large", "m7i.large"}, set()),
        ({"excludedInstanceTypes": ["m7*"]}, Architecture.X86_64, {"m6i.large"}, {"m7i.large"}),
        ({"instanceGenerations": ["current"]}, Architecture.X86_64, {"m7i.large"}, {"m3.xlarge"}),
        ({}, Architecture.X86_64, {"m7i.large", "m3.xlarge"}, {"t3.large", "g4dn.xlarge"}),
        ({"burstablePerformance": "included"}, Architecture.X86_64, {"t3.large", "m7i.large"}, set()),
        ({"burstablePerformance": "required"}, Architecture.X86_64, {"t3.large"}, {"m7i.large"}),
        ({"acceleratorCount": {"min": 1}}, Architecture.X86_64, {"g4dn.xlarge"}, {"m7i.large"}),
        ({"acceleratorCount": None}, Architecture.X86_64, {"g4dn.xlarge", "m7i.large"}, set()),
    ],
)
def test_types_that_may_start(
    needs: dict[str, Any], architecture: Architecture, includes: set[str], excludes: set[str]
) -> None:
    told = {name: value for name, value in (NEEDS | needs).items() if value is not None}
    found = ManagedCapacity("own", requirements=told).types(architecture)
    assert found is not None
    assert includes <= set(found)
    assert not excludes & set(found)


def test_what_is_told_of_a_provider() -> None:
    template = {"instanceRequirements": NEEDS | {"networkBandwidthGbps": {"min": 1}, "localStorage": "required"}}
    answer = {
        "name": "own",
        "status": "ACTIVE",
        "updateStatus": "CREATE_COMPLETE",
        "managedInstancesProvider": {"instanceLaunchTemplate": template},
    }
    found = ManagedCapacity.of(answer, ["general", "own"])
    assert (found.name, found.status, found.update, found.listed) == ("own", "ACTIVE", "CREATE_COMPLETE", True)
    assert found.not_judged == ["localStorage", "networkBandwidthGbps"]
    assert not ManagedCapacity.of(answer, ["general"]).listed
    limits = {"onDemandMaxPricePercentageOverLowestPrice": 20, "maxSpotPriceAsPercentageOfOptimalOnDemandPrice": 50}
    assert ManagedCapacity("own", requirements=limits).not_judged == []
    assert ManagedCapacity("own").not_judged == []

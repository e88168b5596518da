"""Container instances with every setting: AWS has each as given, instances of each family join, tasks run on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic.alias_generators import to_camel

from ecs_model.agent import AgentSettings
from ecs_model.capacity import CapacitySettings
from ecs_model.instance_types import catalogue
from ecs_model.user_data import plain_parts
from tests.end_to_end.deployment import Deployment
from tests.end_to_end.harness import config_file, edited_config, environment

pytestmark = pytest.mark.xdist_group("capacity")
SETTINGS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("every_capacity_setting.yaml").read_text())
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd"

ON_FARGATE = {
    "networkMode": "awsvpc", "cpu": 256, "memory": 512, "desiredCount": 2,
    "capacityProviderStrategy": [
        {"capacityProvider": "FARGATE", "base": 1, "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}
    ],
}  # fmt: skip


def test_no_setting_of_capacity_is_forgotten() -> None:
    given = {key for capacity in SETTINGS.values() for key in capacity}
    assert {to_camel(field.name) for field in fields(CapacitySettings)} == given
    assert {to_camel(field.name) for field in fields(AgentSettings)} == set(SETTINGS["general"]["agent"])


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The local environment with other container instances."""
    place = Path(tmp_path_factory.mktemp("capacity")) / "local"
    with environment(place, "local") as bench:
        path = config_file(place, "local")
        whole = yaml.safe_load(path.read_text())
        whole["config"]["ecs-on-ec2:capacity"] = SETTINGS
        whole["config"]["ecs-on-ec2:cluster"] |= {"awsvpcTrunking": True, "fargate": True}
        whole["config"]["ecs-on-ec2:services"]["worker"] |= ON_FARGATE
        path.write_text(yaml.safe_dump(whole))
        made = Deployment(bench)
        assert made.up.code == 0, made.up.said
        yield made


def test_a_second_deployment_changes_nothing(deployed: Deployment) -> None:
    for run in (deployed.preview, deployed.up):
        assert [level for _, level, _ in run.findings if level != "advisory"] == []
    assert any("al2 has had no updates since 2026-06-30" in said for said in deployed.up.complaints)
    again, refreshed = deployed.bench.up(), deployed.bench.refresh()
    assert (again.code, again.steps) == (0, set()), again.said
    assert (refreshed.code, refreshed.altered) == (0, {}), refreshed.said


def test_instances_of_every_family_have_joined(deployed: Deployment) -> None:
    ecs, cluster = deployed.account.ecs, deployed.outputs["cluster"]
    arns = deployed.account.all("ecs", "list_container_instances", "containerInstanceArns", cluster=cluster)
    joined = ecs.describe_container_instances(cluster=cluster, containerInstances=arns)["containerInstances"]
    keys = {name: key for key, name in deployed.outputs["capacityProviders"].items()}
    found = {keys[instance["capacityProviderName"]]: instance for instance in joined}
    assert set(found) == set(SETTINGS)
    told = {
        key: {item["name"]: item.get("value") for item in instance["attributes"]} for key, instance in found.items()
    }
    assert (told["general"]["tier"], told["spot"]["tier"]) == ("general", "spot")
    types = {key: attributes["ecs.instance-type"] for key, attributes in told.items()}
    assert (types["gpu"], types["neuron"]) == ("g5.xlarge", "inf2.xlarge")
    assert told["spot"]["ecs.cpu-architecture"] == told["arm"]["ecs.cpu-architecture"] == "arm64"
    assert catalogue()[types["described"]].memory == 4096
    assert all("ecs.awsvpc-trunk-id" in attributes for attributes in told.values())
    memory = {item["name"]: item for item in found["spot"]["registeredResources"]}["MEMORY"]["integerValue"]
    assert memory <= catalogue()["t4g.medium"].memory - 128


def test_launch_templates_are_as_given(deployed: Deployment) -> None:
    fleets = deployed.fleets()
    general = fleets["general"].template
    assert general["ImageId"] == SETTINGS["general"]["amiId"]
    assert general["Monitoring"] == {"Enabled": True}
    assert general["Placement"] == {"Tenancy": "dedicated"}
    assert general["CapacityReservationSpecification"] == {"CapacityReservationPreference": "none"}
    assert fleets["general"].security_groups[1:] == ["sg-0123456789abcdef0"]
    disks = {device["DeviceName"]: device["Ebs"] for device in general["BlockDeviceMappings"]}
    usual = {"Encrypted": True, "DeleteOnTermination": True}
    assert disks == {
        "/dev/xvda": usual
        | {"VolumeSize": 50, "VolumeType": "gp3", "Iops": 4000, "Throughput": 500, "KmsKeyId": KEY},
        "/dev/xvdf": usual | {"VolumeSize": 100, "VolumeType": "io2", "Iops": 500},
        "/dev/xvdg": usual | {"VolumeSize": 500, "VolumeType": "st1"},
    }  # fmt: skip
    parts = plain_parts(general["UserData"])[-3:]
    written = SETTINGS["general"]["userData"]
    assert [parts[0], parts[2]] == [*written["before"], *written["after"]]
    assert "ECS_CLUSTER=" in parts[1]
    assert fleets["gpu"].variables["ECS_ENABLE_GPU_SUPPORT"] == "true"
    (rocket,) = plain_parts(fleets["spot"].template["UserData"])
    assert rocket.startswith(f'[settings.ecs]\ncluster = "{deployed.outputs["cluster"]}"\n')
    late = "resolve:ssm:/aws/service/bottlerocket/aws-ecs-2/arm64/latest/image_id"
    assert fleets["arm"].template["ImageId"] == late
    assert "InstanceType" not in fleets["described"].template


def test_groups_and_providers_are_as_given(deployed: Deployment) -> None:
    groups = {key: fleet.group for key, fleet in deployed.fleets().items()}
    assert groups["general"]["WarmPoolConfiguration"] == {
        "MinSize": 1,
        "MaxGroupPreparedCapacity": 3,
        "PoolState": "Stopped",
        "InstanceReusePolicy": {"ReuseOnScaleIn": False},
    }
    assert groups["general"]["MaxInstanceLifetime"] == 30 * 86_400
    assert deployed.fleets()["spot"].distribution == {
        "OnDemandAllocationStrategy": "prioritized",
        "OnDemandBaseCapacity": 1,
        "OnDemandPercentageAboveBaseCapacity": 20,
        "SpotAllocationStrategy": "price-capacity-optimized",
    }
    assert groups["spot"]["CapacityRebalance"] is False
    (override,) = groups["described"]["MixedInstancesPolicy"]["LaunchTemplate"]["Overrides"]
    assert override["InstanceRequirements"] == {
        "VCpuCount": {"Min": 2, "Max": 4},
        "MemoryMiB": {"Min": 4096, "Max": 16384},
        "AcceleratorCount": {"Max": 0},
        "CpuManufacturers": ["amd", "intel"],
        "InstanceGenerations": ["current"],
        "BurstablePerformance": "included",
        "BareMetal": "excluded",
        "ExcludedInstanceTypes": ["c*"],
        "OnDemandMaxPricePercentageOverLowestPrice": 30,
    }
    providers = {key: item["autoScalingGroupProvider"] for key, item in deployed.providers().items()}
    unscaled = providers["described"]
    assert (unscaled["managedScaling"]["status"], unscaled["managedDraining"]) == ("DISABLED", "DISABLED")
    scaling = providers["general"]["managedScaling"]
    assert (scaling["targetCapacity"], scaling["instanceWarmupPeriod"]) == (90, 60)
    assert (scaling["minimumScalingStepSize"], scaling["maximumScalingStepSize"]) == (1, 2)


def test_what_waits_in_the_warm_pool_is_in_no_cluster(deployed: Deployment) -> None:
    group = deployed.fleets()["general"].group
    waiting = deployed.account.autoscaling.describe_warm_pool(AutoScalingGroupName=group["AutoScalingGroupName"])
    ids = {each["InstanceId"]: each["LifecycleState"] for each in waiting["Instances"]}
    # Of three that are prepared at most, what is at work already; and one at least.
    assert len(ids) == group["WarmPoolSize"] == max(1, 3 - group["DesiredCapacity"])
    assert set(ids.values()) == {"Warmed:Stopped"}
    cluster = deployed.outputs["cluster"]
    arns = deployed.account.all("ecs", "list_container_instances", "containerInstanceArns", cluster=cluster)
    joined = deployed.account.ecs.describe_container_instances(cluster=cluster, containerInstances=arns)
    assert not set(ids) & {each["ec2InstanceId"] for each in joined["containerInstances"]}


def test_a_service_runs_on_fargate_beside_them(deployed: Deployment) -> None:
    worker, task = deployed.services()["worker"], deployed.tasks()["worker"]
    assert (worker["runningCount"], task["requiresCompatibilities"]) == (2, ["FARGATE"])
    assert {item["capacityProvider"] for item in worker["capacityProviderStrategy"]} == {"FARGATE", "FARGATE_SPOT"}
    assert worker["placementStrategy"] == []
    assert worker["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] == "DISABLED"
    providers = set(deployed.outputs["capacityProviders"].values())
    assert set(deployed.cluster["capacityProviders"]) == providers | {"FARGATE", "FARGATE_SPOT"}


def test_a_changed_setting_of_the_agent_rolls_the_instances(deployed: Deployment) -> None:
    before = deployed.fleets()["general"]
    with edited_config(deployed.config, "capacity") as capacity:
        capacity["general"]["agent"]["attributes"] = {"tier": "changed"}
        del capacity["general"]["warmPool"]
    up = deployed.bench.up()
    assert up.code == 0, up.said
    after = deployed.fleets()["general"]
    assert int(after.version) == int(before.version) + 1
    assert "WarmPoolConfiguration" not in after.group
    refreshes = deployed.account.autoscaling.describe_instance_refreshes(
        AutoScalingGroupName=after.group["AutoScalingGroupName"]
    )["InstanceRefreshes"]
    assert refreshes[0]["Preferences"] == {
        "ScaleInProtectedInstances": "Wait",
        "MinHealthyPercentage": 100,
        "MaxHealthyPercentage": 150,
        "AutoRollback": True,
    }
    ids = [{item["InstanceId"] for item in fleet.group["Instances"]} for fleet in (before, after)]
    assert len(ids[0]) >= 1
    assert not ids[0] & ids[1]


def test_destroy_leaves_nothing(deployed: Deployment) -> None:
    ended = deployed.bench.destroy()
    assert ended.code == 0, ended.said
    left = deployed.account.inventory()
    assert {kind: ids - deployed.before[kind] for kind, ids in left.items() if ids - deployed.before[kind]} == {}

"""ECS Managed Instances with every setting: AWS has each as given, instances come for the tasks, changes are safe."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic.alias_generators import to_camel

from ecs_model.managed_instances import ManagedInstancesSettings
from tests.end_to_end.deployment import Deployment
from tests.end_to_end.harness import Workbench, config_file, edited_config, environment
from tests.end_to_end.inventory import Account
from tests.end_to_end.test_fleet_operations import operations

pytestmark = pytest.mark.xdist_group("managed")
SECTIONS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("managed_instances.yaml").read_text())
SETTINGS = SECTIONS["managedInstances"]
POLICY = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForManagedInstances"


def test_no_setting_is_forgotten() -> None:
    given = {key for settings in SETTINGS.values() for key in settings}
    assert {to_camel(field.name) for field in fields(ManagedInstancesSettings)} == given


def existing(bench: Workbench) -> str:
    """Roles, a profile and a security group that were there before; the group's id."""
    account = Account(bench.aws().endpoint)
    for name, service in (("ecs-infrastructure", "ecs"), ("ecsInstanceRole", "ec2")):
        trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        account.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    account.iam.attach_role_policy(RoleName="ecs-infrastructure", PolicyArn=POLICY)
    account.iam.create_instance_profile(InstanceProfileName="ecsInstanceRole")
    account.iam.add_role_to_instance_profile(InstanceProfileName="ecsInstanceRole", RoleName="ecsInstanceRole")
    return str(account.ec2.create_security_group(GroupName="extra", Description="x")["GroupId"])


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The local environment on Managed Instances."""
    place = Path(tmp_path_factory.mktemp("managed")) / "local"
    with environment(place, "local") as bench:
        path = config_file(place, "local")
        whole = yaml.safe_load(path.read_text())
        SETTINGS["own"]["extraSecurityGroups"] = [existing(bench)]
        whole["config"] |= {f"ecs-on-ec2:{section}": value for section, value in SECTIONS.items()}
        path.write_text(yaml.safe_dump(whole))
        made = Deployment(bench)
        assert made.up.code == 0, made.up.said
        yield made


def test_a_second_deployment_changes_nothing(deployed: Deployment) -> None:
    for run in (deployed.preview, deployed.up):
        assert [finding for finding in run.findings if finding[1] != "advisory"] == []
        assert not [said for said in run.complaints if "can't run policy" in said]
    # ECS takes a while to set them up, and refuses to attach them meanwhile.
    assert any("retrying create due to on-error hook" in said for said in deployed.up.complaints)
    again, refreshed = deployed.bench.up(), deployed.bench.refresh()
    assert (again.code, again.steps) == (0, set()), again.said
    assert (refreshed.code, refreshed.altered) == (0, {}), refreshed.said


def managed(deployed: Deployment) -> dict[str, dict[str, Any]]:
    """The capacity providers of Managed Instances by their keys."""
    names = deployed.bench.outputs()["capacityProviders"]
    found = {each["name"]: each for each in deployed.account.capacity_providers(names.values())}
    return {key: found[name] for key, name in names.items() if "managedInstancesProvider" in found[name]}


def test_providers_are_as_given(deployed: Deployment) -> None:
    found = managed(deployed)
    assert set(found) == set(SETTINGS)
    assert {(each["cluster"], each["status"]) for each in found.values()} == {
        (deployed.cluster["clusterName"], "ACTIVE")
    }
    own = found["own"]["managedInstancesProvider"]
    assert (own["propagateTags"], own["autoRepairConfiguration"]) == ("NONE", {"actionsStatus": "DISABLED"})
    assert own["infrastructureOptimization"] == {"scaleInAfter": 600}
    templates = {key: each["managedInstancesProvider"]["instanceLaunchTemplate"] for key, each in found.items()}
    given = templates["own"]
    assert (given["capacityOptionType"], given["monitoring"]) == ("ON_DEMAND", "DETAILED")
    assert given["storageConfiguration"] == {"storageSizeGiB": 60}
    assert given["networkConfiguration"]["securityGroups"][1:] == SETTINGS["own"]["extraSecurityGroups"]
    assert given["instanceRequirements"] == {
        "vCpuCount": {"min": 2, "max": 8},
        "memoryMiB": {"min": 4096, "max": 65536},
        "acceleratorCount": {"max": 0},
        "cpuManufacturers": ["amd", "intel"],
        "instanceGenerations": ["current"],
        "burstablePerformance": "excluded",
        "bareMetal": "excluded",
        "allowedInstanceTypes": ["c7*", "m7*"],
        "onDemandMaxPricePercentageOverLowestPrice": 30,
    }
    assert templates["spare"]["capacityOptionType"] == "SPOT"
    assert templates["spare"]["instanceRequirements"]["spotMaxPricePercentageOverLowestPrice"] == 80
    assert templates["reserved"]["capacityOptionType"] == "RESERVED"
    assert templates["reserved"]["capacityReservations"] == {
        "reservationPreference": "RESERVATIONS_ONLY",
        "reservationGroupArn": "arn:aws:resource-groups:eu-central-1:123456789012:group/reserved",
    }
    assert templates["gpu"]["localStorageConfiguration"] == {"useLocalStorage": True}
    assert templates["gpu"]["instanceRequirements"]["acceleratorManufacturers"] == ["nvidia"]
    assert templates["any"]["ec2InstanceProfileArn"] == SETTINGS["any"]["instanceProfile"]
    assert "instanceRequirements" not in templates["any"]


def test_the_instances_role_may_be_passed_by_its_name(deployed: Deployment) -> None:
    profile = managed(deployed)["own"]["managedInstancesProvider"]["instanceLaunchTemplate"]["ec2InstanceProfileArn"]
    name = profile.rpartition("/")[2]
    (role,) = deployed.account.iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]
    assert role["RoleName"].startswith("ecsInstanceRole-local-own-")
    attached = deployed.account.iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["AmazonECSInstanceRolePolicyForManagedInstances"]


def test_tasks_run_on_what_came_for_them(deployed: Deployment) -> None:
    counts = {key: (each["runningCount"], each["pendingCount"]) for key, each in deployed.services().items()}
    assert counts == {"web": (4, 0), "hosted": (1, 0), "classic": (1, 0), "learner": (1, 0)}
    kinds = {key: each["requiresCompatibilities"] for key, each in deployed.tasks().items()}
    assert kinds.pop("classic") == ["EC2"]
    assert kinds == {key: ["MANAGED_INSTANCES"] for key in ("web", "hosted", "learner")}
    assert deployed.services()["web"]["placementStrategy"] == []
    keys = {name: key for key, name in deployed.bench.outputs()["capacityProviders"].items()}
    types: dict[str, set[str]] = {}
    for each in joined(deployed):
        attributes = {item["name"]: item.get("value", "") for item in each["attributes"]}
        types.setdefault(keys[each["capacityProviderName"]], set()).add(attributes["ecs.instance-type"])
    assert set(types) == {"own", "spare", "any", "general", "gpu"}
    assert (types["own"], types["gpu"]) == ({"c7a.large"}, {"g4dn.xlarge"})


def joined(deployed: Deployment) -> list[dict[str, Any]]:
    """The container instances."""
    ecs, cluster = deployed.account.ecs, deployed.cluster["clusterName"]
    arns = deployed.account.all("ecs", "list_container_instances", "containerInstanceArns", cluster=cluster)
    return list(ecs.describe_container_instances(cluster=cluster, containerInstances=arns)["containerInstances"])


def test_load_balancers_reach_tasks_in_mode_host_on_them_alone(deployed: Deployment) -> None:
    template = managed(deployed)["any"]["managedInstancesProvider"]["instanceLaunchTemplate"]
    rules = deployed.ingress(template["networkConfiguration"]["securityGroups"][0])
    assert [(rule["FromPort"], rule["ToPort"]) for rule in rules] == [(8080, 8080)]
    template = managed(deployed)["own"]["managedInstancesProvider"]["instanceLaunchTemplate"]
    assert deployed.ingress(template["networkConfiguration"]["securityGroups"][0]) == []


def test_operations_read_the_cluster(deployed: Deployment) -> None:
    report = operations(deployed, "capacity")
    assert {row["name"] for row in report["services"]} == {each["serviceName"] for each in deployed.services().values()}
    own = {each["ec2InstanceId"] for each in joined(deployed)} - {
        each["InstanceId"] for fleet in groups(deployed) for each in fleet["Instances"]
    }
    assert len(own) >= 4
    doctor = operations(deployed, "doctor")
    # Nobody but ECS gets onto them, or sees to their images.
    assert [finding for finding in doctor["findings"] if any(id_ in finding for id_ in own)] == []
    asked = operations(deployed, "why", deployed.services()["web"]["serviceName"])
    assert asked["cluster"] == deployed.cluster["clusterName"]
    assert operations(deployed, "plan")["cluster"] == deployed.cluster["clusterName"]


def groups(deployed: Deployment) -> list[dict[str, Any]]:
    """The Auto Scaling groups."""
    return deployed.account.all("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")


def test_a_setting_changes_in_place_and_another_way_to_buy_replaces(deployed: Deployment) -> None:
    before = managed(deployed)
    with edited_config(deployed.config, "managedInstances") as settings:
        settings["own"]["storageSize"] = 80
        settings["spare"]["purchaseOption"] = "on-demand"
        del settings["spare"]["instanceRequirements"]["spotPriceLimit"]
    up = deployed.bench.up()
    assert up.code == 0, up.said
    after = managed(deployed)
    assert after["own"]["name"] == before["own"]["name"]
    template = after["own"]["managedInstancesProvider"]["instanceLaunchTemplate"]
    assert template["storageConfiguration"] == {"storageSizeGiB": 80}
    assert after["spare"]["name"] != before["spare"]["name"]
    assert deployed.account.capacity_providers([before["spare"]["name"]]) == []
    assert deployed.services()["web"]["runningCount"] == 4
    assert (again := deployed.bench.up()).steps == set(), again.said


def test_services_move_from_one_kind_to_the_other_and_the_provider_goes(deployed: Deployment) -> None:
    gone = managed(deployed)["any"]["name"]
    with edited_config(deployed.config, "services") as services:
        services["hosted"]["capacityProviderStrategy"] = [{"capacityProvider": "general", "weight": 1}]
    with edited_config(deployed.config, "managedInstances") as settings:
        del settings["any"]
    up = deployed.bench.up()
    assert up.code == 0, up.said
    assert gone not in deployed.cluster["capacityProviders"]
    assert deployed.account.capacity_providers([gone]) == []
    assert deployed.services()["hosted"]["runningCount"] == 1
    assert deployed.tasks()["hosted"]["requiresCompatibilities"] == ["EC2"]
    assert (again := deployed.bench.up()).steps == set(), again.said


def test_after_one_has_gone_others_are_replaced_and_come_as_before(deployed: Deployment) -> None:
    before = managed(deployed)["spare"]["name"]
    with edited_config(deployed.config, "managedInstances") as settings:
        settings["spare"]["purchaseOption"] = "spot"
        settings["new"] = {}
    up = deployed.bench.up()
    assert up.code == 0, up.said
    after = managed(deployed)
    assert (after["spare"]["name"] != before, after["new"]["status"]) == (True, "ACTIVE")
    assert {each["name"] for each in after.values()} < set(deployed.cluster["capacityProviders"])
    assert (deployed.services()["web"]["runningCount"], deployed.services()["web"]["pendingCount"]) == (4, 0)
    with edited_config(deployed.config, "managedInstances") as settings:
        settings["spare"]["purchaseOption"] = "on-demand"
    up = deployed.bench.up()
    assert up.code == 0, up.said
    assert before not in deployed.cluster["capacityProviders"]
    assert (deployed.services()["web"]["runningCount"], deployed.services()["web"]["pendingCount"]) == (4, 0)
    assert (last := deployed.bench.up()).steps == set(), last.said


def test_destroy_leaves_nothing(deployed: Deployment) -> None:
    ended = deployed.bench.destroy()
    assert ended.code == 0, ended.said
    left = deployed.account.inventory()
    assert {kind: ids - deployed.before[kind] for kind, ids in left.items() if ids - deployed.before[kind]} == {}

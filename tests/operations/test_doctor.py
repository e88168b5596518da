"""`doctor`: a finding for what is wrong and for nothing else, and what could not be judged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import jsonschema  # type: ignore[import-untyped]
import pytest

from ecs_model.checkup import Check
from operations.doctor import SOURCES, DoctorReport
from operations.permissions import ACTIONS
from tests.operations.command import run
from tests.operations.fake_aws import T0, FakeAws
from tests.operations.shop import (
    add_instance,
    add_service,
    add_task,
    definition_arn,
    grouped,
    instance_arn,
    service_arn,
    shop,
)
from tests.operations.test_failures import add_service_deployment

FIRST = f"i-{1:017x}"


def healthy() -> FakeAws:
    fake = shop()
    grouped(fake)
    return fake


def report_of(fake: FakeAws, monkeypatch: pytest.MonkeyPatch) -> DoctorReport:
    outcome = run(fake, monkeypatch, "doctor", "--json")
    report = DoctorReport.model_validate(outcome.report)
    assert outcome.code == (3 if report.missing else 1 if report.findings else 0)
    assert [row.name for row in report.checks] == [check.value for check in Check]
    return report


def test_a_healthy_cluster_has_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    report = report_of(healthy(), monkeypatch)
    assert report.findings == []
    assert {row.status for row in report.checks} == {"fine"}
    told = run(healthy(), monkeypatch, "doctor")
    assert (told.code, told.out.count("✓"), "No findings" in told.out) == (0, len(Check), True)


def first_instance(fake: FakeAws) -> dict[str, object]:
    return fake.instances[instance_arn(1)]


def never_registered(fake: FakeAws) -> None:
    fake.instances.pop(instance_arn(1))
    fake.tasks.clear()
    fake.services[service_arn("api")]["runningCount"] = 2


def refresh(fake: FakeAws) -> None:
    fake.refreshes.append(
        {
            "InstanceRefreshId": "r-1",
            "AutoScalingGroupName": "general-group",
            "Status": "Failed",
            "StatusReason": "too many failures",
            "PercentageComplete": 40,
            "StartTime": T0,
        }
    )


def attachment(fake: FakeAws) -> None:
    details = [{"name": "capacityProviderName", "value": "general"}]
    fake.cluster["attachments"] = [{"id": "1", "type": "managed_draining", "status": "FAILED", "details": details}]


HEALTHY = {"Target": {"Id": FIRST, "Port": 49200}, "TargetHealth": {"State": "healthy"}}
SICK = {
    "Target": {"Id": FIRST, "Port": 49201},
    "TargetHealth": {"State": "unhealthy", "Reason": "Target.Timeout", "Description": "Request timed out"},
}
LEAVING = {"TargetHealth": {"State": "draining", "Reason": "Target.DeregistrationInProgress"}}

BROKEN: dict[Check, tuple[Callable[[FakeAws], object], str]] = {
    Check.JOINED: (never_registered, f"{FIRST}: is in service and never registered. See that its role has"),
    Check.CONNECTED: (
        lambda fake: first_instance(fake).update(agentConnected=False),
        f"{FIRST}: its agent is disconnected",
    ),
    Check.CURRENT: (
        lambda fake: first_instance(fake).update(versionInfo={"agentVersion": "1.9.9"}),
        f"{FIRST}: its agent 1.9.9 is older than 1.90.0",
    ),
    Check.IMAGES: (
        lambda fake: fake.parameters.update(
            {name: v.replace("ami-0a", "ami-0b") for name, v in fake.parameters.items()}
        ),
        "ami-0b is newer. Roll the recommended AMI out",
    ),
    Check.METADATA: (
        lambda fake: fake.ec2[0]["MetadataOptions"].update(HttpTokens="optional"),
        f"{FIRST}: its metadata service answers without a token",
    ),
    Check.SESSION: (lambda fake: fake.pings.update({FIRST: ""}), f"{FIRST}: Systems Manager has never heard of it"),
    Check.STRATEGY: (
        lambda fake: fake.cluster.pop("defaultCapacityProviderStrategy"),
        "web: has no default capacity provider strategy",
    ),
    Check.PROVIDERS: (attachment, "general: its attachment managed_draining is FAILED"),
    Check.DRAINING: (
        lambda fake: fake.providers[0]["autoScalingGroupProvider"].update(managedDraining="DISABLED"),
        "general: managed draining is off",
    ),
    Check.PROTECTION: (
        lambda fake: fake.groups[0].update(NewInstancesProtectedFromScaleIn=False),
        "general: managed termination protection needs group general-group to protect new instances",
    ),
    Check.PROCESSES: (
        lambda fake: fake.groups[0].update(SuspendedProcesses=[{"ProcessName": "Launch"}]),
        "general-group: Launch suspended. `aws autoscaling resume-processes",
    ),
    Check.REFRESH: (refresh, "its last instance refresh ended as Failed at 40 %: too many failures"),
    Check.MOVING: (
        lambda fake: fake.groups[0]["Instances"][0].update(LifecycleState="Terminating:Wait"),
        f"{FIRST}: waits in Terminating:Wait of group general-group for 1 tasks",
    ),
    Check.INGRESS: (
        lambda fake: fake.security_groups[0]["IpPermissions"][0].update(FromPort=49154),
        "its agent hands out ports 49153-65535, and load balancer public reaches only 49154-65535",
    ),
    Check.PORTS: (
        lambda fake: next(iter(fake.tasks.values()))["containers"][0]["networkBindings"][0].update(hostPort=32800),
        f"{FIRST}: tasks have the dynamic ports 32800/tcp, outside its agent's range 49153-65535",
    ),
    Check.ROLES: (
        lambda fake: fake.definitions[definition_arn("api")].pop("executionRoleArn"),
        "api: task definition api:1 has no execution role",
    ),
    Check.TARGETS: (
        lambda fake: fake.target_health.update({"arn:tg/api": [HEALTHY, SICK, {**SICK, **LEAVING}]}),
        f"api: 1 of 2 targets are unhealthy in arn:tg/api, such as {FIRST}:49201: Request timed out (Target.Timeout). "
        "See that the container listens on that port",
    ),
    Check.STABLE: (
        lambda fake: fake.services[service_arn("api")].update(runningCount=1),
        "api: 1 of 2 tasks run. See `why api`",
    ),
}


@pytest.mark.parametrize("check", list(Check))
def test_what_is_wrong_is_found_and_nothing_else(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil, sentence = BROKEN[check]
    fake = healthy()
    spoil(fake)
    report = report_of(fake, monkeypatch)
    assert {row.name: row.status for row in report.checks if row.status != "fine"} == {check.value: "wrong"}
    (finding,) = report.findings
    assert sentence in finding
    told = run(fake, monkeypatch, "doctor")
    assert (told.code, told.out.count("✗"), "1 finding\n" in told.out) == (1, 1, True)


@pytest.mark.parametrize("action", sorted({*ACTIONS["doctor"]} - {"ec2:DescribeSubnets"}))
def test_a_check_whose_call_is_denied_is_not_called_fine(action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = healthy()
    fake.denied = {action}
    report = report_of(fake, monkeypatch)
    assert [each.action for each in report.missing] == [action]
    assert report.findings == []
    unknown = {row.name for row in report.checks if row.status == "not known"}
    assert unknown == {check.value for check, actions in SOURCES.items() if action in actions}
    assert any(row.status == "fine" for row in report.checks)


def test_the_calls_that_checks_need_are_those_of_the_policy() -> None:
    assert set(SOURCES) == set(Check)
    needed = {action for actions in SOURCES.values() for action in actions}
    # Zones of subnets decide where tasks may go, not whether anything is wrong.
    assert needed == set(ACTIONS["doctor"]) - {"ec2:DescribeSubnets"}


def test_instances_with_the_same_trouble_are_one_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = healthy()
    for instance in fake.instances.values():
        instance["agentConnected"] = False
    (finding,) = report_of(fake, monkeypatch).findings
    assert finding.startswith(f"{FIRST}, i-{2:017x}: its agent is disconnected")


def test_user_data_that_names_another_cluster_explains_what_did_not_join(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    grouped(fake, "ECS_CLUSTER=wbe\n")
    fake.instances.clear()
    fake.tasks.clear()
    findings = report_of(fake, monkeypatch).findings
    assert any("joined another cluster: its user data says ECS_CLUSTER=wbe" in each for each in findings)


@pytest.mark.parametrize(
    ("made", "option", "found"),
    [
        (29, [], None),
        (30, [], "ami-0b is newer by 30 days"),
        (5, ["--image-days", "5"], "ami-0b is newer by 5 days"),
        (0, ["--image-days", "0"], "ami-0b is newer by 0 days"),
        (89, ["--image-days", "90"], None),
    ],
)
def test_a_newer_ami_is_a_finding_only_after_some_days(
    made: int, option: list[str], found: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = healthy()
    BROKEN[Check.IMAGES][0](fake)
    BROKEN[Check.CURRENT][0](fake)
    (image,) = fake.images
    created = datetime.fromisoformat(image["CreationDate"]) + timedelta(days=made)
    fake.images.append({**image, "ImageId": "ami-0b", "CreationDate": created.isoformat()})
    report = run(fake, monkeypatch, "doctor", "--json", *option).report
    wrong = {row["name"] for row in report["checks"] if row["status"] == "wrong"}
    assert wrong == ({Check.CURRENT.value, Check.IMAGES.value} if found else set())
    assert found is None or any(found in each for each in report["findings"])


def test_the_number_of_calls_is_what_the_page_sizes_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    for number in range(3, 1_001):
        add_instance(fake, number)
    for number in range(3, 3_001):
        add_task(fake, number, "api", instance_arn(number % 1_000 + 1))
    grouped(fake)
    report = report_of(fake, monkeypatch)
    assert len(fake.ec2) == 1_000
    lists = {"ecs:ListContainerInstances", "ecs:DescribeContainerInstances"}
    assert report.calls == fake.calls
    assert report.calls == {
        **dict.fromkeys(set(ACTIONS["doctor"]) - {"ec2:DescribeSubnets"}, 1),
        **dict.fromkeys(lists, 10),
        "ecs:ListTasks": 30,
        "ecs:DescribeTasks": 30,
        "ec2:DescribeInstances": 5,
        "ssm:DescribeInstanceInformation": 20,
    }


def test_a_service_that_runs_after_a_failed_deployment_was_rolled_back_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = healthy()
    add_service_deployment(fake, 1, "SUCCESSFUL")
    add_service_deployment(fake, 2, "ROLLBACK_SUCCESSFUL", statusReason="Rolled back by the breaker.")
    (finding,) = report_of(fake, monkeypatch).findings
    assert finding.startswith(
        "api: its last deployment is ROLLBACK_SUCCESSFUL: Rolled back by the breaker. "
        "See `failures api` for what stopped it"
    )
    add_service_deployment(fake, 3, "SUCCESSFUL")
    assert report_of(fake, monkeypatch).findings == []


def test_what_something_else_deploys_has_no_service_deployments(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = healthy()
    fake.services[service_arn("api")]["deploymentController"] = {"type": "CODE_DEPLOY"}
    assert "ecs:ListServiceDeployments" not in report_of(fake, monkeypatch).calls


def test_an_empty_cluster_is_told_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    (finding,) = report_of(FakeAws(), monkeypatch).findings
    assert "no default capacity provider strategy" in finding


def test_services_on_fargate_are_none_of_its_business(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = healthy()
    add_service(fake, "far", launchType="FARGATE", capacityProviderStrategy=[], taskDefinition=definition_arn("api"))
    fake.services[service_arn("far")]["runningCount"] = 0
    assert report_of(fake, monkeypatch).findings == []


def test_the_json_is_what_the_schema_says(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = healthy()
    never_registered(fake)
    jsonschema.validate(
        run(fake, monkeypatch, "doctor", "--json").report, run(fake, monkeypatch, "doctor", "--json-schema").report
    )


def operated(fake: FakeAws) -> None:
    """An instance of ECS Managed Instances, as EC2 tells of it."""
    fake.ec2[0]["Operator"] = {"Managed": True, "Principal": "ecs.amazonaws.com"}


def hidden(fake: FakeAws) -> None:
    """One that EC2 does not show."""
    first_instance(fake)["capacityProviderName"] = "own"
    fake.ec2.pop(0)


@pytest.mark.parametrize("made", [operated, hidden])
@pytest.mark.parametrize("check", [Check.IMAGES, Check.SESSION])
def test_ecs_looks_after_its_own_instances(
    made: Callable[[FakeAws], None], check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = healthy()
    BROKEN[check][0](fake)
    made(fake)
    fake.groups[0]["Instances"] = [each for each in fake.groups[0]["Instances"] if each["InstanceId"] != FIRST]
    assert [finding for finding in report_of(fake, monkeypatch).findings if FIRST in finding] == []

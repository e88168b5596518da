"""`why`: ten impossible placements with the reason that decides, the nearest fix, and the capacity provider's view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from operations.why import WhyReport
from tests.operations.command import run
from tests.operations.fake_aws import T0, FakeAws
from tests.operations.shop import (
    add_definition,
    add_instance,
    add_provider,
    add_service,
    add_task,
    definition_arn,
    instance_arn,
    shop,
    task_arn,
)

Prepared = Callable[[FakeAws], None]


def service(memory: int = 512, definition: dict[str, Any] | None = None, **changes: Any) -> Prepared:
    def prepare(fake: FakeAws) -> None:
        add_definition(fake, "x", memory, **(definition or {}))
        add_service(fake, "x", desired=1, runningCount=0, **changes)

    return prepare


def with_instances(prepared: Prepared, **changes: Any) -> Prepared:
    def prepare(fake: FakeAws) -> None:
        prepared(fake)
        for instance in fake.instances.values():
            instance.update(changes)

    return prepare


def occupied(fake: FakeAws) -> None:
    service(definition={"container": {"portMappings": [{"containerPort": 80, "hostPort": 8080}]}})(fake)
    for number in (1, 2):
        add_task(fake, 10 + number, "x", instance_arn(number))
        ports = fake.instances[instance_arn(number)]["remainingResources"][2]["stringSetValue"]
        ports.append("8080")


def without_interfaces(fake: FakeAws) -> None:
    service(definition={"networkMode": "awsvpc"})(fake)
    for number in (1, 2, 3, 4):
        add_task(fake, 10 + number, "x", instance_arn(1 + number % 2))


def expression(text: str) -> Prepared:
    return service(placementConstraints=[{"type": "memberOf", "expression": text}])


IMPOSSIBLE: dict[str, tuple[Prepared, str, str]] = {
    "memory": (
        service(3_212),
        "memory is short by 212 MiB: needs 3212, 3000 left",
        "let the task need at most 3000 MiB of memory instead of 3212",
    ),
    "CPU": (
        service(definition={"container": {"cpu": 2_060}}),
        "CPU units are short by 12: needs 2060, 2048 left",
        "let the task need at most 2048 CPU units instead of 2060",
    ),
    "port": (
        occupied,
        f"port 8080/tcp is taken by task {12:032x}",
        "give the task a dynamic host port (hostPort 0) instead of 8080/tcp",
    ),
    "attribute": (
        service(definition={"requiresAttributes": [{"name": "rack", "value": "r1"}]}),
        "attribute rack is missing",
        "give the instance the attribute rack with the value r1",
    ),
    "memberOf": (
        expression("attribute:ecs.instance-type =~ c7.*"),
        "attribute:ecs.instance-type =~ c7.* is not met: attribute:ecs.instance-type =~ c7.* is false: it is m7i.large",
        "change the constraint attribute:ecs.instance-type =~ c7.*",
    ),
    "status": (
        with_instances(service(), status="DRAINING"),
        "the instance is DRAINING, and only an ACTIVE one takes tasks",
        "set the instance's status to ACTIVE",
    ),
    "agent": (
        with_instances(service(), agentConnected=False),
        "the agent is disconnected",
        "get the instance's agent connected again",
    ),
    "network interface": (
        without_interfaces,
        "network interfaces are short by 1: needs 1, 0 left",
        "add one m7i.large in eu-central-1b of capacity provider general",
    ),
    "architecture": (
        service(definition={"runtimePlatform": {"cpuArchitecture": "ARM64"}}),
        "the instance is x86_64, the task arm64",
        "build the image for x86_64, and say so in the definition's runtimePlatform",
    ),
    "capacity provider": (
        service(capacityProviderStrategy=[{"capacityProvider": "spot", "weight": 1}]),
        "the instance is of capacity provider general, not of capacity provider spot",
        "let the service's strategy name the capacity provider general",
    ),
    "availability zone": (
        service(
            definition={"networkMode": "awsvpc"},
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
        ),
        "and the task needs eu-central-1c",
        "give the service a subnet in eu-central-1b",
    ),
}


@pytest.mark.parametrize("requirement", sorted(IMPOSSIBLE))
def test_an_impossible_placement_has_its_reason_and_a_fix(requirement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare, sentence, fix = IMPOSSIBLE[requirement]
    fake = shop()
    fake.subnets.append({"SubnetId": "subnet-1", "AvailabilityZone": "eu-central-1c"})
    prepare(fake)
    outcome = run(fake, monkeypatch, "why", "x", "--json")
    report = WhyReport.model_validate(outcome.report)
    assert (outcome.code, report.fits) == (1, False)
    assert report.findings == ["service x: none of 2 container instances can take its next task"]
    refusals = [refusal for verdict in report.instances for refusal in verdict.refusals]
    assert {refusal.requirement for refusal in refusals} == {requirement}
    assert any(refusal.sentence.endswith(sentence) for refusal in refusals), refusals
    assert any(fix in each.changes for each in report.fixes), report.fixes
    told = run(fake, monkeypatch, "why", "x")
    assert told.code == 1
    assert "the next task fits nowhere" in told.out


def test_a_service_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run(shop(), monkeypatch, "why", "api")
    assert outcome.code == 0
    assert "Service api (api:1) in web: 2 of 2 tasks run; the next task fits" in outcome.out
    assert outcome.out.count("fits, 5 times") == 2
    assert "Nearest fixes" not in outcome.out
    assert "has reached a steady state." in outcome.out


def test_what_is_not_wrong_has_no_cross(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_instance(fake, 3, capacityProviderName="spot")
    outcome = run(fake, monkeypatch, "why", "api")
    assert outcome.code == 0
    assert "- " in next(line for line in outcome.out.splitlines() if line.startswith("i-00000000000000003"))
    assert "✗" not in outcome.out
    service(memory=50_000)(fake)
    outcome = run(fake, monkeypatch, "why", "x")
    assert outcome.code == 1
    assert "✗ memory is short by" in outcome.out
    assert "✗ the instance is" not in outcome.out


def test_two_deployments_are_not_counted_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_service(fake, "api", desired=2, runningCount=2)
    add_task(fake, 7, "api", None, capacityProviderName="general")
    out = run(fake, monkeypatch, "why", "api").out
    assert "2 of 2 tasks run, 1 wait for an instance (of the old and the new deployment together);" in out


def test_a_long_event_takes_two_lines_and_is_whole_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    message = "(service api) was unable to place a task: " + "instance i-0a1b2c3d4e5f60718 has too little; " * 60
    add_service(fake, "api", events=[{"id": "1", "createdAt": T0, "message": message}])
    told = run(fake, monkeypatch, "why", "api").out.partition("Last events")[2].strip().splitlines()
    assert len(told) <= 4
    assert told[-1].rstrip().endswith("…")
    assert message in [each["message"] for each in run(fake, monkeypatch, "why", "api", "--json").report["events"]]


def test_the_capacity_providers_view(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    group = fake.groups[0]
    group.update(
        DesiredCapacity=4, SuspendedProcesses=[{"ProcessName": "Launch"}, {"ProcessName": "AlarmNotification"}]
    )
    group["Instances"] = [
        {
            "InstanceId": "i-1",
            "AvailabilityZone": "eu-central-1a",
            "LifecycleState": "InService",
            "HealthStatus": "Healthy",
            "ProtectedFromScaleIn": True,
        }
    ]
    activity = {"ActivityId": "1", "AutoScalingGroupName": "general-group", "Cause": "x", "StartTime": T0}
    fake.activities.append(
        {**activity, "StatusCode": "Failed", "StatusMessage": "no capacity", "Description": "Launching"}
    )
    fake.providers[0].update(updateStatus="UPDATE_FAILED", updateStatusReason="not allowed")
    service(9_000)(fake)
    outcome = run(fake, monkeypatch, "why", "x", "--json")
    (provider,) = WhyReport.model_validate(outcome.report).providers
    assert (provider.name, provider.next, provider.group_sizes, provider.protected) == ("general", True, [1, 4, 4], 1)
    assert provider.remarks == [
        "its last update failed (UPDATE_FAILED): not allowed",
        "the group is at its maximum of 4: raise maxSize to let it add instances",
        "3 of 4 instances are not in service yet: new ones count after 300 s",
        "the group's process Launch is suspended: resume it",
    ]
    assert [each.message for each in provider.activities] == ["Failed: no capacity"]
    assert "Failed: no capacity" in run(fake, monkeypatch, "why", "x").out


def reserved(fake: FakeAws, monkeypatch: pytest.MonkeyPatch, *values: float) -> tuple[float | None, str]:
    fake.reservations["general"] = list(values)
    (provider,) = WhyReport.model_validate(run(fake, monkeypatch, "why", "x", "--json").report).providers
    return provider.reservation, provider.remarks[-1]


def test_what_managed_scaling_goes_by_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    service()(fake)
    fake.groups[0]["DesiredCapacity"] = 0
    told = "CapacityProviderReservation was {} % at {} UTC, the target is 100 %: managed scaling "
    assert reserved(fake, monkeypatch, 100, 150) == (150, told.format(150, "12:01") + "wants more instances")
    assert reserved(fake, monkeypatch, 150, 100) == (100, told.format(100, "12:01") + "wants no more instances")
    assert reserved(fake, monkeypatch)[1] == "managed scaling may add up to 4 instances for tasks that wait"
    add_task(fake, 7, "x", None)
    assert reserved(fake, monkeypatch, 100)[1].endswith("or no instance of its types could hold it")
    assert reserved(fake, monkeypatch)[1].startswith("no CapacityProviderReservation of the last minutes")
    told_in_words = run(fake, monkeypatch, "why", "x").out
    assert "no CapacityProviderReservation" in told_in_words


def test_attachments_and_updates_of_a_provider_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    details = [{"name": "capacityProviderName", "value": "general"}]
    fake.cluster["attachments"] = [
        {"id": "1", "type": "as_policy", "status": "FAILED", "details": details},
        {"id": "2", "type": "managed_draining", "status": "CREATED", "details": details},
    ]
    fake.providers[0].update(status="ACTIVE", updateStatus="UPDATE_COMPLETE")
    (provider,) = WhyReport.model_validate(run(fake, monkeypatch, "why", "api", "--json").report).providers
    assert provider.attachments == {"as_policy": "FAILED", "managed_draining": "CREATED"}
    assert provider.update_status == "UPDATE_COMPLETE"
    assert provider.remarks[0].startswith("its attachment as_policy is FAILED")


@pytest.mark.parametrize("name", ["batch", "batch:1", definition_arn("batch")])
def test_a_task_definition_is_judged_as_run_task_would_place_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_definition(fake, "batch", 3_212)
    outcome = run(fake, monkeypatch, "why", name, "--json")
    report = WhyReport.model_validate(outcome.report)
    assert (outcome.code, report.service, report.task_definition, report.fits) == (1, "", "batch:1", False)
    assert report.capacity_provider == "general"
    assert report.findings == ["task definition batch:1: none of 2 container instances can take its next task"]
    assert report.instances[0].refusals[0].short == 212
    told = run(fake, monkeypatch, "why", name)
    assert "Task definition batch:1 in web: the next task fits nowhere" in told.out
    add_task(fake, 7, "batch", None, group="family:batch")
    assert "1 of no service wait for an instance" in run(fake, monkeypatch, "why", name).out
    fake.definitions[definition_arn("batch")]["containerDefinitions"][0]["memory"] = 100
    assert run(fake, monkeypatch, "why", name).code == 0


def test_a_service_comes_before_a_task_definition_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(shop(), monkeypatch, "why", "api", "--json").report["service"] == "api"
    assert run(shop(), monkeypatch, "why", "api:1", "--json").report["service"] == ""


def test_managed_scaling_may_add_instances_up_to_the_maximum(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.groups[0]["DesiredCapacity"] = 0
    (provider,) = WhyReport.model_validate(run(fake, monkeypatch, "why", "api", "--json").report).providers
    assert provider.remarks == ["managed scaling may add up to 4 instances for tasks that wait"]


def test_without_managed_scaling_nothing_adds_instances(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.providers.clear()
    add_provider(fake, status="DISABLED")
    fake.groups.clear()
    (provider,) = WhyReport.model_validate(run(fake, monkeypatch, "why", "api", "--json").report).providers
    assert provider.remarks == [
        "managed scaling is off: nothing adds an instance for a waiting task",
        "its Auto Scaling group was not found",
    ]


def test_waiting_tasks_are_named_and_their_provider_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    items = [{"capacityProvider": "spot", "weight": 1}, {"capacityProvider": "general", "weight": 1}]
    add_provider(fake, "spot", "spot-group")
    fake.cluster["capacityProviders"].append("spot")
    service(capacityProviderStrategy=items)(fake)
    add_task(fake, 7, "x", None, capacityProviderName="spot")
    report = WhyReport.model_validate(run(fake, monkeypatch, "why", "x", "--json").report)
    assert report.waiting_tasks == [f"{7:032x}"]
    assert report.capacity_provider == "spot"
    assert [(each.name, each.next) for each in report.providers] == [("spot", True), ("general", False)]
    assert (report.fits, report.instances[0].refusals[0].requirement) == (False, "capacity provider")
    fake.tasks[task_arn(7)].update(containerInstanceArn=instance_arn(1), lastStatus="RUNNING")
    report = WhyReport.model_validate(run(fake, monkeypatch, "why", "x", "--json").report)
    assert (report.waiting_tasks, report.capacity_provider, report.fits) == ([], "general", True)


def test_a_daemon_is_judged_where_it_is_not_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    service(2_000, schedulingStrategy="DAEMON", capacityProviderStrategy=[], launchType="EC2")(fake)
    add_task(fake, 7, "x", instance_arn(1))
    assert run(fake, monkeypatch, "why", "x").code == 0
    add_instance(fake, 3, memory=1_000)
    outcome = run(fake, monkeypatch, "why", "x")
    assert outcome.code == 1
    assert "✗ service x: 1 container instances without its daemon cannot take one" in outcome.out
    assert "i-00000000000000001" not in outcome.out


def test_an_empty_cluster_has_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.instances.clear()
    fake.tasks.clear()
    outcome = run(fake, monkeypatch, "why", "api")
    assert outcome.code == 1
    assert "the cluster has no container instance to place its next task on" in outcome.out


def test_instances_that_were_not_read_give_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.denied = {"ecs:DescribeContainerInstances"}
    outcome = run(fake, monkeypatch, "why", "api")
    assert outcome.code == 3
    assert "whether a task fits is not known" in outcome.out
    assert "? not shown: ecs:DescribeContainerInstances is not allowed" in outcome.out
    assert "✗" not in outcome.out


def test_a_constraint_that_cannot_be_read_is_the_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    expression("nonsense")(fake)
    outcome = run(fake, monkeypatch, "why", "x")
    assert outcome.code == 1
    assert "service x: a placement constraint cannot be read: at position 1 of 'nonsense'" in outcome.out


def test_an_unknown_service_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run(shop(), monkeypatch, "why", "apo")
    assert (outcome.code, outcome.out) == (2, "")
    assert "there is no service 'apo' in web: its services are api; and no task definition 'apo'" in outcome.err
    assert "(those of its services are api:1)" in outcome.err
    fake = shop()
    fake.denied = {"ecs:ListServices"}
    assert "were not read: ecs:ListServices is not allowed" in run(fake, monkeypatch, "why", "api").err


def test_the_json_is_what_the_schema_says(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    service(9_000)(fake)
    jsonschema.validate(
        run(fake, monkeypatch, "why", "x", "--json").report, run(fake, monkeypatch, "why", "--json-schema").report
    )


VCPUS = {"vCpuCount": {"min": 2}}


def on_managed_instances(requirements: dict[str, Any] | None, **changes: Any) -> FakeAws:
    """The service x, whose task waits for a Managed Instance of `own`, beside the instances of `general`."""
    fake = shop()
    add_definition(
        fake, "x", 40_000, networkMode="awsvpc", compatibilities=changes.pop("compatibilities", ["MANAGED_INSTANCES"])
    )
    strategy = [{"capacityProvider": "own", "weight": 1}]
    add_service(fake, "x", desired=1, runningCount=0, capacityProviderStrategy=strategy)
    add_task(fake, 9, "x", None, lastStatus="PROVISIONING", capacityProviderName="own", group="service:x")
    template = {
        "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
        "networkConfiguration": {"subnets": ["subnet-1"]},
        **({"instanceRequirements": VCPUS | requirements} if requirements else {}),
    }
    role = "arn:aws:iam::123456789012:role/ecs-infrastructure"
    about = {"infrastructureRoleArn": role, "instanceLaunchTemplate": template}
    fake.providers.append({"name": "own", "status": "ACTIVE", "managedInstancesProvider": about, **changes})
    fake.cluster["capacityProviders"].append("own")
    return fake


@pytest.mark.parametrize(
    ("fake", "remarks"),
    [
        (
            lambda: on_managed_instances({"allowedInstanceTypes": ["m7i.*"], "memoryMiB": {"min": 1, "max": 32_768}}),
            [
                "a task of 40000 MiB cannot fit m7i.2xlarge (32768 MiB installed), the largest type of the 3 types "
                "that meet its instanceRequirements. Keep it within 30310 MiB to be sure, or use a larger instance "
                "type (m7i.4xlarge is the next)"
            ],
        ),
        (
            lambda: on_managed_instances(None, status="DEPROVISIONING", compatibilities=["EC2"]),
            [
                "its status is DEPROVISIONING, so that it gives no capacity",
                "the task definition is for EC2: register it with requiresCompatibilities MANAGED_INSTANCES",
            ],
        ),
        (
            lambda: on_managed_instances({"localStorage": "required", "memoryMiB": {"min": 65_536}}),
            [
                "ECS starts an instance for a task that waits, of the types that its instanceRequirements allow",
                "nothing seen here keeps one from coming: look at EC2's capacity and quotas, the infrastructure role, "
                "the subnets' free addresses and way to ECS, localStorage",
            ],
        ),
    ],
)
def test_managed_instances_that_do_not_come(
    fake: Callable[[], FakeAws], remarks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = run(fake(), monkeypatch, "why", "x", "--json")
    report = WhyReport.model_validate(outcome.report)
    (provider,) = report.providers
    assert (provider.name, provider.next, provider.managed_instances) == ("own", True, True)
    assert (provider.scaling, provider.group_sizes, provider.warm_up_seconds) == (None, None, None)
    assert provider.remarks == remarks
    seen = (
        [] if remarks[0].startswith("ECS starts") else [f"service x: capacity provider own: {each}" for each in remarks]
    )
    assert report.findings == (seen or ["service x: none of 2 container instances can take its next task"])


def test_managed_instances_in_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = on_managed_instances(None, status="DEPROVISIONING")
    text = " ".join(run(fake, monkeypatch, "why", "x").out.split())
    assert "own (next) Managed Instances - - its status is DEPROVISIONING, so that it gives no capacity" in text


def test_nobody_but_ecs_adds_a_managed_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = on_managed_instances(None)
    add_instance(fake, 3, capacityProviderName="own")
    fixes = WhyReport.model_validate(run(fake, monkeypatch, "why", "x", "--json").report).fixes
    assert fixes
    assert not [each for fix in fixes for each in fix.changes if each.startswith("add") and each.endswith("own")]


def test_a_provider_that_the_cluster_does_not_list(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = on_managed_instances(None)
    fake.cluster["capacityProviders"].remove("own")
    (provider,) = WhyReport.model_validate(run(fake, monkeypatch, "why", "x", "--json").report).providers
    assert provider.remarks == ["it is not among the cluster's capacity providers: put it on the cluster"]

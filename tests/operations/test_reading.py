"""A cluster is read whole, with as few calls as page sizes allow, and what cannot be read is named."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from ecs_model.fleet import Status
from ecs_model.task_needs import HostPort, Resources
from operations.aws import Aws, AwsError, NoSuchClusterError, Target
from operations.reading import read
from operations.snapshot import Snapshot
from tests.operations.fake_aws import REGION, FakeAws
from tests.operations.shop import (
    AMI,
    add_definition,
    add_instance,
    add_provider,
    add_service,
    add_task,
    instance_arn,
    shop,
    task_arn,
)

READ = {
    "ecs:DescribeClusters",
    "ecs:ListContainerInstances",
    "ecs:DescribeContainerInstances",
    "ecs:ListServices",
    "ecs:DescribeServices",
    "ecs:ListTasks",
    "ecs:DescribeTasks",
    "ecs:DescribeTaskDefinition",
    "ecs:DescribeCapacityProviders",
    "autoscaling:DescribeAutoScalingGroups",
    "ec2:DescribeImages",
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def snapshot(fake: FakeAws, monkeypatch: pytest.MonkeyPatch, cluster: str = "web") -> Snapshot:
    fake.install(monkeypatch)
    return read(Aws(Target(cluster, REGION)), cluster)


def test_instances_tasks_services_and_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    found = snapshot(shop(), monkeypatch)
    first = found.fleet.instances[instance_arn(1)[-32:]]
    assert first.registered == Resources(2_048, 7_600, 0, 2)
    assert first.remaining == Resources(2_048, 3_000, 0, 2)
    assert (first.zone, first.instance_type, first.status, first.agent_connected) == (
        "eu-central-1b",
        "m7i.large",
        Status.ACTIVE,
        True,
    )
    (placed,) = first.tasks
    assert (placed.task.group, placed.task.memory, placed.dynamic_ports) == ("service:api", 512, (HostPort(49_201),))
    assert {HostPort(22), HostPort(51_678), HostPort(49_201)} == first.ports
    (api,) = found.services
    (needs,) = api.tasks
    assert (needs.memory, needs.cpu, needs.capacity_provider, api.waiting) == (512, 256, "general", ())
    (provider,) = found.providers
    assert (provider.name, provider.scaling, provider.group and provider.group.largest) == ("general", True, 4)
    assert found.images == dict.fromkeys(found.fleet.instances, AMI)
    assert found.image_dates == {AMI: datetime(2026, 9, 2, 10, tzinfo=UTC)}
    assert found.missing == ()
    assert found.calls == dict.fromkeys(READ, 1)


def test_an_empty_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    found = snapshot(FakeAws(), monkeypatch)
    assert (dict(found.fleet.instances), found.services, found.providers, found.missing) == ({}, (), (), ())
    assert found.calls == dict.fromkeys(
        ["ecs:DescribeClusters", "ecs:ListContainerInstances", "ecs:ListServices", "ecs:ListTasks"], 1
    )


def test_there_is_no_such_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoSuchClusterError, match="no cluster 'wrong' in eu-central-1: give another --cluster"):
        snapshot(FakeAws(), monkeypatch, "wrong")


def test_the_number_of_calls_is_what_the_page_sizes_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    fake, instances, tasks, services = shop(), 230, 1_010, 21
    for number in range(3, instances + 1):
        add_instance(fake, number)
    for number in range(3, tasks + 1):
        add_task(fake, number, "api", instance_arn(number % instances + 1))
    for number in range(2, services + 1):
        add_definition(fake, f"s{number}")
        add_service(fake, f"s{number}")
    found = snapshot(fake, monkeypatch)
    assert found.calls == {
        **dict.fromkeys(READ, 1),
        "ecs:ListContainerInstances": math.ceil(instances / 100),
        "ecs:DescribeContainerInstances": math.ceil(instances / 100),
        "ecs:ListTasks": math.ceil(tasks / 100),
        "ecs:DescribeTasks": math.ceil(tasks / 100),
        "ecs:DescribeServices": math.ceil(services / 10),
        "ecs:DescribeTaskDefinition": services,
    }
    assert found.calls == fake.calls
    assert len(found.fleet.instances) == instances
    assert sum(1 for _ in found.fleet.tasks()) == tasks


@pytest.mark.parametrize("action", sorted(READ))
def test_what_may_not_be_read_is_named_and_the_rest_is_there(action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.denied = {action}
    found = snapshot(fake, monkeypatch)
    assert [each.action for each in found.missing] == [action]
    assert f"{action} is not allowed: add it to the policy, see --iam-policy" in found.missing[0].why
    if "ContainerInstances" not in action:
        assert len(found.fleet.instances) == 2
    if "Service" not in action:
        assert [service.name for service in found.services] == ["api"]


def test_tasks_without_their_definition_say_themselves_what_they_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.denied = {"ecs:DescribeTaskDefinition"}
    found = snapshot(fake, monkeypatch)
    assert [placed.task.needs for _, placed in found.fleet.tasks()] == [Resources(256, 512)] * 2
    assert found.services[0].tasks == ()
    assert found.services[0].problem == "its task definition api:1 was not read"


def test_tasks_that_run_otherwise_than_their_siblings_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_task(fake, 3, "api", instance_arn(1), overrides={"memory": "900", "cpu": "300"})
    add_task(fake, 4, "api", instance_arn(1), group="family:api")
    add_task(fake, 5, "api", instance_arn(1), capacityProviderName="other")
    add_definition(fake, "old", memory=700)
    add_task(fake, 6, "old", instance_arn(1), group="service:api")
    placed = {each.id[-1]: each.task for _, each in snapshot(fake, monkeypatch).fleet.tasks()}
    assert placed["1"] is placed["2"]
    assert placed["3"].needs == Resources(300, 900)
    assert (placed["4"].group, placed["5"].capacity_provider) == ("family:api", "other")
    assert placed["6"].memory == 700


def test_what_vanishes_between_list_and_description_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.vanished = {instance_arn(1), task_arn(1)}
    fake.images.clear()
    found = snapshot(fake, monkeypatch)
    assert list(found.fleet.instances) == [instance_arn(2)[-32:]]
    assert (len(list(found.fleet.tasks())), found.image_dates, found.missing) == (1, {}, ())


def test_a_throttled_call_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.throttled = Counter({"ecs:DescribeTasks": 1})
    found = snapshot(fake, monkeypatch)
    assert (fake.sent["ecs:DescribeTasks"], found.calls["ecs:DescribeTasks"], found.missing) == (2, 1, ())
    assert len(list(found.fleet.tasks())) == 2


def test_a_call_that_stays_throttled_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    monkeypatch.setattr("operations.aws.ATTEMPTS", 3)
    fake.throttled = Counter({"ecs:ListTasks": 100})
    found = snapshot(fake, monkeypatch)
    assert fake.sent["ecs:ListTasks"] == 3
    assert [each.why for each in found.missing] == ["AWS throttled ecs:ListTasks 3 times: try again when less goes on"]


@pytest.mark.parametrize("code", ["ExpiredTokenException", "UnrecognizedClientException"])
def test_credentials_that_are_not_accepted_end_it(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.code = code
    with pytest.raises(AwsError, match=f"does not accept the credentials \\({code}\\)"):
        snapshot(fake, monkeypatch)


def test_without_a_region_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeAws().install(monkeypatch)
    with pytest.raises(AwsError, match="no region is known: give --region"):
        Aws(Target("web"))


def test_instances_that_do_not_say_their_image_are_asked_of_ec2(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_instance(fake, 3, attributes={"ecs.ami-id": ""})
    fake.ec2.append({"InstanceId": f"i-{3:017x}", "ImageId": "ami-0b"})
    found = snapshot(fake, monkeypatch)
    assert found.images[instance_arn(3)[-32:]] == "ami-0b"
    assert found.calls["ec2:DescribeInstances"] == 1


def test_gpus_in_use_are_those_of_the_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    arn = add_instance(fake, 3)
    gpus = {"name": "GPU", "type": "STRINGSET", "stringSetValue": ["GPU-a", "GPU-b"]}
    fake.instances[arn]["registeredResources"].append(gpus)
    add_task(fake, 3, "api", arn)
    fake.tasks[task_arn(3)]["containers"][0]["gpuIds"] = ["GPU-a"]
    found = snapshot(fake, monkeypatch).fleet.instances[arn[-32:]]
    assert (found.registered.gpus, found.remaining.gpus) == (2, 1)


def test_awsvpc_tasks_take_interfaces_and_their_subnets_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_definition(fake, "vpc", networkMode="awsvpc")
    subnets = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    add_service(fake, "vpc", networkConfiguration=subnets)
    add_task(fake, 3, "vpc", instance_arn(1))
    fake.subnets.append({"SubnetId": "subnet-1", "AvailabilityZone": "eu-central-1a"})
    found = snapshot(fake, monkeypatch)
    assert found.fleet.instances[instance_arn(1)[-32:]].remaining.network_interfaces == 1
    vpc = found.service("vpc")
    assert vpc is not None
    assert vpc.tasks[0].zones == {"eu-central-1a"}


def test_a_service_of_several_providers_has_a_task_for_each_the_next_first(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_provider(fake, "spot", "spot-group")
    items = [{"capacityProvider": "general", "base": 2, "weight": 1}, {"capacityProvider": "spot", "weight": 1}]
    add_definition(fake, "two")
    add_service(fake, "two", capacityProviderStrategy=items)
    for number in (3, 4, 5):
        add_task(fake, number, "two", instance_arn(1))
    two = snapshot(fake, monkeypatch).service("two")
    assert two is not None
    assert [task.capacity_provider for task in two.tasks] == ["spot", "general"]
    add_task(fake, 6, "two", None)
    two = snapshot(fake, monkeypatch).service("two")
    assert two is not None
    assert [task.capacity_provider for task in two.tasks] == ["general", "spot"]
    assert two.waiting == (task_arn(6)[-32:],)


@pytest.mark.parametrize(
    ("changes", "providers"),
    [
        ({"capacityProviderStrategy": [], "launchType": "FARGATE"}, []),
        ({"capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]}, []),
        ({"capacityProviderStrategy": [], "launchType": "EC2"}, [None]),
        ({"capacityProviderStrategy": []}, ["general"]),
        ({"schedulingStrategy": "DAEMON", "capacityProviderStrategy": [], "launchType": "EC2"}, [None]),
    ],
)
def test_where_a_service_runs(
    changes: dict[str, Any], providers: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = shop()
    fake.cluster["defaultCapacityProviderStrategy"] = [{"capacityProvider": "general", "weight": 1}]
    add_definition(fake, "it")
    add_service(fake, "it", **changes)
    it = snapshot(fake, monkeypatch).service("it")
    assert it is not None
    assert [task.capacity_provider for task in it.tasks] == providers


def test_constraints_of_service_and_definition_and_one_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    member = {"type": "memberOf", "expression": "attribute:ecs.instance-type == m7i.large"}
    add_definition(fake, "good", placementConstraints=[{**member, "expression": "runningTasksCount < 9"}])
    add_service(fake, "good", placementConstraints=[member, {"type": "distinctInstance"}])
    add_definition(fake, "bad")
    add_service(fake, "bad", placementConstraints=[{"type": "memberOf", "expression": "nonsense"}])
    found = snapshot(fake, monkeypatch)
    good, bad = found.service("good"), found.service("bad")
    assert good is not None
    assert bad is not None
    assert len(good.tasks[0].expressions) == 2
    assert good.tasks[0].distinct_instance
    assert bad.tasks == ()
    assert bad.problem.startswith("a placement constraint cannot be read: at position 1")


def test_an_answer_in_html_is_told_by_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.code, fake.message = "500", "<!doctype html><title>500</title>"
    found = snapshot(fake, monkeypatch)
    assert found.missing[0].why == "ecs:DescribeClusters failed: the answer was 500"

"""The checkup: what each check calls wrong, and what it lets pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ecs_model.checkup import Check, Finding, checkup, named
from ecs_model.cluster_facts import ClusterFacts, Deployed, Ingress, Machine, Recommended, Refresh, ScalingGroup, Target
from ecs_model.fleet import ContainerInstance, PlacedTask, Status
from ecs_model.images import recommended_parameter
from ecs_model.network_modes import Protocol
from ecs_model.ports import EPHEMERAL, KERNEL, PortRange
from ecs_model.task_needs import HostPort, Resources, Task

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
AL2023 = "al2023-ami-ecs-hvm-2023.0.20260922-kernel-6.1-x86_64"
PARAMETER = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"
CONTAINER = ContainerInstance("c1", Resources(2048, 3788), Resources(2048, 3788), agent_version="1.107.0")
MACHINE = Machine(
    id="i-1",
    group="g",
    lifecycle="InService",
    container=CONTAINER,
    launched_at=NOW - timedelta(days=1),
    cluster="web",
    port_range=EPHEMERAL,
    image="ami-1",
    image_name=AL2023,
    image_made=NOW - timedelta(days=63),
    tokens_required=True,
    security_groups=("sg-1",),
    ping="Online",
)
GROUP = ScalingGroup("g", "general", new_protected=True, attachments={"as_policy": "CREATED"})
SERVICE = Deployed(
    "api", 2, 2, "api:1", "arn:r/execution", "arn:r/task", ("COMPLETED",), balancers={"public": ("sg-b",)}
)
FACTS = ClusterFacts(
    name="web",
    now=NOW,
    default_strategy=True,
    machines=(MACHINE,),
    groups=(GROUP,),
    services=(SERVICE,),
    ingress=(Ingress("sg-1", EPHEMERAL, "sg-b"),),
    recommended={PARAMETER: Recommended("ami-1", "1.107.0")},
)


def machine(**changes: Any) -> ClusterFacts:
    return replace(FACTS, machines=(replace(MACHINE, **changes),))


def container(**changes: Any) -> ClusterFacts:
    return machine(container=replace(CONTAINER, **changes))


def group(**changes: Any) -> ClusterFacts:
    return replace(FACTS, groups=(replace(GROUP, **changes),))


def service(**changes: Any) -> ClusterFacts:
    return replace(FACTS, services=(replace(SERVICE, **changes),))


def ingress(*rules: Ingress) -> ClusterFacts:
    return replace(FACTS, ingress=rules)


def refresh(status: str, hours: float, reason: str = "") -> ClusterFacts:
    return group(refresh=Refresh("r", status, 50, reason, NOW - timedelta(hours=hours)))


def placed(port: int, daemon: bool = False) -> PlacedTask:
    return PlacedTask("t1", Task("api", 128, "service:api", daemon=daemon), (HostPort(port, Protocol.TCP),))


TARGET = Target("web", "i-1:49153", "Target.ResponseCodeMismatch", "codes: [502]")
NEWEST = Recommended("ami-2", "1.107.0", NOW - timedelta(days=40))

WRONG: list[tuple[ClusterFacts, Check, str]] = [
    (machine(container=None), Check.JOINED, "is in service and never registered"),
    (machine(container=None, cluster=None), Check.JOINED, "is in service and never registered"),
    (machine(container=None, cluster=""), Check.JOINED, "its user data names no cluster"),
    (machine(container=None, cluster="wbe"), Check.JOINED, "its user data says ECS_CLUSTER=wbe"),
    (container(status=Status.REGISTRATION_FAILED), Check.JOINED, "its registration failed"),
    (container(agent_connected=False), Check.CONNECTED, "its agent is disconnected"),
    (container(agent_version="1.99.10"), Check.CURRENT, "its agent 1.99.10 is older than 1.107.0"),
    (machine(image="ami-0"), Check.IMAGES, "runs ami-0, 63 days old; ami-1 is newer"),
    (machine(image="ami-0", image_made=None), Check.IMAGES, "runs ami-0; ami-1 is newer"),
    (
        replace(FACTS, recommended={PARAMETER: NEWEST}, image_days=23),
        Check.IMAGES,
        "runs ami-1, 63 days old; ami-2 is newer by 23 days",
    ),
    (
        machine(image_name="amzn2-ami-ecs-hvm-2.0.20260601-x86_64-ebs"),
        Check.IMAGES,
        "its kind of AMI has had no updates since 2026-06-30",
    ),
    (machine(image_name="mine", image_made=NOW - timedelta(days=91)), Check.IMAGES, "runs ami-1, 91 days old"),
    (machine(tokens_required=False), Check.METADATA, "answers without a token (IMDSv1)"),
    (machine(ping=""), Check.SESSION, "Systems Manager has never heard of it"),
    (machine(ping="ConnectionLost"), Check.SESSION, "its SSM agent is ConnectionLost"),
    (replace(FACTS, default_strategy=False), Check.STRATEGY, "has no default capacity provider strategy"),
    (group(status="INACTIVE"), Check.PROVIDERS, "its status is INACTIVE"),
    (group(update="UPDATE_FAILED", update_reason="in use"), Check.PROVIDERS, "UPDATE_FAILED: in use"),
    (group(name=""), Check.PROVIDERS, "its Auto Scaling group is gone"),
    (group(attachments={"as_policy": "FAILED"}), Check.PROVIDERS, "its attachment as_policy is FAILED"),
    (group(draining=False), Check.DRAINING, "managed draining is off"),
    (group(protection=False), Check.PROTECTION, "managed termination protection is off"),
    (group(new_protected=False), Check.PROTECTION, "needs group g to protect new instances"),
    (group(suspended=("Launch", "Terminate")), Check.PROCESSES, "Launch, Terminate suspended"),
    (refresh("Failed", 9, "stuck"), Check.REFRESH, "ended as Failed at 50 %: stuck"),
    (refresh("RollbackSuccessful", 9), Check.REFRESH, "ended as RollbackSuccessful at 50 %"),
    (refresh("InProgress", 2.1, "waits"), Check.REFRESH, "is InProgress at 50 % for over 2 hours: waits"),
    (machine(lifecycle="Terminating:Wait"), Check.MOVING, "nothing is left to wait for"),
    (machine(lifecycle="Pending:Wait", container=None), Check.MOVING, "waits in Pending:Wait of group g"),
    (
        machine(lifecycle="Terminating:Wait", container=replace(CONTAINER, tasks=(placed(50_000),))),
        Check.MOVING,
        "waits in Terminating:Wait of group g for 1 tasks",
    ),
    (container(status=Status.DRAINING), Check.MOVING, "is DRAINING, takes no tasks, and nobody ends it; it is empty"),
    (ingress(), Check.INGRESS, "load balancer public reaches none"),
    (ingress(Ingress("sg-2", EPHEMERAL, "sg-b")), Check.INGRESS, "reaches none"),
    (ingress(Ingress("sg-1", EPHEMERAL, "sg-other")), Check.INGRESS, "reaches none"),
    (ingress(Ingress("sg-1", KERNEL, "sg-b")), Check.INGRESS, "reaches only 32768-60999"),
    (
        ingress(Ingress("sg-1", PortRange(1, 65535), "sg-b")),
        Check.INGRESS,
        "reaches 1-65535, and its agent hands out only 49153-65535",
    ),
    (
        ingress(Ingress("sg-1", EPHEMERAL, "sg-b"), Ingress("sg-1", PortRange(50_000, 50_001), "0.0.0.0/0")),
        Check.INGRESS,
        "sg-1 opens 50000-50001, where its tasks' dynamic ports are, to 0.0.0.0/0",
    ),
    (container(tasks=(placed(32_800),)), Check.PORTS, "the dynamic ports 32800/tcp, outside its agent's range"),
    (service(execution_role=""), Check.ROLES, "task definition api:1 has no execution role"),
    (service(task_role=""), Check.ROLES, "task definition api:1 has no task role"),
    (service(task_role="arn:r/execution"), Check.ROLES, "uses one role, execution, for the agent"),
    (
        service(targets=3, unhealthy=(TARGET, TARGET)),
        Check.TARGETS,
        "2 of 3 targets are unhealthy in web, such as i-1:49153: codes: [502] (Target.ResponseCodeMismatch)",
    ),
    (
        service(targets=1, unhealthy=(Target("web", "10.0.0.1:80", "Target.New", ""),)),
        Check.TARGETS,
        "1 of 1 targets are unhealthy in web, such as 10.0.0.1:80: Target.New",
    ),
    (service(running=1), Check.STABLE, "1 of 2 tasks run"),
    (service(rollouts=("FAILED",), rollout_reason="tasks failed"), Check.STABLE, "its deployment failed: tasks failed"),
    (service(rollouts=("IN_PROGRESS",)), Check.STABLE, "a deployment is under way"),
    (service(rollouts=("COMPLETED", "")), Check.STABLE, "a deployment is under way"),
]


def test_nothing_is_wrong_with_a_healthy_cluster() -> None:
    assert checkup(FACTS) == []


@pytest.mark.parametrize(("facts", "check", "what"), WRONG, ids=lambda each: each if isinstance(each, str) else "")
def test_what_is_wrong_is_one_finding_with_a_fix(facts: ClusterFacts, check: Check, what: str) -> None:
    (finding,) = checkup(facts)
    assert finding.check is check
    assert what in finding.what
    assert not finding.what.endswith(".")
    assert len(finding.fix) > 15
    assert finding.fix.endswith(".")
    assert finding.subjects[0] in ("i-1", "g", "general", "api", "web")


def test_every_check_has_something_that_it_calls_wrong() -> None:
    assert {check for _, check, _ in WRONG} == set(Check)


PASSED: list[ClusterFacts] = [
    machine(container=None, launched_at=NOW - timedelta(minutes=9)),
    machine(container=None, lifecycle="Pending"),
    container(agent_version="1.108.0"),
    container(agent_version="x"),
    replace(FACTS, recommended={PARAMETER: NEWEST}),
    replace(container(agent_version="1.99.10"), recommended={PARAMETER: NEWEST}),
    replace(machine(image="ami-0"), image_days=64),
    machine(image=""),
    machine(image_name="mine"),
    machine(tokens_required=None, ping=None),
    machine(ping="", lifecycle="Terminating"),
    replace(FACTS, default_strategy=None),
    group(protection=False, scaling=False, new_protected=False),
    group(new_protected=None, attachments={}),
    refresh("InProgress", 1.9),
    refresh("Successful", 99),
    refresh("Cancelled", 99),
    machine(lifecycle="Terminating:Proceed", container=replace(CONTAINER, status=Status.DRAINING)),
    replace(FACTS, ingress=None),
    machine(port_range=None),
    replace(machine(security_groups=()), ingress=()),
    replace(service(balancers={}), ingress=()),
    replace(service(providers=("other",)), ingress=()),
    ingress(Ingress("sg-1", EPHEMERAL, "sg-b"), Ingress("sg-1", PortRange(443, 443), "0.0.0.0/0")),
    ingress(Ingress("sg-1", EPHEMERAL, "sg-b"), Ingress("sg-1", EPHEMERAL, "10.0.0.0/8")),
    container(tasks=(placed(49_153), placed(65_535))),
    service(execution_role=None, task_role=None),
    service(rollouts=("",)),
    service(rollouts=()),
]


@pytest.mark.parametrize("facts", PASSED)
def test_what_is_right_or_not_known_is_no_finding(facts: ClusterFacts) -> None:
    assert facts != FACTS
    assert checkup(facts) == []


def test_the_same_trouble_of_many_is_one_finding() -> None:
    many = tuple(replace(MACHINE, id=f"i-{n}", ping="") for n in range(5))
    (finding,) = checkup(replace(FACTS, machines=many))
    assert finding.subjects == ("i-0", "i-1", "i-2", "i-3", "i-4")
    assert str(finding).startswith("i-0, i-1, i-2 and 2 more: Systems Manager has never heard of it. Give its role")
    assert named(("a", "b", "c")) == "a, b, c"
    assert str(Finding(Check.JOINED, ("a",), "is wrong", "Right it.")) == "a: is wrong. Right it."


_ECS = "/aws/service/ecs/optimized-ami/"


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        (AL2023, f"{_ECS}amazon-linux-2023/recommended"),
        ("al2023-ami-ecs-hvm-2023.0.20260922-kernel-6.1-arm64", f"{_ECS}amazon-linux-2023/arm64/recommended"),
        ("al2023-ami-ecs-gpu-hvm-2023.0.20260922-kernel-6.1-x86_64-ebs", f"{_ECS}amazon-linux-2023/gpu/recommended"),
        ("al2023-ami-ecs-neuron-hvm-2023.0.20260922-kernel-6.1-x86_64", f"{_ECS}amazon-linux-2023/neuron/recommended"),
        ("amzn2-ami-ecs-hvm-2.0.20260601-x86_64-ebs", f"{_ECS}amazon-linux-2/recommended"),
        ("amzn2-ami-ecs-hvm-2.0.20260601-arm64-ebs", f"{_ECS}amazon-linux-2/arm64/recommended"),
        ("amzn2-ami-ecs-kernel-5.10-hvm-2.0.20260601-x86_64-ebs", f"{_ECS}amazon-linux-2/kernel-5.10/recommended"),
        (
            "bottlerocket-aws-ecs-2-x86_64-v1.49.0-713f44ce",
            "/aws/service/bottlerocket/aws-ecs-2/x86_64/latest/image_id",
        ),
        (
            "bottlerocket-aws-ecs-2-nvidia-aarch64-v1.49.0-713f44ce",
            "/aws/service/bottlerocket/aws-ecs-2-nvidia/arm64/latest/image_id",
        ),
        ("al2023-ami-2023.8.20260922-kernel-6.1-x86_64", None),
        ("my-ecs-image", None),
        ("", None),
    ],
)
def test_an_image_of_ecs_is_known_by_its_name(name: str, parameter: str | None) -> None:
    assert recommended_parameter(name) == parameter

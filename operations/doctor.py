"""`doctor`: everything that must be true of the live cluster after an `up`, each finding with its fix."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from ecs_model import cluster_facts
from ecs_model.checkup import Check, Finding, checkup
from ecs_model.cluster_facts import ClusterFacts, Deployed, Machine, ScalingGroup
from ecs_model.fleet import ContainerInstance
from operations import doctor_reading as parts
from operations.aws import Aws
from operations.conversion import Answer
from operations.doctor_reading import Balancer, Health
from operations.reading import Gathered, Reader, Say, gather, snapshot_of
from operations.report import Model, NotRead, Report
from operations.snapshot import Missing, Provider, Service, Snapshot


class FindingRow(Model):
    """Something that is not as it must be, and what to do."""

    subjects: list[str]
    """Which instances, groups or services."""
    what: str
    fix: str


class CheckRow(Model):
    """One thing that must be true."""

    name: str
    status: Literal["fine", "wrong", "not known"]
    """Not known: something that it needs was not read, and nothing wrong was seen in the rest."""
    findings: list[FindingRow]


class DoctorReport(Report):
    """The checkup of a cluster."""

    checks: list[CheckRow]


_INSTANCES = ("ecs:ListContainerInstances", "ecs:DescribeContainerInstances")
_GROUPS = ("ecs:DescribeClusters", "ecs:DescribeCapacityProviders", "autoscaling:DescribeAutoScalingGroups")
_SERVICES = ("ecs:ListServices", "ecs:DescribeServices")
_TASKS = ("ecs:ListTasks", "ecs:DescribeTasks", "ecs:DescribeTaskDefinition")
_USER_DATA = ("ec2:DescribeLaunchTemplateVersions",)
_EC2 = ("ec2:DescribeInstances",)
_IMAGES = (*_INSTANCES, "ec2:DescribeImages", "ssm:GetParameters")
_BALANCERS = (
    "ec2:DescribeSecurityGroups",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeLoadBalancers",
)
SOURCES: Mapping[Check, tuple[str, ...]] = {
    Check.JOINED: (*_INSTANCES, *_GROUPS, *_USER_DATA, *_EC2),
    Check.CONNECTED: _INSTANCES,
    Check.CURRENT: _IMAGES,
    Check.IMAGES: _IMAGES,
    Check.METADATA: (*_INSTANCES, *_EC2),
    Check.SESSION: (*_INSTANCES, "ssm:DescribeInstanceInformation"),
    Check.STRATEGY: ("ecs:DescribeClusters",),
    Check.PROVIDERS: _GROUPS,
    Check.DRAINING: _GROUPS,
    Check.PROTECTION: _GROUPS,
    Check.PROCESSES: _GROUPS,
    Check.REFRESH: (*_GROUPS, "autoscaling:DescribeInstanceRefreshes"),
    Check.MOVING: (*_INSTANCES, *_GROUPS, "ecs:ListTasks", "ecs:DescribeTasks"),
    Check.INGRESS: (*_INSTANCES, *_GROUPS, *_SERVICES, *_USER_DATA, *_EC2, *_BALANCERS, "ecs:DescribeTaskDefinition"),
    Check.PORTS: (*_INSTANCES, *_GROUPS, *_TASKS, *_USER_DATA),
    Check.ROLES: (*_SERVICES, "ecs:DescribeTaskDefinition"),
    Check.TARGETS: (*_SERVICES, "elasticloadbalancing:DescribeTargetHealth"),
    Check.STABLE: (*_SERVICES, "ecs:ListServiceDeployments"),
}
"""The calls without which a check cannot say that all is fine."""


def read(
    aws: Aws, cluster: str, say: Say = lambda _: None, *, image_days: int = cluster_facts.IMAGE_DAYS
) -> DoctorReport:
    """The checkup of a cluster; from `image_days` behind the recommended one an AMI is a finding.

    Raises as `reading.read`.
    """
    reader = Reader(aws, cluster, say)
    told = gather(reader)
    snapshot = snapshot_of(reader, told)
    found = checkup(_facts(reader, told, snapshot, image_days))
    return DoctorReport(
        cluster=snapshot.cluster,
        region=snapshot.region,
        read_at=snapshot.read_at,
        findings=[str(each) for each in found],
        missing=[NotRead(action=each.action, why=each.why) for each in reader.missing],
        calls=dict(aws.calls),
        checks=[_row(check, found, reader.missing) for check in Check],
    )


def _row(check: Check, found: Iterable[Finding], missing: Iterable[Missing]) -> CheckRow:
    own = [each for each in found if each.check is check]
    unread = any(each.action in SOURCES[check] for each in missing)
    rows = [FindingRow(subjects=list(each.subjects), what=each.what, fix=each.fix) for each in own]
    return CheckRow(name=check.value, status="wrong" if own else "not known" if unread else "fine", findings=rows)


def _facts(reader: Reader, told: Gathered, snapshot: Snapshot, image_days: int) -> ClusterFacts:
    reader.progress("instances, launch templates and Session Manager")
    machines = _machines(reader, snapshot)
    reader.progress("security groups, load balancers and instance refreshes")
    return ClusterFacts(
        name=snapshot.cluster,
        now=datetime.now(UTC),
        default_strategy=bool(told.about.get("defaultCapacityProviderStrategy")) if told.about else None,
        machines=machines,
        groups=tuple(_group(reader, each) for each in snapshot.providers),
        services=_services(reader, told, snapshot),
        ingress=parts.ingress(reader, {group for machine in machines for group in machine.security_groups}),
        recommended=parts.recommended(reader, snapshot),
        image_days=image_days,
    )


def _machines(reader: Reader, snapshot: Snapshot) -> tuple[Machine, ...]:
    containers = {each.ec2_instance_id: each for each in snapshot.fleet.instances.values() if each.ec2_instance_id}
    members = {m.id: (m, p.group.name) for p in snapshot.providers if p.group for m in p.group.members}
    ids = sorted({*containers, *members})
    unread = any("ContainerInstances" in each.action for each in reader.missing)
    known = parts.ec2_instances(reader, ids)
    templates = parts.agent_settings(reader, [member for member, _ in members.values()])
    heard = parts.pings(reader, ids)
    groups = {each.name for each in snapshot.providers}
    found = []
    for id_ in ids:
        member, group = members.get(id_, (None, ""))
        container = containers.get(id_)
        if container is None and unread:
            continue
        about = known.get(id_, {})
        cluster, range_ = parts.settings(member, templates)
        # ECS looks after image and metadata service of its own, and lets nobody onto them.
        managed = _is_managed(about, container, groups)
        ami = snapshot.images.get(container.id, "") if container and not managed else ""
        found.append(
            Machine(
                id=id_,
                group=group,
                lifecycle=member.lifecycle if member else "",
                container=container,
                launched_at=about.get("LaunchTime"),
                cluster=cluster,
                port_range=range_,
                image=ami,
                image_name=snapshot.image_names.get(ami, ""),
                image_made=snapshot.image_dates.get(ami),
                tokens_required=None if managed else _tokens_required(about),
                security_groups=tuple(each["GroupId"] for each in about.get("SecurityGroups", [])),
                ping=None if heard is None or managed else heard.get(id_, ""),
            )
        )
    return tuple(found)


def _is_managed(about: Answer, container: ContainerInstance | None, groups: Collection[str]) -> bool:
    """Whether an instance is one of ECS Managed Instances, which EC2 may hide; `groups` are the other providers."""
    provider = container.capacity_provider if container else None
    return bool(about.get("Operator", {}).get("Managed")) or (not about and bool(provider) and provider not in groups)


def _tokens_required(about: Answer) -> bool | None:
    options = about.get("MetadataOptions")
    if options is None:
        return None
    return "required" in options.get("HttpTokens", "") or "disabled" in options.get("HttpEndpoint", "")


def _group(reader: Reader, provider: Provider) -> ScalingGroup:
    group = provider.group
    unread = any("AutoScalingGroups" in each.action for each in reader.missing)
    return ScalingGroup(
        name=group.name if group else provider.group_name if unread else "",
        provider=provider.name,
        status=provider.status,
        update=provider.update,
        update_reason=provider.update_reason,
        attachments=provider.attachments,
        scaling=provider.scaling,
        draining=provider.draining,
        protection=provider.protection,
        new_protected=group.new_protected if group else None,
        suspended=group.suspended if group else (),
        refresh=parts.refresh(reader, group.name) if group else None,
    )


def _services(reader: Reader, told: Gathered, snapshot: Snapshot) -> tuple[Deployed, ...]:
    answers = {each["serviceName"]: each for each in told.services}
    dynamic = {each.name for each in snapshot.services if each.tasks and each.tasks[0].dynamic_ports}
    wanted = {target for name in dynamic for target in _targets(answers[name])}
    balancers = parts.balancers(reader, wanted)
    own = {each.name for each in snapshot.services if each.tasks or each.problem}
    healths = parts.healths(reader, {target for name in own for target in _targets(answers[name])})
    return tuple(
        _deployed(
            each,
            told.definitions.get(answers[each.name]["taskDefinition"]),
            [b for target in _targets(answers[each.name]) for b in balancers.get(target, [])],
            [healths[target] for target in _targets(answers[each.name])],
            parts.last_deployment(reader, answers[each.name]),
        )
        for each in snapshot.services
        # What runs on Fargate is no matter of these checks.
        if each.name in own
    )


def _targets(service: Answer) -> list[str]:
    return [each["targetGroupArn"] for each in service.get("loadBalancers", []) if each.get("targetGroupArn")]


def _deployed(
    service: Service, definition: Answer | None, balancers: Iterable[Balancer], healths: Sequence[Health], last: Answer
) -> Deployed:
    return Deployed(
        name=service.name,
        desired=service.desired,
        running=service.running,
        definition=service.definition,
        execution_role=None if definition is None else definition.get("executionRoleArn", ""),
        task_role=None if definition is None else definition.get("taskRoleArn", ""),
        rollouts=tuple(each.rollout for each in service.deployments),
        rollout_reason=service.deployments[0].reason if service.deployments else "",
        last_deployment=last.get("status", ""),
        last_deployment_reason=last.get("statusReason", "").rstrip("."),
        providers=tuple(task.capacity_provider for task in service.tasks if task.capacity_provider),
        balancers={each.name: each.groups for each in balancers},
        targets=sum(each.targets for each in healths),
        unhealthy=tuple(target for each in healths for target in each.unhealthy),
    )

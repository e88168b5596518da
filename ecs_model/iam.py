"""Least privilege: who may assume the roles of ECS on EC2, and what each may do, as IAM policy documents."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ecs_model.iam_actions import (
    EC2_SERVICE,
    ECR_IMAGE,
    ECR_TOKEN_ACTION,
    EXECUTE_COMMAND_ACTIONS,
    PARAMETER_ACTION,
    SECRET_ACTION,
    TASKS_SERVICE,
)
from ecs_model.policy_document import AGENT_POLICY, SESSION_POLICY
from ecs_model.references import is_parameter, object_bucket, secret_resource
from ecs_model.sessions import ExecuteCommandSettings
from ecs_model.volumes import EfsVolume

Document = dict[str, Any]
Statement = dict[str, Any]

INSTANCE_POLICIES = (f"service-role/{AGENT_POLICY}", SESSION_POLICY)
"""AWS's managed policies of a container instance: the agent's own calls, and Session Manager in place of ssh."""


class Effect(StrEnum):
    """What a statement does with what it names."""

    ALLOW = "Allow"
    DENY = "Deny"
    """Whatever else allows it."""


@dataclass(frozen=True)
class PolicyStatement:
    """Something the containers may do, or never may, for the task role."""

    actions: list[str]
    """IAM actions, such as `s3:GetObject`."""
    resources: list[str]
    """ARNs the actions apply to."""
    effect: Effect = Effect.ALLOW
    """Allow, or Deny whatever else allows it."""
    conditions: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """When alone it holds, by the condition operator and the key: `{StringEquals: {"s3:prefix": [reports/]}}`; always
    where empty."""


def document(statements: Iterable[Statement]) -> Document:
    """A policy document of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def managed_policy_arn(path: str, partition: str) -> str:
    """The ARN of a policy that AWS manages."""
    return f"arn:{partition}:iam::aws:policy/{path}"


def instance_trust() -> Document:
    """Who may assume the instance role: EC2, which names no source when it takes one."""
    return document([_assume(EC2_SERVICE)])


def infrastructure_trust() -> Document:
    """Who may assume the infrastructure role: ECS itself.

    Without a condition, for AWS documents none on whose behalf ECS then acts
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html).
    """
    return document([_assume("ecs.amazonaws.com")])


def task_trust(partition: str, region: str, account: str) -> Document:
    """Who may assume the execution role and the task role: ECS, on behalf of this account and region only.

    It takes both as the same service, the one for the agent, the other for the containers. The source is never a
    cluster's ARN, which ECS does not send
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html).
    """
    conditions = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:{partition}:ecs:{region}:{account}:*"},
    }
    return document([_assume(TASKS_SERVICE) | {"Condition": conditions}])


def execution_policy(
    partition: str,
    log_group_arn: str,
    images: Iterable[str],
    secrets: Iterable[str],
    files: Iterable[str] = (),
    keys: Iterable[str] = (),
) -> Document:
    """What the agent needs to start this one task, and nothing else.

    That is its log group, its ECR repositories, its secrets, its `files` in S3, and the KMS `keys` to them.
    """
    logs = _allow(["logs:CreateLogStream", "logs:PutLogEvents"], [f"{log_group_arn.removesuffix(':*')}:*"])
    return document([logs, *_ecr(partition, images), *_secrets(secrets), *_files(files), *_keys(keys)])


@dataclass(frozen=True)
class FileSystem:
    """An EFS file system that a task mounts as its task role."""

    arn: str
    access_point_arn: str | None
    """The access point it is mounted through."""
    written: bool
    """Whether a container may write to it."""


def file_system(partition: str, region: str, account: str, volume: EfsVolume, *, written: bool) -> FileSystem:
    """The file system of a volume in this account and region."""
    prefix, point = f"arn:{partition}:elasticfilesystem:{region}:{account}", volume.access_point_id
    arn = f"{prefix}:file-system/{volume.file_system_id}"
    return FileSystem(arn, f"{prefix}:access-point/{point}" if point else None, written)


def protection(partition: str, region: str, account: str, cluster: str) -> Statement:
    """What lets the containers of a cluster protect their task from scale-in, and any other there.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
    """
    actions = ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]
    return _allow(actions, [f"arn:{partition}:ecs:{region}:{account}:task/{cluster}/*"])


def session_statements(
    partition: str, region: str, account: str, sessions: ExecuteCommandSettings, own_log_group: str
) -> list[Statement]:
    """What containers need to record sessions of ECS Exec where their cluster says, else in the task's log group."""
    found = [_allow(["kms:Decrypt"], [sessions.kms_key])] if sessions.kms_key else []
    group = sessions.log_group or (None if sessions.elsewhere else own_log_group)
    if group:
        arn = f"arn:{partition}:logs:{region}:{account}:log-group:{group}:*"
        found.append(_allow(["logs:DescribeLogGroups"], ["*"]))
        found.append(_allow(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], [arn]))
    if sessions.bucket:
        bucket = f"arn:{partition}:s3:::{sessions.bucket}"
        place = f"{bucket}/{sessions.prefix}/*" if sessions.prefix else f"{bucket}/*"
        found.append(_allow(["s3:PutObject"], [place]))
        found.append(_allow(["s3:GetEncryptionConfiguration"], [bucket]))
    return found


def task_policy(
    statements: Iterable[PolicyStatement],
    *,
    execute_command: bool,
    file_systems: Iterable[FileSystem] = (),
    further: Iterable[Statement] = (),
) -> Document | None:
    """What the containers themselves may do; None where that is nothing."""
    wanted = [_written(statement) for statement in statements]
    if execute_command:
        wanted.append(_allow(list(EXECUTE_COMMAND_ACTIONS), ["*"]))
    wanted += [_mount(each) for each in file_systems]
    wanted += further
    return document(wanted) if wanted else None


def _written(statement: PolicyStatement) -> Statement:
    conditions = {
        operator: {key: sorted(values) for key, values in tests.items()}
        for operator, tests in statement.conditions.items()
    }
    return {
        "Effect": statement.effect.value,
        "Action": sorted(statement.actions),
        "Resource": sorted(statement.resources),
        **({"Condition": conditions} if conditions else {}),
    }


def _assume(service: str) -> Statement:
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}


def _allow(actions: list[str], resources: list[str]) -> Statement:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def _mount(mounted: FileSystem) -> Statement:
    """https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html"""
    write = ["elasticfilesystem:ClientWrite"] if mounted.written else []
    statement = _allow(["elasticfilesystem:ClientMount", *write], [mounted.arn])
    if mounted.access_point_arn is None:
        return statement
    return statement | {"Condition": {"StringEquals": {"elasticfilesystem:AccessPointArn": mounted.access_point_arn}}}


def _ecr(partition: str, images: Iterable[str]) -> list[Statement]:
    found = (ECR_IMAGE.match(image) for image in images)
    repositories = sorted({f"arn:{partition}:ecr:{m[2] or m[3]}:{m[1]}:repository/{m[4]}" for m in found if m})
    if not repositories:
        return []
    pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    # The token belongs to the registry, so ECR accepts no narrower resource than all.
    return [_allow(pull, repositories), _allow([ECR_TOKEN_ACTION], ["*"])]


def _secrets(secrets: Iterable[str]) -> list[Statement]:
    arns = list(secrets)
    managed = sorted({resource for arn in arns if (resource := secret_resource(arn))})
    parameters = sorted({arn for arn in arns if is_parameter(arn)})
    return _for(SECRET_ACTION, managed) + _for(PARAMETER_ACTION, parameters)


def _files(files: Iterable[str]) -> list[Statement]:
    buckets = {arn: bucket for arn in files if (bucket := object_bucket(arn))}
    return _for("s3:GetObject", sorted(buckets)) + _for("s3:GetBucketLocation", sorted({*buckets.values()}))


def _keys(keys: Iterable[str]) -> list[Statement]:
    return _for("kms:Decrypt", sorted({*keys}))


def _for(action: str, resources: list[str]) -> list[Statement]:
    return [_allow([action], resources)] if resources else []

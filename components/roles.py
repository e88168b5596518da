"""The three roles of ECS on EC2, which are never one: the instance's, the agent's for a task, the containers' own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pulumi
import pulumi_aws as aws

from components.account import Account, Place, together
from components.role_args import RoleArgs, made_role, staying
from ecs_model import iam
from ecs_model.container_definitions import canonical_json
from ecs_model.task_roles import policy_path
from ecs_model.volumes import EfsVolume


def instance_profile(name: str, account: Account, roles: RoleArgs, parent: pulumi.Resource) -> aws.iam.InstanceProfile:
    """The container instances' role and profile: the agent's own calls, and Session Manager."""
    options = pulumi.ResourceOptions(parent=parent)
    role = made_role(f"{name}-instance", canonical_json(iam.instance_trust()), roles, parent)
    attached: list[pulumi.Resource] = [
        aws.iam.RolePolicyAttachment(
            f"{name}-instance-{path.rsplit('/', maxsplit=1)[-1]}",
            role=role.name,
            policy_arn=account.partition.apply(partial(iam.managed_policy_arn, path)),
            opts=options,
        )
        for path in iam.INSTANCE_POLICIES
    ]
    return aws.iam.InstanceProfile(
        f"{name}-instance", role=role.name, path=roles.written_path, opts=staying(parent, attached)
    )


@dataclass(frozen=True)
class Fetched:
    """All that the agent fetches to start a task, beside its log group."""

    images: Sequence[pulumi.Input[str]]
    """Images, as containers name them."""
    secrets: Sequence[pulumi.Input[str]]
    """ARNs of secrets and parameters."""
    files: Sequence[pulumi.Input[str]]
    """ARNs of environment files."""
    keys: Sequence[pulumi.Input[str]]
    """ARNs of the KMS keys to them."""


def execution_role(
    name: str,
    account: Account,
    roles: RoleArgs,
    log_group: pulumi.Output[str],
    fetched: Fetched,
    parent: pulumi.Resource,
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    """The role with which the agent pulls the task's images, reads its secrets and writes to its log group."""
    role = made_role(f"{name}-execution", account.task_trust, roles, parent)
    document = together([account.place, log_group], vars(fetched), _execution_policy)
    policy = aws.iam.RolePolicy(
        f"{name}-execution", role=role.name, policy=document, opts=pulumi.ResourceOptions(parent=parent)
    )
    return role, policy


@dataclass(frozen=True)
class Share:
    """An EFS file system that the task mounts as its task role."""

    file_system_id: pulumi.Input[str]
    """The file system."""
    access_point_id: pulumi.Input[str] | None
    """The access point it is mounted through."""
    written: bool
    """Whether a container may write to it."""


def task_role(
    name: str,
    account: Account,
    roles: RoleArgs,
    statements: Sequence[iam.PolicyStatement],
    execute_command: bool,
    shares: Iterable[Share],
    parent: pulumi.Resource,
    further: pulumi.Input[Sequence[iam.Statement]] | None = None,
) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
    """The role of the containers themselves; without statements it may do nothing, and that is its point.

    `further` are statements beside the settings' own, None where there are none for certain.

    A task without a task role falls back to the instance role wherever it reaches the instance metadata service.
    """
    role = made_role(f"{name}-task", account.task_trust, roles, parent)
    mounted = list(shares)
    if not (statements or execute_command or mounted or further is not None):
        return role, []

    def document(place: Place, more: list[dict[str, Any]], volumes: list[dict[str, Any]]) -> str:
        systems = [
            iam.file_system(place.partition, place.region, place.account, EfsVolume(**volume), written=share.written)
            for volume, share in zip(volumes, mounted, strict=True)
        ]
        return canonical_json(
            iam.task_policy(statements, execute_command=execute_command, file_systems=systems, further=more)
        )

    ids = [{"file_system_id": each.file_system_id, "access_point_id": each.access_point_id} for each in mounted]
    whole = together([account.place, pulumi.Output.from_input(further or [])], ids, document)
    options = pulumi.ResourceOptions(parent=parent)
    return role, [aws.iam.RolePolicy(f"{name}-task", role=role.name, policy=whole, opts=options)]


def attachments(
    name: str,
    account: Account,
    role: aws.iam.Role,
    policies: Sequence[pulumi.Input[str]],
    parent: pulumi.Resource,
) -> list[aws.iam.RolePolicyAttachment]:
    """The task role's managed policies, by their ARNs or, of AWS's own, by their names."""
    return [
        aws.iam.RolePolicyAttachment(
            f"{name}-task-{_attachment_key(policy, position)}",
            role=role.name,
            policy_arn=_policy_arn(policy, account),
            opts=pulumi.ResourceOptions(parent=parent),
        )
        for position, policy in enumerate(policies)
    ]


def _attachment_key(policy: pulumi.Input[str], position: int) -> str:
    """What the policy is called, so that none is attached anew when another goes; its place where that comes later."""
    if not isinstance(policy, str):
        return str(position)
    return (policy_path(policy) or policy.split(":", maxsplit=5)[5]).replace("/", "-")


def _policy_arn(policy: pulumi.Input[str], account: Account) -> pulumi.Input[str]:
    if not isinstance(policy, str) or policy.startswith("arn:"):
        return policy
    return account.partition.apply(partial(iam.managed_policy_arn, policy))


def _execution_policy(place: Place, log_group: str, fetched: Mapping[str, list[str]]) -> str:
    # Written out, since the log group's own ARN is not known in a preview.
    arn = f"arn:{place.partition}:logs:{place.region}:{place.account}:log-group:{log_group}"
    return canonical_json(iam.execution_policy(place.partition, arn, **fetched))

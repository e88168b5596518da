"""The two roles of a task: its own, with all that they need, or given ones, which are left as they are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from components.account import Account
from components.roles import Fetched, Share, attachments, execution_role, task_role
from components.volumes import shares
from ecs_model import iam
from ecs_model.task_roles import TaskRoles, given_role_warnings

if TYPE_CHECKING:
    from components.task_definition import TaskDefinitionArgs

_LATER = "arn:aws:iam::000000000000:{}/given-by-another-resource"
_LATER_KEY = "arn:aws:kms:us-east-1:000000000000:key/given-by-another-resource"
_LATER_SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:given-by-another"  # noqa: S105 - an ARN
_LATER_FILE = "arn:aws:s3:::given-by-another/resource.env"


@dataclass(frozen=True)
class UsedRoles:
    """The roles that a task definition names."""

    execution_arn: pulumi.Output[str]
    """The agent's."""
    task_arn: pulumi.Output[str]
    """The containers'."""
    before: list[pulumi.Resource]
    """What gives them their permissions, and has to outlive what uses them."""


def used_roles(
    name: str,
    args: "TaskDefinitionArgs",
    account: Account,
    log_group: pulumi.Output[str],
    fetched: Fetched,
    shared: Iterable[Share],
    further: pulumi.Output[Sequence[iam.Statement]] | None,
    parent: pulumi.Resource,
) -> UsedRoles:
    """The given roles, and one of the task's own for each that is not."""
    before: list[pulumi.Resource] = []
    if args.execution_role is None:
        execution, policy = execution_role(name, account, args.roles, log_group, fetched, parent)
        execution_arn = execution.arn
        before.append(policy)
    else:
        execution_arn = pulumi.Output.from_input(args.execution_role)
    if args.task_role is not None:
        return UsedRoles(execution_arn, pulumi.Output.from_input(args.task_role), before)
    task, policies = task_role(
        name, account, args.roles, args.task_role_statements, args.execute_command, shared, parent, further
    )
    before += policies
    before += attachments(name, account, task, args.task_role_policies, parent)
    return UsedRoles(execution_arn, task.arn, before)


def judged_roles(args: "TaskDefinitionArgs") -> TaskRoles:
    """What is said of them, with a stand-in for every value that another resource gives later."""
    task, execution = args.task_role, args.execution_role
    return TaskRoles(
        args.task_role_statements,
        [
            policy if isinstance(policy, str) else f"{_LATER.format('policy')}-{position}"
            for position, policy in enumerate(args.task_role_policies)
        ],
        task if task is None or isinstance(task, str) else f"{_LATER.format('role')}-for-containers",
        execution if execution is None or isinstance(execution, str) else _LATER.format("role"),
        known_keys(args),
    )


def known_keys(args: "TaskDefinitionArgs") -> list[str]:
    """The KMS keys with a stand-in for every one that another resource gives later."""
    return [key if isinstance(key, str) else _LATER_KEY for key in args.kms_keys]


def role_warnings(args: "TaskDefinitionArgs", fetched: Fetched) -> Iterator[str]:
    """What given roles have to allow, since nothing is written into them."""
    if args.task_role is not None:
        yield from given_role_warnings("taskRole", _needed_by_containers(args))
    if args.execution_role is not None:
        yield from given_role_warnings("executionRole", _needed_by_the_agent(fetched))


def _needed_by_containers(args: "TaskDefinitionArgs") -> list[iam.Statement]:
    systems = [iam.FileSystem("*", None, share.written) for share in shares(args.volumes, args.known_containers())]
    place = "aws", "*", "*"
    further = [] if args.protected_in is None else [iam.protection(*place, "*")]
    further += [] if args.sessions is None else iam.session_statements(*place, args.sessions, "*")
    found = iam.task_policy([], execute_command=args.execute_command, file_systems=systems, further=further)
    return list(found["Statement"]) if found else []


def _needed_by_the_agent(fetched: Fetched) -> list[iam.Statement]:
    """Beside what AWS's own policy of execution roles allows: to pull images and write logs."""
    secrets = [arn if isinstance(arn, str) else _LATER_SECRET for arn in fetched.secrets]
    files = [arn if isinstance(arn, str) else _LATER_FILE for arn in fetched.files]
    return list(iam.execution_policy("aws", "*", [], secrets, files)["Statement"][1:])

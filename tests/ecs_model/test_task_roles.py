"""Roles: what a task's own get, what given ones exclude and have to allow, where all stand and what bounds them."""

from dataclasses import replace
from typing import Any

import pytest

from ecs_model import iam
from ecs_model.iam import Effect, PolicyStatement
from ecs_model.problem import dotted
from ecs_model.role_settings import RoleSettings
from ecs_model.task_roles import CONDITION_OPERATORS, TaskRoles, given_role_warnings, policy_path

ROLE, OTHER = "arn:aws:iam::123456789012:role/team/shop", "arn:aws:iam::123456789012:role/agent"
OWN = "arn:aws:iam::123456789012:policy/team/queue"
READ = PolicyStatement(["s3:GetObject"], ["arn:aws:s3:::uploads/*"])
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1a2b3c4d-1111-2222-3333-444455556666"


def under(**conditions: dict[str, list[str]]) -> TaskRoles:
    return TaskRoles([replace(READ, conditions={key.replace("_", ":"): tests for key, tests in conditions.items()})])


@pytest.mark.parametrize(
    "roles",
    [
        TaskRoles(),
        TaskRoles([READ], [OWN, "AmazonS3ReadOnlyAccess", "service-role/AWSBatchServiceRole"]),
        TaskRoles(policies=["arn:aws-cn:iam::aws:policy/AmazonS3ReadOnlyAccess"]),
        TaskRoles(policies=[f"{OWN}{number}" for number in range(20)]),
        TaskRoles(task_role=ROLE, execution_role=OTHER),
        TaskRoles([READ], task_role=None, execution_role=ROLE),
        TaskRoles(task_role=ROLE, keys=[KEY]),
        under(StringEquals={"s3:prefix": ["reports/"], "aws:PrincipalTag/team": ["shop"]}),
        under(StringLikeIfExists={"s3:prefix": ["*"]}, Null={"aws:TokenIssueTime": ["false"]}),
        under(
            ForAllValues_StringEquals={"aws:TagKeys": ["team"]}, ForAnyValue_ArnLikeIfExists={"aws:SourceArn": ["*"]}
        ),
        TaskRoles([PolicyStatement(["s3:*", "dynamodb:Delete*"], ["*"], Effect.DENY)]),
    ],
)
def test_roles_that_work(roles: TaskRoles) -> None:
    assert list(roles.problems()) == []


@pytest.mark.parametrize(
    ("roles", "path", "says"),
    [
        (TaskRoles(task_role="shop"), "taskRole", "'shop' is no ARN such as arn:aws:iam::ACCOUNT:role/NAME"),
        (TaskRoles(execution_role=OWN), "executionRole", "is no ARN such as"),
        (TaskRoles([READ], task_role=ROLE), "taskRoleStatements", "exclude taskRole"),
        (TaskRoles(policies=[OWN], task_role=ROLE), "taskRolePolicies", "exclude taskRole"),
        (TaskRoles(execution_role=ROLE, keys=[KEY]), "kmsKeys", "exclude executionRole"),
        (TaskRoles(task_role=ROLE, execution_role=ROLE), "executionRole", "is the taskRole as well"),
        (TaskRoles(policies=[f"{OWN}{number}" for number in range(21)]), "taskRolePolicies", "are 21"),
        (TaskRoles(policies=[ROLE]), "taskRolePolicies[0]", "neither the ARN of a managed policy"),
        (TaskRoles(policies=["Amazon S3"]), "taskRolePolicies[0]", "such as AmazonS3ReadOnlyAccess"),
        (TaskRoles(policies=["/AmazonS3ReadOnlyAccess"]), "taskRolePolicies[0]", "neither the ARN"),
        (TaskRoles(policies=[OWN, OWN]), "taskRolePolicies[1]", "is there twice"),
        (
            TaskRoles(policies=["AmazonS3ReadOnlyAccess", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]),
            "taskRolePolicies[1]",
            "is there twice",
        ),
        (under(StringEqual={"s3:prefix": ["a"]}), "taskRoleStatements[0].conditions.StringEqual",
         "'StringEqual' is no condition operator of IAM"),
        (under(NullIfExists={"s3:prefix": ["a"]}), "taskRoleStatements[0].conditions.NullIfExists", "is no condition"),
        (under(ForSomeValues_Bool={"aws:x": ["a"]}), 'taskRoleStatements[0].conditions.ForSomeValues:Bool', "is no"),
        (under(Bool={}), "taskRoleStatements[0].conditions.Bool", "tests nothing"),
        (under(Bool={"SecureTransport": ["true"]}), "taskRoleStatements[0].conditions.Bool.SecureTransport",
         "is no condition key"),
        (under(Bool={"aws:SecureTransport": []}), "taskRoleStatements[0].conditions.Bool.aws:SecureTransport",
         "has no values"),
        (TaskRoles([PolicyStatement(["s3:*"], ["*"])]), "taskRoleStatements[0].actions[0]", "not a single action"),
        (TaskRoles([PolicyStatement(["*"], ["*"], Effect.DENY)]), "taskRoleStatements[0].actions[0]", "name each one"),
    ],
)  # fmt: skip
def test_roles_that_do_not(roles: TaskRoles, path: str, says: str) -> None:
    (problem,) = roles.problems()
    assert dotted(problem.path) == path
    assert says in problem.message


def test_the_operator_that_was_meant() -> None:
    (problem,) = under(StringEqual={"s3:prefix": ["a"]}).problems()
    assert problem.message.endswith("did you mean StringEquals?")
    assert {"ArnLike", "IpAddress", "NumericLessThanEquals", "DateGreaterThan", "Null"} < CONDITION_OPERATORS


def test_statements_as_iam_has_them() -> None:
    conditions = {"StringLike": {"s3:prefix": ["b/*", "a/*"]}}
    deny = PolicyStatement(["s3:*"], ["arn:aws:s3:::b", "arn:aws:s3:::a"], Effect.DENY, conditions)
    made = iam.task_policy([READ, deny], execute_command=False)
    assert made is not None
    assert made["Statement"] == [
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::uploads/*"]},
        {
            "Effect": "Deny",
            "Action": ["s3:*"],
            "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::b"],
            "Condition": {"StringLike": {"s3:prefix": ["a/*", "b/*"]}},
        },
    ]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("AmazonS3ReadOnlyAccess", "AmazonS3ReadOnlyAccess"),
        ("arn:aws-us-gov:iam::aws:policy/service-role/A", "service-role/A"),
        (OWN, None),
    ],
)
def test_what_a_policy_of_aws_is_called(given: str, path: str | None) -> None:
    assert policy_path(given) == path


def test_what_given_roles_have_to_allow() -> None:
    needed = [{"Action": ["ecs:UpdateTaskProtection", "ecs:GetTaskProtection"]}, {"Action": ["ecs:GetTaskProtection"]}]
    (sentence,) = given_role_warnings("taskRole", needed)
    assert "taskRole is an existing role" in sentence
    assert "allows ecs:UpdateTaskProtection, ecs:GetTaskProtection, for" in sentence
    assert list(given_role_warnings("taskRole", [])) == []


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({}, None),
        ({"path": "/"}, None),
        ({"path": "/team/shop/"}, None),
        ({"permissions_boundary": OWN}, None),
        ({"permissions_boundary": "arn:aws-cn:iam::aws:policy/PowerUserAccess"}, None),
        ({"path": "team/"}, "path"),
        ({"path": "/team"}, "path"),
        ({"path": "/my team/"}, "path"),
        ({"path": f"/{'a' * 511}/"}, "path"),
        ({"permissions_boundary": ROLE}, "permissionsBoundary"),
        ({"permissions_boundary": "PowerUserAccess"}, "permissionsBoundary"),
    ],
)
def test_where_roles_stand_and_what_bounds_them(settings: dict[str, Any], path: str | None) -> None:
    assert [dotted(problem.path) for problem in RoleSettings(**settings).problems()] == ([path] if path else [])

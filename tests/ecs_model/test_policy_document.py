"""IAM policy documents: what is allowed, who is trusted, and what is none."""

import json
from typing import Any

import pytest

from ecs_model.policy_document import (
    AGENT_ACTIONS,
    MalformedPolicy,
    PolicyDocument,
    denied_actions,
    missing_actions,
    possibly_denied_actions,
)


def document(**statement: Any) -> PolicyDocument:
    return PolicyDocument.parse(json.dumps({"Statement": {"Effect": "Allow", **statement}}))


@pytest.mark.parametrize(
    ("pattern", "permitted"),
    [
        ("ecs:Poll", True),
        ("ECS:poll", True),
        ("ecs:*", True),
        ("*", True),
        ("ecs:P?ll", True),
        ("ecs:[P]oll", False),
        ("ecs:Pol", False),
        ("ecr:*", False),
    ],
)
def test_a_pattern_permits(pattern: str, permitted: bool) -> None:
    (statement,) = document(Action=pattern).statements
    assert statement.permits("ecs:Poll") is permitted
    (denying,) = document(Action=pattern, Effect="Deny").statements
    assert not denying.permits("ecs:Poll")


@pytest.mark.parametrize(
    ("actions", "missing"),
    [
        (["ecs:*"], []),
        (list(AGENT_ACTIONS), []),
        (list(AGENT_ACTIONS[1:]), [AGENT_ACTIONS[0]]),
        ([], list(AGENT_ACTIONS)),
    ],
)
def test_what_the_agent_misses(actions: list[str], missing: list[str]) -> None:
    assert missing_actions(document(Action=actions).statements, AGENT_ACTIONS) == missing


@pytest.mark.parametrize(("excepted", "missing"), [("iam:*", []), (["iam:*", "ecs:Poll"], ["ecs:Poll"])])
def test_all_but_a_few_actions_are_the_agents_too(excepted: Any, missing: list[str]) -> None:
    assert missing_actions(document(NotAction=excepted).statements, AGENT_ACTIONS) == missing


@pytest.mark.parametrize(
    ("resources", "permitted"),
    [
        ("*", True),
        (["arn:aws:s3:::shop/*", "*"], True),
        ("arn:aws:ecs:eu-central-1:123456789012:cluster/shop", True),
        ("arn:*:ecs:*:*:cluster/shop", True),
        ("arn:aws:*:eu-central-1:123456789012:*", True),
        ("arn:aws:s3:::shop/*", False),
        (None, True),
    ],
)
def test_an_action_is_permitted_on_resources_of_its_service(resources: Any, permitted: bool) -> None:
    (statement,) = document(Action="*", Resource=resources).statements
    assert statement.permits("ecs:Poll") is permitted


def test_messages_of_systems_manager_have_its_resources() -> None:
    (statement,) = document(Action="*", Resource="arn:aws:ssm:eu-central-1:123456789012:session/*").statements
    assert statement.permits("ssmmessages:OpenDataChannel")


@pytest.mark.parametrize(
    ("denying", "denied"),
    [
        ({"Action": "ecs:P*", "Resource": "*"}, ["ecs:Poll"]),
        ({"NotAction": "ecs:R*", "Resource": "*"}, ["ecs:Poll"]),
        ({"NotAction": "ecs:*", "Resource": "*"}, []),
        ({"Action": "ecs:Poll", "Resource": "arn:aws:ecs:*:*:cluster/other"}, []),
        ({"Action": "ecs:Poll", "NotResource": "arn:aws:ecs:*:*:cluster/shop"}, []),
        ({"Action": "ecs:Poll", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, []),
    ],
)
def test_what_is_denied_in_any_case_is_missing(denying: dict[str, Any], denied: list[str]) -> None:
    needed = ["ecs:Poll", "ecs:RegisterContainerInstance"]
    statements = [
        *document(Action="*", Resource="*").statements,
        *PolicyDocument.parse(json.dumps({"Statement": {"Effect": "Deny", **denying}})).statements,
    ]
    assert denied_actions(statements, needed) == missing_actions(statements, needed) == denied


@pytest.mark.parametrize(
    ("actions", "resources", "powers"),
    [
        ("*", "*", "every action"),
        (["a:b", "*:*"], ["*"], "every action"),
        (["s3:*", "IAM:**"], "*", "iam:*"),
        ("s3:*", "*", None),
        ("*", "arn:aws:s3:::shop", None),
    ],
)
def test_who_administrates(actions: Any, resources: Any, powers: str | None) -> None:
    (statement,) = document(Action=actions, Resource=resources).statements
    assert statement.administrates == powers


def test_whoever_may_do_all_but_some_administrates() -> None:
    (statement,) = document(NotAction="iam:*", Resource="*").statements
    assert statement.administrates == "all but some actions"


@pytest.mark.parametrize(
    ("actions", "wildcards"),
    [
        ("*", ["*"]),
        (["*:*", "s3:*", "s3:Get*", "ecr:GetAuthorizationToken"], ["*:*", "s3:*"]),
        ("execute-api:*", ["execute-api:*"]),
        ("s3:?*", []),
        ("*Access", []),
    ],
)
def test_every_action_of_a_service(actions: Any, wildcards: list[str]) -> None:
    (statement,) = document(Action=actions).statements
    assert statement.wildcards == wildcards
    assert not statement.allows_all_but_some
    (denying,) = document(Action=actions, Effect="Deny").statements
    assert denying.wildcards == []


def test_everything_that_is_not_named() -> None:
    assert document(NotAction="iam:*").statements[0].allows_all_but_some
    assert not document(NotAction="iam:*", Effect="Deny").statements[0].allows_all_but_some


@pytest.mark.parametrize(
    ("principal", "trusted"),
    [
        ({"Service": "ecs-tasks.amazonaws.com"}, True),
        ({"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]}, True),
        ("*", True),
        ({"AWS": "*"}, True),
        ({"Service": "ec2.amazonaws.com"}, False),
        (None, False),
    ],
)
def test_whom_a_role_trusts(principal: Any, trusted: bool) -> None:
    assert bool(document(Action="sts:AssumeRole", Principal=principal).trusts("ecs-tasks.amazonaws.com")) is trusted


def test_condition_keys_are_read_without_regard_to_capitals() -> None:
    condition = {"StringEquals": {"AWS:SourceAccount": "1"}, "ArnLike": {"aws:SourceArn": "x"}}
    assert document(Condition=condition).statements[0].conditions == {"aws:sourceaccount", "aws:sourcearn"}


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"Statement": [3]}', "[" * 100_000])
def test_what_is_no_policy(text: str) -> None:
    with pytest.raises(MalformedPolicy):
        PolicyDocument.parse(text)


@pytest.mark.parametrize(
    ("further", "possibly"),
    [
        ({"Resource": "*"}, []),
        ({"Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, ["ecs:Poll"]),
        ({"NotResource": "arn:aws:ecs:*:*:cluster/shop"}, ["ecs:Poll"]),
        ({"Resource": "arn:aws:ecs:*:*:cluster/other"}, []),
    ],
)
def test_what_is_denied_in_some_cases(further: Any, possibly: list[str]) -> None:
    statements = document(Effect="Deny", Action="ecs:*", **further).statements
    assert possibly_denied_actions(statements, ["ecs:Poll", "s3:GetObject"]) == possibly


@pytest.mark.parametrize(
    ("statement", "everybody"),
    [
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": "*"}, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, False),
        ({"Principal": {"Service": "ecs-tasks.amazonaws.com"}}, False),
        ({"Principal": "*", "Effect": "Deny"}, False),
        ({"Principal": "*", "Action": "sts:TagSession"}, False),
    ],
)
def test_a_role_that_trusts_everybody(statement: Any, everybody: bool) -> None:
    assert document(**{"Action": "sts:AssumeRole", **statement}).trusts_everybody is everybody

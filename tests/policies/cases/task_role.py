"""What the roles of tasks trust and allow."""

import json
from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import Program, shop

TRUST = "ecs-task-definition-role-trust"
CONDITION = "ecs-task-definition-role-trust-condition"
EXECUTION = "ecs-task-definition-task-role-no-execution-policy"

NEW, DONE = shop(deployed=False), shop(deployed=True)
POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"

WILDCARD = "ecs-task-definition-role-no-wildcard-actions"


def trust(service: str, **condition: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


TASKS = trust("ecs-tasks.amazonaws.com")
LIMITED = trust("ecs-tasks.amazonaws.com", Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}})
OTHER = trust("ecs-tasks.amazonaws.com", Condition={"StringEquals": {"aws:PrincipalTag/a": "b"}})


def roles(base: Program, execution: str, task: str) -> Program:
    return base.but(base["execution"].but(assumeRolePolicy=execution), base["task"].but(assumeRolePolicy=task))


def attached(role: str, policy: str = POLICY) -> Program:
    kind = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    return DONE.but(Res(kind, "attachment", {"role": f"{role}-1234567", "policyArn": policy}))


def inline(role: str, policy: str) -> Res:
    return Res("aws:iam/rolePolicy:RolePolicy", f"{role}-policy", {"role": f"{role}-1234567", "policy": policy})


def allowing(role: str, *actions: str, base: Program = DONE, **further: Any) -> Program:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*", **further}
    return base.but(inline(role, json.dumps({"Statement": statement})))


ALL_BUT = json.dumps({"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}})
MANAGED = "arn:aws:iam::aws:policy/"
OWN = "arn:aws:iam::123456789012:policy/UploadsFullAccess"
FARGATE = DONE["web"].but(requiresCompatibilities=["FARGATE"], networkMode="awsvpc")

CASES = [
    good(TRUST, "previewed", roles(NEW, TASKS, LIMITED)),
    good(TRUST, "deployed", roles(DONE, TASKS, LIMITED)),
    good(TRUST, "Fargate", roles(DONE.but(FARGATE), trust("ec2.amazonaws.com"), TASKS)),
    bad(
        TRUST,
        "both trust others",
        roles(NEW, trust("ec2.amazonaws.com"), trust("ecs.amazonaws.com")),
        ("execution", "does not trust ecs-tasks.amazonaws.com"),
        ("task", "does not trust ecs-tasks.amazonaws.com"),
    ),
    bad(
        TRUST,
        "everybody",
        roles(
            NEW, json.dumps({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}), LIMITED
        ),
        ("execution", "lets everybody assume it"),
    ),
    bad(TRUST, "no policy", roles(NEW, TASKS, "[]"), ("task", "assumeRolePolicy is no IAM policy document")),
    unknown(TRUST, "trust not known", roles(NEW, TASKS, UNKNOWN), "role task: assumeRolePolicy"),
    good(CONDITION, "the account", roles(NEW, TASKS, LIMITED)),
    bad(CONDITION, "none", roles(DONE, LIMITED, TASKS), ("task", "without a condition on the source")),
    bad(CONDITION, "another", roles(DONE, LIMITED, OTHER), ("task", "without a condition on the source")),
    unknown(CONDITION, "trust not known", roles(NEW, TASKS, UNKNOWN), "role task: assumeRolePolicy"),
    good(EXECUTION, "on the execution role", attached("execution")),
    bad(EXECUTION, "on the task role", attached("task"), ("task", "AmazonECSTaskExecutionRolePolicy")),
    unknown(EXECUTION, "policy not known", attached("task", UNKNOWN), "attachment: policyArn"),
    good(WILDCARD, "no policies", DONE),
    good(WILDCARD, "named actions", allowing("task", "s3:GetObject", "s3:List*")),
    good(WILDCARD, "denied", allowing("task", "s3:*", Effect="Deny")),
    good(WILDCARD, "a narrow managed policy", attached("task", f"{MANAGED}AmazonS3ReadOnlyAccess")),
    good(WILDCARD, "a policy of another program", attached("task", OWN)),
    good(WILDCARD, "Fargate", allowing("task", "*", base=DONE.but(FARGATE))),
    good(WILDCARD, "another role's", DONE.but(inline("other", ALL_BUT))),
    good(WILDCARD, "allowed", allowing("task", "CloudWatch:*"), **{"allowedActions": ["cloudwatch:*"]}),
    bad(
        WILDCARD,
        "everything on a bucket",
        allowing("task", "s3:*", "sqs:*", "sns:Publish", Resource="arn:aws:s3:::uploads/*"),
        ("task", "allows s3:*, sqs:*."),
    ),
    bad(WILDCARD, "everything", allowing("execution", "*"), ("execution", "allows *.")),
    bad(WILDCARD, "more than allowed", allowing("task", "*"), ("task", "allows *."), **{"allowedActions": ["s3:*"]}),
    bad(WILDCARD, "all but some", DONE.but(inline("task", ALL_BUT)), ("task", "allows all but some actions.")),
    bad(
        WILDCARD,
        "full access",
        attached("task", f"{MANAGED}AmazonS3FullAccess"),
        ("task", "has the managed policy AmazonS3FullAccess"),
    ),
    bad(
        WILDCARD,
        "power user",
        attached("execution", f"{MANAGED}PowerUserAccess"),
        ("execution", "has the managed policy PowerUserAccess"),
    ),
    unknown(WILDCARD, "policy not known", DONE.but(inline("task", UNKNOWN)), "task-policy: policy"),
]

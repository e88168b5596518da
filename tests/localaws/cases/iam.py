"""AWS IAM."""

from __future__ import annotations

from typing import Any

from tests.localaws.case import Case
from tests.localaws.making import ALLOW, ALLOW_MORE, TRUST

TRUST_EC2 = TRUST.replace("ecs-tasks", "ec2")


def role(lab: Any, *policies: str) -> str:
    name = lab.name("role")
    lab.boto("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    for arn in policies:
        lab.boto("iam").attach_role_policy(RoleName=name, PolicyArn=arn)
    return str(name)


def policy(lab: Any) -> str:
    return str(lab.boto("iam").create_policy(PolicyName=lab.name(), PolicyDocument=ALLOW)["Policy"]["Arn"])


CASES = [
    Case(
        "aws:iam/role:Role",
        lambda lab: {
            "assumeRolePolicy": TRUST,
            "description": "d",
            "path": "/p/",
            "maxSessionDuration": 7200,
            "tags": {"a": "1"},
            "permissionsBoundary": policy(lab),
        },
        lambda lab, r: {"assumeRolePolicy": TRUST_EC2, "description": "e", "tags": {"b": "2"}},
        {"path": "/q/"},
        lambda lab, r: lab.boto("iam").update_assume_role_policy(RoleName=r.id, PolicyDocument=TRUST_EC2),
        "assumeRolePolicy",
    ),
    Case(
        "aws:iam/rolePolicy:RolePolicy",
        lambda lab: {"role": role(lab), "policy": ALLOW},
        lambda lab, r: {"policy": ALLOW_MORE},
        {"role": "other"},
        lambda lab, r: lab.boto("iam").put_role_policy(
            RoleName=r.inputs["role"], PolicyName=r.inputs["name"], PolicyDocument=ALLOW_MORE
        ),
        "policy",
        computed="",
    ),
    Case(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        lambda lab: {"role": role(lab), "policyArn": policy(lab)},
        None,
        {"role": "other"},
        computed="",
    ),
    Case(
        "aws:iam/policy:Policy",
        lambda lab: {"policy": ALLOW, "description": "d", "path": "/p/", "tags": {"a": "1"}},
        lambda lab, r: {"policy": ALLOW_MORE, "tags": {"a": "2"}},
        {"description": "e"},
        lambda lab, r: lab.boto("iam").create_policy_version(
            PolicyArn=r.id, PolicyDocument=ALLOW_MORE, SetAsDefault=True
        ),
        "policy",
    ),
    Case(
        "aws:iam/instanceProfile:InstanceProfile",
        lambda lab: {"role": role(lab), "path": "/p/", "tags": {"a": "1"}},
        lambda lab, r: {"role": role(lab), "tags": {"b": "2"}},
        {"path": "/q/"},
        lambda lab, r: lab.boto("iam").remove_role_from_instance_profile(
            InstanceProfileName=r.id, RoleName=r.inputs["role"]
        ),
        "role",
    ),
]

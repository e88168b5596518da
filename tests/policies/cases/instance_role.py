"""The role of container instances."""

import json
from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import Program, arn, shop

TRUST = "ecs-instances-role-trust"
SESSION = "ecs-instances-session-manager"
POLICIES = "ecs-instances-role-policies"
ADMINISTRATOR = "ecs-instances-role-no-administrator"
EXECUTION = "ecs-instances-role-no-execution-policy"

MANAGED = "arn:aws:iam::aws:policy/{}"
AGENT = MANAGED.format("service-role/AmazonEC2ContainerServiceforEC2Role")
SUBMIT = ["ecs:DiscoverPollEndpoint", "ecs:Poll", "ecs:Register*", "ecs:StartTelemetrySession", "ecs:Submit*"]


def allow(*actions: str) -> str:
    return json.dumps({"Statement": {"Effect": "Allow", "Action": list(actions), "Resource": "*"}})


def program(*further: Res, **role: Any) -> Program:
    base = shop(deployed=True)
    return base.but(
        base["template"].but(iamInstanceProfile={"arn": arn("iam", "instance-profile/ecs")}),
        Res("aws:iam/instanceProfile:InstanceProfile", "profile", {"name": "ecs", "role": "ecsInstanceRole"}),
        Res("aws:iam/role:Role", "instance", {"name": "ecsInstanceRole", **role}),
        *further,
    )


def attach(policy: str) -> Res:
    kind = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    return Res(kind, "attachment", {"role": "ecsInstanceRole", "policyArn": policy})


def setting(name: str) -> Res:
    path = arn("ssm", f"servicesetting/ssm/managed-instance/{name}")
    return Res("aws:ssm/serviceSetting:ServiceSetting", "setting", {"settingId": path, "settingValue": "a"})


def inline(policy: object) -> Res:
    return Res("aws:iam/rolePolicy:RolePolicy", "inline", {"role": "ecsInstanceRole", "policy": policy})


def deny(**further: Any) -> str:
    statement = {"Effect": "Deny", "Action": "ecs:*", "Resource": "*", **further}
    return json.dumps({"Statement": {key: value for key, value in statement.items() if value is not None}})


def trust(*services: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


OWN = Res("aws:iam/policy:Policy", "own", {"arn": arn("iam", "policy/own"), "policy": allow(*SUBMIT)})
ALL_OF_IT = Res(
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    "all",
    {"roleName": "ecsInstanceRole", "policyArns": [AGENT]},
)
SHARED = Res("aws:iam/policyAttachment:PolicyAttachment", "shared", {"roles": ["ecsInstanceRole"], "policyArn": AGENT})

CASES = [
    good(TRUST, "EC2", program(assumeRolePolicy=trust("ec2.amazonaws.com"))),
    good(TRUST, "EC2 in China", program(assumeRolePolicy=trust("ec2.amazonaws.com.cn"))),
    good(TRUST, "EC2 and another", program(assumeRolePolicy=trust("ssm.amazonaws.com", "ec2.amazonaws.com"))),
    good(TRUST, "a role of another program", program().without("instance")),
    good(
        TRUST,
        "no container instances",
        Program(Res("aws:iam/role:Role", "function", {"assumeRolePolicy": trust("lambda.amazonaws.com")})),
    ),
    bad(
        TRUST,
        "ECS tasks",
        program(assumeRolePolicy=trust("ecs-tasks.amazonaws.com")),
        ("instance", "does not trust ec2.amazonaws.com"),
    ),
    bad(
        TRUST,
        "everybody",
        program(
            assumeRolePolicy={"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}}
        ),
        ("instance", "lets everybody assume it"),
    ),
    bad(TRUST, "no policy", program(assumeRolePolicy="{"), ("instance", "assumeRolePolicy is no IAM policy document")),
    unknown(TRUST, "not known", program(assumeRolePolicy=UNKNOWN), "role instance: assumeRolePolicy"),
    good(POLICIES, "attached", program(attach(AGENT))),
    good(POLICIES, "attached to several roles", program(SHARED)),
    good(POLICIES, "named on the role", program(managedPolicyArns=[AGENT])),
    good(POLICIES, "by actions with wildcards", program(inline(allow(*SUBMIT)))),
    good(POLICIES, "written on the role", program(inlinePolicies=[{"name": "agent", "policy": allow("ecs:*")}])),
    good(POLICIES, "a policy of the program's own", program(attach(arn("iam", "policy/own")), OWN)),
    good(POLICIES, "a policy of another program", program(attach(arn("iam", "policy/own")))),
    good(POLICIES, "a role of another program", program().without("instance")),
    bad(POLICIES, "none", program(), ("instance", "does not allow ecs:DiscoverPollEndpoint, ecs:Poll")),
    bad(POLICIES, "a part", program(inline(allow(*SUBMIT[1:]))), ("instance", "does not allow ecs:DiscoverPoll")),
    bad(
        POLICIES,
        "denied",
        program(
            attach(AGENT), inline(json.dumps({"Statement": {"Effect": "Deny", "Action": "ecs:Po*", "Resource": "*"}}))
        ),
        ("instance", "does not allow ecs:Poll."),
    ),
    bad(
        POLICIES,
        "everything on a bucket",
        program(inline(json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::shop"}}))),
        ("instance", "does not allow ecs:DiscoverPollEndpoint, ecs:Poll"),
    ),
    good(POLICIES, "all that is attached", program(ALL_OF_IT)),
    good(POLICIES, "as an object", program(inline({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}))),
    good(POLICIES, "denied on a bucket", program(attach(AGENT), inline(deny(Resource="arn:aws:s3:::shop")))),
    bad(POLICIES, "denied, as an object", program(attach(AGENT), inline(json.loads(deny()))), ("instance", "ecs:Poll")),
    unknown(
        POLICIES,
        "denied in some cases",
        program(attach(AGENT), inline(deny(Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}}))),
        "role instance: when it denies ecs:DiscoverPollEndpoint, ecs:Poll",
    ),
    unknown(
        POLICIES,
        "denied but for some resources",
        program(attach(AGENT), inline(deny(Resource=None, NotResource="arn:aws:ecs:*:*:cluster/shop"))),
        "role instance: when it denies ecs:DiscoverPollEndpoint",
    ),
    unknown(POLICIES, "a part of an object not known", program(inline({"Statement": [UNKNOWN]})), "inline: policy"),
    unknown(POLICIES, "policy not known", program(inline(UNKNOWN)), "inline: policy"),
    good(ADMINISTRATOR, "the agent's policy", program(attach(AGENT))),
    bad(
        ADMINISTRATOR, "attached", program(attach(MANAGED.format("AdministratorAccess"))), ("instance", "Administrator")
    ),
    bad(ADMINISTRATOR, "by a statement", program(inline(allow("*"))), ("instance", "every action on every resource")),
    good(
        ADMINISTRATOR,
        "within a boundary of the program's own",
        program(inline(allow("*")), OWN, permissionsBoundary=arn("iam", "policy/own")),
    ),
    good(
        ADMINISTRATOR,
        "within a boundary of AWS's",
        program(inline(allow("*")), permissionsBoundary=MANAGED.format("ReadOnlyAccess")),
    ),
    bad(
        ADMINISTRATOR,
        "within a boundary that leaves nothing out",
        program(inline(allow("*")), permissionsBoundary=MANAGED.format("AdministratorAccess")),
        ("instance", "every action on every resource"),
    ),
    unknown(
        ADMINISTRATOR,
        "within a boundary of another program",
        program(inline(allow("*")), permissionsBoundary=arn("iam", "policy/theirs")),
        "role instance: what its permissions boundary leaves out",
    ),
    good(
        ADMINISTRATOR, "none, within a boundary", program(attach(AGENT), permissionsBoundary=arn("iam", "policy/own"))
    ),
    unknown(
        ADMINISTRATOR,
        "within a boundary that is not known",
        program(inline(allow("*")), permissionsBoundary=UNKNOWN),
        "role instance: permissionsBoundary",
    ),
    good(
        POLICIES,
        "within a boundary that leaves none of it out",
        program(attach(AGENT), OWN, permissionsBoundary=arn("iam", "policy/own")),
    ),
    good(
        POLICIES,
        "within a boundary of another program",
        program(attach(AGENT), permissionsBoundary=arn("iam", "policy/theirs")),
    ),
    bad(
        POLICIES,
        "beyond its boundary",
        program(
            attach(AGENT),
            OWN.but(policy=allow("ecs:Submit*", "s3:*")),
            permissionsBoundary=arn("iam", "policy/own"),
        ),
        ("instance", "does not allow ecs:DiscoverPollEndpoint, ecs:Poll, ecs:Register"),
    ),
    *(
        bad(ADMINISTRATOR, name, program(attach(MANAGED.format(name))), ("instance", f"has the managed policy {name}"))
        for name in ("PowerUserAccess", "IAMFullAccess")
    ),
    bad(ADMINISTRATOR, "all of IAM", program(inline(allow("ec2:*", "IAM:*"))), ("instance", "allows iam:* on every")),
    bad(
        ADMINISTRATOR,
        "all but some actions",
        program(inline(json.dumps({"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}))),
        ("instance", "allows all but some actions on every resource"),
    ),
    good(
        ADMINISTRATOR,
        "everything on a bucket",
        program(inline(json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::shop"}}))),
    ),
    bad(
        ADMINISTRATOR,
        "no JSON",
        program(inline("{")),
        ("inline", "policy is no IAM policy document: it is not valid JSON"),
    ),
    unknown(ADMINISTRATOR, "policy not known", program(attach(UNKNOWN)), "attachment: policyArn"),
    good(EXECUTION, "the agent's policy", program(attach(AGENT))),
    bad(
        EXECUTION,
        "attached",
        program(attach(MANAGED.format("service-role/AmazonECSTaskExecutionRolePolicy"))),
        ("instance", "AmazonECSTaskExecutionRolePolicy"),
    ),
    unknown(EXECUTION, "policy not known", program(attach(UNKNOWN)), "attachment: policyArn"),
    good(SESSION, "the managed policy", program(attach(MANAGED.format("AmazonSSMManagedInstanceCore")))),
    good(SESSION, "by actions", program(inline(allow("ssm:UpdateInstanceInformation", "ssmmessages:*")))),
    good(SESSION, "a policy of another program", program(attach(arn("iam", "policy/own")))),
    good(SESSION, "a role of another program", program().without("instance")),
    good(SESSION, "the account allows it", program(attach(AGENT), setting("default-ec2-instance-management-role"))),
    bad(SESSION, "another setting", program(attach(AGENT), setting("activation-tier")), ("instance", "does not allow")),
    bad(
        SESSION,
        "the agent's policy alone",
        program(attach(AGENT)),
        ("instance", "does not allow ssm:UpdateInstanceInformation, ssmmessages:CreateControlChannel"),
    ),
    bad(
        SESSION,
        "channels alone",
        program(inline(allow("ssmmessages:*"))),
        ("instance", "does not allow ssm:UpdateInstanceInformation."),
    ),
    unknown(SESSION, "policy not known", program(attach(UNKNOWN)), "attachment: policyArn"),
]

"""What ECS Exec needs of a service's task role."""

import json
from dataclasses import replace

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import Program, arn, shop

ROLE = "ecs-service-execute-command-task-role"
PERMISSIONS = "ecs-service-execute-command-permissions"

CHANNELS = [f"ssmmessages:{verb}{kind}Channel" for verb in ("Create", "Open") for kind in ("Control", "Data")]
AWS = "arn:aws:iam::aws:policy/"


def on(base: Program, *further: Res) -> Program:
    return base.but(base["service"].but(enableExecuteCommand=True), *further)


def inline(*actions: str, **further: str) -> Res:
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*", **further}
    policy = json.dumps({"Statement": [statement]})
    return Res("aws:iam/rolePolicy:RolePolicy", "inline", {"role": "task-1234567", "policy": policy})


def attached(policy: str) -> Res:
    kind = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    return Res(kind, "attachment", {"role": "task-1234567", "policyArn": policy})


NEW, DONE = on(shop(deployed=False)), on(shop(deployed=True))
OFF = shop(deployed=True)
SERVICE = DONE["service"]
BARE = DONE["web"].but(taskRoleArn=None)
ON_FARGATE = SERVICE.but(launchType="FARGATE", capacityProviderStrategies=None)
DENYING = replace(inline("ssmmessages:OpenData*", Effect="Deny"), name="denying")

CASES = [
    good(ROLE, "previewed", NEW),
    good(ROLE, "deployed", DONE),
    good(ROLE, "off", OFF.but(BARE)),
    good(ROLE, "on Fargate", DONE.but(BARE, ON_FARGATE)),
    good(ROLE, "a task definition of another program", DONE.without("web")),
    bad(ROLE, "none", DONE.but(BARE), ("service", "task definition web has no taskRoleArn")),
    bad(ROLE, "none in a preview", NEW.but(NEW["web"].but(taskRoleArn=None)), ("service", "has no taskRoleArn")),
    unknown(ROLE, "not known", DONE.but(BARE, SERVICE.but(enableExecuteCommand=UNKNOWN)), "enableExecuteCommand"),
    good(PERMISSIONS, "by actions, previewed", NEW.but(inline(*CHANNELS))),
    good(PERMISSIONS, "by actions, deployed", DONE.but(inline(*CHANNELS))),
    good(PERMISSIONS, "a managed policy", DONE.but(attached(f"{AWS}AmazonSSMManagedInstanceCore"))),
    good(PERMISSIONS, "a policy of another program", DONE.but(attached(arn("iam", "policy/exec")))),
    good(PERMISSIONS, "a role of another program", DONE.without("task")),
    good(PERMISSIONS, "no role", DONE.but(BARE)),
    good(PERMISSIONS, "off", OFF),
    good(PERMISSIONS, "on Fargate", DONE.but(ON_FARGATE)),
    bad(
        PERMISSIONS,
        "none",
        DONE,
        ("task", "does not allow ssmmessages:CreateControlChannel, ssmmessages:CreateDataChannel, ssmmessages:Open"),
    ),
    bad(
        PERMISSIONS,
        "of two services",
        NEW.but(replace(NEW["service"], name="second"), inline(*CHANNELS[:3])),
        ("task", "does not allow ssmmessages:OpenDataChannel."),
    ),
    bad(
        PERMISSIONS,
        "on the execution role",
        DONE.but(inline(*CHANNELS).but(role="execution-1234567")),
        ("task", "does not allow ssmmessages:CreateControlChannel"),
    ),
    bad(
        PERMISSIONS,
        "denied",
        DONE.but(attached(f"{AWS}AmazonSSMManagedInstanceCore"), DENYING),
        ("task", "does not allow ssmmessages:OpenDataChannel."),
    ),
    unknown(PERMISSIONS, "policy not known", DONE.but(inline().but(policy=UNKNOWN)), "inline: policy"),
]

"""The instance profile of container instances."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import JOINED, Program, shop, user_data

PROFILE = "ecs-instances-profile"

NEW, DONE = shop(deployed=False), shop(deployed=True)
BARE = DONE.but(DONE["template"].but(iamInstanceProfile=None))
NONE = "names no instance profile"
TEMPLATE = Res("aws:ec2/launchTemplate:LaunchTemplate", "base", {"id": "lt-0ddddddddddddddd", "name": "base"})
BY_TEMPLATE = {"launchTemplate": {"id": "lt-0ddddddddddddddd", "version": "1"}}
OWN = Res("aws:iam/instanceProfile:InstanceProfile", "profile", {"name": "ecsInstanceRole", "role": "ecsInstanceRole"})
GIVEN = TEMPLATE.but(iamInstanceProfile={"name": "ecsInstanceRole"})


def bare(*lines: str) -> Program:
    return BARE.but(BARE["template"].but(userData=user_data("ECS_CLUSTER=shop", *lines)))


def single(**properties: Any) -> Res:
    return Res("aws:ec2/instance:Instance", "single", {"userData": JOINED, **properties})


CONFIGURATION = Res("aws:ec2/launchConfiguration:LaunchConfiguration", "old", {"name": "old", "userData": JOINED})
OLD = Res("aws:autoscaling/group:Group", "group", {"launchConfiguration": "old"})

CASES = [
    good(PROFILE, "previewed", NEW),
    good(PROFILE, "deployed", DONE),
    good(PROFILE, "yet to be created", NEW.but(NEW["template"].but(iamInstanceProfile={"arn": UNKNOWN}))),
    good(PROFILE, "not known", NEW.but(NEW["template"].but(iamInstanceProfile=UNKNOWN))),
    good(PROFILE, "of an instance", [single(iamInstanceProfile="ecsInstanceRole")]),
    good(PROFILE, "of an instance's template", [single(**BY_TEMPLATE), GIVEN]),
    good(PROFILE, "of another program's template", [single(**BY_TEMPLATE)]),
    good(PROFILE, "left to instances", [BARE["template"], single(iamInstanceProfile="ecsInstanceRole")]),
    good(PROFILE, "ECS Anywhere", bare("ECS_EXTERNAL=true")),
    good(PROFILE, "keys of its own", bare("AWS_ACCESS_KEY_ID=AKIA" + "IOSFODNN7EXAMPLE")),
    good(PROFILE, "no container instances", [single(userData=None)]),
    good(PROFILE, "of a launch configuration", [CONFIGURATION.but(iamInstanceProfile="ecsInstanceRole"), OLD]),
    good(PROFILE, "with a role", DONE.but(OWN)),
    good(PROFILE, "with a role yet to be created", DONE.but(OWN.but(role=UNKNOWN).made(role=["task"]))),
    bad(PROFILE, "without a role", DONE.but(OWN.but(role=None)), ("profile", "has no role")),
    bad(PROFILE, "of a group", BARE, ("template", NONE)),
    bad(PROFILE, "none in a preview", NEW.but(NEW["template"].but(iamInstanceProfile=None)), ("template", NONE)),
    bad(PROFILE, "none of an instance", [single()], ("single", NONE)),
    bad(PROFILE, "none that an instance is to have", [single(iamInstanceProfile=UNKNOWN)], ("single", NONE)),
    bad(PROFILE, "none of its template", [single(**BY_TEMPLATE), TEMPLATE], ("single", NONE)),
    bad(PROFILE, "none of a launch configuration", [CONFIGURATION, OLD], ("old", NONE)),
    unknown(
        PROFILE,
        "user data not known",
        BARE.but(BARE["template"].but(userData=UNKNOWN)),
        "launch template template: userData",
    ),
]

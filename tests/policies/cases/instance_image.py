"""The machine image of container instances."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import JOINED, Program, shop

OPTIMIZED = "ecs-instances-optimized-ami"
SUPPORTED = "ecs-instances-ami-supported"
COMMON = "ecs-instances-common-architecture"
ARCHITECTURE = "ecs-instances-ami-architecture"

NEW = shop(deployed=False)
TEMPLATE = NEW["template"]
ECS = "resolve:ssm:/aws/service/ecs/optimized-ami/{}/recommended/image_id"
AL2023, AL2, LEGACY = ECS.format("amazon-linux-2023"), ECS.format("amazon-linux-2"), ECS.format("amazon-linux")
ARM = ECS.format("amazon-linux-2023/arm64")
BOTTLEROCKET = "resolve:ssm:/aws/service/bottlerocket/aws-ecs-2/arm64/latest/image_id"
WINDOWS = "resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-ECS_Optimized/image_id"
PLAIN = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
OWN, GOLDEN = "ami-0123456789abcdef0", "resolve:ssm:/golden/ami:3"
INSTANCE = Res("aws:ec2/instance:Instance", "single", {"userData": JOINED, "ami": PLAIN})


def image(written: str, **further: Any) -> Res:
    return TEMPLATE.but(imageId=written, **further)


def mixed(written: str, *overrides: dict[str, Any]) -> Program:
    specification = {"launchTemplateId": UNKNOWN, "version": "1"}
    policy = {"launchTemplate": {"launchTemplateSpecification": specification, "overrides": list(overrides)}}
    group = NEW["fleet"].but(mixedInstancesPolicy=policy, launchTemplate=None)
    group = group.made(mixedInstancesPolicy=["template"], launchTemplate=[])
    return NEW.but(image(written, instanceType="m7g.large"), group)


CASES = [
    good(
        COMMON,
        "one architecture",
        mixed("ami-0123456789abcdef0", {"instanceType": "m7i.large"}, {"instanceType": "m6a.large"}),
    ),
    good(COMMON, "the image says which", mixed(AL2023, {"instanceType": "m7i.large"}, {"instanceType": "m7g.large"})),
    good(COMMON, "types that are not known", mixed("ami-0123456789abcdef0", {"instanceType": "x9.huge"})),
    good(COMMON, "no container instances", [image("ami-0123456789abcdef0", userData="")]),
    bad(
        COMMON,
        "two",
        mixed("ami-0123456789abcdef0", {"instanceType": "m7i.large"}, {"instanceType": "m7g.large"}),
        ("fleet", "cannot be of the architecture of all of m7i.large, m7g.large"),
    ),
    bad(
        COMMON,
        "two, the image not known yet",
        mixed(UNKNOWN, {"instanceType": "m7i.large"}, {"instanceType": "m7g.large"}),
        ("fleet", "cannot be of the architecture of all of"),
    ),
    unknown(
        COMMON,
        "types not known",
        mixed("ami-0123456789abcdef0", {"instanceType": UNKNOWN}),
        "fleet: mixedInstancesPolicy",
    ),
    good(OPTIMIZED, "Amazon Linux", [image(AL2023)]),
    good(OPTIMIZED, "Bottlerocket", [image(BOTTLEROCKET)]),
    good(OPTIMIZED, "Windows", [image(WINDOWS)]),
    good(OPTIMIZED, "named by its id, which shows nothing", [image(OWN)]),
    good(OPTIMIZED, "named by its id, and no id is allowed", [image(OWN)], **{"allowedImages": ["/golden/*"]}),
    good(OPTIMIZED, "an id that is allowed", [image(OWN)], **{"allowedImages": ["ami-0fff*", OWN]}),
    good(OPTIMIZED, "a parameter of one's own that is allowed", [image(GOLDEN)], **{"allowedImages": ["/golden/ami"]}),
    good(OPTIMIZED, "no image", [image("")]),
    good(OPTIMIZED, "no image that there could be", [image("golden")], **{"allowedImages": ["ami-0fff*"]}),
    bad(OPTIMIZED, "a parameter of one's own", [image(GOLDEN)], ("template", "is the custom image /golden/ami, which")),
    bad(OPTIMIZED, "another id", [image(OWN)], ("template", f"custom image {OWN}"), **{"allowedImages": ["ami-0fff*"]}),
    good(OPTIMIZED, "no container instances", [image(PLAIN, userData="")]),
    good(OPTIMIZED, "allowed", [image(PLAIN)], **{"allowedImages": ["/aws/service/ami-amazon-linux-latest/*"]}),
    bad(OPTIMIZED, "plain Amazon Linux", [image(f"{PLAIN}:2")], ("template", "which holds no ECS-optimized AMI")),
    bad(OPTIMIZED, "a single instance", [INSTANCE], ("single", "ami is taken from /aws/service/ami-amazon-linux-")),
    good(OPTIMIZED, "image not known, no container instances", [image(UNKNOWN, userData="")]),
    unknown(OPTIMIZED, "image not known", [image(UNKNOWN)], "template: imageId"),
    good(SUPPORTED, "Amazon Linux 2023", [image(AL2023)]),
    good(SUPPORTED, "Bottlerocket", [image(BOTTLEROCKET)]),
    good(SUPPORTED, "named by its id, which shows nothing", [image("ami-0123456789abcdef0")]),
    good(SUPPORTED, "no container instances", [image(AL2, userData="")]),
    bad(SUPPORTED, "Amazon Linux 2", [image(AL2)], ("template", "which gets updates until 2026-06-30 only")),
    bad(SUPPORTED, "the first Amazon Linux", [image(LEGACY)], ("template", "which gets updates until 2023-12-31 only")),
    unknown(SUPPORTED, "image not known", [image(UNKNOWN)], "template: imageId"),
    good(ARCHITECTURE, "x86_64", NEW.but(image(AL2023, instanceType="m7i.large"))),
    good(ARCHITECTURE, "arm64", NEW.but(image(ARM, instanceType="m7g.large"))),
    good(ARCHITECTURE, "a type newer than the table", NEW.but(image(ARM, instanceType="m99i.large"))),
    good(ARCHITECTURE, "no type", NEW.but(image(ARM))),
    good(ARCHITECTURE, "no ECS-optimized AMI", NEW.but(image(PLAIN, instanceType="m7g.large"))),
    good(ARCHITECTURE, "no container instances", [image(ARM, instanceType="m7i.large", userData="")]),
    good(ARCHITECTURE, "types of the group instead", mixed(AL2023, {"instanceType": "m7i.large"})),
    good(
        ARCHITECTURE,
        "an image of their own",
        mixed(
            AL2023,
            {"instanceType": "m7i.large"},
            {"instanceType": "m7g.large", "launchTemplateSpecification": {"launchTemplateId": "lt-0ddd"}},
        ),
    ),
    bad(
        ARCHITECTURE,
        "the template's",
        NEW.but(image(AL2023, instanceType="m7g.large")),
        ("template", "imageId is x86_64, which m7g.large cannot run"),
    ),
    bad(
        ARCHITECTURE,
        "Bottlerocket",
        NEW.but(image(BOTTLEROCKET, instanceType="m7i.large")),
        ("template", "imageId is arm64, which m7i.large cannot run"),
    ),
    bad(
        ARCHITECTURE,
        "one of the group's",
        mixed(AL2023, {"instanceType": "m7i.large"}, {"instanceType": "m7g.large"}),
        ("fleet", "the AMI of launch template template is x86_64, which m7g.large cannot run"),
    ),
    unknown(ARCHITECTURE, "type not known", NEW.but(image(AL2023, instanceType=UNKNOWN)), "template: instanceType"),
    unknown(ARCHITECTURE, "image not known", NEW.but(image(UNKNOWN)), "template: imageId"),
]

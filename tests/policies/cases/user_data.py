"""What the user data of container instances has to say, and must not."""

import base64

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import shop, user_data

JOIN = "ecs-instances-join-cluster"
SECRETS = "ecs-instances-no-secrets-in-user-data"
ENCODED = "ecs-instances-user-data-encoded"
SCRIPT = "ecs-instances-user-data-script"

NEW, DONE = shop(deployed=False), shop(deployed=True)
TEMPLATE = NEW["template"]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


BOTTLEROCKET = encoded('[settings.ecs]\ncluster = "shop"\n')
PLAIN = "#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n"
WINDOWS = encoded("<powershell>\nInitialize-ECSAgent -Cluster 'other'\n</powershell>")
NOTHING = encoded("#!/bin/bash\n")

NAMED = "#!/bin/bash\nCLUSTER={}\necho ECS_CLUSTER=$CLUSTER >> /etc/ecs/ecs.config\n"
PYTHON = "#!/usr/bin/env python3\nopen('/etc/ecs/ecs.config', 'a').write('ECS_CLUSTER=shop')\n"

MESSAGE = 'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/{}\n\n{}\n--b--\n'
CLOUD_CONFIG = "#cloud-config\nbootcmd:\n  - echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n"
RUN = {
    "a script": encoded(PLAIN),
    "cloud-config": encoded(CLOUD_CONFIG),
    "cloud-config after a blank line": encoded(f"\n{CLOUD_CONFIG}"),
    "a boothook": encoded(PLAIN.replace("#!", "#cloud-boothook\n#!")),
    "a script in a message": encoded(MESSAGE.format("x-shellscript", PLAIN)),
    "cloud-config in a message, told by its type": encoded(MESSAGE.format("cloud-config", CLOUD_CONFIG[14:])),
    "Bottlerocket's settings": BOTTLEROCKET,
    "Windows": WINDOWS,
    "blanks before what says nothing to the agent": encoded("\n#!/bin/bash\nyum update -y\n"),
}
BLANKS = "the script of userData begins with blanks before #!"
NOT_RUN = [
    ("a blank line", encoded(f"\n{PLAIN}"), BLANKS),
    ("indented", encoded(f"    {PLAIN}"), BLANKS),
    ("a blank line in a message", encoded(MESSAGE.format("x-shellscript", f"\n{PLAIN}")), BLANKS),
    ("no #!", encoded(PLAIN.partition("\n")[2]), "begins with no #!"),
    ("no #! in a message", encoded(MESSAGE.format("x-shellscript", PLAIN.partition("\n")[2])), "begins with no #!"),
    ("cloud-config called a script", encoded(MESSAGE.format("x-shellscript", CLOUD_CONFIG)), "begins with no #!"),
]

CASES = [
    good(JOIN, "shop, previewed", NEW),
    good(JOIN, "shop, deployed", DONE),
    good(JOIN, "Bottlerocket", NEW.but(TEMPLATE.but(userData=BOTTLEROCKET))),
    good(JOIN, "made from the cluster", NEW.but(TEMPLATE.but(userData=UNKNOWN))),
    good(JOIN, "the default one", NEW.but(NEW["cluster"].but(name="default"), TEMPLATE.but(userData=NOTHING))),
    good(JOIN, "no capacity provider", NEW.without("capacity").but(TEMPLATE.but(userData=user_data("ECS_CLUSTER=x")))),
    good(JOIN, "a cluster of another program", NEW.without("cluster").but(TEMPLATE.but(userData=user_data("ECS_A=x")))),
    bad(
        JOIN,
        "another cluster",
        NEW.but(TEMPLATE.but(userData=user_data("ECS_CLUSTER=other"))),
        ("template", "names another cluster while its capacity provider belongs to cluster"),
    ),
    good(JOIN, "a variable of the script", NEW.but(TEMPLATE.but(userData=encoded(NAMED.format("shop"))))),
    bad(
        JOIN,
        "another one in a variable of the script",
        NEW.but(TEMPLATE.but(userData=encoded(NAMED.format("other")))),
        ("template", "names another cluster"),
    ),
    unknown(
        JOIN,
        "a script of another language",
        NEW.but(TEMPLATE.but(userData=encoded(PYTHON))),
        "template: userData",
    ),
    bad(
        JOIN,
        "none named",
        DONE.but(DONE["template"].but(userData=NOTHING)),
        ("template", "names no cluster, and so joins default"),
    ),
    unknown(
        JOIN,
        "user data from elsewhere",
        DONE.but(DONE["template"].but(userData=UNKNOWN).made(userData=[])),
        "template: userData",
    ),
    good(SECRETS, "nothing secret", [TEMPLATE]),
    good(SECRETS, "read on the instance", [TEMPLATE.but(userData=user_data("ECS_CLUSTER=a", "DB_PASSWORD=$(aws x)"))]),
    good(SECRETS, "no container instances", [TEMPLATE.but(userData=user_data("DB_PASSWORD=hunter22"))]),
    bad(
        SECRETS,
        "by name",
        [TEMPLATE.but(userData=user_data("ECS_CLUSTER=shop", "DB_PASSWORD=hunter22"))],
        ("template", "userData holds what looks like a secret"),
    ),
    bad(
        SECRETS,
        "by shape",
        [TEMPLATE.but(userData=user_data("ECS_CLUSTER=shop", "KEY=AKIA" + "IOSFODNN7EXAMPLE"))],
        ("template", "userData holds what looks like an AWS access key id"),
    ),
    bad(
        SECRETS,
        "handed to a command",
        [
            TEMPLATE.but(
                userData=encoded("#!/bin/bash\necho ECS_CLUSTER=a >> /etc/ecs/ecs.config\ncurl -u app:hunter2 h\n")
            )
        ],
        ("template", "userData holds what looks like a secret"),
    ),
    unknown(SECRETS, "user data not known", [TEMPLATE.but(userData=UNKNOWN)], "template: userData"),
    good(ENCODED, "base64", [TEMPLATE]),
    good(ENCODED, "none", [TEMPLATE.but(userData=None)]),
    good(ENCODED, "no container instances", [TEMPLATE.but(userData="#!/bin/bash\n")]),
    bad(ENCODED, "plain text", [TEMPLATE.but(userData=PLAIN)], ("template", "userData is plain text")),
    *(good(SCRIPT, what, [TEMPLATE.but(userData=text)]) for what, text in RUN.items()),
    good(SCRIPT, "none", [TEMPLATE.but(userData=None)]),
    *(bad(SCRIPT, what, [TEMPLATE.but(userData=text)], ("template", says)) for what, text, says in NOT_RUN),
    bad(
        SCRIPT,
        "a single instance",
        [Res("aws:ec2/instance:Instance", "single", {"userData": f"\n{PLAIN}"})],
        ("single", "begins with blanks"),
    ),
    unknown(SCRIPT, "user data not known", [TEMPLATE.but(userData=UNKNOWN)], "template: userData"),
    unknown(ENCODED, "user data not known", [TEMPLATE.but(userData=UNKNOWN)], "template: userData"),
    bad(
        JOIN,
        "another cluster, on Windows",
        NEW.but(TEMPLATE.but(userData=WINDOWS)),
        ("template", "names another cluster"),
    ),
]

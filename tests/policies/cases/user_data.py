"""What the user data of container instances has to say, and must not."""

import base64

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN
from tests.policies.programs import shop, user_data

JOIN = "ecs-instances-join-cluster"
SECRETS = "ecs-instances-no-secrets-in-user-data"
ENCODED = "ecs-instances-user-data-encoded"

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
    unknown(ENCODED, "user data not known", [TEMPLATE.but(userData=UNKNOWN)], "template: userData"),
    bad(
        JOIN,
        "another cluster, on Windows",
        NEW.but(TEMPLATE.but(userData=WINDOWS)),
        ("template", "names another cluster"),
    ),
]

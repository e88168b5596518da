"""The roles that a task definition must or should have."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import container, containers, shop

TASK, EXECUTION = "ecs-task-definition-task-role", "ecs-task-definition-execution-role"
SECRETS = "ecs-task-definition-secrets-execution-role"

NEW, DONE = shop(deployed=False), shop(deployed=True)
WEB = DONE["web"]
BARE = WEB.but(taskRoleArn=None, executionRoleArn=None)
FARGATE = BARE.but(requiresCompatibilities=["FARGATE"])
PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/key"


def bare(**settings: Any) -> Res:
    return BARE.but(containerDefinitions=containers(container() | settings))


ROTATED = [{"name": "KEY", "valueFrom": PARAMETER}]
CREDENTIALS = {"credentialsParameter": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hub"}
FILES = [{"type": "s3", "value": "arn:aws:s3:::shop/web.env"}]
LOGS = {"logDriver": "splunk", "secretOptions": [{"name": "splunk-token", "valueFrom": PARAMETER}]}

CASES = [
    *(good(rule, "shop, previewed", NEW) for rule in (TASK, EXECUTION, SECRETS)),
    *(good(rule, "Fargate", [FARGATE]) for rule in (TASK, EXECUTION)),
    *(good(rule, "allowed", [BARE], allowedFamilies=["web"]) for rule in (TASK, EXECUTION)),
    *(
        unknown(rule, "launch types", [BARE.but(requiresCompatibilities=[UNKNOWN])], "web: requiresCompatibilities")
        for rule in (TASK, EXECUTION)
    ),
    bad(TASK, "none", [BARE], ("web", "taskRoleArn is not set")),
    bad(TASK, "an empty one", [WEB.but(taskRoleArn="")], ("web", "taskRoleArn is not set")),
    bad(EXECUTION, "none", [BARE], ("web", "executionRoleArn is not set")),
    good(SECRETS, "with a role", [WEB.but(containerDefinitions=containers(container() | {"secrets": ROTATED}))]),
    good(SECRETS, "neither", [bare()]),
    good(SECRETS, "Fargate", [bare(secrets=ROTATED).but(requiresCompatibilities=["FARGATE"])]),
    bad(SECRETS, "secrets", [bare(secrets=ROTATED)], ("web", "container app has secrets, but executionRoleArn")),
    bad(SECRETS, "a log driver's", [bare(logConfiguration=LOGS)], ("web", "logConfiguration.secretOptions")),
    bad(SECRETS, "a registry's", [bare(repositoryCredentials=CREDENTIALS)], ("web", "repositoryCredentials")),
    bad(SECRETS, "files", [bare(environmentFiles=FILES)], ("web", "has environmentFiles, but executionRoleArn")),
    unknown(SECRETS, "containers", [BARE.but(containerDefinitions=UNKNOWN)], "web: containerDefinitions"),
]

"""What the execution role has to allow."""

import json
from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import Program, arn, container, containers, shop

RULE = "ecs-task-definition-execution-role-permissions"
NEW, DONE = shop(deployed=False), shop(deployed=True)
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf:password::"
PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/key"
ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/web:1"
TOKEN, GET, READ = "ecr:GetAuthorizationToken", "secretsmanager:GetSecretValue", "ssm:GetParameters"
MANAGED = "arn:aws:iam::aws:policy/{}"


def secrets(*sources: str) -> dict[str, Any]:
    return {"secrets": [{"name": f"KEY{number}", "valueFrom": source} for number, source in enumerate(sources)]}


def allowing(*actions: str) -> Res:
    policy = json.dumps({"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]})
    role = DONE["execution"].properties["name"]
    return Res("aws:iam/rolePolicy:RolePolicy", "reads", {"role": role, "policy": policy})


def attached(policy: str) -> Res:
    role = DONE["execution"].properties["name"]
    kind = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    return Res(kind, "attached", {"role": role, "policyArn": policy})


def task(settings: dict[str, Any], *further: Res, program: Program = DONE) -> Program:
    return program.but(program["web"].but(containerDefinitions=containers(container() | settings)), *further)


def denying(**further: Any) -> Res:
    policy = json.dumps({"Statement": {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*", **further}})
    role = DONE["execution"].properties["name"]
    return Res("aws:iam/rolePolicy:RolePolicy", "denies", {"role": role, "policy": policy})


FILES = {"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::shop/web.env"}]}
FILE_ACTIONS = ("s3:GetObject", "s3:GetBucketLocation")
LOGS = {"logConfiguration": {"logDriver": "splunk", "secretOptions": [{"name": "t", "valueFrom": "splunk-token"}]}}
HUB = {"repositoryCredentials": {"credentialsParameter": SECRET}}
PREVIEWED = allowing(GET).but(role=UNKNOWN).made(role=["execution"])

CASES = [
    good(RULE, "nothing needed", DONE),
    good(RULE, "an environment file", task(FILES, allowing(*FILE_ACTIONS))),
    bad(
        RULE,
        "an environment file, a part allowed",
        task(FILES, allowing("s3:GetObject")),
        ("execution", "does not allow s3:GetBucketLocation, which environmentFiles[0] of container app needs"),
    ),
    bad(RULE, "denied", task(secrets(SECRET), allowing(GET), denying()), ("execution", f"does not allow {GET}")),
    unknown(
        RULE,
        "denied in some cases",
        task(secrets(SECRET), allowing(GET), denying(Condition={"Bool": {"aws:SecureTransport": "false"}})),
        f"role execution: when it denies {GET}",
    ),
    good(RULE, "a secret", task(secrets(SECRET), allowing(GET))),
    good(RULE, "a secret, previewed", task(secrets(SECRET), PREVIEWED, program=NEW)),
    good(RULE, "a parameter by wildcard", task(secrets(PARAMETER), allowing("ssm:Get*"))),
    good(
        RULE,
        "an image, by the managed policy",
        task({"image": ECR}, attached(MANAGED.format("service-role/AmazonECSTaskExecutionRolePolicy"))),
    ),
    good(RULE, "an image, by a statement", task({"image": ECR}, allowing(TOKEN))),
    good(RULE, "another managed policy", task(secrets(SECRET), attached(MANAGED.format("SecretsManagerReadWrite")))),
    good(RULE, "a policy of another program", task(secrets(SECRET), attached(arn("iam", "policy/reads")))),
    good(RULE, "a role of another program", task(secrets(SECRET)).without("execution")),
    good(RULE, "Fargate", DONE.but(task(secrets(SECRET))["web"].but(requiresCompatibilities=["FARGATE"]))),
    bad(
        RULE,
        "a secret, nothing allowed",
        task(secrets(SECRET)),
        ("execution", f"{GET}, which secrets[0] of container app"),
    ),
    bad(
        RULE,
        "one of two kinds",
        task(secrets(SECRET, PARAMETER, PARAMETER), allowing(GET)),
        ("execution", f"does not allow {READ}, which secrets[1] of container app needs"),
    ),
    bad(
        RULE,
        "a log driver's",
        task(LOGS, allowing(GET)),
        ("execution", f"{READ}, which logConfiguration.secretOptions[0]"),
    ),
    bad(RULE, "a registry's", task(HUB, allowing(READ)), ("execution", f"{GET}, which repositoryCredentials")),
    bad(RULE, "an image", task({"image": ECR}), ("execution", f"{TOKEN}, which the image of container app")),
    bad(
        RULE,
        "the managed policy reads no secrets",
        task(secrets(SECRET), attached(MANAGED.format("service-role/AmazonECSTaskExecutionRolePolicy"))),
        ("execution", GET),
    ),
    unknown(RULE, "policy not known", task(secrets(SECRET), allowing().but(policy=UNKNOWN)), "reads: policy"),
    unknown(RULE, "attached policy not known", task(secrets(SECRET), attached(UNKNOWN)), "attached: policyArn"),
]

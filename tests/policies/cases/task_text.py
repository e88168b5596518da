"""Secrets in the text of a task definition, its logs and its images."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import container, containers, shop

SECRETS, LOGGING = "ecs-task-definition-no-secrets", "ecs-task-definition-logging"
OPTIONS, IMAGE = "ecs-task-definition-awslogs-options", "ecs-task-definition-image-pinned"
WEB = shop(deployed=True)["web"]
KEY = "AKIA" + "IOSFODNN7EXAMPLE"
GROUP, REGION = {"awslogs-group": "web"}, {"awslogs-region": "eu-central-1"}


def task(**settings: Any) -> list[Res]:
    return [WEB.but(containerDefinitions=containers(container() | settings))]


def fargate(**settings: Any) -> list[Res]:
    return [task(**settings)[0].but(requiresCompatibilities=["FARGATE"])]


def logs(driver: str, **options: Any) -> dict[str, Any]:
    return {"logConfiguration": {"logDriver": driver, "options": options}}


def variable(name: str, value: str) -> dict[str, Any]:
    return {"environment": [{"name": name, "value": value}]}


def check(*command: str) -> dict[str, Any]:
    return {"healthCheck": {"command": list(command)}}


HIDDEN = [WEB.but(containerDefinitions=UNKNOWN)]
CASES = [
    *(unknown(rule, "containers", HIDDEN, "web: containerDefinitions") for rule in (SECRETS, LOGGING, OPTIONS, IMAGE)),
    good(SECRETS, "plain values", task(**variable("STAGE", "prod"), command=["run"], dockerLabels={"team": "web"})),
    good(SECRETS, "where a secret is", task(**variable("DB_PASSWORD", "/prod/db"))),
    good(SECRETS, "Fargate", fargate(command=[KEY])),
    bad(
        SECRETS,
        "by name",
        task(**variable("DB_PASSWORD", "hunter2")),
        ("web", "environment variable DB_PASSWORD holds what looks"),
    ),
    bad(SECRETS, "by shape", task(**variable("ID", KEY)), ("web", "looks like an AWS access key id")),
    bad(SECRETS, "command", task(command=["run", KEY]), ("web", "container app: command[1] holds")),
    bad(SECRETS, "entry point", task(entryPoint=[KEY]), ("web", "container app: entryPoint[0] holds")),
    bad(SECRETS, "label", task(dockerLabels={"API_TOKEN": "hunter2"}), ("web", "app: label API_TOKEN holds")),
    good(
        SECRETS, "a name for each secret", task(command=["run", "--password", "$(DB_PASSWORD)", "--token-ttl", "3600"])
    ),
    good(SECRETS, "a log option", task(**logs("awslogs", **GROUP, **REGION))),
    bad(
        SECRETS,
        "by what a value says",
        task(**variable("DSN", "user=app password=hunter2")),
        ("web", "environment variable DSN holds"),
    ),
    bad(SECRETS, "an option", task(command=["run", "--db-password=hunter2"]), ("web", "command[1] holds")),
    bad(SECRETS, "the word after", task(command=["run", "--api-key", "hunter2"]), ("web", "app: command holds")),
    bad(
        SECRETS, "a shell's words", task(entryPoint=["sh", "-c", "run --token hunter2"]), ("web", "entryPoint[2] holds")
    ),
    bad(SECRETS, "health check", task(**check("CMD", "curl", "-u", "app:hunter2")), ("web", "app: healthCheck holds")),
    bad(
        SECRETS,
        "log option",
        task(**logs("splunk", **{"splunk-token": "hunter2"})),
        ("web", "app: log option splunk-token holds"),
    ),
    good(LOGGING, "awslogs", task(**logs("awslogs", **GROUP, **REGION))),
    good(LOGGING, "Fargate", fargate()),
    bad(LOGGING, "nothing", task(), ("web", "container app has no logConfiguration")),
    *(bad(LOGGING, name, task(**logs(name)), ("web", f"log driver {name}")) for name in ("none", "json-file")),
    good(OPTIONS, "both", task(**logs("awslogs", **GROUP, **REGION))),
    good(OPTIONS, "another driver", task(**logs("syslog"))),
    good(OPTIONS, "Fargate", fargate(**logs("awslogs"))),
    bad(OPTIONS, "no region", task(**logs("awslogs", **GROUP)), ("web", "awslogs without awslogs-region")),
    bad(OPTIONS, "neither", task(**logs("awslogs")), ("web", "without awslogs-group and awslogs-region")),
    good(IMAGE, "a tag", task(image="registry.test:5000/shop/web:1.2")),
    good(IMAGE, "a digest", task(image="web@sha256:" + "0" * 64), **{"requireDigest": 1}),
    good(IMAGE, "Fargate", fargate(image="nginx")),
    bad(
        IMAGE, "no tag", task(image="registry.test:5000/shop/web"), ("web", "container app has an image without a tag")
    ),
    bad(IMAGE, "latest", task(image="nginx:latest"), ("web", "or with the tag latest")),
    bad(IMAGE, "no digest", task(image="nginx:1.27"), ("web", "without a digest"), **{"requireDigest": 1}),
]

"""Where containers log to: what is written, and what cannot work."""

from typing import Any

import pytest

from ecs_model.container_definitions import definitions
from ecs_model.container_rules import problems
from ecs_model.containers import Container, PortMapping
from ecs_model.environment_rules import key_problems
from ecs_model.log_definitions import Awslogs
from ecs_model.log_options import FirelensConfiguration, FirelensType, LogConfiguration, LogDriver
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import dotted

BRIDGE = NetworkMode.BRIDGE
FIRELENS, AWSLOGS, FLUENTD = LogDriver.AWSFIRELENS, LogDriver.AWSLOGS, LogDriver.FLUENTD
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:splunk-AbCdEf"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1a2b3c4d"
EXTRA = "arn:aws:s3:::settings/extra.conf"


def c(**more: Any) -> Container:
    given: dict[str, Any] = {"image": "i", "memory": 64}
    return Container(**(given | more))


def logging(driver: LogDriver, options: dict[str, str] | None = None, **more: Any) -> Container:
    return c(log_configuration=LogConfiguration(driver, options or {}, **more))


def router(**more: Any) -> Container:
    return c(firelens_configuration=FirelensConfiguration(**more))


def written(container: Container) -> dict[str, Any]:
    (made,) = definitions({"a": container}, BRIDGE, Awslogs("group", "eu-central-1", "web"), "eu-central-1")
    return made


OURS = {
    "awslogs-group": "group",
    "awslogs-region": "eu-central-1",
    "awslogs-stream-prefix": "web",
    "mode": "non-blocking",
    "max-buffer-size": "25m",
}


def test_logs_go_to_the_tasks_own_group_unless_the_container_says_otherwise() -> None:
    assert written(c())["logConfiguration"] == {"logDriver": "awslogs", "options": OURS}
    more = {"awslogs-multiline-pattern": "^INFO", "max-buffer-size": "4m"}
    assert written(logging(AWSLOGS, more))["logConfiguration"]["options"] == OURS | more
    assert "firelensConfiguration" not in written(c())


def test_another_driver_has_its_own_options_alone() -> None:
    made = written(logging(FLUENTD, {"fluentd-address": "10.0.0.7:24224"}, secret_options={"z": SECRET, "a": SECRET}))
    assert made["logConfiguration"] == {
        "logDriver": "fluentd",
        "options": {"fluentd-address": "10.0.0.7:24224"},
        "secretOptions": [{"name": "a", "valueFrom": SECRET}, {"name": "z", "valueFrom": SECRET}],
    }


@pytest.mark.parametrize(
    ("given", "type_", "options"),
    [
        (router(), "fluentbit", {"enable-ecs-log-metadata": "true"}),
        (router(type=FirelensType.FLUENTD, enable_ecs_log_metadata=False), "fluentd",
         {"enable-ecs-log-metadata": "false"}),
        (router(config_file="/extra.conf"), "fluentbit",
         {"enable-ecs-log-metadata": "true", "config-file-type": "file", "config-file-value": "/extra.conf"}),
        (router(config_file=EXTRA), "fluentbit",
         {"enable-ecs-log-metadata": "true", "config-file-type": "s3", "config-file-value": EXTRA}),
    ],
)  # fmt: skip
def test_a_log_router(given: Container, type_: str, options: dict[str, str]) -> None:
    assert written(given)["firelensConfiguration"] == {"type": type_, "options": options}
    assert written(given)["logConfiguration"]["logDriver"] == "awslogs"


def test_what_works() -> None:
    containers = {
        "app": logging(FIRELENS, {"Name": "cloudwatch"}, secret_options={"apikey": SECRET}),
        "router": router(config_file=EXTRA),
        "side": logging(LogDriver.JSON_FILE, {"max-size": "10m"}),
    }
    assert list(problems(containers, BRIDGE)) == []
    assert list(key_problems([KEY], {"app": containers["app"]})) == []
    assert list(key_problems([KEY], {"router": containers["router"]})) == []
    assert [dotted(p.path) for p in key_problems([KEY], {"router": router(config_file="/e")})] == ["kmsKeys"]


APP = logging(FIRELENS)


@pytest.mark.parametrize(
    ("containers", "path", "says"),
    [
        ({"a": APP}, "containers.a.logConfiguration.logDriver", "needs a container with firelensConfiguration"),
        ({"a": APP, "b": router(), "c": router()}, "containers.c.firelensConfiguration", "is that of b, too"),
        ({"a": c(), "b": router()}, "containers.b.firelensConfiguration", "routes nothing: give other containers"),
        ({"a": APP, "b": c(firelens_configuration=FirelensConfiguration(), log_configuration=APP.log_configuration)},
         "containers.b.logConfiguration.logDriver", "is not for the log router itself"),
        ({"a": APP, "b": c(firelens_configuration=FirelensConfiguration(), port_mappings=[PortMapping(24224)])},
         "containers.b.portMappings[0]", "24224 is where the log router listens"),
        ({"a": APP, "b": router(config_file="extra.conf")}, "containers.b.firelensConfiguration.configFile",
         "'extra.conf' is neither an absolute path nor an object in S3"),
        ({"a": logging(AWSLOGS, {"awslogs-group": "mine"})}, "containers.a.logConfiguration.options.awslogs-group",
         "is set by the task, which has a log group of its own"),
        ({"a": logging(FLUENTD, secret_options={"k": "hunter2"})}, "containers.a.logConfiguration.secretOptions.k",
         "is not the ARN of a Secrets Manager secret"),
        ({"a": logging(FLUENTD, {"k": "1"}, secret_options={"k": SECRET})},
         "containers.a.logConfiguration.secretOptions.k", "is set in options as well"),
    ],
)  # fmt: skip
def test_what_cannot_work(containers: dict[str, Container], path: str, says: str) -> None:
    (problem,) = problems(containers, BRIDGE)
    assert dotted(problem.path) == path
    assert says in problem.message
    assert "hunter2" not in problem.message

"""What cannot work in where containers log to."""

from collections.abc import Iterator, Mapping

from ecs_model.containers import Container
from ecs_model.log_options import LogConfiguration, LogDriver
from ecs_model.problem import Problem, under
from ecs_model.references import object_bucket, secret_problem

ROUTER_PORT = 24224
OURS = ("awslogs-group", "awslogs-region", "awslogs-stream-prefix", "awslogs-create-group")
"""The options of awslogs that the task's own log group decides."""


def log_problems(containers: Mapping[str, Container]) -> Iterator[Problem]:
    """Everything wrong with the logs of one task's containers."""
    routers = [name for name, container in containers.items() if container.firelens_configuration is not None]
    for name in routers[1:]:
        yield Problem(
            ("containers", name, "firelensConfiguration"),
            f"is that of {routers[0]}, too, and a task has one log router: keep one",
        )
    for name, container in containers.items():
        if container.log_configuration is not None:
            yield from under(
                _configuration_problems(container.log_configuration, routers, name),
                "containers", name, "logConfiguration",
            )  # fmt: skip
    if routers and not any(_uses_router(container) for container in containers.values()):
        yield Problem(
            ("containers", routers[0], "firelensConfiguration"),
            "routes nothing: give other containers logConfiguration.logDriver awsfirelens, or leave it out",
        )
    for name in routers:
        yield from under(_router_problems(containers[name]), "containers", name)


def _uses_router(container: Container) -> bool:
    return container.log_configuration is not None and container.log_configuration.log_driver is LogDriver.AWSFIRELENS


def _configuration_problems(logs: LogConfiguration, routers: list[str], name: str) -> Iterator[Problem]:
    if logs.log_driver is LogDriver.AWSFIRELENS and name in routers:
        yield Problem(("logDriver",), "awsfirelens is not for the log router itself: leave it out")
    elif logs.log_driver is LogDriver.AWSFIRELENS and not routers:
        yield Problem(("logDriver",), "awsfirelens needs a container with firelensConfiguration in the task: add one")
    for key in logs.options:
        if logs.log_driver is LogDriver.AWSLOGS and key in OURS:
            yield Problem(("options", key), "is set by the task, which has a log group of its own: leave it out")
    for key, arn in logs.secret_options.items():
        if reason := secret_problem(arn):
            yield Problem(("secretOptions", key), reason)
        if key in logs.options:
            yield Problem(("secretOptions", key), "is set in options as well: keep one of the two")


def _router_problems(router: Container) -> Iterator[Problem]:
    for position, port in enumerate(router.port_mappings):
        if ROUTER_PORT in port.listens:
            yield Problem(
                ("portMappings", position),
                f"{ROUTER_PORT} is where the log router listens, to its own task only: leave it out",
            )
    file = router.firelens_configuration.config_file if router.firelens_configuration else None
    if file is not None and not file.startswith("/") and object_bucket(file) is None:
        yield Problem(
            ("firelensConfiguration", "configFile"),
            f"{file!r} is neither an absolute path nor an object in S3, such as arn:aws:s3:::settings/extra.conf",
        )

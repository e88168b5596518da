"""Where a container's output goes.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html
"""

from dataclasses import dataclass, field
from enum import StrEnum


class LogDriver(StrEnum):
    """The log drivers that the agent offers on every instance of the ECS-optimized AMI."""

    AWSLOGS = "awslogs"
    """To the task's log group in CloudWatch Logs, without ever stopping the container."""
    AWSFIRELENS = "awsfirelens"
    """To the container of the task that has a `firelens_configuration`, which passes it on."""
    FLUENTD = "fluentd"
    """To a Fluentd or Fluent Bit that the options name."""
    SYSLOG = "syslog"
    """To a syslog that the options name, else the instance's."""
    JSON_FILE = "json-file"
    """To a file of the instance, which is lost with it."""


@dataclass(frozen=True)
class LogConfiguration:
    """How one container logs, in place of awslogs with nothing but the task's log group."""

    log_driver: LogDriver = LogDriver.AWSLOGS
    """awslogs, awsfirelens, fluentd, syslog or json-file."""
    options: dict[str, str] = field(default_factory=dict)
    """The driver's options; beside those of ours for awslogs, such as `awslogs-multiline-pattern`, and for awsfirelens
    those of the output of Fluent Bit or Fluentd."""
    secret_options: dict[str, str] = field(default_factory=dict)
    """Options whose values are secrets, by the ARN of a Secrets Manager secret or an SSM parameter."""


class FirelensType(StrEnum):
    """The log router in a container's image."""

    FLUENTBIT = "fluentbit"
    FLUENTD = "fluentd"


@dataclass(frozen=True)
class FirelensConfiguration:
    """Makes a container the log router of its task.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html
    """

    type: FirelensType = FirelensType.FLUENTBIT
    """fluentbit or fluentd, as the image has it."""
    enable_ecs_log_metadata: bool = True
    """Add cluster, task and container to each record."""
    config_file: str | None = None
    """More configuration of the router: an absolute path in its image, or the ARN of an object in S3
    (`arn:aws:s3:::settings/extra.conf`), which the execution role may then read."""

"""The ECS agent's settings, and the variables of /etc/ecs/ecs.config that they mean.

https://github.com/aws/amazon-ecs-agent/blob/master/README.md#environment-variables
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ecs_model import agent_rules
from ecs_model.agent_variables import (
    BLOCK_IMDS,
    CLUSTER,
    PORT_RANGE,
    RESERVED_MEMORY,
    SPOT_DRAINING,
    Variable,
)
from ecs_model.ports import EPHEMERAL, RESERVED_TCP, PortRange
from ecs_model.problem import Problem

LOG_DRIVERS = ("json-file", "syslog", "awslogs", "fluentd", "none")
"""What the agent of the ECS-optimized Amazon Linux offers (amazon-ecs-agent, `ecs-init/docker`)."""


class ImagePullBehavior(StrEnum):
    """When the agent pulls an image although the host may have it cached (`ECS_IMAGE_PULL_BEHAVIOR`)."""

    DEFAULT = "default"
    """Pull; use the cached image where the pull fails."""
    ALWAYS = "always"
    """Pull; the task fails where the pull fails."""
    ONCE = "once"
    """Pull only what no earlier task on the instance has pulled."""
    PREFER_CACHED = "prefer-cached"
    """Use the cached image if there is one; automated image clean-up is off then."""


class LogLevel(StrEnum):
    """How much the agent logs of itself."""

    CRIT = "crit"
    ERROR = "error"
    WARN = "warn"
    INFO = "info"
    DEBUG = "debug"


@dataclass(frozen=True)
class ImageCleanup:
    """How the agent deletes images that no container uses any more."""

    enabled: bool = True
    """false keeps every image until the disk is full."""
    interval: str = "30m"
    """Time between two rounds, at least 10m."""
    minimum_age: str = "1h"
    """How long ago an image was pulled, at least, when it goes."""
    images_per_round: int = 5
    """The largest number of images that a round deletes."""


@dataclass(frozen=True)
class RequestLimit:
    """How many requests a second the task metadata endpoint answers on one instance; further ones are throttled."""

    steady: int = 40
    """The number of requests a second in the long run."""
    burst: int = 60
    """The number of requests at once."""


@dataclass(frozen=True)
class AgentSettings:
    """What a person chooses of the agent's settings, by its meaning; what is absent stays as the AMI has it."""

    dynamic_host_port_range: str = str(EPHEMERAL)
    """Host ports for hostPort 0, as `FIRST-LAST`; the load balancer's ingress rule opens exactly this range."""
    reserved_memory: int = 0
    """MiB kept from tasks for everything else on the instance."""
    reserved_ports: list[int] = field(default_factory=list)
    """TCP ports kept from tasks with fixed host ports, added to the agent's own (ssh, Docker, the agent); to be outside
    of the dynamic range, from which the agent takes any that is free."""
    image_pull_behavior: ImagePullBehavior = ImagePullBehavior.DEFAULT
    """Whether a deployment may use the images the instance has cached."""
    block_instance_metadata: bool = True
    """Keep awsvpc tasks away from the instance metadata service, and so from the instance role."""
    variables: dict[str, str] = field(default_factory=dict)
    """Any further agent variable by its name, such as `ECS_POLL_METRICS: "true"`."""
    reserved_udp_ports: list[int] = field(default_factory=list)
    """UDP ports kept from tasks."""
    image_cleanup: ImageCleanup | None = None
    """When unused images are deleted; with prefer-cached never."""
    task_cleanup_wait: str | None = None
    """How long a stopped task's containers, and with them their logs and layers, stay (3h), such as `30m`."""
    stop_timeout: str | None = None
    """How long a container has to end before it is killed (30s), unless it has a stopTimeout of its own."""
    start_timeout: str | None = None
    """How long a container may take to start (3m), unless it has a startTimeout of its own; at least 45s."""
    container_metadata_file: bool = False
    """Give each container a file that describes it (`$ECS_CONTAINER_METADATA_FILE`)."""
    task_metadata_limit: RequestLimit | None = None
    """How often the tasks of an instance may ask the task metadata endpoint, and so for their role's credentials."""
    log_drivers: list[str] = field(default_factory=list)
    """Docker's log drivers that containers may use here, added to json-file, syslog, awslogs, fluentd and none."""
    allow_privileged: bool | None = None
    """Whether privileged containers may run: Amazon Linux lets them, Bottlerocket does not."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Attributes of the container instances, for placement constraints and strategies."""
    log_level: LogLevel | None = None
    """How much the agent logs: crit, error, warn, info or debug."""

    @property
    def ports(self) -> PortRange:
        """The range as a value. Raises ValueError where it is not one."""
        return PortRange.parse(self.dynamic_host_port_range)

    def problems(self) -> Iterator[Problem]:
        """What the agent would ignore or refuse."""
        return agent_rules.problems(self)

    def warnings(self) -> Iterator[Problem]:
        """What the agent takes otherwise than it looks."""
        return agent_rules.warnings(self)


def config(
    cluster: str, settings: AgentSettings, *, spot: bool = False, gpu: bool = False, warm_pool: bool = False
) -> dict[str, str]:
    """The variables of /etc/ecs/ecs.config for instances that join `cluster`.

    `spot`: they are reclaimed with a notice; `gpu`: tasks use their GPUs; `warm_pool`: they wait in one at first.
    """
    variables = {CLUSTER: cluster, PORT_RANGE: str(settings.ports)}
    variables[BLOCK_IMDS] = json.dumps(settings.block_instance_metadata)
    variables[Variable.IMAGE_PULL_BEHAVIOR] = settings.image_pull_behavior.value
    if settings.reserved_memory:
        variables[RESERVED_MEMORY] = str(settings.reserved_memory)
    if settings.reserved_ports:
        # The variable replaces the agent's own list, so that list is repeated.
        variables[Variable.RESERVED_PORTS] = json.dumps(sorted(RESERVED_TCP.union(settings.reserved_ports)))
    if settings.reserved_udp_ports:
        variables[Variable.RESERVED_UDP_PORTS] = json.dumps(sorted(set(settings.reserved_udp_ports)))
    if settings.log_drivers:
        # So does this one.
        variables[Variable.LOG_DRIVERS] = json.dumps([*dict.fromkeys([*LOG_DRIVERS, *settings.log_drivers])])
    switches = {SPOT_DRAINING: spot, Variable.GPU_SUPPORT: gpu, Variable.WARM_POOLS_CHECK: warm_pool,
                Variable.CONTAINER_METADATA: settings.container_metadata_file}  # fmt: skip
    variables |= {str(name): "true" for name, on in switches.items() if on}
    return variables | _optional(settings) | settings.variables


def _optional(settings: AgentSettings) -> dict[str, str]:
    """The variables of what a person may leave to the agent."""
    values: dict[str, str | None] = {
        Variable.TASK_CLEANUP_WAIT: settings.task_cleanup_wait,
        Variable.STOP_TIMEOUT: settings.stop_timeout,
        Variable.START_TIMEOUT: settings.start_timeout,
        Variable.LOG_LEVEL: settings.log_level,
    }
    limit, cleanup = settings.task_metadata_limit, settings.image_cleanup
    if limit:
        values[Variable.TASK_METADATA_LIMIT] = f"{limit.steady},{limit.burst}"
    if settings.allow_privileged is not None:
        values[Variable.DISABLE_PRIVILEGED] = json.dumps(not settings.allow_privileged)
    if settings.attributes:
        values[Variable.ATTRIBUTES] = json.dumps(dict(sorted(settings.attributes.items())))
    if cleanup and not cleanup.enabled:
        values[Variable.DISABLE_IMAGE_CLEANUP] = "true"
    elif cleanup:
        values[Variable.IMAGE_CLEANUP_INTERVAL] = cleanup.interval
        values[Variable.IMAGE_CLEANUP_AGE] = cleanup.minimum_age
        values[Variable.IMAGES_PER_CLEANUP] = str(cleanup.images_per_round)
    return {str(name): str(value) for name, value in values.items() if value is not None}

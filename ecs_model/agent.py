"""The ECS agent's settings: written to /etc/ecs/ecs.config by user data, and read back from it.

https://github.com/aws/amazon-ecs-agent/blob/master/README.md#environment-variables
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ecs_model.ports import AGENT_TCP, EPHEMERAL, HIGHEST, KERNEL, LOWEST, RESERVED_TCP, PortRange
from ecs_model.problem import Problem

CONFIG_FILE = "/etc/ecs/ecs.config"
CLUSTER = "ECS_CLUSTER"
PORT_RANGE = "ECS_DYNAMIC_HOST_PORT_RANGE"
RESERVED_MEMORY = "ECS_RESERVED_MEMORY"
SPOT_DRAINING = "ECS_ENABLE_SPOT_INSTANCE_DRAINING"
BLOCK_IMDS = "ECS_AWSVPC_BLOCK_IMDS"
ATTRIBUTES = "ECS_INSTANCE_ATTRIBUTES"
"""Custom attributes of the instance, as a JSON object of texts."""
EXTERNAL = "ECS_EXTERNAL"
"""Set on machines of ECS Anywhere."""

_OURS = {CLUSTER: "the cluster's name", PORT_RANGE: "dynamicHostPortRange", RESERVED_MEMORY: "reservedMemory",
         "ECS_RESERVED_PORTS": "reservedPorts", "ECS_IMAGE_PULL_BEHAVIOR": "imagePullBehavior",
         BLOCK_IMDS: "blockInstanceMetadata",
         SPOT_DRAINING: "the capacity's purchase option"}  # fmt: skip


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


@dataclass(frozen=True)
class AgentSettings:
    """What a person chooses of the agent's settings, by its meaning."""

    dynamic_host_port_range: str = str(EPHEMERAL)
    """Host ports for hostPort 0, as `FIRST-LAST`; the load balancer's ingress rule opens exactly this range."""
    reserved_memory: int = 0
    """MiB kept from tasks for everything else on the instance."""
    reserved_ports: list[int] = field(default_factory=list)
    """TCP ports kept from tasks, added to the agent's own (ssh, Docker, the agent)."""
    image_pull_behavior: ImagePullBehavior = ImagePullBehavior.DEFAULT
    """Whether a deployment may use the images the instance has cached."""
    block_instance_metadata: bool = True
    """Keep awsvpc tasks away from the instance metadata service, and so from the instance role."""
    variables: dict[str, str] = field(default_factory=dict)
    """Any further agent variable by its name, such as `ECS_CONTAINER_STOP_TIMEOUT: 60s`."""

    @property
    def ports(self) -> PortRange:
        """The range as a value. Raises ValueError where it is not one."""
        return PortRange.parse(self.dynamic_host_port_range)

    def problems(self) -> Iterator[Problem]:
        """What the agent would ignore or refuse."""
        yield from self._port_problems()
        if self.reserved_memory < 0:
            yield Problem(("reservedMemory",), f"{self.reserved_memory} MiB is negative: give 0 or more")
        for name, value in self.variables.items():
            yield from _variable_problems(name, value)

    def _port_problems(self) -> Iterator[Problem]:
        try:
            ports = self.ports
        except ValueError as error:
            yield Problem(("dynamicHostPortRange",), str(error))
        else:
            taken = sorted(port for port in RESERVED_TCP - AGENT_TCP if port in ports)
            if taken:
                yield Problem(
                    ("dynamicHostPortRange",),
                    f"{ports} holds {', '.join(map(str, taken))} (ssh, Docker), which load balancers would then reach: "
                    f"begin above {max(RESERVED_TCP - AGENT_TCP)}",
                )
        for position, port in enumerate(self.reserved_ports):
            if not LOWEST <= port <= HIGHEST:
                yield Problem(("reservedPorts", position), f"{port} is not a port: give {LOWEST}-{HIGHEST}")


def _variable_problems(name: str, value: str) -> Iterator[Problem]:
    if name in _OURS:
        yield Problem(("variables", name), f"is written by this package: set {_OURS[name]} instead")
    elif not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
        yield Problem(("variables", name), f"{name!r} is not an agent variable's name: use capitals, digits and _")
    if "\n" in value or "\r" in value:
        yield Problem(("variables", name), "spans several lines, and ecs.config has one line a variable: join them")


def config(cluster: str, settings: AgentSettings, *, spot: bool = False) -> dict[str, str]:
    """The variables of /etc/ecs/ecs.config for instances that join `cluster`."""
    variables = {CLUSTER: cluster, PORT_RANGE: str(settings.ports)}
    variables[BLOCK_IMDS] = json.dumps(settings.block_instance_metadata)
    variables["ECS_IMAGE_PULL_BEHAVIOR"] = settings.image_pull_behavior.value
    if settings.reserved_memory:
        variables[RESERVED_MEMORY] = str(settings.reserved_memory)
    if settings.reserved_ports:
        # The variable replaces the agent's own list, so that list is repeated.
        variables["ECS_RESERVED_PORTS"] = json.dumps(sorted(RESERVED_TCP.union(settings.reserved_ports)))
    if spot:
        variables[SPOT_DRAINING] = "true"
    return variables | settings.variables


def render(variables: Mapping[str, str]) -> str:
    """ecs.config's text: one `NAME=value` a line."""
    return "".join(f"{name}={value}\n" for name, value in variables.items())


def parse(text: str) -> dict[str, str]:
    """ecs.config as the agent reads it: lines trimmed, split at the first `=`, the last one wins, quotes are kept."""
    pairs = (line.strip().partition("=") for line in text.split("\n") if not line.strip().startswith("#"))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def dynamic_ports(variables: Mapping[str, str]) -> PortRange:
    """The range the agent takes host ports from; without a range it can read, the kernel's."""
    try:
        return PortRange.parse(variables.get(PORT_RANGE, ""))
    except ValueError:
        return KERNEL


def drains_spot(variables: Mapping[str, str]) -> bool:
    """Whether the agent drains its instance when Spot takes it back."""
    return _is_true(variables, SPOT_DRAINING)


def blocks_metadata(variables: Mapping[str, str]) -> bool:
    """Whether the agent keeps awsvpc tasks away from the instance metadata service."""
    return _is_true(variables, BLOCK_IMDS)


def takes_the_instance_role(variables: Mapping[str, str]) -> bool:
    """Whether the agent calls ECS with its instance's role: it has no keys of its own, and is not on ECS Anywhere."""
    return "AWS_ACCESS_KEY_ID" not in variables and not _is_true(variables, EXTERNAL)


def _is_true(variables: Mapping[str, str], name: str) -> bool:
    """The agent reads a value as Go's strconv.ParseBool does."""
    return variables.get(name) in ("1", "t", "T", "true", "TRUE", "True")


def reserved_memory(variables: Mapping[str, str]) -> int | None:
    """MiB that the agent keeps from tasks, none where it cannot read the number; None where a shell computes it.

    The agent takes a whole number of 16 bits (`parseEnvVariableUint16` in its config).
    """
    written = variables.get(RESERVED_MEMORY, "")
    if re.search("[$`]", written):
        return None
    return int(written) if re.fullmatch("[0-9]{1,9}", written) and int(written) < 1 << 16 else 0

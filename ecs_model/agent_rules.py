"""What the ECS agent would ignore or refuse in its settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ecs_model.agent_variables import CLUSTER, OTHERS, WRITTEN_FROM
from ecs_model.durations import duration_problem
from ecs_model.ports import AGENT_TCP, HIGHEST, LOWEST, RESERVED_TCP
from ecs_model.problem import Problem, out_of_range, under

if TYPE_CHECKING:
    from ecs_model.agent import AgentSettings, ImageCleanup

MOST_RESERVED = 100
"""https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html"""
_ALIKE = 0.85
"""From which likeness on a name is taken for another misspelt."""
_KNOWN_DRIVERS = frozenset(
    {"awslogs", "fluentd", "gelf", "journald", "json-file", "logentries", "none", "splunk", "syslog"}
)
"""https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html"""


def problems(settings: AgentSettings) -> Iterator[Problem]:
    """Everything wrong with an agent's settings, each by itself and together."""
    yield from _port_problems(settings)
    yield from _reserved_problems(settings)
    yield from _duration_problems(settings)
    cleanup = settings.image_cleanup
    if cleanup and settings.image_pull_behavior.value == "prefer-cached":
        yield Problem(("imageCleanup",), "excludes imagePullBehavior prefer-cached, which never deletes an image")
    elif cleanup:
        yield from under(_cleanup_problems(cleanup), "imageCleanup")
    limit = settings.task_metadata_limit
    if limit and not 1 <= limit.steady <= limit.burst:
        yield Problem(
            ("taskMetadataLimit",),
            f"steady {limit.steady} and burst {limit.burst} are no limits: give 1 or more, and burst at least steady",
        )
    for position, driver in enumerate(settings.log_drivers):
        if driver not in _KNOWN_DRIVERS:
            known = ", ".join(sorted(_KNOWN_DRIVERS))
            yield Problem(("logDrivers", position), f"{driver!r} is no log driver of Docker's: give one of {known}")
    for name, value in settings.attributes.items():
        yield from _attribute_problems(name, value)
    for name, value in settings.variables.items():
        yield from _variable_problems(name, value)


def warnings(settings: AgentSettings) -> Iterator[Problem]:
    """What the agent takes, and what probably is not meant."""
    for name in sorted(settings.variables.keys() - OTHERS):
        # Only here, for most programs have none.
        import difflib

        for close in difflib.get_close_matches(name, [*OTHERS, *WRITTEN_FROM], 1, _ALIKE):
            yield Problem(("variables", name), f"is no variable that the agent's README knows: is {close} meant?")
    for position, port in enumerate(settings.reserved_ports):
        if port in settings.ports and port not in AGENT_TCP:
            yield Problem(
                ("reservedPorts", position),
                f"{port} lies in the range {settings.ports} of dynamic host ports, of which the agent gives any that "
                "nothing listens at to tasks: it is kept from fixed host ports alone. Use one outside of it, or a "
                "narrower dynamicHostPortRange",
            )


def _port_problems(settings: AgentSettings) -> Iterator[Problem]:
    try:
        ports = settings.ports
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


def _reserved_problems(settings: AgentSettings) -> Iterator[Problem]:
    if settings.reserved_memory < 0:
        yield Problem(("reservedMemory",), f"{settings.reserved_memory} MiB is negative: give 0 or more")
    elif settings.reserved_memory >= 1 << 16:
        yield Problem(
            ("reservedMemory",),
            f"{settings.reserved_memory} MiB are more than the agent can read: give at most {(1 << 16) - 1}",
        )
    for key, ports in (("reservedPorts", settings.reserved_ports), ("reservedUdpPorts", settings.reserved_udp_ports)):
        for position, port in enumerate(ports):
            if not LOWEST <= port <= HIGHEST:
                yield Problem((key, position), f"{port} is not a port: give {LOWEST}-{HIGHEST}")
    reserved = len(RESERVED_TCP.union(settings.reserved_ports)) + len(set(settings.reserved_udp_ports))
    if reserved > MOST_RESERVED:
        yield Problem(
            ("reservedPorts",),
            f"makes {reserved} reserved ports with the agent's own, at most {MOST_RESERVED} are possible: drop some",
        )


def _duration_problems(settings: AgentSettings) -> Iterator[Problem]:
    limits = {
        "taskCleanupWait": (settings.task_cleanup_wait, "1s"),
        "stopTimeout": (settings.stop_timeout, "1s"),
        "startTimeout": (settings.start_timeout, "45s"),
    }
    for key, (value, least) in limits.items():
        reason = duration_problem(value, least) if value is not None else None
        if reason:
            yield Problem((key,), reason)


def _cleanup_problems(cleanup: ImageCleanup) -> Iterator[Problem]:
    for key, value, least in (("interval", cleanup.interval, "10m"), ("minimumAge", cleanup.minimum_age, "1m")):
        if reason := duration_problem(value, least):
            yield Problem((key,), reason)
    yield from out_of_range({"imagesPerRound": (cleanup.images_per_round, 1, 10_000)})


def _attribute_problems(name: str, value: str) -> Iterator[Problem]:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attribute.html"""
    path = ("attributes", name)
    if not re.fullmatch(r"[\w./\\-]{1,128}", name, re.ASCII):
        yield Problem(path, f"{name!r} is not an attribute's name: use at most 128 letters, digits and - _ . / \\")
    elif name.startswith("ecs."):
        yield Problem(path, f"{name!r} begins with 'ecs.', which ECS keeps for itself: choose another name")
    if not re.fullmatch(r"(?! )[\w.@/\\: -]{1,128}(?<! )", value, re.ASCII):
        yield Problem(
            path,
            f"{value!r} is not an attribute's value: use at most 128 letters, digits, spaces (not at its ends) and "
            "- _ . @ / \\ :",
        )


def _variable_problems(name: str, value: str) -> Iterator[Problem]:
    # Only here, for most programs have none.
    from ecs_model.secrets import secret_by_name, secret_by_shape

    path = ("variables", name)
    if name == CLUSTER:
        yield Problem(path, "is written by this package, for the cluster that the instances are made for: leave it out")
    elif name in WRITTEN_FROM:
        yield Problem(path, f"is written by this package: set {WRITTEN_FROM[name]} instead")
    elif not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
        yield Problem(path, f"{name!r} is not an agent variable's name: use capitals, digits and _")
    elif secret_by_name(name, value) or secret_by_shape(value):
        yield Problem(path, "looks like a secret, and everybody who may describe the instance reads it: leave it out")
    if "\n" in value or "\r" in value:
        yield Problem(path, "spans several lines, and ecs.config has one line a variable: join them")

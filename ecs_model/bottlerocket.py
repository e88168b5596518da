"""Bottlerocket's settings for ECS, in TOML: written as user data, and read back as the agent's variables.

https://bottlerocket.dev/en/os/latest/api/settings/ecs/
"""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from ecs_model.agent_variables import (
    BLOCK_IMDS,
    CLUSTER,
    PORT_RANGE,
    RESERVED_MEMORY,
    SPOT_DRAINING,
    WRITTEN_FROM,
    Variable,
)
from ecs_model.problem import Problem

PORTS_SYSCTL = "net.ipv4.ip_local_port_range"
"""Where the agent and Docker look for host ports when nobody told the agent a range, as Bottlerocket cannot."""
_TEXTS = {
    "cluster": CLUSTER,
    "image-pull-behavior": Variable.IMAGE_PULL_BEHAVIOR,
    "container-stop-timeout": Variable.STOP_TIMEOUT,
    "task-cleanup-wait": Variable.TASK_CLEANUP_WAIT,
    "image-cleanup-wait": Variable.IMAGE_CLEANUP_INTERVAL,
    "image-cleanup-age": Variable.IMAGE_CLEANUP_AGE,
    "loglevel": Variable.LOG_LEVEL,
}
_NUMBERS = {
    "reserved-memory": RESERVED_MEMORY,
    "image-cleanup-delete-per-cycle": Variable.IMAGES_PER_CLEANUP,
}
_SWITCHES = {
    "awsvpc-block-imds": BLOCK_IMDS,
    "enable-spot-instance-draining": SPOT_DRAINING,
    "enable-container-metadata": Variable.CONTAINER_METADATA,
}
_OPPOSITES = {
    "image-cleanup-enabled": Variable.DISABLE_IMAGE_CLEANUP,
    "allow-privileged-containers": Variable.DISABLE_PRIVILEGED,
}
"""Settings that are on where the agent's variable is off."""
_DOCUMENTS = {"logging-drivers": Variable.LOG_DRIVERS, "instance-attributes": Variable.ATTRIBUTES}
_RATES = ("metadata-service-rps", "metadata-service-burst")


def lacking(written: Iterable[str], by_name: Container[str]) -> Iterator[Problem]:
    """The agent's settings that Bottlerocket has no equivalent of, by the variables that they come to.

    `by_name` are those that a person wrote by their own names, under `variables`.
    """
    known = {*_TEXTS.values(), *_NUMBERS.values(), *_SWITCHES.values(), *_OPPOSITES.values(), *_DOCUMENTS.values()}
    known |= {PORT_RANGE, Variable.TASK_METADATA_LIMIT}
    for name in written:
        if name in known:
            continue
        path = ("variables", name) if name in by_name else (WRITTEN_FROM[name],)
        yield Problem(path, f"is a setting that Bottlerocket lacks ({name}): leave it out, or use amiFamily al2023")


def render(variables: Mapping[str, str]) -> str:
    """The user data that makes Bottlerocket's agent work with `variables`, all of which it has."""
    ecs: dict[str, Any] = {key: variables[name] for key, name in _TEXTS.items() if name in variables}
    ecs |= {key: int(variables[name]) for key, name in _NUMBERS.items() if name in variables}
    ecs |= {key: variables[name] == "true" for key, name in _SWITCHES.items() if name in variables}
    ecs |= {key: variables[name] != "true" for key, name in _OPPOSITES.items() if name in variables}
    documents = {key: json.loads(variables[name]) for key, name in _DOCUMENTS.items() if name in variables}
    if Variable.TASK_METADATA_LIMIT in variables:
        ecs |= dict(zip(_RATES, map(int, variables[Variable.TASK_METADATA_LIMIT].split(",")), strict=True))
    attributes = documents.pop("instance-attributes", {})
    text = _table("settings.ecs", ecs | documents)
    if attributes:
        text += _table("settings.ecs.instance-attributes", attributes)
    ports = variables[PORT_RANGE].replace("-", " ")
    return text + _table("settings.kernel.sysctl", {PORTS_SYSCTL: ports})


def _table(name: str, values: Mapping[str, Any]) -> str:
    """A table in TOML, whose texts, numbers, switches and lists of texts are written as JSON writes them."""
    lines = (f"{json.dumps(key) if '.' in key else key} = {json.dumps(value)}\n" for key, value in values.items())
    return f"[{name}]\n{''.join(lines)}"


def variables(settings: Any) -> Iterator[tuple[str, str]]:
    """The agent's variables that Bottlerocket's settings, as parsed from TOML, come to; those of another type are left.

    Nothing where the settings do not name a cluster: then they are not those of a container instance.
    """
    ecs = _mapping(_mapping(settings).get("ecs"))
    if not isinstance(ecs.get("cluster"), str):
        return
    yield from _plain(ecs)
    for key, name in _DOCUMENTS.items():
        if isinstance(ecs.get(key), list | dict):
            # A date, which TOML has and JSON has not, is no attribute, and no reason to end.
            yield name, json.dumps(ecs[key], default=str)
    rates = [ecs.get(key) for key in _RATES]
    if all(isinstance(rate, int) for rate in rates):
        yield Variable.TASK_METADATA_LIMIT, ",".join(map(str, rates))
    ports = _mapping(_mapping(_mapping(settings).get("kernel")).get("sysctl")).get(PORTS_SYSCTL)
    if isinstance(ports, str):
        yield PORT_RANGE, "-".join(ports.split())


def _plain(ecs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, name in _TEXTS.items():
        if isinstance(ecs.get(key), str):
            yield name, ecs[key]
    for key, name in _NUMBERS.items():
        if isinstance(ecs.get(key), int):
            yield name, str(ecs[key])
    for names, opposite in ((_SWITCHES, False), (_OPPOSITES, True)):
        for key, name in names.items():
            if isinstance(ecs.get(key), bool):
                yield name, json.dumps(ecs[key] is not opposite)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

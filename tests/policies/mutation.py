"""Mutants: a recorded preview of ours with one property changed, as a careless hand would change it."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.policies.recording import STACKS, Recording, recorded

Steps = tuple[str | int, ...]
JSON_TEXTS = ("containerDefinitions", "policy", "assumeRolePolicy")
"""Properties that hold JSON, which is changed within."""
SECRET = "4dabf18193072939515e22adb298388d"
SWAPS: dict[str, tuple[Any, ...]] = {
    "networkMode": ("host", "awsvpc", "none"),
    "httpTokens": ("optional",),
    "httpPutResponseHopLimit": (3,),
    "hostPort": (8080,),
    "targetType": ("ip", "instance"),
    "ipProtocol": ("-1", "udp"),
    "cidrIpv4": ("0.0.0.0/0",),
    "fromPort": (1, 32768),
    "toPort": (60999, 65534),
    "version": ("$Latest",),
    "image": ("public.ecr.aws/nginx/nginx:latest", "public.ecr.aws/nginx/nginx"),
    "weight": (0, 2000),
    "memory": (4, 9_999_999),
    "desiredCount": (0, 1),
    "deploymentMinimumHealthyPercent": (0,),
    "port": ("8080",),
    "protocol": ("HTTP",),
    "sslPolicy": ("ELBSecurityPolicy-2016-08",),
    "requiresCompatibilities": (["FARGATE"],),
    "Service": ("ec2.amazonaws.com", "ecs.amazonaws.com"),
    "Action": ("*",),
    "logDriver": ("none",),
    "propagateAtLaunch": (False,),
}
"""Values that a property of this name may wrongly have."""


@dataclass(frozen=True)
class Mutant:
    """One change of one recorded stack."""

    stack: str
    type: str
    name: str
    steps: Steps
    change: str
    """`dropped`, `emptied`, or the value it was changed to, as JSON."""
    recording: Recording

    @property
    def id(self) -> str:
        """`local aws:ecs/service:Service local-web: desiredCount 1`."""
        return f"{self.stack} {self.type} {self.name}: {dotted(self.steps)} {self.change}"


def dotted(steps: Steps) -> str:
    """A path in one word, list positions as they are."""
    return ".".join(map(str, steps))


def mutants() -> Iterator[Mutant]:
    """Every mutant of every recorded stack; of resources that are alike, those of the first."""
    seen: set[tuple[str, Steps, str, str]] = set()
    for stack in STACKS:
        recording = recorded(stack)
        inputs = {one["urn"]: one.get("properties", {}) for one in recording.alone}
        for resource in recording.resources:
            for steps, change, outputs, given in _changes(resource, inputs.get(resource["urn"], {})):
                before = json.dumps(_at(_opened(resource["properties"]), steps), sort_keys=True)
                key = (resource["type"], steps, change, before)
                if key not in seen:
                    seen.add(key)
                    made = recording.but(resource["urn"], outputs, given)
                    yield Mutant(stack, resource["type"], resource["name"], steps, change, made)


def _changes(
    resource: dict[str, Any], inputs: dict[str, Any]
) -> Iterator[tuple[Steps, str, dict[str, Any], dict[str, Any]]]:
    """Path, change, and the changed outputs and inputs of a resource; only what the program wrote is changed."""
    outputs, given = _opened(resource.get("properties", {})), _opened(inputs)
    for steps in list(_paths(given)):
        for change, value in _values(steps, _at(given, steps)):
            yield steps, change, _closed(_with(outputs, steps, value)), _closed(_with(given, steps, value))


_GONE = object()


def _values(steps: Steps, value: Any) -> Iterator[tuple[str, Any]]:
    yield "dropped", _GONE
    if isinstance(value, list) and value:
        yield "emptied", []
    key = next((step for step in reversed(steps) if isinstance(step, str)), "")
    opposite = {"true": "false", "false": "true", "ENABLED": "DISABLED", "DISABLED": "ENABLED"}
    if isinstance(value, bool):
        yield json.dumps(not value), not value
    elif isinstance(value, str) and value in opposite:
        yield opposite[value], opposite[value]
    for other in SWAPS.get(key, ()):
        if other != value:
            yield json.dumps(other), other


def _paths(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        if step not in (SECRET, "__defaults"):
            yield (*steps, step)
            yield from _paths(inner, (*steps, step))


def _at(value: Any, steps: Steps) -> Any:
    for step in steps:
        value = value[step] if _has(value, step) else None
    return value


def _has(value: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(value, list) and step < len(value)
    return isinstance(value, dict) and step in value


def _with(value: Any, steps: Steps, new: Any) -> Any:
    """A copy with something else at a path; where there is no such path, as it was."""
    changed = deepcopy(value)
    holder = _at(changed, steps[:-1])
    if holder is not None and (_has(holder, steps[-1]) or isinstance(holder, dict)):
        if new is not _GONE:
            holder[steps[-1]] = new
        elif _has(holder, steps[-1]):
            del holder[steps[-1]]
    return changed


def _opened(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties with the JSON within them parsed."""
    return {key: _parsed(value) if key in JSON_TEXTS else value for key, value in properties.items()}


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        key: json.dumps(value) if key in JSON_TEXTS and isinstance(value, dict | list) else value
        for key, value in properties.items()
    }

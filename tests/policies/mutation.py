"""Mutants: a recorded preview of ours with one property changed, as a careless hand would change it."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.policies.programs import user_data
from tests.policies.recording import STACKS, Recording, recorded
from tests.policies.schema import is_required

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
EACH_BY_NAME = {
    "aws:autoscaling/group:Group",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ecs/service:Service",
    "aws:ecs/taskDefinition:TaskDefinition",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:lb/listener:Listener",
    "aws:lb/targetGroup:TargetGroup",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
}
"""Types whose resources do different things in a program: each name is mutated."""
ADDED: dict[str, tuple[tuple[Steps, Any], ...]] = {
    "aws:ecs/taskDefinition:TaskDefinition": (
        (("containerDefinitions", 0, "privileged"), True),
        (("containerDefinitions", 0, "user"), "root"),
        (("containerDefinitions", 0, "links"), ["nobody"]),
        (("containerDefinitions", 0, "dependsOn"), [{"containerName": "nobody", "condition": "START"}]),
        (("containerDefinitions", 0, "mountPoints"), [{"sourceVolume": "nowhere", "containerPath": "/data"}]),
        (
            ("containerDefinitions", 0, "secrets"),
            [{"name": "KEY", "valueFrom": "arn:aws:ssm:eu-central-1:1:parameter/k"}],
        ),
        (("containerDefinitions", 0, "environment"), [{"name": "DB_PASSWORD", "value": "correct-horse-7"}]),
        (("containerDefinitions", 0, "memoryReservation"), 99_999),
        (("volumes",), [{"name": "docker", "hostPath": "/var/run/docker.sock"}]),
        (("volumes",), [{"name": "files", "efsVolumeConfiguration": {"fileSystemId": "fs-0123456789abcdef0"}}]),
        (("pidMode",), "host"),
        (("ipcMode",), "host"),
        (("runtimePlatform",), {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}),
    ),
    "aws:ecs/service:Service": (
        (("launchType",), "EC2"),
        (("launchType",), "FARGATE"),
        (("placementConstraints",), [{"type": "memberOf", "expression": "attribute:ecs.instance-type == x9.nano"}]),
    ),
    "aws:ecs/cluster:Cluster": ((("configuration",), {"executeCommandConfiguration": {"logging": "NONE"}}),),
    "aws:autoscaling/group:Group": (
        (("launchConfiguration",), "by-hand"),
        (("suspendedProcesses",), ["Launch"]),
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": (
        (("userData",), user_data("ECS_CLUSTER=other", "DB_PASSWORD=correct-horse-7")),
        (("imageId",), "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id"),
        (("imageId",), "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id"),
        (("imageId",), "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (
        (("policyArn",), "arn:aws:iam::aws:policy/AdministratorAccess"),
        (("policyArn",), "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"),
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ((("cidrIpv4",), "0.0.0.0/0"),),
}
"""What a program may wrongly say besides, by type."""


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
    """Every mutant of every recorded stack; of resources that are alike, those of the first.

    Left as they are: names (Pulumi gives one, and all that refers to it by name follows), the provider's own
    settings, and what pulumi-aws refuses to be without.
    """
    seen: set[tuple[str, str, Steps, str, str]] = set()
    for stack in STACKS:
        recording = recorded(stack)
        inputs = {one["urn"]: one.get("properties", {}) for one in recording.alone}
        for resource in recording.resources:
            if resource["type"].startswith("pulumi:"):
                continue
            for steps, change, outputs, given in _changes(resource, inputs.get(resource["urn"], {})):
                before = json.dumps(_at(_opened(resource["properties"]), steps), sort_keys=True)
                alike = resource["name"].removeprefix(stack) if resource["type"] in EACH_BY_NAME else ""
                key = (resource["type"], alike, steps, change, before)
                refused = change == "dropped" and is_required(resource["type"], steps)
                if key not in seen and not refused:
                    seen.add(key)
                    made = recording.but(resource["urn"], outputs, given)
                    yield Mutant(stack, resource["type"], resource["name"], steps, change, made)


def _changes(
    resource: dict[str, Any], inputs: dict[str, Any]
) -> Iterator[tuple[Steps, str, dict[str, Any], dict[str, Any]]]:
    """Path, change, and the changed outputs and inputs of a resource; only what the program wrote is changed."""
    outputs, given = _opened(resource.get("properties", {})), _opened(inputs)
    changes = [(steps, *change) for steps in _paths(given) for change in _values(steps, _at(given, steps))]
    changes += [(steps, json.dumps(value), value) for steps, value in ADDED.get(resource["type"], ())]
    for steps, change, value in changes:
        after, asked = _with(outputs, steps, value), _with(given, steps, value)
        if (after, asked) != (outputs, given):
            yield steps, change, _closed(after), _closed(asked)


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
        if other != value and isinstance(other, list) == isinstance(value, list):
            yield json.dumps(other), other


def _paths(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        if (*steps, step) != ("name",) and step not in (SECRET, "__defaults"):
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

"""Settings that work, to begin from: those of this repository's stacks, and those that use all there is."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
Raw = dict[str, Any]

CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-1111-2222-3333-444455556666"
QUEUE = {"namespace": "AWS/SQS", "name": "Visible", "dimensions": {"QueueName": "jobs"}, "statistic": "Maximum"}
STEPS = {
    "metric": QUEUE,
    "threshold": 1,
    "adjustment": "percent",
    "minimumChange": 2,
    "steps": [{"beyond": 0, "change": 9}],
}
PROXY = {
    "containerName": "cache", "appPorts": [8000], "ingressPort": 15000, "egressPort": 15001, "ignoredUid": 1,
    "egressIgnoredPorts": [22], "egressIgnoredIps": ["10.0.0.1"],
}  # fmt: skip
HOOK = {"functionArn": "arn:aws:lambda:x", "roleArn": "arn:aws:iam:x", "stages": ["PRE_SCALE_UP"], "details": "{}"}
LISTENER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/theirs/1/2"
EDGE = {"name": "edge", "containerName": "app", "containerPort": 8000, "listener": {"port": 80}}
GUEST = {"name": "theirs", "containerName": "worker", "containerPort": 9000, "pathPatterns": ["/worker"]}
MORE = {
    "services.api.scaling.steps": {"queue": STEPS},
    "services.web.scaling": {"maxCount": 9, "metrics": {"own": {"metric": QUEUE, "target": 5}}},
    "services.web.loadBalancer.stickiness": {"duration": 3600, "cookieName": "SESSION"},
    "connectNamespace": "prod",
    "services.api.containers.app.portMappings": [{"containerPort": 8000, "name": "api", "appProtocol": "http"}],
    "services.api.connect": {"ports": {"api": {"port": 80, "dnsName": "api", "idleTimeout": 9, "requestTimeout": 9}}},
    "services.worker.connect": {},
    "services.api.proxyConfiguration": PROXY,
    "services.web.deployment": {"strategy": "linear", "hooks": {"smoke": HOOK}},
    "services.web.loadBalancer.testHeaders": {"X-Test": ["1"]},
    "services.web.loadBalancer.testPriority": 90,
    "services.web.loadBalancer.httpHeaders": {"X-Client": ["a"]},
    "services.web.enableExecuteCommand": True,
    "services.web.containers.nginx.readonlyRootFilesystem": False,
    "services.web.containers.nginx.writablePaths": [],
    "loadBalancers.edge": {"type": "network", "certificateArn": CERTIFICATE},
    "loadBalancers.theirs": {"existing": {"listenerArn": LISTENER, "securityGroupId": "sg-1"}},
    "services.api.loadBalancers": {"edge": EDGE},
    "services.worker.containers.worker.portMappings": [{"containerPort": 9000}],
    "services.worker.loadBalancer": GUEST,
    "services.batch": {"containers": {"batch": {"image": "batch:1", "memory": 64}}},
    "loadBalancers.plain": {},
    "run": {"migrate": {"containers": {"app": {"image": "app:1", "memory": 64}}}},
    "cluster.executeCommand": {"logGroup": "/ecs", "bucket": "logs", "prefix": "a"},
    "alarms.memoryReservation": {"above": 80, "minutes": 10},
}
"""What prod's settings lack, by the path of each."""


@cache
def bases() -> dict[str, Raw]:
    """Raw sections by a name for them; do not change them."""
    local = _stack("local")
    return {
        "local": local,
        "dev": _stack("dev"),
        "prod": _stack("prod"),
        "more": _more(),
        "capacity": _all_capacity(local),
        "services": _all_services(local),
        "tasks": _all_tasks(local),
        "managed": _all_managed(local),
    }


def _stack(name: str) -> Raw:
    config = yaml.safe_load((ROOT / f"Pulumi.{name}.yaml").read_text())["config"]
    return {key.removeprefix("ecs-on-ec2:"): value for key, value in config.items() if key.startswith("ecs-on-ec2:")}


def _more() -> Raw:
    made = _stack("prod")
    for path, value in MORE.items():
        *places, last = path.split(".")
        holder = made
        for place in places:
            holder = holder[place]
        holder[last] = value
    return made


def _every(what: str) -> Any:
    return yaml.safe_load((ROOT / "tests" / "end_to_end" / f"every_{what}_setting.yaml").read_text())


def _all_capacity(local: Raw) -> Raw:
    made = deepcopy(local) | {"capacity": _every("capacity")}
    made["cluster"] |= {"fargate": True, "awsvpcTrunking": True}
    return made


def _all_managed(local: Raw) -> Raw:
    given: Raw = yaml.safe_load((ROOT / "tests" / "end_to_end" / "managed_instances.yaml").read_text())
    given["managedInstances"]["own"]["extraSecurityGroups"] = ["sg-0123456789abcdef0"]
    return {**deepcopy(local), **given}


def _all_services(local: Raw) -> Raw:
    made = deepcopy(local)
    for section, given in _every("service").items():
        made[section] = made.get(section, {}) | given if isinstance(given, dict) else given
    made["loadBalancers"]["theirs"] = {
        "existing": {
            "securityGroupId": "sg-0123456789abcdef0",
            "listenerArn": LISTENER,
        }
    }
    return made


def _all_tasks(local: Raw) -> Raw:
    made = deepcopy(local)
    made["services"]["worker"] = _every("task")
    job = {"report": {"image": "public.ecr.aws/docker/library/python:3.13-slim", "user": "1000", "memory": 128}}
    made["scheduledTasks"] = {
        "nightly": {
            "schedule": "cron(0 3 ? * * *)",
            "timezone": "Europe/Berlin",
            "count": 2,
            "retries": 1,
            "retrySeconds": 600,
            "flexibleWindow": 10,
            "deadLetterQueueArn": "arn:aws:sqs:eu-central-1:123456789012:failed-jobs",
            "enabled": False,
            "containers": job,
        }
    }
    made["run"] = {"migrate": {"containers": job, "logRetentionDays": 7}}
    return made


def parts(value: Any) -> Iterator[Any]:
    """A value and everything within it."""
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from parts(each)

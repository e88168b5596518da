"""Settings that work, to begin from: those of this repository's stacks, and those that use all there is."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.components.test_settings_act import prod

ROOT = Path(__file__).parents[2]
Raw = dict[str, Any]


@cache
def bases() -> dict[str, Raw]:
    """Raw sections by a name for them; do not change them."""
    local = _stack("local")
    return {
        "local": local,
        "dev": _stack("dev"),
        "prod": _stack("prod"),
        "more": {key: value for key, value in prod().items() if value is not None},
        "capacity": _all_capacity(local),
        "services": _all_services(local),
        "tasks": _all_tasks(local),
        "managed": _all_managed(local),
    }


def _stack(name: str) -> Raw:
    config = yaml.safe_load((ROOT / f"Pulumi.{name}.yaml").read_text())["config"]
    return {key.removeprefix("ecs-on-ec2:"): value for key, value in config.items() if key.startswith("ecs-on-ec2:")}


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
            "listenerArn": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/theirs/1/2",
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

"""The stack `local` with more of what makes calls of AWS: scaling, discovery, alarms, jobs."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.end_to_end.harness import edited_config

PYTHON = "public.ecr.aws/docker/library/python:3.13-slim"


def enrich(config: Path) -> None:
    """Adds them to the stack's settings."""
    with edited_config(config, "cluster") as cluster:
        cluster["dashboard"] = True
    with edited_config(config, "alarms") as alarms:
        alarms["topicArns"] = ["arn:aws:sns:eu-central-1:123456789012:operations"]
    with edited_config(config, "capacity") as capacity:
        capacity["general"]["warmPool"] = {"minSize": 1}
    with edited_config(config, "services") as services:
        services["web"]["scaling"] = {
            "maxCount": 4,
            "cpu": {"target": 60},
            "schedules": {"morning": {"schedule": "cron(0 7 * * ? *)", "minCount": 2}},
        }
        worker = services["worker"]
        worker["networkMode"] = "awsvpc"
        worker["containers"]["worker"]["portMappings"] = [{"containerPort": 9000}]
        worker["discovery"] = {"containerName": "worker", "containerPort": 9000, "clients": ["api"]}
    with edited_config(config, "scheduledTasks") as jobs:
        jobs["nightly"] = {
            "schedule": "cron(0 3 ? * * *)",
            "containers": {"report": {"image": PYTHON, "user": "1000", "memory": 128, "readonlyRootFilesystem": True}},
        }
    _scalar(config, "namespace", "local.internal")
    _scalar(config, "connectNamespace", "shop")


def _scalar(config: Path, section: str, value: str) -> None:
    whole = yaml.safe_load(config.read_text())
    whole["config"][f"ecs-on-ec2:{section}"] = value
    config.write_text(yaml.safe_dump(whole))

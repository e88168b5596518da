"""The declarations of the served types, by token."""

from __future__ import annotations

from localaws.kind import Kind
from localaws.types import (
    application_autoscaling,
    autoscaling,
    cloudwatch,
    ec2,
    ecs,
    elbv2,
    iam,
    logs,
    network,
    scheduler,
    security_groups,
    servicediscovery,
)

MODULES = (
    application_autoscaling,
    autoscaling,
    cloudwatch,
    ec2,
    ecs,
    elbv2,
    iam,
    logs,
    network,
    scheduler,
    security_groups,
    servicediscovery,
)
KINDS: dict[str, Kind] = {kind.token: kind for module in MODULES for kind in module.KINDS}

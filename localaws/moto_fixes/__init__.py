"""What moto 5.2 lets pass or leaves out and AWS does not, put into moto's backends of this process.

Users of boto3 see the same as the provider. Each module is one of AWS's services; each fix cites what AWS documents.
What agents, the service scheduler and managed scaling do is in `localaws.agents`.
"""

from __future__ import annotations

import importlib

MODULES = (
    "acm",
    "application_autoscaling",
    "autoscaling",
    "containers",
    "ec2",
    "ecs",
    "ecs_services",
    "elbv2",
    "group_instances",
    "iam",
    "managed_instances",
    "managed_tasks",
    "route53",
    "scheduler",
    "security_groups",
    "servicediscovery",
    "ssm",
    "targets",
)


def apply() -> None:
    """Change moto's classes; a second call changes nothing."""
    for name in MODULES:
        importlib.import_module(f"localaws.moto_fixes.{name}")
    # The hooks last, for they settle the state after a call has done all it does.
    for name in ("ecs_calls", "protection", "service_deployments", "session_manager", "group_calls", "hooks"):
        importlib.import_module(f"localaws.agents.{name}")

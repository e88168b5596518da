"""What moto 5.2 lets pass or leaves out and AWS does not, put into moto's backends of this process.

Users of boto3 see the same as the provider. Each module is one of AWS's services; each fix cites what AWS documents.
Not here, and so not to be learned from the local AWS: managed scaling, instances that join a cluster, tasks and their
placement. A service reports as many running tasks as it wants and its deployment as COMPLETED.
"""

from __future__ import annotations

import importlib

MODULES = (
    "application_autoscaling",
    "autoscaling",
    "containers",
    "ec2",
    "ecs",
    "ecs_services",
    "elbv2",
    "iam",
    "security_groups",
    "servicediscovery",
    "ssm",
)


def apply() -> None:
    """Change moto's classes; a second call changes nothing."""
    for name in MODULES:
        importlib.import_module(f"localaws.moto_fixes.{name}")

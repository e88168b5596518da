"""The IAM actions that each command needs; all of them read only."""

from __future__ import annotations

from typing import Any

CLUSTER = (
    "ecs:DescribeClusters",
    "ecs:ListContainerInstances",
    "ecs:DescribeContainerInstances",
    "ecs:ListServices",
    "ecs:DescribeServices",
    "ecs:ListTasks",
    "ecs:DescribeTasks",
    "ecs:DescribeTaskDefinition",
    "ecs:DescribeCapacityProviders",
    "autoscaling:DescribeAutoScalingGroups",
    "ec2:DescribeImages",
    "ec2:DescribeInstances",
    "ec2:DescribeSubnets",
)
"""To read a cluster."""

ACTIONS: dict[str, tuple[str, ...]] = {
    "capacity": CLUSTER,
    "why": (*CLUSTER, "autoscaling:DescribeScalingActivities"),
    "plan": (*CLUSTER, "pricing:GetProducts", "ec2:DescribeSpotPriceHistory"),
    "failures": (
        "ecs:DescribeServices",
        "ecs:ListTasks",
        "ecs:DescribeTasks",
        "ecs:ListServiceDeployments",
        "ecs:DescribeServiceDeployments",
    ),
}


def policy(command: str) -> dict[str, Any]:
    """The IAM policy document that allows a command and nothing else."""
    statement = {
        "Sid": f"Operations{command.capitalize()}",
        "Effect": "Allow",
        "Action": sorted(ACTIONS[command]),
        # Most of these actions know no other resource (Service Authorization Reference).
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}

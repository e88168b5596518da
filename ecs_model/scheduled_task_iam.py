"""What EventBridge Scheduler may do to start one task, as IAM policy documents.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html,
https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
"""

from ecs_model.iam import Document, document
from ecs_model.iam_actions import TASKS_SERVICE

SCHEDULER_SERVICE = "scheduler.amazonaws.com"
"""Who takes the role of a schedule."""
GROUP = "default"
"""The schedule group of a schedule that names none."""


def scheduler_trust(partition: str, region: str, account: str) -> Document:
    """Who may assume a schedule's role: EventBridge Scheduler, on behalf of this account's schedules only."""
    group = f"arn:{partition}:scheduler:{region}:{account}:schedule-group/{GROUP}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": SCHEDULER_SERVICE},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": account, "aws:SourceArn": group}},
    }
    return document([statement])


def scheduler_policy(cluster_arn: str, task_definition_arn: str, roles: list[str], queue: str | None) -> Document:
    """Starting this task on this cluster with its own two roles, telling this queue, and nothing else."""
    run = {
        "Effect": "Allow",
        "Action": ["ecs:RunTask"],
        # Every revision, for the schedule starts the former one until it is updated.
        "Resource": [f"{task_definition_arn.rpartition(':')[0]}:*"],
        "Condition": {"ArnEquals": {"ecs:cluster": cluster_arn}},
    }
    give = {
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": sorted(roles),
        "Condition": {"StringEquals": {"iam:PassedToService": TASKS_SERVICE}},
    }
    tell = [{"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [queue]}] if queue else []
    return document([run, give, *tell])

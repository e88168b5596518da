"""A task that EventBridge Scheduler starts by the clock.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ecs_model.ports import EPHEMERAL, PortRange
from ecs_model.problem import Problem, out_of_range
from ecs_model.schedule import schedule_problems, schedule_warnings
from ecs_model.task import TaskSettings
from ecs_model.volumes import ebs_volumes

MOST_PROVIDERS = 6
"""Of a strategy in a schedule; a service may name more."""


@dataclass(frozen=True, kw_only=True)
class Timing:
    """When a task is started, and what happens where that does not succeed."""

    schedule: str
    """`cron(0 3 ? * * *)`, `rate(1 day)` or `at(2026-12-24T18:00:00)`
    (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html)."""
    timezone: str = "UTC"
    """The IANA time zone of the schedule, such as Europe/Berlin."""
    enabled: bool = True
    """Whether the schedule starts anything; false keeps it for later."""
    count: int = 1
    """How many tasks are started each time, 1-10."""
    flexible_window: int = 0
    """Minutes after its time within which the task may be started, 0-1440, so that not all jobs begin at once."""
    retries: int = 3
    """How many times the start is tried again, 0-185, where ECS throttles or cannot be reached. A task that was started
    and then failed is not started again."""
    retry_seconds: int = 3600
    """Seconds after its time until which the start is tried again, 60-86400."""
    dead_letter_queue_arn: str | None = None
    """An SQS queue (no FIFO one) of the same account and region that is told of each start that failed for good; nobody
    is told where absent."""

    def timing_problems(self) -> Iterator[Problem]:
        """What EventBridge Scheduler would refuse."""
        yield from schedule_problems(self.schedule, self.timezone)
        limits = {
            "count": (self.count, 1, 10),
            "flexibleWindow": (self.flexible_window, 0, 1440),
            "retries": (self.retries, 0, 185),
            "retrySeconds": (self.retry_seconds, 60, 86_400),
        }
        yield from out_of_range(limits)
        queue = self.dead_letter_queue_arn
        if queue is not None and not re.fullmatch(r"arn:aws[\w-]*:sqs:[\w-]+:\d{12}:[\w-]+", queue):
            yield Problem(
                ("deadLetterQueueArn",),
                f"{queue!r} is no ARN of a standard queue, such as arn:aws:sqs:eu-central-1:123456789012:failed-jobs",
            )

    def timing_warnings(self, now: datetime) -> Iterator[Problem]:
        """What works but should be known."""
        if self.enabled:
            yield from schedule_warnings(self.schedule, self.timezone, now)


@dataclass(frozen=True, kw_only=True)
class ScheduledTaskSettings(Timing, TaskSettings):
    """A task that is started by the clock, and ends by itself; memory in MiB, CPU in CPU units."""

    def problems(self, dynamic: PortRange = EPHEMERAL) -> Iterator[Problem]:
        """Everything wrong with it by itself; `dynamic` is the agents' port range."""
        yield from self.task_problems(dynamic)
        yield from self.timing_problems()
        yield from strategy_length_problems(len(self.capacity_provider_strategy))
        for name in ebs_volumes(self.volumes):
            yield Problem(
                ("volumes", name),
                "is an EBS volume, which EventBridge Scheduler attaches to no task: use another kind, such as EFS",
            )


def strategy_length_problems(items: int) -> Iterator[Problem]:
    """A strategy that is too long for a schedule."""
    if items > MOST_PROVIDERS:
        yield Problem(
            ("capacityProviderStrategy",),
            f"has {items} capacity providers, a schedule at most {MOST_PROVIDERS}: leave some out",
        )

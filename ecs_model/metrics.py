"""CloudWatch metrics that a person names: what is measured, and on which side of a threshold it matters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ecs_model.problem import Problem

MOST_DIMENSIONS = 30
LONGEST_NAME = 255
PERIODS = (10, 20, 30)
"""Seconds that an alarm may look at at once, beside the multiples of 60."""


class Statistic(StrEnum):
    """How a period's measurements become one value."""

    AVERAGE = "Average"
    MAXIMUM = "Maximum"
    MINIMUM = "Minimum"
    SUM = "Sum"
    SAMPLE_COUNT = "SampleCount"


class Side(StrEnum):
    """The side of a threshold on which something is to be done; the threshold itself belongs to it."""

    ABOVE = "above"
    BELOW = "below"

    @property
    def operator(self) -> str:
        """CloudWatch's comparison operator."""
        return f"{'GreaterThan' if self is Side.ABOVE else 'LessThan'}OrEqualToThreshold"


@dataclass(frozen=True)
class Metric:
    """A metric that something in your account reports to CloudWatch.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Metric.html
    """

    namespace: str
    """Where it is, such as `AWS/SQS` or one of your own."""
    name: str
    """Its name, such as `ApproximateNumberOfMessagesVisible`."""
    dimensions: dict[str, str] = field(default_factory=dict)
    """What it is of, such as `QueueName: jobs`; exactly the dimensions it is reported with, at most 30."""
    statistic: Statistic = Statistic.AVERAGE
    """Average, Maximum, Minimum, Sum or SampleCount."""

    def problems(self) -> Iterator[Problem]:
        """What CloudWatch would refuse."""
        if not re.fullmatch(r"[A-Za-z0-9._/#-][A-Za-z0-9._/#: -]{0,254}", self.namespace):
            yield Problem(("namespace",), f"{self.namespace!r} is not a namespace, such as AWS/SQS or Shop/Orders")
        if not 1 <= len(self.name) <= LONGEST_NAME:
            yield Problem(("name",), f"has {len(self.name)} characters: give 1-{LONGEST_NAME}")
        if len(self.dimensions) > MOST_DIMENSIONS:
            yield Problem(("dimensions",), f"has {len(self.dimensions)} entries: give at most {MOST_DIMENSIONS}")
        for key, value in self.dimensions.items():
            if not key or key.startswith(":") or not value:
                yield Problem(("dimensions", key), f"{key!r}: {value!r} names nothing: give both, no colon first")


def period_problem(period: int) -> str | None:
    """Why CloudWatch refuses a metric alarm's period, or None.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    if period in PERIODS or (0 < period <= 86_400 and period % 60 == 0):
        return None
    return f"{period} is no period: give 10, 20, 30 or a multiple of 60 seconds, at most 86400"

"""What makes a service's number of tasks change: target tracking, steps, and the clock.

https://docs.aws.amazon.com/autoscaling/application/userguide/what-is-application-auto-scaling.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ecs_model.metrics import Metric, Side, Statistic, period_problem
from ecs_model.problem import Problem, under
from ecs_model.schedule import schedule_problems, schedule_warnings

COOLDOWN = 300
"""Seconds; what Application Auto Scaling takes for an ECS service when it is told none."""
MOST_EVALUATED = 86_400
"""Seconds that all of an alarm's periods may take together."""


@dataclass(frozen=True, kw_only=True)
class TargetTracking:
    """Adds and removes tasks so that a metric stays near a value, as a thermostat does."""

    target: float
    """The value to keep: percent of the tasks' reservation for CPU and memory, which may be above 100 on EC2; requests
    a minute for each task; or in the custom metric's own unit. Above 0."""
    scale_in_cooldown: int = COOLDOWN
    """Seconds after tasks were removed until more may be."""
    scale_out_cooldown: int = COOLDOWN
    """Seconds after tasks were added until more may be."""
    scale_in: bool = True
    """Remove tasks as well; off, this metric only ever adds some."""

    def problems(self) -> Iterator[Problem]:
        """What Application Auto Scaling would refuse."""
        if not self.target > 0:
            yield Problem(("target",), f"{self.target:g} can never be kept: give a number above 0")
        yield from negative({"scaleInCooldown": self.scale_in_cooldown, "scaleOutCooldown": self.scale_out_cooldown})


@dataclass(frozen=True, kw_only=True)
class CustomTracking(TargetTracking):
    """Keeps a metric of your own near a value; it has to fall as tasks are added, as the backlog of each task does."""

    metric: Metric
    """What is measured."""

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse."""
        yield from super().problems()
        yield from under(self.metric.problems(), "metric")


class Adjustment(StrEnum):
    """What a step's change is counted in."""

    TASKS = "tasks"
    PERCENT = "percent"
    EXACT = "exact"
    """The change is the number of tasks to have."""

    @property
    def type(self) -> str:
        """Application Auto Scaling's name of it."""
        return {"tasks": "ChangeInCapacity", "percent": "PercentChangeInCapacity", "exact": "ExactCapacity"}[self.value]


@dataclass(frozen=True)
class Step:
    """What happens from a distance beyond the threshold on, up to the next step's."""

    beyond: float
    """How far beyond the threshold the step begins, in the metric's unit, 0 or more; the first one's is 0."""
    change: int
    """Tasks, or percent of them, to add, or below 0 to remove; or how many to have."""


@dataclass(frozen=True, kw_only=True)
class StepScaling:
    """An alarm of its own, and what to do the further its metric is beyond the threshold."""

    metric: Metric
    """What the alarm measures."""
    threshold: float
    """Where the alarm begins, in the metric's unit."""
    side: Side = Side.ABOVE
    """above or below: on which side of the threshold something is to be done."""
    steps: list[Step]
    """What to do, nearest first; at least one."""
    adjustment: Adjustment = Adjustment.TASKS
    """tasks, percent or exact: what the steps' changes are counted in."""
    minimum_change: int | None = None
    """With percent: the least tasks to add or remove at once; 1 where absent."""
    cooldown: int = COOLDOWN
    """Seconds after a change until the next of the same size."""
    period: int = 60
    """Seconds of measurements that become one value: 10, 20, 30 or a multiple of 60."""
    evaluation_periods: int = 1
    """Values in a row that have to be beyond the threshold."""

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse, and steps that would change nothing."""
        yield from under(self.metric.problems(), "metric")
        yield from negative({"cooldown": self.cooldown})
        yield from self._alarm_problems()
        yield from self._step_problems()
        if self.minimum_change is None:
            return
        if self.adjustment is not Adjustment.PERCENT:
            yield Problem(("minimumChange",), f"is for adjustment percent, not {self.adjustment.value}: leave it out")
        elif self.minimum_change < 1:
            yield Problem(("minimumChange",), f"{self.minimum_change} changes nothing: give 1 or more")

    @property
    def aggregation(self) -> str:
        """How Application Auto Scaling sums up what the alarm saw."""
        extreme = self.metric.statistic in (Statistic.MAXIMUM, Statistic.MINIMUM)
        return self.metric.statistic.value if extreme else Statistic.AVERAGE.value

    @property
    def intervals(self) -> list[tuple[float | None, float | None, int]]:
        """Lower and upper bound as distances from the threshold (None: endless), and the change."""
        ends = [*(step.beyond for step in self.steps[1:]), None]
        pairs = list(zip(self.steps, ends, strict=True))
        if self.side is Side.ABOVE:
            return [(step.beyond, end, step.change) for step, end in pairs]
        # Subtracted, for the negative of 0.0 is another text.
        return [(None if end is None else 0 - end, 0 - step.beyond, step.change) for step, end in pairs]

    def _alarm_problems(self) -> Iterator[Problem]:
        reason = period_problem(self.period)
        if reason:
            yield Problem(("period",), reason)
        elif self.evaluation_periods < 1:
            yield Problem(("evaluationPeriods",), f"{self.evaluation_periods} looks at nothing: give 1 or more")
        elif self.period * self.evaluation_periods > MOST_EVALUATED:
            yield Problem(
                ("evaluationPeriods",),
                f"{self.evaluation_periods} of {self.period} seconds are more than a day: lower one of the two",
            )

    def _step_problems(self) -> Iterator[Problem]:
        if not self.steps:
            yield Problem(("steps",), "is empty, so nothing would happen: give at least one")
        elif self.steps[0].beyond != 0:
            yield Problem(("steps", 0, "beyond"), f"{self.steps[0].beyond:g} leaves out the threshold itself: give 0")
        for position, (step, following) in enumerate(zip(self.steps, self.steps[1:], strict=False), 1):
            if following.beyond <= step.beyond:
                yield Problem(
                    ("steps", position, "beyond"),
                    f"{following.beyond:g} is not above that of the step before ({step.beyond:g}): order them",
                )
        for position, step in enumerate(self.steps):
            if self.adjustment is Adjustment.EXACT and step.change < 0:
                yield Problem(("steps", position, "change"), f"{step.change} is no number of tasks: give 0 or more")
            elif self.adjustment is not Adjustment.EXACT and step.change == 0:
                yield Problem(("steps", position, "change"), "0 changes nothing: leave the step out, or give another")


@dataclass(frozen=True, kw_only=True)
class ScheduledScaling:
    """New bounds at a time, which stay until the next schedule sets others."""

    schedule: str
    """`cron(0 8 ? * MON-FRI *)`, `rate(1 day)` or `at(2026-12-24T18:00:00)`.

    https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
    """
    timezone: str = "UTC"
    """The IANA time zone of the schedule, such as Europe/Berlin."""
    min_count: int | None = None
    """The fewest tasks from then on; as it was where absent."""
    max_count: int | None = None
    """The most tasks from then on; as it was where absent."""

    def problems(self) -> Iterator[Problem]:
        """What Application Auto Scaling would refuse."""
        yield from schedule_problems(self.schedule, self.timezone)
        if self.min_count is None and self.max_count is None:
            yield Problem((), "changes nothing: give minCount, maxCount or both")
        counts = {"minCount": self.min_count, "maxCount": self.max_count}
        yield from negative({key: value for key, value in counts.items() if value is not None})

    def warnings(self, now: datetime) -> Iterator[Problem]:
        """What works but should be known."""
        return schedule_warnings(self.schedule, self.timezone, now)


def negative(values: Mapping[str, int]) -> Iterator[Problem]:
    """A problem for each setting whose value is below 0."""
    for key, value in values.items():
        if value < 0:
            yield Problem((key,), f"{value} is negative: give 0 or more")
